"""The house's own values: typed, dated, reasoned, never looser than the law."""

from datetime import date
from typing import Any

import pytest
from django.http import Http404

from openiop.access import actions
from openiop.access.models import Clinic, HousePolicy
from openiop.access.queries import house_values
from openiop.access.queries.policies import kind_of_value, policies, policy_history
from openiop.access.queries.rule_lines import rule_at, rules_at
from openiop.catalog import keys, regulation
from openiop.kernel.permits import NotPermitted, Refused

DAY = date(2026, 11, 23)
GULF = 3


@pytest.fixture
def adam(opened):
    with opened("adam", "access.house.write") as permit:
        yield permit


def put(permit, key="group.house.max", value="10", clinic=GULF, from_on=DAY, reason="Small rooms."):
    return actions.set_policy(
        permit, clinic=clinic, key=key, value=value, from_on=from_on, reason=reason
    )


def held(permit, key="group.house.max", clinic=GULF, on=DAY) -> Any:
    rule = rule_at(permit, Clinic.objects.get(pk=clinic), key, on).rule
    return rule and rule.value


def test_a_clinics_value_holds_there_from_its_day(adam):
    put(adam)
    assert (held(adam), held(adam, clinic=1)) == (10, 11)
    assert held(adam, on=date(2026, 11, 22)) == 11
    value = house_values(adam, GULF, DAY)["group.house.max"]
    assert (value.value, value.reason, value.set_by) == (10, "Small rooms.", "Adam Abbott")


def test_a_clinics_value_beats_the_networks_whatever_came_first(adam):
    put(adam, value="9")
    put(adam, value="8", clinic=None)
    assert (held(adam), held(adam, clinic=1)) == (9, 8)


def test_a_value_looser_than_the_law_is_refused_with_the_law_quoted(adam):
    law: Any = regulation("us-tx", "group.counseling.max", on=DAY)
    with pytest.raises(Refused) as no:
        put(adam, key="group.counseling.max", value=str(law.value + 1))
    assert no.value.field == "value"
    assert no.value.sentence == (
        f"{law.title}: {law.jurisdiction} sets {law.value} {law.unit} ({law.citation}), "
        "and a clinic in TX may only be stricter."
    )
    put(adam, key="group.counseling.max", value=str(law.value - 1))
    assert held(adam, key="group.counseling.max") == law.value - 1


def test_a_value_for_the_whole_network_must_suit_the_law_of_each_state(adam):
    with pytest.raises(Refused, match=r"a clinic in (IL|TX) may only be stricter"):
        put(adam, key="group.counseling.max", value="200", clinic=None)


@pytest.mark.parametrize("typed", ["", "many", "-3", "1.5", "٣"])
def test_a_number_is_a_number(adam, typed):
    with pytest.raises(Refused) as no:
        put(adam, value=typed)
    assert no.value.sentence == "This rule takes a whole number."


@pytest.mark.parametrize("key", ["intern.level1.cosign_documents", "no.such.rule"])
def test_lists_and_unknown_rules_are_not_the_houses_to_set(adam, key):
    assert kind_of_value(key) is None
    with pytest.raises(Refused, match="not one the house may set"):
        put(adam, key=key)


def test_two_values_do_not_begin_on_one_day(adam):
    put(adam)
    with pytest.raises(Refused) as no:
        put(adam, value="9")
    assert no.value.field == "from_on"


def test_a_value_taken_back_gives_way_to_the_one_before_and_stays_in_the_history(adam):
    put(adam, value="10", from_on=date(2026, 1, 1))
    later = put(adam, value="9")
    actions.withdraw_policy(adam, later)
    assert held(adam) == 10
    assert [row.value for row in policies(adam, "group.house.max", GULF)] == ["10"]
    told = [(one.change, one.value, one.set_by) for one in policy_history(adam, "group.house.max")]
    assert told == [
        ("delete", "9", "Adam Abbott"), ("insert", "9", "Adam Abbott"),
        ("insert", "10", "Adam Abbott"),
    ]  # fmt: skip


def test_a_clinic_one_does_not_lead_is_not_ones_to_set(opened, adam):
    mine = put(adam)
    with opened("riva", "access.house.write") as permit:
        with pytest.raises(Refused, match="You do not lead that clinic"):
            put(permit)
        with pytest.raises(Http404):
            actions.withdraw_policy(permit, mine)
    with pytest.raises(NotPermitted), opened("alice", "access.house.write"):
        pass
    assert HousePolicy.objects.count() == 1


def test_the_rules_of_a_clinic_are_all_of_the_catalogs(adam, django_assert_num_queries):
    gulf = Clinic.objects.get(pk=GULF)
    with django_assert_num_queries(1):
        lines = rules_at(adam, gulf, DAY)
    assert [line.key for line in lines] == keys()
    assert all(line.value for line in lines)


def test_a_line_says_what_was_weighed_and_what_holds(adam):
    line: Any = rule_at(adam, Clinic.objects.get(pk=GULF), "group.counseling.max", DAY)
    assert [(said.rule.source, said.holds) for said in line.weighed] == [("us-tx", True)]
    assert line.value == f"{line.rule.value} {line.rule.unit}"


def test_changes_within_a_year_name_their_day_and_value(adam):
    put(adam, value="10", from_on=date(2027, 1, 1))
    put(adam, value="9", from_on=date(2027, 6, 1))
    line: Any = rule_at(adam, Clinic.objects.get(pk=GULF), "group.house.max", DAY)
    unit = line.rule.unit
    assert [(change.on, change.value) for change in line.changes] == [
        (date(2027, 1, 1), f"10 {unit}"), (date(2027, 6, 1), f"9 {unit}"),
    ]  # fmt: skip
    assert rule_at(adam, Clinic.objects.get(pk=1), "group.house.max", DAY).changes == ()
