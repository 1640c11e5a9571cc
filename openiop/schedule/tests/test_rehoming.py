"""Leave: nothing new is booked in it, and all that stood in it is re-homed by one confirm."""

from datetime import date, datetime, time, timedelta

import pytest
from django.http import Http404
from django.urls import reverse

from openiop.config.network_for_tests import NORTH
from openiop.kernel.permits import NotPermitted, Refused
from openiop.schedule.actions.appointments import book
from openiop.schedule.actions.moving import Move
from openiop.schedule.actions.rehoming import rehome, undo_rehoming
from openiop.schedule.actions.types import found_types
from openiop.schedule.actions.working import (
    Week,
    add_away,
    add_extra,
    end_away,
    refuse_away,
    set_hours,
)
from openiop.schedule.models import Appointment, Occupancy, SessionStaff
from openiop.schedule.queries.rehoming import rehomings, stranding
from openiop.schedule.queries.working import away as away_facts
from openiop.schedule.queries.working import away_of, hours_of
from openiop.schedule.rules.rehoming import OTHER, SAME_COLLEAGUE, SAME_TIME
from openiop.schedule.tests.test_attendance import sessions_of
from openiop.schedule.tests.test_availability import (
    ALICE,
    BOB,
    CHARLIE,
    TUESDAY,
    at,
    type_id,
    works,
)
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_enrolled, make_person, make_track

REHOME, SAM = "schedule.rehome", 7
WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def typed(network):
    """The shipped types; Alice and Bob at North on weekdays from 8 to 21."""
    with as_job("schedule.type.write") as permit:
        found_types(permit)
    for staff in (ALICE, BOB):
        works(staff, *[(day, 8, 21) for day in range(5)])


def visit(hour: int, minute: int = 0, *, staff: int = ALICE, day: date = TUESDAY, **facts) -> int:
    kind = type_id("therapy-short")
    with as_job("schedule.appointment.write") as permit:
        return book(
            permit, record=facts.pop("record", None) or make_person(), clinic=NORTH, staff=staff,
            starts_at=at(hour, minute, day), minutes=30, type=kind, **{"room": 2, **facts},
        )  # fmt: skip


def away(staff: int = ALICE, day: date = TUESDAY, until: date | None = None) -> int:
    with as_job("schedule.away.write") as permit:
        ends = (until or day) + timedelta(days=1)
        return add_away(permit, staff, "leave", at(0, 0, day), at(0, 0, ends))


def left(away_id: int):
    with as_job(REHOME) as permit:
        return stranding(permit, away_facts(permit, away_id))


def confirm(away_id: int, now: datetime = NOW):
    """Re-home everything as the page has chosen it."""
    found = left(away_id)
    moves = [
        Move(row.visit.id, row.places[0].starts_at, row.places[0].staff, row.places[0].room)
        for row in found.visits
    ]
    with as_job(REHOME, now) as permit:
        return rehome(
            permit, away_id, moves,
            {row.session.id: row.best for row in found.sessions if row.best},
        )  # fmt: skip


def standing() -> list[tuple]:
    with as_job("schedule.read"):
        rows = Appointment.objects.order_by("id")
        return [(r.id, r.staff_id, r.room_id, r.starts_at, r.ends_at, r.mode) for r in rows]


def taken() -> list[tuple]:
    with as_job("schedule.read"):
        rows = Occupancy.objects.values_list("kind", "resource", "during", "appointment_id")
        return sorted(rows, key=str)


# --- hours and leave ---


def test_a_week_takes_the_place_of_the_one_before_from_its_day_on(typed):
    with as_job("schedule.hours.write") as permit:
        set_hours(permit, ALICE, [Week(NORTH, 2, time(9), time(12))], WEDNESDAY)
    with as_job("schedule.read") as permit:
        before = [row.weekday for row in hours_of(permit, ALICE, TODAY)]
        after = [(row.weekday, row.starts) for row in hours_of(permit, ALICE, WEDNESDAY)]
    assert (before, after) == ([0, 1, 2, 2, 3, 4], [(2, time(9))])


def test_extra_hours_of_a_day_outlive_a_new_week(typed):
    with as_job("schedule.hours.write") as permit:
        add_extra(permit, ALICE, WEDNESDAY, Week(NORTH, 2, time(6), time(7)))
        set_hours(permit, ALICE, [], TODAY)
        assert [(row.starts, row.one_day) for row in hours_of(permit, ALICE, TODAY)] == [
            (time(6), True)
        ]


def test_stretches_of_one_day_may_not_overlap(typed):
    weeks = [Week(NORTH, 1, time(8), time(12)), Week(NORTH, 1, time(11), time(15))]
    with as_job("schedule.hours.write") as permit, pytest.raises(Refused) as no:
        set_hours(permit, ALICE, weeks, TODAY)
    assert no.value.code == "overlap"


