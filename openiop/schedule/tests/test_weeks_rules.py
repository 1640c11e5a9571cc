"""A payer's week: its days, what counts in it, where it stands, what may still be made up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.kernel.intervals import Interval
from openiop.schedule.rules.weeks import (
    Booked,
    ClosedDay,
    Decision,
    Judged,
    MakeupRules,
    Marks,
    Opening,
    Seeker,
    Totals,
    Week,
    WeekState,
    closes_at,
    failing,
    judge,
    level_review_due,
    minutes_by_day,
    obstacle,
    payer_week,
    totals,
)  # fmt: skip

MON, TUE, WED, THU, FRI, SAT = (date(2026, 11, 23) + timedelta(days=n) for n in range(6))
WEEK = Week(date(2026, 11, 22), date(2026, 11, 29))
PAYER = Marks(minutes=540, days=3, day_minutes=180, by_payer=True)
LAW = replace(PAYER, by_payer=False)
CHICAGO = "America/Chicago"


# --- which days ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 11, 24), date(2026, 11, 22), date(2026, 11, 28)),
        (date(2026, 11, 22), date(2026, 11, 22), date(2026, 11, 28)),
        (date(2026, 11, 28), date(2026, 11, 22), date(2026, 11, 28)),
        (date(2028, 2, 29), date(2028, 2, 27), date(2028, 3, 4)),
        (date(2027, 1, 1), date(2026, 12, 27), date(2027, 1, 2)),
        (date(2026, 11, 1), date(2026, 11, 1), date(2026, 11, 7)),
    ],
)
def test_most_payers_count_from_sunday_to_saturday(day, first, last):
    week = payer_week("sun-sat", day, date(2026, 1, 7))
    assert (week.start, week.last) == (first, last)


@pytest.mark.parametrize(
    ("admitted", "day", "first"),
    [
        (date(2026, 11, 4), date(2026, 11, 4), date(2026, 11, 4)),
        (date(2026, 11, 4), date(2026, 11, 10), date(2026, 11, 4)),
        (date(2026, 11, 4), date(2026, 11, 11), date(2026, 11, 11)),
        (date(2028, 2, 23), date(2028, 3, 1), date(2028, 3, 1)),
        (date(2026, 12, 29), date(2027, 1, 5), date(2027, 1, 5)),
        (date(2026, 11, 4), date(2026, 11, 3), date(2026, 10, 28)),
    ],
)
def test_some_payers_count_each_seven_days_from_admission(admitted, day, first):
    assert payer_week("rolling-7", day, admitted).start == first


@given(
    st.sampled_from(["sun-sat", "rolling-7"]),
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)
def test_every_day_lies_in_exactly_one_week_of_seven_days(definition, day, admitted):
    week = payer_week(definition, day, admitted)
    assert day in week
    assert (week.end - week.start).days == 7
    assert payer_week(definition, week.start, admitted) == week
    assert payer_week(definition, week.last, admitted) == week
    assert payer_week(definition, week.end, admitted).start == week.end


def test_a_week_closes_at_local_midnight_through_daylight_saving():
    autumn = Week(date(2026, 10, 25), date(2026, 11, 1))
    after = Week(date(2026, 11, 1), date(2026, 11, 8))
    assert closes_at(autumn, CHICAGO).astimezone(UTC) == datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert closes_at(after, CHICAGO).astimezone(UTC) == datetime(2026, 11, 8, 6, tzinfo=UTC)
    hours = closes_at(after, CHICAGO).astimezone(UTC) - closes_at(autumn, CHICAGO).astimezone(UTC)
    assert hours == timedelta(hours=169)


# --- what counts -----------------------------------------------------------------------------


def held(session: int, on: date, attended: int | None, **facts) -> Booked:
    return Booked(session, on, 180, attended, ended=True, **facts)


def coming(session: int, on: date, attended: int | None = None, **facts) -> Booked:
    return Booked(session, on, 180, attended, ended=False, **facts)


def test_expected_is_not_attended():
    found = totals([held(1, MON, None), coming(2, WED)])
    assert found == Totals(360, 0, 180, 2, 0, 1, unrecorded=1)


def test_attended_minutes_and_days_add_up():
    found = totals([held(1, MON, 180), held(2, WED, 95), held(3, FRI, 0)])
    assert found == Totals(540, 275, 275, 3, 2, 2, unrecorded=0)


def test_a_makeup_adds_to_what_is_possible_not_to_what_was_scheduled():
    found = totals([held(1, MON, 0), held(2, WED, 180), coming(3, SAT, makeup=True)])
    assert found == Totals(360, 180, 360, 2, 1, 2, unrecorded=0)


def test_a_running_session_counts_only_when_it_is_over():
    running = coming(2, WED, attended=163)
    assert totals([running]) == Totals(180, 0, 163, 1, 0, 1, unrecorded=0)
    assert totals([coming(2, WED, attended=0)]) == Totals(180, 0, 0, 1, 0, 0, unrecorded=0)


def test_two_sessions_on_a_day_are_one_day():
    found = totals([held(1, MON, 90), held(2, MON, 90)])
    assert (found.attended_minutes, found.attended_days) == (180, 1)
    assert minutes_by_day([held(1, MON, 90), coming(2, MON), held(3, TUE, None)]) == {
        MON: 270, TUE: 0,
    }  # fmt: skip


rows = st.lists(
    st.builds(
        Booked,
        session=st.integers(1, 99),
        on=st.sampled_from([MON, TUE, WED, THU, FRI]),
        minutes=st.integers(30, 240),
        attended=st.none() | st.integers(0, 30),
        ended=st.booleans(),
        makeup=st.booleans(),
    ),
    max_size=8,
)


@given(rows)
def test_attended_never_exceeds_possible_and_neither_what_there_was(booked):
    found = totals(booked)
    assert found.attended_minutes <= found.possible_minutes <= sum(row.minutes for row in booked)
    assert found.attended_days <= found.possible_days <= len({row.on for row in booked})
    assert sum(minutes_by_day(booked).values()) == found.possible_minutes


@given(rows, st.integers(0, 900), st.integers(0, 5))
def test_a_week_lacks_something_exactly_when_it_is_not_on_track(booked, minutes, days):
    found = judge(totals(booked), Marks(minutes, days), over=False)
    lacking = bool(found.missing_minutes or found.missing_days)
    assert found.state == (WeekState.AT_RISK if lacking else WeekState.ON_TRACK)


# --- where it stands ---------------------------------------------------------------------------


def of(minutes: int, days: int) -> Totals:
    return Totals(540, minutes, minutes, 3, days, days, unrecorded=0)


def test_nine_hours_on_three_days_are_enough():
    assert judge(of(540, 3), PAYER, over=True) == Judged(WeekState.ON_TRACK, "", 0, 0)


def test_one_minute_or_one_day_less_is_short():
    assert judge(of(539, 3), LAW, over=True) == Judged(WeekState.SHORT, "", 1, 0)
    assert judge(of(600, 2), LAW, over=True) == Judged(WeekState.SHORT, "", 0, 1)


def test_a_week_shows_as_at_risk_before_it_closes():
    week = totals([held(1, MON, 0), coming(2, WED), coming(3, FRI)])
    assert judge(week, PAYER, over=False) == Judged(WeekState.AT_RISK, "", 180, 1)


def test_a_booked_makeup_brings_it_back_on_track():
    week = totals([held(1, MON, 0), coming(2, WED), coming(3, FRI), coming(4, SAT, makeup=True)])
    assert judge(week, PAYER, over=False) == Judged(WeekState.ON_TRACK, "", 0, 0)


def test_a_short_week_is_held_where_the_payer_asks():
    assert judge(of(360, 2), PAYER, over=True) == Judged(WeekState.HELD, "", 180, 1)


def test_a_week_without_marks_is_never_short():
    assert judge(of(0, 0), Marks(), over=True).state == WeekState.ON_TRACK


THANKSGIVING = ClosedDay(THU, 180, "Thanksgiving")


def test_a_holiday_that_explains_the_gap_documents_the_week():
    found = judge(of(360, 2), PAYER, over=True, closed=[THANKSGIVING])
    assert found == Judged(WeekState.DOCUMENTED, "Thanksgiving", 180, 1)


def test_a_holiday_does_not_explain_a_second_missed_day():
    found = judge(of(180, 1), PAYER, over=True, closed=[THANKSGIVING])
    assert found.state == WeekState.HELD


def test_two_closed_days_explain_two():
    both = [THANKSGIVING, ClosedDay(FRI, 180, "Thanksgiving")]
    assert judge(of(180, 1), PAYER, over=True, closed=both).reason == "Thanksgiving"


def test_a_week_somebody_started_in_is_documented():
    started = Totals(180, 0, 180, 1, 0, 1, unrecorded=0)
    found = judge(started, PAYER, over=False, partial="Started on Fri 27 Nov")
    assert (found.state, found.reason) == (WeekState.DOCUMENTED, "Started on Fri 27 Nov")


def test_starting_late_excuses_no_session_that_was_scheduled():
    missed = Totals(360, 180, 180, 2, 1, 1, unrecorded=0)
    found = judge(missed, PAYER, over=True, partial="Started on Wed 25 Nov")
    assert (found.state, found.reason) == (WeekState.HELD, "")


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        (Decision.DOCUMENTED, WeekState.DECIDED), (Decision.RELEASED, WeekState.DECIDED),
        (Decision.WITHHELD, WeekState.DECIDED), (Decision.HELD, WeekState.HELD),
    ],
)  # fmt: skip
def test_a_decision_stands_with_its_reason(decision, state):
    found = judge(of(360, 2), LAW, over=True, decision=decision, decided_reason="In hospital")
    assert (found.state, found.reason) == (state, "In hospital")


def test_a_decision_is_moot_once_the_hours_are_there():
    found = judge(of(540, 3), PAYER, over=True, decision=Decision.WITHHELD, decided_reason="Short")
    assert found == Judged(WeekState.ON_TRACK, "", 0, 0)


def test_a_week_fails_when_it_is_short_without_a_reason_on_file():
    short = judge(of(360, 2), PAYER, over=True)
    assert failing(short, None, unrecorded=0) is True
    assert failing(short, None, unrecorded=1) is False
    assert failing(short, Decision.WITHHELD, unrecorded=0) is True
    assert failing(short, Decision.DOCUMENTED, unrecorded=0) is False
    assert failing(judge(of(360, 2), PAYER, over=False), None, unrecorded=0) is False
    holiday = judge(of(360, 2), PAYER, over=True, closed=[THANKSGIVING])
    assert failing(holiday, None, unrecorded=0) is False


def test_two_failing_weeks_in_a_row_ask_for_a_level_of_care_review():
    assert level_review_due([True, True], 2) is True
    assert level_review_due([True, False, True], 2) is False
    assert level_review_due([True], 2) is False
    assert level_review_due([False, True, True], 2) is False
    assert level_review_due([], 0) is False


# --- what still fits -----------------------------------------------------------------------------

NOON = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


def stretch(day: date, hour: int, hours: int = 3) -> Interval:
    start = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return Interval(start, start + timedelta(hours=hours))


OPENING = Opening(
    session=9, track=4, clinic=1, on=THU, during=stretch(THU, 18), minutes=180, virtual=False,
    program_kind="substance_use", education_only=False, free=2, people=frozenset({71, 72}),
)  # fmt: skip
SEEKER = Seeker(
    record=5, week=WEEK, program_kind="substance_use", booked=frozenset({1, 2, 3}),
    busy=(stretch(WED, 18), stretch(FRI, 18)), days={MON: 0, WED: 180, FRI: 180},
    apart=frozenset({80}), recent=(), virtual_accepted=False, day_minutes=180,
)  # fmt: skip
RULES = MakeupRules()


def blocked_by(opening: Opening = OPENING, seeker: Seeker = SEEKER, rules=RULES, now=NOON) -> str:
    return obstacle(seeker, opening, rules, now)


def test_an_open_session_of_the_same_kind_in_the_same_week_fits():
    assert blocked_by() == ""


def test_what_has_begun_cannot_be_made_up_in():
    assert blocked_by(now=OPENING.during.start) == "over"
    assert blocked_by(now=OPENING.during.start - timedelta(minutes=1)) == ""


def test_ones_own_session_is_no_makeup():
    assert blocked_by(replace(OPENING, session=3)) == "booked"


def test_people_kept_apart_never_share_a_makeup():
    assert blocked_by(replace(OPENING, people=frozenset({71, 80}))) == "apart"
    assert blocked_by(replace(OPENING, people=frozenset({80}), virtual=True)) == "apart"


def test_a_makeup_falls_in_the_payers_week_of_the_absence():
    later = replace(OPENING, on=WEEK.end, during=stretch(WEEK.end, 18))
    assert blocked_by(later) == "week"
    assert blocked_by(later, rules=replace(RULES, same_week=False)) == ""


def test_another_kind_of_program_is_not_equivalent():
    assert blocked_by(replace(OPENING, program_kind="mental_health")) == "kind"


def test_a_virtual_makeup_needs_a_payer_that_accepts_it():
    virtual = replace(OPENING, virtual=True)
    assert blocked_by(virtual) == "virtual"
    assert blocked_by(virtual, replace(SEEKER, virtual_accepted=True)) == ""
    assert blocked_by(virtual, rules=replace(RULES, virtual_needs_payer=False)) == ""


def test_a_day_holds_one_unit():
    wednesday = replace(OPENING, on=WED, during=stretch(WED, 9))
    assert blocked_by(wednesday) == "unit"
    assert blocked_by(wednesday, replace(SEEKER, days={WED: 179})) == ""
    assert blocked_by(wednesday, replace(SEEKER, days={WED: 40}, day_minutes=None)) == "unit"
    assert blocked_by(wednesday, replace(SEEKER, days={WED: 0}, day_minutes=None)) == ""


def test_one_makeup_in_three_may_be_education_only():
    lecture = replace(OPENING, education_only=True)
    assert blocked_by(lecture) == ""
    assert blocked_by(lecture, replace(SEEKER, recent=(True,))) == "education"
    assert blocked_by(lecture, replace(SEEKER, recent=(False, True))) == "education"
    assert blocked_by(lecture, replace(SEEKER, recent=(False, False, True))) == ""
    assert blocked_by(seeker=replace(SEEKER, recent=(True, True))) == ""


def test_nobody_is_in_two_places():
    assert blocked_by(seeker=replace(SEEKER, busy=(stretch(THU, 20, 1),))) == "clash"
    assert blocked_by(seeker=replace(SEEKER, busy=(stretch(THU, 21, 1),))) == ""


def test_a_full_group_has_no_makeup_seat():
    assert blocked_by(replace(OPENING, free=0)) == "full"


def test_keeping_apart_is_said_before_anything_that_could_be_worked_around():
    crowded = replace(OPENING, people=frozenset({80}), free=0, program_kind="mental_health")
    assert blocked_by(crowded) == "apart"
