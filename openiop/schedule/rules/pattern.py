"""On which days a track meets, and at which moments: local clock time, through daylight saving."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from openiop.kernel.days import days, local

HORIZON = timedelta(weeks=8)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting a pattern asks for: the local day and the moments in UTC."""

    on: date
    starts_at: datetime
    ends_at: datetime


def meetings(
    *, weekdays: Collection[int], starts: time, minutes: int, timezone: str, start: date, end: date,
    closed: Collection[date] = (),
) -> list[Meeting]:  # fmt: skip
    """The meetings in [start, end) on the weekdays (Monday is 0), closed days left out.

    A meeting lasts its minutes of real time: the clock may jump during it, its length does not.
    """
    return [
        meeting(day, starts, minutes, timezone)
        for day in days(start, max(start, end))
        if day.weekday() in weekdays and day not in closed
    ]


def meeting(day: date, starts: time, minutes: int, timezone: str) -> Meeting:
    """The meeting that begins when the clocks in `timezone` show `starts` on `day`."""
    begins = local(day, starts, timezone).astimezone(UTC)
    return Meeting(day, begins, begins + timedelta(minutes=minutes))


def closed_days(closures: Iterable[tuple[date, date, str]]) -> dict[date, str]:
    """Each closed day with its name; closures are (first day, last day, name)."""
    return {
        day: name for first, last, name in closures for day in days(first, last + timedelta(days=1))
    }


def laid_blocks(blocks: Sequence[tuple[str, int]]) -> list[dict[str, str | int]]:
    """The blocks of a day one after the other, as a session keeps them: start in minutes."""
    laid: list[dict[str, str | int]] = []
    start = 0
    for kind, minutes in blocks:
        laid.append({"kind": kind, "start": start, "minutes": minutes})
        start += minutes
    return laid


def window(
    *, start: date, end: date, start_on: date, end_on: date | None, pattern_from: date
) -> tuple[date, date]:
    """The part of [start, end) for which a track's pattern speaks; empty when it has none."""
    first = max(start, start_on, pattern_from)
    last = end if end_on is None else min(end, end_on + timedelta(days=1))
    return first, max(first, last)
