"""Writing: each person's part, the shared part, and what two windows send."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.http import Http404

from openiop.access.models import AuditEvent
from openiop.chart import actions
from openiop.chart.actions import Conflict, Typed
from openiop.chart.models import GroupNote, KeptText, Note
from openiop.chart.queries import sheet
from openiop.chart.rules.parts import Part, Shared
from openiop.chart.tests.world import (
    END,
    SHARED,
    SOUTH,
    START,
    WRITING,
    as_staff,
    make_session,
    make_signed,
    part,
    shared_version,
)
from openiop.kernel.permits import NotPermitted, Refused
from openiop.schedule.actions import attendance
from openiop.schedule.actions.marking import Mark
from openiop.schedule.queries.attendance import versions
from openiop.schedule.rules.attendance import Status
from openiop.schedule.tests.world import as_job

WRITE = "chart.note.write"


def save(held, record, text, *, person="alice", began_at=0, page="", final=True):
    with as_staff(person) as permit:
        return actions.save_part(permit, held.id, record, text, Typed(began_at, page, final))


def stored(held, record) -> tuple:
    with as_staff("alice"):
        row = Note.objects.get(session_id=held.id, record_id=record)
        return row.version, row.response, row.author_id


def test_nothing_is_ever_prefilled(network):
    held = make_session(2)
    with as_staff("alice") as permit:
        page = sheet(permit, held.id)
        assert [line.part for line in page.lines] == [Part(), Part()]
        assert [line.state for line in page.lines] == ["empty", "empty"]
        actions.open_notes(permit, [held.id])
        assert [line.part for line in sheet(permit, held.id).lines] == [Part(), Part()]


def test_the_first_word_opens_the_note_with_its_clock(network):
    held = make_session(2)
    record = held.records[0]
    saved = save(held, record, Part(response="Spoke"))
    assert (saved.version, saved.at) == (1, WRITING)
    with as_staff("alice"):
        row = Note.objects.get(session_id=held.id)
        assert (row.record_id, row.kind, row.author_id, row.signed_at) == (record, "group", 1, None)
        assert row.due_at == END + timedelta(hours=24)
        assert (row.minutes, row.ended_at) == (180, END)
        event = AuditEvent.objects.filter(act=WRITE, record=record).latest("id")
        assert (event.row, event.fields) == (row.pk, ["response"])


def test_a_save_bumps_the_version_and_the_same_text_again_does_not(network):
    held = make_session(1)
    record = held.records[0]
    assert save(held, record, part(0)).version == 1
    assert save(held, record, part(0), began_at=0).version == 1
    assert save(held, record, part(1), began_at=1).version == 2


def test_another_windows_newer_text_is_told_and_not_written_over(network):
    held = make_session(1)
    record = held.records[0]
    save(held, record, part(0), page="one")
    with pytest.raises(Conflict) as no:
        save(held, record, part(1), began_at=0, page="two")
    assert (no.value.version, no.value.theirs["response"]) == (1, part(0).response)
    assert stored(held, record) == (1, part(0).response, 1)


def test_a_page_goes_on_after_a_dropped_answer(network):
    held = make_session(1)
    record = held.records[0]
    save(held, record, Part(response="Spoke"), page="one", final=False)
    assert save(held, record, Part(response="Spoke up"), page="one").version == 2
    save(held, record, Part(response="Spoke"), page="one", final=False)
    assert stored(held, record) == (2, "Spoke up", 1)


def test_a_text_against_a_newer_one_is_kept_for_its_writer_alone(network):
    held = make_session(1)
    record = held.records[0]
    with as_staff("alice") as permit:
        actions.keep_text(permit, held.id, record, {"response": "mine", "progress": ""})
        actions.keep_text(permit, held.id, record, {"response": "again"})
        actions.keep_text(permit, held.id, None, {"topic": "other"})
        assert list(KeptText.objects.order_by("id").values_list("record_id", "fields")) == [
            (record, {"response": "again\n\nmine"}), (None, {"topic": "other"}),
        ]  # fmt: skip
        actions.drop_kept_text(permit, held.id, record)
        actions.drop_kept_text(permit, held.id, record)
        assert KeptText.objects.count() == 1


def test_only_who_held_the_session_writes(network):
    held = make_session(1)
    with pytest.raises(Refused) as no:
        save(held, held.records[0], part(0), person="bob")
    assert no.value.sentence == "These notes are for those who held the session to write."


def test_a_co_facilitator_may_begin_a_note_and_then_it_is_theirs(network):
    held = make_session(2, staff=(("alice", "lead"), ("bob", "co")))
    first, second = held.records
    with as_staff("alice") as permit:
        actions.open_notes(permit, [held.id])
    save(held, first, part(0), person="bob")
    assert stored(held, first)[2] == 2
    with pytest.raises(Refused):
        save(held, first, part(1), began_at=1)
    save(held, second, part(1))
    with pytest.raises(Refused):
        save(held, second, part(1), person="bob", began_at=1)


def test_a_note_of_another_clinic_is_not_there(network):
    held = make_session(1)
    with pytest.raises(Http404):
        save(held, held.records[0], part(0), person="charlie")
    with pytest.raises(NotPermitted), as_staff("fred"):
        pass


def test_who_did_not_come_gets_no_note(network):
    held = make_session(2, arrive=False)
    with as_staff("alice", "schedule.attendance.write", START + timedelta(hours=1)) as permit:
        attendance.mark_absent(permit, held.id, held.records[0])
    for record in held.records:
        with pytest.raises(Refused) as no:
            save(held, record, part(0))
        assert no.value.code == "not_there"
    with as_staff("alice") as permit:
        page = sheet(permit, held.id)
        assert (page.lines, [status for _, status in page.away]) == ((), ["absent"])
        assert actions.open_notes(permit, [held.id]) == 0


def test_who_came_unable_gets_a_short_outreach_note_or_none(network):
    held = make_session(2)
    with as_staff("alice", "schedule.attendance.write", START + timedelta(minutes=9)) as permit:
        attendance.mark_unable(permit, held.id, held.records[0], reason="Unwell", steps=["ride"])
    with as_staff("alice") as permit:
        page = sheet(permit, held.id)
        assert {line.record: (line.kind, line.came) for line in page.lines} == {
            held.records[0]: ("outreach", False), held.records[1]: ("group", True),
        }  # fmt: skip
        assert page.owed == 1
        assert actions.open_notes(permit, [held.id]) == 1
    save(held, held.records[0], Part(response="Rested, was driven home.", risk="none"))
    with as_staff("alice") as permit:
        line = next(x for x in sheet(permit, held.id).lines if x.record == held.records[0])
        assert (line.kind, line.state, line.came) == ("outreach", "ready", True)


def test_empty_notes_follow_attendance_and_staffing(network):
    held = make_session(2)
    gone, stays = held.records
    with as_staff("alice") as permit:
        assert actions.open_notes(permit, [held.id]) == 2
        assert actions.open_notes(permit, [held.id]) == 0
    with as_staff("alice", "schedule.attendance.correct", END) as permit:
        attendance.correct(permit, held.id, gone, Mark(Status.ABSENT, method=""), "Was not here")
    with as_job("chart.note.escalate", WRITING) as permit:
        assert actions.open_notes(permit, [held.id]) == 0
        assert list(Note.objects.values_list("record_id", flat=True)) == [stays]


def test_a_text_about_somebody_who_was_not_there_is_set_aside_as_history(network):
    held = make_session(1)
    record = held.records[0]
    save(held, record, part(0))
    with as_staff("alice") as permit, pytest.raises(Refused):
        actions.set_aside(permit, held.id, record, "Mixed up")
    with as_staff("alice", "schedule.attendance.correct", END) as permit:
        attendance.correct(permit, held.id, record, Mark(Status.ABSENT, method=""), "Was not here")
    with as_staff("alice") as permit:
        line = sheet(permit, held.id).lines[0]
        assert [each.field for each in line.missing] == ["attendance"]
        actions.set_aside(permit, held.id, record, "Attendance was corrected")
        row = Note.objects.get()
        assert (row.kind, row.response) == ("unsigned_draft", part(0).response)
        assert sheet(permit, held.id).lines == ()


def test_a_mark_taken_back_and_set_again_leaves_the_text_where_it_was(network):
    held = make_session(1)
    record = held.records[0]
    save(held, record, part(0))
    with as_staff("alice", "schedule.attendance.write", END - timedelta(minutes=5)) as permit:
        attendance.undo(permit, held.id, record)
        assert Note.objects.get().attendance_id is None
        attendance.arrive(permit, held.id, record, from_start=True)
    write_all_but_parts(held)
    with as_staff("alice") as permit:
        assert actions.sign(permit, held.id).signed == (record,)
        row = Note.objects.get()
        assert (row.attendance_id is not None, row.response) == (True, part(0).response)


def test_a_mark_under_a_signed_note_is_corrected_and_not_taken_back(network):
    held = make_signed(1)
    record = held.records[0]
    with (
        as_staff("alice", "schedule.attendance.write") as permit,
        pytest.raises(Refused) as no,
    ):
        attendance.undo(permit, held.id, record)
    assert (no.value.sentence, no.value.next_step) == (
        "A signed note rests on this mark.",
        "Correct the mark and say why; note and first record are kept.",
    )
    left = END - timedelta(minutes=60)
    with as_staff("alice", "schedule.attendance.correct") as permit:
        mark = Mark(Status.PRESENT, left_at=left)
        attendance.correct(permit, held.id, record, mark, "Left at nine")
        found = versions(permit, held.id, record)
        assert [(each.left_at, each.correction) for each in found] == [
            (None, ""), (left, "Left at nine"),
        ]  # fmt: skip
        note = Note.objects.get()
        assert (note.signed_at is not None, note.attendance_id is not None) == (True, True)


def write_all_but_parts(held):
    with as_staff("alice") as permit:
        actions.save_shared(permit, held.id, SHARED, Typed(0))


def test_the_shared_part_is_written_once_and_frozen_by_the_first_signature(network):
    held = make_signed(1)
    with as_staff("alice") as permit:
        row = GroupNote.objects.get()
        assert (row.topic, row.signed_at, row.version) == (SHARED.topic, WRITING, 1)
        with pytest.raises(Refused) as no:
            actions.save_shared(permit, held.id, replace(SHARED, topic="Other"), Typed(1))
    assert no.value.sentence == "The shared part is signed and stays as it is."


def test_the_shared_part_has_versions_too(network):
    held = make_session(1)
    with as_staff("alice") as permit:
        assert actions.save_shared(permit, held.id, SHARED, Typed(0)).version == 1
        assert shared_version(permit, held.id) == 1
    with as_staff("alice") as permit, pytest.raises(Conflict) as no:
        actions.save_shared(permit, held.id, Shared(topic="Mine"), Typed(0, "two"))
    assert no.value.theirs["topic"] == SHARED.topic


def test_a_signed_note_is_not_written_on(network):
    held = make_signed(1)
    with pytest.raises(Refused) as no:
        save(held, held.records[0], part(5), began_at=1)
    assert no.value.next_step == "Add an addendum instead."


def test_another_clinics_staff_write_their_own_sessions(network):
    held = make_session(1, clinic=SOUTH, staff=(("charlie", "lead"),))
    assert save(held, held.records[0], part(0), person="charlie").version == 1


@pytest.mark.parametrize("people", [1, 12])
def test_a_save_takes_the_same_statements_for_one_and_twelve(
    network, django_assert_num_queries, people
):
    held = make_session(min(people, 11))
    save(held, held.records[0], part(0))
    with as_staff("alice") as permit, django_assert_num_queries(5):  # two are the savepoint
        actions.save_part(permit, held.id, held.records[0], part(1), Typed(1))
