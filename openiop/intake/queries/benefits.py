"""What payers answered about an inquiry."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openiop.intake.models import BenefitsCheck
from openiop.kernel.permits import Permit

READ, TABLE = "intake.inquiry.read", "intake_benefitscheck"


@dataclass(frozen=True)
class Check:
    """One answer, as it was given."""

    id: int
    at: datetime
    by: str
    source: str
    consent_on: date
    payer: str
    plan: str
    member: str
    spoke_with: str
    reference: str
    active: bool | None
    in_network: bool | None
    authorization: bool | None
    begins_on: date | None
    ends_on: date | None
    deductible: Decimal | None
    deductible_left: Decimal | None
    out_of_pocket: Decimal | None
    out_of_pocket_left: Decimal | None
    copay: Decimal | None
    coinsurance: Decimal | None
    limits: str
    note: str
    lines: list[dict[str, Any]]
    said: dict[str, str]
    differs: list[str]
    recheck_on: date


_PLAIN = [name for name in Check.__dataclass_fields__ if name != "by"]


def checks_of(permit: Permit, inquiry: int) -> list[Check]:
    """Every answer about an inquiry, the newest first; one statement."""
    rows = (
        BenefitsCheck.objects.filter(inquiry_id=inquiry, clinic_id__in=permit.clinics)
        .select_related("by").defer("original").order_by("-id")
    )  # fmt: skip
    found = [Check(by=row.by.name, **{name: getattr(row, name) for name in _PLAIN}) for row in rows]
    permit.note(READ, table=TABLE, count=len(found))
    return found
