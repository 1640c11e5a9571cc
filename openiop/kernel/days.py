"""Local days, weeks and clock times; a zone is always named, never guessed."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONDAY, SUNDAY = 0, 6


def local(day: date, clock: time, timezone: str) -> datetime:
    """The moment a clock in `timezone` shows `clock` on `day`.

    In the spring gap the time moves forward by the gap, in the autumn fold the first one is meant,
    as people who read a clock on the wall would.
    """
    zone = ZoneInfo(timezone)
    moment = datetime.combine(day, clock, zone)
    return datetime.fromtimestamp(moment.timestamp(), zone)


def local_day(moment: datetime, timezone: str) -> date:
    """The calendar day in `timezone` at `moment` (aware)."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def week_start(day: date, first: int = SUNDAY) -> date:
    """The first day of the week holding `day`; `first` is a weekday number, Monday is 0."""
    return day - timedelta(days=(day.weekday() - first) % 7)


def days(start: date, end: date) -> Iterator[date]:
    """Each day of [start, end)."""
    return (start + timedelta(days=n) for n in range((end - start).days))


def age_on(born: date, day: date) -> int:
    """Whole years lived; born on Feb 29 a year is completed on Mar 1 of common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
