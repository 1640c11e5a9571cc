"""Colleagues, their hours, rooms and all that is taken in a stretch of days: four statements."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from openiop.access.credential_rules import CredentialFact, may_sign
from openiop.access.queries import colleagues
from openiop.kernel.days import local
from openiop.kernel.permits import Permit, Refused
from openiop.kernel.zips import miles_between, spot
from openiop.schedule.rules.availability import Busy, Hours, Place, Taken, on_the_clock

DOCUMENT = "individual_note"  # whoever may sign it in a state may hold the visit there
NO_CREDENTIAL = frozenset({"test"})


class Room(NamedTuple):
    """A room in use."""

    id: int
    name: str


class Clinic(NamedTuple):
    """A clinic that could be gone to, with its rooms and the days it is closed."""

    id: int
    name: str
    timezone: str
    state: str
    zip_code: str
    rooms: tuple[Room, ...] = ()
    closed: tuple[tuple[date, date], ...] = ()
    miles: float | None = None

    @property
    def place(self) -> Place:
        """The clinic as the rules know it."""
        rooms = tuple(room.id for room in self.rooms)
        return Place(self.id, self.timezone, rooms, self.closed, self.miles)


@dataclass(frozen=True)
class Ground:
    """All that is known of colleagues, rooms and what is taken in a stretch of days."""

    clinics: Mapping[int, Clinic]
    rooms: Mapping[int, Room]
    places: Mapping[int, Place]
    hours: tuple[Hours, ...]
    names: Mapping[int, str]
    credentials: Mapping[int, tuple[CredentialFact, ...]]
    taken: Taken
    people: Mapping[int, Busy]

    def may_hold(self, kind: str, staff: int, clinic: int, day: date) -> bool:
        """Does a credential of the colleague count in the clinic's state on that day?"""
        if kind in NO_CREDENTIAL:
            return True
        return may_sign(
            self.credentials.get(staff, ()), document=DOCUMENT,
            state=self.clinics[clinic].state, on=day,
        ).allowed  # fmt: skip


def moment(seconds: int) -> datetime:
    """An aware time of whole seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def ground_for(
    permit: Permit, *, clinics: Collection[int], start: date, days: int, holders: Collection[str],
    staff: int | None = None, language: str = "", near: str = "", miles: int = 10,
    records: Collection[int] = (), step_free: bool = False, pause: int = 0,
    moving: Collection[int] = (), in_person: bool = True,
) -> Ground:  # fmt: skip
    """Colleagues with one of the roles, their hours, rooms and all that is taken; four statements
    whatever the number. `moving` appointments are left out of what is taken."""
    until = start + timedelta(days=days)
    found = _near(_clinics(permit, clinics, start, until, step_free, in_person), near, miles)
    hours = _hours(found, start, until, holders, staff, language)
    rooms = {room.id: room for clinic in found.values() for room in clinic.rooms}
    who = {row.staff for row in hours}
    known = colleagues(permit, who)
    busy = _busy(found, who, rooms, records, start, until, moving)
    people = {each: Busy(busy.get(("record", each), ())) for each in records}
    return Ground(
        clinics=found, rooms=rooms, places={each.id: each.place for each in found.values()},
        hours=tuple(hours), names={each.id: each.name for each in known.values()},
        credentials={each.id: each.credentials for each in known.values()},
        taken=Taken(
            {each: Busy([*busy.get(("staff", each), ()),
                         *((s, e + pause) for s, e in busy.get(("visit", each), ()))])
             for each in who},
            {each: Busy(busy.get(("room", each), ())) for each in rooms},
            people.get(next(iter(records), 0), Busy()),
        ),
        people=people,
    )  # fmt: skip


# Rooms the smallest first: large ones are left to groups.
_CLINICS = """
SELECT c.id, c.name, c.timezone, c.state, c.zip_code,
       (SELECT json_agg(json_build_array(r.id, r.name) ORDER BY r.capacity, r.name)
          FROM access_room r
         WHERE r.clinic_id = c.id AND r.retired_on IS NULL AND %(in_person)s
           AND (r.accessible OR NOT %(step_free)s)),
       (SELECT json_agg(json_build_array(x.start_on, x.end_on))
          FROM access_closure x
         WHERE x.organization_id = c.organization_id
           AND (x.clinic_id IS NULL OR x.clinic_id = c.id)
           AND x.start_on <= %(until)s AND x.end_on >= %(start)s)
  FROM access_clinic c
 WHERE c.organization_id = %(organization)s AND (%(every)s OR c.id = ANY(%(wanted)s::bigint[]))
   AND c.closed_on IS NULL
 ORDER BY c.name
