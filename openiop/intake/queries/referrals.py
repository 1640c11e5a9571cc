"""Whom we sent on, and what came of it."""

from datetime import date, datetime
from typing import Any, NamedTuple

from openiop.intake.models import Referral
from openiop.kernel.permits import Permit


class ReferralRow(NamedTuple):
    """Somebody sent on. `outcome` "" : not known yet."""

    id: int
    partner: str
    phone: str
    reason: str
    way: str
    consent_on: date | None
    made_at: datetime
    by: str
    follow_up_at: datetime
    outcome: str
    outcome_text: str
    outcome_at: datetime | None


_COLUMNS = (
    "id", "partner__name", "partner__phone", "reason", "way", "consent_on", "made_at",
    "made_by__first_name", "made_by__last_name", "follow_up_at", "outcome", "outcome_text",
    "outcome_at",
)  # fmt: skip


def referrals_of(permit: Permit, inquiry: int) -> list[ReferralRow]:
    """Referrals of an inquiry, the newest first; one statement."""
    rows: Any = Referral.objects.filter(inquiry_id=inquiry, clinic_id__in=permit.clinics)
    return [
        ReferralRow._make((*row[:7], f"{row[7]} {row[8]}", *row[9:]))
        for row in rows.order_by("-id").values_list(*_COLUMNS)
    ]
