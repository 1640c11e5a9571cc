"""Visits moved in one act, exchanged, and put back row for row."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from openiop.access.backend.base import writing
from openiop.config.network_for_tests import NORTH
from openiop.kernel.permits import Refused
from openiop.schedule.actions import appointments, attendance
from openiop.schedule.actions.moving import Move, move, undo
from openiop.schedule.models import Appointment, AppointmentChange, AppointmentType, Away, Occupancy
from openiop.schedule.tests.test_attendance import after, recorded, refusal, sessions_of
from openiop.schedule.tests.world import (
    TODAY,
    as_job,
    make_enrolled,
    make_person,
    make_track,
    make_type,
)  # fmt: skip

WRITE = "schedule.appointment.write"
NOON = after(-360)
ALICE, BOB, MAPLE, BIRCH = 1, 2, 1, 2


@pytest.fixture
def permit(network, opened):
    """Fred's at the front desk, at noon."""
    with opened("fred", WRITE, now=NOON) as permit:
        yield permit


def visit(permit, record: int, start: float, staff: int = BOB, **facts) -> int:
    """A visit of 50 minutes so many minutes after six."""
    wanted = {"clinic": NORTH, "kind": "individual", "minutes": 50} | facts
    return appointments.book(
        permit, record=record, staff=staff, starts_at=after(start), **wanted
    )  # fmt: skip


def rows() -> tuple[list, list]:
    """Every visit as it stands, and everything that is taken."""
    visits = list(Appointment.objects.order_by("id").values())
    fields = ("kind", "resource", "during", "session_id", "appointment_id")
    return visits, sorted(Occupancy.objects.values_list(*fields), key=str)


def changes() -> list[tuple[str, bool]]:
    found = AppointmentChange.objects.order_by("id").values_list("kind", "undone_at")
    return [(kind, undone is not None) for kind, undone in found if kind != "book"]


def test_a_visit_moves_with_all_it_takes_and_undo_puts_every_row_back(permit):
    one = visit(permit, make_person(), -120, room=BIRCH)
    before = rows()
    batch = move(permit, [Move(one, after(-60), ALICE, None, minutes=30)], "Bob is away")
    found = Appointment.objects.get(pk=one)
    assert (found.starts_at, found.ends_at, found.staff_id, found.room_id) == (
        after(-60), after(-30), ALICE, None,
    )  # fmt: skip
    taken = Occupancy.objects.filter(appointment_id=one).order_by("kind")
    assert [(row.kind, row.during.lower) for row in taken] == [
        ("record", after(-60)), ("staff", after(-60)),
    ]  # fmt: skip
    assert undo(permit, batch) == [one]
    assert rows() == before
    assert changes() == [("move", True)]


def test_two_visits_exchange_their_times_in_one_act(permit):
    early, late = visit(permit, make_person(), -180), visit(permit, make_person(), -120)
    before = rows()
    batch = move(permit, [Move(early, after(-120), BOB, None), Move(late, after(-180), BOB, None)])
    order = Appointment.objects.order_by("starts_at").values_list("id", flat=True)
    assert list(order) == [late, early]
    undo(permit, batch)
    assert rows() == before


def test_other_colleague_at_the_same_time_is_kept_as_that(permit):
    one = visit(permit, make_person(), -120)
    move(permit, [Move(one, after(-120), ALICE, None)])
    assert changes() == [("staff", False)]


def test_a_clash_is_named_offers_times_and_nothing_of_the_batch_moves(permit):
    one, other = visit(permit, make_person(), -180), visit(permit, make_person(), -120)
    third = visit(permit, make_person(), -300)
    before = rows()
    moves = [Move(third, after(-240), BOB, None), Move(one, after(-130), BOB, None)]
    assert refusal(move, permit, moves) == "clash"
    assert rows() == before
    with pytest.raises(Refused) as no:
        move(permit, [Move(one, after(-130), BOB, None)])
    assert no.value.sentence == "Bob Brown has a visit on Mon 23 Nov, 16:00 to 16:50."
    assert [str(choice) for choice in no.value.choices][:1] == [
        "Mon 23 Nov at 17:00 everything is free."
    ]
    assert other in {row["id"] for row in before[0]}


