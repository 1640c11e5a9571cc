"""A forecast of free seats as it is made, kept and read."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from openiop.config.network_for_tests import GULF, NORTH
from openiop.programs.queries import (
    CourseCount,
    course_counts,
    courses,
    enrollments_of,
    offers_answered,
)
from openiop.schedule.actions.enrollment import enroll, leave_track
from openiop.schedule.actions.forecast import make
from openiop.schedule.actions.waiting import accept, join
from openiop.schedule.models import SeatForecast
from openiop.schedule.queries.forecast import expected_free, latest, offer_share, past
from openiop.schedule.rules.forecast import ASSUMED
from openiop.schedule.tests.world import (
    NOW,
    TODAY,
    as_job,
    make_enrolled,
    make_episode,
    make_person,
    make_track,
)

MONDAYS = [TODAY + timedelta(weeks=week) for week in range(1, 9)]


def made(now: datetime = NOW) -> int:
    with as_job("schedule.forecast.make", now) as permit:
        return make(permit)


def free(*tracks: int, now: datetime = NOW) -> dict[int, Any]:
    with as_job("schedule.read", now) as permit:
        return expected_free(permit, tracks)


def leave(record: int, on: date, now: datetime = NOW) -> None:
    with as_job("schedule.enroll", now) as permit:
        leave_track(permit, enrollments_of(permit, record)[0].id, on, "dropped out")


def test_an_empty_track_has_all_its_seats_free(network: Any) -> None:
    track = make_track()
    assert made() == 1
    weeks = free(track)[track]
    assert [week.week_on for week in weeks] == MONDAYS
    assert {(week.low, week.expected, week.high) for week in weeks} == {(11, 11.0, 11)}


def test_a_track_without_a_forecast_has_none(network: Any) -> None:
    track = make_track()
    assert free(track) == {track: ()}


def test_seats_come_free_as_people_leave(network: Any) -> None:
    track = make_track()
    make_enrolled(track, 4)
    made()
    weeks = free(track)[track]
    expected = [week.expected for week in weeks]
    assert expected == sorted(expected)
    assert 7 < expected[0] < 8 < expected[-1] <= 11
    assert all(week.low <= week.expected <= week.high for week in weeks)


def test_who_is_known_to_leave_frees_a_seat_for_certain(network: Any) -> None:
    track = make_track()
    (record,) = make_enrolled(track)
    leave(record, MONDAYS[2])
    made()
    assert [week.expected for week in free(track)[track]] == [10, 10, 11, 11, 11, 11, 11, 11]


def test_who_is_known_to_start_takes_a_seat_from_then_on(network: Any) -> None:
    track = make_track()
    make_enrolled(track, start_on=MONDAYS[1])
    made()
    weeks = free(track)[track]
    assert weeks[0].expected == 11
    assert weeks[1].expected == 10
    assert weeks[2].expected > 10


def test_a_seat_held_for_an_offer_is_taken_up_or_not(network: Any) -> None:
    track = make_track()
    with as_job("schedule.enroll") as permit:
        join(permit, record=make_person(), track_id=track)
        assert offer_share(permit) == 0.7
    made()
    assert 10.3 < free(track)[track][0].expected < 10.5


def test_offers_taken_raise_the_share(network: Any) -> None:
    track, record = make_track(), make_person()
    episode = make_episode(record, track)
    with as_job("schedule.enroll") as permit:
        entry = join(permit, record=record, track_id=track)
        accept(permit, entry, start_on=TODAY, episode=episode)
    with as_job("schedule.read") as permit:
        assert offers_answered(permit, NOW - timedelta(days=1)) == (1, 1)
        assert offers_answered(permit, NOW + timedelta(days=1)) == (0, 0)
        assert offer_share(permit) == (1 + 5 * 0.7) / 6


def test_made_again_on_the_same_day_it_replaces_the_days(network: Any) -> None:
    track = make_track()
    made()
    make_enrolled(track, 2)
    made(NOW + timedelta(hours=1))
    with as_job("schedule.read"):
        assert SeatForecast.objects.filter(track=track).count() == 1
    assert free(track)[track][0].expected < 10


def test_the_latest_one_is_read_without_the_days_gone(network: Any) -> None:
    track = make_track()
    made()
    later = NOW + timedelta(weeks=1, days=2)
    assert [week.week_on for week in free(track, now=later)[track]] == MONDAYS[1:]
    made(later)
    with as_job("schedule.read", later) as permit:
        found = latest(permit, [track])[track]
    assert found.made_on == TODAY + timedelta(days=9)
    assert found.weeks[0].week_on == TODAY + timedelta(weeks=2)
    assert found.ahead(8) == found.weeks[7]
    assert found.ahead(9) is None


def test_one_clinics_tracks_are_as_dear_as_many(network: Any) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            made()
        return len(seen)

    make_enrolled(make_track(), 2)
    once = asked()
    for _ in range(2):
        make_enrolled(make_track(GULF), 2)
    assert asked() == once
    with as_job("schedule.read") as permit, CaptureQueriesContext(connection) as seen:
        expected_free(permit, [1, 2, 3])
    assert len(seen) == 1


def test_courses_are_counted_as_they_were_known(network: Any) -> None:
    track = make_track(weeks=6)
    _stays, leaves = make_enrolled(track, 2)
    later = NOW + timedelta(days=10)
    leave(leaves, TODAY + timedelta(days=10), later)
    asked = [
        (day, NOW + timedelta(days=hours), TODAY - timedelta(days=1))
        for day, hours in ((TODAY + timedelta(days=7), 7), (TODAY + timedelta(days=14), 14))
    ]
    with as_job("schedule.read") as permit:
        found = course_counts(permit, asked)
        (one, other) = courses(permit, [track], TODAY)
    first, second = TODAY + timedelta(days=7), TODAY + timedelta(days=14)
    assert found == [
        CourseCount(first, track, 7, -1, False, 2),
        CourseCount(second, track, 10, -1, True, 1),
        CourseCount(second, track, 14, -1, False, 1),
    ]
    assert {one.end_on, other.end_on} == {None, TODAY + timedelta(days=10)}
    left = one if one.end_on else other
    assert left.end_known_at(NOW) is None
    assert left.end_known_at(later) == TODAY + timedelta(days=10)


def test_courses_that_reach_their_end_count_the_days_after_it(network: Any) -> None:
    track = make_track()
    (record,) = make_enrolled(track)
    with as_job("schedule.read") as permit:
        end = enrollments_of(permit, record)[0].expected_end_on
        length = (end - TODAY).days
        day = end + timedelta(days=3)
        (still,) = course_counts(permit, [(day, NOW, TODAY)])
    assert still == CourseCount(day, track, length, 3, False, 1)
    leave(record, end, NOW)
    with as_job("schedule.read") as permit:
        (gone,) = course_counts(permit, [(day, NOW, TODAY)])
        assert course_counts(permit, [(day, NOW - timedelta(days=1), TODAY)]) == []
    assert gone == CourseCount(day, track, length, 0, True, 1)


def test_the_past_is_the_sundays_since_people_came(network: Any) -> None:
    track = make_track(weeks=6)
    make_enrolled(track, 2)
    today = TODAY + timedelta(days=23)  # a Wednesday
    with as_job("schedule.read", NOW + timedelta(days=23)) as permit:
        from openiop.programs.queries import tracks

        seen = past(permit, tracks(permit), today, 26)
    assert seen.days == tuple(date(2026, 11, 29) + timedelta(weeks=week) for week in range(3))
    assert (seen.today, dict(seen.caps)) == (today, {track: 11})
    assert len(seen.courses[track]) == 2
    assert seen.rates[seen.days[0]][0].early[11] < ASSUMED.early[11]


def test_a_place_enrolled_elsewhere_is_not_counted_here(network: Any) -> None:
    gulf = make_track(GULF)
    make_enrolled(gulf, 2)
    north = make_track(NORTH)
    record = make_person()
    episode = make_episode(record, north)
    with as_job("schedule.enroll") as permit:
        enroll(permit, record=record, track=north, start_on=TODAY, episode=episode)
    made()
    found = free(gulf, north)
    assert (found[gulf][0].high, found[north][0].high) == (10, 11)
