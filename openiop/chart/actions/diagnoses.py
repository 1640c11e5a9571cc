"""Diagnoses from files of others, with their own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from openiop.access.door import writes
from openiop.chart.models import Diagnosis
from openiop.kernel.permits import Permit

WRITE = "chart.diagnosis.import"


@dataclass(frozen=True)
class OutsideDiagnosis:
    """A condition as another's file gives it; `source_key` recognizes it again."""

    record: int
    clinic: int
    source_key: str
    system: str
    code: str
    text: str
    status: str
    onset_on: date | None


@writes(WRITE)
def keep_diagnoses(permit: Permit, rows: Sequence[OutsideDiagnosis]) -> frozenset[str]:
    """Keep what is not known yet; the source keys that are new. Two statements."""
    by_key = {row.source_key: row for row in rows}
    known = Diagnosis.objects.filter(
        organization_id=permit.organization, source_key__in=list(by_key)
    )
    new = set(by_key) - set(known.values_list("source_key", flat=True))
    Diagnosis.objects.bulk_create(
        Diagnosis(
            organization_id=permit.organization, clinic_id=row.clinic, record_id=row.record,
            system=row.system, code=row.code, text=row.text, status=row.status,
            onset_on=row.onset_on, source_key=row.source_key, recorded_at=permit.now,
        )
        for key, row in by_key.items()
        if key in new
    )  # fmt: skip
    permit.note(WRITE, table="chart_diagnosis", count=len(new))
    return frozenset(new)
