"""Sessions and rosters as facts: scope, statements, people closed to the reader."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from openiop.access.backend.base import writing
from openiop.access.models import RecordBlock
from openiop.config.network_for_tests import NORTH, SOUTH
from openiop.schedule.actions.sessions import cancel, move, reroom
from openiop.schedule.queries.board import week_board
from openiop.schedule.queries.seats import free_tracks, seats
from openiop.schedule.queries.sessions import (
    my_sessions,
    roster,
    rosters,
    session,
    sessions_between,
    sessions_on,
    track_sessions,
)  # fmt: skip
from openiop.schedule.tests.world import (
    NOW,
    TODAY,
    as_job,
    make_enrolled,
    make_person,
    make_program,
    make_track,
)  # fmt: skip

DAY = timedelta(days=1)


def test_a_day_has_its_sessions_in_order_cancelled_ones_too(network: Any) -> None:
    program = make_program()
    evening = make_track(weeks=1, program=program)
    morning = make_track(weeks=1, program=program, name="Morning", starts=time(9))
    with as_job("schedule.session.write") as permit:
        first = track_sessions(permit, evening, TODAY)[0]
        cancel(permit, first.id, reason="Snow")
        found = sessions_on(permit, [NORTH], TODAY)
        assert [(each.track, each.held) for each in found] == [(morning, True), (evening, False)]
        assert len(sessions_between(permit, [NORTH], TODAY, TODAY + 7 * DAY)) == 6
        assert sessions_on(permit, [SOUTH], TODAY) == []


def test_a_moved_session_stands_on_its_new_day(network: Any) -> None:
    track = make_track(weeks=1)
    with as_job("schedule.session.write") as permit:
        first = track_sessions(permit, track, TODAY)[0]
        move(permit, first.id, on=TODAY + DAY, starts=time(18))
        assert sessions_on(permit, [NORTH], TODAY) == []
        assert [each.id for each in sessions_on(permit, [NORTH], TODAY + DAY)] == [first.id]


def test_my_sessions_are_those_i_hold(network: Any) -> None:
    program = make_program()
    mine = make_track(weeks=1, program=program)
    make_track(weeks=1, program=program, name="Bob's", room=2, staff=((2, "lead"),))
    with as_job("schedule.read") as permit:
        assert [each.track for each in my_sessions(permit, 1, TODAY)] == [mine]
        assert my_sessions(permit, 1, TODAY + DAY) == []


def test_blocks_lie_on_the_hours_of_the_session(network: Any) -> None:
    track = make_track(weeks=1)
    with as_job("schedule.session.write") as permit:
        found = track_sessions(permit, track, TODAY)[0]
        move(permit, found.id, on=TODAY, starts=time(17))
        blocks = session(permit, found.id).blocks
    assert blocks[0].starts_at == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert [block.minutes for block in blocks] == [90, 10, 60, 10, 30]
    assert all(one.ends_at == other.starts_at
               for one, other in pairwise(blocks))  # fmt: skip


def test_another_clinics_session_is_not_there(network: Any, opened: Any) -> None:
    track = make_track(weeks=1)
    with as_job("schedule.read") as permit:
        found = track_sessions(permit, track, TODAY)[0].id
    with opened("charlie", "schedule.read", now=NOW) as permit:
        assert sessions_on(permit, [NORTH], TODAY) == []
        assert rosters(permit, [found]) == {found: []}
        with pytest.raises(Http404):
            session(permit, found)


def test_a_person_closed_to_the_reader_keeps_the_seat_without_a_number(
    network: Any, opened: Any
) -> None:
    track = make_track(weeks=1)
    hidden, shown = make_enrolled(track, 2)
    with as_job("access.record.block") as permit, writing():
        RecordBlock.objects.create(
            organization_id=permit.organization, record_id=hidden, user_id=network.users["bob"],
            reason="kin", set_by_id=network.staff["paula"], set_at=permit.now,
        )  # fmt: skip
    with opened("bob", "schedule.read", now=NOW) as permit:
        first = track_sessions(permit, track, TODAY)[0].id
        found = roster(permit, first)
    assert [(seated.record == shown, seated.number != "") for seated in found] == [
        (False, False), (True, True)
    ]  # fmt: skip


def test_days_and_rosters_take_one_statement_each_whatever_their_number(network: Any) -> None:
    program = make_program()
    make_enrolled(make_track(weeks=1, program=program), 2)
    make_enrolled(make_track(weeks=1, program=program, name="Morning", starts=time(9)), 3)
    with as_job("schedule.read") as permit, CaptureQueriesContext(connection) as asked:
        found = sessions_between(permit, [NORTH], TODAY, TODAY + 7 * DAY)
        lists = rosters(permit, [each.id for each in found])
    assert len(asked) == 2
    assert sorted(len(each) for each in lists.values()) == [2, 2, 2, 3, 3, 3]


def test_seats_follow_a_session_into_a_smaller_room_only_that_day(network: Any) -> None:
    track = make_track(weeks=1)
    make_enrolled(track, 2)
    with as_job("schedule.session.write") as permit:
        first = track_sessions(permit, track, TODAY)[0]
        reroom(permit, first.id, 2)
        count = seats(permit, [track], TODAY)[track]
    assert (count.taken, count.enrolled, count.held, count.free) == (2, 2, 0, 9)
    assert (count.caps.legal, count.caps.house, count.caps.room) == (15, 11, 18)


def test_free_tracks_are_those_with_a_seat_for_good(network: Any) -> None:
    program = make_program()
    full = make_track(weeks=1, program=program, mode="virtual", staff=())
    free = make_track(weeks=1, program=program, name="Morning", starts=time(9))
    make_enrolled(full, 11)
    with as_job("schedule.read") as permit:
        found = free_tracks(permit, NORTH, make_person(), TODAY)
    assert [(each.id, str(each)) for each in found] == [
        (free, "Morning, Mon, Wed, Fri at 09:00, 11 free")
    ]


def test_the_weeks_board_counts_seats_by_session_and_who_is_expected_to_leave(
    network: Any,
) -> None:
    track = make_track(weeks=9)
    make_enrolled(track, 3)
    with as_job("schedule.board") as permit:
        now = week_board(permit, NORTH, TODAY, TODAY)[0]
        later = week_board(permit, NORTH, TODAY + 56 * DAY, TODAY + 50 * DAY)[0]
    assert [len(day) for day in now.days] == [1, 0, 1, 0, 1, 0, 0]
    assert [(day[0].taken, day[0].leaving) for day in now.days if day] == [(3, 0)] * 3
    assert now.completing == ()
    assert [(day[0].taken, day[0].leaving) for day in later.days if day] == [
        (3, 0), (3, 3), (3, 3)
    ]  # fmt: skip
    assert later.completing == (TODAY + 56 * DAY,) * 3
