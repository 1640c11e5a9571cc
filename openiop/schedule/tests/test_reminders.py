"""Reminders follow the schedule as it is: once each, only where it is safe, never of what moved."""

from datetime import datetime, time, timedelta
from functools import partial

import pytest

from openiop.access.backend.base import writing
from openiop.kernel.days import local
from openiop.messaging import jobs as messaging_jobs
from openiop.messaging.actions import (
    add_contact,
    add_contact_point,
    change_contact_point,
    drop_message,
)
from openiop.messaging.actions.reminding import choose_reminders
from openiop.messaging.models import OutboxMessage, TextStop
from openiop.patients.models import Patient
from openiop.schedule.actions.appointments import book, cancel
from openiop.schedule.actions.enrollment import enroll
from openiop.schedule.actions.moving import Move, move, undo
from openiop.schedule.actions.reminders import queue_reminders
from openiop.schedule.models import Seat, Session
from openiop.schedule.queries.reminders import coming, still_stands
from openiop.schedule.tests.world import (
    NORTH,
    NOW,
    TODAY,
    as_job,
    make_episode,
    make_person,
    make_track,
)

CHICAGO = "America/Chicago"
ALICE = 1
SENT: list[str] = []


def keep(letter, handing):
    """A sender that remembers."""
    SENT.append(letter.body)


@pytest.fixture(autouse=True)
def remembering(settings, network):
    SENT.clear()
    name = f"{__name__}.keep"
    settings.OUTBOX_SENDERS = {"text": name, "email": name}


def reachable(value: str = "(312) 555-0142", kind: str = "phone", clinic: int = NORTH, **facts):
    """Somebody new who may be texted, or e-mailed; the record, and the point."""
    record = make_person(clinic, **facts)
    safe = {"safe_to_text": True} if kind == "phone" else {"safe_to_leave_message": True}
    with as_job("messaging.contact.write") as permit:
        own = add_contact(permit, record=record, clinic=clinic, name="", relationship="self")
        point = add_contact_point(permit, contact=own, kind=kind, value=value, **safe)
    return record, point


def tomorrow_at(hour: int, minute: int = 0) -> datetime:
    return local(TODAY + timedelta(days=1), time(hour, minute), CHICAGO)


def visit(record: int, starts_at: datetime, **facts) -> int:
    with as_job("schedule.appointment.write") as permit:
        return book(
            permit, record=record, clinic=NORTH, kind="individual", staff=ALICE, room=2,
            starts_at=starts_at, minutes=50, **facts,
        )  # fmt: skip


def seat(record: int, track: int) -> None:
    episode = make_episode(record, track)
    with as_job("schedule.enroll") as permit:
        enroll(permit, record=record, track=track, start_on=TODAY, episode=episode)


def remind(now: datetime = NOW) -> int:
    with as_job("schedule.remind", now) as permit:
        return queue_reminders(permit)


def deliver(now: datetime = NOW) -> None:
    opening = partial(as_job, "messaging.outbox.send", now)
    while True:
        with opening() as permit:
            after = messaging_jobs.send_outbox(permit)
            if not permit.trail:
                return
        if after:
            after(opening)


def rows() -> list[tuple]:
    with as_job("messaging.outbox.read"):
        found = OutboxMessage.objects.order_by("id")
        return list(found.values_list("state", "channel", "to", "send_after"))


def test_a_visit_tomorrow_is_reminded_of_once_a_day_before():
    record, _point = reachable()
    visit(record, tomorrow_at(13))
    assert [remind(), remind(), remind(NOW + timedelta(minutes=15))] == [1, 1, 1]
    assert rows() == [("queued", "text", "(312) 555-0142", tomorrow_at(13) - timedelta(days=1))]
    deliver(NOW)
    assert SENT == []
    deliver(NOW + timedelta(hours=1))
    deliver(NOW + timedelta(hours=1))
    assert SENT == [
        "Reminder: your appointment is on Tue, Nov 24, 1:00 PM. Questions: +13125550101. "
        "Text STOP to end these texts."
    ]


def test_it_is_reminded_of_again_two_hours_before():
    record, _point = reachable()
    visit(record, tomorrow_at(13))
    remind()
    assert remind(tomorrow_at(10)) == 1
    assert [row[3] for row in rows()] == [
        tomorrow_at(13) - timedelta(hours=24), tomorrow_at(13) - timedelta(hours=2),
    ]  # fmt: skip


