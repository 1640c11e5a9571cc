"""Secret addresses in use."""

from dataclasses import dataclass
from datetime import datetime

from openiop.access.models import Link
from openiop.kernel.permits import Permit


@dataclass(frozen=True)
class LiveLink:
    """A secret address that works; its token is known to nobody here."""

    id: int
    clinic: int
    created_at: datetime
    expires_at: datetime


def live_links(
    permit: Permit, act: str, clinic: int | None = None, *, target: int | None = None
) -> list[LiveLink]:
    """Addresses for one act, of one clinic or about one target where that is given, newest first;
    one statement."""
    rows = Link.objects.filter(act=act, revoked_at__isnull=True, expires_at__gt=permit.now)
    if clinic is not None:
        rows = rows.filter(clinic_id=clinic)
    if target is not None:
        rows = rows.filter(target=target)
    found = rows.order_by("-id").values_list("id", "clinic_id", "created_at", "expires_at")
    return [LiveLink(*row) for row in found]
