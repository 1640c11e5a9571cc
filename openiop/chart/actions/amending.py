"""After signing: add, enter late, strike. What was signed stays; nothing is dated back."""

from django.utils.translation import gettext as _

from openiop.access.credential_rules import may_sign
from openiop.access.door import refusing, writes
from openiop.access.queries import colleagues, house_values
from openiop.chart.actions.cosigning import answered, ask_for_addendum, covered, withdraw
from openiop.chart.actions.opening import TABLE, writer
from openiop.chart.actions.signing import refuse_without_credential
from openiop.chart.models import Addendum, Note
from openiop.chart.queries.sheet import current_note
from openiop.chart.rules.deadlines import due_at, hours_in_force
from openiop.chart.rules.initials import initials
from openiop.chart.rules.parts import PART_FIELDS, NoteKind, document_of
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.queries.attendance import attendance_of

AMEND = "chart.note.amend"


@writes(AMEND)
def add_addendum(permit: Permit, note: int, *, text: str, reason: str) -> int:
    """Something new about a signed note, under its own date and signature."""
    return _add(permit, note, "addendum", text, reason)


@writes(AMEND)
def late_entry(permit: Permit, note: int, *, text: str, reason: str) -> int:
    """Something that should have been in the note: shown as a late entry with the day of the
    service and the day it was written."""
    return _add(permit, note, "late_entry", text, reason)


@writes(AMEND)
def strike(
    permit: Permit, note: int, *, reason: str, wrong_person: bool = False,
    belongs_to: int | None = None,
) -> int | None:  # fmt: skip
    """Strike a signed note; both trails stay. The id of the note opened in its place, or None.

    `wrong_person`: it was written about somebody else, so its text is kept out of this chart.
    `belongs_to`: the record it was written about, at the same session; its text becomes an
    unsigned note there, for the author to read again and sign under today's date. Whoever took
    part gets an empty note to be written anew.
    """
    row = _signed(permit, note)
    leads = permit.holds(Role.SUPERVISOR, Role.DIRECTOR, clinic=row.clinic_id)
    if row.author_id != permit.staff and not leads:
        raise Refused("not_yours", _("Only the author or a supervisor strikes a note."),
                      _("Ask one of them."))  # fmt: skip
    struck = {"struck_once": Refused("struck", _("This note is already struck."))}
    with refusing(struck):
        added = _write(permit, row, "strike", "", reason, wrong_person=wrong_person)
    withdraw(permit, row.pk, added)
    if belongs_to is not None:
        _move(permit, row, belongs_to, reason)
    return _write_anew(permit, row, reason)


def _add(permit: Permit, note: int, kind: str, text: str, reason: str) -> int:
    row = _signed(permit, note)
    if not text.strip():
        raise Refused("text", _("Write what you want to add."), field="text")
    added = _write(permit, row, kind, text, reason)
    answered(permit, row.pk)
    return added


def _signed(permit: Permit, note: int) -> Note:
    rows = Note.objects.filter(pk=note, clinic_id__in=permit.clinics).select_related("clinic")
    row = rows.select_for_update(of=("self",)).first()
    if row is None or row.signed_at is None:
        raise Refused("not_signed", _("Only a signed note is added to."),
                      _("Change the note itself."))  # fmt: skip
    return row


def _write(
    permit: Permit, row: Note, kind: str, text: str, reason: str, *, wrong_person: bool = False
) -> int:
    """An addendum under the writer's own credentials of today. It is part of the note, so it needs
    a second signature where the note would, unless one still to come for the note covers it."""
    if not reason.strip():
        raise Refused("reason", _("Say why."), _("A few words are enough."), field="reason")
    me = colleagues(permit, [writer(permit)])[writer(permit)]
    today, state = permit.today(row.clinic.timezone), row.clinic.state
    house = house_values(permit, row.clinic_id, today)
    verdict = may_sign(
        me.credentials, document=document_of(row.kind), state=state, on=today, house=house
    )
    refuse_without_credential(verdict)
    added = Addendum.objects.create(
        organization_id=permit.organization, clinic_id=row.clinic_id, record_id=row.record_id,
        note=row, kind=kind, text=text.strip(), reason=reason.strip()[:300],
        wrong_person=wrong_person, author_id=me.id, signed_at=permit.now,
        credentials=initials(me.credentials, state, today),
    )  # fmt: skip
    if verdict.needs_cosign and (kind == "strike" or not covered(permit, row.pk)):
        due = due_at(permit.now, hours_in_force(state, today, house).cosign)
        ask_for_addendum(permit, added, me, due)
    permit.note(AMEND, record=row.record_id, table="chart_addendum", row=added.pk, fields=(kind,))
    return added.pk


def _move(permit: Permit, row: Note, record: int, reason: str) -> None:
    """The struck text as an unsigned note in the chart it belongs to."""
    if row.session_id is None or record == row.record_id:
        raise Refused("belongs_to", _("Choose who the note was written about."), field="belongs_to")
    attended = attendance_of(permit, [row.session_id])[row.session_id].get(record)
    there = current_note(permit, row.session_id, record)
    if attended is None or not attended.came:
        raise Refused("belongs_to", _("That person did not take part in the session."),
                      field="belongs_to")  # fmt: skip
    if there is not None and there.version > 0:
        raise Refused(
            "belongs_to", _("That person's chart has a note of this session already."),
            _("Strike without moving the text, and add to that note."), field="belongs_to",
        )  # fmt: skip
    if there is not None:
        there.delete()
    moved = _copy(permit, row, record=record, attendance=attended.id, kind="moved", reason=reason)
    for name in PART_FIELDS:
        setattr(moved, name, getattr(row, name))
    moved.version = 1
    moved.save(force_insert=True)
    permit.note(AMEND, record=record, table=TABLE, row=moved.pk, fields=("origin",))


def _write_anew(permit: Permit, row: Note, reason: str) -> int | None:
    """An empty note for whoever took part and whose note was struck."""
    if row.kind != NoteKind.GROUP or row.session_id is None:
        return None
    attended = attendance_of(permit, [row.session_id])[row.session_id].get(row.record_id)
    if attended is None or not attended.came:
        return None
    new = _copy(
        permit, row, record=row.record_id, attendance=attended.id, kind="struck", reason=reason
    )
    new.save(force_insert=True)
    permit.note(AMEND, record=row.record_id, table=TABLE, row=new.pk, fields=("origin",))
    return new.pk


def _copy(
    permit: Permit, row: Note, *, record: int, attendance: int, kind: str, reason: str
) -> Note:
    return Note(
        organization_id=permit.organization, clinic_id=row.clinic_id, record_id=record,
        session_id=row.session_id, attendance_id=attendance, author_id=row.author_id,
        service_on=row.service_on, ended_at=row.ended_at, minutes=row.minutes, due_at=row.due_at,
        started_at=permit.now, updated_at=permit.now, origin=row, origin_kind=kind,
        origin_reason=reason.strip()[:300], origin_by_id=permit.staff,
    )  # fmt: skip
