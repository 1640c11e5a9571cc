"""A payer's week from the tables: hours, states, make-ups in one act, decisions, reviews."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from openiop.access.backend.base import writing
from openiop.access.models import Closure
from openiop.config.network_for_tests import GULF, NORTH, SOUTH
from openiop.kernel.permits import NotPermitted, Refused
from openiop.messaging.actions import close_tasks_about
from openiop.patients.actions import add_coverage, keep_apart
from openiop.schedule.actions import attendance, makeups, weeks
from openiop.schedule.models import WeeksClosed
from openiop.schedule.queries.weeks import short_weeks, week_of
from openiop.schedule.rules.weeks import Decision, Marks, Totals, WeekState
from openiop.schedule.tests.test_attendance import recorded, refusal, sessions_of, tasks
from openiop.schedule.tests.world import TODAY, as_job, make_enrolled, make_person, make_track

MONDAY, WEDNESDAY, FRIDAY = (TODAY + timedelta(days=n) for n in (0, 2, 4))
SUNDAY_BEFORE, SATURDAY = TODAY - timedelta(days=1), TODAY + timedelta(days=5)
DECIDE, MAKEUP, READ = "schedule.week.decide", "schedule.makeup.write", "schedule.read"


def evening(day: date, minutes: int = 190) -> datetime:
    """So many minutes into the evening session of a day, Chicago time."""
    return datetime(day.year, day.month, day.day, 0, 0, tzinfo=UTC) + timedelta(
        days=1, minutes=minutes
    )


def week(record: int, day: date = TODAY, now: datetime | None = None, **options):
    with as_job(READ, now or evening(day)) as permit:
        return week_of(permit, [record], day, **options).get(record)


def attend(session: int, record: int, day: date, **when) -> None:
    with as_job("schedule.attendance.write", evening(day)) as permit:
        attendance.arrive(permit, session, record, from_start=True, **when)


def miss(session: int, record: int, day: date) -> None:
    with as_job("schedule.attendance.write", evening(day)) as permit:
        attendance.mark_absent(permit, session, record)


@pytest.fixture
def evening_track(network):
    """Mondays, Wednesdays and Fridays at North; one person; the session ids."""
    track = make_track()
    (record,) = make_enrolled(track)
    return record, sessions_of(track)


def other_track(**plan) -> int:
    """A second track at North on Tuesdays, Thursdays and Saturdays, in its own room."""
    facts = {"weekdays": (1, 3, 5), "room": 2, "staff": ((2, "lead"),), "name": "Evening B"}
    return make_track(**(facts | plan))


# --- hours ---


def test_a_week_begins_with_what_is_scheduled_and_nothing_attended(evening_track):
    record, _ = evening_track
    found = week(record, now=evening(MONDAY, -60))
    assert (found.week.start, found.week.last) == (SUNDAY_BEFORE, SATURDAY)
    assert found.totals == Totals(540, 0, 540, 3, 0, 3, unrecorded=0)
    assert found.marks == Marks(540, 3, 180, by_payer=True)
    assert (found.state, found.lacking) == (WeekState.ON_TRACK, False)


def test_attended_hours_add_up_to_a_whole_week(evening_track):
    record, (monday, wednesday, friday, *_) = evening_track
    for session, day in ((monday, MONDAY), (wednesday, WEDNESDAY), (friday, FRIDAY)):
        attend(session, record, day)
    found = week(record, now=evening(SATURDAY, 400))
    assert found.totals == Totals(540, 540, 540, 3, 3, 3, unrecorded=0)
    assert (found.over, found.state) == (True, WeekState.ON_TRACK)


def test_the_week_is_at_risk_before_it_closes(evening_track):
    record, (monday, *_) = evening_track
    miss(monday, record, MONDAY)
    found = week(record, now=evening(MONDAY, 210))
    assert (found.state, found.missing_minutes, found.missing_days) == (WeekState.AT_RISK, 180, 1)
    assert (found.attended_minutes, found.scheduled_minutes) == (0, 540)


def test_an_unmarked_session_counts_for_nothing_and_says_so(evening_track):
    record, _ = evening_track
    found = week(record, now=evening(MONDAY, 210))
    assert found.totals.unrecorded == 1
    assert (found.attended_minutes, found.missing_minutes) == (0, 180)


def test_a_short_closed_week_is_held_for_decision_by_the_payers_rule(evening_track):
    record, (monday, wednesday, _friday, *_) = evening_track
    attend(monday, record, MONDAY)
    attend(wednesday, record, WEDNESDAY)
    found = week(record, now=evening(SATURDAY, 400))
    assert (found.state, found.missing_minutes) == (WeekState.HELD, 180)
    assert (found.days_attended, found.days_scheduled) == (2, 3)


def test_a_week_somebody_started_in_is_documented(network):
    track = make_track()
    (record,) = make_enrolled(track, start_on=WEDNESDAY)
    found = week(record, now=evening(MONDAY))
    assert (found.state, found.reason) == (WeekState.DOCUMENTED, "Started on Mon 23 Nov")
    assert found.scheduled_minutes == 360


def test_a_holiday_documents_the_week(network):
    close(date(2026, 11, 25), date(2026, 11, 26), "Thanksgiving")
    track = make_track()
    (record,) = make_enrolled(track)
    monday, friday, *_ = sessions_of(track)
    attend(monday, record, MONDAY)
    attend(friday, record, FRIDAY)
    found = week(record, now=evening(SATURDAY, 400))
    assert (found.scheduled_minutes, found.attended_minutes) == (360, 360)
    assert (found.state, found.reason) == (WeekState.DOCUMENTED, "Thanksgiving")


def test_a_holiday_does_not_excuse_another_missed_day(network):
    close(date(2026, 11, 25), date(2026, 11, 26), "Thanksgiving")
    track = make_track()
    (record,) = make_enrolled(track)
    miss(sessions_of(track)[0], record, MONDAY)
    assert week(record, now=evening(SATURDAY, 400)).state == WeekState.HELD


def test_a_wholly_closed_week_is_documented(network):
    close(date(2026, 11, 22), date(2026, 11, 28), "Storm")
    track = make_track()
    (record,) = make_enrolled(track)
    found = week(record, now=evening(SATURDAY, 400))
    assert (found.state, found.reason) == (WeekState.DOCUMENTED, "Storm")
    assert found.scheduled_minutes == 0


def close(start: date, end: date, name: str) -> None:
    with as_job("access.network.write"), writing():
        Closure.objects.create(
            organization_id=1, clinic_id=NORTH, start_on=start, end_on=end, name=name, holiday=True
        )


# --- the payer's week ---


def cover(record: int, pack: str) -> None:
    with as_job("patients.coverage.write") as permit:
        add_coverage(permit, record=record, payer_name="Payer", rule_pack=pack)


def test_some_payers_count_from_admission(evening_track):
    record, _ = evening_track
    cover(record, "standard-commercial-rolling")
    found = week(record, WEDNESDAY, now=evening(MONDAY, 0))
    assert (found.week.start, found.week.end) == (MONDAY, MONDAY + timedelta(days=7))


@pytest.mark.parametrize(
    ("first_day", "starts", "ends"),
    [
        (date(2026, 10, 26), date(2026, 10, 25), "2026-11-01T05:00"),  # the clock falls back
        (date(2027, 3, 8), date(2027, 3, 7), "2027-03-14T06:00"),  # the night before it springs
        (date(2027, 3, 15), date(2027, 3, 14), "2027-03-21T05:00"),
        (date(2028, 2, 28), date(2028, 2, 27), "2028-03-05T06:00"),  # a leap day within
        (date(2026, 12, 28), date(2026, 12, 27), "2027-01-03T06:00"),  # over the turn of the year
    ],
)
def test_weeks_hold_through_clock_changes_leap_days_and_years(network, first_day, starts, ends):
    now = datetime.combine(first_day, datetime.min.time(), UTC) + timedelta(hours=15)
    track = make_track(weeks=2, now=now, start_on=first_day, blocks=(("counseling", 180),))
    record = enrolled_at(track, first_day, now)
    found = week(record, first_day, now=now)
    assert found.week.start == starts
    assert found.closes_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") == ends
    assert found.totals == Totals(540, 0, 540, 3, 0, 3, unrecorded=0)


def enrolled_at(track: int, day: date, now: datetime) -> int:
    from openiop.schedule.actions.enrollment import enroll
    from openiop.schedule.tests.world import make_episode

    record = make_person()
    episode = make_episode(record, track, now)
    with as_job("schedule.enroll", now) as permit:
        enroll(permit, record=record, track=track, start_on=day, episode=episode)
    return record


def test_a_minor_needs_six_hours(network):
    track = make_track()
    from openiop.schedule.actions.enrollment import enroll
    from openiop.schedule.tests.world import make_episode

    record = make_person(birth_on=date(2010, 5, 1))
    with as_job("schedule.enroll") as permit:
        episode = make_episode(record, track)
        enroll(permit, record=record, track=track, start_on=TODAY, episode=episode)
    assert week(record).marks.minutes == 360


# --- make-ups ---


def test_sessions_that_fit_are_offered_and_booked_in_one_act(evening_track, opened):
    record, (monday, *_) = evening_track
    miss(monday, record, MONDAY)
    tuesday, thursday, saturday, *_ = sessions_of(other_track())
    found = week(record, now=evening(MONDAY, 210))
    assert [fit.session for fit in found.fitting_makeups] == [tuesday, thursday, saturday]
    assert [(fit.free, fit.minutes) for fit in found.fitting_makeups] == [(11, 180)] * 3
    with opened("alice", MAKEUP, now=evening(MONDAY, 220)) as permit:
        makeups.book(permit, record=record, session=thursday, for_day=MONDAY)
    after = week(record, now=evening(MONDAY, 230))
    assert (after.state, after.missing_minutes) == (WeekState.ON_TRACK, 0)
    assert (after.scheduled_minutes, after.totals.possible_minutes) == (540, 540)


def test_what_does_not_fit_is_not_offered_and_not_booked(evening_track, opened):
    record, (monday, *_) = evening_track
    miss(monday, record, MONDAY)
    enemy_track = other_track(weekdays=(1,))
    (enemy,) = make_enrolled(enemy_track)
    full = other_track(weekdays=(3,), blocks=(("counseling", 180),))
    make_enrolled(full, 11)
    virtual = other_track(weekdays=(5,), mode="virtual", staff=((1, "lead"),))
    kinds = make_program_of("mental_health")
    other_kind = make_track(weekdays=(5,), room=2, staff=((2, "lead"),), program=kinds)
    next_week = sessions_of(enemy_track)[1]
    with as_job("patients.apart.write") as permit:
        keep_apart(permit, record, enemy, "violence")
    cover(record, "medicare")
    assert week(record, now=evening(MONDAY, 210)).fitting_makeups == ()
    expected = {
        sessions_of(enemy_track)[0]: "choose_another", sessions_of(full)[0]: "full",
        sessions_of(virtual)[0]: "virtual", sessions_of(other_kind)[0]: "kind",
        monday: "session_over", 999_999: "choose_another",
    }  # fmt: skip
    with opened("alice", MAKEUP, now=evening(MONDAY, 220)) as permit:
        for session, code in expected.items():
            found = refusal(makeups.book, permit, record=record, session=session, for_day=MONDAY)
            assert found == code
        wanted = {"record": record, "session": next_week, "for_day": MONDAY}
        assert refusal(makeups.book, permit, **wanted) == "choose_another"


def make_program_of(kind: str) -> int:
    from openiop.schedule.tests.world import make_program

    return make_program(kind)


def test_a_virtual_makeup_is_offered_where_the_payer_accepts_it(evening_track):
    record, (monday, *_) = evening_track
    miss(monday, record, MONDAY)
    virtual = other_track(mode="virtual", weekdays=(5,))
    found = week(record, now=evening(MONDAY, 210))
    assert [(fit.session, fit.virtual) for fit in found.fitting_makeups] == [
        (sessions_of(virtual)[0], True)
    ]


def test_a_makeup_next_week_is_too_late(evening_track, opened):
    record, (monday, *_) = evening_track
    miss(monday, record, MONDAY)
    later = sessions_of(other_track(weekdays=(1,)))[1]
    with opened("alice", MAKEUP, now=evening(MONDAY, 220)) as permit:
        found = refusal(makeups.book, permit, record=record, session=later, for_day=MONDAY)
    assert found == "choose_another"


def test_the_second_education_makeup_of_three_is_refused(evening_track, opened):
    record, (monday, *_) = evening_track
    miss(monday, record, MONDAY)
    lectures = sessions_of(other_track(blocks=(("education", 60),)))
    with opened("alice", MAKEUP, now=evening(MONDAY, 220)) as permit:
        makeups.book(permit, record=record, session=lectures[0], for_day=MONDAY)
        wanted = {"record": record, "session": lectures[1], "for_day": MONDAY}
        assert refusal(makeups.book, permit, **wanted) == "education"


def test_a_makeup_attended_counts_toward_the_week(evening_track, opened):
    record, (monday, wednesday, friday, *_) = evening_track
    miss(monday, record, MONDAY)
    thursday = sessions_of(other_track())[1]
    with opened("alice", MAKEUP, now=evening(MONDAY, 220)) as permit:
        makeups.book(permit, record=record, session=thursday, for_day=MONDAY)
    for session, day in ((wednesday, WEDNESDAY), (thursday, TODAY + timedelta(days=3)),
                         (friday, FRIDAY)):  # fmt: skip
        attend(session, record, day)
    found = week(record, now=evening(SATURDAY, 400))
    assert found.totals == Totals(540, 540, 540, 3, 3, 3, unrecorded=0)
    assert recorded(thursday, record).makeup is True


# --- decisions and reviews ---


def test_a_decision_stands_until_the_next_one(evening_track, opened):
    record, _ = evening_track
    sunday_after = evening(SATURDAY, 400)
    with opened("alice", DECIDE, now=sunday_after) as permit:
        wanted = {"record": record, "day": MONDAY}
        assert refusal(
            weeks.decide, permit, **wanted, decision=Decision.RELEASED, reason=" "
        ) == "reason"  # fmt: skip
        weeks.decide(permit, **wanted, decision=Decision.HELD, reason="Asked the payer")
        assert week(record, now=sunday_after).state == WeekState.HELD
        weeks.decide(permit, **wanted, decision=Decision.RELEASED, reason="Payer agreed")
    found = week(record, now=sunday_after)
    assert (found.state, found.reason) == (WeekState.DECIDED, "Payer agreed")
    assert found.decision == Decision.RELEASED


def test_an_open_week_can_be_documented_and_nothing_else(evening_track, opened):
    record, (monday, *_) = evening_track
    miss(monday, record, MONDAY)
    with opened("alice", DECIDE, now=evening(MONDAY, 210)) as permit:
        wanted = {"record": record, "day": MONDAY, "reason": "In hospital"}
        assert refusal(weeks.decide, permit, **wanted, decision=Decision.RELEASED) == "open"
        weeks.decide(permit, **wanted, decision=Decision.DOCUMENTED)
    assert week(record, now=evening(MONDAY, 220)).state == WeekState.DECIDED


def test_a_week_that_is_not_short_needs_no_decision(evening_track, opened):
    record, _ = evening_track
    with opened("alice", DECIDE, now=evening(MONDAY, -60)) as permit:
        wanted = {"record": record, "day": MONDAY, "reason": "No"}
        found = refusal(weeks.decide, permit, **wanted, decision=Decision.DOCUMENTED)
        assert found == "not_short"


def test_two_failing_weeks_in_a_row_open_one_level_of_care_task(evening_track):
    record, sessions = evening_track
    for place, session in enumerate(sessions[:6]):
        miss(session, record, TODAY + timedelta(days=[0, 2, 4, 7, 9, 11][place]))
    first, second = (datetime(2026, 11, day, 10, 15, tzinfo=UTC) for day in (29, 30))
    last = datetime(2026, 12, 6, 10, 15, tzinfo=UTC)
    found = []
    for now in (first, second, last, last):
        with as_job("schedule.week.close", now) as permit:
            found.append(weeks.close_weeks(permit))
    assert found == [1, 0, 2, 0]
    kinds = [kind for kind, _ in tasks(record=record) if kind != "no_show"]
    assert sorted(kinds) == ["level_of_care", "short_week"]


def test_weeks_that_ended_while_no_worker_ran_are_closed_once_it_runs_again(evening_track):
    record, sessions = evening_track
    with as_job("schedule.week.close", datetime(2026, 11, 27, 10, 15, tzinfo=UTC)) as permit:
        assert weeks.close_weeks(permit) == 0
    for place, session in enumerate(sessions[:6]):
        miss(session, record, TODAY + timedelta(days=[0, 2, 4, 7, 9, 11][place]))
    found = []
    for day in (8, 9):  # Sunday 29 November and Sunday 6 December were missed
        with as_job("schedule.week.close", datetime(2026, 12, day, 10, 15, tzinfo=UTC)) as permit:
            found.append(weeks.close_weeks(permit))
    assert found == [3, 0]
    kinds = [kind for kind, _ in tasks(record=record) if kind != "no_show"]
    assert sorted(kinds) == ["level_of_care", "short_week"]
    with as_job("schedule.week.close") as permit:
        assert set(WeeksClosed.objects.values_list("clinic", "through")) == {
            (clinic, date(2026, 12, 9)) for clinic in (NORTH, SOUTH, GULF)
        }


def test_a_task_that_was_done_does_not_come_back_with_the_next_morning(evening_track):
    record, sessions = evening_track
    miss(sessions[0], record, MONDAY)
    sunday = datetime(2026, 11, 29, 10, 15, tzinfo=UTC)
    with as_job("schedule.week.close", sunday) as permit:
        assert weeks.close_weeks(permit) == 1
        close_tasks_about(permit, "short_week", ("access_record", record), "Written off")
    for days in (1, 2):
        with as_job("schedule.week.close", sunday + timedelta(days=days)) as permit:
            assert weeks.close_weeks(permit) == 0
    assert [kind for kind, _ in tasks(record=record)] == ["no_show"]


def test_a_documented_week_breaks_the_row(evening_track, opened):
    record, sessions = evening_track
    for place, session in enumerate(sessions[:6]):
        miss(session, record, TODAY + timedelta(days=[0, 2, 4, 7, 9, 11][place]))
    with opened("alice", DECIDE, now=evening(SATURDAY, 400)) as permit:
        weeks.decide(
            permit, record=record, day=MONDAY, decision=Decision.DOCUMENTED, reason="Hospital"
        )
    with as_job("schedule.week.close", datetime(2026, 12, 6, 10, 15, tzinfo=UTC)) as permit:
        weeks.close_weeks(permit)
    assert [kind for kind, _ in tasks(record=record) if kind != "no_show"] == ["short_week"]


def test_deciding_closes_the_task(evening_track, opened):
    record, _ = evening_track
    with as_job("schedule.week.close", datetime(2026, 11, 29, 10, 15, tzinfo=UTC)) as permit:
        weeks.close_weeks(permit)
    assert tasks(record=record) == [("short_week", record)]
    with opened("alice", DECIDE, now=evening(SATURDAY, 900)) as permit:
        weeks.decide(
            permit, record=record, day=MONDAY, decision=Decision.WITHHELD, reason="Not billable"
        )
    assert tasks(record=record) == []


# --- lists, and who sees them ---


def test_the_list_holds_what_lacks_hours_the_mendable_first(network, opened):
    track = make_track()
    fine, late, gone = make_enrolled(track, 3)
    monday = sessions_of(track)[0]
    attend(monday, fine, MONDAY)
    for record in (late, gone):
        miss(monday, record, MONDAY)
    with opened("alice", DECIDE, now=evening(MONDAY, 210)) as permit:
        weeks.decide(
            permit, record=gone, day=MONDAY, decision=Decision.DOCUMENTED, reason="Hospital"
        )
        found = short_weeks(permit, [NORTH], TODAY)
    assert [(each.record, each.state) for each in found] == [
        (late, WeekState.AT_RISK), (gone, WeekState.DECIDED),
    ]  # fmt: skip


def test_alice_and_bob_see_the_week_and_charlie_does_not(evening_track, opened):
    record, _ = evening_track
    for colleague in ("alice", "bob"):
        with opened(colleague, READ, now=evening(MONDAY)) as permit:
            assert week_of(permit, [record], TODAY)[record].scheduled_minutes == 540
    with opened("charlie", READ, now=evening(MONDAY)) as permit:
        assert week_of(permit, [record], TODAY) == {}
        assert short_weeks(permit, [NORTH, SOUTH], TODAY) == []
    with opened("charlie", DECIDE, now=evening(SATURDAY, 400)) as permit:
        wanted = {"record": record, "day": MONDAY, "reason": "No"}
        found = refusal(weeks.decide, permit, **wanted, decision=Decision.HELD)
        assert found == "not_short"
    with opened("charlie", MAKEUP, now=evening(MONDAY)) as permit, pytest.raises(Http404):
        makeups.book(permit, record=record, session=1, for_day=TODAY)


def test_the_front_desk_books_makeups_and_decides_nothing(evening_track, opened):
    with pytest.raises(NotPermitted), opened("fred", DECIDE):
        pass


def test_a_week_costs_the_same_for_one_and_three(network, opened):
    counts = []
    for size, room in ((1, 1), (3, 2)):
        track = make_track(room=room, staff=((room, "lead"),))
        records = make_enrolled(track, size)
        for record in records:
            miss(sessions_of(track)[0], record, MONDAY)
        with opened("dana", READ, now=evening(MONDAY, 210)) as permit:
            counts.append([
                statements(lambda p=permit, r=records: week_of(p, r, TODAY)),
                statements(lambda p=permit, r=records: week_of(p, r, TODAY, makeups=False)),
            ])  # fmt: skip
    assert counts == [[11, 8]] * 2


def statements(action) -> int:
    with CaptureQueriesContext(connection) as captured:
        action()
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


def test_gulf_follows_its_own_clinic(network):
    track = make_track(GULF)
    (record,) = make_enrolled(track)
    found = week(record)
    assert (found.place.clinic, found.place.state) == (GULF, "TX")


def test_refusals_name_the_rule(evening_track, opened):
    record, (monday, wednesday, *_) = evening_track
    miss(monday, record, MONDAY)
    with opened("alice", MAKEUP, now=evening(MONDAY, 220)) as permit, pytest.raises(Refused) as no:
        makeups.book(permit, record=record, session=wednesday, for_day=MONDAY)
    assert no.value.sentence == "This person is expected in this session already."
