"""When the next one-to-one is due and overdue."""

from datetime import date, timedelta

import pytest

from openiop.schedule.rules.cadence import Due, due, share

BEGAN = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("every", "days", "overdue"),
    [
        ("month", 20, 0), ("month", 21, 1), ("month", 30, 10),
        ("fortnight", 14, 0), ("fortnight", 15, 1), ("week", 7, 0), ("week", 8, 1),
    ],
)  # fmt: skip
def test_overdue_from_day_21_or_once_the_rhythm_is_missed(every, days, overdue):
    today = BEGAN + timedelta(days=days)
    assert due(every, date(2026, 1, 1), BEGAN, None, today, 21).overdue == overdue


def test_without_any_held_the_days_run_from_the_beginning_of_care():
    booked = date(2026, 11, 9)
    assert due("week", BEGAN, None, booked, date(2026, 11, 3), 21) == Due(
        date(2026, 11, 8), 0, booked
    )


def test_a_one_to_one_held_before_this_course_of_care_does_not_count():
    assert due("week", BEGAN, date(2026, 9, 1), None, date(2026, 11, 3), 21).due_on == date(
        2026, 11, 8
    )


@pytest.mark.parametrize(("kept", "of", "percent"), [(2, 3, 66), (0, 4, 0), (3, 3, 100)])
def test_the_share_in_time(kept, of, percent):
    assert share(kept, of) == percent


def test_of_nobody_there_is_no_share():
    assert share(0, 0) is None
