"""Who came, for how long, and what was recorded before: facts of one session or one person."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL

from openiop.kernel.permits import Permit
from openiop.schedule.models import Attendance, GuestVisit
from openiop.schedule.queries.sessions import blocks_at
from openiop.schedule.rules.attendance import (
    Presence,
    Status,
    countable_minutes,
    presence,
    program_minutes,
)

LAST_TIME_DAYS = 60


class Visit(NamedTuple):
    """A one-to-one, nurse or test visit booked inside a session."""

    kind: str
    starts_at: datetime
    ends_at: datetime


class AttendanceFacts(NamedTuple):
    """One person at one session. `minutes` is the group's time, `visits` that of nested visits by
    kind, `worth` what the whole session counts; `flags` keep it from charges."""

    id: int
    record: int
    session: int
    clinic: int
    clinic_name: str
    on: date
    track_name: str
    status: str
    arrived_at: datetime | None
    left_at: datetime | None
    method: str
    virtual: bool
    minutes: int
    block_minutes: tuple[int, ...]
    visits: Mapping[str, int]
    late: int
    left_early: int
    worth: int
    makeup: bool
    reason: str
    steps: tuple[str, ...]
    flags: tuple[str, ...]
    correction: str
    recorded_at: datetime

    @property
    def came(self) -> bool:
        """In the group, for however long."""
        return self.status == Status.PRESENT

    @property
    def program_minutes(self) -> int:
        """Minutes that count toward the week: the group's, one-to-one and family visits'."""
        return program_minutes(self.minutes, self.visits) if self.came else 0

    @property
    def chargeable(self) -> bool:
        """Present, and with nothing that keeps it from charges."""
        return self.came and not self.flags


_FIELDS = (
    "id", "record_id", "session_id", "clinic_id", "clinic__name", "session__on",
    "session__track__name", "status", "arrived_at", "left_at", "method", "virtual", "minutes",
    "block_minutes", "makeup", "reason", "steps", "flags", "correction", "recorded_at",
)  # fmt: skip
_SESSION = ("session__starts_at", "session__blocks", "nested")


# Written out: see the sessions.
_NESTED = """
  SELECT coalesce(jsonb_agg(jsonb_build_object('kind', visit.kind,
             'starts_at', visit.starts_at, 'ends_at', visit.ends_at) ORDER BY visit.starts_at),
             '[]')
    FROM schedule_appointment visit
   WHERE visit.record_id = schedule_attendance.record_id
     AND visit.nested_in_id = schedule_attendance.session_id AND visit.cancelled_at IS NULL"""
_ATTENDANCE = f"""
  SELECT schedule_attendance.id, record_id, session_id, schedule_attendance.clinic_id, clinic.name,
         session."on", track.name,
         schedule_attendance.status, arrived_at, left_at, method, virtual, minutes, block_minutes,
         makeup, reason, steps, flags, correction, recorded_at,
         session.starts_at, session.blocks, ({_NESTED})
    FROM schedule_attendance
    JOIN schedule_session session ON session.id = schedule_attendance.session_id
    JOIN programs_track track ON track.id = session.track_id
    JOIN access_clinic clinic ON clinic.id = schedule_attendance.clinic_id"""  # noqa: S608


def attendance_of(
    permit: Permit, session_ids: Iterable[int]
) -> dict[int, dict[int, AttendanceFacts]]:
    """What is recorded, by session and record; nothing for those still expected. One statement."""
    found: dict[int, dict[int, AttendanceFacts]] = {each: {} for each in session_ids}
    for row in _read(" WHERE session_id = ANY(%s)", list(found)):
        found[row.session][row.record] = row
    return found


def history_of(permit: Permit, record: int, start: date, end: date) -> list[AttendanceFacts]:
    """A person's attendance on days of [start, end), newest first; one statement."""
    rest = ' WHERE record_id = %s AND session."on" >= %s AND session."on" < %s'
    return _read(rest + " ORDER BY session.starts_at DESC", record, start, end)


def _read(rest: str, *params: Any) -> list[AttendanceFacts]:
    with connection.cursor() as cursor:
        cursor.execute(_ATTENDANCE + rest, params)
        return [
            _facts(
                dict(zip(_FIELDS, row, strict=False)), began, json.loads(day), json.loads(nested)
            )
            for *row, began, day, nested in cursor.fetchall()
        ]


