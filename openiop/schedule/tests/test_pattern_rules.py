"""Patterns: weekdays, clock times, closed days, and the days on which clocks jump."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from openiop.schedule.rules.pattern import closed_days, laid_blocks, meeting, meetings, window

CHICAGO = "America/Chicago"
ZONES = st.sampled_from([CHICAGO, "America/New_York", "America/Los_Angeles", "UTC"])
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


def test_a_mon_wed_fri_evening_meets_three_times_a_week() -> None:
    found = meetings(
        weekdays=(0, 2, 4), starts=time(18), minutes=200, timezone=CHICAGO,
        start=date(2026, 11, 23), end=date(2026, 11, 30),
    )  # fmt: skip
    assert [each.on for each in found] == [
        date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 27)
    ]  # fmt: skip
    assert found[0].starts_at == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert found[0].ends_at == datetime(2026, 11, 24, 3, 20, tzinfo=UTC)


def test_the_clock_stands_still_when_daylight_saving_ends() -> None:
    before, after = (
        meeting(day, time(18), 200, CHICAGO) for day in (date(2026, 10, 30), date(2026, 11, 2))
    )
    assert before.starts_at == datetime(2026, 10, 30, 23, 0, tzinfo=UTC)
    assert after.starts_at == datetime(2026, 11, 3, 0, 0, tzinfo=UTC)


def test_the_clock_stands_still_when_daylight_saving_begins() -> None:
    before, after = (
        meeting(day, time(9), 200, CHICAGO) for day in (date(2026, 3, 6), date(2026, 3, 9))
    )
    assert before.starts_at == datetime(2026, 3, 6, 15, 0, tzinfo=UTC)
    assert after.starts_at == datetime(2026, 3, 9, 14, 0, tzinfo=UTC)


def test_a_meeting_across_the_spring_gap_keeps_its_length() -> None:
    found = meeting(date(2026, 3, 8), time(1), 180, CHICAGO)
    assert found.starts_at == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)
    assert found.ends_at == datetime(2026, 3, 8, 10, 0, tzinfo=UTC)
    assert found.ends_at.astimezone(ZoneInfo(CHICAGO)).time() == time(5)


def test_a_meeting_across_the_autumn_fold_keeps_its_length() -> None:
    found = meeting(date(2026, 11, 1), time(0, 30), 180, CHICAGO)
    assert found.ends_at.astimezone(ZoneInfo(CHICAGO)).time() == time(2, 30)


def test_a_meeting_on_a_leap_day_is_held() -> None:
    found = meetings(
        weekdays=(1,), starts=time(9), minutes=200, timezone=CHICAGO, start=date(2028, 2, 28),
        end=date(2028, 3, 1),
    )  # fmt: skip
    assert [each.on for each in found] == [date(2028, 2, 29)]


@given(
    weekdays=st.frozensets(st.integers(0, 6), min_size=1), start=DAYS,
    length=st.integers(0, 80), minutes=st.integers(30, 300), zone=ZONES,
    starts=st.times().filter(lambda clock: clock.hour not in (0, 1, 2, 3)),
    closed=st.sets(st.integers(0, 80)),
)  # fmt: skip
def test_every_open_day_of_the_pattern_is_met_once_at_its_clock_time(
    weekdays: frozenset[int], start: date, length: int, minutes: int, zone: str, starts: time,
    closed: set[int],
) -> None:  # fmt: skip
    starts = starts.replace(second=0, microsecond=0)
    end = start + timedelta(days=length)
    shut = {start + timedelta(days=each) for each in closed}
    found = meetings(
        weekdays=weekdays, starts=starts, minutes=minutes, timezone=zone, start=start, end=end,
        closed=shut,
    )  # fmt: skip
    every = [start + timedelta(days=each) for each in range(length)]
    assert [each.on for each in found] == [
        day for day in every if day.weekday() in weekdays and day not in shut
    ]
    for each in found:
        local = each.starts_at.astimezone(ZoneInfo(zone))
        assert (local.date(), local.time()) == (each.on, starts)
        assert each.ends_at - each.starts_at == timedelta(minutes=minutes)


@given(DAYS, st.integers(0, 10))
def test_a_closure_closes_each_of_its_days_and_no_other(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = closed_days([(first, last, "Holiday")])
    assert len(found) == length + 1
    assert (min(found), max(found)) == (first, last)


def test_two_closures_on_one_day_give_the_later_one_its_name() -> None:
    day = date(2026, 11, 26)
    assert closed_days([(day, day, "Thanksgiving"), (day, day, "Flood")]) == {day: "Flood"}


def test_blocks_follow_one_another() -> None:
    assert laid_blocks([("counseling", 90), ("break", 10), ("education", 60)]) == [
        {"kind": "counseling", "start": 0, "minutes": 90},
        {"kind": "break", "start": 90, "minutes": 10},
        {"kind": "education", "start": 100, "minutes": 60},
    ]


def test_a_window_is_what_track_pattern_and_horizon_have_in_common() -> None:
    found = window(
        start=date(2026, 1, 1), end=date(2026, 3, 1), start_on=date(2026, 1, 5),
        end_on=date(2026, 2, 10), pattern_from=date(2026, 1, 20),
    )  # fmt: skip
    assert found == (date(2026, 1, 20), date(2026, 2, 11))


def test_a_track_that_ended_before_the_window_has_none_of_it() -> None:
    first, last = window(
        start=date(2026, 1, 1), end=date(2026, 3, 1), start_on=date(2025, 1, 5),
        end_on=date(2025, 12, 1), pattern_from=date(2025, 1, 5),
    )  # fmt: skip
    assert first == last
