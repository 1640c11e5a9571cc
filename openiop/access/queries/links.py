"""Secret addresses in use."""

from dataclasses import dataclass
from datetime import datetime

from openiop.access.models import Link
from openiop.kernel.permits import Permit


@dataclass(frozen=True)
class LiveLink:
    """A secret address that works; its token is known to nobody here."""

    id: int
    created_at: datetime
    expires_at: datetime


def live_links(permit: Permit, act: str, clinic: int) -> list[LiveLink]:
    """A clinic's addresses for one act, newest first; one statement."""
    rows = Link.objects.filter(
        clinic_id=clinic, act=act, revoked_at__isnull=True, expires_at__gt=permit.now
    )
    return [LiveLink(row.id, row.created_at, row.expires_at) for row in rows.order_by("-id")]
