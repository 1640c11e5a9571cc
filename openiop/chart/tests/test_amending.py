"""After signing: addenda, late entries, strikes. Nothing is dated back, both trails stay."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from openiop.access.backend.base import writing
from openiop.chart import actions
from openiop.chart.actions import Typed
from openiop.chart.models import Addendum, Note
from openiop.chart.queries import note, notes_of
from openiop.chart.rules.parts import Part
from openiop.chart.tests.world import END, as_staff, make_session, make_signed, part, write_all
from openiop.kernel.permits import Refused

AMEND, TOMORROW = "chart.note.amend", END + timedelta(days=1)


def note_of(record: int) -> int:
    with as_staff("alice") as permit:
        return notes_of(permit, record).notes[-1].id


def test_an_addendum_stands_under_the_note_with_its_own_day_and_signature(network):
    held = make_signed(1)
    one = note_of(held.records[0])
    with as_staff("bob", AMEND, TOMORROW) as permit:
        actions.add_addendum(permit, one, text="Called; is safe.", reason="Call after group")
        shown = note(permit, held.records[0], one)
    (added,) = shown.added
    assert (added.kind, added.text, added.reason) == (
        "addendum", "Called; is safe.", "Call after group",
    )  # fmt: skip
    assert (added.name, added.credentials, added.at) == ("Bob Brown", "CADC", TOMORROW)
    assert shown.part == part(0)


def test_a_late_entry_is_shown_as_one(network):
    held = make_signed(1)
    with as_staff("alice", AMEND, TOMORROW) as permit:
        one = note_of(held.records[0])
        actions.late_entry(permit, one, text="Left his phone number.", reason="Forgotten")
        assert [(a.kind, a.at) for a in note(permit, held.records[0], one).added] == [
            ("late_entry", TOMORROW)
        ]


@pytest.mark.parametrize(("text", "reason"), [("", "why"), ("words", " ")])
def test_text_and_reason_are_asked_for(network, text, reason):
    held = make_signed(1)
    with as_staff("alice", AMEND) as permit, pytest.raises(Refused):
        actions.add_addendum(permit, note_of(held.records[0]), text=text, reason=reason)


def test_an_unsigned_note_is_changed_not_added_to(network):
    held = make_session(1)
    write_all(held)
    with as_staff("alice", AMEND) as permit, pytest.raises(Refused) as no:
        actions.add_addendum(permit, note_of(held.records[0]), text="x", reason="y")
    assert no.value.next_step == "Change the note itself."


def test_an_addendum_never_changes(network):
    held = make_signed(1)
    with as_staff("alice", AMEND) as permit:
        actions.add_addendum(permit, note_of(held.records[0]), text="x", reason="y")
    with as_staff("alice"), writing(), pytest.raises(IntegrityError) as no, transaction.atomic():
        Addendum.objects.update(text="z")
    assert no.value.__cause__.diag.constraint_name == "addendum_kept"


def test_a_note_signed_after_its_clock_is_late_for_ever(network):
    held = make_session(1)
    write_all(held)
    with as_staff("alice", now=TOMORROW + timedelta(minutes=1)) as permit:
        actions.sign(permit, held.id)
        assert note(permit, held.records[0], note_of(held.records[0])).late
    on_time = make_signed(1, clinic=3, staff=(("tess", "lead"),))
    with as_staff("tess") as permit:
        assert not notes_of(permit, on_time.records[0]).notes[0].late


def test_a_strike_keeps_the_note_and_opens_an_empty_one_to_write_anew(network):
    held = make_signed(1)
    record = held.records[0]
    one = note_of(record)
    with as_staff("alice", AMEND, TOMORROW) as permit:
        new = actions.strike(permit, one, reason="Wrong session described")
        struck = note(permit, record, one)
        assert (struck.struck, struck.hidden, struck.part) == (True, False, part(0))
        fresh = note(permit, record, new)
        assert (fresh.part, fresh.signed_at, fresh.author) == (Part(), None, 1)
        assert (fresh.origin.kind, fresh.origin.reason) == ("struck", "Wrong session described")
        with pytest.raises(Refused):
            actions.strike(permit, one, reason="Again")
    with as_staff("alice", now=TOMORROW + timedelta(hours=1)) as permit:
        actions.save_part(permit, held.id, record, part(4), Typed(0))
        assert actions.sign(permit, held.id).signed == (record,)
        assert [(n.struck, n.late) for n in notes_of(permit, record).notes] == [
            (False, True), (True, False),
        ]  # fmt: skip


def test_a_note_about_somebody_else_leaves_this_chart_and_stands_unsigned_in_theirs(network):
    held = make_session(2)
    wrong, right = held.records
    with as_staff("alice") as permit:
        from openiop.chart.tests.world import SHARED

        actions.save_shared(permit, held.id, SHARED, Typed(0))
        actions.save_part(permit, held.id, wrong, part(7), Typed(0))
        actions.sign(permit, held.id)
    one = note_of(wrong)
    with as_staff("alice", AMEND, TOMORROW) as permit:
        actions.strike(permit, one, reason="About another person", wrong_person=True,
                       belongs_to=right)  # fmt: skip
        struck = note(permit, wrong, one)
        assert (struck.hidden, struck.part) == (True, Part())
        (moved,) = notes_of(permit, right).notes
        assert (moved.part, moved.signed_at) == (part(7), None)
        assert (moved.origin.kind, moved.origin.by) == ("moved", "Alice Adams")
        assert Note.objects.get(pk=one).response == part(7).response  # kept, not shown
    with as_staff("alice", now=TOMORROW) as permit:
        assert actions.sign(permit, held.id).signed == (right,)


def test_a_text_moves_only_to_somebody_who_took_part_and_has_no_note(network):
    held = make_signed(2)
    first, second = held.records
    with as_staff("alice", AMEND) as permit:
        for target, code in ((second, "belongs_to"), (first, "belongs_to"), (999999, "belongs_to")):
            with pytest.raises(Refused) as no:
                actions.strike(
                    permit, note_of(first), reason="x", wrong_person=True, belongs_to=target
                )
            assert no.value.code == code
        assert Addendum.objects.count() == 0


def test_only_the_author_or_a_leader_strikes(network):
    held = make_signed(2)
    with as_staff("bob", AMEND) as permit, pytest.raises(Refused) as no:
        actions.strike(permit, note_of(held.records[0]), reason="x")
    assert no.value.sentence == "Only the author or a supervisor strikes a note."
    with as_staff("sam", AMEND) as permit:
        assert actions.strike(permit, note_of(held.records[0]), reason="Asked to") is not None


def test_a_struck_note_needs_no_second_signature_but_an_interns_strike_does(network):
    held = make_signed(1, clinic=3, staff=(("iris", "lead"),))
    with as_staff("iris", AMEND) as permit:
        one = notes_of(permit, held.records[0]).notes[0].id
        actions.strike(permit, one, reason="Wrong")
        struck = note(permit, held.records[0], one)
        assert (struck.cosign, [each.cosign for each in struck.added]) == ("done", ["waiting"])
