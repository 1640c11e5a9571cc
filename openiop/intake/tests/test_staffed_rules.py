"""The clock of an inquiry runs in staffed minutes."""

from datetime import UTC, date, datetime, time

import pytest

from openiop.intake.rules.staffed import staffed_due, staffed_minutes, week_of
from openiop.kernel.days import local

CHICAGO = "America/Chicago"
WEEK = week_of({str(day): ["08:00", "20:00"] for day in range(5)})


def at(day: date, clock: str, zone: str = CHICAGO) -> datetime:
    return local(day, time.fromisoformat(clock), zone)


MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


@pytest.mark.parametrize(
    ("came", "due"),
    [
        ((MONDAY, "09:00"), (MONDAY, "13:00")),
        ((MONDAY, "06:00"), (MONDAY, "12:00")),  # before it opens: from the opening on
        ((MONDAY, "16:00"), (MONDAY, "20:00")),  # to the last minute
        ((MONDAY, "19:00"), (date(2026, 11, 24), "11:00")),  # the rest the next morning
        ((MONDAY, "23:00"), (date(2026, 11, 24), "12:00")),
        ((FRIDAY, "19:00"), (date(2026, 11, 30), "11:00")),  # over the weekend
        ((date(2026, 11, 28), "10:00"), (date(2026, 11, 30), "12:00")),
    ],
)
def test_four_staffed_hours_end_while_the_clinic_is_open(came, due):
    assert staffed_due(at(*came), 240, WEEK, set(), CHICAGO) == at(*due)


def test_closed_days_stop_the_clock():
    thanksgiving = {date(2026, 11, 26), FRIDAY}
    came = at(date(2026, 11, 25), "18:00")
    assert staffed_due(came, 240, WEEK, thanksgiving, CHICAGO) == at(date(2026, 11, 30), "10:00")


@pytest.mark.parametrize(
    ("night", "due_utc"),
    [
        (date(2026, 3, 8), datetime(2026, 3, 8, 9, 0, tzinfo=UTC)),  # 01:00 to 04:00 is two hours
        (date(2026, 11, 1), datetime(2026, 11, 1, 8, 0, tzinfo=UTC)),  # and in autumn four
    ],
)
def test_a_night_in_which_clocks_change_counts_its_real_hours(night, due_utc):
    """Open all night: 120 minutes from 01:00 end after two real hours, whatever the clock says."""
    allday = week_of({str(day): ["00:00", "23:00"] for day in range(7)})
    assert staffed_due(at(night, "01:00"), 120, allday, set(), CHICAGO) == due_utc


def test_a_clinic_that_never_opens_has_no_clock():
    assert staffed_due(at(MONDAY, "09:00"), 240, {}, set(), CHICAGO) is None


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ((MONDAY, "09:00"), (MONDAY, "10:30"), 90),
        ((MONDAY, "19:00"), (date(2026, 11, 24), "09:00"), 120),
        ((FRIDAY, "21:00"), (date(2026, 11, 29), "21:00"), 0),
        ((MONDAY, "09:00"), (MONDAY, "09:00"), 0),
    ],
)
def test_minutes_between_count_only_what_was_open(start, end, minutes):
    assert staffed_minutes(at(*start), at(*end), WEEK, set(), CHICAGO) == minutes


def test_due_and_minutes_agree():
    came = at(FRIDAY, "18:30")
    due = staffed_due(came, 240, WEEK, set(), CHICAGO)
    assert due is not None
    assert staffed_minutes(came, due, WEEK, set(), CHICAGO) == 240
