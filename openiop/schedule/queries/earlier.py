"""Who would come earlier than booked, and what is offered to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openiop.access.queries import staff_names
from openiop.kernel.permits import Permit
from openiop.patients.queries import people
from openiop.schedule.models import EarlierWish

OPEN = ("waiting", "offered")
PARTS = [
    ("morning", gettext_lazy("Mornings")), ("afternoon", gettext_lazy("Afternoons")),
    ("evening", gettext_lazy("Evenings")),
]  # fmt: skip


@dataclass(frozen=True)
class Offered:
    """A time offered to a wish: when, with whom, where."""

    starts_at: datetime
    staff_name: str
    room_name: str


@dataclass(frozen=True)
class InLine:
    """One wish of the line, in the order of wishing."""

    id: int
    visit: int
    number: str
    name: str
    clinic_name: str
    zone: ZoneInfo
    kind_name: str
    starts_at: datetime
    staff_name: str
    from_on: date
    suits: str
    wished_at: datetime
    offer: Offered | None


def line(permit: Permit, clinics: Iterable[int] | None = None) -> list[InLine]:
    """Open wishes, offers first, then in order of wishing; four statements at most."""
    here = permit.clinics if clinics is None else permit.clinics.intersection(clinics)
    rows = list(EarlierWish.objects.filter(clinic_id__in=here, state__in=OPEN).select_related(
        "appointment__staff", "clinic").order_by("wished_at", "id"))  # fmt: skip
    offers = [row.offered for row in rows if row.state == "offered" and row.offered]
    who = people(permit, [row.record_id for row in rows])
    staff = staff_names(permit, {offer["staff"] for offer in offers})
    rooms = _room_names(offer["room"] for offer in offers)
    found = [
        _line(row, who[row.record_id].number, who[row.record_id].name, staff, rooms)
        for row in rows
        if row.record_id in who
    ]
    return sorted(found, key=lambda each: each.offer is None)


def _line(
    row: EarlierWish, number: str, name: str, staff: Mapping[int, str], rooms: dict[int, str]
) -> InLine:
    visit, offer = row.appointment, None
    if row.state == "offered" and row.offered:
        offer = Offered(
            datetime.fromisoformat(row.offered["starts_at"]),
            staff.get(row.offered["staff"], ""), rooms.get(row.offered["room"], ""),
        )  # fmt: skip
    parts = ", ".join(str(dict(PARTS)[part]) for part in row.dayparts)
    return InLine(
        id=row.id, visit=visit.id, number=number, name=name, clinic_name=row.clinic.name,
        zone=ZoneInfo(row.clinic.timezone), kind_name=visit.get_kind_display(), offer=offer,
        starts_at=visit.starts_at, staff_name=visit.staff.name, from_on=row.from_on,
        suits=parts or _("Any time of day"), wished_at=row.wished_at,
    )  # fmt: skip


def _room_names(ids: Iterable[int | None]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM access_room WHERE id = ANY(%s)", [list(ids)])
        return dict(cursor.fetchall())


def wished(permit: Permit, record: int) -> frozenset[int]:
    """Visits of a person that are in line for an earlier time."""
    rows = EarlierWish.objects.filter(record_id=record, state__in=OPEN)
    return frozenset(rows.values_list("appointment_id", flat=True))


class Stale(NamedTuple):
    """A wish that cannot stay as it is; `over`: its visit has begun, or is settled."""

    wish: int
    over: bool


_STALE = """
SELECT w.id, a.starts_at <= %(now)s OR a.outcome <> '' OR a.cancelled_at IS NOT NULL
  FROM schedule_earlierwish w JOIN schedule_appointment a ON a.id = w.appointment_id
 CROSS JOIN LATERAL (
   SELECT (w.offered ->> 'starts_at')::timestamptz AS starts_at,
          (w.offered ->> 'staff')::bigint AS staff, (w.offered ->> 'room')::bigint AS room) t
 WHERE w.clinic_id = ANY(%(clinics)s) AND w.state IN ('waiting', 'offered')
   AND (a.starts_at <= %(now)s OR a.outcome <> '' OR a.cancelled_at IS NOT NULL
     OR w.state = 'offered' AND (
        t.starts_at <= %(now)s OR t.starts_at >= a.starts_at
        OR EXISTS (
           SELECT FROM schedule_away y
            WHERE y.staff_id = t.staff AND y.ended_at IS NULL
              AND y.during && tstzrange(t.starts_at, t.starts_at + (a.ends_at - a.starts_at)))
        OR EXISTS (
           SELECT FROM schedule_occupancy o
            WHERE o.ends_at > t.starts_at
              AND o.during && tstzrange(t.starts_at, t.starts_at + (a.ends_at - a.starts_at))
              AND o.appointment_id IS DISTINCT FROM a.id
              AND (o.kind, o.resource) IN (('staff', t.staff), ('record', a.record_id),
                                           ('room', t.room)))))
 ORDER BY a.id
"""


def stale(permit: Permit) -> list[Stale]:
    """Offers that have passed or are taken, and wishes whose visit has begun; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STALE, {"now": permit.now, "clinics": list(permit.clinics)})
        return [Stale(*row) for row in cursor.fetchall()]