def test_one_says_only_when_one_works_oneself(typed, opened):
    with opened("alice", "schedule.hours.write", now=NOW) as permit:
        set_hours(permit, ALICE, [Week(NORTH, 1, time(8), time(12))], TODAY)
        with pytest.raises(NotPermitted):
            set_hours(permit, BOB, [], TODAY)
        with pytest.raises(Http404):
            set_hours(permit, CHARLIE, [], TODAY)


def test_the_front_desk_takes_the_call_of_somebody_who_is_ill(typed, opened):
    with opened("fred", "schedule.away.write", now=NOW) as permit:
        add_away(permit, ALICE, "sick", NOW, NOW + timedelta(hours=8))
        assert [row.label for row in away_of(permit, [ALICE], NOW)] == ["Sick"]


def test_nothing_is_booked_while_a_colleague_is_away_and_free_times_are_named(typed):
    with as_job("schedule.away.write") as permit:
        add_away(permit, ALICE, "leave", at(8), at(12))
    with as_job("schedule.appointment.write") as permit, pytest.raises(Refused) as no:
        refuse_away(permit, ALICE, at(11, 45), at(12, 15))
    assert no.value.sentence == "Alice Adams is away on Tue 24 Nov, 08:00 to 12:00."
    assert [str(each.starts)[:5] for each in no.value.choices] == [
        "12:00", "12:30", "13:00", "13:30", "14:00", "14:30",
    ]  # fmt: skip
    with as_job("schedule.appointment.write") as permit:
        refuse_away(permit, ALICE, at(12), at(12, 30))  # is not refused


def test_leave_taken_back_is_no_leave(typed):
    found = away()
    with as_job("schedule.away.write") as permit:
        end_away(permit, found)
        assert away_of(permit, [ALICE], NOW) == []
        with pytest.raises(Refused) as no:
            end_away(permit, found)
    assert no.value.code == "ended"


# --- re-homing ---


def test_a_visit_keeps_its_time_with_another_colleague(typed):
    visit(10)
    (row,) = left(away()).visits
    best = row.places[0]
    assert (best.kind, best.staff_name, best.starts_at, best.room_name) == (
        SAME_TIME, "Bob Brown", at(10), "Birch",
    )  # fmt: skip
    assert {place.kind for place in row.places} == {SAME_TIME, SAME_COLLEAGUE, OTHER}


def test_where_nobody_else_is_free_the_same_colleague_takes_it_later(typed):
    visit(10)
    visit(9, 45, staff=BOB, room=1)
    (row,) = left(away()).visits
    best = row.places[0]
    assert (best.kind, best.starts_at) == (SAME_COLLEAGUE, at(19, 45, TODAY))


def test_two_visits_at_one_time_do_not_get_the_same_colleague(typed):
    visit(10)
    works(SAM, *[(day, 8, 21) for day in range(5)])
    visit(10, 30)
    rows = left(away()).visits
    assert [(row.places[0].kind, row.places[0].staff_name) for row in rows] == [
        (SAME_TIME, "Bob Brown"), (SAME_TIME, "Sam Stone"),
    ]  # fmt: skip


def test_fourteen_visits_and_a_group_are_rehomed_by_one_confirm_and_undone_exactly(typed):
    track = make_track(weekdays=(1,), starts=time(18))
    make_enrolled(track, 2)
    for number in range(7):
        visit(8 + number)
        visit(8 + number, day=WEDNESDAY)
    before, held = standing(), taken()
    found = away(until=WEDNESDAY)
    assert (len(left(found).visits), len(left(found).sessions)) == (14, 1)
    done = confirm(found)
    assert (done.count, done.told.to_call, left(found).count) == (15, 14, 0)
    assert {row[1] for row in standing()} == {BOB}
    with as_job(REHOME) as permit:
        (one,) = rehomings(permit, found)
        assert one.count == 15
        undo_rehoming(permit, found, one.key)
        assert rehomings(permit, found) == []
    assert (standing(), taken()) == (before, held)
    assert left(found).count == 15


def test_a_substitute_takes_the_part_of_whoever_is_away_and_the_other_stays(typed):
    track = make_track(weekdays=(1,), staff=((SAM, "lead"), (ALICE, "co")))
    (session, *_) = sessions_of(track)
    found = away()
    confirm(found)
    with as_job("schedule.read"):
        rows = SessionStaff.objects.filter(session_id=session).order_by("staff_id")
        assert list(rows.values_list("staff_id", "part")) == [(BOB, "co"), (SAM, "lead")]


