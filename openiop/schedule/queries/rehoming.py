"""What a colleague's leave leaves without anybody, and where each of it could go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from openiop.access.queries import staff_at
from openiop.kernel.days import local_day
from openiop.kernel.permits import Permit
from openiop.patients.queries import Person, people
from openiop.schedule.queries.clashes import Wish, clashes
from openiop.schedule.queries.grounds import Ground, ground_for, moment
from openiop.schedule.queries.help import HOLDING
from openiop.schedule.queries.sessions import SessionFacts, by_ids
from openiop.schedule.queries.types import TypeFacts, types
from openiop.schedule.queries.working import AwayFacts
from openiop.schedule.rules.rehoming import Choice, Floor, Stranded, horizon, rehomed
from openiop.schedule.rules.substitutes import Candidate, credential_flags, ranked


class Visit(NamedTuple):
    """A booked visit in somebody's time away."""

    id: int
    record: int
    clinic: int
    timezone: str
    type: int | None
    kind: str
    mode: str
    room: int | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Place:
    """A choice as the page offers it; `value` is what its form sends."""

    kind: str
    staff: int
    staff_name: str
    room: int | None
    room_name: str
    starts_at: datetime

    @property
    def value(self) -> str:
        return f"{self.staff} {self.room or 0} {int(self.starts_at.timestamp())}"


@dataclass(frozen=True)
class VisitToRehome:
    """A visit, whose it is, and where it could go, best first."""

    visit: Visit
    person: Person | None
    type_name: str
    places: tuple[Place, ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.visit.timezone)


@dataclass(frozen=True)
class SessionToRehome:
    """A session the colleague holds, and who could hold it instead, best first."""

    session: SessionFacts
    part: str
    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> int | None:
        return next((one.id for one in self.candidates if one.free and one.qualified), None)


@dataclass(frozen=True)
class Stranding:
    """All that somebody's leave leaves without anybody."""

    visits: tuple[VisitToRehome, ...]
    sessions: tuple[SessionToRehome, ...]

    @property
    def count(self) -> int:
        return len(self.visits) + len(self.sessions)


def stranding(permit: Permit, away: AwayFacts) -> Stranding:
    """Visits and sessions of the permit's clinics in the time away that have not begun, with where
    each could go; twenty statements at most for one clinic, whatever the number."""
    visits = stranded_visits(permit, away)
    return Stranding(_with_places(permit, away, visits), _sessions(permit, away))


_VISITS = """
SELECT a.id, a.record_id, a.clinic_id, c.timezone, a.type_id, a.kind, a.mode, a.room_id,
       a.starts_at, a.ends_at
  FROM schedule_appointment a JOIN access_clinic c ON c.id = a.clinic_id
 WHERE a.clinic_id = ANY(%s) AND a.cancelled_at IS NULL AND a.outcome = '' AND {which}
 ORDER BY a.starts_at, a.id
"""
_OF_AWAY = "a.staff_id = %s AND a.starts_at >= %s AND a.starts_at < %s"
_OF_BATCH = """a.id IN (
 SELECT change.appointment_id FROM schedule_appointmentchange change
  WHERE change.batch = ANY(%s))"""


def stranded_visits(
    permit: Permit, away: AwayFacts | None, *, batches: Sequence[UUID] = ()
) -> list[Visit]:
    """Visits to come at the permit's clinics that lie in somebody's time away, or those that
    batches of changes moved, in order; one statement."""
    if away is None:
        which, values = _OF_BATCH, [list(batches)]
    else:
        first = max(away.starts_at - timedelta(hours=8), permit.now)
        which, values = _OF_AWAY, [away.staff, first, away.ends_at]  # type: ignore[list-item]
    with connection.cursor() as cursor:
        cursor.execute(_VISITS.format(which=which), [list(permit.clinics), *values])
        found = [Visit(*row) for row in cursor.fetchall()]
    return [each for each in found if away is None or each.ends_at > away.starts_at]


_ROLES = """
SELECT DISTINCT r.staff_id, r.clinic_id, r.role FROM access_roleassignment r
 WHERE r.clinic_id = ANY(%s) AND r.during && daterange(%s, %s)
"""
_SPEAKERS = "SELECT id, languages FROM access_staff WHERE id = ANY(%s)"


