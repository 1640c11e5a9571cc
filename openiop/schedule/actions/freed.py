"""A time that comes free goes to the first in line who wished to come earlier and whom it fits."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit
from openiop.messaging.actions.tasks import NewTask, close_tasks_about, open_each
from openiop.schedule.models import Appointment, EarlierWish

TASK, TABLE = "earlier_time", "schedule_earlierwish"
ANSWER_WITHIN = timedelta(hours=2)


class Freed(NamedTuple):
    """A stretch one visit gave up: of what kind, whose, where."""

    clinic: int
    kind: str
    staff: int
    room: int | None
    starts_at: datetime
    ends_at: datetime


def offer_freed(
    permit: Permit, visits: Iterable[Appointment], before: Mapping[int, dict[str, Any] | None]
) -> None:
    """Offer what changed visits gave up; who is cancelled waits no longer. No statement where
    nothing came free, else two and three more for each offer."""
    changed = [visit for visit in visits if _given_up(visit, before.get(visit.id))]
    gone = [visit.id for visit in changed if visit.cancelled_at]
    freed = [
        Freed(visit.clinic_id, visit.kind, was["staff_id"], was["room_id"],
              datetime.fromisoformat(was["starts_at"]), datetime.fromisoformat(was["ends_at"]))
        for visit in changed if (was := before[visit.id])
    ]  # fmt: skip
    if gone:
        freed += end_wishes(permit, gone, _("The visit is cancelled."))
    offer_each(permit, freed)


def _given_up(visit: Appointment, was: Mapping[str, Any] | None) -> bool:
    if was is None or was["cancelled_at"]:
        return False
    there = (was["starts_at"], was["ends_at"], was["staff_id"])
    same = (visit.starts_at, visit.ends_at, visit.staff_id) == (
        datetime.fromisoformat(there[0]), datetime.fromisoformat(there[1]), there[2],
    )  # fmt: skip
    return bool(visit.cancelled_at) or not same


def end_wishes(permit: Permit, visits: Sequence[int], outcome: str) -> list[Freed]:
    """Wishes to come earlier to these visits end; the times that were offered to them."""
    rows = list(EarlierWish.objects.filter(
        appointment_id__in=visits, state__in=("waiting", "offered")
    ).select_related("appointment"))  # fmt: skip
    for row in rows:
        close_tasks_about(permit, TASK, (TABLE, row.id), outcome)
    ids = [row.id for row in rows]
    if ids:
        EarlierWish.objects.filter(pk__in=ids).update(state="ended", closed_at=permit.now)
    return [offered(row) for row in rows if row.state == "offered"]


def offered(row: EarlierWish) -> Freed:
    """The time a wish was offered."""
    offer = row.offered or {}
    return Freed(
        row.clinic_id, row.appointment.kind, offer["staff"], offer["freed_room"],
        datetime.fromisoformat(offer["starts_at"]), datetime.fromisoformat(offer["ends_at"]),
    )  # fmt: skip


# Who of the line fits which time. The line is in order of wishing; the person, the colleague and
# the room are free, the colleague may hold it and works then, the clinic is open.
_FITTING = """
  FROM unnest(%(clinic)s::bigint[], %(kind)s::text[], %(staff)s::bigint[], %(room)s::bigint[],
              %(starts_at)s::timestamptz[], %(ends_at)s::timestamptz[])
       WITH ORDINALITY AS f(clinic, kind, staff, room, starts_at, ends_at, number)
  JOIN access_clinic c ON c.id = f.clinic
  JOIN schedule_earlierwish w ON w.clinic_id = f.clinic AND w.state = 'waiting'
  JOIN schedule_appointment a ON a.id = w.appointment_id AND a.kind = f.kind AND a.outcome = ''
   AND a.cancelled_at IS NULL AND a.starts_at > f.starts_at
  JOIN patients_patient p ON p.record_id = a.record_id
 CROSS JOIN LATERAL (
   SELECT tstzrange(f.starts_at, f.starts_at + (a.ends_at - a.starts_at)) AS during,
          f.starts_at AT TIME ZONE c.timezone AS begins,
          (f.starts_at + (a.ends_at - a.starts_at)) AT TIME ZONE c.timezone AS ends,
          CASE WHEN a.mode = 'virtual' OR a.room_id IS NULL THEN NULL
               WHEN f.room IS NULL THEN a.room_id ELSE f.room END AS room) t
 WHERE f.starts_at > %(now)s AND upper(t.during) <= f.ends_at AND t.begins::date >= w.from_on
   AND (w.dayparts = '{}' OR CASE WHEN t.begins::time < '12:00' THEN 'morning'
        WHEN t.begins::time < '17:00' THEN 'afternoon' ELSE 'evening' END = ANY(w.dayparts))
   AND (a.staff_id = f.staff OR a.type_id IS NULL OR EXISTS (
        SELECT FROM access_roleassignment r JOIN schedule_appointmenttype y ON y.id = a.type_id
         WHERE r.staff_id = f.staff AND r.clinic_id = f.clinic AND r.role = ANY(y.holders)
           AND r.during @> t.begins::date))
   AND (t.room IS NULL OR EXISTS (
        SELECT FROM access_room m WHERE m.id = t.room AND m.retired_on IS NULL
           AND (m.accessible OR NOT p.step_free)))
   AND NOT EXISTS (
        SELECT FROM schedule_occupancy o
         WHERE o.ends_at > f.starts_at AND o.during && t.during
           AND o.appointment_id IS DISTINCT FROM a.id
           AND (o.kind, o.resource) IN (('staff', f.staff), ('record', a.record_id),
                                        ('room', t.room)))
   AND NOT EXISTS (
        SELECT FROM schedule_away y
         WHERE y.staff_id = f.staff AND y.ended_at IS NULL AND y.during && t.during)
   AND NOT EXISTS (
        SELECT FROM access_closure x
         WHERE x.organization_id = c.organization_id AND (x.clinic_id IS NULL OR x.clinic_id = c.id)
           AND t.begins::date BETWEEN x.start_on AND x.end_on)
   AND NOT EXISTS (
        SELECT FROM schedule_commitment k
         WHERE k.record_id = a.record_id AND k.during @> t.begins::date
           AND extract(isodow FROM t.begins) - 1 = ANY(k.weekdays)
           AND k.starts < t.ends::time AND k.ends > t.begins::time)
   AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(coalesce(w.offered -> 'passed', '[]')) AS passed(said)
         WHERE (said ->> 0)::bigint = f.staff AND (said ->> 1)::timestamptz = f.starts_at)
   AND NOT EXISTS (
        SELECT FROM schedule_earlierwish other
         WHERE other.state = 'offered' AND (other.offered ->> 'staff')::bigint = f.staff
           AND tstzrange((other.offered ->> 'starts_at')::timestamptz,
                         (other.offered ->> 'ends_at')::timestamptz) && t.during)
