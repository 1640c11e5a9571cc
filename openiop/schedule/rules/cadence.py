"""How often somebody meets one to one, and since when the next meeting is overdue."""

from dataclasses import dataclass
from datetime import date, timedelta

DAYS = {"week": 7, "fortnight": 14, "month": 31}


@dataclass(frozen=True, slots=True)
class Due:
    """`due_on` is the last day that keeps the rhythm; `overdue` days after it, 0 while in time.
    `booked_on` is a coming visit's day."""

    due_on: date
    overdue: int
    booked_on: date | None


def due(
    every: str, since: date, last_held: date | None, booked_on: date | None, today: date,
    overdue_after: int,
) -> Due:  # fmt: skip
    """When the next one-to-one is due: a rhythm after the last that was held in this course of care
    or after it began (`since`), and never later than the day before `overdue_after` days are over:
    on that day, by house or payer rule, the next is overdue."""
    begun = max(last_held or since, since)
    due_on = begun + timedelta(days=min(DAYS[every], overdue_after - 1))
    return Due(due_on, max((today - due_on).days, 0), booked_on)


def share(in_time: int, everybody: int) -> int | None:
    """Percent of people whose rhythm is kept, whole numbers rounded down; None of nobody."""
    return 100 * in_time // everybody if everybody else None
