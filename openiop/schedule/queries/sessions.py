"""Sessions as facts: who holds them, when, where, and who is expected."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.schedule.models import Attendance, Session


@dataclass(frozen=True)
class Block:
    """A stretch of a session; `counts` is False for breaks."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    counts: bool

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at) / timedelta(minutes=1))


@dataclass(frozen=True)
class Holder:
    """Who holds a session: part "lead", "co" or "substitute"; flags are sentences for review."""

    id: int
    name: str
    part: str
    owes_notes: bool
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class SessionFacts:
    """One group meeting. Times are moments in UTC; `on` is the clinic's local day."""

    id: int
    clinic: int
    clinic_name: str
    state: str
    timezone: str
    track: int
    track_name: str
    program_kind: str
    pattern_on: date
    on: date
    starts_at: datetime
    ends_at: datetime
    mode: str
    room: int | None
    room_name: str
    room_capacity: int | None
    event: str
    blocks: tuple[Block, ...]
    topic: str
    status: str
    status_reason: str
    merged_into: int | None
    staff: tuple[Holder, ...]
    attendance_closed_at: datetime | None

    @property
    def minutes(self) -> int:
        """From beginning to end, breaks included."""
        return int((self.ends_at - self.starts_at) / timedelta(minutes=1))

    @property
    def counted_minutes(self) -> int:
        """Minutes that count toward hours, breaks left out."""
        return sum(block.minutes for block in self.blocks if block.counts)

    @property
    def held(self) -> bool:
        """On the calendar, not cancelled."""
        return self.status == "scheduled"


class Seated(NamedTuple):
    """A person expected at a session. `number` is the record's number, "" where the permit may not
    see the record; `since` the first day of the seat; `makeup`: making up for another session."""

    record: int
    number: str
    makeup: bool
    since: date
    seat: int


_FIELDS = (
    "id", "clinic_id", "clinic__name", "clinic__state", "clinic__timezone", "track_id",
    "track__name", "track__program__kind", "pattern_on", "on", "starts_at", "ends_at", "mode",
    "room_id", "room__name", "room__capacity", "track__event", "blocks", "topic", "status",
    "status_reason", "merged_into_id", "holders", "attendance_closed_at",
)  # fmt: skip


# Written out: to compose it from expressions costs the hottest read of the house more than to run.
_HOLDERS = """
  SELECT coalesce(jsonb_agg(jsonb_build_object('id', held.staff_id,
             'name', staff.first_name || ' ' || staff.last_name, 'part', held.part,
             'owes_notes', held.owes_notes, 'flags', held.flags)
             ORDER BY held.part = 'co', held.id), '[]')
    FROM schedule_sessionstaff held JOIN access_staff staff ON staff.id = held.staff_id
   WHERE held.session_id = schedule_session.id"""
_SESSIONS = f"""
  SELECT schedule_session.id, schedule_session.clinic_id, clinic.name, clinic.state,
         clinic.timezone, track_id, track.name, program.kind, pattern_on, "on", starts_at, ends_at,
         schedule_session.mode, schedule_session.room_id, room.name, room.capacity, track.event,
         blocks, topic, status, status_reason, merged_into_id, ({_HOLDERS}), attendance_closed_at
    FROM schedule_session
    JOIN access_clinic clinic ON clinic.id = schedule_session.clinic_id
    JOIN programs_track track ON track.id = schedule_session.track_id
    JOIN programs_program program ON program.id = track.program_id
    LEFT JOIN access_room room ON room.id = schedule_session.room_id"""  # noqa: S608
_HERE = " WHERE schedule_session.clinic_id = ANY(%s)"
_IN_ORDER = " ORDER BY starts_at, schedule_session.id"


def facts(rows: QuerySet[Session]) -> list[SessionFacts]:
    """Any sessions as facts, in one statement."""
    rows = rows.annotate(holders=RawSQL(_HOLDERS, (), output_field=JSONField()))  # noqa: S611
    return [_fact(dict(zip(_FIELDS, row, strict=True))) for row in rows.values_list(*_FIELDS)]


def _read(clinics: Iterable[int], rest: str, *params: Any) -> list[SessionFacts]:
    """Sessions of the clinics that fit the rest of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SESSIONS + _HERE + rest, [list(clinics), *params])
        rows = [dict(zip(_FIELDS, row, strict=True)) for row in cursor.fetchall()]
    parsed = ({name: json.loads(row[name]) for name in ("blocks", "holders")} for row in rows)
    return [_fact(row | texts) for row, texts in zip(rows, parsed, strict=True)]


def _fact(row: dict[str, Any]) -> SessionFacts:
    return SessionFacts(
        id=row["id"], clinic=row["clinic_id"], clinic_name=row["clinic__name"],
        state=row["clinic__state"], timezone=row["clinic__timezone"], track=row["track_id"],
        track_name=row["track__name"], program_kind=row["track__program__kind"],
        pattern_on=row["pattern_on"], on=row["on"], starts_at=row["starts_at"],
        ends_at=row["ends_at"], mode=row["mode"], room=row["room_id"],
        room_name=row["room__name"] or "", room_capacity=row["room__capacity"],
        event=row["track__event"], blocks=blocks_at(row["starts_at"], row["blocks"]),
        topic=row["topic"], status=row["status"], status_reason=row["status_reason"],
        merged_into=row["merged_into_id"],
        staff=tuple(Holder(**{**each, "flags": tuple(each["flags"])}) for each in row["holders"]),
        attendance_closed_at=row["attendance_closed_at"],
    )  # fmt: skip


def blocks_at(starts_at: datetime, blocks: Iterable[dict[str, Any]]) -> tuple[Block, ...]:
    """The stored blocks of a session, laid on its hours."""
    found = []
    for block in blocks:
        start = starts_at + timedelta(minutes=block["start"])
        end = start + timedelta(minutes=block["minutes"])
        found.append(Block(block["kind"], start, end, block["kind"] != "break"))
    return tuple(found)


def session(permit: Permit, session_id: int) -> SessionFacts:
    """One session of the permit's clinics, or Http404; one statement."""
    return _one(_read(permit.clinics, " AND schedule_session.id = %s", session_id))