"""
_WANTED = f"SELECT DISTINCT f.starts_at, f.number {_FITTING} ORDER BY 1, 2"
# A line that another clerk's act holds is passed over: nobody waits for anybody here.
_OFFER = f"""
WITH first AS (
  SELECT w.id, t.room AS to_room {_FITTING}
   ORDER BY w.wished_at, w.id LIMIT 1 FOR UPDATE OF w SKIP LOCKED
)
UPDATE schedule_earlierwish w
   SET state = 'offered', offered_at = %(now)s,
       offered = %(offer)s::jsonb || jsonb_build_object(
         'room', first.to_room, 'passed', coalesce(w.offered -> 'passed', '[]'::jsonb))
  FROM first WHERE w.id = first.id
RETURNING w.id, w.clinic_id, w.record_id
"""  # noqa: S608 - both parts are written here


def offer_each(permit: Permit, freed: Sequence[Freed]) -> list[int]:
    """Offer each of these times to the first whom it fits, with a task to call them; the wishes.
    Times that are past, taken or of a colleague away are nobody's; the soonest go first."""
    if not freed:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_WANTED, _columns(permit, freed))
        wanted = [freed[number - 1] for _at, number in cursor.fetchall()]
        found = [(each, row) for each in wanted if (row := _offer(permit, cursor, each))]
    if not found:
        return []
    open_each(permit, [
        NewTask(
            kind=TASK, title=_("Offer an earlier time"), clinic=clinic, record=record,
            about=(TABLE, wish), role=Role.FRONT_DESK,
            due_at=min(permit.now + ANSWER_WITHIN, each.starts_at),
        )
        for each, (wish, clinic, record) in found
    ])  # fmt: skip
    return [wish for _each, (wish, _clinic, _record) in found]


def _offer(permit: Permit, cursor: Any, freed: Freed) -> tuple[int, int, int] | None:
    offer = {
        "staff": freed.staff, "freed_room": freed.room, "starts_at": freed.starts_at.isoformat(),
        "ends_at": freed.ends_at.isoformat(),
    }  # fmt: skip
    cursor.execute(_OFFER, _columns(permit, [freed]) | {"offer": json.dumps(offer)})
    row: tuple[int, int, int] | None = cursor.fetchone()
    return row


def _columns(permit: Permit, freed: Sequence[Freed]) -> dict[str, Any]:
    columns = {name: [getattr(each, name) for each in freed] for name in Freed._fields}
    return columns | {"now": permit.now}


_BACK = """
UPDATE schedule_earlierwish w SET state = 'waiting', closed_at = NULL
 WHERE w.appointment_id = ANY(%s) AND w.closed_at = %s AND w.state IN ('taken', 'ended')
   AND NOT EXISTS (SELECT FROM schedule_earlierwish other
                    WHERE other.appointment_id = w.appointment_id
                      AND other.state IN ('waiting', 'offered'))
"""


def wishes_back(visits: Sequence[int], at: datetime) -> None:
    """Wishes that an act at this moment took or ended wait again, now that it is undone."""
    with connection.cursor() as cursor:
        cursor.execute(_BACK, [list(visits), at])
