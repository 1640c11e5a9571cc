"""Free times for a one-to-one across clinics: who, where, when, in a few statements."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from openiop.access.credential_rules import CredentialFact, may_sign
from openiop.access.queries import closures_at, colleagues
from openiop.kernel.days import local
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.queries.types import TypeFacts, types
from openiop.schedule.rules.availability import (
    DAYPARTS,
    Busy,
    Hours,
    Offer,
    Place,
    Taken,
    Wanted,
    offers,
    on_the_clock,
)

DOCUMENT = "individual_note"  # whoever may sign it in a state may hold the visit there
NO_CREDENTIAL = frozenset({"test"})
MILES_AROUND_THE_EARTH = 3958.8  # its radius


@dataclass(frozen=True)
class Asked:
    """What is looked for. `clinics` empty: all of the organization. `near` a ZIP code, `miles`
    around it. `daypart` morning, afternoon or evening. `language` besides English. `record`: also
    free for that person. `moving` an appointment that gives up its own time."""

    type: int
    clinics: frozenset[int]
    start: date
    days: int = 14
    staff: int | None = None
    role: str = ""
    language: str = ""
    daypart: str = ""
    near: str = ""
    miles: int = 10
    mode: str = "in_person"
    step_free: bool = False
    record: int | None = None
    limit: int = 20
    moving: int | None = None


@dataclass(frozen=True)
class Slot:
    """A free time with a colleague, and a room where one is needed."""

    clinic: int
    clinic_name: str
    staff: int
    staff_name: str
    room: int | None
    room_name: str
    starts_at: datetime
    ends_at: datetime
    miles: float | None
    mode: str


class Clinic(NamedTuple):
    """A clinic that could be gone to."""

    id: int
    name: str
    timezone: str
    state: str
    zip_code: str
    miles: float | None = None


class Room(NamedTuple):
    """A room in use."""

    id: int
    clinic: int
    name: str
    accessible: bool


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


def open_slots(permit: Permit, asked: Asked) -> list[Slot]:
    """Free times by day: hours kept for one-to-ones first, then earlier before later, near before
    far. Nobody offered is away, taken or without a credential; what stays free after a visit of
    the type stays free. Eight statements at most; `permit` sees no name of a person by it.

    Refused for an unknown ZIP code, and where the type is never held that way.
    """
    every = types(permit, retired=True)
    wanted = next((each for each in every if each.id == asked.type), None)
    if wanted is None or wanted.retired:
        raise Refused("type", _("Choose a type of appointment."), "", field="type")
    if asked.mode not in wanted.modes:
        raise Refused(
            "mode", _("%(type)s is not held that way.") % {"type": wanted.name},
            _("Choose another."), field="mode",
        )  # fmt: skip
    holders = wanted.holders & {asked.role} if asked.role else wanted.holders
    ground = ground_for(
        permit, clinics=asked.clinics, start=asked.start, days=asked.days, holders=holders,
        staff=asked.staff, language=asked.language, near=asked.near, miles=asked.miles,
        records=[asked.record] if asked.record else [], step_free=asked.step_free,
        pause=pause_before(wanted, every), moving=[asked.moving] if asked.moving else [],
        in_person=asked.mode == "in_person",
    )  # fmt: skip
    found = offers(
        _wanted(permit, asked, wanted),
        ground.places,
        ground.hours,
        ground.taken,
        lambda staff, clinic, day: ground.may_hold(wanted.kind, staff, clinic, day),
    )
    return [_slot(ground, offer, asked.mode) for offer in islice(found, asked.limit)]


def _wanted(permit: Permit, asked: Asked, wanted: TypeFacts) -> Wanted:
    return Wanted(
        seconds=wanted.minutes * 60, free_after=wanted.buffer_minutes * 60,
        start_on=asked.start, days=asked.days, not_before=int(permit.now.timestamp()) + 1,
        in_person=asked.mode == "in_person",
        daypart=asked.daypart if asked.daypart in DAYPARTS else "",
    )  # fmt: skip


def _slot(ground: Ground, offer: Offer, mode: str) -> Slot:
    room = ground.rooms.get(offer.room or 0)
    return Slot(
        clinic=offer.clinic, clinic_name=ground.clinics[offer.clinic].name, staff=offer.staff,
        staff_name=ground.names[offer.staff], room=offer.room, room_name=room.name if room else "",
        starts_at=moment(offer.start), ends_at=moment(offer.end), miles=offer.miles, mode=mode,
    )  # fmt: skip


def moment(seconds: int) -> datetime:
    """An aware time of whole seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def pause_before(wanted: TypeFacts, every: Iterable[TypeFacts]) -> int:
    """Seconds that stay free after any visit the same colleagues may hold: a visit does not show
    its type everywhere, so the longest counts."""
    return 60 * max(
        (each.buffer_minutes for each in every if each.holders & wanted.holders),
        default=wanted.buffer_minutes,
    )


