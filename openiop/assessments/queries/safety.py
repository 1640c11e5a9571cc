"""Safety concerns: which are open, what they are about, what was found."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404

from openiop.assessments.models import Response, SafetyConcern
from openiop.assessments.queries.responses import ResponseRow, row_of
from openiop.kernel.permits import Permit

READ, TABLE = "assessments.response.read", "assessments_safetyconcern"


@dataclass(frozen=True)
class Concern:
    """One concern; `evaluated` and `cancels` say who did what, as (name, text, at)."""

    id: int
    record: int
    number: str
    clinic: int
    clinic_name: str
    opened_at: datetime
    escalate_at: datetime
    closed_at: datetime | None
    latest: int
    late: bool
    cancels: tuple[tuple[str, str, datetime], ...]
    evaluated: tuple[str, str, str, str, datetime] | None = None


def open_concerns(permit: Permit) -> list[Concern]:
    """Open concerns of the permit's clinics, the oldest first; two statements."""
    rows = _rows(permit).filter(closed_at__isnull=True).order_by("opened_at", "id")
    found = [_concern(permit, each) for each in rows]
    permit.note(READ, table=TABLE, count=len(found))
    return found


def open_concern(permit: Permit, record: int) -> Concern | None:
    """A person's open concern, if there is one; two statements at most."""
    row = _rows(permit).filter(record_id=record, closed_at__isnull=True).first()
    return _concern(permit, row) if row else None


def concern(permit: Permit, wanted: int) -> tuple[Concern, list[ResponseRow]]:
    """One concern with the answers it is about, newest first; or Http404. Three statements."""
    row = _rows(permit).filter(pk=wanted).first()
    if row is None:
        raise Http404("No such concern.")
    permit.note(READ, record=row.record_id, table=TABLE, row=wanted)
    answers = Response.objects.filter(
        record_id=row.record_id, danger=True, pk__gte=row.first_id, pk__lte=row.latest_id
    ).select_related("entered_by", "superseded_by")  # fmt: skip
    return _concern(permit, row), [row_of(each) for each in answers.order_by("-id")]


def overdue_concern(permit: Permit) -> int | None:
    """The open concern that has waited longest past its time, locked so that no other worker
    takes it."""
    return (
        SafetyConcern.objects.select_for_update(skip_locked=True)
        .filter(
            clinic_id__in=permit.clinics, closed_at__isnull=True, escalate_at__lte=permit.now
        )
        .order_by("escalate_at", "id")
        .values_list("id", flat=True)
        .first()
    )  # fmt: skip


def _rows(permit: Permit) -> QuerySet[SafetyConcern]:
    return (
        SafetyConcern.objects.filter(clinic_id__in=permit.clinics)
        .select_related("record", "clinic", "evaluation__staff")
        .prefetch_related("cancels__staff")
    )


def _concern(permit: Permit, row: SafetyConcern) -> Concern:
    done = getattr(row, "evaluation", None)
    return Concern(
        row.pk, row.record_id, row.record.number, row.clinic_id, row.clinic.name, row.opened_at,
        row.escalate_at, row.closed_at, row.latest_id,
        row.closed_at is None and row.escalate_at <= permit.now,
        tuple((each.staff.name, each.reason, each.cancelled_at) for each in row.cancels.all()),
        (f"{done.staff.name}, {done.credentials}", done.disposition, done.found, done.plan,
         done.evaluated_at) if done else None,
    )  # fmt: skip
