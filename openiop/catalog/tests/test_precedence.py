"""Which rule governs, and that a clinic can never go beyond the law."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.catalog import (
    HouseValue,
    Regulation,
    changes,
    keys,
    law_loosened_by,
    payers,
    regulation,
    resolve,
)
from openiop.catalog.precedence import as_strict, strictest
from openiop.catalog.reader import Order, Value, declared, rules

DAY = date(2026, 3, 2)
FIRST = date(2020, 1, 1)
ORDERED: list[Order] = ["min", "max", "fewest", "most"]


def set_by(value: Value, from_on: date = FIRST) -> HouseValue:
    return HouseValue(value, from_on, "smaller rooms", "Dana Lee")


def law(value: Value, source: str = "us-tx", **fields: Any) -> Regulation:
    return Regulation(
        key="a.key",
        value=value,
        unit="people",
        severity="block",
        source=source,
        jurisdiction=source,
        citation=f"cited by {source}",
        in_force_from=fields.get("in_force_from"),
        in_force_to=fields.get("in_force_to"),
        reviewed=fields.get("reviewed", True),
        note="",
        title="A key",
    )


def test_explain_prints_the_promised_fields() -> None:
    assert resolve("group.counseling.max", state="TX", on=DAY).as_dict() == {
        "key": "group.counseling.max",
        "value": 16,
        "unit": "people",
        "severity": "block",
        "source": "us-tx",
        "citation": "26 TAC 564.901(b)",
        "in_force_from": "2024-04-30",
        "reviewed": True,
        "why": "16 people, set by Texas.",
    }


def test_where_nothing_is_recorded_nothing_is_assumed() -> None:
    answer = resolve("group.counseling.max", state="IL", on=date(2025, 6, 30))
    assert (answer.winner, answer.candidates, answer.why) == (
        None,
        (),
        "Not reviewed: no value is recorded for group.counseling.max in IL on 2025-06-30.",
    )
    assert answer.as_dict()["reviewed"] is False
    assert (
        resolve("no.such.key", state="TX", on=DAY, house={"no.such.key": set_by(1)}).winner is None
    )


def test_an_unreviewed_answer_says_so() -> None:
    assert resolve("group.counseling.max", state="IL", on=date(2025, 7, 1)).why == (
        "15 people, set by Illinois. Not reviewed yet: Illinois. Verify before relying on it."
    )


@pytest.mark.parametrize(("state", "hours"), [("TX", 24), ("IL", 24), ("NY", 24)])
def test_the_shortest_clock_for_a_note_wins(state: str, hours: int) -> None:
    winner = resolve("note.progress.due_hours", state=state, on=DAY).winner
    assert winner is not None
    assert (winner.value, winner.source) == (hours, "house")


def test_a_clinic_may_replace_the_house_default_within_the_law() -> None:
    key = "note.progress.due_hours"
    answer = resolve(key, state="TX", on=DAY, house={key: set_by(48)})
    assert answer.winner is not None
    assert (answer.winner.value, answer.winner.citation) == (
        48,
        "House policy of this clinic, set by Dana Lee: smaller rooms",
    )
    assert [one.value for one in answer.candidates] == [72, 48]


def test_a_looser_value_of_a_clinic_is_ignored_and_named() -> None:
    key = "note.progress.due_hours"
    answer = resolve(key, state="TX", on=DAY, house={key: set_by(96)})
    assert answer.winner is not None
    assert answer.winner.value == 24
    assert answer.why == (
        "24 hours, set by House policy; weighed: Texas (72), House policy (24). "
        "Not reviewed yet: Texas. Verify before relying on it. "
        "The clinic's own value (96 hours) goes beyond 26 TAC 564.804(l) (72 hours) and is ignored."
    )


def test_the_house_group_size_stays_within_the_counseling_limit() -> None:
    key = "group.house.max"
    sizes = {
        wish: resolve(key, state="TX", on=DAY, house={key: set_by(wish)}).as_dict()["value"]
        for wish in (8, 16, 17)
    }
    assert sizes == {8: 8, 16: 16, 17: 11}


def test_a_clinic_that_tightens_a_law_keeps_its_severity() -> None:
    key = "group.counseling.max"
    winner = resolve(key, state="TX", on=DAY, house={key: set_by(12)}).winner
    assert winner is not None
    assert (winner.value, winner.severity, winner.source) == (12, "block", "house")


def test_a_clinics_value_counts_from_its_day_on() -> None:
    house = {"group.house.max": set_by(9, DAY)}
    before = resolve("group.house.max", state="TX", on=DAY - timedelta(days=1), house=house)
    after = resolve("group.house.max", state="TX", on=DAY, house=house)
    assert (before.as_dict()["value"], after.as_dict()["value"]) == (11, 9)


def test_the_payer_says_what_a_week_is() -> None:
    weeks = {
        payer: resolve("iop.week.definition", state="TX", on=DAY, payer=payer).as_dict()["value"]
        for payer in (None, "standard-commercial", "standard-commercial-rolling", "unknown")
    }
    assert weeks == {
        None: "sun-sat",
        "standard-commercial": "sun-sat",
        "standard-commercial-rolling": "rolling-7",
        "unknown": "sun-sat",
    }


def test_a_clinic_cannot_change_the_payers_week_but_can_fill_its_silence() -> None:
    key, house = "iop.week.definition", {"iop.week.definition": set_by("rolling-7")}
    assert resolve(key, state="TX", on=DAY, house=house).as_dict()["value"] == "rolling-7"
    bound = resolve(key, state="TX", on=DAY, payer="standard-commercial", house=house)
    assert bound.as_dict()["value"] == "sun-sat"


def test_lists_that_differ_are_joined_so_that_both_are_kept() -> None:
    winner = resolve("intern.level1.cosign_documents", state="TX", on=DAY).winner
    assert winner is not None
    assert winner.value == (
        "assessment",
        "treatment_plan",
        "discharge_summary",
        "group_note",
        "individual_note",
    )
    assert (winner.source, winner.reviewed) == ("us-tx + house", True)


def test_exemptions_shrink_when_two_rules_differ() -> None:
    joined = strictest("fewest", [law(("a", "b")), law(("b", "c"), "payer/x", reviewed=False)])
    assert (joined.value, joined.source, joined.reviewed) == (("b",), "us-tx + payer/x", False)


def test_the_state_speaks_before_the_federation() -> None:
    federal, state = law(18, "us-federal"), law(12, "us-il")
    assert strictest("state-over-federal", [federal, state]) == state


def test_a_value_the_law_does_not_allow_names_the_law() -> None:
    loosened = law_loosened_by("group.house.max", 17, state="TX", on=DAY)
    assert loosened is not None
    assert loosened.citation == "26 TAC 564.901(b)"
    assert law_loosened_by("group.house.max", 16, state="TX", on=DAY) is None
    assert law_loosened_by("no.such.key", 16, state="TX", on=DAY) is None


def test_a_value_of_another_kind_is_never_as_strict() -> None:
    assert as_strict("min", "sixteen", 16) is False
    assert as_strict("most", 3, ("a",)) is False


def test_the_changes_of_a_key_come_with_their_day() -> None:
    found = changes(
        "group.counseling.max", state="TX", start=date(2004, 1, 1), end=date(2026, 12, 31)
    )
    assert [(answer.on, answer.as_dict()["citation"]) for answer in found] == [
        (date(2004, 9, 1), "25 TAC 448.901(b)"),
        (date(2024, 4, 30), "26 TAC 564.901(b)"),
    ]


def test_the_end_of_a_rule_is_a_change_too() -> None:
    found = changes("plan.review.due_days", state="IL", start=date(2025, 1, 1), end=DAY)
    assert [(answer.on, answer.as_dict()["source"]) for answer in found] == [
        (date(2025, 7, 1), "house")
    ]
    hours = changes("plan.review.due_treatment_hours", state="IL", start=FIRST, end=DAY)
    assert [(answer.on, answer.winner) for answer in hours] == [(date(2025, 7, 1), None)]


def test_a_clinics_own_value_is_a_change_on_its_day() -> None:
    house = {"group.house.max": set_by(9, date(2024, 2, 29))}
    found = changes("group.house.max", state="TX", start=date(2024, 1, 1), end=DAY, house=house)
    assert [(answer.on, answer.as_dict()["value"]) for answer in found] == [(date(2024, 2, 29), 9)]


def test_a_new_law_ends_a_clinics_looser_value() -> None:
    house = {"group.house.max": set_by(16)}
    found = changes("group.house.max", state="IL", start=date(2025, 1, 1), end=DAY, house=house)
    assert [(answer.on, answer.as_dict()["value"]) for answer in found] == [(date(2025, 7, 1), 11)]


def test_changes_outside_the_days_asked_are_left_out() -> None:
    key = "group.counseling.max"
    assert changes(key, state="TX", start=date(2024, 5, 1), end=DAY) == []
    assert [a.on for a in changes(key, state="TX", start=date(2024, 4, 30), end=DAY)] == [
        date(2024, 4, 30)
    ]


numbers = st.integers(-1, 2000)
lists = st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True).map(tuple)
wishes = st.one_of(numbers, lists, st.sampled_from(["sun-sat", "rolling-7"]))
days = st.dates(date(2003, 1, 1), date(2030, 12, 31))


@given(
    key=st.sampled_from(keys()),
    state=st.sampled_from(["TX", "IL", "NY"]),
    on=days,
    payer=st.sampled_from([None, *payers()]),
    wish=wishes,
    from_on=days,
)
def test_no_answer_is_looser_than_any_law_that_applies(
    key: str, state: str, on: date, payer: str | None, wish: Value, from_on: date
) -> None:
    order = declared(key)[0].strictest
    house = {key: set_by(wish, from_on)}
    answer = resolve(key, state=state, on=on, payer=payer, house=house)
    applicable = [
        found
        for source in ("us-federal", f"us-{state.lower()}", f"payer/{payer}")
        if (found := regulation(source, key, on=on))
    ]
    if applicable:
        assert answer.winner is not None
    if order in ORDERED and answer.winner:
        value = answer.winner.value
        assert [a for a in applicable if not as_strict(order, value, a.value)] == []
    if order not in ORDERED and applicable:
        assert answer.winner in applicable


@given(order=st.sampled_from(["min", "max"]), values=st.lists(numbers, min_size=1, max_size=4))
def test_the_strictest_number_satisfies_all(order: Order, values: list[int]) -> None:
    winner = strictest(order, [law(value) for value in values])
    assert winner.value == (min(values) if order == "min" else max(values))


@given(order=st.sampled_from(["fewest", "most"]), values=st.lists(lists, min_size=1, max_size=4))
def test_the_strictest_list_satisfies_all(order: Order, values: list[tuple[str, ...]]) -> None:
    winner = strictest(order, [law(value) for value in values]).value
    sets = [set(value) for value in values]
    expected = set.intersection(*sets) if order == "fewest" else set.union(*sets)
    assert isinstance(winner, tuple)
    assert (set(winner), len(winner)) == (expected, len(expected))


@given(key=st.sampled_from(keys()), state=st.sampled_from(["TX", "IL"]), wish=wishes, on=days)
def test_between_two_changes_nothing_changes(key: str, state: str, wish: Value, on: date) -> None:
    house = {key: set_by(wish, date(2024, 2, 29))}
    earlier = on - timedelta(days=200)
    found = changes(key, state=state, start=earlier, end=on, house=house)
    expected = found[-1] if found else resolve(key, state=state, on=earlier, house=house)
    assert resolve(key, state=state, on=on, house=house).winner == expected.winner


def test_no_house_default_goes_beyond_a_law_it_lives_under() -> None:
    defaults = [rule for (source, _), rule in rules().items() if source == "house"]
    loose = [
        (rule.id, state)
        for rule in defaults
        for state in ("TX", "IL")
        if rule.strictest in ("min", "max")
        and law_loosened_by(rule.id, rule.values[-1].value, state=state, on=DAY)
    ]
    assert loose == []
