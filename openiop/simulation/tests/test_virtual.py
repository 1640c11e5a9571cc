"""How a demo's people came in by video agrees with their attendance."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from openiop.config.network_for_tests import NORTH
from openiop.schedule.actions.attendance import arrive, leave
from openiop.schedule.queries.joining import by_record, joins_of, proposals, session_room
from openiop.schedule.rules.joining import Place
from openiop.schedule.tests.test_attendance import after, recorded, sessions_of
from openiop.schedule.tests.world import as_job, make_enrolled, make_track
from openiop.simulation.network import DemoClinic
from openiop.simulation.virtual import come_in

CLINIC = cast(DemoClinic, SimpleNamespace(id=NORTH))


@pytest.fixture
def group(network: Any) -> tuple[int, list[int]]:
    """This evening's virtual session at North with eight people."""
    track = make_track(mode="virtual")
    return sessions_of(track)[0], make_enrolled(track, 8)


def room_at(session: int, minutes: float) -> tuple[Any, list[Any]]:
    with as_job("schedule.read", after(minutes)) as permit:
        room = session_room(permit, session)
        return room, joins_of(permit, room)


def test_the_joins_of_the_past_propose_what_was_attended(group: tuple[int, list[int]]) -> None:
    session, people = group
    for minute, one in enumerate(people):
        with as_job("schedule.attendance.write", after(minute)) as permit:
            arrive(permit, session, one, at=after(minute))
    with as_job("schedule.attendance.write", after(120)) as permit:
        leave(permit, session, people[0], after(110))
    count = come_in(1, CLINIC, after(300))
    room, joins = room_at(session, 300)
    assert (count, len(by_record(joins)), len(joins) > 8) == (len(joins), 8, True)
    proposed = proposals(room, joins, after(300))
    assert {one: each.minutes(room.blocks, room.ends_at) for one, each in proposed.items()} == {
        one: recorded(session, one).minutes for one in people
    }


def test_before_tonights_session_three_people_wait(group: tuple[int, list[int]]) -> None:
    session, _people = group
    assert come_in(1, CLINIC, after(-120)) == 3
    _room, joins = room_at(session, -10)
    assert [each.place for each in joins] == [Place.WAITING] * 3
    assert {each.state for each in joins} == {"IL"}
    assert all(each.asked_at <= after(-120) for each in joins)


def test_while_it_runs_most_are_in_and_one_dropped_out_at_risk(
    group: tuple[int, list[int]],
) -> None:
    session, _people = group
    come_in(1, CLINIC, after(60))
    _room, joins = room_at(session, 60)
    places = [each.place for each in joins]
    assert {place: places.count(place) for place in Place} == {
        Place.IN: 4, Place.DROPPED: 1, Place.WAITING: 2, Place.LEFT: 0,
    }  # fmt: skip
    assert [each.needs_help for each in joins].count(True) == 1


def test_after_the_evening_nobody_is_added(group: tuple[int, list[int]]) -> None:
    assert come_in(1, CLINIC, after(200) + timedelta(hours=1)) == 0
