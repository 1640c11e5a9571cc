"""The sweep: no offer overlaps what is taken, pauses are kept, clock changes shift nothing."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.schedule.rules.availability import (
    STEP,
    Busy,
    Hours,
    Place,
    Stretch,
    Taken,
    Wanted,
    offers,
    on_the_clock,
)

ZONE, DAY = "America/Chicago", date(2026, 11, 24)
MIDNIGHT = on_the_clock(DAY, time(0), time(1), ZONE).start
STRETCHES = st.lists(
    st.tuples(st.integers(0, 1440), st.integers(1, 240)).map(
        lambda each: (MIDNIGHT + each[0] * 60, MIDNIGHT + (each[0] + each[1]) * 60)
    ),
    max_size=8,
)


def found(staff, person=(), rooms=((),), *, minutes=50, free_after=10, day=DAY, days=1):
    hours = Hours(1, 7, day.weekday(), time(1), time(22), False, False, date.min, date.max)
    wanted = Wanted(minutes * 60, free_after * 60, day, days, 0)
    place = Place(1, ZONE, tuple(n + 1 for n in range(len(rooms))))
    taken = Taken({7: Busy(staff)}, {n + 1: Busy(each) for n, each in enumerate(rooms)},
                  Busy(person))  # fmt: skip
    return list(offers(wanted, {1: place}, [hours], taken))


def clear(start: int, end: int, stretches) -> bool:
    return all(end <= begins or ends <= start for begins, ends in stretches)


@given(STRETCHES, STRETCHES, STRETCHES, STRETCHES)
def test_no_offer_overlaps_what_is_taken_and_the_pause_is_kept(staff, person, one, other):
    rooms = (one, other)
    for offer in found(staff, person, rooms):
        assert clear(offer.start, offer.end + 600, staff)
        assert clear(offer.start, offer.end, person)
        assert clear(offer.start, offer.end, rooms[offer.room - 1])
        assert (offer.start % STEP, offer.end - offer.start) == (0, 3000)


@given(STRETCHES)
def test_where_a_quarter_hour_is_free_long_enough_something_is_offered(staff):
    whole = range(MIDNIGHT + 3600, MIDNIGHT + 22 * 3600 - 3600 + 1, STEP)
    possible = any(clear(start, start + 3600, staff) for start in whole)
    assert bool(found(staff)) == possible


@given(STRETCHES)
def test_gaps_and_what_is_taken_make_the_whole(stretches):
    busy, end = Busy(stretches), MIDNIGHT + 86400
    free = sum(gap.end - gap.start for gap in busy.gaps(MIDNIGHT, end))
    taken = sum(min(e, end) - min(s, end) for s, e in zip(busy.starts, busy.ends, strict=True))
    assert free + taken == 86400
    assert all(busy.free(*gap) for gap in busy.gaps(MIDNIGHT, end))


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 8), 20), (date(2026, 11, 1), 22), (DAY, 21)]
)
def test_a_day_of_a_clock_change_has_an_hour_less_or_more(day, hours):
    stretch = on_the_clock(day, time(1), time(22), ZONE)
    assert stretch.end - stretch.start == hours * 3600
    last = found((), day=day)[-1]
    local = datetime.fromtimestamp(last.end, ZoneInfo(ZONE))
    assert (local.date(), local.time() <= time(21, 50)) == (day, True)


def test_offers_of_three_weeks_lie_on_the_weekday_of_the_hours():
    days = [offer.day for offer in found((), days=21)]
    assert sorted(set(days)) == [DAY, DAY + timedelta(days=7), DAY + timedelta(days=14)]


def test_stretches_that_touch_are_one():
    busy = Busy([(0, 10), (10, 20), (30, 40)])
    assert list(busy.gaps(5, 50)) == [Stretch(20, 30), Stretch(40, 50)]
    busy.take(20, 30)
    assert (busy.starts, busy.ends) == ([0], [40])
