"""Coming in by video: who waits, is in, has dropped out; what times in the room propose.

A browser in the room tells every minute that it is there. Without a sign for longer than
`SILENCE` the person counts as dropped out, since the last sign; a browser in the background is
slowed down to one sign a minute.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from openiop.kernel.intervals import Interval, subtract
from openiop.schedule.rules.attendance import Stretch, on_the_minute, presence

OPENS_BEFORE = timedelta(minutes=30)
SILENCE = timedelta(seconds=150)
MINUTE = timedelta(minutes=1)


class Place(StrEnum):
    """Where somebody is who asked to come in."""

    WAITING = "waiting"
    IN = "in"
    DROPPED = "dropped"
    LEFT = "left"


class Alone(StrEnum):
    """What a person answers about who could hear or see the others."""

    YES = "yes"
    COVERED = "covered"
    NO = "no"


class Stay(Protocol):
    """One join: when the person was let in, was last seen and left."""

    @property
    def admitted_at(self) -> datetime | None: ...
    @property
    def seen_at(self) -> datetime: ...
    @property
    def left_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Proposal:
    """Attendance as the times in the room propose it. `left_at` None: in to the end, or still in.
    `away` are the stretches out of the room between the first arrival and the last leaving."""

    arrived_at: datetime
    left_at: datetime | None
    away: tuple[Interval, ...] = ()

    def minutes(self, blocks: Sequence[Stretch], until: datetime) -> int:
        """Countable minutes in the blocks, up to `until` where the person is still in."""
        left = self.left_at or max(until, self.arrived_at)
        return presence(blocks, self.arrived_at, left, (), self.away).minutes

    def offsets(self, starts_at: datetime) -> tuple[int, ...]:
        """`away` in minutes of the session, as it is stored."""
        start = on_the_minute(starts_at)
        edges = (edge for each in self.away for edge in (each.start, each.end))
        return tuple(int((edge - start) / MINUTE) for edge in edges)


def stretches(starts_at: datetime, offsets: Sequence[int]) -> tuple[Interval, ...]:
    """Stored `away` minutes as stretches of time: the way back from `Proposal.offsets`."""
    start = on_the_minute(starts_at)
    edges = [start + offset * MINUTE for offset in offsets]
    return tuple(map(Interval, edges[::2], edges[1::2]))


def place(stay: Stay, now: datetime, ends_at: datetime) -> Place:
    """Where the person is now; with the end of the session everybody has left."""
    if stay.left_at or now >= ends_at:
        return Place.LEFT
    if stay.admitted_at is None:
        return Place.WAITING
    return Place.DROPPED if now - stay.seen_at > SILENCE else Place.IN


def is_out(stay: Stay, now: datetime, ends_at: datetime) -> bool:
    """Was somebody let in and then gone before the end, by leaving or without a sign?"""
    silent = min(now, ends_at) - stay.seen_at > SILENCE
    gone = stay.left_at or (stay.seen_at if silent else None)
    return stay.admitted_at is not None and gone is not None and gone < ends_at


def opens_at(starts_at: datetime) -> datetime:
    """From when on one may ask to come in."""
    return starts_at - OPENS_BEFORE


def proposal(
    stays: Sequence[Stay], starts_at: datetime, ends_at: datetime, now: datetime
) -> Proposal | None:
    """What one person's joins come to: the union of their times in the room, inside the session and
    up to now, in whole minutes. None for who is out and was in for less than one."""
    session = Interval(on_the_minute(starts_at), on_the_minute(ends_at))
    inside = [part for each in stays if (part := _inside(each, session, now))]
    if not inside:
        return None
    first, last = min(each.start for each in inside), max(each.end for each in inside)
    still = any(place(each, now, ends_at) is Place.IN for each in stays)
    gaps = subtract(Interval(first, last), sorted(inside))
    return Proposal(first, None if still or last >= session.end else last, tuple(gaps))


def _inside(stay: Stay, session: Interval, now: datetime) -> Interval | None:
    """The part of one join that lies in the session; to its end for who was there at the end."""
    if stay.admitted_at is None:
        return None
    gone = stay.left_at or min(now, session.end)
    if stay.left_at is None and gone - stay.seen_at > SILENCE:
        gone = stay.seen_at
    start, end = on_the_minute(stay.admitted_at), on_the_minute(gone)
    if place(stay, now, session.end) is Place.IN:
        end = max(end, start + MINUTE)  # this very minute: the time away before it ends here
    return Interval(start, end).intersection(session) if start < end else None
