"""A plan is made true from a day on, once, and undone to the row."""

from dataclasses import asdict, replace
from datetime import time as clock
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from openiop.access import door
from openiop.access.backend.base import writing
from openiop.config.network_for_tests import NORTH
from openiop.kernel.days import local
from openiop.kernel.permits import NotPermitted, Refused
from openiop.programs.actions import wait
from openiop.schedule.actions import sessions as verbs
from openiop.schedule.actions import timetable
from openiop.schedule.actions.appointments import book
from openiop.schedule.actions.timetable_apply import APPLY, apply, undo
from openiop.schedule.actions.timetable_hours import _cut
from openiop.schedule.actions.working import Week, set_hours
from openiop.schedule.models import TimetablePlan
from openiop.schedule.queries.plans import found_of
from openiop.schedule.queries.sessions import track_sessions
from openiop.schedule.tests.world import (
    NOW,
    TODAY,
    as_job,
    make_enrolled,
    make_person,
    make_track,
    make_type,
)  # fmt: skip
from openiop.schedule.timetable.facts import Timetable, Visits, Weights, as_it_is, to_json

pytestmark = pytest.mark.django_db
MONDAY = TODAY + timedelta(days=7)
ALICE, BOB, NORA, MAPLE, BIRCH = 1, 2, 10, 1, 2
TABLES = (
    "schedule_session", "schedule_sessionstaff", "schedule_occupancy", "programs_track",
    "programs_trackblock", "programs_trackstaff", "schedule_workinghours", "schedule_seat",
)  # fmt: skip
NOT_COMPARED = {
    "schedule_sessionstaff": "id",
    "schedule_occupancy": "id",
    "programs_trackstaff": "id",
}


def rows() -> dict[str, Any]:
    """Every row of what a timetable changes; where rows are written anew, without their ids."""
    found = {}
    with as_job("schedule.read"), connection.cursor() as cursor:
        for table in TABLES:
            without = NOT_COMPARED.get(table, "")
            cursor.execute(
                f"SELECT to_jsonb(t) - %s FROM {table} t ORDER BY (to_jsonb(t) - %s)::text",
                [without, without],
            )
            found[table] = cursor.fetchall()
    return found


def two_groups() -> tuple[int, int]:
    """Two groups at the same hours at North: Alice in Maple, Bob in Birch."""
    first = make_track(starts=clock(17))
    second = make_track(starts=clock(17), name="Evening B", room=BIRCH, staff=((BOB, "lead"),))
    make_enrolled(first, 3)
    make_enrolled(second, 2)
    return first, second


def asked() -> int:
    with as_job(timetable.WRITE) as permit:
        return timetable.ask(permit, area="", on=MONDAY, seconds=5, weights=Weights())


def planned(change: Any = None) -> int:
    """A plan: today's timetable after `change`, as a search would have found it."""
    number = asked()
    with as_job("schedule.timetable.read") as permit:
        facts = found_of(permit, number).facts
    found = as_it_is(facts)
    found = change(found) if change else found
    with as_job(timetable.WRITE), writing():
        TimetablePlan.objects.filter(pk=number).update(state="done", best=to_json(found))
    return number


def swapped(found: Timetable) -> Timetable:
    """Two groups exchange rooms and facilitators."""
    one, other = found.tracks
    return Timetable((
        replace(one, room=other.room, lead=other.lead),
        replace(other, room=one.room, lead=one.lead),
    ), found.visits)  # fmt: skip


def do(verb: Any, *args: Any, now: Any = NOW) -> Any:
    with as_job(APPLY, now) as permit:
        return verb(permit, *args)


def held(track: int) -> list[tuple[Any, Any, Any]]:
    """Day, room and facilitators of a track's sessions from today on."""
    with as_job("schedule.read") as permit:
        return [(one.on, one.room, [holder.id for holder in one.staff])
                for one in track_sessions(permit, track, TODAY) if one.held]  # fmt: skip


def test_two_groups_exchange_rooms_and_facilitators_and_back(network: Any) -> None:
    first, second = two_groups()
    before, days = rows(), [on for on, _room, _staff in held(first)]
    number = planned(swapped)
    do(apply, number, MONDAY)
    assert held(first) == [
        (on, BIRCH if on >= MONDAY else MAPLE, [BOB if on >= MONDAY else ALICE]) for on in days
    ]
    assert held(second) == [
        (on, MAPLE if on >= MONDAY else BIRCH, [ALICE if on >= MONDAY else BOB]) for on in days
    ]
    do(undo, number)
    assert rows() == before