def _with_places(
    permit: Permit, away: AwayFacts, visits: Sequence[Visit]
) -> tuple[VisitToRehome, ...]:
    if not visits:
        return ()
    zone = visits[0].timezone
    today = permit.today(zone)
    days = horizon(today, local_day(away.ends_at, zone))
    every = types(permit, retired=True)
    holders = {each.id: _holders(each, every) for each in visits}
    ground = ground_for(
        permit, clinics={each.clinic for each in visits}, start=today, days=days,
        holders=frozenset().union(*holders.values()), records={each.record for each in visits},
        pause=60 * max((t.buffer_minutes for t in every), default=0),
        moving=[each.id for each in visits],
    )  # fmt: skip
    known = people(permit, {each.record for each in visits})
    may = _may(ground, holders, today, days)
    speakers = _speakers(ground.names)
    floor = Floor(
        ground.places, ground.hours, ground.taken, ground.people,
        (int(away.starts_at.timestamp()), int(away.ends_at.timestamp())),
        int(permit.now.timestamp()), today, days,
    )  # fmt: skip
    found = rehomed(
        floor,
        [_stranded(each, away, every, known.get(each.record), speakers, may) for each in visits],
    )
    names = {each.id: each.name for each in every}
    return tuple(
        VisitToRehome(each, known.get(each.record), names.get(each.type or 0, ""),
                      tuple(_place(ground, away, choice) for choice in found[each.id]))
        for each in visits
    )  # fmt: skip


def _holders(visit: Visit, every: Sequence[TypeFacts]) -> frozenset[str]:
    """Roles that may hold it: by its type, else by any type of its kind."""
    fitting = [each for each in every if each.id == visit.type] or [
        each for each in every if each.kind == visit.kind
    ]
    return frozenset().union(*(each.holders for each in fitting))


def _may(ground: Ground, holders: Mapping[int, frozenset[str]], today: date, days: int) -> Any:
    """`may(visit)(staff, clinic, day)`: role and credential, each looked at once."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLES, [list(ground.clinics), today, today + timedelta(days=days)])
        held: dict[tuple[int, int], set[str]] = {}
        for staff, clinic, role in cursor.fetchall():
            held.setdefault((staff, clinic), set()).add(role)
    signs = cache(ground.may_hold)

    def of(visit: Visit) -> Any:
        return lambda staff, clinic, day: (
            not holders[visit.id].isdisjoint(held.get((staff, clinic), ()))
            and signs(visit.kind, staff, clinic, day)
        )

    return of


def _speakers(staff: Collection[int]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SPEAKERS, [list(staff)])
        for who, languages in cursor.fetchall():
            for language in languages:
                found.setdefault(language.casefold(), set()).add(who)
    return found


def _stranded(
    visit: Visit, away: AwayFacts, every: Sequence[TypeFacts], person: Person | None,
    speakers: Mapping[str, set[int]], may: Any,
) -> Stranded:  # fmt: skip
    speaks = [speakers.get(each.casefold(), set()) for each in (person.languages if person else ())]
    kind = next((each for each in every if each.id == visit.type), None)
    start = int(visit.starts_at.timestamp())
    return Stranded(
        id=visit.id, person=visit.record, clinic=visit.clinic, staff=away.staff, room=visit.room,
        start=start, seconds=int(visit.ends_at.timestamp()) - start,
        free_after=60 * kind.buffer_minutes if kind else 0,
        in_person=visit.mode == "in_person" and visit.room is not None,
        day=local_day(visit.starts_at, visit.timezone),
        speaks=frozenset().union(*speaks), may=may(visit),
    )  # fmt: skip


def _place(ground: Ground, away: AwayFacts, choice: Choice) -> Place:
    room = ground.rooms.get(choice.room or 0)
    return Place(
        choice.kind, choice.staff, ground.names.get(choice.staff, away.staff_name), choice.room,
        room.name if room else "", moment(choice.start),
    )  # fmt: skip


# --- sessions ---

_HELD = """
SELECT s.id FROM schedule_sessionstaff h JOIN schedule_session s ON s.id = h.session_id
 WHERE h.staff_id = %s AND s.clinic_id = ANY(%s) AND s."on" >= %s AND s."on" <= %s
   AND s.starts_at < %s AND s.ends_at > %s AND s.status = 'scheduled'
"""


@dataclass(frozen=True)
class SessionHeld:
    """A session and the colleague's part in it."""

    session: SessionFacts
    part: str


def held_sessions(permit: Permit, away: AwayFacts) -> list[SessionHeld]:
    """Sessions of the permit's clinics that are not over and that the colleague holds in the time
    away, in order; two statements."""
    since, a_day = max(away.starts_at, permit.now), timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [
            away.staff, list(permit.clinics), (since - a_day).date(),
            (away.ends_at + a_day).date(), away.ends_at, since,
        ])  # fmt: skip
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return []
    found = sorted(by_ids(permit, ids).values(), key=lambda each: (each.starts_at, each.id))
    return [
        SessionHeld(each, next(h.part for h in each.staff if h.id == away.staff)) for each in found
    ]


