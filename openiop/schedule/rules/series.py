"""The days of one-to-ones that repeat."""

from collections.abc import Iterator
from datetime import date, timedelta

WEEKS = {"week": 1, "fortnight": 2}
LAST = 5
A_DAY = timedelta(days=1)


def days(every: str, weekday: int, nth: int | None, from_on: date, until_on: date) -> list[date]:
    """The days of a series from one day to another, both included; Monday is 0.

    "week" and "fortnight" count from the first such weekday. "month": the `nth` such weekday of
    each month, 5 the last one; a month always has one.
    """
    if every == "month":
        found = (_in_month(month, weekday, nth or 1) for month in _months(from_on, until_on))
        return [day for day in found if from_on <= day <= until_on]
    first = from_on + timedelta(days=(weekday - from_on.weekday()) % 7)
    step = timedelta(weeks=WEEKS[every])
    count = (until_on - first) // step + 1
    return [first + n * step for n in range(max(count, 0))]


def nth_of(day: date) -> int:
    """Which such weekday of its month a day is: 1 to 4, 5 for any fifth."""
    return (day.day - 1) // 7 + 1


def _months(from_on: date, until_on: date) -> Iterator[date]:
    month = from_on.replace(day=1)
    while month <= until_on:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _in_month(month: date, weekday: int, nth: int) -> date:
    first = month + timedelta(days=(weekday - month.weekday()) % 7)
    if nth < LAST:
        return first + timedelta(weeks=nth - 1)
    end = (month + timedelta(days=32)).replace(day=1) - A_DAY
    return end - timedelta(days=(end.weekday() - weekday) % 7)