def ground_for(
    permit: Permit, *, clinics: Collection[int], start: date, days: int, holders: Collection[str],
    staff: int | None = None, language: str = "", near: str = "", miles: int = 10,
    records: Collection[int] = (), step_free: bool = False, pause: int = 0,
    moving: Collection[int] = (), in_person: bool = True,
) -> Ground:  # fmt: skip
    """Colleagues with one of the roles, their hours, rooms and all that is taken; seven statements
    whatever the number. `moving` appointments are left out of what is taken."""
    found = _clinics(permit, clinics, near, miles)
    until = start + timedelta(days=days)
    hours = _hours(found, start, until, holders, staff, language)
    rooms = _rooms(found, step_free) if in_person else {}
    who = {row.staff for row in hours}
    known = colleagues(permit, who)
    busy = _busy(found, who, rooms, records, start, until, moving)
    people = {each: list(busy.get(("record", each), ())) for each in records}
    for record, stretch in _commitments(records, start, until, found):
        people[record].append(stretch)
    persons = {record: Busy(stretches) for record, stretches in people.items()}
    return Ground(
        clinics=found, rooms=rooms, places=_places(permit, found, rooms, start, until),
        hours=tuple(hours), names={each.id: each.name for each in known.values()},
        credentials={each.id: each.credentials for each in known.values()},
        taken=Taken(
            {each: Busy([*busy.get(("staff", each), ()),
                         *((s, e + pause) for s, e in busy.get(("visit", each), ()))])
             for each in who},
            {each: Busy(busy.get(("room", each), ())) for each in rooms},
            persons.get(next(iter(records), 0), Busy()),
        ),
        people=persons,
    )  # fmt: skip


_CLINICS = """
SELECT id, name, timezone, state, zip_code FROM access_clinic
 WHERE organization_id = %s AND (id = ANY(%s) OR %s) AND closed_on IS NULL ORDER BY name
"""


def _clinics(
    permit: Permit, wanted: Collection[int], near: str, miles: int
) -> Mapping[int, Clinic]:
    with connection.cursor() as cursor:
        cursor.execute(_CLINICS, [permit.organization, list(wanted), not wanted])
        rows = [Clinic(*row) for row in cursor.fetchall()]
    if near:
        here = _at(near)
        if here is None:
            raise Refused(
                "zip", _("No place is known by the ZIP code %(zip)s.") % {"zip": near},
                _("Check the five digits."), field="near",
            )  # fmt: skip
        rows = [row._replace(miles=_miles(here, _at(row.zip_code))) for row in rows]
        rows = [row for row in rows if row.miles is not None and row.miles <= miles]
    return {row.id: row for row in rows}


@lru_cache(maxsize=1024)
def _at(zip_code: str) -> tuple[float, float] | None:
    """Latitude and longitude of a ZIP code; None where it is unknown."""
    from pyzipcode import ZipCodeDatabase  # opens a file of its own, and few pages need it

    try:
        found = ZipCodeDatabase()[zip_code.strip()[:5]]
    except (KeyError, IndexError):
        return None
    return float(found.latitude), float(found.longitude)


def _miles(here: tuple[float, float], there: tuple[float, float] | None) -> float | None:
    """The great circle between two places in miles, to a tenth."""
    if there is None:
        return None
    (a, b), (c, d) = (tuple(map(radians, each)) for each in (here, there))
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return round(2 * MILES_AROUND_THE_EARTH * asin(sqrt(half)), 1)


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