def _sessions(permit: Permit, away: AwayFacts) -> tuple[SessionToRehome, ...]:
    held = held_sessions(permit, away)
    able: dict[int, list[Candidate]] = {}
    for clinic in sorted({each.session.clinic for each in held}):
        here = [each.session for each in held if each.session.clinic == clinic]
        able |= _candidates(permit, clinic, here)
    return tuple(
        SessionToRehome(each.session, each.part, tuple(able[each.session.id])) for each in held
    )


def _candidates(
    permit: Permit, clinic: int, sessions: Sequence[SessionFacts]
) -> dict[int, list[Candidate]]:
    """Colleagues of one clinic for each of its sessions; who is best for one is busy for another
    at the same time. Five statements whatever the number."""
    known = staff_at(permit, clinic, sessions[0].on, HOLDING)
    wishes = [Wish("staff", one.id, each.starts_at, each.ends_at)
              for one in known for each in sessions]  # fmt: skip
    busy = clashes(permit, clinic, wishes, but=[each.id for each in sessions])
    gone = away_staff(
        [one.id for one in known], sessions[0].starts_at, max(s.ends_at for s in sessions)
    )
    given: list[tuple[int, datetime, datetime]] = []
    found = {}
    for each in sessions:
        holding = {holder.id for holder in each.staff}
        taken = {c.resource: c.held_by for c in busy
                 if c.starts_at < each.ends_at and each.starts_at < c.ends_at}  # fmt: skip
        taken |= {who: "" for who, begins, ends in [*gone, *given]
                  if begins < each.ends_at and each.starts_at < ends}  # fmt: skip
        able = ranked(
            Candidate(
                one.id, one.name, one.phone, one.shown(each.state, each.on), "",
                credential_flags(one.name, one.credentials, [b.kind for b in each.blocks],
                                 state=each.state, on=each.on, program_kind=each.program_kind),
            )
            for one in known
            if one.id not in holding and one.id not in taken
        )  # fmt: skip
        found[each.id] = able
        given += [(one.id, each.starts_at, each.ends_at) for one in able[:1] if one.qualified]
    return found


_GONE = """
SELECT staff_id, lower(during), upper(during) FROM schedule_away
 WHERE staff_id = ANY(%s) AND ended_at IS NULL AND during && tstzrange(%s, %s)
"""


def away_staff(
    staff: Sequence[int], starts_at: datetime, ends_at: datetime
) -> list[tuple[int, datetime, datetime]]:
    """Who of them is away in the stretch, and when; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_GONE, [list(staff), starts_at, ends_at])
        return [(who, begins, ends) for who, begins, ends in cursor.fetchall()]


# --- what was done ---


@dataclass(frozen=True)
class Rehoming:
    """One confirm: when and by whom, the batches it made and how much of it stands."""

    at: datetime
    by: str
    visits: tuple[UUID, ...]
    sessions: tuple[UUID, ...]
    count: int

    @property
    def key(self) -> str:
        """What its undo button sends."""
        return self.at.astimezone(UTC).isoformat()


_DONE = """
SELECT done.at, coalesce(s.first_name || ' ' || s.last_name, ''),
       array_agg(DISTINCT done.batch) FILTER (WHERE done.visit),
       array_agg(DISTINCT done.batch) FILTER (WHERE NOT done.visit), count(*)
  FROM (
    SELECT at, by_id, batch, true AS visit FROM schedule_appointmentchange
     WHERE reason = %(reason)s AND undone_at IS NULL AND clinic_id = ANY(%(clinics)s)
    UNION ALL
    SELECT at, by_id, batch, false FROM schedule_sessionchange
     WHERE kind = 'staff' AND before ->> 'away' = %(away)s AND undone_at IS NULL
       AND clinic_id = ANY(%(clinics)s)) done
  LEFT JOIN access_staff s ON s.id = done.by_id
 GROUP BY done.at, s.id ORDER BY done.at DESC
"""


def rehomings(permit: Permit, away: int) -> list[Rehoming]:
    """What was re-homed from this time away and not undone, newest first; one statement."""
    values: dict[str, Any] = {
        "reason": reason_of(away),
        "away": str(away),
        "clinics": list(permit.clinics),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DONE, values)
        return [
            Rehoming(at, by, tuple(visits or ()), tuple(sessions or ()), count)
            for at, by, visits, sessions, count in cursor.fetchall()
        ]


def reason_of(away: int) -> str:
    """What the change of a visit says why it was re-homed; the same for one time away."""
    return f"away {away}"
