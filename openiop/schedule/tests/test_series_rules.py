"""The days of a series, through leap days and both days that change the clocks."""

from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.kernel.days import local
from openiop.schedule.rules.series import days, nth_of

WEEKDAYS = st.integers(0, 6)
FROM = st.dates(date(2023, 1, 1), date(2033, 12, 31))
AHEAD = st.integers(0, 500)
ZONES = ["America/Chicago", "America/New_York", "America/Phoenix"]


def plus(day: date, count: int) -> date:
    return day + timedelta(days=count)


@given(WEEKDAYS, FROM, AHEAD, st.sampled_from([("week", 7), ("fortnight", 14)]))
def test_weeks_are_evenly_apart_on_their_weekday_and_none_is_left_out(weekday, start, ahead, every):
    name, step = every
    found = days(name, weekday, None, start, plus(start, ahead))
    wanted = [day for day in (plus(start, n) for n in range(ahead + 1)) if day.weekday() == weekday]
    assert found == wanted[:: step // 7]


@given(WEEKDAYS, st.integers(1, 5), FROM, AHEAD)
def test_a_month_has_exactly_one_and_it_is_the_nth_or_the_last(weekday, nth, start, ahead):
    until = plus(start, ahead)
    found = days("month", weekday, nth, start, until)
    every = [plus(start, n) for n in range(ahead + 1)]

    def is_it(day: date) -> bool:
        last = plus(day, 7).month != day.month
        return day.weekday() == weekday and (last if nth == 5 else (day.day + 6) // 7 == nth)

    assert found == [day for day in every if is_it(day)]
    assert all(start <= day <= until for day in found)


@given(FROM)
def test_the_nth_of_a_day_finds_that_day_again(day):
    nth = nth_of(day)
    (found,) = days("month", day.weekday(), nth, day.replace(day=1), day.replace(day=28)) or [day]
    assert nth == 5 or found == day


@given(st.sampled_from(ZONES), st.integers(7, 21), FROM, WEEKDAYS)
def test_the_clock_on_the_wall_stays_the_same_all_year(zone, hour, start, weekday):
    found = days("week", weekday, None, start, plus(start, 365))
    moments = [local(day, time(hour), zone) for day in found]
    assert {moment.astimezone(ZoneInfo(zone)).time() for moment in moments} == {time(hour)}
    assert [moment.astimezone(ZoneInfo(zone)).date() for moment in moments] == found


def test_weekly_over_both_days_that_change_the_clocks():
    spring = days("week", 6, None, date(2027, 3, 7), date(2027, 3, 21))
    autumn = days("week", 6, None, date(2026, 10, 25), date(2026, 11, 8))
    zone = "America/Chicago"
    assert [local(day, time(9), zone).astimezone(UTC).hour for day in spring] == [15, 14, 14]
    assert [local(day, time(9), zone).astimezone(UTC).hour for day in autumn] == [14, 15, 15]


@pytest.mark.parametrize(
    ("every", "weekday", "nth", "start", "until", "wanted"),
    [
        ("week", 1, None, date(2028, 2, 22), date(2028, 3, 7), [(2, 22), (2, 29), (3, 7)]),
        ("fortnight", 1, None, date(2028, 2, 15), date(2028, 3, 14), [(2, 15), (2, 29), (3, 14)]),
        ("month", 1, 5, date(2028, 1, 1), date(2028, 3, 31), [(1, 25), (2, 29), (3, 28)]),
        ("month", 0, 1, date(2027, 2, 1), date(2027, 3, 31), [(2, 1), (3, 1)]),
        ("week", 0, None, date(2026, 11, 24), date(2026, 11, 29), []),
    ],
)
def test_leap_day_and_the_last_of_a_month(every, weekday, nth, start, until, wanted):
    assert [(d.month, d.day) for d in days(every, weekday, nth, start, until)] == wanted
