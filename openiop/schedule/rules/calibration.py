"""How well forecasts of free seats would have done: each past week, as far as it was known then,
held against what happened.

A forecast speaks of the people known then. So does what is held against it: who came later is left
out on both sides. Whole seats make a band wider than 80 %, so that the share of outcomes inside is
held against what the bands themselves claimed; `middle` counts a seat on the edge of the exact
80 % by the part of it that lies inside (Czado, Gneiting, Held 2009).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from openiop.schedule.rules.forecast import (
    HIGH,
    LOW,
    WEEKS,
    Rates,
    Stay,
    band,
    free_seats,
    mean,
    still_there,
)

BINS = 5
_A_HAIR = 1e-9


class Course(Protocol):
    """A place in a track with the moments at which its start and end were written down."""

    @property
    def start_on(self) -> date: ...
    @property
    def expected_end_on(self) -> date: ...
    @property
    def end_on(self) -> date | None: ...
    @property
    def enrolled_at(self) -> datetime: ...
    def end_known_at(self, moment: datetime, /) -> date | None: ...


class Outcome(NamedTuple):
    """One forecast, so many weeks ahead, and what happened. `dates`: the free seats if everybody
    left on the expected day; `now`: those free when the forecast was made; `claimed`: how likely
    the forecast held its own band; `middle`: the part of what happened in the exact 80 %."""

    ahead: int
    low: int
    expected: float
    high: int
    claimed: float
    middle: float
    now: int
    dates: int
    happened: int


class Place(NamedTuple):
    """One person's seat, so many weeks ahead: how likely it came free, and whether it did."""

    ahead: int
    chance: float
    freed: bool


class Score(NamedTuple):
    """`number` forecasts together. Errors are whole seats, on average and without sign; `bias` is
    with sign: more than 0 where forecasts promised too many free seats."""

    number: int
    inside: float
    claimed: float
    middle: float
    error: float
    error_dates: float
    error_now: float
    bias: float


class Bin(NamedTuple):
    """Seats that were given a chance in [low, high) to come free: how many there were, the average
    chance and the share that came free."""

    low: float
    high: float
    number: int
    said: float
    happened: float


class Calibration(NamedTuple):
    """What is told of many forecasts: all together, by weeks ahead, and by the chance they gave."""

    total: Score
    by_ahead: tuple[tuple[int, Score], ...]
    bins: tuple[Bin, ...]


def held_against(
    courses: Sequence[Course], cap: int, day: date, known_by: datetime, today: date, how: Rates
) -> tuple[list[Outcome], list[Place]]:
    """The forecasts of one track that could be made on a past day, and what happened by `today`."""
    known = [
        (course, Stay(course.start_on, course.expected_end_on, end))
        for course in courses
        if course.enrolled_at <= known_by
        and ((end := course.end_known_at(known_by)) is None or end > day)
    ]
    outcomes, places = [], []
    for ahead in range(1, WEEKS + 1):
        on = day + timedelta(weeks=ahead)
        if on > today:
            break
        chances = [still_there(stay, day, on, how) for _course, stay in known]
        outcomes.append(_outcome(ahead, cap, day, on, known, chances))
        places += [
            Place(ahead, 1 - chance, not _seated(course, on))
            for (course, stay), chance in zip(known, chances, strict=True)
            if stay.start_on <= day and stay.end_on is None
        ]
    return outcomes, places


def _outcome(
    ahead: int, cap: int, day: date, on: date, known: Sequence[tuple[Course, Stay]],
    chances: Sequence[float],
) -> Outcome:  # fmt: skip
    spread = free_seats(cap, chances)
    low, high = band(spread)

    def free(seated: Callable[[Course, Stay], bool]) -> int:
        return max(0, cap - sum(seated(course, stay) for course, stay in known))

    happened = free(lambda course, _stay: _seated(course, on))
    return Outcome(
        ahead, low, mean(spread), high, sum(spread[low : high + 1]), _middle(spread, happened),
        free(lambda _course, stay: stay.start_on <= day),
        free(lambda _course, stay: stay.start_on <= on < (stay.end_on or stay.expected_end_on)),
        happened,
    )  # fmt: skip


def _middle(spread: Sequence[float], happened: int) -> float:
    """Which part of what happened lies between the exact 10 % and 90 %."""
    below, up_to = sum(spread[:happened]), sum(spread[: happened + 1])
    if up_to - below < _A_HAIR:
        return float(LOW <= below <= HIGH)
    return max(0.0, min(up_to, HIGH) - max(below, LOW)) / (up_to - below)


def _seated(course: Course, on: date) -> bool:
    return course.start_on <= on and (course.end_on is None or on < course.end_on)


def back_test(
    days: Mapping[date, datetime], today: date, courses: Mapping[int, Sequence[Course]],
    caps: Mapping[int, int], rates: Callable[[date, int], Rates],
) -> Calibration | None:  # fmt: skip
    """Forecasts of every track on each of the past days (with the moment whose knowledge counts),
    against what happened by `today`. None where there is nothing to hold them against."""
    outcomes: list[Outcome] = []
    places: list[Place] = []
    for day, moment in days.items():
        for track, here in courses.items():
            made, seats = held_against(here, caps[track], day, moment, today, rates(day, track))
            outcomes += made
            places += seats
    return calibration(outcomes, places) if outcomes else None


def calibration(outcomes: Sequence[Outcome], places: Iterable[Place]) -> Calibration:
    """The scores of forecasts that were made."""
    by_ahead: dict[int, list[Outcome]] = {}
    for each in outcomes:
        by_ahead.setdefault(each.ahead, []).append(each)
    return Calibration(
        _score(outcomes), tuple((ahead, _score(here)) for ahead, here in sorted(by_ahead.items())),
        _bins(places),
    )  # fmt: skip


def _score(outcomes: Sequence[Outcome]) -> Score:
    def average(of: Callable[[Outcome], float]) -> float:
        return sum(map(of, outcomes)) / len(outcomes)

    return Score(
        len(outcomes), average(lambda o: o.low <= o.happened <= o.high),
        average(lambda o: o.claimed), average(lambda o: o.middle),
        average(lambda o: abs(round(o.expected) - o.happened)),
        average(lambda o: abs(o.dates - o.happened)), average(lambda o: abs(o.now - o.happened)),
        average(lambda o: o.expected - o.happened),
    )  # fmt: skip


def _bins(places: Iterable[Place]) -> tuple[Bin, ...]:
    filled: list[list[Place]] = [[] for _ in range(BINS)]
    for each in places:
        filled[min(int(each.chance * BINS), BINS - 1)].append(each)
    return tuple(
        Bin(number / BINS, (number + 1) / BINS, len(here),
            sum(each.chance for each in here) / len(here),
            sum(each.freed for each in here) / len(here))
        for number, here in enumerate(filled)
        if here
    )  # fmt: skip
