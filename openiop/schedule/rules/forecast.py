"""How many seats of a track will be free in the coming weeks if nobody else is enrolled.

Everybody seated may leave before the expected end, at a rate that depends on the week of stay, or
at and after that end. The rates are those of the network's own courses, by occurrence and exposure
(how many left in the fifth week, for each week that somebody was in their fifth week); where a
track has seen little, its rates lean on the network's. The number of people still seated is the
sum of unequal yes-or-no chances, so its distribution is convolved person by person: with ten seats
a normal approximation would be wrong exactly where it matters, near full and near empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from math import ceil, exp, floor
from typing import NamedTuple, Protocol

WEEKS = 8
LOW, HIGH = 0.10, 0.90
STAY_WEEKS = 12  # rates by week of stay; later weeks share the last one
NETWORK_WEIGHT, TRACK_WEIGHT = 20.0, 40.0  # weeks of one person's stay that a prior counts for
OFFER_WEIGHT, OFFER_TAKEN = 5.0, 0.7
_A_HAIR = 1e-9


class Rates(NamedTuple):
    """How people leave: `early` a week by week of stay, `on_day` the chance to leave on the
    expected day, `late` a week after it."""

    early: tuple[float, ...]
    on_day: float
    late: float


# Where nothing was seen yet. 37.7 % of adults in intensive outpatient programs complete (TEDS
# 2004): over eight weeks that is a rate of 0.12 a week. What happens at the expected end is a
# guess, and outweighed by the first 20 people.
ASSUMED = Rates((0.12,) * STAY_WEEKS, 0.8, 0.5)


class Tally(Protocol):
    """A `number` of courses that went alike: `days` of stay before the expected end, `after` days
    since it (-1: not reached), whether they `ended`."""

    @property
    def days(self) -> int: ...
    @property
    def after(self) -> int: ...
    @property
    def ended(self) -> bool: ...
    @property
    def number(self) -> int: ...


class Stay(NamedTuple):
    """Somebody with a seat from `start_on` on: the expected end, the known end if there is one,
    and how likely the seat is taken up at all (less than 1: it is held for an offer)."""

    start_on: date
    expected_end_on: date
    end_on: date | None = None
    taken_up: float = 1.0


class Week(NamedTuple):
    """Free seats on the day `week_on`: eight times in ten from `low` to `high`."""

    week_on: date
    low: int
    expected: float
    high: int


def shrunk(events: float, exposure: float, toward: float, weight: float) -> float:
    """The rate seen, pulled toward another as if that had been seen `weight` long."""
    return (events + weight * toward) / (exposure + weight)


def network_rates(tallies: Iterable[Tally]) -> Rates:
    """The network's rates: each week of stay leans on all weeks together, these on `ASSUMED`."""
    seen = list(tallies)
    left, exposed = _early(seen)
    level = shrunk(sum(left), sum(exposed), ASSUMED.early[0], NETWORK_WEIGHT)
    return rates(seen, ASSUMED._replace(early=(level,) * STAY_WEEKS), NETWORK_WEIGHT)


def rates(tallies: Iterable[Tally], toward: Rates, weight: float = TRACK_WEIGHT) -> Rates:
    """The rates of these courses, leaning on other rates where little was seen."""
    seen = list(tallies)
    early = tuple(
        shrunk(left, exposed, rate, weight)
        for left, exposed, rate in zip(*_early(seen), toward.early, strict=True)
    )
    reached = sum(t.number for t in seen if t.after > 0 or (t.after == 0 and t.ended))
    on_day = sum(t.number for t in seen if t.after == 0 and t.ended)
    late = sum(t.number for t in seen if t.after > 0 and t.ended)
    weeks_late = sum(t.number * t.after / 7 for t in seen if t.after > 0)
    return Rates(
        early, shrunk(on_day, reached, toward.on_day, weight),
        shrunk(late, weeks_late, toward.late, weight),
    )  # fmt: skip