def test_weeks_laid_later_follow_the_plan_and_then_its_undoing(network: Any) -> None:
    first, _second = two_groups()
    number = planned(swapped)
    do(apply, number, MONDAY)

    def lay() -> None:
        with as_job("schedule.materialize") as permit:
            verbs.materialize(permit, NORTH, TODAY, TODAY + timedelta(weeks=5))

    lay()
    assert [each[1:] for each in held(first)][-1] == (BIRCH, [BOB])
    assert len(held(first)) == 15
    do(undo, number)
    assert {(room, *staff) for _on, room, staff in held(first)} == {(MAPLE, ALICE)}
    assert len(held(first)) == 15


def test_what_is_applied_is_applied_once(network: Any) -> None:
    two_groups()
    number = planned(swapped)
    do(apply, number, MONDAY)
    after = rows()
    with pytest.raises(Refused, match="applied already"):
        do(apply, number, MONDAY)
    assert rows() == after
    do(undo, number)
    with pytest.raises(Refused, match="not applied"):
        do(undo, number)
    do(apply, number, MONDAY)  # and may be applied again
    assert held_rows(rows()) == held_rows(after)


def held_rows(found: dict[str, Any]) -> Any:
    return found["schedule_session"], found["schedule_sessionstaff"], found["schedule_occupancy"]


def test_a_new_group_begins_with_its_weeks_and_is_gone_when_undone(network: Any) -> None:
    track = make_track(starts=clock(17), weeks=9)
    for _ in range(15):
        with as_job("programs.waiting.write") as permit:
            wait(permit, record=make_person(), clinic=NORTH, track=track)
    before, number = rows(), asked()
    timetable.search(partial(as_job, timetable.SEARCH), number)
    do(apply, number, MONDAY)
    with as_job("schedule.read") as permit:
        begun = TimetablePlan.objects.get(pk=number).applied["begun"]
        assert len(begun) == 1
        laid = track_sessions(permit, begun[0], TODAY)
    assert len(laid) == 3 * 7  # eight weeks from today, begun next Monday
    assert laid[0].on >= MONDAY
    do(undo, number)
    assert rows() == before


def test_a_group_somebody_sits_in_since_is_not_undone_away(network: Any) -> None:
    track = make_track(starts=clock(17), weeks=9)
    for _ in range(15):
        with as_job("programs.waiting.write") as permit:
            wait(permit, record=make_person(), clinic=NORTH, track=track)
    number = asked()
    timetable.search(partial(as_job, timetable.SEARCH), number)
    do(apply, number, MONDAY)
    with as_job("schedule.read"):
        begun = TimetablePlan.objects.get(pk=number).applied["begun"][0]
    make_enrolled(begun, 1, start_on=MONDAY)
    after = rows()
    with pytest.raises(Refused, match="Somebody has a seat"):
        do(undo, number)
    assert rows() == after


def test_a_group_nobody_sits_in_ends_and_goes_on_when_undone(network: Any) -> None:
    track = make_track(starts=clock(17))
    before = rows()
    number = planned(lambda found: Timetable((), found.visits))
    do(apply, number, MONDAY)
    assert [on for on, _room, _staff in held(track)] == [
        TODAY,
        TODAY + timedelta(days=2),
        TODAY + timedelta(days=4),
    ]
    do(undo, number)
    assert rows() == before


def test_a_group_somebody_joined_since_does_not_end(network: Any) -> None:
    track = make_track(starts=clock(17))
    number = planned(lambda found: Timetable((), found.visits))
    make_enrolled(track, 1)
    before = rows()
    with pytest.raises(Refused, match="1 people sit in it"):
        do(apply, number, MONDAY)
    assert rows() == before


def test_a_group_changed_since_refuses_the_plan(network: Any) -> None:
    first, _second = two_groups()
    number = planned(swapped)
    with as_job("schedule.session.write") as permit:
        session = track_sessions(permit, first, TODAY)[0].id
        verbs.restaff(permit, session, [(ALICE, "lead"), (NORA, "co")], later=True)
    with pytest.raises(Refused, match="Evening A was changed since"):
        do(apply, number, MONDAY)


def test_a_single_session_that_was_changed_stays_as_it_is(network: Any) -> None:
    first, second = two_groups()
    with as_job("schedule.session.write") as permit:
        one = track_sessions(permit, first, MONDAY)[0]
        verbs.go_virtual(permit, one.id)
    number = planned(swapped)
    do(apply, number, MONDAY)
    assert [each for each in held(first) if each[0] == MONDAY] == [(MONDAY, None, [ALICE])]
    # Alice holds that one still, so Bob keeps the other group that evening
    assert [each for each in held(second) if each[0] == MONDAY] == [(MONDAY, BIRCH, [BOB])]
    assert held(second)[-1][1:] == (MAPLE, [ALICE])