"""


def _clinics(
    permit: Permit, wanted: Collection[int], start: date, until: date, step_free: bool,
    in_person: bool,
) -> list[Clinic]:  # fmt: skip
    values: dict[str, Any] = {
        "organization": permit.organization, "wanted": list(wanted), "every": not wanted,
        "start": start, "until": until, "step_free": step_free, "in_person": in_person,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_CLINICS, values)
        return [
            Clinic._make((
                *facts, tuple(Room(*room) for room in rooms or ()),
                tuple((_day(first), _day(last)) for first, last in closed or ()), None,
            ))
            for *facts, rooms, closed in cursor.fetchall()
        ]  # fmt: skip


_day = date.fromisoformat


def _near(rows: list[Clinic], near: str, miles: int) -> Mapping[int, Clinic]:
    """Those within so many miles of a ZIP code, with how far; all where none is given."""
    if near:
        here = spot(near)
        if here is None:
            raise Refused(
                "zip", _("No place is known by the ZIP code %(zip)s.") % {"zip": near},
                _("Check the five digits."), field="near",
            )  # fmt: skip
        found = [(row, spot(row.zip_code)) for row in rows]
        rows = [row._replace(miles=miles_between(here, at)) for row, at in found if at]
        rows = [row for row in rows if row.miles is not None and row.miles <= miles]
    return {row.id: row for row in rows}


# Roles are compared by their ends, not as ranges: a kept plan would ask the range index of all
# roles once for each of the hours.
_HOURS = """
SELECT h.clinic_id, h.staff_id, h.weekday, h.starts, h.ends, h.virtual, h.use = 'visits',
       greatest(lower(h.during), lower(r.during), %(start)s),
       least(upper(h.during), upper(r.during), s.left_on, %(until)s)
  FROM schedule_workinghours h
  JOIN access_staff s ON s.id = h.staff_id AND (s.left_on IS NULL OR s.left_on > %(start)s)
  JOIN access_roleassignment r ON r.staff_id = h.staff_id AND r.clinic_id = h.clinic_id
   AND r.role = ANY(%(holders)s) AND lower(r.during) < %(until)s
   AND (upper(r.during) > %(start)s) IS NOT FALSE
 WHERE h.clinic_id = ANY(%(clinics)s) AND h.during && daterange(%(start)s, %(until)s)
   AND (%(staff)s::bigint IS NULL OR h.staff_id = %(staff)s)
   AND (%(language)s = '' OR s.languages @> ARRAY[%(language)s]::varchar[])
"""


def _hours(
    clinics: Iterable[int], start: date, until: date, holders: Collection[str],
    staff: int | None, language: str,
) -> list[Hours]:  # fmt: skip
    values: dict[str, Any] = {
        "clinics": list(clinics), "start": start, "until": until, "holders": list(holders),
        "staff": staff, "language": language,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, values)
        return [Hours(*row) for row in cursor.fetchall()]


# What is over is passed by on an index: ranges have none under row-level security. Last the hours
# that people cannot come, as their weekdays and clock times.
_BUSY = """
SELECT CASE WHEN o.kind = 'staff' AND o.session_id IS NULL THEN 'visit' ELSE o.kind END,
       o.resource, floor(extract(epoch FROM lower(o.during)))::bigint,
       ceil(extract(epoch FROM upper(o.during)))::bigint, NULL::json
  FROM schedule_occupancy o
 WHERE (o.kind = 'staff' AND o.resource = ANY(%(staff)s::bigint[])
        OR o.kind = 'room' AND o.resource = ANY(%(rooms)s::bigint[])
        OR o.kind = 'record' AND o.resource = ANY(%(records)s::bigint[]))
   AND o.ends_at > %(since)s AND o.during && tstzrange(%(since)s, %(until)s)
   AND (o.appointment_id IS NULL OR o.appointment_id <> ALL(%(moving)s::bigint[]))
