"""What must be known before a visit is booked: one statement for all of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.schedule.models import Appointment

_BOOKABLE = """
SELECT coalesce(p.died_on <= a."on", false), p.merged_into_id IS NOT NULL,
       h.clinic_id <> c.id AND NOT EXISTS (
         SELECT FROM access_recordclinic rc WHERE rc.record_id = h.id AND rc.clinic_id = c.id),
       EXISTS (SELECT FROM access_staff s WHERE s.id = a.staff),
       t.id IS NULL OR EXISTS (
         SELECT FROM access_roleassignment r
          WHERE r.staff_id = a.staff AND r.clinic_id = c.id AND r.during @> a."on"
            AND r.role = ANY(t.holders)),
       a.room IS NULL OR EXISTS (
         SELECT FROM access_room room
          WHERE room.id = a.room AND room.clinic_id = c.id AND room.retired_on IS NULL),
       t.kind, t.modes, t.retired_on IS NOT NULL AND t.retired_on <= a."on", t.name,
       y.kind, lower(y.during), upper(y.during)
  FROM access_clinic c
 CROSS JOIN LATERAL (
   SELECT %(staff)s::bigint AS staff, %(room)s::bigint AS room,
          (%(starts_at)s::timestamptz AT TIME ZONE c.timezone)::date AS "on") a
  JOIN access_record h ON h.id = %(record)s
  JOIN patients_patient p ON p.record_id = h.id
  LEFT JOIN schedule_appointmenttype t ON t.id = %(type)s
  LEFT JOIN LATERAL (
    SELECT kind, during FROM schedule_away
     WHERE staff_id = a.staff AND ended_at IS NULL
       AND during && tstzrange(%(starts_at)s, %(ends_at)s)
     ORDER BY during LIMIT 1) y ON true
 WHERE c.id = %(clinic)s AND c.id = ANY(%(clinics)s)
"""


class Bookable(NamedTuple):
    """Whether everybody and everything of a wished visit exists and fits; `elsewhere`: the record
    is not open at the clinic yet. The `type_` fields are None without a type. `away_kind` and its
    stretch: the colleague is away then."""

    died: bool
    merged: bool
    elsewhere: bool
    colleague: bool
    may_hold: bool
    room: bool
    type_kind: str | None
    type_modes: list[str] | None
    type_retired: bool
    type_name: str | None
    away_kind: str | None
    away_from: datetime | None
    away_until: datetime | None

    @property
    def away(self) -> tuple[str, datetime, datetime] | None:
        """The colleague's time away that lies in the way."""
        if not (self.away_kind and self.away_from and self.away_until):
            return None
        return self.away_kind, self.away_from, self.away_until


def bookable(
    permit: Permit, *, record: int, clinic: int, staff: int, starts_at: datetime,
    ends_at: datetime, room: int | None = None, type: int | None = None,
) -> Bookable:  # fmt: skip
    """The facts, in one statement; Http404 where the record or the clinic is not the permit's. Ask
    it holding still ("staff", id): leave that is being recorded is waited for."""
    values: dict[str, Any] = {
        "record": record, "clinic": clinic, "staff": staff, "room": room, "type": type,
        "starts_at": starts_at, "ends_at": ends_at, "clinics": list(permit.clinics),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_BOOKABLE, values)
        row = cursor.fetchone()
    if row is None:
        raise Http404("No such person.")
    return Bookable._make(row)


_NOT_HELD = """
SELECT DISTINCT t.name
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[])
       AS w(type, clinic, staff, starts_at)
  JOIN schedule_appointmenttype t ON t.id = w.type
  JOIN access_clinic c ON c.id = w.clinic
 WHERE NOT EXISTS (
   SELECT FROM access_roleassignment r
    WHERE r.staff_id = w.staff AND r.clinic_id = w.clinic AND r.role = ANY(t.holders)
      AND r.during @> (w.starts_at AT TIME ZONE c.timezone)::date)
"""


def not_held(visits: Iterable[Appointment]) -> list[str]:
    """Names of the types of those visits whose colleague may not hold them there on that day; one
    statement."""
    typed = [visit for visit in visits if visit.type_id]
    columns: list[Any] = [
        [visit.type_id for visit in typed], [visit.clinic_id for visit in typed],
        [visit.staff_id for visit in typed], [visit.starts_at for visit in typed],
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NOT_HELD, columns)
        return [row[0] for row in cursor.fetchall()]
