"""When a reminder leaves, by its key and by its hour: no database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.messaging.rules import QuietHours
from openiop.schedule.rules.reminders import (
    LEADS,
    QUEUED_AHEAD,
    TOO_LATE,
    Event,
    key_of,
    read_key,
    send_at,
)

CHICAGO = QuietHours(21, 8, "America/Chicago")
NEVER = QuietHours(0, 0, "America/Chicago")
FIRST, LAST = datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2029-01-01")
START = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)  # Tuesday the 24th, 18:00 in Chicago


def hours_before(hours: float) -> datetime:
    return START - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("before", "leaves"),
    [(26.1, None), (26, 24), (24, 24), (20, 20), (12.1, 12.1), (12, None), (1, None)],
)
def test_the_day_before_it_is_queued_two_hours_ahead_and_worth_sending_for_twelve(before, leaves):
    found = send_at("day", START, hours_before(before), NEVER.over_at)
    assert found == (None if leaves is None else hours_before(leaves))


@pytest.mark.parametrize(("before", "leaves"), [(4, 2), (2, 2), (1.5, 1.5), (1.2, None), (0, None)])
def test_two_hours_before_it_is_worth_sending_for_three_quarters_of_an_hour(before, leaves):
    found = send_at("hours", START, hours_before(before), NEVER.over_at)
    assert found == (None if leaves is None else hours_before(leaves))


def test_a_reminder_of_the_early_morning_waits_for_eight_o_clock():
    start = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # 10:00 in Chicago
    asked = start - timedelta(hours=2, minutes=30)
    assert send_at("hours", start - timedelta(minutes=30), asked, CHICAGO.over_at) == datetime(
        2026, 11, 24, 14, 0, tzinfo=UTC
    )


def test_what_quiet_hours_would_put_into_the_last_hour_is_not_sent():
    start = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)  # 8:30 in Chicago
    assert send_at("hours", start, start - timedelta(hours=2), CHICAGO.over_at) is None


@given(
    lead=st.sampled_from(sorted(LEADS)),
    start=st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
    earlier=st.timedeltas(timedelta(), timedelta(days=8)),
)
def test_whatever_leaves_leaves_after_now_outside_quiet_hours_and_an_hour_before(
    lead, start, earlier
):
    now = start - earlier
    leaves = send_at(lead, start, now, CHICAGO.over_at)
    if leaves is not None:
        assert now <= leaves <= start - TOO_LATE
        assert CHICAGO.over_at(leaves) == leaves
        assert leaves >= start - LEADS[lead].before
        assert now >= start - LEADS[lead].before - QUEUED_AHEAD


@given(
    what=st.sampled_from(["appointment", "session"]), row=st.integers(1, 2**62),
    record=st.integers(1, 2**62), lead=st.sampled_from(sorted(LEADS)),
    start=st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
)  # fmt: skip
def test_a_key_tells_its_event_and_fits_the_outbox(what, row, record, lead, start):
    event = Event(what, row, record, start.replace(microsecond=0))
    key = key_of(event, lead)
    assert (read_key(key), len(key) <= 120) == ((event, lead), True)


def test_another_time_is_another_key():
    event = Event("appointment", 7, 9, START)
    assert key_of(event, "day") == "remind:appointment:7:9:20261125T000000:day"
    assert key_of(Event("appointment", 7, 9, hours_before(1)), "day") != key_of(event, "day")
