"""Owed lists, ages, the chart, and what the clock does."""

from datetime import timedelta

import pytest

from openiop.access.backend.base import writing
from openiop.access.models import AuditEvent
from openiop.chart import actions, jobs
from openiop.chart.actions import Typed
from openiop.chart.models import Note
from openiop.chart.queries import (
    notes_of,
    owed,
    owed_by_session,
    unsigned_by_age,
    unsigned_by_clinic,
)
from openiop.chart.rules.deadlines import AgeBucket, Urgency
from openiop.chart.tests.world import (
    END,
    NORTH,
    SOUTH,
    STAFF,
    WRITING,
    as_staff,
    make_session,
    make_signed,
    next_session,
    part,
)
from openiop.kernel.permits import Refused
from openiop.messaging.queries.tasks import open_tasks
from openiop.patients.actions import merge
from openiop.schedule.tests.world import as_job

HOUR = timedelta(hours=1)


def opened_session(people: int = 2, **plan):
    held = make_session(people, **plan)
    with as_job("chart.note.escalate", WRITING) as permit:
        actions.open_notes(permit, [held.id])
    return held


def test_notes_owed_come_with_their_clock_the_nearest_first(network):
    held = opened_session()
    with as_staff("alice") as permit:
        actions.save_part(permit, held.id, held.records[1], part(0), Typed(0))
        found = owed(permit, STAFF["alice"], END + 21 * HOUR)
    assert [(each.record, each.begun) for each in found] == [
        (held.records[0], False), (held.records[1], True),
    ]  # fmt: skip
    assert {(each.group, each.due_at, each.urgency) for each in found} == {
        ("Evening A", END + 24 * HOUR, Urgency.SOON)
    }
    (line,) = owed_by_session(found)
    assert (line.session, line.count, line.begun) == (held.id, 2, 1)


def test_a_signed_note_is_owed_no_more(network):
    make_signed(1)
    with as_staff("alice") as permit:
        assert owed(permit, STAFF["alice"]) == []


def test_unsigned_notes_are_counted_by_age_and_clinic(network):
    opened_session(2)
    opened_session(1, clinic=SOUTH, staff=(("charlie", "lead"),))

    def ages(hours: int, clinics=(NORTH, SOUTH)):
        with as_staff("dana", "chart.board", END + hours * HOUR) as permit:
            return [each.count for each in unsigned_by_age(permit, clinics)]

    assert ages(1) == [3, 0, 0, 0]
    assert ages(24) == [0, 3, 0, 0]
    assert ages(71) == [0, 0, 3, 0]
    assert ages(72) == [0, 0, 0, 3]
    assert ages(1, [NORTH]) == [2, 0, 0, 0]
    with as_staff("dana", "chart.board", END) as permit:
        assert unsigned_by_clinic(permit, [NORTH, SOUTH])[SOUTH] == [
            AgeBucket(0, 24, 1), AgeBucket(24, 48, 0), AgeBucket(48, 72, 0), AgeBucket(72, None, 0),
        ]  # fmt: skip
    with as_staff("charlie", "chart.note.write") as permit:
        assert list(unsigned_by_clinic(permit, [NORTH, SOUTH])) == [SOUTH]


def test_the_clock_opens_owed_notes_after_the_session_and_once(network):
    make_session(3)
    with as_job("chart.note.escalate", END - HOUR) as permit:
        jobs.open_owed(permit)
        assert (Note.objects.count(), permit.trail) == (0, [])
    with as_job("chart.note.escalate", WRITING) as permit:
        jobs.open_owed(permit)
        assert Note.objects.count() == 3
    with as_job("chart.note.escalate", WRITING) as permit:
        jobs.open_owed(permit)
        assert permit.trail == []


