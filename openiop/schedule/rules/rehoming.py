"""Where a visit of somebody who is away could go: as little changed for its person as possible."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from openiop.schedule.rules.availability import (
    NOTHING,
    Busy,
    Hours,
    Place,
    Taken,
    Wanted,
    free_room,
    offers,
    works,
)

CHOICES = 6
SAME_TIME, SAME_COLLEAGUE, OTHER = "same_time", "same_colleague", "other"


class Choice(NamedTuple):
    """One place for a visit: why it is offered, with whom, where, when."""

    kind: str
    staff: int
    room: int | None
    start: int


@dataclass(frozen=True, slots=True)
class Stranded:
    """A visit whose colleague is away: `day` local at its clinic, `speaks` whoever shares a
    language with the person, `may` says which colleagues may hold it there on a day."""

    id: int
    person: int
    clinic: int
    staff: int
    room: int | None
    start: int
    seconds: int
    free_after: int
    in_person: bool
    day: date
    speaks: Collection[int]
    may: Callable[[int, int, date], bool]


@dataclass(frozen=True, slots=True)
class Floor:
    """What all of them are offered from. `gone` is the colleague's time away."""

    places: Mapping[int, Place]
    hours: tuple[Hours, ...]
    taken: Taken
    people: Mapping[int, Busy]
    gone: tuple[int, int]
    now: int
    today: date
    days: int


def rehomed(floor: Floor, visits: Iterable[Stranded]) -> dict[int, list[Choice]]:
    """For each visit its choices, the best first: the same time with another colleague, else the
    same colleague at another time, else the nearest time of another one. What is best for one is
    taken for the next, so that all first choices stand together."""
    found: dict[int, list[Choice]] = {}
    load: dict[int, int] = {}
    for visit in sorted(visits, key=lambda each: (each.start, each.id)):
        choices = list(islice(_choices(floor, visit, load), CHOICES))
        found[visit.id] = choices
        if choices:
            best = choices[0]
            load[best.staff] = load.get(best.staff, 0) + 1
            _take(floor, visit, best)
    return found


def _choices(floor: Floor, visit: Stranded, load: Mapping[int, int]) -> Iterator[Choice]:
    yield from _same_time(floor, visit, load)
    yield from islice(_later(floor, visit, own=True), 3)
    yield from islice(_later(floor, visit, own=False), 3)


def _same_time(floor: Floor, visit: Stranded, load: Mapping[int, int]) -> list[Choice]:
    end = visit.start + visit.seconds
    place = floor.places[visit.clinic]
    if visit.start < floor.now or not floor.people.get(visit.person, NOTHING).free(
        visit.start, end
    ):
        return []
    room = _room(floor, visit, visit.start)
    if visit.in_person and room is None:
        return []
    hours: dict[int, list[Hours]] = {}
    for row in floor.hours:
        hours.setdefault(row.staff, []).append(row)
    able = [
        who for who, rows in hours.items()
        if who != visit.staff and visit.may(who, visit.clinic, visit.day)
        and works(rows, place, visit.start, end, visit.day, in_person=visit.in_person)
        and floor.taken.staff.get(who, NOTHING).free(visit.start, end + visit.free_after)
    ]  # fmt: skip
    able.sort(key=lambda who: (who not in visit.speaks, load.get(who, 0), who))
    return [Choice(SAME_TIME, who, room, visit.start) for who in able]


def _later(floor: Floor, visit: Stranded, *, own: bool) -> list[Choice]:
    """Other times, nearest to the old one first; the colleague's own outside their time away."""
    rows = [
        row for row in floor.hours
        if row.clinic == visit.clinic and (row.staff == visit.staff) == own
    ]  # fmt: skip
    taken = Taken(floor.taken.staff, floor.taken.rooms, floor.people.get(visit.person, NOTHING))
    wanted = Wanted(
        visit.seconds, visit.free_after, floor.today, floor.days, floor.now + 1, visit.in_person
    )
    gone = Busy([floor.gone])
    found = [
        Choice(SAME_COLLEAGUE if own else OTHER, offer.staff, offer.room, offer.start)
        for offer in offers(wanted, {visit.clinic: floor.places[visit.clinic]}, rows, taken,
                            visit.may)
        if not own or gone.free(offer.start, offer.end)
    ]  # fmt: skip
    return sorted(
        found, key=lambda c: (c.staff not in visit.speaks, abs(c.start - visit.start), c.staff)
    )


def _room(floor: Floor, visit: Stranded, start: int) -> int | None:
    """The visit's own room when it is free, else the first that is."""
    if not visit.in_person:
        return None
    rooms = floor.places[visit.clinic].rooms
    ordered = sorted(rooms, key=lambda room: room != visit.room)
    return free_room(ordered, floor.taken.rooms, start, start + visit.seconds)


def _take(floor: Floor, visit: Stranded, best: Choice) -> None:
    end = best.start + visit.seconds
    staff = floor.taken.staff.get(best.staff)
    if staff is not None:
        staff.take(best.start, end + visit.free_after)
    if best.room is not None:
        floor.taken.rooms[best.room].take(best.start, end)
    if visit.person in floor.people:
        floor.people[visit.person].take(best.start, end)


def horizon(today: date, ends_on: date) -> int:
    """Days to look at: to two weeks after the colleague is back, sixty at most."""
    return min((ends_on - today + timedelta(days=14)).days, 60)