UNION ALL
SELECT 'staff', a.staff_id,
       floor(extract(epoch FROM lower(a.during * tstzrange(%(since)s, %(until)s))))::bigint,
       ceil(extract(epoch FROM upper(a.during * tstzrange(%(since)s, %(until)s))))::bigint, NULL
  FROM schedule_away a
 WHERE a.ended_at IS NULL AND a.staff_id = ANY(%(staff)s::bigint[])
   AND a.during && tstzrange(%(since)s, %(until)s)
UNION ALL
SELECT 'record', c.record_id, NULL, NULL,
       json_build_array(c.weekdays, c.starts, c.ends, clinic.timezone,
                        greatest(lower(c.during), %(start)s), least(upper(c.during), %(end)s))
  FROM schedule_commitment c JOIN access_clinic clinic ON clinic.id = c.clinic_id
 WHERE c.record_id = ANY(%(records)s::bigint[]) AND c.during && daterange(%(start)s, %(end)s)
"""


def _busy(
    clinics: Mapping[int, Clinic], staff: Iterable[int], rooms: Iterable[int],
    records: Iterable[int], start: date, until: date, moving: Collection[int],
) -> dict[tuple[str, int], list[tuple[int, int]]]:  # fmt: skip
    zones = {each.timezone for each in clinics.values()} or {"UTC"}
    values: dict[str, Any] = {
        "staff": list(staff), "rooms": list(rooms), "records": list(records),
        "moving": list(moving), "start": start, "end": until,
        "since": min(local(start, time(0), zone) for zone in zones) - timedelta(hours=8),
        "until": max(local(until, time(0), zone) for zone in zones) + timedelta(hours=8),
    }  # fmt: skip
    found: dict[tuple[str, int], list[tuple[int, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BUSY, values)
        for kind, resource, begins, ends, weekly in cursor.fetchall():
            stretches = _days(*weekly) if weekly else [(begins, ends)]
            found.setdefault((kind, resource), []).extend(stretches)
    return found


def _days(
    weekdays: Collection[int], starts: str, ends: str, zone: str, first: str, last: str
) -> Iterable[tuple[int, int]]:
    """Weekly hours day by day, from the `first` day up to, not including, the `last`."""
    clock = (time.fromisoformat(starts), time.fromisoformat(ends))
    for number in range((_day(last) - _day(first)).days):
        day = _day(first) + timedelta(days=number)
        if day.weekday() in weekdays:
            yield on_the_clock(day, *clock, zone)


class Choice(NamedTuple):
    """A colleague one may ask for; `counsels` the person who looks for a time."""

    id: int
    name: str
    counsels: bool


_CHOICES = """
SELECT s.id, s.first_name || ' ' || s.last_name AS name, EXISTS (
         SELECT FROM programs_episode e
          WHERE e.record_id = %(record)s AND e.closed_on IS NULL AND e.counselor_id = s.id)
  FROM access_staff s
 WHERE (s.left_on IS NULL OR s.left_on > %(on)s) AND EXISTS (
         SELECT FROM access_roleassignment r
          WHERE r.staff_id = s.id AND r.clinic_id = %(clinic)s AND r.role = ANY(%(roles)s)
            AND lower(r.during) <= %(on)s AND (upper(r.during) > %(on)s) IS NOT FALSE)
 ORDER BY name, s.id
"""


def choices(
    permit: Permit, record: int, clinic: int, on: date, roles: Iterable[str]
) -> list[Choice]:
    """Colleagues with one of the roles at a clinic on a day, by name; one statement."""
    values: dict[str, Any] = {
        "record": record, "clinic": clinic, "on": on, "roles": list(roles),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_CHOICES, values)
        return [Choice(*row) for row in cursor.fetchall()]
