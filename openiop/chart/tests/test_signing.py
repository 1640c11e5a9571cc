"""Signing: all ready notes in one act, once, as what the signer is that day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from openiop.access.backend.base import writing
from openiop.access.models import AuditEvent, Credential
from openiop.chart import actions
from openiop.chart.actions import Typed
from openiop.chart.models import Addendum, CosignRequest, GroupNote, Note, Signature
from openiop.chart.queries import sheet
from openiop.chart.rules.parts import Part
from openiop.chart.tests.world import (
    END,
    GULF,
    SHARED,
    START,
    WRITING,
    as_staff,
    make_session,
    make_signed,
    part,
    write_all,
)
from openiop.kernel.permits import Refused
from openiop.messaging.queries.tasks import open_tasks
from openiop.schedule.actions import attendance


def signed(held, person="alice", now=WRITING):
    with as_staff(person, now=now) as permit:
        return actions.sign(permit, held.id)


def test_all_complete_notes_are_signed_in_one_act(network):
    held = make_session(3)
    write_all(held)
    result = signed(held)
    assert (set(result.signed), result.held, result.before) == (set(held.records), (), 0)
    with as_staff("alice"):
        assert set(Note.objects.values_list("signed_at", "author_id")) == {(WRITING, 1)}
        assert list(Signature.objects.values_list("staff_id", "part", "credentials")) == [
            (1, "author", "CADC, LCPC")
        ] * 3  # fmt: skip
        events = AuditEvent.objects.filter(act="chart.note.sign", fields=["signed_at"])
        assert {event.record for event in events} == set(held.records)


def test_signing_twice_changes_nothing(network):
    held = make_signed(2)
    again = signed(held, now=WRITING + timedelta(minutes=1))
    assert (again.signed, again.held, again.before) == ((), (), 2)
    with as_staff("alice"):
        assert Signature.objects.count() == 2


def test_each_note_keeps_the_session_as_it_was_with_a_head_count_and_no_names(network):
    held = make_session(3, staff=(("alice", "lead"), ("bob", "co")))
    with as_staff("alice", "schedule.attendance.write", END - timedelta(minutes=30)) as permit:
        attendance.leave(permit, held.id, held.records[0], END - timedelta(minutes=30))
    write_all(held, shared=replace(SHARED, next_step="Bring the sheet."))
    with as_staff("alice") as permit:
        none = replace(part(1), next_step="")
        actions.save_part(permit, held.id, held.records[1], none, Typed(1))
        actions.sign(permit, held.id)
        kept = {row.record_id: row for row in Note.objects.all()}
    left, stayed = kept[held.records[0]], kept[held.records[1]]
    assert left.shared == {
        "topic": SHARED.topic, "interventions": SHARED.interventions,
        "narrative": SHARED.narrative,
        "facilitators": [
            {"name": "Alice Adams", "part": "lead", "credentials": "CADC, LCPC"},
            {"name": "Bob Brown", "part": "co", "credentials": "CADC"},
        ],
        "head_count": 3, "group": "Evening A", "program": "substance_use", "clinic": "North",
        "room": "Maple", "mode": "in_person", "starts_at": START.isoformat(),
        "ends_at": END.isoformat(), "timezone": "America/Chicago",
        "arrived_at": START.isoformat(), "left_at": (END - timedelta(minutes=30)).isoformat(),
        "minutes": 150, "virtual": False, "makeup": False, "next_step": "Brings the trigger sheet.",
    }  # fmt: skip
    assert (left.minutes, stayed.minutes) == (150, 180)
    assert stayed.shared["next_step"] == "Bring the sheet."


def test_a_note_with_something_missing_is_held_and_the_others_are_signed(network):
    held = make_session(3)
    write_all(held)
    with as_staff("alice") as permit:
        actions.save_part(permit, held.id, held.records[0], part(0, risk=""), Typed(1))
    result = signed(held)
    assert set(result.signed) == set(held.records[1:])
    assert [(x.record, [m.field for m in x.missing]) for x in result.held] == [
        (held.records[0], ["risk"])
    ]


def test_a_session_still_running_is_not_signed(network):
    held = make_session(1)
    write_all(held)
    with pytest.raises(Refused) as no:
        signed(held, now=END - timedelta(minutes=1))
    assert no.value.code == "not_over"
    with as_staff("alice", now=END - timedelta(minutes=1)) as permit:
        page = sheet(permit, held.id)
        assert (page.ready, page.waiting, page.over) == ((), 1, False)
    assert signed(held, now=END).signed == held.records


def test_without_the_shared_part_nothing_is_signed(network):
    held = make_session(1)
    with as_staff("alice") as permit:
        actions.save_part(permit, held.id, held.records[0], part(0), Typed(0))
    with pytest.raises(Refused) as no:
        signed(held)
    assert no.value.next_step == (
        "Write the topic of the session. Write what was done in the session."
        " Write how the session went, without names."
    )


def test_a_name_of_a_peer_holds_a_note_until_somebody_says_why(network):
    held = make_session(names=[("Grace", "Kelly"), ("Omar", "Haddad")])
    write_all(held)
    text = part(1, response="He will take it with grace, then sat with Grace.")
    with as_staff("alice") as permit:
        actions.save_part(permit, held.id, held.records[1], text, Typed(1))
        line = sheet(permit, held.id).line_of(held.records[1])
        assert [(f.guard, f.text[f.start : f.end]) for f in line.findings] == [("name", "Grace")]
        result = actions.sign(permit, held.id)
        assert (result.signed, [x.record for x in result.held]) == (
            (held.records[0],), [held.records[1]],
        )  # fmt: skip
        with pytest.raises(Refused):
            actions.override(permit, held.id, held.records[1], line.findings[0].key, " ")
        actions.override(permit, held.id, held.records[1], line.findings[0].key, "His sister Grace")
        assert actions.sign(permit, held.id).signed == (held.records[1],)
        kept = Note.objects.get(record_id=held.records[1]).overrides
        assert [(each["key"], each["reason"], each["by"]) for each in kept] == [
            (line.findings[0].key, "His sister Grace", 1)
        ]


def test_a_copied_text_holds_both_the_copy_and_what_it_was_copied_from(network):
    held = make_session(2)
    write_all(held)
    with as_staff("alice") as permit:
        same = part(1, response=part(0).response)
        actions.save_part(permit, held.id, held.records[1], same, Typed(1))
        page = sheet(permit, held.id)
        assert [[f.guard for f in line.findings] for line in page.lines] == [["peer"], ["peer"]]
        assert actions.sign(permit, held.id).signed == ()


def test_the_text_of_the_last_note_is_seen(network):
    held = make_signed(1)
    from openiop.chart.tests.world import next_session

    later = next_session(held)
    with as_staff("alice", now=later.ends_at) as permit:
        actions.save_part(permit, later.id, held.records[0], part(0), Typed(0))
        line = sheet(permit, later.id).lines[0]
        assert [(f.guard, f.field, f.other) for f in line.findings] == [
            ("last_note", "response", part(0).response)
        ]
        assert line.last == part(0)


def test_a_name_in_the_shared_part_holds_every_note(network):
    held = make_session(names=[("Grace", "Kelly"), ("Omar", "Haddad")])
    write_all(held, shared=replace(SHARED, narrative="Omar led the role play."))
    with pytest.raises(Refused) as no:
        signed(held)
    assert (no.value.sentence, no.value.next_step) == (
        "The shared part is not ready.", "Look at the names in it.",
    )  # fmt: skip
    with as_staff("alice") as permit:
        key = sheet(permit, held.id).shared.findings[0].key
        actions.override(permit, held.id, None, key, "Omar Khayyam, the poet")
        assert len(actions.sign(permit, held.id).signed) == 2
        assert GroupNote.objects.get().overrides[0]["reason"] == "Omar Khayyam, the poet"


def test_a_lapsed_credential_is_refused_with_the_sentence_that_names_it(network):
    held = make_session(1, staff=(("bob", "lead"),))
    write_all(held, "bob")
    lapse("bob", date(2026, 11, 1))
    with pytest.raises(Refused) as no:
        signed(held, "bob")
    assert no.value.sentence == ("You cannot sign today. CADC cadc-2 (IL) expired on 2026-11-01.")
    with as_staff("bob"):
        assert set(Note.objects.values_list("signed_at")) == {(None,)}


def lapse(person: str, on: date) -> None:
    """The credentials of a person end on a day."""
    with as_staff(person) as permit, writing():
        Credential.objects.filter(staff_id=permit.staff).update(expires_on=on)


def test_an_interns_notes_ask_for_a_second_signature(network):
    held = make_session(2, clinic=GULF, staff=(("iris", "lead"),))
    write_all(held, "iris")
    result = signed(held, "iris")
    due = WRITING + timedelta(hours=72)
    assert (len(result.signed), result.cosign_due_at) == (2, due)
    with as_staff("sam", "chart.note.cosign") as permit:
        assert list(CosignRequest.objects.values_list("due_at", "waits_for")) == [
            (due, "cosigner")
        ] * 2  # fmt: skip
        assert [(task.kind, task.title, task.role) for task in open_tasks(permit)] == [
            ("note.cosign", "Co-sign notes of Evening A by Iris Ito", "supervisor")
        ]


def test_a_signed_note_its_signature_and_the_shared_part_never_change(network):
    make_signed(1)
    changes = [
        (lambda: Note.objects.update(response="other"), "note_signed"),
        (lambda: Note.objects.update(signed_at=None), "note_signed"),
        (lambda: Signature.objects.update(credentials="MD"), "signature_kept"),
        (lambda: Signature.objects.all().delete(), "signature_kept"),
        (lambda: GroupNote.objects.update(topic="other"), "group_note_signed"),
    ]
    for change, name in changes:
        refused = pytest.raises(IntegrityError)
        with as_staff("alice"), writing(), refused as no, transaction.atomic():
            change()
        assert no.value.__cause__.diag.constraint_name == name


def test_an_incomplete_group_note_cannot_be_signed_even_past_the_action(network):
    held = make_session(1)
    with as_staff("alice") as permit:
        actions.save_part(permit, held.id, held.records[0], Part(response="x"), Typed(0))
    with as_staff("alice"), writing(), pytest.raises(IntegrityError) as no, transaction.atomic():
        Note.objects.update(signed_at=WRITING)
    assert no.value.__cause__.diag.constraint_name == "signed_note_is_complete"


def test_nobody_signs_for_somebody_else(network):
    held = make_session(1, staff=(("alice", "lead"), ("bob", "co")))
    write_all(held)
    assert signed(held, "bob").signed == ()
    with as_staff("sam", now=WRITING) as permit:
        assert actions.sign(permit, held.id).signed == ()
    with as_staff("alice"):
        assert Signature.objects.count() == 0


def test_an_outreach_note_is_signed_without_the_shared_part(network):
    held = make_session(1)
    with as_staff("alice", "schedule.attendance.write", START + timedelta(minutes=9)) as permit:
        attendance.mark_unable(permit, held.id, held.records[0], reason="Unwell")
    with as_staff("alice") as permit:
        text = Part(response="Rested, was driven home.", risk="none")
        actions.save_part(permit, held.id, held.records[0], text, Typed(0))
        assert actions.sign(permit, held.id).signed == held.records
        assert Note.objects.get().minutes == 0


def test_the_authors_tasks_close_with_the_last_signature(network):
    from openiop.chart import jobs
    from openiop.schedule.tests.world import as_job

    held = make_session(2)
    with as_job("chart.note.escalate", END + timedelta(hours=25)) as permit:
        jobs.open_owed(permit)
        jobs.escalate_unsigned(permit)
        assert {task.kind for task in open_tasks(permit)} == {
            "note.unsigned.author", "note.unsigned.supervisor",
        }  # fmt: skip
    write_all(held)
    signed(held, now=END + timedelta(hours=26))
    with as_staff("alice") as permit:
        assert open_tasks(permit, kinds=["note.unsigned.author", "note.unsigned.supervisor"]) == []
        assert Addendum.objects.count() == 0


@pytest.mark.parametrize("people", [1, 11])
def test_signing_takes_the_same_statements_for_one_and_eleven(
    network, django_assert_num_queries, people
):
    held = make_session(people)
    write_all(held)
    with as_staff("alice") as permit, django_assert_num_queries(11):  # two are the savepoint
        assert len(actions.sign(permit, held.id).signed) == people
