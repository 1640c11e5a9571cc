"""Marking who came: one row a person, minutes, flags, tasks, corrections."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from openiop.access import door
from openiop.access.backend.base import writing
from openiop.config.network_for_tests import GULF, NORTH, SOUTH
from openiop.kernel.permits import NotPermitted, Refused
from openiop.messaging.queries.tasks import open_tasks
from openiop.schedule.actions import attendance
from openiop.schedule.actions.marking import Mark
from openiop.schedule.queries.attendance import (
    attendance_of,
    history_of,
    last_times,
    versions,
)
from openiop.schedule.queries.sessions import session as session_facts
from openiop.schedule.queries.sessions import sessions_between
from openiop.schedule.queries.sheet import listed, sheet
from openiop.schedule.rules.attendance import Status
from openiop.schedule.tests.world import TODAY, as_job, make_enrolled, make_person, make_track

WRITE, CORRECT = "schedule.attendance.write", "schedule.attendance.correct"
START = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # Monday 23 Nov, 18:00 in Chicago
END = START + timedelta(minutes=200)
NEXT_DAY = START + timedelta(hours=15)
WEDNESDAY = START + timedelta(days=2)


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def sessions_of(track: int) -> list[int]:
    with as_job("schedule.read") as permit:
        found = sessions_between(permit, permit.clinics, TODAY, date(2027, 1, 1))
        return [one.id for one in found if one.track == track]


@pytest.fixture
def group(network):
    """An evening track at North with four people, and its session of today."""
    track = make_track()
    return sessions_of(track)[0], make_enrolled(track, 4)


def recorded(session: int, record: int):
    with as_job("schedule.read") as permit:
        return attendance_of(permit, [session])[session].get(record)


def tasks(**wanted):
    with as_job("messaging.task.read") as permit:
        return [(task.kind, task.record) for task in open_tasks(permit, **wanted)]


def refusal(action, *args, **kwargs) -> str:
    with pytest.raises(Refused) as no:
        action(*args, **kwargs)
    return no.value.code


def keep_apart(one: int, other: int) -> None:
    from openiop.patients.models import KeepApart

    with as_job("patients.apart.write") as permit, writing():
        first, second = sorted([one, other])
        KeepApart.objects.create(
            organization_id=1, one_id=first, other_id=second, reason="violence", set_at=permit.now
        )


# --- arriving ---


def test_nobody_has_minutes_before_somebody_attests_them(group, opened):
    with opened("alice", "schedule.read", now=after(30)) as permit:
        page = sheet(permit, session_facts(permit, group[0]))
        assert [row.marked for row in page.rows] == [None] * 4
        assert (page.left, page.present) == (4, 0)


def test_an_arrival_at_the_door_is_one_row_with_its_minutes(group, opened):
    session, (maria, *_) = group
    with opened("fred", WRITE, now=after(-5)) as permit:
        attendance.arrive(permit, session, maria, method="door")
    row = recorded(session, maria)
    assert (row.status, row.method, row.arrived_at) == ("present", "door", after(-5))
    assert (row.minutes, row.block_minutes, row.late) == (180, (90, 0, 60, 0, 30), 0)
    assert row.chargeable is True


def test_a_late_arrival_counts_from_the_time_given(group, opened):
    session, (maria, *_) = group
    with opened("alice", WRITE, now=after(60)) as permit:
        attendance.arrive(permit, session, maria, at=after(20))
    row = recorded(session, maria)
    assert (row.minutes, row.block_minutes, row.late) == (160, (70, 0, 60, 0, 30), 20)


def test_marking_again_changes_nothing_and_a_time_sets_it_right(group, opened):
    session, (maria, *_) = group
    with opened("alice", WRITE, now=after(10)) as permit:
        first = attendance.arrive(permit, session, maria)
    with opened("bob", WRITE, now=after(50)) as permit:
        assert attendance.arrive(permit, session, maria) == first
    assert recorded(session, maria).late == 10
    with opened("bob", WRITE, now=after(51)) as permit:
        assert attendance.arrive(permit, session, maria, at=after(-3)) == first
    assert recorded(session, maria).late == 0


def test_everyone_is_here_in_one_act_and_leaves_marks_alone(group, opened):
    session, (maria, jose, ana, lee) = group
    with opened("alice", WRITE, now=after(30)) as permit:
        attendance.arrive(permit, session, jose, at=after(15))
        attendance.mark_absent(permit, session, ana, reason="In court", excused=True)
        assert attendance.arrive_all(permit, session) == [maria, lee]
        assert attendance.arrive_all(permit, session) == []
    assert [recorded(session, one).minutes for one in (maria, jose, ana, lee)] == [180, 165, 0, 180]
    assert recorded(session, maria).arrived_at == START


def test_everyone_may_be_here_as_of_now(group, opened):
    session, (maria, *_) = group
    with opened("alice", WRITE, now=after(30)) as permit:
        attendance.arrive_all(permit, session, from_start=False)
    assert recorded(session, maria).late == 30


def test_leaving_early_takes_the_minutes_after(group, opened):
    session, (maria, jose, *_) = group
    with opened("alice", WRITE, now=after(120)) as permit:
        attendance.arrive(permit, session, maria, from_start=True)
        attendance.leave(permit, session, maria)
        assert refusal(attendance.leave, permit, session, jose) == "not_here"
    row = recorded(session, maria)
    assert (row.minutes, row.left_at, row.left_early) == (110, after(120), 80)


def test_setting_the_arrival_right_keeps_when_somebody_left(group, opened):
    session, (maria, *_) = group
    with opened("alice", WRITE, now=after(120)) as permit:
        attendance.arrive(permit, session, maria, at=after(30), virtual=True)
        attendance.leave(permit, session, maria, after(60))
        attendance.arrive(permit, session, maria, at=after(10))
        assert refusal(attendance.arrive, permit, session, maria, at=after(60)) == "left_first"
    row = recorded(session, maria)
    assert (row.minutes, row.left_at, row.virtual) == (50, after(60), True)


@pytest.mark.parametrize(
    ("now", "options", "code"),
    [
        (after(-2000), {}, "not_yet"),
        (after(30), {"at": after(31)}, "future"),
        (after(30), {"at": after(-121)}, "outside"),
        (after(250), {"at": after(200)}, "outside"),
        (after(250), {}, "over"),
        (NEXT_DAY, {"from_start": True}, "day_over"),
    ],
)
def test_an_arrival_lies_on_its_day_and_in_the_session(group, opened, now, options, code):
    session, (maria, *_) = group
    with opened("alice", WRITE, now=now) as permit:
        assert refusal(attendance.arrive, permit, session, maria, **options) == code
    assert recorded(session, maria) is None


def test_who_has_no_seat_is_not_marked_by_accident(group, opened):
    session, _ = group
    stranger = make_person()
    with opened("alice", WRITE, now=after(1)) as permit:
        assert refusal(attendance.arrive, permit, session, stranger) == "no_seat"


def test_a_virtual_arrival_says_so(group, opened):
    session, (maria, jose, *_) = group
    with opened("alice", WRITE, now=after(0)) as permit:
        attendance.arrive(permit, session, maria, virtual=True)
        attendance.arrive(permit, session, jose)
    assert [recorded(session, one).virtual for one in (maria, jose)] == [True, False]


def test_twenty_who_press_present_at_once_leave_one_row(own_database, network):
    track = make_track()
    session, (maria, *_) = sessions_of(track)[0], make_enrolled(track, 2)
    together, found, errors = Barrier(20), [], []

    def press() -> None:
        try:
            with door.opened_for(1, WRITE, now=after(5)) as permit:
                together.wait(30)
                found.append(attendance.arrive(permit, session, maria))
        except Exception as error:  # a thread's error must reach the test
            errors.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(found) == 20
    assert len(set(found)) == 1
    assert recorded(session, maria).late == 5


# --- not here ---


def test_a_no_show_opens_one_follow_up_task(group, opened):
    session, (maria, *_) = group
    with opened("alice", WRITE, now=after(45)) as permit:
        attendance.mark_absent(permit, session, maria)
        attendance.mark_absent(permit, session, maria)
    assert (recorded(session, maria).status, recorded(session, maria).minutes) == ("absent", 0)
    assert tasks(record=maria) == [("no_show", maria)]


def test_coming_after_all_closes_the_follow_up_task(group, opened):
    session, (maria, *_) = group
    with opened("alice", WRITE, now=after(45)) as permit:
        attendance.mark_absent(permit, session, maria)
        attendance.arrive(permit, session, maria)
    assert recorded(session, maria).late == 45
    assert tasks(record=maria) == []


def test_an_excuse_may_come_before_and_needs_a_reason_but_no_task(group, opened):
    session, (maria, jose, *_) = group
    with opened("fred", WRITE, now=after(-600)) as permit:
        assert refusal(attendance.mark_absent, permit, session, maria, excused=True) == "reason"
        assert refusal(attendance.mark_absent, permit, session, jose) == "not_begun"
        attendance.mark_absent(permit, session, maria, excused=True, reason=" Doctor ")
    row = recorded(session, maria)
    assert (row.status, row.reason, row.minutes) == ("excused", "Doctor", 0)
    assert tasks(record=maria) == []


def test_came_and_could_not_take_part_is_no_no_show_and_has_no_minutes(group, opened):
    session, (maria, *_) = group
    with opened("alice", WRITE, now=after(10)) as permit:
        assert refusal(attendance.mark_unable, permit, session, maria, reason="") == "reason"
        attendance.mark_unable(
            permit, session, maria, reason="Unwell", steps=["ride", "private_room", "party"]
        )
    row = recorded(session, maria)
    assert (row.status, row.minutes, row.arrived_at) == ("unable", 0, after(10))
    assert (row.steps, row.reason, row.came) == (("private_room", "ride"), "Unwell", False)
    assert tasks(record=maria) == [("unable_follow_up", maria)]


def test_closing_makes_the_rest_absent_and_is_safe_to_repeat(group, opened):
    session, (maria, jose, ana, lee) = group
    with opened("alice", WRITE, now=after(190)) as permit:
        attendance.arrive(permit, session, maria, from_start=True)
        attendance.mark_absent(permit, session, jose, reason="Work", excused=True)
        assert attendance.close_attendance(permit, session).absent == (ana, lee)
        assert attendance.close_attendance(permit, session).absent == ()
        assert session_facts(permit, session).attendance_closed_at == after(190)
    assert sorted(tasks(kinds=["no_show"])) == [("no_show", ana), ("no_show", lee)]


def test_attendance_closes_after_the_start_and_opens_again_the_same_day(group, opened):
    session, _ = group
    with opened("alice", WRITE, now=after(-1)) as permit:
        assert refusal(attendance.close_attendance, permit, session) == "not_begun"
    with opened("alice", WRITE, now=after(199)) as permit:
        attendance.close_attendance(permit, session)
        attendance.reopen(permit, session)
        assert session_facts(permit, session).attendance_closed_at is None
    with opened("alice", WRITE, now=NEXT_DAY) as permit:
        assert attendance.close_attendance(permit, session).absent == ()
        assert refusal(attendance.reopen, permit, session) == "day_over"


# --- slips and corrections ---


def test_a_slip_is_taken_back_the_same_day_and_nothing_is_left(group, opened):
    session, (maria, *_) = group
    with opened("alice", WRITE, now=after(30)) as permit:
        attendance.mark_absent(permit, session, maria)
        attendance.undo(permit, session, maria)
        attendance.undo(permit, session, maria)
    assert recorded(session, maria) is None
    assert tasks(record=maria) == []


def test_the_next_day_a_mark_is_corrected_not_undone(group, opened):
    session, (maria, *_) = group
    with opened("alice", WRITE, now=after(30)) as permit:
        attendance.mark_absent(permit, session, maria)
    here = Mark(Status.PRESENT, after(25), after(180))
    with opened("alice", CORRECT, now=NEXT_DAY) as permit:
        assert refusal(attendance.undo, permit, session, maria) == "day_over"
        assert refusal(attendance.mark_absent, permit, session, maria) == "day_over"
        assert refusal(attendance.correct, permit, session, maria, here, " ") == "why"
        attendance.correct(permit, session, maria, here, "Sat behind the pillar")
        both = versions(permit, session, maria)
    row = recorded(session, maria)
    assert (row.status, row.minutes, row.correction) == ("present", 135, "Sat behind the pillar")
    assert [(each.status, each.minutes, each.correction, each.recorded_by) for each in both] == [
        ("absent", 0, "", "Alice Adams"),
        ("present", 135, "Sat behind the pillar", "Alice Adams"),
    ]
    assert [each.recorded_at for each in both] == [after(30), NEXT_DAY]


def test_a_correction_without_a_time_means_from_the_start(group, opened):
    session, (maria, *_) = group
    with opened("alice", CORRECT, now=NEXT_DAY) as permit:
        attendance.correct(permit, session, maria, Mark(Status.PRESENT), "Forgotten")
    assert recorded(session, maria).minutes == 180


def test_a_correction_keeps_times_in_order(group, opened):
    session, (maria, *_) = group
    with opened("alice", CORRECT, now=NEXT_DAY) as permit:
        wrong = Mark(Status.PRESENT, after(90), after(90))
        assert refusal(attendance.correct, permit, session, maria, wrong, "Slip") == "left_first"
        early = Mark(Status.PRESENT, after(-300))
        assert refusal(attendance.correct, permit, session, maria, early, "Slip") == "outside"


def test_a_cancelled_session_takes_no_marks(group, opened):
    from openiop.schedule.models import Session

    session, (maria, *_) = group
    with as_job(WRITE), writing():
        Session.objects.filter(pk=session).update(status="cancelled")
    with opened("alice", WRITE, now=after(5)) as permit:
        assert refusal(attendance.arrive, permit, session, maria) == "cancelled"


# --- more people than planned ---


def walk_in(opened, session: int, record: int, minutes: float = 5, who: str = "alice") -> None:
    with opened(who, WRITE, now=after(minutes)) as permit:
        attendance.walk_in(permit, session, record)


def test_a_walk_in_takes_a_makeup_seat(group, opened):
    session, _ = group
    other = make_track(room=2, staff=((2, "lead"),), weekdays=(1, 3))
    (guest,) = make_enrolled(other)
    walk_in(opened, session, guest)
    row = recorded(session, guest)
    assert (row.status, row.makeup, row.flags, row.late) == ("present", True, (), 5)
    assert tasks(kinds=["attendance_review"]) == []


def test_a_walk_in_to_a_full_group_is_recorded_flagged_and_reviewed(network, opened):
    track = make_track(blocks=(("counseling", 180),))
    session = sessions_of(track)[0]
    people = make_enrolled(track, 11)
    guest = make_person()
    with opened("alice", WRITE, now=after(1)) as permit:
        attendance.arrive_all(permit, session)
    walk_in(opened, session, guest)
    row = recorded(session, guest)
    assert (row.minutes, row.flags, row.chargeable) == (175, ("no_seat",), False)
    assert tasks(kinds=["attendance_review"]) == [("attendance_review", guest)]
    assert [recorded(session, one).flags for one in people] == [()] * 11


def test_the_seventeenth_in_a_texas_group_is_recorded_and_kept_from_charges(network, opened):
    track = make_track(GULF, blocks=(("counseling", 180),))
    session = sessions_of(track)[0]
    make_enrolled(track, 11)
    guests = [make_person(GULF) for _ in range(6)]
    with opened("tess", WRITE, now=after(1)) as permit:
        attendance.arrive_all(permit, session)
    for place, guest in enumerate(guests):
        walk_in(opened, session, guest, 2 + place, "tess")
    assert [recorded(session, one).flags for one in guests] == [
        *[("no_seat",)] * 5, ("over_cap", "no_seat"),
    ]  # fmt: skip
    assert recorded(session, guests[5]).minutes == 173
    with opened("tess", WRITE, now=after(30)) as permit:
        attendance.undo(permit, session, guests[0])
    assert recorded(session, guests[5]).flags == ("no_seat",)
    assert len(tasks(kinds=["attendance_review"])) == 5


def test_a_person_kept_apart_is_sent_elsewhere_without_a_reason(group, opened):
    session, (maria, *_) = group
    guest = make_person()
    keep_apart(guest, maria)
    with opened("fred", WRITE, now=after(5)) as permit, pytest.raises(Refused) as no:
        attendance.walk_in(permit, session, guest)
    assert (no.value.code, no.value.next_step) == ("choose_another", "Choose another.")
    assert recorded(session, guest) is None


def test_a_person_kept_apart_from_one_without_a_seat_is_sent_elsewhere_too(network, opened):
    track = make_track(blocks=(("counseling", 180),))
    session = sessions_of(track)[0]
    make_enrolled(track, 11)
    first, second = make_person(), make_person()
    keep_apart(first, second)
    walk_in(opened, session, first)
    with opened("alice", WRITE, now=after(6)) as permit:
        assert refusal(attendance.walk_in, permit, session, second) == "choose_another"


def test_a_person_of_another_clinic_is_not_found_here(group, opened):
    session, _ = group
    elsewhere = make_person(SOUTH)
    with opened("alice", WRITE, now=after(5)) as permit, pytest.raises(Http404):
        attendance.walk_in(permit, session, elsewhere)


def test_guests_need_their_forms_and_the_persons_consent(group, opened):
    session, (maria, *_) = group
    with opened("alice", WRITE, now=after(5)) as permit:
        for forms_signed, consented in ((False, True), (True, False)):
            code = refusal(
                attendance.record_guests, permit, session, maria, count=2,
                forms_signed=forms_signed, consented=consented,
            )  # fmt: skip
            assert code == "guest_forms"
        for count in (2, 3):
            attendance.record_guests(
                permit, session, maria, count=count, forms_signed=True, consented=True
            )
        found = listed(permit, session_facts(permit, session))
        assert [(line.record, line.guests) for line in found if line.guests] == [(maria, 3)]


# --- by code ---


def check_in(session: int, now: datetime = START, **entry) -> bool:
    with as_job("schedule.arrive", now) as permit:
        return attendance.check_in(permit, session, **entry)


def test_a_person_checks_in_by_record_number_or_birth_date_and_initials(network, opened):
    track = make_track()
    session = sessions_of(track)[0]
    maria, jose = make_enrolled(track, 2)
    with as_job("schedule.read") as permit:
        number = session_number(permit, session, maria)
    assert check_in(session, after(-30), number=number) is True
    assert check_in(session, after(4), number=number) is True
    row = recorded(session, maria)
    assert (row.method, row.arrived_at, row.minutes) == ("qr", after(-30), 180)
    assert check_in(session, number="00000000") is False
    assert check_in(session) is False
    assert recorded(session, jose) is None


def session_number(permit, session: int, record: int) -> str:
    page = sheet(permit, session_facts(permit, session))
    return next(row.number for row in page.rows if row.record == record)


def test_two_people_with_the_same_birth_date_and_initials_go_to_the_desk(network):
    from openiop.programs.queries import track as track_facts
    from openiop.schedule.actions.enrollment import enroll
    from openiop.schedule.tests.world import make_episode

    track = make_track()
    session = sessions_of(track)[0]
    born = date(1990, 2, 28)
    people = [
        make_person(legal_first=first, legal_last=last, birth_on=born)
        for first, last in (("Ana", "Ruiz"), ("Amy", "Reed"), ("José", "Ortiz"))
    ]
    with as_job("programs.read") as permit:
        assert track_facts(permit, track).clinic == NORTH
    for record in people:
        episode = make_episode(record, track)
        with as_job("schedule.enroll") as permit:
            enroll(permit, record=record, track=track, start_on=TODAY, episode=episode)
    assert check_in(session, birth_on=born, initials="AR") is False
    assert check_in(session, birth_on=born, initials="j.o.") is True
    assert check_in(session, birth_on=date(1990, 3, 1), initials="JO") is False
    assert [recorded(session, one) is None for one in people] == [True, True, False]


def test_check_in_opens_two_hours_before_and_ends_with_the_session(network):
    track = make_track()
    session, (maria,) = sessions_of(track)[0], make_enrolled(track, 1)
    with as_job("schedule.read") as permit:
        number = session_number(permit, session, maria)
    assert check_in(session, after(-121), number=number) is False
    assert check_in(session, END, number=number) is False
    assert check_in(session, after(-120), number=number) is True


def test_a_person_taken_out_of_the_group_is_let_in_by_the_staff(network, opened):
    track = make_track()
    session, (maria,) = sessions_of(track)[0], make_enrolled(track, 1)
    with opened("alice", WRITE, now=after(1)) as permit:
        number = session_number(permit, session, maria)
        attendance.mark_unable(permit, session, maria, reason="Unwell")
    assert check_in(session, after(9), number=number) is False
    assert recorded(session, maria).status == "unable"


# --- who may, and at what price ---


def test_another_clinic_and_another_organization_find_no_session(group, opened):
    session, (maria, *_) = group
    for stranger in ("charlie", "riva"):
        with opened(stranger, WRITE, now=after(5)) as permit, pytest.raises(Http404):
            attendance.arrive(permit, session, maria)
    with opened("bob", WRITE, now=after(5)) as permit:
        attendance.arrive(permit, session, maria)
    with opened("charlie", "schedule.read") as permit:
        assert attendance_of(permit, [session]) == {session: {}}


def test_a_biller_may_look_and_not_mark(group, opened):
    with pytest.raises(NotPermitted), opened("adam", WRITE):
        pass


def test_a_person_closed_to_a_colleague_is_left_to_others(group, opened):
    from openiop.access.models import RecordBlock

    session, (maria, *_) = group
    with as_job("access.record.block") as permit, writing():
        RecordBlock.objects.create(
            organization_id=1, record_id=maria, user_id=2, reason="kin", set_by_id=1,
            set_at=permit.now,
        )  # fmt: skip
    with opened("bob", WRITE, now=after(5)) as permit:
        assert maria not in attendance.arrive_all(permit, session)
        assert attendance.close_attendance(permit, session).left == 1
        with pytest.raises(Http404):
            attendance.arrive(permit, session, maria)
        page = sheet(permit, session_facts(permit, session))
        hidden = [row for row in page.rows if row.person is None]
        assert [(row.record, row.number, row.marked) for row in hidden] == [(maria, "", None)]
        assert page.left == 0
    assert recorded(session, maria) is None


def statements(action) -> int:
    with CaptureQueriesContext(connection) as captured:
        action()
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


def one_day_group(size: int) -> tuple[int, list[int]]:
    """A session of today in a room and with a colleague of its own, and so many people."""
    other = size > 1
    track = make_track(weekdays=(0,), room=2 if other else 1, staff=((1 + other, "lead"),))
    return sessions_of(track)[0], make_enrolled(track, size)


def test_one_arrival_and_a_full_room_cost_the_same_few_statements(network, opened):
    counts = []
    for size in (1, 3):
        session, people = one_day_group(size)

        def one(session=session, record=people[0]) -> None:
            with opened("alice", WRITE, now=after(1)) as permit:
                attendance.arrive(permit, session, record)

        def everyone(session=session) -> None:
            with opened("alice", WRITE, now=after(2)) as permit:
                attendance.arrive_all(permit, session)

        def close(session=session) -> None:
            with opened("alice", WRITE, now=after(3)) as permit:
                attendance.close_attendance(permit, session)

        counts.append([statements(one)])
        with opened("alice", WRITE, now=after(2)) as permit:
            attendance.undo(permit, session, people[0])
        counts[-1].append(statements(everyone))
        with opened("alice", WRITE, now=after(2)) as permit:
            for record in people:
                attendance.undo(permit, session, record)
        counts[-1].append(statements(close))
    assert counts == [[7, 7, 10]] * 2


def test_the_sheet_costs_the_same_for_one_and_three(network, opened):
    counts = set()
    for size in (1, 3):
        session, _ = one_day_group(size)
        with opened("alice", "schedule.read", now=after(1)) as permit:
            place = session_facts(permit, session)
            counts.add(statements(lambda permit=permit, place=place: sheet(permit, place)))
    assert counts == {2}


# --- looking back ---


def test_the_sheet_says_who_is_new_and_who_missed_last_time(group, opened):
    session, (maria, jose, ana, lee) = group
    with opened("alice", WRITE, now=after(190)) as permit:
        for one in (maria, jose):
            attendance.arrive(permit, session, one, from_start=True)
        attendance.mark_absent(permit, session, ana, excused=True, reason="Court")
    with as_job("schedule.read") as permit:
        track = session_facts(permit, session).track
    later = sessions_of(track)[1]
    with opened("alice", "schedule.read", now=WEDNESDAY) as permit:
        page = sheet(permit, session_facts(permit, later))
        assert {row.record: (row.new, row.missed_last) for row in page.rows} == {
            maria: (False, False), jose: (False, False), ana: (False, True), lee: (True, False),
        }  # fmt: skip
        assert last_times(permit, [session, later]) == {
            session: {}, later: {maria: "present", jose: "present", ana: "excused"},
        }  # fmt: skip


def test_history_is_a_persons_own_newest_first(group, opened):
    session, (maria, jose, *_) = group
    with as_job("schedule.read") as permit:
        later = sessions_of(session_facts(permit, session).track)[1]
    for one, when in ((session, after(30)), (later, WEDNESDAY)):
        with opened("alice", WRITE, now=when) as permit:
            attendance.arrive_all(permit, one)
    with opened("bob", "schedule.read") as permit:
        found = history_of(permit, maria, TODAY, TODAY + timedelta(days=7))
        assert [(row.session, row.on, row.minutes, row.worth) for row in found] == [
            (later, date(2026, 11, 25), 180, 180), (session, TODAY, 180, 180),
        ]  # fmt: skip
        assert [row.session for row in history_of(permit, jose, TODAY, date(2026, 11, 25))] == [
            session
        ]
