"""A leaver's unsigned notes: somebody else writes an own account; nobody signs for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import clinics as clinics_of
from openiop.access.queries import staff_at
from openiop.chart.actions.opening import SESSION, TABLE, hours_by_clinic
from openiop.chart.models import Note
from openiop.chart.queries.owed import unsigned
from openiop.chart.rules.deadlines import Step, due_at
from openiop.chart.rules.parts import NoteKind
from openiop.kernel.acts import CLINICAL
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.tasks import NewTask, close_tasks_about, open_each
from openiop.schedule.queries.sessions import SessionFacts, by_ids

REASSIGN, TASK = "chart.note.reassign", f"note.unsigned.{Step.AUTHOR}"


@dataclass(frozen=True)
class HandedOver:
    """How many notes the other now writes: as a witness, or as a closing statement."""

    accounts: int
    closings: int


@writes(REASSIGN)
def hand_over(permit: Permit, staff_from: int, to: int, reason: str) -> HandedOver:
    """Give one person's unsigned notes to another, at the permit's clinics. Safe to repeat.

    Whoever held the session too writes what they saw; anybody else an administrative closing
    statement. What the first one had written stays in the chart as an unsigned draft, and the
    clock goes on from the end of the service.
    """
    if not reason.strip():
        raise Refused("reason", _("Say why the notes are handed over."), field="reason")
    if staff_from == to:
        raise Refused("to", _("Choose somebody else."), field="to")
    rows = list(
        unsigned(permit).filter(author_id=staff_from).select_for_update(of=("self",)).order_by("id")
    )
    _works_at(permit, to, {row.clinic_id for row in rows})
    sessions = by_ids(permit, {row.session_id for row in rows if row.session_id})
    new = [_successor(permit, row, to, reason, sessions) for row in rows]
    _keep_drafts(permit, [row for row in rows if row.version], reason)
    untouched = [row.pk for row in rows if not row.version]
    Note.objects.filter(pk__in=untouched, version=0).delete()
    Note.objects.bulk_create(new)
    for note in new:
        permit.note(REASSIGN, record=note.record_id, table=TABLE, row=note.pk, fields=("author",))
    _tell(permit, to, sessions)
    closings = sum(note.kind == NoteKind.CLOSING for note in new)
    return HandedOver(len(new) - closings, closings)


def _works_at(permit: Permit, to: int, clinics: set[int]) -> None:
    """Refused unless the other may write notes wherever some are handed over."""
    for place in clinics_of(permit).filter(id__in=clinics):
        there = staff_at(permit, place.id, permit.today(place.timezone), CLINICAL)
        if all(colleague.id != to for colleague in there):
            raise Refused(
                "to", _("They do not write notes at %(clinic)s.") % {"clinic": place.name},
                _("Choose a clinician of that clinic."), field="to",
                choices=tuple(colleague.name for colleague in there),
            )  # fmt: skip


def _successor(
    permit: Permit, row: Note, to: int, reason: str, sessions: dict[int, SessionFacts]
) -> Note:
    """The other's own empty note; a draft with words in it becomes its origin."""
    facts = sessions.get(row.session_id or 0)
    saw = facts is not None and any(holder.id == to for holder in facts.staff)
    return Note(
        organization_id=permit.organization, clinic_id=row.clinic_id, record_id=row.record_id,
        kind=row.kind if saw else NoteKind.CLOSING, session_id=row.session_id,
        attendance_id=row.attendance_id, author_id=to, service_on=row.service_on,
        ended_at=row.ended_at, minutes=row.minutes, due_at=row.due_at, started_at=permit.now,
        updated_at=permit.now, origin=row if row.version else row.origin,
        origin_kind="handed_over" if row.version else row.origin_kind,
        origin_reason=reason.strip()[:300], origin_by_id=permit.staff,
    )  # fmt: skip


def _keep_drafts(permit: Permit, rows: Sequence[Note], reason: str) -> None:
    Note.objects.filter(pk__in=[row.pk for row in rows]).update(
        kind=NoteKind.UNSIGNED_DRAFT, origin_reason=reason.strip()[:300],
        origin_by_id=permit.staff, updated_at=permit.now,
    )  # fmt: skip


def _tell(permit: Permit, to: int, sessions: dict[int, SessionFacts]) -> None:
    """The author's task of each session becomes the other's, due by the clock from now."""
    hours = hours_by_clinic(permit, sessions.values())
    for each in sessions.values():
        close_tasks_about(permit, TASK, (SESSION, each.id), _("Handed over."))
    open_each(
        permit,
        [
            NewTask(
                kind=TASK, clinic=each.clinic, staff=to, about=(SESSION, each.id),
                due_at=due_at(permit.now, hours[each.clinic].note),
                title=_("Write the notes of %(group)s that were handed over to you")
                % {"group": each.track_name},
            )
            for each in sessions.values()
        ],
    )  # fmt: skip