def test_a_person_in_group_then_is_told_so(permit):
    track = make_track()
    (person,) = make_enrolled(track)
    one = visit(permit, person, -120)
    with pytest.raises(Refused) as no:
        move(permit, [Move(one, after(10), BOB, None)])
    assert no.value.sentence == "This person has Evening A on Mon 23 Nov, 18:00 to 21:20."


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"starts_at": after(-60 * 48)}, "past"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 500}, "minutes"),
        ({"staff": 999}, "staff"),
        ({"staff": 12}, "staff"),
        ({"room": 3}, "room"),
    ],
)
def test_what_is_not_possible_is_refused(permit, options, code):
    one = visit(permit, make_person(), -120)
    wanted = {"appointment": one, "starts_at": after(-60), "staff": BOB, "room": None} | options
    assert refusal(move, permit, [Move(**wanted)]) == code


def test_no_move_twice_of_one_visit_none_of_cancelled_or_marked(permit, opened):
    one = visit(permit, make_person(), -120)
    assert refusal(move, permit, []) == "moves"
    assert refusal(move, permit, [Move(one, after(-60), BOB, None)] * 2) == "moves"
    appointments.cancel(permit, one, "Ill")
    assert refusal(move, permit, [Move(one, after(-60), BOB, None)]) == "cancelled"
    held = visit(permit, make_person(), -120)
    with opened("fred", WRITE, now=after(-60)) as later:
        appointments.attest(later, held, "held")
        assert refusal(move, later, [Move(held, after(60), BOB, None)]) == "attested"


def test_out_of_the_group_and_back_the_minutes_follow(permit, opened):
    session, person = sessions_of(track := make_track())[0], make_enrolled(track)[0]
    nested = visit(permit, person, 30, minutes=30, nested_in=session)
    with opened("alice", "schedule.attendance.write", now=after(0)) as door:
        attendance.arrive_all(door, session)
    assert recorded(session, person).minutes == 150
    before = rows()
    batch = move(permit, [Move(nested, after(-120), BOB, None)])
    assert Appointment.objects.get(pk=nested).nested_in_id is None
    assert recorded(session, person).minutes == 180
    undo(permit, batch)
    assert rows() == before
    assert recorded(session, person).minutes == 150


def test_inside_the_group_a_visit_stays_nested(permit):
    session, person = sessions_of(track := make_track())[0], make_enrolled(track)[0]
    nested = visit(permit, person, 30, minutes=30, nested_in=session)
    move(permit, [Move(nested, after(60), BOB, None)])
    assert Appointment.objects.get(pk=nested).nested_in_id == session
    pieces = Occupancy.objects.filter(
        kind="record", resource=person, during__overlap=(after(0), after(200))
    )
    assert sorted((row.during.lower, row.appointment_id) for row in pieces) == [
        (after(0), None), (after(60), nested), (after(90), None),
    ]  # fmt: skip


def test_undo_is_refused_once_twice_changed_marked_or_taken(permit, opened):
    one = visit(permit, make_person(), -180)
    first = move(permit, [Move(one, after(-120), BOB, None)])
    second = move(permit, [Move(one, after(-60), BOB, None)])
    assert refusal(undo, permit, first) == "changed_since"
    undo(permit, second)
    assert refusal(undo, permit, second) == "undone"
    visit(permit, make_person(), -180)
    with pytest.raises(Refused) as no:
        undo(permit, first)
    assert (no.value.code, no.value.sentence) == (
        "clash", "Bob Brown has a visit on Mon 23 Nov, 15:00 to 15:50.",
    )  # fmt: skip
    with opened("fred", WRITE, now=after(-60)) as later:
        appointments.attest(later, one, "no_show")
        assert refusal(undo, later, first) == "attested"


