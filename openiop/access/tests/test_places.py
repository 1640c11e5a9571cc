"""Clinics, rooms, closures and holidays: changed by who leads there, seen by who works there."""

from datetime import date
from typing import Any

import pytest
from django.http import Http404
from django.test import RequestFactory

from openiop.access import actions
from openiop.access.models import Clinic, Closure, Room
from openiop.access.queries import closures, current_clinic
from openiop.access.queries.places import holidays_of, network, place
from openiop.kernel.permits import NotPermitted, Refused

DAY = date(2026, 11, 23)
NORTH, SOUTH, GULF = 1, 2, 3


@pytest.fixture
def adam(opened):
    with opened("adam", "access.network.write") as permit:
        yield permit


def shut(permit, clinic=NORTH, start=DAY, end=DAY, name="Water leak") -> int:
    return actions.add_closure(permit, clinic=clinic, start_on=start, end_on=end, name=name)


def test_a_closure_shuts_its_clinic_and_one_of_the_network_shuts_all(adam):
    shut(adam)
    shut(adam, clinic=None, start=date(2026, 12, 24), end=date(2026, 12, 26), name="Holidays")
    assert [c.name for c in closures(adam, NORTH, DAY, date(2027, 1, 1))] == [
        "Water leak",
        "Holidays",
    ]
    assert [c.name for c in closures(adam, SOUTH, DAY, date(2027, 1, 1))] == ["Holidays"]
    rows, closed = network(adam, DAY)
    assert {row.clinic.code: row.next_closure and row.next_closure.name for row in rows} == {
        "GULF": "Holidays", "NORTH": "Water leak", "SOUTH": "Holidays",
    }  # fmt: skip
    assert [one.name for one in closed] == ["Water leak", "Holidays"]


def test_a_closure_is_changed_and_taken_back(adam):
    key = shut(adam)
    actions.update_closure(
        adam, key, clinic=SOUTH, start_on=DAY, end_on=date(2026, 11, 25), name="No heating"
    )
    assert Closure.objects.filter(pk=key).values_list("clinic", "name")[0] == (SOUTH, "No heating")
    with pytest.raises(Refused) as no:
        actions.update_closure(
            adam, key, clinic=SOUTH, start_on=DAY, end_on=date(2026, 1, 1), name="x"
        )
    assert no.value.field == "end_on"
    actions.remove_closure(adam, key)
    assert Closure.objects.count() == 0


def test_who_does_not_lead_a_clinic_does_not_close_it(opened, adam):
    key = shut(adam)
    with opened("riva", "access.network.write") as permit:
        for clinic in (NORTH, 999):
            with pytest.raises(Refused, match="You do not lead that clinic"):
                shut(permit, clinic=clinic)
        with pytest.raises(Http404):
            actions.remove_closure(permit, key)
    with pytest.raises(NotPermitted), opened("alice", "access.network.write"):
        pass


def test_the_public_holidays_of_a_state_become_closures_once(adam):
    found = dict(holidays_of("TX", 2027))
    assert found[date(2027, 7, 4)] == "Independence Day"
    chosen = [date(2027, 7, 4), date(2027, 12, 25), date(2027, 3, 9)]
    assert actions.add_holidays(adam, GULF, chosen) == 2
    assert actions.add_holidays(adam, GULF, chosen) == 0
    rows = Closure.objects.order_by("start_on").values_list("start_on", "name", "holiday")
    assert list(rows) == [
        (date(2027, 7, 4), "Independence Day", True), (date(2027, 12, 25), "Christmas Day", True),
    ]  # fmt: skip


def test_a_room_is_changed_and_retired(adam):
    actions.update_room(adam, 1, name="Oak", capacity=9, accessible=False, retired_on=DAY)
    room = Room.objects.get(pk=1)
    assert (room.name, room.capacity, room.accessible, room.retired_on) == ("Oak", 9, False, DAY)
    with pytest.raises(Refused, match="has a room of this name"):
        actions.update_room(adam, 2, name="Oak", capacity=9, accessible=True, retired_on=None)
    with pytest.raises(Http404):
        actions.update_room(adam, 5, name="x", capacity=9, accessible=True, retired_on=None)


def test_hours_and_licenses_belong_to_the_clinic(adam):
    actions.set_hours(adam, NORTH, {"0": ["07:00", "20:00"]})
    actions.add_license(
        adam, NORTH, kind="CLIA waiver", number="14D", issued_on=DAY, expires_on=None
    )
    found = place(adam, "NORTH", DAY)
    assert found.clinic.hours == {"0": ["07:00", "20:00"]}
    assert [(one.kind, one.number) for one in found.licenses] == [("CLIA waiver", "14D")]
    assert [room.name for room in found.rooms] == ["Birch", "Maple"]


def test_the_network_takes_as_many_statements_for_one_clinic_as_for_three(
    opened, django_assert_num_queries
):
    for who, count in (("charlie", 1), ("dana", 3)):
        with opened(who, "access.network.read") as permit, django_assert_num_queries(3):
            rows, _ = network(permit, DAY)
        assert len(rows) == count


def test_another_clinics_page_is_not_there(opened):
    with opened("charlie", "access.network.read") as permit, pytest.raises(Http404):
        place(permit, "NORTH", DAY)


def test_the_chosen_clinic_is_current_and_a_foreign_choice_is_ignored(opened):
    for chosen, shown in (("SOUTH", "SOUTH"), ("RIVAL", "GULF"), (None, "GULF")):
        request: Any = RequestFactory().get("/")
        request.session = {"clinic": chosen}
        with opened("dana", "access.home") as permit:
            current = current_clinic(request, permit)
            assert current is not None
            assert current.code == shown
    assert Clinic.objects.count() == 4
