"""The second signature: by whom, once, and back to the author with a comment."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from openiop.access.backend.base import writing
from openiop.access.models import Credential
from openiop.chart import actions
from openiop.chart.models import CosignRequest, Note, Signature
from openiop.chart.queries import cosign_queue, note, notes_of, returned_to, waiting_notes
from openiop.chart.tests.world import GULF, STAFF, WRITING, as_staff, make_signed
from openiop.kernel.permits import NotPermitted, Refused
from openiop.messaging.queries.tasks import open_tasks

COSIGN, LATER = "chart.note.cosign", WRITING + timedelta(hours=2)


def interns_notes(people: int = 2):
    return make_signed(people, clinic=GULF, staff=(("iris", "lead"),))


def waiting(held) -> list[int]:
    with as_staff("sam", COSIGN) as permit:
        return waiting_notes(permit, held.id, STAFF["iris"])


def test_the_queue_shows_what_waits_by_session_and_whether_i_may(network):
    held = interns_notes()
    with as_staff("sam", COSIGN, LATER) as permit:
        (row,) = cosign_queue(permit)
    assert (row.session, row.author_name, row.group, row.count) == (
        held.id, "Iris Ito", "Evening A", 2,
    )  # fmt: skip
    assert (row.due_at, row.urgency, row.allowed) == (WRITING + timedelta(hours=72), "time", True)
    assert row.why == "LCDC lcdc-7 (TX) is in force."


def test_a_qualified_co_signer_signs_them_all_once(network):
    held = interns_notes()
    notes = waiting(held)
    with as_staff("sam", COSIGN, LATER) as permit:
        assert actions.cosign(permit, notes) == 2
        assert actions.cosign(permit, notes) == 0
        rows = Signature.objects.filter(part="cosigner")
        assert set(rows.values_list("staff_id", "credentials", "signed_at")) == {
            (STAFF["sam"], "LCDC", LATER)
        }
        assert cosign_queue(permit) == []
        assert open_tasks(permit, kinds=["note.cosign"]) == []


def test_the_task_stays_until_the_last_one(network):
    held = interns_notes()
    with as_staff("sam", COSIGN, LATER) as permit:
        actions.cosign(permit, waiting(held)[:1])
        assert [task.kind for task in open_tasks(permit)] == ["note.cosign"]


def test_nobody_co_signs_an_own_note_nor_without_being_qualified(network):
    held = interns_notes(1)
    with pytest.raises(NotPermitted), as_staff("iris", COSIGN):
        pass
    with as_staff("dana", COSIGN, LATER) as permit, pytest.raises(Refused) as no:
        actions.cosign(permit, waiting(held))  # licensed in Illinois only
    assert no.value.sentence == (
        "You cannot co-sign these notes. LCPC lcpc-4 (IL) does not count in TX."
    )


def test_a_lapsed_co_signer_is_refused(network):
    held = interns_notes(1)
    with as_staff("sam", COSIGN) as permit, writing():
        Credential.objects.filter(staff_id=permit.staff).update(expires_on=date(2026, 11, 1))
    with as_staff("sam", COSIGN, LATER) as permit:
        assert [row.allowed for row in cosign_queue(permit)] == [False]
        with pytest.raises(Refused):
            actions.cosign(permit, waiting(held))


def test_a_note_goes_back_with_a_comment_and_comes_again_with_an_addendum(network):
    held = interns_notes(1)
    (one,) = waiting(held)
    with as_staff("sam", COSIGN, LATER) as permit:
        with pytest.raises(Refused):
            actions.return_note(permit, one, " ")
        actions.return_note(permit, one, "Say what the plan for the weekend is.")
        assert cosign_queue(permit) == []
        assert note(permit, held.records[0], one).cosign == "returned"
    with as_staff("iris", "chart.note.amend", LATER) as permit:
        (back,) = returned_to(permit, STAFF["iris"])
        assert (back.note, back.comment, back.by) == (
            one, "Say what the plan for the weekend is.", "Sam Stone",
        )  # fmt: skip
        assert [task.kind for task in open_tasks(permit, staff=STAFF["iris"])] == ["note.returned"]
        actions.add_addendum(permit, one, text="Calls on Saturday.", reason="Asked by supervisor")
        assert returned_to(permit, STAFF["iris"]) == []
        assert open_tasks(permit, staff=STAFF["iris"]) == []
    with as_staff("sam", COSIGN, LATER) as permit:
        assert actions.cosign(permit, [one]) == 1
        assert note(permit, held.records[0], one).cosign == "done"


# --- what an intern adds -----------------------------------------------------------------------


def cosigned_note(held) -> int:
    (one,) = waiting(held)
    with as_staff("sam", COSIGN, LATER) as permit:
        actions.cosign(permit, [one])
    return one


def add(one: int, person: str = "iris", now=LATER) -> None:
    with as_staff(person, "chart.note.amend", now) as permit:
        actions.add_addendum(permit, one, text="Calls on Saturday.", reason="Left out")


def shown(held, one: int):
    with as_staff("sam", COSIGN, LATER) as permit:
        return note(permit, held.records[0], one)


def test_what_an_intern_adds_later_is_co_signed_as_the_note_was(network):
    held = interns_notes(1)
    one = cosigned_note(held)
    add(one)
    (added,) = shown(held, one).added
    assert (shown(held, one).cosign, added.cosign, added.signers) == ("done", "waiting", ())
    with as_staff("sam", COSIGN, LATER) as permit:
        (row,) = cosign_queue(permit)
        assert (row.count, row.due_at, row.allowed) == (1, LATER + timedelta(hours=72), True)
        assert [task.title for task in open_tasks(permit)] == [
            "Co-sign what Iris Ito added to a note of Evening A"
        ]
        assert actions.cosign(permit, [one], STAFF["iris"]) == 1
        assert actions.cosign(permit, [one], STAFF["iris"]) == 0
        assert (cosign_queue(permit), open_tasks(permit)) == ([], [])
    whole = shown(held, one)
    (added,) = whole.added
    assert (added.cosign, [(each.name, each.credentials) for each in added.signers]) == (
        "done", [("Sam Stone", "LCDC")],
    )  # fmt: skip
    assert [each.part for each in whole.signers] == ["author", "cosigner"]


def test_each_later_addition_waits_for_itself_and_one_press_signs_them(network):
    held = interns_notes(1)
    one = cosigned_note(held)
    add(one)
    add(one, now=LATER + timedelta(minutes=1))
    assert [each.cosign for each in shown(held, one).added] == ["waiting", "waiting"]
    with as_staff("sam", COSIGN, LATER) as permit:
        assert [row.count for row in cosign_queue(permit)] == [1]
        assert actions.cosign(permit, waiting_notes(permit, held.id, STAFF["iris"])) == 1
    assert [len(each.signers) for each in shown(held, one).added] == [1, 1]


def test_a_signature_still_to_come_for_the_note_covers_what_its_author_adds(network):
    held = interns_notes(1)
    (one,) = waiting(held)
    add(one)
    whole = shown(held, one)
    assert (whole.cosign, [each.cosign for each in whole.added]) == ("waiting", [""])
    with as_staff("sam", COSIGN):
        assert CosignRequest.objects.count() == 1


def test_what_an_intern_adds_to_a_colleagues_note_is_co_signed_for_the_intern(network):
    held = make_signed(1, clinic=GULF, staff=(("tess", "lead"),))
    with as_staff("tess") as permit:
        one = notes_of(permit, held.records[0]).notes[0].id
    add(one)
    with as_staff("sam", COSIGN, LATER) as permit:
        (row,) = cosign_queue(permit)
        assert (row.author_name, row.count) == ("Iris Ito", 1)
        actions.return_note(permit, one, "Say who called whom.")
    add(one, "tess")
    assert [each.cosign for each in shown(held, one).added] == ["returned", ""]
    add(one)
    assert [each.cosign for each in shown(held, one).added] == ["waiting", "", "waiting"]


def test_what_a_qualified_colleague_adds_needs_nobody_else(network):
    held = make_signed(1, clinic=GULF, staff=(("tess", "lead"),))
    with as_staff("tess") as permit:
        one = notes_of(permit, held.records[0]).notes[0].id
    add(one, "tess")
    with as_staff("sam", COSIGN, LATER) as permit:
        assert (cosign_queue(permit), open_tasks(permit)) == ([], [])


def test_an_addition_is_signed_a_second_time_only_once(network):
    held = interns_notes(1)
    one = cosigned_note(held)
    add(one)
    with as_staff("sam", COSIGN, LATER) as permit:
        actions.cosign(permit, [one])
        twice = Signature.objects.get(addendum__isnull=False)
        twice.pk = None
        with writing(), pytest.raises(IntegrityError) as no, transaction.atomic():
            twice.save(force_insert=True)
    assert no.value.__cause__.diag.constraint_name == "addendum_cosigned_once"


def test_a_return_without_a_comment_is_refused_by_the_database_too(network):
    interns_notes(1)
    with as_staff("sam", COSIGN), writing(), pytest.raises(IntegrityError), transaction.atomic():
        CosignRequest.objects.update(waits_for="author")


def test_an_illinois_clinician_needs_no_second_signature(network):
    make_signed(1)
    with as_staff("sam", COSIGN) as permit:
        assert (cosign_queue(permit), CosignRequest.objects.count()) == ([], 0)
        assert Note.objects.count() == 1


@pytest.mark.parametrize("sessions", [1, 3])
def test_the_queue_takes_the_same_statements_for_one_and_three_rows(
    network, django_assert_num_queries, sessions
):
    for _ in range(sessions):
        make_signed(1, clinic=GULF, staff=(("iris", "lead"),))
        with as_staff("iris"), writing():
            from openiop.schedule.models import Occupancy

            Occupancy.objects.all().delete()
    with as_staff("sam", COSIGN) as permit, django_assert_num_queries(2):
        assert len(cosign_queue(permit)) == sessions