def locked_session(permit: Permit, session_id: int) -> SessionFacts:
    """`session`, its row locked until the end of the transaction; inside an open action."""
    lock = " FOR NO KEY UPDATE OF schedule_session"
    return _one(_read(permit.clinics, " AND schedule_session.id = %s" + lock, session_id))


def _one(found: list[SessionFacts]) -> SessionFacts:
    if not found:
        raise Http404("No such session.")
    return found[0]


def by_ids(permit: Permit, session_ids: Iterable[int]) -> dict[int, SessionFacts]:
    """Sessions of the permit's clinics by id; one statement."""
    found = _read(permit.clinics, " AND schedule_session.id = ANY(%s)", list(session_ids))
    return {each.id: each for each in found}


def sessions_between(
    permit: Permit, clinics: Iterable[int], start: date, end: date
) -> list[SessionFacts]:
    """Sessions with a local day in [start, end), cancelled ones too, in order; one statement."""
    rest = ' AND "on" >= %s AND "on" < %s' + _IN_ORDER
    return _read(permit.clinics.intersection(clinics), rest, start, end)


def sessions_on(permit: Permit, clinics: Iterable[int], day: date) -> list[SessionFacts]:
    """Sessions of a local day, cancelled ones too, in order; one statement."""
    return sessions_between(permit, clinics, day, day + timedelta(days=1))


def open_sessions(permit: Permit, clinic: int, start: date, end: date) -> list[SessionFacts]:
    """Sessions of [start, end) that are on the calendar and that nobody came to yet, in order; one
    statement."""
    rows = Session.objects.filter(
        ~Exists(Attendance.objects.filter(session=OuterRef("pk"))), clinic_id=clinic,
        on__gte=start, on__lt=end, status="scheduled", ends_at__gt=permit.now,
    )  # fmt: skip
    return facts(rows.order_by("starts_at", "id"))


def my_sessions(permit: Permit, staff: int, day: date) -> list[SessionFacts]:
    """Sessions of a local day that a staff member holds, in order; one statement."""
    rest = """ AND "on" = %s AND EXISTS (SELECT FROM schedule_sessionstaff mine
      WHERE mine.session_id = schedule_session.id AND mine.staff_id = %s)"""
    return _read(permit.clinics, rest + _IN_ORDER, day, staff)


def this_and_later(
    permit: Permit, session_id: int, *, later: bool = True, begun: bool = False
) -> list[SessionFacts]:
    """The session first, then with `later` all later ones of its track on the calendar; those that
    somebody came to are left out, the first one too unless it may have `begun`. One statement;
    empty when the session itself is left out."""
    quiet = ~Exists(Attendance.objects.filter(session=OuterRef("pk")))
    one = Session.objects.filter(pk=session_id)
    wanted = Q(pk=session_id) if begun else Q(quiet, pk=session_id)
    if later:
        wanted |= Q(
            quiet, track_id=Subquery(one.values("track_id")), status="scheduled",
            pattern_on__gte=Subquery(one.values("pattern_on")),
        )  # fmt: skip
    rows = Session.objects.filter(wanted, clinic_id__in=permit.clinics)
    found = facts(rows.order_by("starts_at", "id"))
    first = [each for each in found if each.id == session_id]
    return first and [*first, *(each for each in found if each.id != session_id)]


def track_sessions(
    permit: Permit, track: int, start: date, end: date | None = None, *, limit: int | None = None
) -> list[SessionFacts]:
    """A track's sessions from `start` up to, not including, `end`, in order; one statement."""
    rows = Session.objects.filter(track_id=track, clinic_id__in=permit.clinics, on__gte=start)
    if end is not None:
        rows = rows.filter(on__lt=end)
    return facts(rows.order_by("starts_at", "id")[:limit])


def roster(permit: Permit, session_id: int) -> list[Seated]:
    """Who is expected at a session, by seat; one statement."""
    return rosters(permit, [session_id])[session_id]


# Not an inner join to the record: people closed to the reader would vanish from the list.
_ROSTERS = """
  SELECT session.id, seat.record_id, coalesce(record.number, ''), seat.kind, lower(seat.during),
         seat.number
    FROM schedule_session session
    JOIN schedule_seat seat ON seat.track_id = session.track_id
     AND (seat.kind = 'enrolled' AND seat.during @> session.on
          OR seat.kind IN ('makeup', 'merged') AND seat.session_id = session.id)
    LEFT JOIN access_record record ON record.id = seat.record_id
   WHERE session.id = ANY(%s) AND seat.released_at IS NULL
   ORDER BY seat.number"""


def rosters(permit: Permit, session_ids: Iterable[int]) -> dict[int, list[Seated]]:
    """Who is expected at each session, by seat: those enrolled that day, and those who make up a
    session or were merged in. One statement whatever the number."""
    found: dict[int, list[Seated]] = {session_id: [] for session_id in session_ids}
    with connection.cursor() as cursor:
        cursor.execute(_ROSTERS, [list(found)])
        for session_id, record, number, kind, since, seat in cursor.fetchall():
            found[session_id].append(Seated(record, number, kind == "makeup", since, seat))
    return found
