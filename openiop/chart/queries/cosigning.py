"""What waits for a second signature, and whether this reader may give it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Min, QuerySet
from django.db.models.functions import Coalesce

from openiop.access.credential_rules import Document, Verdict, may_cosign
from openiop.access.queries import Colleague, colleagues
from openiop.chart.models import CosignRequest
from openiop.chart.rules.deadlines import Urgency, urgency
from openiop.kernel.days import local_day
from openiop.kernel.permits import Permit


@dataclass(frozen=True)
class Waiting:
    """Notes of one author in one session that wait; `allowed`: this reader may co-sign them,
    `why` gives the reasons either way."""

    session: int
    author: int
    author_name: str
    group: str
    service_on: date
    count: int
    due_at: datetime
    urgency: Urgency
    allowed: bool
    why: str


@dataclass(frozen=True)
class Returned:
    """A note of mine that came back with a comment."""

    note: int
    record: int
    number: str
    service_on: date
    comment: str
    by: str
    at: datetime


def open_requests(permit: Permit) -> QuerySet[CosignRequest]:
    """Requests at the permit's clinics that nobody has closed."""
    return CosignRequest.objects.filter(clinic_id__in=permit.clinics, closed_at__isnull=True)


def cosign_asked(permit: Permit, note: int) -> bool:
    """Was a second signature ever asked for on a note of the permit's clinics?"""
    return CosignRequest.objects.filter(clinic_id__in=permit.clinics, note_id=note).exists()


def cosign_queue(permit: Permit, now: datetime | None = None) -> list[Waiting]:
    """What waits for a co-signer, soonest due first; three statements whatever the number."""
    rows = list(
        open_requests(permit)
        .filter(waits_for="cosigner")
        .values("note__session_id", "author_id", "note__session__track__name",
                "note__service_on", state=F("clinic__state"), zone=F("clinic__timezone"))
        .annotate(
            count=Count("note_id", distinct=True), due=Min("due_at"),
            signed=Min(Coalesce("addendum__signed_at", "note__signed_at")),
        )
        .order_by("due")
    )  # fmt: skip
    staff = colleagues(permit, {permit.staff or 0, *(row["author_id"] for row in rows)})
    found = []
    for row in rows:
        author = staff[row["author_id"]]
        verdict = verdict_for(
            permit, staff.get(permit.staff or 0), author, state=row["state"], zone=row["zone"],
            signed_at=row["signed"],
        )  # fmt: skip
        found.append(
            Waiting(
                row["note__session_id"], author.id, author.name,
                row["note__session__track__name"] or "", row["note__service_on"], row["count"],
                row["due"], urgency(row["due"], now or permit.now), verdict.allowed,
                " ".join(verdict.reasons),
            )
        )  # fmt: skip
    permit.note("chart.note.read", table="chart_cosignrequest", count=len(found))
    return found


def verdict_for(
    permit: Permit, me: Colleague | None, author: Colleague, *,
    state: str, zone: str, signed_at: datetime, document: str = Document.GROUP_NOTE,
) -> Verdict:  # fmt: skip
    """May this reader co-sign today what the author signed then?"""
    return may_cosign(
        me.credentials if me else (), author.credentials, document=document, state=state,
        on=permit.today(zone), signed_on=local_day(signed_at, zone),
    )  # fmt: skip


def waiting_notes(permit: Permit, session: int, author: int) -> list[int]:
    """Notes of an author in a session that wait for a co-signer, oldest first."""
    rows = open_requests(permit).filter(
        waits_for="cosigner", note__session_id=session, author_id=author
    )
    return list(rows.order_by("note_id").values_list("note_id", flat=True).distinct())


def returned_to(permit: Permit, staff: int) -> list[Returned]:
    """Notes that came back to their author with a comment; one statement."""
    rows = open_requests(permit).filter(waits_for="author", author_id=staff)
    return [
        Returned(
            row.note_id, row.record_id, row.record.number, row.note.service_on, row.comment,
            row.returned_by.name if row.returned_by else "", row.returned_at or row.opened_at,
        )
        for row in rows.select_related("record", "note", "returned_by").order_by("returned_at")
    ]  # fmt: skip
