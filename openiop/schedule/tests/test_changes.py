"""Moving, cancelling, staffing, rooming, going virtual, merging; one session or all later; undo."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from openiop.access.backend.base import writing
from openiop.access.models import Closure, Room
from openiop.config.network_for_tests import NORTH
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import add_contact, add_contact_point
from openiop.messaging.models import OutboxMessage
from openiop.messaging.queries import open_tasks
from openiop.patients.actions import keep_apart
from openiop.programs.queries import staffing
from openiop.programs.queries import track as track_facts
from openiop.schedule.actions.appointments import book
from openiop.schedule.actions.attendance import arrive
from openiop.schedule.actions.enrollment import take_makeup_seat
from openiop.schedule.actions.sessions import (
    cancel,
    go_virtual,
    materialize,
    merge,
    move,
    reroom,
    restaff,
    undo,
)  # fmt: skip
from openiop.schedule.actions.telling import tell, tell_undone
from openiop.schedule.models import Appointment, Occupancy
from openiop.schedule.queries.changes import affected, changes_of
from openiop.schedule.queries.sessions import SessionFacts, roster, track_sessions
from openiop.schedule.tests.world import (
    NOW,
    TODAY,
    as_job,
    make_enrolled,
    make_person,
    make_program,
    make_track,
)  # fmt: skip

WRITE = "schedule.session.write"
WEDNESDAY, FRIDAY = date(2026, 11, 25), date(2026, 11, 27)
SEVEN = time(19)


def sessions(track: int) -> list[SessionFacts]:
    with as_job("schedule.read") as permit:
        return track_sessions(permit, track, TODAY)


def do(verb: Callable[..., Any], *args: Any, now: datetime = NOW, **options: Any) -> Any:
    with as_job(WRITE, now) as permit:
        return verb(permit, *args, **options)


def refused(verb: Callable[..., Any], *args: Any, **options: Any) -> Any:
    with pytest.raises(Refused) as no:
        do(verb, *args, **options)
    return no.value


def occupied() -> list[tuple[str, int, str, str, int]]:
    """Everything that is taken, as plain values: equal before a change and after its undo."""
    with as_job("schedule.read"):
        return sorted(
            (row.kind, row.resource, str(row.during.lower), str(row.during.upper),
             row.session_id or 0)
            for row in Occupancy.objects.all()
        )  # fmt: skip


def whole(track: int) -> tuple[Any, ...]:
    with as_job("schedule.read") as permit:
        return (sessions(track), track_facts(permit, track), occupied(),
                staffing(permit, [track], TODAY, date(2027, 12, 1)))  # fmt: skip


# --- one session -------------------------------------------------------------------------------


def test_a_move_takes_room_staff_and_people_along(network: object) -> None:
    track = make_track(weeks=1)
    make_enrolled(track, 2)
    before, other = sessions(track)[0], occupied()
    do(move, before.id, on=date(2026, 11, 24), starts=SEVEN)
    after = next(each for each in sessions(track) if each.id == before.id)
    assert (after.on, after.pattern_on) == (date(2026, 11, 24), TODAY)
    assert after.starts_at == datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    assert after.ends_at - after.starts_at == before.ends_at - before.starts_at
    moved = [row for row in occupied() if row not in other]
    assert {(row[0], row[2]) for row in moved} == {
        (kind, str(after.starts_at)) for kind in ("room", "staff", "record")
    }
    assert len(moved) == 4


def test_a_move_takes_as_many_statements_for_one_person_as_for_ten(network: object) -> None:
    track = make_track(weeks=1)
    make_enrolled(track)
    session = sessions(track)[0].id

    def statements(hour: int) -> int:
        with as_job(WRITE) as permit, CaptureQueriesContext(connection) as asked:
            move(permit, session, on=TODAY, starts=time(hour))
        return len(asked)

    one = statements(17)
    make_enrolled(track, 9)
    assert statements(18) == one == 10


def test_a_laid_day_is_not_laid_again_after_a_move(network: object) -> None:
    track = make_track(weeks=1)
    do(move, sessions(track)[0].id, on=date(2026, 11, 24), starts=SEVEN)
    with as_job("schedule.materialize") as permit:
        assert materialize(permit, NORTH, TODAY, TODAY + timedelta(days=7)) == 0


@pytest.mark.parametrize(
    ("on", "starts", "code"),
    [(date(2026, 11, 22), SEVEN, "past"), (TODAY, time(9), "past"), (FRIDAY, SEVEN, "closed")],
)
def test_a_move_into_the_past_or_onto_a_closed_day_is_refused(
    network: object, on: date, starts: time, code: str
) -> None:
    track = make_track(weeks=1)
    close(FRIDAY)
    assert refused(move, sessions(track)[0].id, on=on, starts=starts).code == code


def close(day: date) -> None:
    with as_job("access.network.write") as permit, writing():
        Closure.objects.create(
            organization_id=permit.organization, clinic_id=NORTH, start_on=day, end_on=day,
            name="Inventory",
        )  # fmt: skip


def test_a_session_somebody_came_to_stays_where_it_is(network: object) -> None:
    track = make_track(weeks=1)
    record = make_enrolled(track)[0]
    session = sessions(track)[0].id
    with as_job("schedule.attendance.write", NOW + timedelta(hours=6, minutes=5)) as permit:
        arrive(permit, session, record)
    no = refused(move, session, on=TODAY, starts=time(20), now=NOW + timedelta(hours=7))
    assert no.code == "begun"


def test_a_session_that_is_over_or_cancelled_is_not_changed(network: object) -> None:
    track = make_track(weeks=1)
    first, second, _third = sessions(track)
    assert refused(go_virtual, first.id, now=NOW + timedelta(hours=12)).code == "over"
    do(cancel, second.id, reason="Snow")
    assert refused(go_virtual, second.id).code == "cancelled"


def test_another_clinics_session_is_not_there(network: object, opened: Any) -> None:
    track = make_track(weeks=1)
    session = sessions(track)[0].id
    with opened("charlie", WRITE, now=NOW) as permit, pytest.raises(Http404):
        cancel(permit, session, reason="Snow")


def test_cancelling_needs_a_reason_and_keeps_the_roster(network: object) -> None:
    track = make_track(weeks=1)
    record = make_enrolled(track)[0]
    session = sessions(track)[0].id
    assert refused(cancel, session, reason=" ").code == "reason"
    do(cancel, session, reason="Snow")
    after = sessions(track)[0]
    assert (after.status, after.status_reason, after.held) == ("cancelled", "Snow", False)
    with as_job("schedule.read") as permit:
        assert [seated.record for seated in roster(permit, session)] == [record]
        assert Occupancy.objects.filter(session_id=session).count() == 0


# --- clashes -----------------------------------------------------------------------------------


def test_a_clash_names_room_and_colleague_and_offers_free_rooms_and_times(network: object) -> None:
    program = make_program()
    evening = make_track(weeks=1, program=program)
    morning = make_track(weeks=1, program=program, name="Afternoon", starts=time(14))
    make_enrolled(evening)
    no = refused(move, sessions(evening)[1].id, on=WEDNESDAY, starts=time(15))
    assert no.code == "clash"
    assert no.sentence == (
        "Maple has Afternoon on Wed 25 Nov, 14:00 to 17:20."
        " Alice Adams has Afternoon on Wed 25 Nov, 14:00 to 17:20."
    )
    assert [str(choice) for choice in no.choices] == [
        "Birch is free then and holds 18.",
        *(f"Wed 25 Nov at {at} everything is free."
          for at in ("09:30", "10:00", "10:30", "17:30", "18:00")),
    ]  # fmt: skip
    assert sessions(morning)[1].starts_at == datetime(2026, 11, 25, 20, 0, tzinfo=UTC)


def test_a_clash_of_somebody_enrolled_names_nobody(network: object) -> None:
    track = make_track(weeks=1)
    host = make_track(weeks=1, name="Morning A", starts=time(9), room=2, staff=())
    record = make_enrolled(track)[0]
    with as_job("schedule.makeup.write") as permit:
        take_makeup_seat(permit, record=record, session=sessions(host)[1].id)
    no = refused(move, sessions(track)[1].id, on=WEDNESDAY, starts=time(10))
    assert no.sentence == ("Somebody enrolled here has Morning A on Wed 25 Nov, 09:00 to 12:20.")


def test_a_clash_leaves_everything_as_it_was(network: object) -> None:
    program = make_program()
    evening = make_track(weeks=1, program=program)
    make_track(weeks=1, program=program, name="Afternoon", starts=time(14))
    make_enrolled(evening)
    before = whole(evening)
    refused(move, sessions(evening)[1].id, on=WEDNESDAY, starts=time(15))
    assert whole(evening) == before


# --- this and all later ------------------------------------------------------------------------


def test_all_later_evenings_begin_at_the_new_time_and_so_does_the_pattern(network: object) -> None:
    track = make_track(weeks=2)
    do(move, sessions(track)[1].id, on=WEDNESDAY, starts=SEVEN, later=True)
    with as_job("schedule.materialize") as permit:
        materialize(permit, NORTH, TODAY, TODAY + timedelta(days=21))
    assert [each.starts_at.hour for each in sessions(track)] == [0, 1, 1, 1, 1, 1, 1, 1, 1]


def test_all_later_fridays_become_thursdays_and_new_ones_are_laid_on_thursdays(
    network: object,
) -> None:
    track = make_track(weeks=2)
    do(move, sessions(track)[2].id, on=date(2026, 11, 26), starts=time(18), later=True)
    with as_job("schedule.materialize") as permit:
        assert materialize(permit, NORTH, TODAY, TODAY + timedelta(days=21)) == 3
        assert track_facts(permit, track).weekdays == (0, 2, 3)
    assert [each.on.weekday() for each in sessions(track)] == [0, 2, 3] * 3


def test_a_weekday_the_track_has_already_is_refused(network: object) -> None:
    track = make_track(weeks=2)
    no = refused(move, sessions(track)[2].id, on=WEDNESDAY, starts=SEVEN, later=True)
    assert no.code == "weekday"


def test_days_before_the_change_are_not_laid_by_the_new_pattern(network: object) -> None:
    track = make_track(weeks=3)
    do(move, sessions(track)[5].id, on=date(2026, 12, 3), starts=time(18), later=True)
    with as_job("schedule.materialize") as permit:
        materialize(permit, NORTH, TODAY, TODAY + timedelta(days=21))
    assert [each.on.weekday() for each in sessions(track)] == [0, 2, 4, 0, 2, 3, 0, 2, 3]


def test_a_session_moved_by_itself_keeps_its_own_day(network: object) -> None:
    track = make_track(weeks=2)
    alone = sessions(track)[4]
    do(move, alone.id, on=date(2026, 12, 3), starts=time(10))
    do(move, sessions(track)[1].id, on=WEDNESDAY, starts=SEVEN, later=True)
    found = next(each for each in sessions(track) if each.id == alone.id)
    assert (found.on, found.starts_at.hour) == (date(2026, 12, 3), 16)


def test_later_days_that_fall_on_a_closure_are_taken_off(network: object) -> None:
    track = make_track(weeks=2)
    close(date(2026, 12, 3))
    do(move, sessions(track)[2].id, on=date(2026, 11, 26), starts=time(18), later=True)
    assert [(each.on.day, each.status) for each in sessions(track)][-1] == (3, "cancelled")


def test_cancelling_this_and_all_later_ends_the_track(network: object) -> None:
    track = make_track(weeks=2)
    do(cancel, sessions(track)[3].id, reason="Too few people", later=True)
    assert [each.held for each in sessions(track)] == [True] * 3 + [False] * 3
    with as_job("schedule.materialize") as permit:
        assert materialize(permit, NORTH, TODAY, TODAY + timedelta(days=60)) == 0
        assert track_facts(permit, track).end_on == date(2026, 11, 29)


def test_another_room_and_another_leader_for_all_later_ones(network: object) -> None:
    track = make_track(weeks=2)
    do(reroom, sessions(track)[2].id, 2, later=True)
    do(restaff, sessions(track)[4].id, [(2, "lead")], later=True)
    with as_job("schedule.materialize") as permit:
        materialize(permit, NORTH, TODAY, TODAY + timedelta(days=21))
    found = sessions(track)
    assert [each.room_name for each in found] == ["Maple"] * 2 + ["Birch"] * 7
    assert [each.staff[0].name for each in found] == ["Alice Adams"] * 4 + ["Bob Brown"] * 5


def test_another_leader_may_come_in_the_middle_of_an_evening_and_stay(network: object) -> None:
    track = make_track(weeks=1)
    record = make_enrolled(track)[0]
    session = sessions(track)[0].id
    with as_job("schedule.attendance.write", NOW + timedelta(hours=6, minutes=5)) as permit:
        arrive(permit, session, record)
    do(restaff, session, [(2, "lead")], later=True, now=NOW + timedelta(hours=7))
    assert [each.staff[0].name for each in sessions(track)] == ["Bob Brown"] * 3


def test_going_virtual_frees_the_room_and_a_room_brings_it_back(network: object) -> None:
    track = make_track(weeks=1)
    session = sessions(track)[0].id
    do(go_virtual, session)
    assert [(each.mode, each.room) for each in sessions(track)] == [
        ("virtual", None), ("in_person", 1), ("in_person", 1)
    ]  # fmt: skip
    do(reroom, session, 2)
    assert (sessions(track)[0].mode, sessions(track)[0].room) == ("in_person", 2)


def test_a_room_too_small_is_refused_and_larger_free_ones_offered(network: object) -> None:
    with as_job("access.network.write"), writing():
        closet = Room.objects.create(clinic_id=NORTH, name="Closet", capacity=2).id
    track = make_track(weeks=1)
    make_enrolled(track, 3)
    no = refused(reroom, sessions(track)[0].id, closet)
    assert no.sentence == "Closet holds 2; 3 are expected."
    assert [choice.name for choice in no.choices] == ["Birch", "Maple"]


def test_another_clinics_room_is_refused(network: object) -> None:
    track = make_track(weeks=1)
    assert refused(reroom, sessions(track)[0].id, 4).code == "room"


def test_nobody_to_hold_it_is_refused(network: object) -> None:
    track = make_track(weeks=1)
    assert refused(restaff, sessions(track)[0].id, []).code == "staff"


# --- merging -----------------------------------------------------------------------------------


def two_evenings(people: int, guests: int) -> tuple[int, int, list[int], list[int]]:
    program = make_program()
    host = make_track(weeks=1, program=program, name="Evening B", room=2, staff=((2, "lead"),))
    track = make_track(weeks=1, program=program)
    there, here = make_enrolled(host, people), make_enrolled(track, guests)
    return sessions(track)[0].id, sessions(host)[0].id, here, there


def test_merging_sends_everybody_to_the_other_session(network: object) -> None:
    session, host, here, there = two_evenings(5, 6)
    do(merge, session, host)
    with as_job("schedule.read") as permit:
        found = roster(permit, host)
        assert {seated.record for seated in found} == {*here, *there}
        assert not any(seated.makeup for seated in found)
        merged = affected(permit, session).sessions[0]
    assert (merged.status, merged.merged_into, merged.status_reason) == (
        "cancelled", host, "Merged into Evening B"
    )  # fmt: skip


def test_merging_past_the_limit_or_beside_somebody_kept_apart_is_refused(network: object) -> None:
    session, host, here, there = two_evenings(6, 6)
    assert refused(merge, session, host).code == "full"
    session, host, here, there = next_week_pair(here, there)
    with as_job("patients.apart.write") as permit:
        keep_apart(permit, here[0], there[0], "violence")
    no = refused(merge, session, host)
    assert (no.code, no.sentence) == (
        "choose_another", "These two groups do not suit each other."
    )  # fmt: skip


def next_week_pair(here: list[int], there: list[int]) -> tuple[int, int, list[int], list[int]]:
    program = make_program()
    host = make_track(weeks=1, program=program, starts=time(8), room=2, staff=())
    track = make_track(weeks=1, program=program, starts=time(12), room=2, staff=())
    return (sessions(track)[1].id, sessions(host)[1].id,
            make_enrolled(track, 2), make_enrolled(host, 2))  # fmt: skip


def test_sessions_of_different_days_are_not_merged(network: object) -> None:
    session, host, _here, _there = two_evenings(1, 1)
    assert refused(merge, session, host + 1).code == "merge"


# --- undo --------------------------------------------------------------------------------------


def later_move(permit: Permit, session: int) -> UUID:
    return move(permit, session, on=WEDNESDAY, starts=SEVEN, later=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda permit, session: move(permit, session, on=date(2026, 11, 26), starts=SEVEN),
        later_move,
        lambda permit, session: move(
            permit, session, on=date(2026, 11, 26), starts=SEVEN, later=True
        ),
        lambda permit, session: cancel(permit, session, reason="Snow"),
        lambda permit, session: cancel(permit, session, reason="Snow", later=True),
        lambda permit, session: reroom(permit, session, 2),
        lambda permit, session: reroom(permit, session, 2, later=True),
        lambda permit, session: restaff(permit, session, [(2, "lead"), (1, "co")]),
        lambda permit, session: restaff(permit, session, [(2, "lead")], later=True),
        lambda permit, session: go_virtual(permit, session),
        lambda permit, session: go_virtual(permit, session, later=True),
    ],
    ids=["move", "move-later", "weekday", "cancel", "cancel-later", "room", "room-later", "staff",
         "staff-later", "virtual", "virtual-later"],
)  # fmt: skip
def test_undo_restores_exactly(network: object, change: Callable[[Permit, int], UUID]) -> None:
    track = make_track(weeks=9)
    make_enrolled(track, 2)
    session = sessions(track)[1].id
    before = whole(track)
    batch = do(change, session)
    assert whole(track) != before
    do(undo, batch)
    assert whole(track) == before


def test_undo_of_a_merge_sends_everybody_back(network: object) -> None:
    session, host, here, there = two_evenings(3, 3)
    before = occupied()
    do(undo, do(merge, session, host))
    assert occupied() == before
    with as_job("schedule.read") as permit:
        assert {seated.record for seated in roster(permit, host)} == set(there)
        assert {seated.record for seated in roster(permit, session)} == set(here)


def test_undo_is_refused_with_what_took_the_place_since(network: object) -> None:
    program = make_program()
    track = make_track(weeks=1, program=program)
    other = make_track(weeks=1, program=program, name="Afternoon", starts=time(14))
    batch = do(move, sessions(track)[1].id, on=date(2026, 11, 24), starts=time(18))
    do(move, sessions(other)[1].id, on=WEDNESDAY, starts=SEVEN)
    no = refused(undo, batch)
    assert no.code == "clash"
    assert no.sentence.startswith("Maple has Afternoon on Wed 25 Nov, 19:00 to 22:20.")


def test_undo_is_refused_after_a_later_change_and_done_after_that_is_undone(
    network: object,
) -> None:
    track = make_track(weeks=1)
    before = whole(track)
    session = sessions(track)[1].id
    first = do(move, session, on=date(2026, 11, 26), starts=SEVEN)
    second = do(go_virtual, session)
    assert refused(undo, first).code == "changed_since"
    do(undo, second)
    do(undo, first)
    assert whole(track) == before
    assert refused(undo, first).code == "undone"


def test_undo_is_refused_once_somebody_came(network: object) -> None:
    track = make_track(weeks=1)
    record = make_enrolled(track)[0]
    session = sessions(track)[0].id
    batch = do(move, session, on=TODAY, starts=time(17))
    with as_job("schedule.attendance.write", NOW + timedelta(hours=5, minutes=5)) as permit:
        arrive(permit, session, record)
    assert refused(undo, batch).code == "begun"


def test_who_joined_since_is_expected_at_the_old_time_after_undo(network: object) -> None:
    track = make_track(weeks=1)
    session = sessions(track)[0]
    batch = do(move, session.id, on=TODAY, starts=SEVEN)
    record = make_enrolled(track)[0]
    do(undo, batch)
    with as_job("schedule.read"):
        taken = Occupancy.objects.get(kind="record", resource=record, session_id=session.id)
        assert taken.during.lower == session.starts_at


def test_undo_of_a_later_change_lays_new_weeks_by_the_old_pattern(network: object) -> None:
    track = make_track(weeks=1)
    batch = do(later_move, sessions(track)[1].id)
    with as_job("schedule.materialize") as permit:
        materialize(permit, NORTH, TODAY, TODAY + timedelta(days=21))
    do(undo, batch)
    assert {each.starts_at.hour for each in sessions(track)} == {0}


def test_an_unknown_change_is_not_there(network: object) -> None:
    with as_job(WRITE) as permit, pytest.raises(Http404):
        undo(permit, UUID(int=1))


def test_a_make_up_goes_with_its_session_to_another_day_and_back(network: object) -> None:
    track = make_track(weeks=1)
    guest = make_person()
    session = sessions(track)[0].id
    with as_job("schedule.makeup.write") as permit:
        take_makeup_seat(permit, record=guest, session=session)
    before = whole(track)
    batch = do(move, session, on=date(2026, 11, 24), starts=time(18))
    with as_job("schedule.read") as permit:
        assert [seated.record for seated in roster(permit, session)] == [guest]
    do(undo, batch)
    assert whole(track) == before


def test_a_visit_inside_stays_at_its_time_and_is_inside_again_after_undo(network: object) -> None:
    track = make_track(weeks=1)
    record = make_enrolled(track)[0]
    session = sessions(track)[0]
    with as_job("schedule.appointment.write") as permit:
        visit = book(
            permit, record=record, clinic=NORTH, kind="individual", staff=2,
            starts_at=session.starts_at + timedelta(minutes=30), minutes=30,
            nested_in=session.id,
        )  # fmt: skip
    before = whole(track)
    batch = do(move, session.id, on=date(2026, 11, 24), starts=time(18))
    with as_job("schedule.read"):
        assert Appointment.objects.get(pk=visit).nested_in_id is None
    do(undo, batch)
    with as_job("schedule.read"):
        assert Appointment.objects.get(pk=visit).nested_in_id == session.id
    assert whole(track) == before


# --- who is affected, and how they are told ----------------------------------------------------


def reachable(record: int, **safe: Any) -> None:
    with as_job("messaging.contact.write") as permit:
        contact = add_contact(permit, record=record, clinic=NORTH, name="", relationship="self")
        add_contact_point(permit, contact=contact, kind="phone", value="+13125550199", **safe)


def test_a_preview_says_whom_it_affects_and_how_they_are_reached(network: object) -> None:
    track = make_track(weeks=2)
    texted, silent = make_enrolled(track, 2)
    reachable(texted, safe_to_text=True)
    with as_job(WRITE) as permit:
        one = affected(permit, sessions(track)[2].id)
        all_later = affected(permit, sessions(track)[2].id, later=True)
    assert (len(one.sessions), len(all_later.sessions)) == (1, 4)
    assert {each.record: each.reach.text for each in one.people} == {
        texted: "+13125550199", silent: None
    }  # fmt: skip
    assert (one.staff, one.visits, one.unseen) == (("Alice Adams",), 0, 0)


def test_a_preview_takes_five_statements_for_one_and_for_ten_people(network: object) -> None:
    track = make_track(weeks=8)
    make_enrolled(track)
    session = sessions(track)[0].id

    def statements() -> int:
        with as_job(WRITE) as permit, CaptureQueriesContext(connection) as asked:
            affected(permit, session, later=True)
        return len(asked)

    one = statements()
    make_enrolled(track, 9)
    assert statements() == one == 5


def test_those_safe_to_text_are_texted_and_the_others_make_a_call_list(network: object) -> None:
    track = make_track(weeks=1)
    texted, called = make_enrolled(track, 2)
    reachable(texted, safe_to_text=True)
    reachable(called, safe_to_call=True)
    batch = do(move, sessions(track)[1].id, on=WEDNESDAY, starts=SEVEN)
    told = do(tell, batch)
    assert (told.texted, told.to_call) == (1, 1)
    do(tell, batch)
    with as_job(WRITE) as permit:
        calls = open_tasks(permit, kinds=["session_call"])
        texts = list(OutboxMessage.objects.values_list("record_id", "channel", "body"))
    body = (
        "Your appointment of Wed 25 Nov, 18:00 is now on Wed 25 Nov, 19:00."
        " Questions: +13125550101."
    )
    assert texts == [(texted, "text", body)]
    assert [(call.record, call.title) for call in calls] == [(called, f"Call: {body}")]


def test_telling_takes_as_many_statements_for_one_person_as_for_ten(network: object) -> None:
    track = make_track(weeks=1)
    make_enrolled(track)

    def statements(session: int) -> int:
        batch = do(cancel, session, reason="Snow")
        with as_job(WRITE) as permit, CaptureQueriesContext(connection) as asked:
            tell(permit, batch)
        return len(asked)

    one = statements(sessions(track)[1].id)
    make_enrolled(track, 9)
    assert statements(sessions(track)[2].id) == one


def test_who_was_told_is_told_when_it_is_undone_and_open_calls_are_closed(network: object) -> None:
    track = make_track(weeks=1)
    texted, _called = make_enrolled(track, 2)
    reachable(texted, safe_to_text=True)
    batch = do(cancel, sessions(track)[1].id, reason="Snow")
    do(tell, batch)
    do(undo, batch)
    do(tell_undone, batch)
    with as_job(WRITE) as permit:
        assert open_tasks(permit, kinds=["makeup_offer"]) == []
        calls = open_tasks(permit, kinds=["session_call"])
        bodies = list(OutboxMessage.objects.order_by("id").values_list("body", flat=True))
    again = (
        "Your appointment of Wed 25 Nov, 18:00 takes place as first planned."
        " Questions: +13125550101."
    )
    assert [call.title for call in calls] == [f"Call: {again}"]
    assert bodies[1:] == [again]


def test_a_session_remembers_what_was_done_with_it(network: object, opened: Any) -> None:
    track = make_track(weeks=1)
    session = sessions(track)[1].id
    with opened("alice", WRITE, now=NOW) as permit:
        undo(permit, move(permit, session, on=WEDNESDAY, starts=SEVEN))
        go_virtual(permit, session)
        found = changes_of(permit, session)
    assert [(each.label, each.by, each.undone) for each in found] == [
        ("Made virtual", "Alice Adams", False), ("Moved", "Alice Adams", True)
    ]  # fmt: skip