def test_the_words_say_nothing_of_care_in_either_language():
    record, _point = reachable(languages=["es", "en"], legal_first="Rosalinda")
    visit(record, tomorrow_at(13))
    remind()
    with as_job("messaging.outbox.read"):
        (row,) = OutboxMessage.objects.all()
    assert row.body == (
        "Recordatorio: su cita es el mar 24 Nov, 1:00 PM. Preguntas: +13125550101. "
        "Escriba STOP para no recibir más mensajes."
    )
    assert row.subject == "Su cita"
    said = f"{row.subject} {row.body}".lower()
    told = [word for word in ("rosa", "north", "iop", "therapy", "program") if word in said]
    assert told == []


def test_a_group_session_reminds_those_enrolled_and_says_by_video_when_it_is():
    track = make_track(mode="virtual")
    record, _point = reachable()
    seat(record, track)
    monday = local(TODAY, time(18), CHICAGO)
    assert remind(monday - timedelta(hours=3)) == 1
    deliver(monday - timedelta(hours=2))
    assert SENT == [
        "Reminder: your appointment by video is on Mon, Nov 23, 6:00 PM. Questions: +13125550101. "
        "Text STOP to end these texts."
    ]


def test_a_seat_that_was_given_up_and_a_session_that_is_off_remind_nobody():
    track = make_track()
    record, _point = reachable()
    seat(record, track)
    at = local(TODAY, time(18), CHICAGO) - timedelta(hours=3)
    assert remind(at) == 1
    with as_job("schedule.session.write"), writing():
        Session.objects.filter(on=TODAY).update(status="cancelled")
    assert remind(at) == 0
    assert [row[0] for row in rows()] == ["dropped"]
    with as_job("schedule.session.write"), writing():
        Session.objects.filter(on=TODAY).update(status="scheduled")
    assert remind(at) == 1
    assert [row[0] for row in rows()] == ["queued"]
    with as_job("schedule.session.write"), writing():
        Seat.objects.update(released_at=NOW)
    deliver(at + timedelta(hours=1))
    assert (SENT, [row[0] for row in rows()]) == ([], ["dropped"])


def test_a_visit_moved_between_queueing_and_sending_is_not_reminded_of_at_the_old_time():
    record, _point = reachable()
    booked = visit(record, tomorrow_at(13))
    remind()
    with as_job("schedule.appointment.write") as permit:
        move(permit, [Move(booked, tomorrow_at(14), ALICE, 2)])
    deliver(NOW + timedelta(hours=1))
    assert (SENT, [row[0] for row in rows()]) == ([], ["dropped"])
    remind()
    assert [(row[0], row[3]) for row in rows()] == [
        ("dropped", tomorrow_at(13) - timedelta(days=1)),
        ("queued", tomorrow_at(14) - timedelta(days=1)),
    ]


def test_a_move_that_is_undone_brings_the_first_reminder_back():
    record, _point = reachable()
    booked = visit(record, tomorrow_at(13))
    remind()
    with as_job("schedule.appointment.write") as permit:
        batch = move(permit, [Move(booked, tomorrow_at(14), ALICE, 2)])
    remind()
    with as_job("schedule.appointment.write") as permit:
        undo(permit, batch)
    remind()
    assert [row[0] for row in rows()] == ["queued", "dropped"]
    deliver(NOW + timedelta(hours=2))
    assert len(SENT) == 1


def test_a_cancelled_visit_is_not_reminded_of():
    record, _point = reachable()
    booked = visit(record, tomorrow_at(13))
    remind()
    with as_job("schedule.appointment.write") as permit:
        cancel(permit, booked, reason="Asked to")
    deliver(NOW + timedelta(hours=1))
    assert (SENT, [row[0] for row in rows()]) == ([], ["dropped"])


def test_what_somebody_dropped_by_hand_stays_dropped(opened):
    record, _point = reachable()
    visit(record, tomorrow_at(13))
    remind()
    with as_job("messaging.outbox.read"):
        row = OutboxMessage.objects.get().id
    with opened("dana", "messaging.outbox.retry", now=NOW) as permit:
        drop_message(permit, row)
    remind()
    assert [each[0] for each in rows()] == ["dropped"]


