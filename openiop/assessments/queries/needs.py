"""Need profiles of one person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from openiop.assessments.models import NeedProfile
from openiop.catalog.needs import Edition, editions
from openiop.kernel.permits import Permit


@dataclass(frozen=True)
class Profile:
    """One signed profile; `by` and `cosigned` are names with credentials."""

    id: int
    edition: Edition | None
    risks: Mapping[str, int]
    notes: Mapping[str, str]
    recommended: str
    actual: str
    differs: str
    interim: str
    by: str
    signed_at: datetime
    waits: bool
    cosigned: str


def profiles_of(permit: Permit, record: int) -> list[Profile]:
    """All of one person, the newest first; one statement."""
    rows = NeedProfile.objects.filter(record_id=record).select_related("staff", "cosign__staff")
    found = [_profile(each) for each in rows.order_by("-signed_at", "-id")]
    permit.note(
        "assessments.response.read", record=record, table="assessments_needprofile",
        count=len(found),
    )  # fmt: skip
    return found


def _profile(row: NeedProfile) -> Profile:
    second = getattr(row, "cosign", None)
    return Profile(
        row.pk, editions().get(row.edition), row.risks, row.notes, row.recommended, row.actual,
        row.differs, row.interim, f"{row.staff.name}, {row.credentials}", row.signed_at,
        row.needs_cosign and second is None,
        f"{second.staff.name}, {second.credentials}" if second else "",
    )  # fmt: skip
