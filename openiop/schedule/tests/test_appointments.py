"""Visits alone and inside a group: nobody and nothing in two places, minutes split."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.urls import reverse

from openiop.config.network_for_tests import NORTH
from openiop.kernel.permits import NotPermitted, Refused
from openiop.patients.queries import person
from openiop.schedule.actions import appointments, attendance
from openiop.schedule.models import Occupancy
from openiop.schedule.queries.appointments import appointments_of, appointments_on
from openiop.schedule.queries.sessions import session as session_facts
from openiop.schedule.queries.sheet import listed, sheet
from openiop.schedule.tests.test_attendance import (
    NEXT_DAY,
    after,
    recorded,
    refusal,
    sessions_of,
    tasks,
)
from openiop.schedule.tests.test_weeks import week
from openiop.schedule.tests.world import TODAY, as_job, make_enrolled, make_person, make_track

WRITE, MARK = "schedule.appointment.write", "schedule.attendance.write"
NOON = after(-360)


@pytest.fixture
def group(network):
    """An evening group of today that Alice holds in Maple, and two people of it."""
    track = make_track()
    return sessions_of(track)[0], make_enrolled(track, 2)


def book(permit, record: int, *, start: float = 30, minutes: int = 30, **facts) -> int:
    wanted = {"clinic": NORTH, "kind": "individual", "staff": 2} | facts
    return appointments.book(
        permit, record=record, starts_at=after(start), minutes=minutes, **wanted
    )


def taken(record: int) -> list[tuple[int, int, bool]]:
    """What a person is booked for: start and end in minutes of the group, is it a visit?"""
    with as_job("schedule.read"):
        rows = Occupancy.objects.filter(kind="record", resource=record).order_by("during")
        return [
            (int((row.during.lower - after(0)) / timedelta(minutes=1)),
             int((row.during.upper - after(0)) / timedelta(minutes=1)),
             row.appointment_id is not None)
            for row in rows
            if row.during.lower < after(1000)
        ]  # fmt: skip


# --- inside a group ---


def test_a_visit_inside_the_group_splits_the_persons_minutes(group, opened):
    session, (maria, jose) = group
    with opened("nora", WRITE, now=NOON) as permit:
        book(permit, maria, nested_in=session)
    with opened("alice", MARK, now=after(0)) as permit:
        attendance.arrive_all(permit, session)
    row = recorded(session, maria)
    assert (row.block_minutes, row.minutes) == ((60, 0, 60, 0, 30), 150)
    assert (dict(row.visits), row.program_minutes) == ({"individual": 30}, 180)
    assert recorded(session, jose).minutes == 180
    assert taken(maria) == [(0, 30, False), (30, 60, True), (60, 200, False)]


def test_a_visit_booked_after_the_arrival_counts_the_minutes_anew(group, opened):
    session, (maria, _) = group
    with opened("alice", MARK, now=after(10)) as permit:
        attendance.arrive(permit, session, maria, at=after(5))
    with opened("nora", WRITE, now=after(20)) as permit:
        visit = book(permit, maria, nested_in=session, kind="nurse", start=20, minutes=15)
    assert (recorded(session, maria).minutes, dict(recorded(session, maria).visits)) == (
        160, {"nurse": 15},
    )  # fmt: skip
    assert recorded(session, maria).program_minutes == 160
    with opened("nora", WRITE, now=after(21)) as permit:
        appointments.cancel(permit, visit, "Nurse called away")
    assert (recorded(session, maria).minutes, dict(recorded(session, maria).visits)) == (175, {})
    assert taken(maria) == [(0, 200, False)]


def test_a_one_to_one_in_the_group_keeps_the_week_whole_and_a_test_does_not(group, opened):
    session, (maria, jose) = group
    with opened("nora", WRITE, now=NOON) as permit:
        book(permit, maria, nested_in=session)
        book(permit, jose, nested_in=session, kind="test", staff=10, minutes=10)
    with opened("alice", MARK, now=after(0)) as permit:
        attendance.arrive_all(permit, session)
    assert week(maria, now=after(300)).attended_minutes == 180
    assert week(jose, now=after(300)).attended_minutes == 170


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"start": 190, "minutes": 30}, "outside"),
        ({"start": -10}, "outside"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 500}, "minutes"),
        ({"kind": "party"}, "kind"),
        ({"staff": 12}, "staff"),
        ({"room": 3}, "room"),
        ({"start": -2000}, "past"),
    ],
)
def test_a_visit_lies_in_its_group_with_a_colleague_and_room_of_ours(group, opened, options, code):
    session, (maria, _) = group
    with opened("nora", WRITE, now=NOON) as permit:
        assert refusal(book, permit, maria, nested_in=session, **options) == code


def test_only_people_of_the_group_have_visits_in_it(group, opened):
    session, _ = group
    stranger = make_person()
    with opened("nora", WRITE, now=NOON) as permit:
        assert refusal(book, permit, stranger, nested_in=session) == "no_seat"


def test_the_sheet_shows_the_visits_of_each_person(group, opened):
    session, (maria, jose) = group
    with opened("nora", WRITE, now=NOON) as permit:
        book(permit, maria, nested_in=session)
        page = sheet(permit, session_facts(permit, session))
        assert {row.record: [visit.kind for visit in row.visits] for row in page.rows} == {
            maria: ["individual"], jose: [],
        }  # fmt: skip
        found = listed(permit, session_facts(permit, session))
        assert [line.record for line in found if line.visits] == [maria]


# --- on its own ---


def test_a_visit_on_its_own_takes_room_colleague_and_person(group, opened):
    _, (maria, _) = group
    with opened("fred", WRITE, now=NOON) as permit:
        visit = book(permit, maria, start=-120, minutes=50, room=2)
        (found,) = appointments_of(permit, maria, NOON)
        assert (found.id, found.kind_name, found.staff_name, found.room_name) == (
            visit, "One-to-one", "Bob Brown", "Birch",
        )  # fmt: skip
        assert [one.id for one in appointments_on(permit, [NORTH], TODAY, found.timezone)] == [
            visit
        ]
    assert taken(maria) == [(-120, -70, True), (0, 200, False)]


def test_during_the_group_the_sentence_names_it_and_offers_free_times(group, opened):
    _, (maria, _) = group
    with opened("fred", WRITE, now=NOON) as permit, pytest.raises(Refused) as no:
        book(permit, maria)
    assert (no.value.code, no.value.sentence) == (
        "clash", "This person has Evening A on Mon 23 Nov, 18:00 to 21:20.",
    )  # fmt: skip
    assert no.value.next_step == "Choose another time, or book it inside the group."
    assert [str(choice) for choice in no.value.choices][:2] == [
        "Mon 23 Nov at 17:30 everything is free.", "Mon 23 Nov at 17:00 everything is free.",
    ]  # fmt: skip
    assert taken(maria) == [(0, 200, False)]


def test_a_colleague_or_room_in_use_is_named(group, opened):
    session, (maria, jose) = group
    with opened("fred", WRITE, now=NOON) as permit:
        book(permit, maria, nested_in=session, room=2)
        with pytest.raises(Refused) as no:
            book(permit, jose, nested_in=session, start=45, staff=2, room=2)
        assert no.value.sentence == (
            "Birch has a visit on Mon 23 Nov, 18:30 to 19:00."
            " Bob Brown has a visit on Mon 23 Nov, 18:30 to 19:00."
        )
        assert refusal(book, permit, jose, nested_in=session, staff=1) == "clash"
        assert refusal(book, permit, maria, nested_in=session, start=45, staff=10) == "clash"
    assert taken(jose) == [(0, 200, False)]


def test_cancelling_frees_everything_needs_a_reason_and_happens_once(group, opened):
    session, (maria, jose) = group
    with opened("fred", WRITE, now=NOON) as permit:
        visit = book(permit, maria, nested_in=session, room=2)
        assert refusal(appointments.cancel, permit, visit, " ") == "reason"
        appointments.cancel(permit, visit, "Bob is ill")
        assert refusal(appointments.cancel, permit, visit, "Again") == "cancelled"
        book(permit, jose, nested_in=session, room=2)
        assert [
            (v.cancel_reason, v.cancelled_at) for v in appointments_of(permit, maria, NOON)
        ] == [("Bob is ill", NOON)]
    assert taken(maria) == [(0, 200, False)]


# --- who may ---


def test_another_clinic_neither_books_nor_cancels(group, opened):
    session, (maria, _) = group
    with opened("bob", WRITE, now=NOON) as permit:
        visit = book(permit, maria, nested_in=session)
    with opened("charlie", WRITE, now=NOON) as permit:
        assert appointments_of(permit, maria, NOON) == []
        with pytest.raises(Http404):
            appointments.cancel(permit, visit, "No")
        with pytest.raises(Http404):
            book(permit, maria, clinic=2)


def test_a_biller_books_nothing(network, opened):
    with pytest.raises(NotPermitted), opened("paula", WRITE):
        pass


# --- what became of a visit outside a group ---


def alone(permit, record: int, kind: str = "individual", minutes: int = 50) -> int:
    """A visit at ten minutes before the group, in Birch with Bob."""
    return appointments.book(
        permit, record=record, clinic=NORTH, kind=kind, staff=2, room=2, starts_at=after(-120),
        minutes=minutes,
    )  # fmt: skip


def test_a_visit_counts_nothing_until_somebody_says_it_was_held(group, opened):
    _session, (maria, *_) = group
    before = week(maria, now=after(0)).totals
    with opened("alice", "schedule.appointment.write", now=after(-200)) as permit:
        visit = alone(permit, maria)
    assert week(maria, now=after(0)).totals == before
    with opened("alice", "schedule.appointment.write", now=after(-60)) as permit:
        appointments.attest(permit, visit, "held")
        (found,) = appointments_of(permit, maria, after(-600))
    assert (found.outcome, found.counted_minutes) == ("held", 50)
    now = week(maria, now=after(0)).totals
    assert (now.attended_minutes, now.possible_minutes) == (
        before.attended_minutes + 50, before.possible_minutes + 50,
    )  # fmt: skip
    assert (now.attended_days, now.scheduled_minutes) == (0, before.scheduled_minutes)


@pytest.mark.parametrize(("kind", "minutes"), [("nurse", 0), ("test", 0), ("family", 50)])
def test_only_one_to_one_and_family_visits_count_as_program_time(group, opened, kind, minutes):
    _session, (maria, *_) = group
    with opened("alice", "schedule.appointment.write", now=after(-60)) as permit:
        appointments.attest(permit, alone(permit, maria, kind), "held")
    assert week(maria, now=after(0)).attended_minutes == minutes


def test_who_does_not_come_to_a_visit_gets_one_follow_up_which_ends_with_the_mark(group, opened):
    _session, (maria, *_) = group
    with opened("alice", "schedule.appointment.write", now=after(-60)) as permit:
        visit = alone(permit, maria)
        for _ in range(2):
            appointments.attest(permit, visit, "no_show")
        assert tasks(record=maria) == [("no_show", maria)]
        assert week(maria, now=after(0)).attended_minutes == 0
        appointments.attest(permit, visit, "")
        assert tasks(record=maria) == []
        (found,) = appointments_of(permit, maria, after(-600))
        assert (found.outcome, found.counted_minutes) == ("", 0)


def test_a_visit_is_marked_once_it_began_and_set_right_later(group, opened):
    session, (maria, *_) = group
    act = "schedule.appointment.write"
    with opened("alice", act, now=after(-200)) as permit:
        visit, nested = alone(permit, maria), book(permit, maria, nested_in=session)
        assert refusal(appointments.attest, permit, visit, "held") == "not_begun"
        assert refusal(appointments.attest, permit, nested, "held") == "nested"
        assert refusal(appointments.attest, permit, visit, "maybe") == "outcome"
    with opened("alice", act, now=NEXT_DAY) as permit:
        appointments.attest(permit, visit, "no_show")
        appointments.attest(permit, visit, "held")
        assert refusal(appointments.attest, permit, visit, "") == "day_over"
        assert refusal(appointments.cancel, permit, visit, "Ill") == "attested"
        assert tasks(record=maria) == []
    with opened("alice", act, now=after(31)) as permit:
        appointments.cancel(permit, nested, "Ill")
        assert refusal(appointments.attest, permit, nested, "held") == "cancelled"


def test_another_clinic_marks_no_visit(group, opened):
    _session, (maria, *_) = group
    with opened("alice", "schedule.appointment.write", now=after(-60)) as permit:
        visit = alone(permit, maria)
    with (
        opened("charlie", "schedule.appointment.write", now=after(-60)) as permit,
        pytest.raises(Http404),
    ):
        appointments.attest(permit, visit, "held")


def test_the_list_of_visits_marks_them_in_one_press(group, opened, clock, signed_in):
    _session, (maria, *_) = group
    clock(after(-60))
    with opened("alice", "schedule.appointment.write", now=after(-60)) as permit:
        visit = alone(permit, maria)
        number = person(permit, maria).number
    client, url = signed_in("alice"), reverse("schedule:attest_visit", args=[visit])
    answer = client.post(url, {"outcome": "held"}, follow=True)
    assert [row.outcome for row in answer.context["past"]] == ["held"]
    assert answer.redirect_chain == [(reverse("schedule:visits", args=[number]), 302)]
    html = answer.content.decode()
    assert ('value="no_show"' in html, 'value="held"' in html, ">Undo<" in html) == (
        True, False, True,
    )  # fmt: skip
    clock(NEXT_DAY)
    client = signed_in("alice")
    html = client.get(reverse("schedule:visits", args=[number])).content.decode()
    assert ('value="no_show"' in html, ">Undo<" in html) == (True, False)
    assert signed_in("charlie").post(url, {"outcome": "held"}).status_code == 404
    assert client.get(url).status_code == 405
