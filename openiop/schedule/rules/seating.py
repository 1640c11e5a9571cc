"""Which numbered seat is free: for a day, for a stretch of days, or for good."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Taken:
    """A seat somebody holds for the days [start, end); `end` None: for good."""

    id: int
    number: int
    start: date
    end: date | None

    def overlaps(self, start: date, end: date | None) -> bool:
        return (end is None or self.start < end) and (self.end is None or start < self.end)


@dataclass(frozen=True, slots=True)
class Place:
    """A free seat's number, how many others sit there at the fullest day of the stretch, and the
    new numbers of later seats (by id), so that nobody is refused for a number's sake."""

    number: int
    others: int
    renumbered: dict[int, int]


def fullest(seats: Iterable[Taken], start: date, end: date | None) -> int:
    """How many seats are taken on the fullest day of [start, end)."""
    near = [seat for seat in seats if seat.overlaps(start, end)]
    turning = {max(seat.start, start) for seat in near}
    return max((sum(one.start <= day and (one.end is None or day < one.end) for one in near)
                for day in turning), default=0)  # fmt: skip


def place(seats: Sequence[Taken], start: date, end: date | None) -> Place:
    """The lowest seat free for all of [start, end), never higher than the fullest day needs.

    Where no single number is free all along, seats that begin later are numbered anew in the order
    they begin; those that sit already keep theirs.
    """
    near = {seat.number for seat in seats if seat.overlaps(start, end)}
    others = fullest(seats, start, end)
    simple = _lowest(near)
    if simple <= others + 1:
        return Place(simple, others, {})
    return _anew(seats, start, end, others)


def _anew(seats: Sequence[Taken], start: date, end: date | None, others: int) -> Place:
    known = [seat for seat in seats if seat.overlaps(start, None)]
    fixed = [seat for seat in known if seat.start <= start]
    number = _lowest({seat.number for seat in fixed})
    laid = [*fixed, Taken(0, number, start, end)]
    renumbered = {}
    for seat in sorted(set(known) - set(fixed), key=lambda seat: (seat.start, seat.id)):
        free = _lowest({one.number for one in laid if one.overlaps(seat.start, seat.end)})
        laid.append(Taken(seat.id, free, seat.start, seat.end))
        if free != seat.number:
            renumbered[seat.id] = free
    return Place(number, others, renumbered)


def _lowest(busy: set[int]) -> int:
    number = 1
    while number in busy:
        number += 1
    return number