def test_nobody_who_is_away_too_is_chosen(typed):
    visit(10)
    make_track(weekdays=(1,), starts=time(18))
    away(BOB)
    found = left(away())
    assert found.visits[0].places[0].kind == SAME_COLLEAGUE
    assert "Bob Brown" not in [one.name for one in found.sessions[0].candidates]


def test_what_was_changed_in_the_meantime_is_refused(typed):
    one = visit(10)
    found = away()
    confirm(found)
    with as_job(REHOME) as permit, pytest.raises(Refused) as no:
        rehome(permit, found, [Move(one, at(11), BOB, None)], {})
    assert no.value.code == "changed"


def test_the_same_statements_for_one_visit_and_for_ten(typed, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    visit(8)
    found = away(until=WEDNESDAY)
    with as_job(REHOME) as permit:
        facts = away_facts(permit, found)
        with CaptureQueriesContext(connection) as once:
            stranding(permit, facts)
    with as_job("schedule.away.write") as permit:
        end_away(permit, found)
    for hour in range(9, 18):
        visit(hour)
    found = away(until=WEDNESDAY)
    with as_job(REHOME) as permit:
        facts = away_facts(permit, found)
        with django_assert_num_queries(len(once)):
            assert len(stranding(permit, facts).visits) == 10
    assert len(once) <= 20


# --- pages ---


def test_i_am_sick_leads_to_what_i_leave_and_one_confirm(typed, clock, signed_in):
    track = make_track()
    make_enrolled(track, 2)
    clock(NOW)
    alice = signed_in("alice")
    page = alice.post(reverse("schedule:sick"), follow=True)
    shown = page.content.decode()
    assert ("Evening A" in shown, "Re-home all 1" in shown) == (True, True)
    (session, *_) = sessions_of(track)
    answer = alice.post(page.request["PATH_INFO"], {f"session-{session}": str(BOB)}, follow=True)
    assert "1 re-homed. 0 texted, 0 to call." in answer.content.decode()
    with as_job("schedule.read"):
        assert SessionStaff.objects.get(session_id=session).staff_id == BOB
    with as_job(REHOME) as permit:
        (one,) = rehomings(permit, int(page.request["PATH_INFO"].split("/")[3]))
    undone = alice.post(page.request["PATH_INFO"] + "undo/", {"when": one.key}, follow=True)
    assert "Undone: everything is as it was." in undone.content.decode()


def test_hours_and_leave_are_kept_by_their_forms(typed, clock, signed_in):
    clock(NOW)
    alice = signed_in("alice")
    url = reverse("schedule:my_hours")
    kept = {"do": "weekly", "weekly-weekdays": ["5"], "weekly-starts": "09:00",
            "weekly-ends": "12:00", "weekly-clinic": str(NORTH), "weekly-use": "visits",
            "weekly-from_on": str(TODAY)}  # fmt: skip
    assert alice.post(url, kept).status_code == 302
    assert "09:00–12:00, North" in alice.get(url).content.decode()
    assert alice.post(url, kept | {"weekly-starts": "10:00"}).status_code == 422
    leave = {"do": "leaving", "leaving-kind": "leave", "leaving-starts_on": str(TUESDAY),
             "leaving-ends_on": str(WEDNESDAY)}  # fmt: skip
    page = alice.post(url, leave, follow=True)
    assert "Nothing is left without anybody" in page.content.decode()
    with as_job("schedule.read") as permit:
        (row,) = away_of(permit, [ALICE], NOW)
    assert (row.starts_at, row.ends_at) == (at(0), at(0, 0, WEDNESDAY + timedelta(days=1)))
    assert signed_in("charlie").get(reverse("schedule:away", args=[row.id])).status_code == 404
    assert signed_in("charlie").get(reverse("schedule:hours", args=[ALICE])).status_code == 404


def test_a_type_is_added_changed_and_taken_out_of_use(typed, clock, signed_in):
    clock(NOW)
    dana = signed_in("dana")
    kept = {"name": "Long talk", "kind": "individual", "minutes": "90", "buffer_minutes": "15",
            "holders": ["clinician"], "modes": ["in_person"]}  # fmt: skip
    assert dana.post(reverse("schedule:types"), kept).status_code == 302
    twice = dana.post(reverse("schedule:types"), kept).content.decode()
    assert "A type of this name is there already." in twice
    one = reverse("schedule:type", args=[type_id("long-talk")])
    assert dana.post(one, kept | {"minutes": "4"}).status_code == 422
    assert dana.post(one, kept | {"minutes": "80"}).status_code == 302
    assert dana.post(one + "retire/").status_code == 302
    assert "Not in use" in dana.get(reverse("schedule:types")).content.decode()
    assert signed_in("alice").get(reverse("schedule:types")).status_code == 403
