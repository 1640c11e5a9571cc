"""When a colleague, a room and a person are all free: a sweep over what is taken.

Moments are whole seconds since 1970 in UTC, so that a clock change cannot shift them; weekly hours
are read off the clock on the wall of their place, day by day.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from openiop.kernel.days import local

STEP = 15 * 60  # visits begin on a quarter of an hour
DAYPARTS = {
    "morning": (time(0), time(12)), "afternoon": (time(12), time(17)),
    "evening": (time(17), time(23, 59, 59)),
}  # fmt: skip


class Stretch(NamedTuple):
    """From `start` up to, not including, `end`."""

    start: int
    end: int


class Busy:
    """What somebody or something is taken for: merged and in order, so that a look is quick."""

    __slots__ = ("ends", "starts")

    def __init__(self, stretches: Iterable[tuple[int, int]] = ()) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        for start, end in sorted(stretches):
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            elif end > start:
                self.starts.append(start)
                self.ends.append(end)

    def free(self, start: int, end: int) -> bool:
        """Is nothing taken in [start, end)?"""
        before = bisect_left(self.starts, end)
        return before == 0 or self.ends[before - 1] <= start

    def gaps(self, start: int, end: int) -> Iterator[Stretch]:
        """What is free of [start, end), in order."""
        at = bisect_right(self.ends, start)
        while start < end:
            taken = self.starts[at] if at < len(self.starts) else end
            if start < taken:
                yield Stretch(start, min(taken, end))
            if at >= len(self.ends):
                return
            start = max(start, self.ends[at])
            at += 1

    def take(self, start: int, end: int) -> None:
        """Take one more stretch."""
        merged = Busy([*zip(self.starts, self.ends, strict=True), (start, end)])
        self.starts, self.ends = merged.starts, merged.ends


class Hours(NamedTuple):
    """Weekly hours of one colleague at one clinic, on its clocks, on days of [from_on, until_on).
    `kept` for one-to-ones; in `virtual` ones nobody is seen in a room."""

    clinic: int
    staff: int
    weekday: int
    starts: time
    ends: time
    virtual: bool
    kept: bool
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class Place:
    """A clinic: its zone, rooms in the order they are given out, days it is closed, how far."""

    id: int
    timezone: str
    rooms: tuple[int, ...] = ()
    closed: Collection[tuple[date, date]] = ()
    miles: float | None = None

    def open_on(self, day: date) -> bool:
        return not any(first <= day <= last for first, last in self.closed)


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken: `staff` with the pause after each of their visits, `rooms`, and the person."""

    staff: Mapping[int, Busy]
    rooms: Mapping[int, Busy]
    person: Busy


@dataclass(frozen=True, slots=True)
class Wanted:
    """A visit of so many seconds and so many free after it, from `not_before` on."""

    seconds: int
    free_after: int
    start_on: date
    days: int
    not_before: int
    in_person: bool = True
    daypart: str = ""


class Offer(NamedTuple):
    """A time when all are free; `kept`: in hours kept for one-to-ones."""

    day: date
    kept: bool
    start: int
    end: int
    clinic: int
    staff: int
    room: int | None
    miles: float | None


Allowed = Callable[[int, int, date], bool]
NOTHING = Busy()


def offers(
    wanted: Wanted, places: Mapping[int, Place], hours: Iterable[Hours], taken: Taken,
    allowed: Allowed = lambda staff, clinic, day: True,
) -> Iterator[Offer]:  # fmt: skip
    """Times when colleague, room and person are free, day by day; hours kept for one-to-ones come
    first on each day, then earlier before later, near before far. Offers of one colleague do not
    overlap. `allowed(staff, clinic, day)` may say no to a colleague."""
    by_weekday: dict[int, list[Hours]] = {}
    for row in hours:
        by_weekday.setdefault(row.weekday, []).append(row)
    for number in range(wanted.days):
        day = wanted.start_on + timedelta(days=number)
        yield from _of_day(wanted, places, by_weekday.get(day.weekday(), ()), taken, allowed, day)


def _of_day(
    wanted: Wanted, places: Mapping[int, Place], hours: Sequence[Hours], taken: Taken,
    allowed: Allowed, day: date,
) -> list[Offer]:  # fmt: skip
    closed = {place.id for place in places.values() if not place.open_on(day)}
    found: dict[tuple[int, int], Offer] = {}
    for row in hours:
        works = row.from_on <= day < row.until_on and not (wanted.in_person and row.virtual)
        if not works or row.clinic in closed or not allowed(row.staff, row.clinic, day):
            continue
        for offer in _of_hours(wanted, places[row.clinic], row, taken, day):
            known = found.get((offer.staff, offer.start))
            if known is None or (offer.kept and not known.kept):
                found[offer.staff, offer.start] = offer
    return sorted(found.values(), key=_order)


def _order(offer: Offer) -> tuple[bool, int, float, int, int]:
    return (not offer.kept, offer.start, offer.miles or 0.0, offer.clinic, offer.staff)


def _of_hours(wanted: Wanted, place: Place, row: Hours, taken: Taken, day: date) -> Iterator[Offer]:
    start, end = on_the_clock(day, row.starts, row.ends, place.timezone)
    if wanted.daypart:
        opens, closes = on_the_clock(day, *DAYPARTS[wanted.daypart], place.timezone)
        start, end = max(start, opens), min(end, closes + 1 + wanted.seconds + wanted.free_after)
    else:
        closes = end
    whole = wanted.seconds + wanted.free_after
    busy = taken.staff.get(row.staff, NOTHING)
    for gap in busy.gaps(max(start, wanted.not_before), end):
        at = -(-gap.start // STEP) * STEP
        while at + whole <= gap.end and at <= closes:
            room = _room(wanted, place, taken, at)
            if room is False:
                at += STEP
                continue
            yield Offer(day, row.kept, at, at + wanted.seconds, place.id, row.staff, room,
                        place.miles)  # fmt: skip
            at += -(-whole // STEP) * STEP


def _room(wanted: Wanted, place: Place, taken: Taken, at: int) -> int | bool | None:
    """The first free room, None where none is needed, False where person or rooms are taken."""
    if not taken.person.free(at, at + wanted.seconds):
        return False
    if not wanted.in_person:
        return None
    return free_room(place.rooms, taken.rooms, at, at + wanted.seconds) or False


def free_room(rooms: Iterable[int], taken: Mapping[int, Busy], start: int, end: int) -> int | None:
    """The first of the rooms that is free then."""
    return next((each for each in rooms if taken.get(each, NOTHING).free(start, end)), None)


def works(
    hours: Iterable[Hours], place: Place, start: int, end: int, day: date, *, in_person: bool
) -> bool:
    """Do these hours of one colleague cover [start, end) at the place on that local day?"""
    if not place.open_on(day):
        return False
    covering = [
        on_the_clock(day, row.starts, row.ends, place.timezone)
        for row in hours
        if row.clinic == place.id and row.weekday == day.weekday()
        and row.from_on <= day < row.until_on and not (in_person and row.virtual)
    ]  # fmt: skip
    merged = Busy(covering)
    return any(s <= start and end <= e for s, e in zip(merged.starts, merged.ends, strict=True))


@lru_cache(maxsize=8192)
def on_the_clock(day: date, starts: time, ends: time, timezone: str) -> Stretch:
    """Two clock times of a local day as moments; a time the clocks skip is the next that they
    show."""
    return Stretch(
        int(local(day, starts, timezone).timestamp()), int(local(day, ends, timezone).timestamp())
    )
