"""The second signature, of a note or of what was added to it: ask for it, give it, or return the
note with a comment."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import Colleague, colleagues
from openiop.chart.actions.opening import SESSION, TABLE, writer
from openiop.chart.models import Addendum, CosignRequest, Signature
from openiop.chart.queries.cosigning import open_requests, verdict_for
from openiop.chart.rules.initials import initials
from openiop.chart.rules.parts import document_of
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.tasks import NewTask, close_tasks_about, open_each

COSIGN = "chart.note.cosign"


@writes(COSIGN)
def cosign(permit: Permit, notes: Iterable[int], author: int | None = None) -> int:
    """Co-sign what still waits of these notes, of one `author` or of all; how many notes. Safe to
    repeat.

    Only a qualified co-signer may, with a credential in force on the day: 25 TAC 140.422 and
    2060.325 through the catalog. Refused with the reasons; nobody co-signs an own note.
    """
    rows = [row for row in _locked(permit, notes) if author in (None, row.author_id)]
    staff = colleagues(permit, {writer(permit), *(row.author_id for row in rows)})
    me = staff[writer(permit)]
    _refuse_who_may_not(permit, me, staff, rows)
    Signature.objects.bulk_create(
        Signature(
            organization_id=permit.organization, clinic_id=row.clinic_id, record_id=row.record_id,
            note_id=row.note_id, addendum_id=row.addendum_id, staff_id=me.id, part="cosigner",
            signed_at=permit.now,
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
    return len({row.note_id for row in rows})


def _refuse_who_may_not(
    permit: Permit, me: Colleague, staff: Mapping[int, Colleague], rows: list[CosignRequest]
) -> None:
    first: dict[tuple[int, str, str, str], datetime] = {}
    for row in rows:
        key = (row.author_id, row.clinic.state, row.clinic.timezone, row.note.kind)
        first[key] = min(_signed_at(row), first.get(key, permit.now))
    for (author, state, zone, kind), signed_at in first.items():
        verdict = verdict_for(
            permit, me, staff[author], state=state, zone=zone, signed_at=signed_at,
            document=document_of(kind),
        )  # fmt: skip
        if not verdict.allowed:
            raise _may_not(verdict.reasons)


def _signed_at(row: CosignRequest) -> datetime:
    """When the author signed what waits."""
    signed_at = row.addendum.signed_at if row.addendum else row.note.signed_at
    return signed_at or row.opened_at


@writes(COSIGN)
def return_note(permit: Permit, note: int, comment: str) -> None:
    """Send a note back to its author with a comment; it waits for them to add to it."""
    if not comment.strip():
        raise Refused("comment", _("Say what the author should add."), field="comment")
    rows = _locked(permit, [note])
    if not rows:
        raise Refused("not_waiting", _("This note no longer waits for a co-signature."))
    if any(row.author_id == permit.staff for row in rows):
        raise _may_not([_("Nobody co-signs a document of their own.")])
    CosignRequest.objects.filter(pk__in=[row.pk for row in rows]).update(
        waits_for="author", comment=comment.strip()[:500], returned_by_id=permit.staff,
        returned_at=permit.now,
    )  # fmt: skip
    title = _("Add to a note that came back from co-signing")
    open_each(permit, [
        NewTask(kind="note.returned", clinic=row.clinic_id, record=row.record_id,
                staff=row.author_id, about=(TABLE, note), due_at=row.due_at, title=title)
        for row in rows
    ])  # fmt: skip
    permit.note(COSIGN, record=rows[0].record_id, table=TABLE, row=note, fields=("returned_at",))


def answered(permit: Permit, note: int) -> None:
    """The author has added to a returned note: it waits for the co-signer again."""
    count = CosignRequest.objects.filter(
        note_id=note, author_id=permit.staff, closed_at__isnull=True, waits_for="author"
    ).update(waits_for="cosigner", comment="")
    if count:
        close_tasks_about(permit, "note.returned", (TABLE, note), _("Added to."))


def withdraw(permit: Permit, note: int, strike: int) -> None:
    """A struck note needs no second signature; the strike itself may."""
    CosignRequest.objects.filter(note_id=note, closed_at__isnull=True).exclude(
        addendum_id=strike
    ).update(closed_at=permit.now)


def ask_for_addendum(permit: Permit, added: Addendum, author: Colleague, due: datetime) -> None:
    """What was added to a signed note waits for a second signature like the note."""
    note = added.note
    CosignRequest.objects.create(
        organization_id=permit.organization, clinic_id=added.clinic_id, record_id=added.record_id,
        note=note, addendum=added, author_id=author.id, opened_at=permit.now, due_at=due,
    )  # fmt: skip
    group = (note.shared or {}).get("group", "")
    title = _("Co-sign what %(author)s added to a note of %(track)s")
    ask(permit, clinic=added.clinic_id, session=note.session_id, due=due,
        title=title % {"track": group, "author": author.name})  # fmt: skip


def ask(permit: Permit, *, clinic: int, session: int | None, due: datetime, title: str) -> None:
    """The supervisors' task for what waits of a session; one while it is open."""
    about = (SESSION, session) if session else None
    open_each(permit, [
        NewTask(kind="note.cosign", title=title, clinic=clinic, due_at=due, about=about,
                role=Role.SUPERVISOR.value),
    ])  # fmt: skip


def covered(permit: Permit, note: int) -> bool:
    """Is this writer's own note still to be signed a second time, with what is added to it?"""
    return CosignRequest.objects.filter(
        note_id=note, addendum__isnull=True, author_id=permit.staff, closed_at__isnull=True
    ).exists()


def _locked(permit: Permit, notes: Iterable[int]) -> list[CosignRequest]:
    rows = open_requests(permit).filter(note_id__in=list(notes), waits_for="cosigner")
    return list(
        rows.select_related("note", "clinic", "addendum")
        .select_for_update(of=("self",))
        .order_by("id")
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
