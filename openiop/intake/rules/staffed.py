"""The clock of an inquiry: it runs while the clinic is open, and rests while nobody is there."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from openiop.kernel.days import days, local, local_day
from openiop.kernel.intervals import Interval

AHEAD = timedelta(days=366)  # a clinic that does not open within a year has no clock

Week = Mapping[int, tuple[time, time]]


def week_of(hours: Mapping[str, Collection[str]]) -> Week:
    """A clinic's hours ({"0": ["09:00", "21:00"]}, Monday is 0) as times."""
    return {
        int(day): (time.fromisoformat(opens), time.fromisoformat(closes))
        for day, (opens, closes) in hours.items()
    }


def open_stretches(
    start: datetime, week: Week, closed: Collection[date], timezone: str
) -> Iterator[Interval]:
    """What is left of each open day from `start` on, in order, for a year."""
    first, begin = local_day(start, timezone), start.astimezone(UTC)
    for day in days(first, first + AHEAD):
        if day.weekday() not in week or day in closed:
            continue
        opens, closes = (local(day, clock, timezone) for clock in week[day.weekday()])
        if closes.astimezone(UTC) > begin:
            yield Interval(max(opens.astimezone(UTC), begin), closes)


def staffed_due(
    start: datetime, minutes: int, week: Week, closed: Collection[date], timezone: str
) -> datetime | None:
    """When so many staffed minutes are over; None when the clinic does not open so long."""
    left = timedelta(minutes=minutes)
    for each in open_stretches(start, week, closed, timezone):
        length = each.end - each.start
        if left <= length:
            return each.start + left
        left -= length
    return None


def staffed_minutes(
    start: datetime, end: datetime, week: Week, closed: Collection[date], timezone: str
) -> int:
    """How many minutes the clinic was open from `start` to `end`."""
    total = timedelta()
    for each in open_stretches(start, week, closed, timezone):
        if each.start >= end:
            break
        total += min(each.end, end.astimezone(UTC)) - each.start
    return int(total / timedelta(minutes=1))
