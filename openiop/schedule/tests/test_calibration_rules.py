"""Forecasts held against what happened: by hand for small cases, and for a network whose ways of
leaving are known."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

import pytest

from openiop.schedule.rules.calibration import (
    Calibration,
    Outcome,
    Place,
    back_test,
    calibration,
    held_against,
)
from openiop.schedule.rules.forecast import STAY_WEEKS, Rates, rates_by_track

MONDAY = date(2026, 6, 1)
NEVER = Rates((0.0,) * STAY_WEEKS, 1.0, 0.0)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def weeks(number: int) -> timedelta:
    return timedelta(weeks=number)


class Lived(NamedTuple):
    """A course whose end is known on the day it happens."""

    start_on: date
    expected_end_on: date
    end_on: date | None
    enrolled_at: datetime

    def end_known_at(self, moment: datetime) -> date | None:
        return self.end_on if self.end_on and noon(self.end_on) <= moment else None


@dataclass(frozen=True)
class Seen:
    days: int
    after: int
    ended: bool
    number: int


def lived(start: int, length: int, end: int | None) -> Lived:
    begin = MONDAY + weeks(start)
    ended = None if end is None else MONDAY + weeks(end)
    return Lived(begin, begin + weeks(length), ended, noon(begin))


# --- one track ---------------------------------------------------------------------------------


def test_a_forecast_is_held_against_those_known_then() -> None:
    courses = [lived(-2, 4, 2), lived(-1, 8, 1), lived(1, 8, None)]
    today = MONDAY + weeks(3)
    outcomes, places = held_against(courses, 3, MONDAY, noon(MONDAY), today, NEVER)
    assert [each.ahead for each in outcomes] == [1, 2, 3]
    assert [each.now for each in outcomes] == [1, 1, 1]
    assert [each.happened for each in outcomes] == [2, 3, 3]
    assert [each.dates for each in outcomes] == [1, 2, 2]
    assert [each.expected for each in outcomes] == [1, 2, 2]
    assert [(each.chance, each.freed) for each in places] == [
        (0, False), (0, True), (1, True), (0, True), (1, True), (0, True),
    ]  # fmt: skip


def test_an_end_known_then_is_no_guess() -> None:
    class Told(Lived):
        def end_known_at(self, moment: datetime) -> date | None:
            return self.end_on

    course = Told(*lived(-2, 8, 1))
    outcomes, places = held_against([course], 2, MONDAY, noon(MONDAY), MONDAY + weeks(2), NEVER)
    assert [(each.expected, each.dates, each.happened) for each in outcomes] == [(2, 2, 2)] * 2
    assert places == []


def test_who_left_before_and_who_was_not_known_are_no_part_of_it() -> None:
    late = lived(0, 8, None)._replace(enrolled_at=noon(MONDAY) + timedelta(minutes=1))
    outcomes, _places = held_against(
        [lived(-9, 8, -1), late], 5, MONDAY, noon(MONDAY), MONDAY + weeks(1), NEVER
    )
    assert [(each.now, each.expected, each.happened) for each in outcomes] == [(5, 5, 5)]


# --- scores ------------------------------------------------------------------------------------


def test_scores_are_averages_of_all_and_by_weeks_ahead() -> None:
    outcomes = [
        Outcome(1, 1, 2.0, 3, 0.9, 1.0, now=1, dates=2, happened=2),
        Outcome(2, 1, 2.6, 4, 0.8, 0.0, now=1, dates=2, happened=5),
    ]
    found = calibration(outcomes, [])
    assert found.total.number == 2
    assert found.total.inside == 0.5
    assert found.total.claimed == pytest.approx(0.85)
    assert (found.total.error, found.total.error_dates, found.total.error_now) == (1, 1.5, 2.5)
    assert found.total.middle == 0.5
    assert found.total.bias == pytest.approx(-1.2)
    assert [(ahead, score.inside) for ahead, score in found.by_ahead] == [(1, 1), (2, 0)]


def test_chances_are_held_against_how_often_they_came_true() -> None:
    places = [Place(1, 0.1, False), Place(1, 0.15, True), Place(2, 1.0, True)]
    low, high = calibration([Outcome(1, 0, 0, 0, 1, 1, 0, 0, 0)], places).bins
    assert (low.low, low.high, low.number, low.happened) == (0, 0.2, 2, 0.5)
    assert low.said == pytest.approx(0.125)
    assert (high.low, high.high, high.number, high.said, high.happened) == (0.8, 1, 1, 1, 1)


def test_nothing_to_hold_against_is_told() -> None:
    assert back_test({}, MONDAY, {1: []}, {1: 11}, lambda _day, _track: NEVER) is None


# --- a network whose ways of leaving are known -------------------------------------------------

LEAVING = (0.12, 0.09, 0.07, 0.06, 0.04, 0.04, 0.03, 0.03)


def _course(random: Random, start_on: date) -> Lived:
    """Eight weeks, with a chance to leave in each of them on any of its days."""
    end = start_on + weeks(8)
    for week, chance in enumerate(LEAVING):
        if random.random() < chance:
            end = start_on + weeks(week) + timedelta(days=random.randint(1, 7))
            break
    return Lived(start_on, start_on + weeks(8), end, noon(start_on))


def _network(random: Random, tracks: int, length: int) -> dict[int, list[Lived]]:
    """Tracks that someone joins on most weeks while fewer than eleven sit there."""
    found: dict[int, list[Lived]] = {}
    for track in range(tracks):
        courses = found[track] = []
        for week in range(length):
            day = MONDAY + weeks(week)
            seated = sum(day < each.end_on for each in courses if each.end_on)
            new = min(11 - seated, 6 if week == 0 else random.choice((0, 1, 1, 2)))
            courses += [
                _course(random, day + timedelta(days=random.randint(0, 2))) for _ in range(new)
            ]
    return found


def _seen(course: Lived, day: date) -> Seen:
    ended = course.end_on is not None and course.end_on <= day
    until = course.end_on if ended and course.end_on else day
    days = (min(until, course.expected_end_on) - course.start_on).days
    return Seen(days, max((until - course.expected_end_on).days, -1), ended, 1)


def _tested(seed: int, tracks: int = 30, length: int = 40) -> Calibration:
    courses = _network(Random(seed), tracks, length)
    days = {MONDAY + weeks(n) - timedelta(days=1): n for n in range(12, length)}
    made = {}
    for day in days:
        seen = defaultdict(list)
        for track, here in courses.items():
            seen[track] = [_seen(each, day) for each in here if each.start_on < day]
        made[day] = rates_by_track(seen)
    found = back_test(
        {day: noon(day) for day in days}, MONDAY + weeks(length), courses,
        dict.fromkeys(courses, 11), lambda day, track: made[day][1][track],
    )  # fmt: skip
    assert found is not None
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_bands_hold_as_often_as_they_claim_where_the_process_is_known(seed: int) -> None:
    found = _tested(seed)
    assert found.total.number > 5000
    assert 0.77 <= found.total.middle <= 0.83
    assert found.total.inside >= 0.80
    assert abs(found.total.inside - found.total.claimed) < 0.03
    assert abs(found.total.bias) < 0.25
    assert found.total.error < found.total.error_dates < found.total.error_now


def test_chances_come_true_as_often_as_they_say_where_the_process_is_known() -> None:
    found = _tested(3)
    assert [(each.low, each.high) for each in found.bins] == [(0, 0.2), (0.2, 0.4), (0.8, 1)]
    assert all(abs(each.said - each.happened) < 0.06 for each in found.bins)
    assert [ahead for ahead, _score in found.by_ahead] == list(range(1, 9))
    errors = [score.error_now for _ahead, score in found.by_ahead]
    assert errors == sorted(errors)


def test_wrong_rates_are_found_out() -> None:
    courses = _network(Random(4), 20, 30)
    days = {MONDAY + weeks(n): noon(MONDAY + weeks(n)) for n in range(12, 30)}
    hasty = Rates((0.6,) * STAY_WEEKS, 1.0, 1.0)
    found = back_test(
        days, MONDAY + weeks(30), courses, dict.fromkeys(courses, 11), lambda _day, _track: hasty
    )
    assert found is not None
    assert found.total.inside < 0.6
    assert found.total.bias > 1