def test_a_batch_is_known_to_its_clinic_only(permit, opened):
    one = visit(permit, make_person(), -180)
    batch = move(permit, [Move(one, after(-120), BOB, None)])
    with opened("charlie", WRITE, now=NOON) as elsewhere:
        for wanted in (batch, uuid4()):
            with pytest.raises(Http404):
                undo(elsewhere, wanted)
        with pytest.raises(Http404):
            move(elsewhere, [Move(one, after(-60), BOB, None)])


def test_a_move_leaves_a_line_in_the_audit_for_each_visit(permit):
    one = visit(permit, make_person(), -180)
    permit.trail.clear()
    move(permit, [Move(one, after(-120) + timedelta(minutes=5), BOB, None)])
    assert [(event.row, event.fields) for event in permit.trail] == [
        (one, ("starts_at", "ends_at")),
    ]  # fmt: skip


def test_a_move_takes_a_bounded_number_of_statements(permit, django_assert_max_num_queries):
    visits = [visit(permit, make_person(), -400 + 60 * n) for n in range(5)]
    moves = [Move(each, after(-400 + 60 * n), ALICE, None) for n, each in enumerate(visits)]
    with django_assert_max_num_queries(14):
        move(permit, moves)
    with as_job("schedule.read"):
        assert Appointment.objects.filter(staff_id=ALICE).count() == 5


def test_a_visit_is_booked_in_ten_statements_with_its_door_and_audit(network, opened):
    person, type_id = make_person(), make_type()
    with CaptureQueriesContext(connection) as seen, opened("fred", WRITE, now=NOON) as permit:
        visit(permit, person, -120, room=BIRCH, type=type_id, kind="")
    # A test's door is a savepoint in its transaction, and gives back the outer scope at the end.
    told = [each["sql"] for each in seen if "SAVEPOINT" not in each["sql"]]
    assert len(told) <= 8
    with as_job("schedule.read"):
        assert list(AppointmentChange.objects.values_list("kind", "before")) == [("book", None)]


def test_a_type_says_kind_holders_and_ways_to_meet(permit):
    person, therapy = make_person(), make_type(minutes=45)
    booked = visit(permit, person, -120, type=therapy, kind="")
    assert Appointment.objects.get(pk=booked).kind == "individual"
    nurse = 10
    assert refusal(visit, permit, person, -240, staff=nurse, type=therapy) == "holder"
    assert refusal(visit, permit, person, -240, type=therapy, mode="virtual") == "mode"
    assert refusal(visit, permit, person, -240, type=9999) == "type"
    with as_job(WRITE), writing():
        AppointmentType.objects.filter(pk=therapy).update(retired_on=TODAY)
    assert refusal(visit, permit, person, -240, type=therapy) == "type"


def test_nothing_is_booked_or_moved_where_the_colleague_is_away(permit):
    one, person = visit(permit, make_person(), -120), make_person()
    with writing():
        Away.objects.create(organization_id=1, staff_id=BOB, kind="sick", recorded_at=NOON,
                            during=(after(-60), after(60)))  # fmt: skip
    assert refusal(visit, permit, person, -40) == "away"
    assert refusal(move, permit, [Move(one, after(-70), BOB, None)]) == "away"
    before = rows()
    batch = move(permit, [Move(one, after(-70), ALICE, None)])
    undo(permit, batch)
    assert rows() == before


def test_a_visit_goes_only_to_who_holds_its_type(permit):
    one = visit(permit, make_person(), -120, type=make_type())
    assert refusal(move, permit, [Move(one, after(-120), 10, None)]) == "holder"


def test_undoing_a_booking_leaves_nothing_of_it_unless_it_was_used(permit):
    before = rows()
    one = visit(permit, make_person(), -120)
    batch = AppointmentChange.objects.get(appointment=one).batch
    assert undo(permit, batch) == []
    assert rows() == before
    with pytest.raises(Http404):
        undo(permit, batch)


def test_undoing_a_cancellation_brings_the_visit_back(permit):
    one = visit(permit, make_person(), -120, room=BIRCH)
    before = rows()
    batch = appointments.cancel(permit, one, "Ill")
    assert changes() == [("cancel", False)]
    undo(permit, batch)
    assert rows() == before
