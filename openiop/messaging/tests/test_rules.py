"""Escalation, retries, masks, incident duties: facts in, decisions out."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from openiop.kernel.intervals import Interval
from openiop.messaging.rules import (
    BREACH,
    DUTIES,
    FALSE_ALARM,
    HELP,
    SNOOZES,
    Call,
    Change,
    Clock,
    Duty,
    Level,
    OnCall,
    can_close,
    changed_duties,
    duties,
    first_call,
    gaps,
    masked,
    next_call,
    next_try,
    snoozed_until,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FULL = OnCall(first=1, backup=2, directors=(3, 4))
KINDS = (HELP, "overdose", "death", "weapon", "assault", "medication_error", "allegation", BREACH,
         "medical", "other", FALSE_ALARM)  # fmt: skip

person = some.integers(1, 6)
oncalls = some.builds(
    OnCall, first=some.none() | person, backup=some.none() | person,
    directors=some.lists(person, unique=True, max_size=3).map(tuple),
)  # fmt: skip


def test_an_alert_climbs_from_first_to_backup_to_directors_and_reminds_them():
    assert first_call(FULL) == Call(Level.FIRST, (1,))
    assert next_call(1, FULL, [1]) == Call(Level.BACKUP, (2,))
    assert next_call(2, FULL, [1, 2]) == Call(Level.DIRECTOR, (3, 4))
    assert next_call(3, FULL, [1, 2, 3, 4]) == Call(Level.DIRECTOR, (3, 4))


@pytest.mark.parametrize(
    ("oncall", "call"),
    [
        (OnCall(None, 2, (3,)), Call(Level.BACKUP, (2,))),
        (OnCall(None, None, (3,)), Call(Level.DIRECTOR, (3,))),
        (OnCall(None, None, ()), Call(Level.DIRECTOR, ())),
    ],
)
def test_a_gap_in_the_rota_goes_straight_up(oncall, call):
    assert first_call(oncall) == call


def test_a_backup_who_was_called_as_first_is_skipped():
    assert next_call(1, OnCall(5, 2, (3,)), [1, 2]) == Call(Level.DIRECTOR, (3,))


@given(oncalls)
def test_a_call_reaches_somebody_whenever_somebody_is_there(oncall):
    anybody = {oncall.first, oncall.backup, *oncall.directors} - {None}
    assert bool(first_call(oncall).staff) == bool(anybody)


@given(oncalls, some.integers(1, 3), some.sets(person))
def test_a_level_never_falls_and_below_the_directors_nobody_is_called_twice(oncall, level, called):
    call = next_call(level, oncall, called)
    assert call.level == Level.DIRECTOR or call.level > level
    assert call.level == Level.DIRECTOR or not called.intersection(call.staff)


@given(oncalls)
def test_every_alert_is_with_the_directors_after_two_steps(oncall):
    call = first_call(oncall)
    called = list(call.staff)
    for _ in range(2):
        call = next_call(call.level, oncall, called)
        called += call.staff
    assert call == Call(Level.DIRECTOR, oncall.directors)


moments = some.integers(0, 96).map(lambda quarter: NOON + timedelta(minutes=15 * quarter))
spans = some.tuples(moments, moments).map(lambda pair: Interval(min(pair), max(pair)))


@given(spans, some.lists(spans, max_size=6))
def test_gaps_and_shifts_together_fill_the_time_exactly(whole, shifts):
    found = gaps(whole, shifts)
    minute = whole.start
    while minute < whole.end:
        covered = any(each.start <= minute < each.end for each in shifts)
        missing = any(each.start <= minute < each.end for each in found)
        assert covered != missing
        minute += timedelta(minutes=15)


def test_a_message_is_tried_five_times_ever_more_slowly():
    waits = [next_try(attempts) for attempts in range(1, 7)]
    minutes = [wait and wait.total_seconds() / 60 for wait in waits]
    assert minutes == [1, 5, 25, 125, None, None]


def test_an_address_is_shown_by_its_end_or_its_host():
    assert masked("+13125550110") == "•••• 0110"
    assert masked("maria@example.org") == "m•••@example.org"


@given(some.from_regex(r"[a-z]{2,20}@[a-z]{2,10}\.org", fullmatch=True))
def test_a_masked_address_never_shows_the_name(address):
    name = address.partition("@")[0]
    assert name not in masked(address).partition("@")[0]


@pytest.mark.parametrize(
    ("choice", "day", "hour"),
    [("hour", 27, 21), ("tomorrow", 28, 9), ("monday", 30, 9)],
)
def test_a_snoozed_task_comes_back_on_the_clinics_own_clock(choice, day, hour):
    friday_evening = datetime(2026, 11, 28, 2, tzinfo=UTC)  # 20:00 on Friday 27 in Chicago
    back = snoozed_until(choice, friday_evening, "America/Chicago")
    shown = back.astimezone(ZoneInfo("America/Chicago"))
    assert (shown.day, shown.hour) == (day, hour)


@given(some.sampled_from(SNOOZES), some.integers(0, 365 * 24 * 60))
def test_a_snooze_ends_later_within_eight_days(choice, minutes):
    now = NOON + timedelta(minutes=minutes)
    back = snoozed_until(choice, now, "America/Chicago")
    assert timedelta() < back - now <= timedelta(days=8)


# --- incidents ---------------------------------------------------------------------------------


def kinds_of(found: list[Duty]) -> list[str]:
    return [duty.kind for duty in found]


def test_a_grave_incident_asks_for_notice_in_minutes_a_report_a_talk_and_support():
    assert duties("overdose") == [
        Duty("director_notice", "incident.grave.director_notice.due_minutes"),
        Duty("state_report", "incident.state_report.due_hours"),
        Duty("debrief", "incident.debrief.due_hours"),
        Duty("support", "incident.debrief.due_hours"),
    ]


def test_a_call_for_help_is_grave_but_nobody_reports_it_yet():
    assert kinds_of(duties(HELP)) == ["director_notice", "debrief", "support"]
    assert duties(HELP)[0].rule == "incident.grave.director_notice.due_minutes"


def test_a_false_alarm_asks_for_nothing():
    assert duties(FALSE_ALARM) == []


@pytest.mark.parametrize(
    ("people", "last"),
    [
        (None, Duty("count_people", "")),
        (499, Duty("log_for_agency", "")),
        (500, Duty("notify_agency", "incident.breach.notify_agency.due_days")),
    ],
)
def test_a_breach_asks_for_more_from_five_hundred_people(people, last):
    found = duties(BREACH, people, many=500)
    assert kinds_of(found[:2]) == ["director_notice", "notify_people"]
    assert found[-1] == last


@given(some.sampled_from(KINDS), some.none() | some.integers(0, 2000))
def test_every_duty_has_words_and_comes_once(kind, people):
    found = kinds_of(duties(kind, people, many=500))
    assert set(found) <= set(DUTIES)
    assert len(found) == len(set(found))


@given(some.sampled_from(KINDS), some.sampled_from(KINDS))
def test_after_a_change_of_kind_exactly_the_new_duties_are_open(before, after):
    steps = dict(enumerate(duties(before)))
    change = changed_duties(duties(after), steps, done=set())
    left = [duty for step, duty in steps.items() if step not in change.drop]
    assert sorted([*left, *change.add], key=lambda each: each.kind) == sorted(
        duties(after), key=lambda each: each.kind
    )


def test_what_was_done_is_not_asked_for_again():
    change = changed_duties(duties("overdose"), {}, done={"director_notice", "debrief", "support"})
    assert change == Change((Duty("state_report", "incident.state_report.due_hours"),), ())


def test_a_clock_counts_in_its_own_unit():
    assert Clock(60, "minutes").after(NOON) == NOON + timedelta(hours=1)
    assert Clock(72, "hours").after(NOON) == NOON + timedelta(days=3)
    assert Clock(60, "days").after(NOON) == NOON + timedelta(days=60)


def test_an_incident_closes_when_it_has_a_kind_and_no_open_duty():
    assert can_close("overdose", 0)
    assert not can_close("overdose", 1)
    assert not can_close(HELP, 0)