def test_e_mail_where_no_text_is_safe_and_nothing_where_nothing_is():
    mailed, _point = reachable("maria@example.org", "email")
    visit(mailed, tomorrow_at(13))
    visit(make_person(), tomorrow_at(15))
    assert remind() == 1
    assert [row[1:3] for row in rows()] == [("email", "maria@example.org")]


def test_a_number_no_longer_safe_holds_the_reminder():
    record, point = reachable()
    visit(record, tomorrow_at(13))
    remind()
    with as_job("messaging.contact.write") as permit:
        change_contact_point(
            permit, point, value="(312) 555-0142", safe_to_call=True, safe_to_text=False,
            safe_to_leave_message=False, preferred=False,
        )  # fmt: skip
    deliver(NOW + timedelta(hours=1))
    assert (SENT, [row[0] for row in rows()]) == ([], ["held"])


@pytest.mark.parametrize(
    ("channel", "leads", "due"),
    [("none", ["day"], 0), ("email", ["day"], 0), ("text", ["day"], 1), ("", ["hours"], 0),
     ("", ["week", "day"], 1)],
)  # fmt: skip
def test_each_person_chooses_by_which_way_and_how_long_before(channel, leads, due):
    record, _point = reachable()
    visit(record, tomorrow_at(13))
    with as_job("messaging.reminder.choose") as permit:
        choose_reminders(permit, record=record, clinic=NORTH, channel=channel, leads=leads)
    assert remind() == due


def test_who_asked_for_it_is_reminded_a_week_before():
    record, _point = reachable()
    starts_at = tomorrow_at(13) + timedelta(days=6)
    visit(record, starts_at)
    assert remind() == 0
    with as_job("messaging.reminder.choose") as permit:
        choose_reminders(permit, record=record, clinic=NORTH, channel="", leads=["week"])
    assert remind() == 1
    assert [row[3] for row in rows()] == [starts_at - timedelta(days=7)]


def test_a_choice_changed_after_queueing_counts_when_it_leaves():
    record, _point = reachable()
    visit(record, tomorrow_at(13))
    remind()
    with as_job("messaging.reminder.choose") as permit:
        choose_reminders(permit, record=record, clinic=NORTH, channel="none", leads=[])
    deliver(NOW + timedelta(hours=1))
    assert (SENT, [row[0] for row in rows()]) == ([], ["dropped"])


def test_a_stopped_number_gets_no_text_but_e_mail_goes_on():
    record, _point = reachable()
    visit(record, tomorrow_at(13))
    with as_job("messaging.text.receive"), writing():
        TextStop.objects.create(organization_id=1, number="+13125550142", stopped_at=NOW)
    assert remind() == 0
    with as_job("messaging.contact.write") as permit:
        own = add_contact(permit, record=record, clinic=NORTH, name="", relationship="self")
        add_contact_point(
            permit, contact=own, kind="email", value="m@example.org", safe_to_leave_message=True
        )
    assert remind() == 1
    assert [row[1] for row in rows()] == ["email"]


def test_an_early_visit_is_reminded_of_when_quiet_hours_are_over():
    record, _point = reachable()
    visit(record, tomorrow_at(9, 30))
    assert remind(tomorrow_at(7)) == 1
    deliver(tomorrow_at(7, 45))
    assert SENT == []
    deliver(tomorrow_at(8))
    assert len(SENT) == 1


def test_who_died_is_not_reminded():
    record, _point = reachable()
    visit(record, tomorrow_at(13))
    with as_job("patients.patient.write"), writing():
        Patient.objects.filter(record_id=record).update(died_on=TODAY)
    assert remind() == 0


def test_a_reminder_of_what_has_begun_does_not_stand():
    record, _point = reachable()
    booked = visit(record, tomorrow_at(13))
    key = f"remind:appointment:{booked}:{record}:20261124T190000:hours"
    for now, stands in ((NOW, True), (tomorrow_at(13), False)):
        with as_job("messaging.outbox.send", now) as permit:
            assert still_stands(permit, key) is stands


def test_statements_do_not_grow_with_the_people(django_assert_num_queries):
    for number, hour in enumerate((11, 12, 13)):
        record, _point = reachable(f"312555020{number}")
        visit(record, tomorrow_at(hour))
        remind()
        if number in (0, 2):
            with as_job("schedule.remind") as permit, django_assert_num_queries(16):
                queue_reminders(permit)
            with as_job("schedule.remind") as permit:
                assert len(coming(permit)) == number + 1