def test_a_session_whose_new_room_is_taken_stays_where_it_is(network: Any) -> None:
    track = make_track(starts=clock(17))
    make_enrolled(track, 2)
    with as_job("schedule.appointment.write") as permit:
        book(permit, record=make_person(), clinic=NORTH, staff=BOB, minutes=30, room=BIRCH,
             type=make_type(minutes=30),
             starts_at=local(MONDAY, clock(18), "America/Chicago"))  # fmt: skip
    before = rows()
    number = planned(lambda found: Timetable((replace(found.tracks[0], room=BIRCH),)))
    do(apply, number, MONDAY)
    rooms = {on: room for on, room, _staff in held(track)}
    assert rooms[MONDAY] == MAPLE
    assert rooms[MONDAY + timedelta(days=2)] == BIRCH
    do(undo, number)
    assert rows() == before


def test_hours_for_one_to_ones_are_kept_and_given_back(network: Any) -> None:
    track = make_track(starts=clock(17))
    make_enrolled(track, 2)
    with as_job("schedule.hours.write") as permit:
        set_hours(permit, ALICE, [Week(NORTH, day, clock(9), clock(21)) for day in range(5)], TODAY)
        set_hours(permit, BOB, [Week(NORTH, day, clock(8), clock(21)) for day in range(5)], TODAY)
    before = rows()
    number = planned(lambda found: replace(found, visits=(Visits(ALICE, NORTH, 1, 600, 720),)))
    do(apply, number, MONDAY)
    with as_job("schedule.read"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT starts, ends, use FROM schedule_workinghours WHERE staff_id = %s"
            " AND weekday = 1 AND upper(during) IS NULL ORDER BY starts", [ALICE])  # fmt: skip
        assert cursor.fetchall() == [
            (clock(9), clock(10), "any"), (clock(10), clock(12), "visits"),
            (clock(12), clock(21), "any"),
        ]  # fmt: skip
    do(undo, number)
    assert rows() == before


def test_hours_changed_since_are_not_overwritten_by_undoing(network: Any) -> None:
    make_track(starts=clock(17))
    week = [Week(NORTH, day, clock(8), clock(21)) for day in range(5)]
    for staff in (ALICE, BOB):
        with as_job("schedule.hours.write") as permit:
            set_hours(permit, staff, week, TODAY)
    number = planned(lambda found: replace(found, visits=(Visits(ALICE, NORTH, 1, 600, 660),)))
    do(apply, number, MONDAY)
    with as_job("schedule.hours.write") as permit:
        set_hours(permit, ALICE, week[:3], MONDAY)
    with pytest.raises(Refused, match="The hours of Alice Adams were changed since"):
        do(undo, number)


def test_a_stretch_is_cut_around_what_is_kept() -> None:
    week = Week(NORTH, 1, clock(9), clock(17))
    kept = [Visits(ALICE, NORTH, 1, 540, 600), Visits(ALICE, NORTH, 1, 600, 660),
            Visits(ALICE, NORTH, 1, 960, 1080), Visits(ALICE, NORTH, 2, 700, 760)]  # fmt: skip
    assert [(one.starts, one.ends, one.use) for one in _cut(week, kept)] == [
        (clock(9), clock(11), "visits"), (clock(11), clock(16), "any"),
        (clock(16), clock(17), "visits"),
    ]  # fmt: skip
    assert [asdict(one) for one in _cut(week, [])] == [asdict(week)]


@pytest.mark.parametrize("days", [0, 50])
def test_a_timetable_begins_within_the_weeks_that_are_laid(network: Any, days: int) -> None:
    two_groups()
    number = planned(swapped)
    with pytest.raises(Refused) as no:
        do(apply, number, TODAY + timedelta(days=days))
    assert no.value.field == "on"


def test_a_search_at_work_or_without_an_answer_is_not_applied(network: Any) -> None:
    two_groups()
    number = asked()
    with pytest.raises(Refused, match="still at work"):
        do(apply, number, MONDAY)
    with as_job(timetable.WRITE) as permit:
        timetable.stop(permit, number)
    with pytest.raises(Refused, match="Nothing was found"):
        do(apply, number, MONDAY)


def test_an_applied_plan_is_kept(network: Any) -> None:
    two_groups()
    number = planned(swapped)
    do(apply, number, MONDAY)
    with as_job(timetable.WRITE) as permit, pytest.raises(Refused, match="was applied"):
        timetable.discard(permit, number)


def test_supervisors_do_not_apply(network: Any) -> None:
    with pytest.raises(NotPermitted), door.opened_for(network.users["sam"], APPLY):
        pass
