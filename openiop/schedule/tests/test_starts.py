"""When somebody could truly begin."""

from datetime import UTC, datetime, time

import pytest

from openiop.access import door
from openiop.config.network_for_tests import GULF, NORTH, SOUTH
from openiop.schedule.queries.starts import next_starts
from openiop.schedule.tests.world import NOW, as_job, make_enrolled, make_track


@pytest.fixture
def starts(network):
    def look(*clinics: int, now: datetime = NOW):
        with as_job("schedule.board", now) as permit:
            return next_starts(permit, clinics or [NORTH])

    return look


def test_the_first_session_still_to_come_is_the_start(starts):
    make_track()
    (found,) = starts()
    assert (found.track.name, str(found.first_on)) == ("Evening A", "2026-11-23")
    assert found.first_at == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # 18:00 in Chicago


def test_a_session_that_has_begun_is_no_start(starts):
    make_track()
    (found,) = starts(now=datetime(2026, 11, 24, 0, 0, tzinfo=UTC))
    assert str(found.first_on) == "2026-11-25"


def test_a_full_track_has_no_start_and_says_so(starts):
    track = make_track()
    (empty,) = starts()
    make_enrolled(track, empty.usual)
    (full,) = starts()
    assert (full.first_on, full.first_at) == (None, None)
    assert full.usual == empty.usual


def test_the_last_free_seat_is_a_start(starts):
    track = make_track()
    (empty,) = starts()
    make_enrolled(track, empty.usual - 1)
    assert str(starts()[0].first_on) == "2026-11-23"


def test_a_track_without_sessions_to_come_has_no_start(starts):
    make_track(weeks=0)
    assert starts()[0].first_at is None


def test_several_clinics_are_asked_at_once(starts):
    make_track(SOUTH, starts=time(9))
    make_track(GULF)
    assert [each.track.clinic for each in starts(SOUTH, GULF)] == [GULF, SOUTH]


def test_a_stranger_who_looks_everywhere_sees_that_a_track_is_full(starts):
    track = make_track()
    (empty,) = starts()
    make_enrolled(track, empty.usual)
    with (
        door.opened_for_public("website.look", now=NOW) as permit,
        door.everywhere(permit, "website.look"),
    ):
        (found,) = next_starts(permit, [NORTH])
    assert found.first_at is None
