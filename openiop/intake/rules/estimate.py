"""The good-faith estimate of somebody who pays without insurance: its clocks and its lines.

45 CFR 149.610(b)(1)(vi): scheduled at least ten business days ahead, within three business days;
three to nine days ahead, within one; on request, within three. 45 CFR 149.620(b): a bill that is
400 dollars or more above it may be disputed. Unreviewed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from openiop.intake.rules.cost import DAYS_A_WEEK, TALKS_A_WEEK, Prices

DISPUTE = Decimal(400)
SOON, LATER = 3, 10  # business days between scheduling and the first visit
SATURDAY = 5


@dataclass(frozen=True)
class Line:
    """One service of an estimate; `code` of HCPCS or CPT, `price` of one, in dollars."""

    name: str
    code: str
    count: int
    price: Decimal

    @property
    def total(self) -> Decimal:
        return self.count * self.price


def business_days_between(start: date, end: date, holidays: Collection[date]) -> int:
    """Business days after `start`, up to and including `end`."""
    span = (end - start).days
    days = (start + timedelta(days=each) for each in range(1, span + 1))
    return sum(_works(day, holidays) for day in days)


def after_business_days(start: date, count: int, holidays: Collection[date]) -> date:
    """The day that is so many business days after `start`."""
    day = start
    while count:
        day += timedelta(days=1)
        count -= _works(day, holidays)
    return day


def _works(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() < SATURDAY and day not in holidays


def due_on(asked_on: date, first_visit_on: date | None, holidays: Collection[date]) -> date | None:
    """Until when the estimate must be given. `first_visit_on` None: asked for without a visit.
    None: a visit within fewer than three business days needs no estimate unless asked for."""
    if first_visit_on is None:
        return after_business_days(asked_on, 3, holidays)
    ahead = business_days_between(asked_on, first_visit_on, holidays)
    if ahead < SOON:
        return None
    return after_business_days(asked_on, 3 if ahead >= LATER else 1, holidays)


def may_dispute(billed: Decimal, estimated: Decimal) -> bool:
    """Is a bill so far above the estimate that the person may have it looked at?"""
    return billed - estimated >= DISPUTE


def lines(prices: Prices, weeks: int) -> list[Line]:
    """The services of a course at the printed prices; codes by the HCPCS and CPT descriptors."""
    return [
        Line("Intensive outpatient program, one day", "H0015", DAYS_A_WEEK * weeks,
             prices.day.printed),
        Line("One-to-one talk, 60 minutes", "90837", TALKS_A_WEEK * weeks, prices.talk.printed),
    ]  # fmt: skip


def total(of: Iterable[Line]) -> Decimal:
    return sum((line.total for line in of), Decimal(0))
