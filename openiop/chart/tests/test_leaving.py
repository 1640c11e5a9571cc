"""A leaver's unsigned notes, and what was signed while a credential had lapsed."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from openiop.access.backend.base import writing
from openiop.access.models import Credential, Staff
from openiop.chart import actions
from openiop.chart.actions import HandedOver, Typed
from openiop.chart.models import Note, Signature
from openiop.chart.queries import notes_of, owed, owing, signed_in_lapse
from openiop.chart.rules.parts import Part
from openiop.chart.tests.world import (
    END,
    STAFF,
    TODAY,
    WRITING,
    as_staff,
    make_session,
    make_signed,
    part,
    write_all,
)
from openiop.kernel.permits import NotPermitted, Refused
from openiop.messaging.queries.tasks import open_tasks

REASSIGN, LATER = "chart.note.reassign", END + timedelta(days=3)
WHY = "Alice left on 18 November"


def hand_over(to: str = "bob", person: str = "sam"):
    with as_staff(person, REASSIGN, LATER) as permit:
        return actions.hand_over(permit, STAFF["alice"], STAFF[to], WHY)


def draft_and_leave(staff=(("alice", "lead"), ("bob", "co"))):
    """Two notes owed by Alice: one with words in it, one empty."""
    held = make_session(2, staff=staff)
    with as_staff("alice") as permit:
        actions.open_notes(permit, [held.id])
        actions.save_part(permit, held.id, held.records[0], part(0), Typed(0))
    return held


def test_who_held_the_session_too_writes_an_own_account(network):
    held = draft_and_leave()
    assert hand_over() == HandedOver(accounts=2, closings=0)
    with as_staff("bob", now=LATER) as permit:
        new, draft = notes_of(permit, held.records[0]).notes
        assert (draft.history, draft.part, draft.author_name) == (True, part(0), "Alice Adams")
        assert draft.signers == ()
        assert (new.kind, new.part, new.author_name) == ("group", Part(), "Bob Brown")
        assert (new.origin.kind, new.origin.reason, new.origin.by) == (
            "handed_over", WHY, "Sam Stone",
        )  # fmt: skip
        assert new.due_at == END + timedelta(hours=24)  # the clock went on
        assert len(notes_of(permit, held.records[1]).notes) == 1
        assert len(owed(permit, STAFF["bob"])) == 2
        assert owed(permit, STAFF["alice"]) == []
        actions.save_part(permit, held.id, held.records[0], part(3), Typed(0))


def test_who_was_not_there_writes_a_closing_statement_and_claims_nothing(network):
    held = draft_and_leave(staff=(("alice", "lead"),))
    assert hand_over() == HandedOver(accounts=0, closings=2)
    with as_staff("bob", now=LATER) as permit:
        text = Part(response="Attended 18:00 to 21:20 by the attendance record.")
        actions.save_part(permit, held.id, held.records[0], text, Typed(0))
        assert actions.sign(permit, held.id).signed == (held.records[0],)
        signed = notes_of(permit, held.records[0]).notes[0]
        assert (signed.kind, signed.author_name) == ("closing", "Bob Brown")
        assert Signature.objects.filter(staff_id=STAFF["alice"]).count() == 0


def test_an_unsigned_draft_stays_as_it_was(network):
    draft_and_leave()
    hand_over()
    for change in ({"response": "other"}, {"kind": "group"}, {"signed_at": LATER}):
        refused = pytest.raises(IntegrityError)
        with as_staff("alice"), writing(), refused as no, transaction.atomic():
            Note.objects.filter(kind="unsigned_draft").update(**change)
        assert no.value.__cause__.diag.constraint_name == "unsigned_draft_kept"


def test_the_leaver_can_sign_nothing_any_more(network):
    held = make_session(1)
    write_all(held)
    hand_over()
    with as_staff("alice", now=LATER) as permit:
        assert actions.sign(permit, held.id).signed == ()


def test_handing_over_again_finds_nothing(network):
    draft_and_leave()
    hand_over()
    assert hand_over() == HandedOver(0, 0)


def test_the_other_is_told_and_must_write_notes_there(network):
    held = draft_and_leave()
    hand_over()
    with as_staff("bob", REASSIGN.replace("reassign", "sign"), LATER) as permit:
        (task,) = open_tasks(permit, staff=STAFF["bob"])
        assert (task.title, task.due_at) == (
            "Write the notes of Evening A that were handed over to you",
            LATER + timedelta(hours=24),
        )
        assert task.about == ("schedule_session", held.id)


def test_a_handover_is_a_leaders_with_a_reason_to_a_clinician_of_the_clinic(network):
    draft_and_leave()
    with pytest.raises(NotPermitted), as_staff("bob", REASSIGN):
        pass
    with as_staff("sam", REASSIGN) as permit:
        for to, why, field in (
            (STAFF["charlie"], WHY, "to"), (STAFF["alice"], WHY, "to"),
            (STAFF["bob"], "", "reason"),
        ):  # fmt: skip
            with pytest.raises(Refused) as no:
                actions.hand_over(permit, STAFF["alice"], to, why)
            assert no.value.field == field


def test_leavers_stand_first_among_those_who_owe(network):
    draft_and_leave()
    other = make_session(1, clinic=2, staff=(("charlie", "lead"),))
    with as_staff("charlie") as permit:
        actions.open_notes(permit, [other.id])
    with as_staff("dana", REASSIGN) as permit, writing():
        Staff.objects.filter(pk=STAFF["charlie"]).update(left_on=TODAY)
        assert [(each.name, each.count, each.left) for each in owing(permit)] == [
            ("Charlie Clark", 1, True), ("Alice Adams", 2, False),
        ]  # fmt: skip


def test_what_was_signed_in_a_lapse_is_found_with_the_reason(network):
    held = make_signed(2, staff=(("bob", "lead"),))
    with as_staff("sam", "chart.lapse.read") as permit:
        assert signed_in_lapse(permit) == []
    with as_staff("sam", "chart.note.cosign") as permit, writing():
        Credential.objects.filter(staff_id=STAFF["bob"]).update(expires_on=date(2026, 11, 15))
    with as_staff("sam", "chart.lapse.read") as permit:
        (row,) = signed_in_lapse(permit, staff=STAFF["bob"])
        assert (row.name, row.on, row.count, row.first_at) == ("Bob Brown", TODAY, 2, WRITING)
        assert row.why == "CADC cadc-2 (IL) expired on 2026-11-15."
        assert {number for number, _ in row.notes} == set(numbers(held))
        assert signed_in_lapse(permit, clinic=1) == [row]
        assert signed_in_lapse(permit, staff=STAFF["alice"]) == []


def numbers(held) -> list[str]:
    from openiop.patients.queries import people

    with as_staff("sam", "chart.lapse.read") as permit:
        return [each.number for each in people(permit, held.records).values()]


def test_a_lapse_is_judged_by_the_clinics_own_day(network):
    make_signed(1, staff=(("bob", "lead"),))  # signed at 21:30 in Chicago, the next day in UTC
    with as_staff("sam", "chart.note.cosign") as permit, writing():
        Credential.objects.filter(staff_id=STAFF["bob"]).update(expires_on=TODAY)
    with as_staff("sam", "chart.lapse.read") as permit:
        assert signed_in_lapse(permit) == []


@pytest.mark.parametrize("people", [1, 9])
def test_handing_over_takes_the_same_statements_for_one_and_nine(
    network, django_assert_num_queries, people
):
    held = make_session(people, staff=(("alice", "lead"), ("bob", "co")))
    write_all(held)
    with as_staff("sam", REASSIGN, LATER) as permit, django_assert_num_queries(12):
        done = actions.hand_over(permit, STAFF["alice"], STAFF["bob"], WHY)
    assert done == HandedOver(people, 0)