def facts(rows: QuerySet[Attendance]) -> list[AttendanceFacts]:
    """Any attendance as facts, in one statement."""
    rows = rows.annotate(nested=RawSQL(_NESTED, (), output_field=JSONField()))  # noqa: S611
    return [
        _facts(dict(zip(_FIELDS, row, strict=False)), *row[len(_FIELDS) :])
        for row in rows.values_list(*_FIELDS, *_SESSION)
    ]


def _facts(
    row: dict[str, Any], starts_at: datetime, stored: list[dict[str, Any]], nested: list[Any]
) -> AttendanceFacts:
    blocks = blocks_at(starts_at, stored)
    stay = Presence((), {})
    if row["status"] == Status.PRESENT:
        visits = [
            Visit(each["kind"], _moment(each["starts_at"]), _moment(each["ends_at"]))
            for each in nested
        ]
        stay = presence(blocks, row["arrived_at"], row["left_at"], visits)
    return AttendanceFacts(
        id=row["id"], record=row["record_id"], session=row["session_id"],
        clinic=row["clinic_id"], clinic_name=row["clinic__name"], on=row["session__on"],
        track_name=row["session__track__name"], status=row["status"],
        arrived_at=row["arrived_at"], left_at=row["left_at"], method=row["method"],
        virtual=row["virtual"], minutes=row["minutes"], block_minutes=tuple(row["block_minutes"]),
        visits=stay.visits, late=stay.late, left_early=stay.left_early,
        worth=countable_minutes(blocks), makeup=row["makeup"], reason=row["reason"],
        steps=tuple(row["steps"]), flags=tuple(row["flags"]), correction=row["correction"],
        recorded_at=row["recorded_at"],
    )  # fmt: skip


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


# OFFSET keeps the days before to the track's index; else every session of all tracks is read.
_LAST_TIMES = """
  SELECT DISTINCT ON (session.id, came.record_id) session.id, came.record_id, came.status
    FROM schedule_session session
   CROSS JOIN LATERAL (
         SELECT id, starts_at FROM schedule_session
          WHERE track_id = session.track_id AND starts_at < session.starts_at
            AND "on" >= session."on" - %s AND "on" <= session."on" OFFSET 0) before
    JOIN schedule_attendance came ON came.session_id = before.id
   WHERE session.id = ANY(%s)
   ORDER BY session.id, came.record_id, before.starts_at DESC"""


def last_times(permit: Permit, session_ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """By session and record, the status recorded when the track met last with that person, within
    60 days. A person without one is new to the track. One statement."""
    found: dict[int, dict[int, str]] = {each: {} for each in session_ids}
    with connection.cursor() as cursor:
        cursor.execute(_LAST_TIMES, [LAST_TIME_DAYS, list(found)])
        for session_id, record, status in cursor.fetchall():
            found[session_id][record] = status
    return found


@dataclass(frozen=True)
class Version:
    """One recorded state of an attendance; the first one stays, whatever is corrected later."""

    status: str
    arrived_at: datetime | None
    left_at: datetime | None
    minutes: int
    reason: str
    correction: str
    recorded_at: datetime
    recorded_by: str


def versions(permit: Permit, session_id: int, record: int) -> list[Version]:
    """Every recorded state of one person's attendance, the first one first; one statement."""
    from openiop.schedule.models import AttendanceEvent  # type: ignore[attr-defined]

    rows = AttendanceEvent.objects.filter(session_id=session_id, record_id=record)
    found = [
        Version(*known, f"{first or ''} {last or ''}".strip())  # type: ignore[call-arg]
        for *known, first, last in rows.exclude(pgh_label="delete").order_by("pgh_id").values_list(
            "status", "arrived_at", "left_at", "minutes", "reason", "correction", "recorded_at",
            "recorded_by__first_name", "recorded_by__last_name")
    ]  # fmt: skip
    return list(dict.fromkeys(found))


def guest_counts(permit: Permit, session_ids: Iterable[int]) -> dict[int, int]:
    """How many guests each session has; one statement."""
    counts = dict.fromkeys(session_ids, 0)
    rows = GuestVisit.objects.filter(session_id__in=counts).values_list("session_id", "count")
    for session_id, count in rows:
        counts[session_id] += count
    return counts
