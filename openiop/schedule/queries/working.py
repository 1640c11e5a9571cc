"""When colleagues work, and when they are away."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import connection
from django.db.models import Q
from django.http import Http404

from openiop.access.queries.staff_list import visible_staff
from openiop.kernel.permits import Permit
from openiop.schedule.models import Away, WorkingHours


@dataclass(frozen=True)
class HoursFacts:
    """Weekly hours of a colleague at a clinic on days of [from_on, until_on), local there."""

    id: int
    staff: int
    clinic: int
    clinic_name: str
    weekday: int
    starts: time
    ends: time
    virtual: bool
    use: str
    from_on: date
    until_on: date | None

    @property
    def one_day(self) -> bool:
        """Extra hours on a single day."""
        return self.until_on is not None and (self.until_on - self.from_on).days == 1


@dataclass(frozen=True)
class AwayFacts:
    """A stretch a colleague is not there; `source` names the calendar it came from."""

    id: int
    staff: int
    staff_name: str
    kind: str
    label: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    source: str
    recorded_by: str
    ended_at: datetime | None


def hours_of(permit: Permit, staff: int, on: date) -> list[HoursFacts]:
    """A colleague's hours that hold on the day or begin later, by weekday; one statement."""
    rows = WorkingHours.objects.filter(
        Q(during__endswith__isnull=True) | Q(during__endswith__gt=on), staff_id=staff
    ).select_related("clinic")
    return [
        HoursFacts(
            row.id, row.staff_id, row.clinic_id, row.clinic.name, row.weekday, row.starts,
            row.ends, row.virtual, row.use, row.during.lower, row.during.upper,
        )
        for row in rows.order_by("weekday", "starts", "during")
    ]  # fmt: skip


def away_of(
    permit: Permit, staff: Collection[int], since: datetime, until: datetime | None = None,
    *, busy: bool = False,
) -> list[AwayFacts]:  # fmt: skip
    """What keeps these colleagues away after `since`, in order, without what was ended and, unless
    `busy`, without what was read from other calendars; one statement."""
    rows = Away.objects.filter(
        staff_id__in=staff, ended_at__isnull=True, during__endswith__gt=since
    )
    if until:
        rows = rows.filter(during__startswith__lt=until)
    if not busy:
        rows = rows.exclude(kind="busy")
    return [_away(row) for row in rows.select_related("staff", "recorded_by").order_by("during")]


def away(permit: Permit, away_id: int) -> AwayFacts:
    """One of them, of a colleague at the permit's clinics or one's own, or Http404."""
    row = Away.objects.filter(pk=away_id).select_related("staff", "recorded_by").first()
    if row is None:
        raise Http404("Nobody is away by that number.")
    colleague(permit, row.staff_id)
    return _away(row)


def _away(row: Away) -> AwayFacts:
    return AwayFacts(
        row.id, row.staff_id, row.staff.name, row.kind, row.get_kind_display(),
        row.during.lower, row.during.upper, row.reason, row.source,
        row.recorded_by.name if row.recorded_by else "", row.ended_at,
    )  # fmt: skip


def colleague(permit: Permit, staff: int) -> str:
    """The name of oneself or of somebody at the permit's clinics, or Http404; one statement."""
    found = visible_staff(permit).filter(pk=staff).first()
    if found is None:
        raise Http404("No such colleague.")
    return found.name


_ZONE = """
SELECT c.timezone FROM access_roleassignment r JOIN access_clinic c ON c.id = r.clinic_id
 WHERE r.staff_id = %s ORDER BY c.id = ANY(%s) DESC, c.id LIMIT 1
"""


def zone_of(permit: Permit, staff: int) -> str:
    """The time zone of a colleague's days: that of their clinic, of one the reader shares first."""
    with connection.cursor() as cursor:
        cursor.execute(_ZONE, [staff, list(permit.clinics)])
        return str((cursor.fetchone() or (permit.timezone,))[0])
