"""The second signature: give it, or return the note with a comment."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import colleagues
from openiop.chart.actions.opening import SESSION, TABLE, writer
from openiop.chart.models import CosignRequest, Signature
from openiop.chart.queries.cosigning import open_requests, verdict_for
from openiop.chart.rules.initials import initials
from openiop.chart.rules.parts import document_of
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.tasks import close_tasks_about, open_task

COSIGN = "chart.note.cosign"


@writes(COSIGN)
def cosign(permit: Permit, notes: Iterable[int]) -> int:
    """Co-sign what still waits of these notes; how many. Safe to repeat.

    Only a qualified co-signer may, with a credential in force on the day: 25 TAC 140.422 and
    2060.325 through the catalog. Refused with the reasons; nobody co-signs an own note.
    """
    rows = _locked(permit, notes)
    staff = colleagues(permit, {writer(permit), *(row.author_id for row in rows)})
    me = staff[writer(permit)]
    for author, state, zone, kind in {
        (row.author_id, row.clinic.state, row.clinic.timezone, row.note.kind) for row in rows
    }:
        signed_at = min(row.note.signed_at or permit.now for row in rows if row.author_id == author)
        verdict = verdict_for(
            permit, me, staff[author], state=state, zone=zone, signed_at=signed_at,
            document=document_of(kind),
        )  # fmt: skip
        if not verdict.allowed:
            raise _may_not(verdict.reasons)
    Signature.objects.bulk_create(
        Signature(
            organization_id=permit.organization, clinic_id=row.clinic_id, record_id=row.record_id,
            note_id=row.note_id, staff_id=me.id, part="cosigner", signed_at=permit.now,
            credentials=initials(me.credentials, row.clinic.state,
                                 permit.today(row.clinic.timezone)),
        )
        for row in rows
    )  # fmt: skip
    CosignRequest.objects.filter(pk__in=[row.pk for row in rows]).update(closed_at=permit.now)
    for row in rows:
        permit.note(COSIGN, record=row.record_id, table=TABLE, row=row.note_id,
                    fields=("cosigned_at",))  # fmt: skip
    _close_tasks(permit, rows)
    return len(rows)


@writes(COSIGN)
def return_note(permit: Permit, note: int, comment: str) -> None:
    """Send a note back to its author with a comment; it waits for them to add to it."""
    if not comment.strip():
        raise Refused("comment", _("Say what the author should add."), field="comment")
    rows = _locked(permit, [note])
    if not rows:
        raise Refused("not_waiting", _("This note no longer waits for a co-signature."))
    row = rows[0]
    if row.author_id == permit.staff:
        raise _may_not([_("Nobody co-signs a document of their own.")])
    CosignRequest.objects.filter(pk=row.pk).update(
        waits_for="author", comment=comment.strip()[:500], returned_by_id=permit.staff,
        returned_at=permit.now,
    )  # fmt: skip
    open_task(
        permit, kind="note.returned", clinic=row.clinic_id, record=row.record_id,
        staff=row.author_id, about=(TABLE, note), due_at=row.due_at,
        title=_("Add to a note that came back from co-signing"),
    )  # fmt: skip
    permit.note(COSIGN, record=row.record_id, table=TABLE, row=note, fields=("returned_at",))


def answered(permit: Permit, note: int) -> None:
    """The author has added to a returned note: it waits for the co-signer again."""
    count = CosignRequest.objects.filter(
        note_id=note, closed_at__isnull=True, waits_for="author"
    ).update(waits_for="cosigner", comment="")
    if count:
        close_tasks_about(permit, "note.returned", (TABLE, note), _("Added to."))


def withdraw(permit: Permit, note: int) -> None:
    """A struck note needs no second signature."""
    CosignRequest.objects.filter(note_id=note, closed_at__isnull=True).update(closed_at=permit.now)


def _locked(permit: Permit, notes: Iterable[int]) -> list[CosignRequest]:
    rows = open_requests(permit).filter(note_id__in=list(notes), waits_for="cosigner")
    return list(
        rows.select_related("note", "clinic").select_for_update(of=("self",)).order_by("id")
    )


def _may_not(reasons: Iterable[str]) -> Refused:
    return Refused(
        "cosign", _("You cannot co-sign these notes. %(reasons)s") % {"reasons": " ".join(reasons)},
        _("Leave them to a qualified co-signer."),
    )  # fmt: skip


def _close_tasks(permit: Permit, rows: list[CosignRequest]) -> None:
    """The supervisors' task of each session whose last waiting note this was."""
    sessions = {row.note.session_id for row in rows if row.note.session_id}
    still = set(
        open_requests(permit)
        .filter(note__session_id__in=sessions)
        .values_list("note__session_id", flat=True)
    )
    for session in sessions - still:
        close_tasks_about(permit, "note.cosign", (SESSION, session), _("Co-signed."))
