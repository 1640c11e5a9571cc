"""The note of a make-up at another clinic: read at home, and alone seen where it was written."""

from datetime import timedelta

import pytest

from openiop.chart import actions
from openiop.chart.actions import Typed
from openiop.chart.models import Note, Signature
from openiop.chart.queries import note, notes_of
from openiop.chart.tests.world import (
    END,
    SHARED,
    SOUTH,
    STAFF,
    TODAY,
    WRITING,
    Held,
    as_staff,
    make_signed,
    part,
)
from openiop.kernel.permits import Refused
from openiop.patients.queries import people
from openiop.schedule.actions import attendance
from openiop.schedule.actions.enrollment import take_makeup_seat
from openiop.schedule.queries.sessions import sessions_on
from openiop.schedule.tests.world import as_job, make_track

A_DAY = timedelta(days=1)
TUESDAY = TODAY + A_DAY


@pytest.fixture
def made_up(network) -> tuple[Held, int]:
    """Monday's note at North and Tuesday's at South, both signed; the record's one enrollment is
    at North."""
    held = make_signed(1)
    record = held.records[0]
    make_track(SOUTH, weeks=1, weekdays=(1,), now=WRITING, start_on=TODAY, name="South B")
    with as_job("schedule.makeup.write", WRITING) as permit:
        (session,) = (each.id for each in sessions_on(permit, [SOUTH], TUESDAY))
        take_makeup_seat(permit, record=record, session=session)
    with as_staff(
        "charlie", "schedule.attendance.write", END + A_DAY - timedelta(hours=1)
    ) as permit:
        attendance.arrive_all(permit, session)
    with as_staff("charlie", now=WRITING + A_DAY) as permit:
        actions.save_shared(permit, session, SHARED, Typed(0))
        actions.save_part(permit, session, record, part(3), Typed(0))
        actions.sign(permit, session)
    return held, record


def number_of(record: int) -> str:
    with as_job("patients.patient.read") as permit:
        return people(permit, [record])[record].number


def test_the_own_clinic_reads_the_note_of_a_make_up_elsewhere(made_up):
    _held, record = made_up
    with as_staff("alice", "chart.note.read", WRITING + 2 * A_DAY) as permit:
        there, here = notes_of(permit, record).notes
        assert (there.clinic, there.service_on, there.author) == (
            SOUTH, TUESDAY, STAFF["charlie"],
        )  # fmt: skip
        assert there.part.response == part(3).response
        assert [signer.name for signer in there.signers] == ["Charlie Clark"]
        assert here.service_on == TODAY
        assert note(permit, record, there.id) == there


def test_the_other_clinic_reads_its_own_note_and_no_other(made_up):
    _held, record = made_up
    with as_staff("charlie", "chart.note.read", WRITING + 2 * A_DAY) as permit:
        assert [each.service_on for each in notes_of(permit, record).notes] == [TUESDAY]
        assert [each.clinic_id for each in Note.objects.all()] == [SOUTH]
        assert [each.clinic_id for each in Signature.objects.all()] == [SOUTH]


def test_the_own_clinic_adds_nothing_to_a_note_of_another(made_up):
    with as_staff("alice", "chart.note.amend", WRITING + 2 * A_DAY) as permit:
        there = Note.objects.get(record=made_up[1], clinic=SOUTH)
        with pytest.raises(Refused, match="Only a signed note is added to"):
            actions.add_addendum(permit, there.pk, text="More.", reason="Remembered.")


def test_the_pages_show_it_and_offer_only_what_one_may_do(made_up, signed_in):
    _held, record = made_up
    number = number_of(record)
    alice, charlie = signed_in("alice"), signed_in("charlie")
    with as_staff("alice", "chart.note.read", WRITING + 2 * A_DAY) as permit:
        there, here = (each.id for each in notes_of(permit, record).notes)
    page = alice.get(f"/desk/patients/{number}/chart/{there}/")
    assert (page.status_code, page.context["add_form"]) == (200, None)
    assert alice.get(f"/desk/patients/{number}/chart/{here}/").context["add_form"] is not None
    assert charlie.get(f"/desk/patients/{number}/chart/{here}/").status_code == 404
    listed = [
        [line["note"].id for line in client.get(f"/desk/patients/{number}/notes/").context["lines"]]
        for client in (alice, charlie)
    ]
    assert listed == [[there, here], [there]]


def test_the_patient_page_counts_the_make_up_and_says_where_it_was(made_up, signed_in):
    _held, record = made_up
    page = signed_in("alice").get(f"/desk/patients/{number_of(record)}/")
    lines = {line["title"]: line for line in page.context["happenings"]}
    there, here = lines["Attended South B, South"], lines["Attended Evening A"]
    assert (there["text"], there["url"], bool(here["url"])) == ("3 h 00", "", True)
    assert next(week.marks for week in page.context["weeks"]) == ["attended", "attended"]
    other = signed_in("charlie").get(f"/desk/patients/{number_of(record)}/")
    visits = [line["title"] for line in other.context["happenings"] if "Attended" in line["title"]]
    assert visits == ["Attended South B"]
