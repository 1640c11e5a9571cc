"""Days, intervals, numbers, acts and permits: plain facts, checked by property where they are."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.kernel.acts import Acts, Role, read, write
from openiop.kernel.days import age_on, days, local, local_day, week_start
from openiop.kernel.ids import is_record_number, luhn_digit, record_number
from openiop.kernel.intervals import Interval, subtract
from openiop.kernel.permits import NotPermitted, Permit

CHICAGO = "America/Chicago"
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001 - UTC below
    lambda naive: naive.replace(tzinfo=UTC, microsecond=0)
)
intervals = st.tuples(moments, st.integers(0, 600)).map(
    lambda pair: Interval(pair[0], pair[0] + timedelta(minutes=pair[1]))
)


def test_a_session_keeps_its_clock_time_through_daylight_saving():
    before, after = (local(date(2026, 3, day), time(17, 30), CHICAGO) for day in (6, 9))
    assert (before.hour, after.hour) == (17, 17)
    assert after - before == timedelta(days=3)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(days=2, hours=23)


def test_a_time_in_the_spring_gap_moves_forward_by_the_gap():
    assert local(date(2026, 3, 8), time(2, 30), CHICAGO).strftime("%H:%M") == "03:30"


def test_a_time_in_the_autumn_fold_is_the_first_one():
    assert local(date(2026, 11, 1), time(1, 30), CHICAGO).utcoffset() == timedelta(hours=-5)


def test_an_evening_session_is_on_its_local_day():
    assert local_day(datetime(2026, 11, 24, 1, 0, tzinfo=UTC), CHICAGO) == date(2026, 11, 23)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 6))
def test_a_week_starts_on_its_first_day_at_most_six_days_back(day, first):
    start = week_start(day, first)
    assert start.weekday() == first
    assert 0 <= (day - start).days <= 6


def test_days_leave_the_end_out():
    assert list(days(date(2028, 2, 28), date(2028, 3, 1))) == [date(2028, 2, 28), date(2028, 2, 29)]


def test_who_is_born_on_leap_day_grows_a_year_on_the_first_of_march():
    born = date(2004, 2, 29)
    assert [age_on(born, day) for day in (date(2022, 2, 28), date(2022, 3, 1))] == [17, 18]


@given(st.integers(0, 10**9))
def test_every_record_number_is_one_and_no_single_slip_is(serial):
    number = record_number(serial)
    assert is_record_number(number)
    slipped = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not is_record_number(slipped)


def test_the_check_digit_is_the_published_one():
    assert luhn_digit("7992739871") == "3"


@pytest.mark.parametrize("text", ["", "123", "1234567x", "１２３４５６７８"])
def test_other_text_is_no_record_number(text):
    assert not is_record_number(text)


def test_an_interval_cannot_end_before_it_starts():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="cannot end before"):
        Interval(start, start - timedelta(minutes=1))


def test_a_night_with_a_clock_change_has_its_true_minutes():
    evening, morning = (local(date(2026, 11, day), time(0), CHICAGO) for day in (1, 2))
    assert Interval(evening, morning).minutes == 25 * 60


@given(intervals, intervals)
def test_two_intervals_overlap_just_when_they_share_time(one, other):
    shared = one.intersection(other)
    if shared:
        assert one.overlaps(other)
        assert shared.minutes <= min(one.minutes, other.minutes)
    elif one.minutes and other.minutes:
        assert not one.overlaps(other)


@given(intervals, st.lists(intervals, max_size=6))
def test_what_is_cut_out_and_what_is_left_make_the_whole(whole, holes):
    left = subtract(whole, holes)
    assert all(not piece.overlaps(hole) for piece in left for hole in holes if hole.minutes)
    assert sum(piece.minutes for piece in left) <= whole.minutes
    assert left == sorted(left)


def some_acts() -> Acts:
    acts = Acts()
    acts.add([
        read("a.read", {Role.NURSE}, "look"),
        write("a.write", {Role.NURSE}, "change", entails=["a.read"]),
        write("a.all", {Role.NURSE}, "do all", entails=["a.write"]),
    ])  # fmt: skip
    return acts


def test_an_act_covers_what_it_entails_all_the_way_down():
    assert some_acts().covered_by("a.all") == frozenset({"a.all", "a.write", "a.read"})


def test_an_act_cannot_be_declared_twice():
    acts = some_acts()
    with pytest.raises(ValueError, match="declared twice"):
        acts.add([read("a.read", (), "look")])


def test_a_permit_knows_the_local_day_and_the_roles_by_clinic():
    permit = Permit(
        read("k.read", {Role.NURSE}, "look"), 1, frozenset({7}),
        {7: frozenset({Role.NURSE}), 8: frozenset({Role.DIRECTOR})}, "user:1",
        datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
    )  # fmt: skip
    assert permit.today(CHICAGO) == date(2026, 11, 23)
    assert permit.holds(Role.DIRECTOR)
    assert not permit.holds(Role.DIRECTOR, clinic=7)
    assert issubclass(NotPermitted, Exception)