def _early(tallies: Iterable[Tally]) -> tuple[list[float], list[float]]:
    """By week of stay: how many left before their expected end, and how many weeks were stayed."""
    left, exposed = [0.0] * STAY_WEEKS, [0.0] * STAY_WEEKS
    for tally in tallies:
        for week, days in _by_week(0, tally.days):
            exposed[week] += tally.number * days / 7
        if tally.ended and tally.after < 0:
            left[min(max(tally.days - 1, 0) // 7, STAY_WEEKS - 1)] += tally.number
    return left, exposed


def _by_week(start: int, end: int) -> Iterable[tuple[int, int]]:
    """The days [start, end) of a stay, by its week."""
    while start < end:
        week = min(start // 7, STAY_WEEKS - 1)
        stop = end if week == STAY_WEEKS - 1 else min(end, (week + 1) * 7)
        yield week, stop - start
        start = stop


def still_there(stay: Stay, known_on: date, day: date, how: Rates) -> float:
    """How likely somebody who had a seat, or was to get one, on the day `known_on` sits on a later
    day."""
    if day < stay.start_on:
        return 0.0
    if stay.end_on is not None:
        return stay.taken_up * (day < stay.end_on)
    begin, end = max(known_on, stay.start_on), stay.expected_end_on
    first, last = (begin - stay.start_on).days, (min(day, end) - stay.start_on).days
    rate = sum(how.early[week] * days / 7 for week, days in _by_week(first, last))
    chance = stay.taken_up * exp(-rate)
    if day >= end:
        chance *= (1 - how.on_day) if begin <= end else 1.0
        chance *= exp(-how.late * (day - max(begin, end)).days / 7)
    return chance


def convolved(chances: Iterable[float]) -> list[float]:
    """How likely each number of successes is where each chance stands for one person."""
    spread = [1.0]
    for chance in chances:
        spread = [
            missed * (1 - chance) + made * chance
            for missed, made in zip([*spread, 0.0], [0.0, *spread], strict=True)
        ]
    return spread


def free_seats(cap: int, chances: Sequence[float]) -> list[float]:
    """How likely each number of free seats is, 0 to `cap`; over the cap none is free."""
    spread = [0.0] * (cap + 1)
    for taken, likely in enumerate(convolved(chances)):
        spread[max(0, cap - taken)] += likely
    return spread


def mean(spread: Sequence[float]) -> float:
    """The expected number."""
    return sum(number * likely for number, likely in enumerate(spread))


def quantile(spread: Sequence[float], share: float) -> int:
    """The least number that is not exceeded with at least this chance."""
    below = accumulate(spread)
    return next((n for n, sum_ in enumerate(below) if sum_ >= share - _A_HAIR), len(spread) - 1)


def band(spread: Sequence[float]) -> tuple[int, int]:
    """From the 10 % to the 90 % quantile, wide enough to hold the expected number."""
    expected = mean(spread)
    return (
        min(quantile(spread, LOW), floor(expected + _A_HAIR)),
        max(quantile(spread, HIGH), ceil(expected - _A_HAIR)),
    )


def forecast(
    stays: Sequence[Stay], cap: int, known_on: date, days: Iterable[date], how: Rates
) -> tuple[Week, ...]:
    """The free seats on each of the days, as far as it is known on `known_on`."""
    found = []
    for day in days:
        spread = free_seats(cap, [still_there(stay, known_on, day, how) for stay in stays])
        low, high = band(spread)
        found.append(Week(day, low, round(mean(spread), 2), high))
    return tuple(found)


def coming_mondays(day: date, weeks: int = WEEKS) -> list[date]:
    """The Mondays after a day."""
    monday = day + timedelta(days=7 - day.weekday())
    return [monday + timedelta(weeks=week) for week in range(weeks)]


def rates_by_track(tallies: Mapping[int, Sequence[Tally]]) -> tuple[Rates, dict[int, Rates]]:
    """The network's rates, and each track's own leaning on them."""
    network = network_rates([each for here in tallies.values() for each in here])
    return network, {track: rates(here, network) for track, here in tallies.items()}
