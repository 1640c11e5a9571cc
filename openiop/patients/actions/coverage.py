"""What a person says pays for care; benefits are checked in intake."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Max
from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.kernel.permits import Permit, Refused
from openiop.patients.models import Coverage, Patient

WRITE, TABLE = "patients.coverage.write", "patients_coverage"
DAY = timedelta(days=1)


@writes(WRITE)
def add_coverage(
    permit: Permit, *, record: int, payer_name: str, start_on: date | None = None,
    end_on: date | None = None, **facts: Any,
) -> int:  # fmt: skip
    """A coverage from `start_on` to `end_on` (its last day); its id. It ranks last unless
    `rank` says otherwise. `facts` are the other fields of a coverage."""
    place = Patient.objects.filter(record_id=record).values_list("clinic_id", flat=True).first()
    if place is None:
        raise Http404("No such person.")
    if "rank" not in facts:
        last = Coverage.objects.filter(record_id=record, ended_at__isnull=True)
        facts["rank"] = (last.aggregate(most=Max("rank"))["most"] or 0) + 1
    row = Coverage.objects.create(
        organization_id=permit.organization, clinic_id=place, record_id=record,
        payer_name=payer_name, during=days(start_on, end_on), changed_at=permit.now,
        changed_by_id=permit.staff, **facts,
    )  # fmt: skip
    permit.note(WRITE, record=record, table=TABLE, row=row.id)
    return row.id


@writes(WRITE)
def change_coverage(
    permit: Permit, coverage: int, *, record: int, start_on: date | None, end_on: date | None,
    **facts: Any,
) -> None:  # fmt: skip
    """Other facts about a coverage; the version before stays in the history."""
    row = _row(coverage, record)
    facts["during"] = days(start_on, end_on)
    for name, value in facts.items():
        setattr(row, name, value)
    row.changed_at, row.changed_by_id = permit.now, permit.staff
    row.save(update_fields=[*facts, "changed_at", "changed_by"])
    permit.note(WRITE, record=row.record_id, table=TABLE, row=row.id, fields=tuple(facts))


@writes(WRITE)
def end_coverage(permit: Permit, coverage: int, *, record: int, undo: bool = False) -> None:
    """Entered by mistake, or no longer so: it counts no more. `undo` brings it back."""
    row = _row(coverage, record)
    row.ended_at = None if undo else permit.now
    row.changed_at, row.changed_by_id = permit.now, permit.staff
    row.save(update_fields=["ended_at", "changed_at", "changed_by"])
    permit.note(WRITE, record=row.record_id, table=TABLE, row=row.id, fields=("ended_at",))


def days(start_on: date | None, end_on: date | None) -> tuple[date | None, date | None] | None:
    """[start, end] as a range, open where unknown. Refused when it ends before it begins."""
    if start_on is None and end_on is None:
        return None
    if start_on and end_on and end_on < start_on:
        raise Refused(
            "end_on", _("The coverage ends before it begins."), _("Check both days."),
            field="end_on",
        )  # fmt: skip
    return start_on, end_on and end_on + DAY


def _row(coverage: int, record: int) -> Coverage:
    row = Coverage.objects.select_for_update().filter(pk=coverage, record_id=record).first()
    if row is None:
        raise Http404("No such coverage.")
    return row
