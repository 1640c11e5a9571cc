"""What stands in the way of a time and place, and what is free instead."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from openiop.access.queries import clinics, rooms, staff_names
from openiop.kernel.days import local
from openiop.kernel.intervals import Interval
from openiop.kernel.permits import Permit
from openiop.schedule.models import Occupancy, Provider
from openiop.schedule.queries.sessions import SessionFacts
from openiop.schedule.rules.clashes import Clash, free_starts, sentence


@dataclass(frozen=True)
class Wish:
    """A room, colleague or person wanted for a stretch of time."""

    kind: str
    resource: int
    starts_at: datetime
    ends_at: datetime


_IN_THE_WAY = """
SELECT o.kind, o.resource, lower(o.during), upper(o.during), t.name, o.appointment_id IS NOT NULL
  FROM unnest(%s::text[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
       AS w(kind, resource, starts_at, ends_at)
  JOIN schedule_occupancy o ON o.kind = w.kind AND o.resource = w.resource
   AND o.ends_at > w.starts_at AND o.during && tstzrange(w.starts_at, w.ends_at)
  LEFT JOIN schedule_session s ON s.id = o.session_id AND s.clinic_id = ANY(%s)
  LEFT JOIN programs_track t ON t.id = s.track_id
 WHERE (o.session_id IS NULL OR o.session_id <> ALL(%s))
   AND (o.appointment_id IS NULL OR o.appointment_id <> ALL(%s))
"""


def clashes(
    permit: Permit, clinic: int, wishes: Iterable[Wish], *, but: Collection[int] = (),
    but_visits: Collection[int] = (),
) -> list[Clash]:  # fmt: skip
    """What has the wished-for rooms, colleagues and people then, sessions `but` and visits
    `but_visits` left out; four statements at most. A group of a clinic the permit does not see is
    "another group"."""
    wanted = list(wishes)
    columns = [[getattr(wish, name) for wish in wanted] for name in Wish.__dataclass_fields__]
    with connection.cursor() as cursor:
        cursor.execute(_IN_THE_WAY, [*columns, list(permit.clinics), list(but), list(but_visits)])
        rows = cursor.fetchall()
    names = _names(permit, clinic, {(row[0], row[1]) for row in rows})
    return [
        Clash(kind, resource, names.get((kind, resource), ""), starts_at, ends_at,
              _("a visit") if visit else track or _("another group"), visit)
        for kind, resource, starts_at, ends_at, track, visit in rows
    ]  # fmt: skip


def _names(
    permit: Permit, clinic: int, resources: Collection[tuple[str, int]]
) -> dict[tuple[str, int], str]:
    staff = staff_names(permit, [resource for kind, resource in resources if kind == "staff"])
    names = {("staff", member): name for member, name in staff.items()}
    if any(kind == "room" for kind, _resource in resources):
        names |= {("room", room.id): room.name for room in rooms(permit, clinic)}
    if booked := [resource for kind, resource in resources if kind == "provider"]:
        known = Provider.objects.filter(pk__in=booked).values_list("id", "name")
        names |= {("provider", each): name for each, name in known}
    return names


_BUSY = """
SELECT DISTINCT o.resource
  FROM unnest(%s::timestamptz[], %s::timestamptz[]) AS w(starts_at, ends_at)
  JOIN schedule_occupancy o ON o.kind = %s AND o.resource = ANY(%s)
   AND o.ends_at > w.starts_at AND o.during && tstzrange(w.starts_at, w.ends_at)
 WHERE o.session_id IS NULL OR o.session_id <> ALL(%s)
"""


def _busy(
    kind: str, resources: list[int], during: Iterable[tuple[datetime, datetime]],
    but: Collection[int],
) -> set[int]:  # fmt: skip
    stretches = list(during)
    starts, ends = [begin for begin, _end in stretches], [end for _begin, end in stretches]
    with connection.cursor() as cursor:
        cursor.execute(_BUSY, [starts, ends, kind, resources, list(but)])
        return {row[0] for row in cursor.fetchall()}


@dataclass(frozen=True)
class FreeRoom:
    """A room nobody has then."""

    id: int
    name: str
    capacity: int

    def __str__(self) -> str:
        return _("%(room)s is free then and holds %(people)s.") % {
            "room": self.name, "people": self.capacity}  # fmt: skip


def free_rooms(
    permit: Permit, clinic: int, during: Iterable[tuple[datetime, datetime]],
    *, but: Collection[int] = (),
) -> list[FreeRoom]:  # fmt: skip
    """Rooms of the clinic nobody has in any of the stretches, smallest first; two statements."""
    all_rooms = list(rooms(permit, clinic))
    taken = _busy("room", [room.id for room in all_rooms], during, but)
    free = [FreeRoom(room.id, room.name, room.capacity) for room in all_rooms
            if room.id not in taken]  # fmt: skip
    return sorted(free, key=lambda room: (room.capacity, room.name))


@dataclass(frozen=True)
class FreeTime:
    """A start when everything a session needs is free."""

    on: date
    starts: time

    def __str__(self) -> str:
        when = {"day": f"{self.on:%a} {self.on.day} {self.on:%b}", "time": f"{self.starts:%H:%M}"}
        return _("%(day)s at %(time)s everything is free.") % when


def free_times(
    permit: Permit, needs: Iterable[tuple[str, int]], *, day: date, minutes: int, timezone: str,
    opens: time, closes: time, but: Collection[int] = (),
) -> list[FreeTime]:  # fmt: skip
    """Starts on a day, at each half hour between `opens` and `closes`, when all of the resources
    (kind, id) are free for so many minutes; one statement for each kind needed."""
    whole = Interval(local(day, opens, timezone), local(day, closes, timezone))
    by_kind: dict[str, list[int]] = {}
    for kind, resource in needs:
        by_kind.setdefault(kind, []).append(resource)
    busy = [
        Interval(during.lower, during.upper)
        for kind, resources in by_kind.items()
        for during in Occupancy.objects.filter(
            kind=kind, resource__in=resources, ends_at__gt=whole.start,
            during__overlap=DateTimeTZRange(whole.start, whole.end),
        ).exclude(session_id__in=list(but)).values_list("during", flat=True)
    ]  # fmt: skip
    starts = free_starts(whole, busy, timedelta(minutes=minutes))
    zone = ZoneInfo(timezone)
    return [FreeTime(day, start.astimezone(zone).time()) for start in starts]


def where_instead(
    permit: Permit, clinic: int, record: int, sessions: Iterable[SessionFacts]
) -> str:
    """What one person has during these sessions, as sentences; "" when nothing is in the way."""
    wanted = list(sessions)
    if not wanted:
        return ""
    wishes = [Wish("record", record, each.starts_at, each.ends_at) for each in wanted]
    found = clashes(permit, clinic, wishes, but=[each.id for each in wanted])
    groups = [clash for clash in found if not clash.visit]
    return sentence(groups, wanted[0].timezone)


NEAREST = 6


def free_times_around(
    permit: Permit, needs: Iterable[tuple[str, int]], starts_at: datetime, ends_at: datetime,
    timezone: str, opening_hours: Mapping[str, list[str]], inside: SessionFacts | None = None,
) -> list[FreeTime]:  # fmt: skip
    """Starts on the day of a visit when all it needs is free while the clinic is open, or `inside`
    the group session of the person, those nearest to its hour first; six at most."""
    zone = ZoneInfo(timezone)
    day = starts_at.astimezone(zone).date()
    opens, closes = map(
        time.fromisoformat, opening_hours.get(str(day.weekday()), ["08:00", "20:00"])
    )
    if inside:
        opens, closes = (
            each.astimezone(zone).time() for each in (inside.starts_at, inside.ends_at)
        )
        needs = [need for need in needs if need[0] != "record"]
    minutes = int((ends_at - starts_at) / timedelta(minutes=1))
    found = free_times(
        permit, needs, day=day, minutes=minutes, timezone=timezone, opens=opens, closes=closes
    )
    return sorted(found, key=lambda free: abs(local(free.on, free.starts, timezone) - starts_at))[
        :NEAREST
    ]


LATEST = 5


def free_times_for(
    permit: Permit, session: SessionFacts, needs: Iterable[tuple[str, int]], day: date
) -> list[FreeTime]:
    """Starts on a day when all that a session needs is free, within the clinic's hours or the
    session's own, those nearest to its present hour first; five at most."""
    place = clinics(permit).get(pk=session.clinic)
    begins, ends = (
        moment.astimezone(ZoneInfo(session.timezone)).time()
        for moment in (session.starts_at, session.ends_at)
    )
    opens, closes = map(
        time.fromisoformat, place.hours.get(str(day.weekday()), [str(begins), str(ends)])
    )
    found = free_times(
        permit, needs, day=day, minutes=session.minutes, timezone=session.timezone,
        opens=min(opens, begins), closes=max(closes, ends), but=[session.id],
    )  # fmt: skip
    near = sorted(found, key=lambda free: abs(_minute(free.starts) - _minute(begins)))
    return sorted(near[:LATEST], key=lambda free: free.starts)


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
