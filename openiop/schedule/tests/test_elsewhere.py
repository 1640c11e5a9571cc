"""A make-up at another clinic: the person's own clinic sees it, the other one sees only that."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.http import Http404

from openiop.access.actions import open_record_at, rehome_records
from openiop.access.backend.base import writing
from openiop.access.door import opened_for
from openiop.access.models import RecordBlock
from openiop.config.network_for_tests import IDS, NORTH, SOUTH
from openiop.patients.queries import person
from openiop.schedule.actions import attendance
from openiop.schedule.actions.enrollment import enroll, take_makeup_seat
from openiop.schedule.models import Appointment, Attendance, Seat, Session
from openiop.schedule.queries.attendance import attendance_of, history_of, versions
from openiop.schedule.queries.clashes import Wish, clashes
from openiop.schedule.queries.planned import plans
from openiop.schedule.queries.sessions import session as session_facts
from openiop.schedule.queries.sessions import sessions_on
from openiop.schedule.queries.weeks import week_of
from openiop.schedule.tests.test_attendance import sessions_of
from openiop.schedule.tests.test_weeks import (
    MONDAY,
    SATURDAY,
    attend,
    evening,
    miss,
)
from openiop.schedule.tests.world import (
    TODAY,
    as_job,
    make_enrolled,
    make_episode,
    make_person,
    make_program,
    make_track,
)

READ = "schedule.read"
THURSDAY, TUESDAY = TODAY + timedelta(days=3), TODAY + timedelta(days=1)
A_MONTH = timedelta(days=31)


def as_staff(name: str, act: str = READ, day=SATURDAY):
    return opened_for(IDS.users[name], act, now=evening(day))


@pytest.fixture
def made_up(network):
    """Missed Monday at North, made it up on Tuesday at South; the record, both sessions."""
    program = make_program()
    home = make_track(NORTH, program=program)
    away = make_track(SOUTH, program=program, weekdays=(1, 3, 5), name="South B")
    (record,) = make_enrolled(home)
    make_enrolled(away)
    missed, made = sessions_of(home)[0], sessions_of(away)[0]
    miss(missed, record, MONDAY)
    with as_job("schedule.makeup.write", evening(MONDAY, 300)) as permit:
        take_makeup_seat(permit, record=record, session=made)
    attend(made, record, TUESDAY)
    return record, missed, made


def test_the_own_clinic_sees_the_attendance_of_a_make_up_elsewhere(made_up):
    record, missed, made = made_up
    with as_staff("alice") as permit:
        found = history_of(permit, record, TODAY, TODAY + A_MONTH)
        assert [(each.session, each.status, each.program_minutes, each.track_name)
                for each in found] == [
            (made, "present", 180, "South B"), (missed, "absent", 0, "Evening A"),
        ]  # fmt: skip
        assert [each.status for each in versions(permit, made, record)] == ["present"]


def test_the_other_clinic_sees_its_own_session_and_nothing_else(made_up):
    record, missed, made = made_up
    with as_staff("charlie") as permit:
        assert person(permit, record).record == record
        found = history_of(permit, record, TODAY, TODAY + A_MONTH)
        assert [each.session for each in found] == [made]
        assert set(Attendance.objects.filter(record=record).values_list("session", flat=True)) == {
            made
        }
        assert [each.record for each in attendance_of(permit, [missed])[missed].values()] == []
        assert versions(permit, missed, record) == []
        assert set(Seat.objects.filter(record=record).values_list("clinic", flat=True)) == {SOUTH}


def test_the_own_clinic_sees_nobody_else_of_the_other_clinics_session(made_up):
    record, _missed, made = made_up
    with as_staff("alice") as permit:
        assert set(Seat.objects.filter(clinic=SOUTH).values_list("record", flat=True)) == {record}
        assert list(attendance_of(permit, [made])[made]) == [record]
        with pytest.raises(Http404):
            session_facts(permit, made)
        assert sessions_on(permit, [SOUTH], TUESDAY) == []


def test_a_make_up_elsewhere_counts_in_the_week_wherever_it_is_read(made_up):
    record, _missed, made = made_up
    with as_staff("alice") as permit:
        own = week_of(permit, [record], TODAY, makeups=False)[record]
    with as_job(READ, evening(SATURDAY)) as permit:
        all_over = week_of(permit, [record], TODAY, makeups=False)[record]
    assert replace(own, planned=()) == replace(all_over, planned=())
    assert (own.attended_minutes, own.days_attended, own.place.clinic) == (180, 1, NORTH)
    assert [row.session.id for row in own.planned if row.makeup] == [made]


def test_a_make_up_booked_elsewhere_and_not_held_yet_counts_as_possible(network):
    program = make_program()
    home = make_track(NORTH, program=program)
    away = make_track(SOUTH, program=program, weekdays=(1, 3, 5))
    (record,) = make_enrolled(home)
    miss(sessions_of(home)[0], record, MONDAY)
    with as_job("schedule.makeup.write", evening(MONDAY, 300)) as permit:
        take_makeup_seat(permit, record=record, session=sessions_of(away)[1])
    with as_staff("alice", day=TUESDAY) as permit:
        found = week_of(permit, [record], TODAY, makeups=False)[record]
        assert (found.missing_minutes, found.missing_days) == (0, 0)
        plan = plans(permit, TODAY, TODAY + A_MONTH, records=[record]).by_record[record]
        assert [row.session.clinic for row in plan.sessions if row.makeup] == [SOUTH]


def test_the_own_clinic_sees_the_week_of_somebody_with_a_place_elsewhere(network):
    track = make_track(SOUTH)
    record = make_person(NORTH)
    with as_job("access.record.open_at") as permit:
        open_record_at(permit, record, SOUTH, "enrolled")
    episode = make_episode(record, track)
    with as_job("schedule.enroll") as permit:
        enroll(permit, record=record, track=track, start_on=TODAY, episode=episode)
    attend(sessions_of(track)[0], record, MONDAY)
    for name in ("alice", "charlie"):
        with as_staff(name) as permit:
            found = week_of(permit, [record], TODAY)[record]
            assert (found.place.clinic, found.attended_minutes, found.scheduled_minutes) == (
                SOUTH, 180, 540,
            )  # fmt: skip


def test_a_clash_with_another_clinics_group_names_no_group(made_up):
    record, *_ = made_up
    wish = Wish("record", record, evening(MONDAY, 0), evening(MONDAY, 60))
    with as_staff("charlie") as permit:
        assert [each.held_by for each in clashes(permit, SOUTH, [wish])] == ["another group"]
    with as_staff("alice") as permit:
        assert [each.held_by for each in clashes(permit, NORTH, [wish])] == ["Evening A"]


def test_who_is_blocked_from_a_record_sees_its_make_up_nowhere(made_up):
    record, _missed, made = made_up
    with as_job("access.record.block") as permit, writing():
        RecordBlock.objects.create(
            organization_id=1, record_id=record, user_id=IDS.users["alice"], reason="kin",
            set_by_id=IDS.staff["paula"], set_at=permit.now,
        )  # fmt: skip
    with as_staff("alice") as permit:
        assert history_of(permit, record, TODAY, TODAY + A_MONTH) == []
        assert list(Seat.objects.filter(session=made)) == []
    with as_staff("bob") as permit:
        assert len(history_of(permit, record, TODAY, TODAY + A_MONTH)) == 2


def test_a_third_clinic_sees_nothing_of_it(made_up):
    record, *_ = made_up
    with as_staff("tess") as permit:
        assert history_of(permit, record, TODAY, TODAY + A_MONTH) == []
        assert list(Seat.objects.all()) == []


def test_the_own_clinic_reads_and_does_not_write_what_another_recorded(made_up):
    record, _missed, made = made_up
    with as_staff("alice", "schedule.attendance.correct") as permit:
        with writing():
            assert Attendance.objects.filter(session=made).update(minutes=1) == 0
            assert Seat.objects.filter(session=made).update(number=9) == 0
            assert Session.objects.filter(pk=made).update(topic="Other") == 0
            assert Session.objects.filter(pk=made)._raw_delete("default") == 0
        with pytest.raises(Http404):
            attendance.undo(permit, made, record)
        with (
            pytest.raises(ProgrammingError, match="row-level security"), writing(),
            transaction.atomic(),
        ):  # fmt: skip
            Appointment.objects.create(
                organization_id=1, clinic_id=SOUTH, record_id=record, kind="nurse", staff_id=3,
                starts_at=permit.now, ends_at=permit.now + timedelta(minutes=20),
            )  # fmt: skip


def test_a_guest_who_stays_is_seen_whole(made_up):
    record, missed, made = made_up
    with as_job("access.record.open_at") as permit:
        open_record_at(permit, record, SOUTH, "make-up", guest=True)
        open_record_at(permit, record, SOUTH, "enrolled")
    with as_staff("charlie") as permit:
        found = history_of(permit, record, TODAY, TODAY + A_MONTH)
        assert [each.session for each in found] == [made, missed]
    with as_job("access.record.open_at") as permit:
        open_record_at(permit, record, SOUTH, "make-up", guest=True)
    with as_staff("charlie") as permit:
        assert len(history_of(permit, record, TODAY, TODAY + A_MONTH)) == 2


def test_a_record_that_moves_to_the_clinic_it_was_a_guest_at_is_at_home_there(made_up):
    record, missed, made = made_up
    with as_job("access.record.open_at") as permit:
        rehome_records(permit, [record], SOUTH, "transfer")
    with as_staff("charlie") as permit:
        found = history_of(permit, record, TODAY, TODAY + A_MONTH)
        assert [each.session for each in found] == [made, missed]
