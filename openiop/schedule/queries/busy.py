"""Other calendars of a colleague that are kept as busy time."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, Min, Q

from openiop.kernel.permits import Permit
from openiop.schedule.models import Away


@dataclass(frozen=True)
class OtherCalendar:
    """One calendar by its name: how many stretches lie ahead, the next, and the last one's end;
    `read_at` is when something of it last changed."""

    source: str
    ahead: int
    next_at: datetime | None
    until_at: datetime
    read_at: datetime


def other_calendars(permit: Permit, staff: int) -> list[OtherCalendar]:
    """A colleague's calendars by name; one statement."""
    coming = Q(during__startswith__gt=permit.now)
    rows = Away.objects.filter(staff_id=staff, kind="busy", ended_at=None).values("source")
    found = rows.annotate(
        ahead=Count("id", filter=coming), next_at=Min("during__startswith", filter=coming),
        until_at=Max("during__endswith"), read_at=Max("recorded_at"),
    )  # fmt: skip
    return [OtherCalendar(**row) for row in found.order_by("source")]


_ZONE = """
SELECT c.timezone FROM access_roleassignment r JOIN access_clinic c ON c.id = r.clinic_id
 WHERE r.staff_id = %s AND upper_inf(r.during) ORDER BY c.id LIMIT 1
"""


def zone_of(permit: Permit, staff: int) -> str:
    """The zone of the clinic a colleague works at, the organization's for none."""
    with connection.cursor() as cursor:
        cursor.execute(_ZONE, [staff])
        row = cursor.fetchone()
    return row[0] if row else permit.timezone
