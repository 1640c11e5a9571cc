"""Clocks of notes: due, late, going up."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.catalog import HouseValue
from openiop.chart.rules.deadlines import (
    Hours,
    Step,
    Urgency,
    due_at,
    hours_in_force,
    is_late,
    steps_taken,
    urgency,
)

DAY = date(2026, 11, 23)
END = datetime(2026, 11, 24, 2, 50, tzinfo=UTC)
HOURS = Hours(note=24, cosign=72, supervisor=24, director=72)


def test_the_strictest_of_state_and_house_counts():
    assert hours_in_force("TX", DAY, {}) == HOURS  # law 72, house 24
    assert hours_in_force("IL", DAY, {}) == HOURS  # law 48, house 24


def test_a_clinic_may_tighten_and_never_loosen():
    def set_to(hours: int) -> dict[str, HouseValue]:
        return {"note.progress.due_hours": HouseValue(hours, date(2026, 1, 1), "ours", "Dana")}

    assert hours_in_force("TX", DAY, set_to(12)).note == 12
    assert hours_in_force("IL", DAY, set_to(40)).note == 40
    assert hours_in_force("IL", DAY, set_to(60)).note == 24  # beyond the law of 48: ignored


def test_a_day_without_a_recorded_rule_is_an_error_and_no_guess():
    with pytest.raises(LookupError, match=r"note.progress.due_hours in IL on 2019-01-01"):
        hours_in_force("IL", date(2019, 1, 1), {})


def test_the_clock_counts_real_hours():
    assert due_at(END, 24) == END + timedelta(hours=24)


@pytest.mark.parametrize(
    ("left", "stands"),
    [
        (timedelta(hours=5), Urgency.TIME), (timedelta(hours=4), Urgency.SOON),
        (timedelta(minutes=1), Urgency.SOON), (timedelta(0), Urgency.LATE),
        (timedelta(hours=-9), Urgency.LATE),
    ],
)  # fmt: skip
def test_a_clock_says_how_it_stands(left, stands):
    assert urgency(END + left, END) == stands


@pytest.mark.parametrize(
    ("hours", "reached"),
    [
        (-1, []), (0, [Step.AUTHOR]), (23, [Step.AUTHOR]), (24, [Step.AUTHOR, Step.SUPERVISOR]),
        (48, [Step.AUTHOR, Step.SUPERVISOR, Step.SUPERVISOR_AGAIN]),
        (72, [Step.AUTHOR, Step.SUPERVISOR, Step.SUPERVISOR_AGAIN, Step.DIRECTOR]),
    ],
)  # fmt: skip
def test_an_unsigned_note_goes_up_at_24_48_and_72_hours(hours, reached):
    assert steps_taken(END, END + timedelta(hours=hours), HOURS) == tuple(reached)


@given(st.integers(0, 400), st.integers(0, 100))
def test_a_note_never_comes_down_again(age, later):
    now = END + timedelta(hours=age)
    assert set(steps_taken(END, now, HOURS)) <= set(
        steps_taken(END, now + timedelta(hours=later), HOURS)
    )


def test_a_note_signed_on_the_minute_is_on_time():
    assert not is_late(END, END)
    assert is_late(END + timedelta(seconds=1), END)
