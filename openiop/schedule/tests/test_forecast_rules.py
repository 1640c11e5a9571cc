"""Chances of free seats: what they are for small cases, and what always holds."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.schedule.rules.forecast import (
    ASSUMED,
    NETWORK_WEIGHT,
    STAY_WEEKS,
    Rates,
    Stay,
    band,
    coming_mondays,
    convolved,
    forecast,
    free_seats,
    mean,
    network_rates,
    quantile,
    rates,
    rates_by_track,
    shrunk,
    still_there,
)

MONDAY = date(2026, 11, 23)
END = MONDAY + timedelta(weeks=8)
NEVER = Rates((0.0,) * STAY_WEEKS, 1.0, 0.0)
chances = st.lists(st.floats(0, 1), max_size=14)


@dataclass(frozen=True)
class Seen:
    days: int
    after: int
    ended: bool
    number: int


def weeks(number: float) -> timedelta:
    return timedelta(weeks=number)


# --- one person --------------------------------------------------------------------------------


def test_somebody_stays_by_the_rates_of_the_weeks_of_stay() -> None:
    how = Rates((0.1, 0.2, 0.3) + (0.0,) * 9, 0.8, 0.5)
    stay = Stay(MONDAY - timedelta(days=3), END)
    assert still_there(stay, MONDAY, MONDAY, how) == 1
    day = MONDAY + timedelta(days=14)
    expected = exp(-(0.1 * 4 + 0.2 * 7 + 0.3 * 3) / 7)
    assert still_there(stay, MONDAY, day, how) == pytest.approx(expected)


def test_most_leave_on_the_expected_day_and_the_rest_week_by_week() -> None:
    how = NEVER._replace(on_day=0.8, late=0.5)
    stay = Stay(MONDAY - weeks(6), MONDAY + weeks(2))
    assert still_there(stay, MONDAY, MONDAY + timedelta(days=13), how) == 1
    assert still_there(stay, MONDAY, MONDAY + weeks(2), how) == pytest.approx(0.2)
    assert still_there(stay, MONDAY, MONDAY + weeks(4), how) == pytest.approx(0.2 * exp(-1))


def test_who_is_past_the_expected_end_leaves_at_the_late_rate() -> None:
    how = NEVER._replace(late=0.5)
    stay = Stay(MONDAY - weeks(10), MONDAY - weeks(1))
    assert still_there(stay, MONDAY, MONDAY + weeks(2), how) == pytest.approx(exp(-1))


def test_a_known_end_and_a_known_start_are_certain() -> None:
    leaves = Stay(MONDAY, END, MONDAY + weeks(2))
    starts = Stay(MONDAY + weeks(2), END)
    days = [MONDAY + timedelta(days=13), MONDAY + weeks(2)]
    assert [still_there(leaves, MONDAY, day, ASSUMED) for day in days] == [1, 0]
    assert [still_there(starts, MONDAY, day, ASSUMED) for day in days] == [0, 1]


def test_a_held_seat_counts_by_how_likely_it_is_taken_up() -> None:
    held = Stay(MONDAY, END, taken_up=0.7)
    assert still_there(held, MONDAY, MONDAY, NEVER) == 0.7


def test_weeks_of_stay_past_the_last_known_one_share_its_rate() -> None:
    how = Rates((0.0,) * 11 + (0.7,), 1.0, 0.0)
    stay = Stay(MONDAY - weeks(20), MONDAY + weeks(10))
    assert still_there(stay, MONDAY, MONDAY + weeks(2), how) == pytest.approx(exp(-1.4))


@given(st.integers(-80, 20), st.integers(1, 80), st.integers(0, 60), st.floats(0, 1))
def test_a_higher_rate_never_keeps_anybody_longer(
    start: int, length: int, later: int, rate: float
) -> None:
    begin = MONDAY + timedelta(days=start)
    stay = Stay(begin, begin + timedelta(days=length))
    low = Rates((rate,) * STAY_WEEKS, 0.5, rate)
    high = Rates((rate + 0.1,) * STAY_WEEKS, 0.6, rate + 0.1)
    day = MONDAY + timedelta(days=later)
    kept, rarer = (still_there(stay, MONDAY, day, how) for how in (low, high))
    assert 0 <= rarer <= kept <= 1


@given(st.integers(-80, 0), st.integers(1, 80), st.integers(0, 60))
def test_nobody_comes_back(start: int, length: int, later: int) -> None:
    begin = MONDAY + timedelta(days=start)
    stay = Stay(begin, begin + timedelta(days=length))
    day = MONDAY + timedelta(days=later)
    sooner, after = (
        still_there(stay, MONDAY, when, ASSUMED) for when in (day, day + timedelta(days=1))
    )
    assert after <= sooner


# --- seats -------------------------------------------------------------------------------------


def test_two_people_make_three_numbers() -> None:
    assert convolved([0.5, 0.2]) == pytest.approx([0.4, 0.5, 0.1])
    assert free_seats(3, [0.5, 0.2]) == pytest.approx([0, 0.1, 0.5, 0.4])


def test_over_the_cap_no_seat_is_free() -> None:
    assert free_seats(1, [1.0, 1.0, 0.5]) == pytest.approx([1, 0])


@given(st.integers(0, 14), chances)
def test_chances_of_all_numbers_make_one(cap: int, seated: list[float]) -> None:
    spread = free_seats(cap, seated)
    assert len(spread) == cap + 1
    assert sum(spread) == pytest.approx(1)
    assert min(spread) >= 0


@given(chances, st.integers(0, 5))
def test_taken_and_free_make_all_seats(seated: list[float], more: int) -> None:
    cap = len(seated) + more
    assert mean(free_seats(cap, seated)) + sum(seated) == pytest.approx(cap)


@given(st.integers(0, 14), chances)
def test_the_band_holds_the_expected_number_and_eight_in_ten(cap: int, seated: list[float]) -> None:
    spread = free_seats(cap, seated)
    low, high = band(spread)
    assert 0 <= low <= mean(spread) + 1e-9
    assert mean(spread) - 1e-9 <= high <= cap
    assert sum(spread[low : high + 1]) >= 0.8 - 1e-9


@given(st.integers(0, 14), chances, st.floats(0, 1))
def test_a_likelier_guest_never_frees_seats(cap: int, seated: list[float], one: float) -> None:
    spread, fuller = free_seats(cap, seated), free_seats(cap, [*seated, one])
    assert mean(fuller) <= mean(spread) + 1e-9
    assert band(fuller)[0] <= band(spread)[0]
    assert band(fuller)[1] <= band(spread)[1]


def test_a_quantile_is_the_least_number_not_exceeded_so_often() -> None:
    spread = [0.1, 0.2, 0.4, 0.3]
    assert [quantile(spread, share) for share in (0.1, 0.11, 0.3, 0.5, 0.9)] == [0, 1, 1, 2, 3]


# --- rates -------------------------------------------------------------------------------------


def test_a_rate_is_pulled_toward_another_where_little_was_seen() -> None:
    assert shrunk(0, 0, 0.12, 20) == pytest.approx(0.12)
    assert shrunk(3, 20, 0.05, 20) == pytest.approx(0.10)
    assert shrunk(300, 2000, 0.05, 20) == pytest.approx(0.149, abs=0.0005)


def test_nothing_seen_leaves_what_is_assumed() -> None:
    found = network_rates([])
    assert found.early == pytest.approx(ASSUMED.early)
    assert (found.on_day, found.late) == (ASSUMED.on_day, ASSUMED.late)


def test_those_who_left_count_in_the_week_they_left() -> None:
    seen = [Seen(7, -1, True, 10), Seen(10, -1, True, 5), Seen(14, -1, False, 85)]
    found = rates(seen, NEVER._replace(on_day=0.5), weight=1)
    assert found.early[0] == pytest.approx(10 / (10 + 5 + 85 + 1))
    assert found.early[1] == pytest.approx(5 / (85 + 5 * 3 / 7 + 1))
    assert found.early[2] == 0


def test_courses_that_reach_their_end_tell_what_happens_then() -> None:
    seen = [Seen(56, 0, True, 8), Seen(56, 14, False, 1), Seen(56, 7, True, 1)]
    found = rates(seen, ASSUMED, weight=1e-9)
    assert found.on_day == pytest.approx(0.8)
    assert found.late == pytest.approx(1 / 3)
    assert found.early[:8] == pytest.approx([0] * 8, abs=1e-9)


def test_somebody_at_the_expected_day_still_may_leave_on_it() -> None:
    assert rates([Seen(56, 0, False, 5)], ASSUMED).on_day == pytest.approx(ASSUMED.on_day)


def test_a_small_track_leans_on_the_network_and_a_large_one_stands_alone() -> None:
    often = [Seen(7, -1, True, 1), Seen(7, -1, False, 1)]
    rarely = [Seen(7, -1, True, 200), Seen(7, -1, False, 9800)]
    network, own = rates_by_track({1: often, 2: rarely})
    assert abs(network.early[0] - 0.02) < 0.001
    assert network.early[0] < own[1].early[0] < 0.05
    assert own[2].early[0] == pytest.approx(0.02, abs=0.001)


def test_the_first_weeks_of_a_network_lean_on_what_is_published() -> None:
    (found,) = {network_rates([Seen(7, -1, False, 2)]).early[0]}
    level = 20 * 0.12 / 22
    assert found == pytest.approx(NETWORK_WEIGHT * level / (2 + NETWORK_WEIGHT))


# --- weeks -------------------------------------------------------------------------------------


def test_a_forecast_speaks_of_each_day_asked() -> None:
    stays = [Stay(MONDAY, END, MONDAY + weeks(1)), Stay(MONDAY, END, MONDAY + weeks(2))]
    found = forecast(stays, 3, MONDAY, coming_mondays(MONDAY, 3), NEVER)
    assert [tuple(week) for week in found] == [
        (MONDAY + weeks(1), 2, 2.0, 2), (MONDAY + weeks(2), 3, 3.0, 3),
        (MONDAY + weeks(3), 3, 3.0, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 3, 4), date(2026, 3, 9), date(2026, 4, 27)),  # over the spring clock change
        (date(2026, 10, 26), date(2026, 11, 2), date(2026, 12, 21)),  # a Monday, over autumn's
        (date(2028, 2, 27), date(2028, 2, 28), date(2028, 4, 17)),  # a Sunday before a leap day
        (date(2026, 12, 31), date(2027, 1, 4), date(2027, 2, 22)),
    ],
)
def test_the_coming_mondays_are_a_week_apart(day: date, first: date, last: date) -> None:
    mondays = coming_mondays(day)
    assert (mondays[0], mondays[-1], len(mondays)) == (first, last, 8)
    assert {one.weekday() for one in mondays} == {0}


def test_a_leap_day_is_a_day_of_stay() -> None:
    how = NEVER._replace(early=(0.7,) * STAY_WEEKS)
    common = still_there(Stay(date(2027, 2, 27), date(2028, 1, 1)), date(2027, 2, 27),
                         date(2027, 3, 1), how)  # fmt: skip
    leap = still_there(Stay(date(2028, 2, 27), date(2029, 1, 1)), date(2028, 2, 27),
                       date(2028, 3, 1), how)  # fmt: skip
    assert [common, leap] == pytest.approx([exp(-0.2), exp(-0.3)])
