"""The clocks of a good-faith estimate."""

from datetime import date
from decimal import Decimal

import pytest

from openiop.intake.rules.cost import Price, Prices
from openiop.intake.rules.estimate import (
    after_business_days,
    business_days_between,
    due_on,
    lines,
    may_dispute,
    total,
)

D = Decimal

TUESDAY, THANKSGIVING = date(2026, 11, 24), {date(2026, 11, 26)}
PRICES = Prices(Price(D(500), D(1), D(1), D(1)), Price(D(150), D(1), D(1), D(1)))


@pytest.mark.parametrize(
    ("first", "due"),
    [
        (None, date(2026, 11, 30)),  # on request: Wed, Fri, Mon
        (date(2026, 11, 25), None),  # tomorrow
        (date(2026, 11, 27), None),  # two business days, Thursday is a holiday
        (date(2026, 11, 30), date(2026, 11, 25)),  # three
        (date(2026, 12, 8), date(2026, 11, 25)),  # nine
        (date(2026, 12, 9), date(2026, 11, 30)),  # ten
    ],
)
def test_how_far_ahead_the_visit_is_sets_the_clock(first, due):
    assert due_on(TUESDAY, first, THANKSGIVING) == due


def test_business_days_leave_out_weekends_and_holidays():
    assert business_days_between(TUESDAY, date(2026, 12, 1), THANKSGIVING) == 4
    assert after_business_days(date(2026, 11, 27), 1, ()) == date(2026, 11, 30)


def test_a_bill_of_four_hundred_dollars_more_may_be_disputed():
    assert may_dispute(D(1400), D(1000))
    assert not may_dispute(D("1399.99"), D(1000))


def test_the_lines_of_eight_weeks_come_to_their_total():
    found = lines(PRICES, 8)
    assert [(line.code, line.count, line.total) for line in found] == [
        ("H0015", 24, D(12000)), ("90837", 8, D(1200)),
    ]  # fmt: skip
    assert total(found) == D(13200)