_ROOMS = """
SELECT id, clinic_id, name, accessible FROM access_room
 WHERE clinic_id = ANY(%s) AND retired_on IS NULL AND (accessible OR NOT %s)
 ORDER BY capacity, name
"""


def _rooms(clinics: Iterable[int], step_free: bool) -> dict[int, Room]:
    """Rooms by id, the smallest first: large ones are left to groups."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOMS, [list(clinics), step_free])
        return {row[0]: Room(*row) for row in cursor.fetchall()}


def _places(
    permit: Permit, clinics: Mapping[int, Clinic], rooms: Mapping[int, Room], start: date,
    until: date,
) -> dict[int, Place]:  # fmt: skip
    closed = closures_at(permit, clinics, start, until)
    return {
        each.id: Place(
            each.id, each.timezone, tuple(r.id for r in rooms.values() if r.clinic == each.id),
            tuple((row.start_on, row.end_on) for row in closed[each.id]), each.miles,
        )
        for each in clinics.values()
    }  # fmt: skip


_BUSY = """
SELECT CASE WHEN o.kind = 'staff' AND o.appointment_id IS NOT NULL THEN 'visit' ELSE o.kind END,
       o.resource, floor(extract(epoch FROM lower(o.during)))::bigint,
       ceil(extract(epoch FROM upper(o.during)))::bigint
  FROM schedule_occupancy o
 WHERE (o.kind = 'staff' AND o.resource = ANY(%(staff)s::bigint[])
        OR o.kind = 'room' AND o.resource = ANY(%(rooms)s::bigint[])
        OR o.kind = 'record' AND o.resource = ANY(%(records)s::bigint[]))
   AND o.ends_at > %(since)s AND o.during && tstzrange(%(since)s, %(until)s)
   AND (o.appointment_id IS NULL OR o.appointment_id <> ALL(%(moving)s))
UNION ALL
SELECT 'staff', a.staff_id,
       floor(extract(epoch FROM lower(a.during * tstzrange(%(since)s, %(until)s))))::bigint,
       ceil(extract(epoch FROM upper(a.during * tstzrange(%(since)s, %(until)s))))::bigint
  FROM schedule_away a
 WHERE a.ended_at IS NULL AND a.staff_id = ANY(%(staff)s)
   AND a.during && tstzrange(%(since)s, %(until)s)
"""


def _busy(
    clinics: Mapping[int, Clinic], staff: Iterable[int], rooms: Iterable[int],
    records: Iterable[int], start: date, until: date, moving: Collection[int],
) -> dict[tuple[str, int], list[tuple[int, int]]]:  # fmt: skip
    zones = {each.timezone for each in clinics.values()} or {"UTC"}
    values: dict[str, Any] = {
        "staff": list(staff), "rooms": list(rooms), "records": list(records),
        "moving": list(moving),
        "since": min(local(start, time(0), zone) for zone in zones) - timedelta(hours=8),
        "until": max(local(until, time(0), zone) for zone in zones) + timedelta(hours=8),
    }  # fmt: skip
    found: dict[tuple[str, int], list[tuple[int, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BUSY, values)
        for kind, resource, begins, ends in cursor.fetchall():
            found.setdefault((kind, resource), []).append((begins, ends))
    return found


_COMMITMENTS = """
SELECT c.record_id, c.weekdays, c.starts, c.ends, clinic.timezone,
       greatest(lower(c.during), %(start)s), least(upper(c.during), %(until)s)
  FROM schedule_commitment c JOIN access_clinic clinic ON clinic.id = c.clinic_id
 WHERE c.record_id = ANY(%(records)s) AND c.during && daterange(%(start)s, %(until)s)
"""


def _commitments(
    records: Collection[int], start: date, until: date, clinics: Mapping[int, Clinic]
) -> Iterable[tuple[int, tuple[int, int]]]:
    """Hours these people cannot come, day by day."""
    if not records or not clinics:
        return
    with connection.cursor() as cursor:
        cursor.execute(_COMMITMENTS, {"records": list(records), "start": start, "until": until})
        rows = cursor.fetchall()
    for record, weekdays, starts, ends, zone, first, last in rows:
        for number in range((last - first).days):
            day = first + timedelta(days=number)
            if day.weekday() in weekdays:
                yield record, on_the_clock(day, starts, ends, zone)
