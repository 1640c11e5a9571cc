"""Biopsychosocial assessments: the draft, and those that were signed."""

from dataclasses import dataclass
from datetime import datetime

from openiop.assessments.models import Biopsychosocial
from openiop.kernel.permits import Permit


@dataclass(frozen=True)
class Assessment:
    """One as it stands; `signed_at` None: a draft. `saved` counts how often it was kept."""

    id: int
    version: str
    texts: dict[str, str]
    screen: dict[str, str]
    saved: int
    changed_at: datetime
    changed_by: str
    signed_at: datetime | None
    by: str
    needs_cosign: bool


def assessments_of(permit: Permit, record: int) -> list[Assessment]:
    """All of a record, the draft first, then the newest; one statement."""
    rows = Biopsychosocial.objects.filter(record_id=record).select_related("staff", "changed_by")
    found = [
        Assessment(
            row.id, row.version, row.texts, row.screen, row.saved, row.changed_at,
            row.changed_by.name if row.changed_by else "", row.signed_at,
            f"{row.staff.name}, {row.credentials}" if row.staff else "", row.needs_cosign,
        )
        for row in rows.order_by("-id")
    ]  # fmt: skip
    return sorted(found, key=lambda each: each.signed_at is not None)


def draft_of(permit: Permit, record: int) -> Assessment | None:
    """The one that is being written; one statement."""
    return next((each for each in assessments_of(permit, record) if not each.signed_at), None)