@pytest.mark.parametrize(
    ("hours", "kinds"),
    [
        (1, {"author"}), (24, {"author", "supervisor"}),
        (48, {"author", "supervisor", "supervisor_again"}),
        (72, {"author", "supervisor", "supervisor_again", "director"}),
    ],
)  # fmt: skip
def test_unsigned_notes_go_up_and_are_told_once(network, hours, kinds):
    opened_session()
    for _ in range(2):
        with as_job("chart.note.escalate", END + hours * HOUR) as permit:
            jobs.escalate_unsigned(permit)
    with as_job("chart.note.escalate", END + hours * HOUR) as permit:
        told = [task for task in open_tasks(permit) if task.kind.startswith("note.unsigned.")]
    assert sorted(task.kind.rpartition(".")[2] for task in told) == sorted(kinds)
    assert {task.staff for task in told if not task.role} == {STAFF["alice"]}


def test_a_leader_is_told_who_has_not_signed_and_nobodys_patient_is_named(network):
    opened_session()
    with as_job("chart.note.escalate", END + 25 * HOUR) as permit:
        jobs.escalate_unsigned(permit)
        assert sorted((task.role, task.title) for task in open_tasks(permit)) == [
            ("", "Sign 2 notes of Evening A, Mon 16 Nov"),
            ("supervisor", "Not signed by Alice Adams: 2 of Evening A, Mon 16 Nov"),
        ]


def test_a_session_nobody_holds_is_told_to_the_supervisor(network):
    held = make_session(1)
    with as_staff("alice"), writing():
        from openiop.schedule.models import SessionStaff

        SessionStaff.objects.filter(session_id=held.id).delete()
    with as_job("chart.note.escalate", WRITING) as permit:
        jobs.open_owed(permit)
        assert [task.kind for task in open_tasks(permit)] == ["note.nobody_holds"]


def test_the_chart_shows_the_newest_first_and_the_shared_part_beside(network):
    held = make_signed(1)
    later = next_session(held)
    with as_staff("alice", now=later.ends_at) as permit:
        actions.save_part(permit, later.id, held.records[0], part(4), Typed(0))
    with as_staff("bob", "chart.note.read") as permit:
        found = notes_of(permit, held.records[0])
        assert [each.service_on.day for each in found.notes] == [18, 16]
        assert [each.in_progress for each in found.notes] == [True, False]
        assert found.notes[1].shared["topic"] == "Triggers at work"
        assert found.page.paginator.count == 2
    with as_staff("bob", "chart.note.read"):
        event = AuditEvent.objects.filter(act="chart.note.read", table="chart_note").latest("id")
        assert (event.record, event.count) == (held.records[0], 2)


def test_a_merged_records_notes_stand_in_the_same_chart(network):
    held = make_signed(2)
    with as_staff("sam", "patients.merge") as permit:
        merge(permit, kept=held.records[0], merged=held.records[1], reason="Same person")
    with as_staff("alice") as permit:
        assert len(notes_of(permit, held.records[0]).notes) == 2


def test_another_clinic_reads_nothing(network):
    held = make_signed(1)
    with as_staff("charlie") as permit:
        assert notes_of(permit, held.records[0]).notes == []
        assert owed(permit, STAFF["alice"]) == []


def test_a_note_of_another_organization_is_not_there(network):
    make_signed(1)
    with as_staff("riva"):
        assert Note.objects.count() == 0


@pytest.mark.parametrize("notes", [1, 1000])
def test_a_chart_of_a_thousand_notes_takes_the_same_statements(
    network, django_assert_num_queries, notes
):
    held = make_signed(1)
    record = held.records[0]
    with as_staff("alice"), writing():
        one = Note.objects.get()
        Note.objects.bulk_create(
            Note(**{f.attname: getattr(one, f.attname) for f in Note._meta.fields
                    if f.attname not in ("id", "session_id")}, session_id=None)
            for _ in range(notes - 1)
        )  # fmt: skip
    with as_staff("alice") as permit, django_assert_num_queries(6):
        found = notes_of(permit, record)
    assert (len(found.notes), found.page.paginator.count) == (min(notes, 50), notes)
    with as_staff("alice") as permit, pytest.raises(Refused):
        actions.set_aside(permit, held.id, record, "x")
