"""The list of one session: who is expected or came, what is recorded, what is to be known."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from openiop.kernel.permits import Permit
from openiop.patients.queries import Person, people
from openiop.patients.rules.search import fold
from openiop.schedule.queries.attendance import LAST_TIME_DAYS, AttendanceFacts, Visit
from openiop.schedule.queries.sessions import Seated, SessionFacts
from openiop.schedule.rules.attendance import Presence, Status, countable_minutes, presence


@dataclass(slots=True)
class Recorded:
    """One attendance as it is stored; `id` 0: not written yet."""

    id: int
    makeup: bool
    status: str
    arrived_at: datetime | None
    left_at: datetime | None
    method: str
    virtual: bool
    block_minutes: list[int]
    minutes: int
    reason: str
    steps: list[str]
    correction: str
    flags: list[str]
    away: list[int]
    recorded_at: datetime
    record: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A line as it is stored: a seat, a mark, or both. `last` is the status when the track met last
    with that person within 60 days, "" for who is new to it."""

    record: int
    seat: Seated | None
    marked: Recorded | None
    visits: tuple[Visit, ...]
    guests: int
    last: str


# Written out: see the sessions. CASE and not coalesce, which under row-level security could not use
# an index. The record is joined so that people closed to the reader stay on the list, without a
# number.
_LISTED = """
  SELECT line.who, coalesce(record.number, ''), line.kind, line.since, line.number,
         (SELECT jsonb_agg(jsonb_build_array(visit.kind, visit.starts_at, visit.ends_at)
                           ORDER BY visit.starts_at)
            FROM schedule_appointment visit WHERE visit.nested_in_id = %(session)s
             AND visit.record_id = line.who AND visit.cancelled_at IS NULL),
         (SELECT guest.count FROM schedule_guestvisit guest
           WHERE guest.session_id = %(session)s AND guest.record_id = line.who),
         (SELECT was.status FROM schedule_session before
            JOIN schedule_attendance was ON was.session_id = before.id AND was.record_id = line.who
           WHERE before.track_id = %(track)s AND before."on" >= %(on)s::date - %(days)s::int
             AND before."on" <= %(on)s::date AND before.starts_at < %(starts)s
           ORDER BY before.starts_at DESC LIMIT 1),
         line.id, line.makeup, line.status, line.arrived_at, line.left_at, line.method,
         line.virtual, line.block_minutes, line.minutes, line.reason, line.steps, line.correction,
         line.flags, line.away, line.recorded_at
    FROM (SELECT CASE WHEN came.record_id IS NULL THEN seated.record_id ELSE came.record_id END
                 AS who, seated.kind, seated.since, seated.number, came.*
            FROM (SELECT record_id, kind, lower(during) AS since, number FROM schedule_seat
                   WHERE track_id = %(track)s AND released_at IS NULL
                     AND (kind = 'enrolled' AND during @> %(on)s::date
                          OR kind IN ('makeup', 'merged') AND session_id = %(session)s)) seated
            FULL JOIN (SELECT * FROM schedule_attendance WHERE session_id = %(session)s) came
                 ON came.record_id = seated.record_id) line
    LEFT JOIN access_record record ON record.id = line.who
   ORDER BY line.number, line.id"""


def listed(permit: Permit, session: SessionFacts) -> list[Listed]:
    """Everybody expected at a session or recorded there, by seat; one statement."""
    asked: dict[str, Any] = {
        "session": session.id, "track": session.track, "on": session.on,
        "starts": session.starts_at, "days": LAST_TIME_DAYS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LISTED, asked)
        return [_listed(*row) for row in cursor.fetchall()]


def _listed(
    record: int, number: str, kind: str | None, since: date, seat: int, visits: str | None,
    guests: int | None, last: str | None, marked: int | None, *stored: Any,
) -> Listed:  # fmt: skip
    return Listed(
        record, Seated(record, number, kind == "makeup", since, seat) if kind else None,
        Recorded(*(marked, *stored, record)) if marked else None,
        tuple(_visit(*each) for each in json.loads(visits)) if visits else (),
        guests or 0, last or "",
    )  # fmt: skip


def _visit(kind: str, starts_at: str, ends_at: str) -> Visit:
    return Visit(kind, datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at))


@dataclass(frozen=True)
class SheetRow:
    """A line of the attendance page. `person` is None where the record is closed to the reader."""

    record: int
    number: str
    person: Person | None
    makeup: bool
    new: bool
    missed_last: bool
    visits: tuple[Visit, ...]
    marked: AttendanceFacts | None
    guests: int = 0
    seated: bool = True


@dataclass(frozen=True)
class Sheet:
    """The attendance page of one session: a line a person, in the order of their names."""

    session: SessionFacts
    rows: tuple[SheetRow, ...]

    @property
    def left(self) -> int:
        """How many this reader still has to mark."""
        return sum(row.marked is None and row.person is not None for row in self.rows)

    @property
    def present(self) -> int:
        return sum(row.marked is not None and row.marked.came for row in self.rows)

    @property
    def guests(self) -> int:
        return sum(row.guests for row in self.rows)


def sheet(permit: Permit, session: SessionFacts) -> Sheet:
    """The attendance page of a session; two statements whatever the number of people."""
    lines = listed(permit, session)
    return sheet_of(permit, session, lines, {line.record: line.marked for line in lines})


def sheet_of(
    permit: Permit, session: SessionFacts, lines: Iterable[Listed],
    marked: Mapping[int, Recorded | None],
) -> Sheet:  # fmt: skip
    """The page of lines read before, with the marks as they are now: whoever has neither seat nor
    mark any more is gone. One statement."""
    found = [line for line in lines if line.seat or marked.get(line.record)]
    who = people(permit, [line.record for line in found])
    worth = countable_minutes(session.blocks)
    rows = [
        _row(session, line, marked.get(line.record), who.get(line.record), worth) for line in found
    ]
    return Sheet(session, tuple(sorted(rows, key=_by_name)))


def _row(
    session: SessionFacts, line: Listed, mark: Recorded | None, person: Person | None, worth: int
) -> SheetRow:
    return SheetRow(
        record=line.record, number=person.number if person else "", person=person,
        makeup=line.seat.makeup if line.seat else bool(mark and mark.makeup), new=not line.last,
        missed_last=line.last in (Status.ABSENT, Status.EXCUSED), visits=line.visits,
        marked=_facts(session, line, mark, worth) if mark else None, guests=line.guests,
        seated=line.seat is not None,
    )  # fmt: skip


def _facts(session: SessionFacts, line: Listed, mark: Recorded, worth: int) -> AttendanceFacts:
    stay = Presence((), {})
    if mark.status == Status.PRESENT:
        stay = presence(session.blocks, mark.arrived_at, mark.left_at, line.visits)
    return AttendanceFacts(
        id=mark.id, record=line.record, session=session.id, clinic=session.clinic,
        clinic_name=session.clinic_name, on=session.on, track_name=session.track_name,
        status=mark.status, arrived_at=mark.arrived_at, left_at=mark.left_at, method=mark.method,
        virtual=mark.virtual, minutes=mark.minutes, block_minutes=tuple(mark.block_minutes),
        visits=stay.visits, late=stay.late, left_early=stay.left_early, worth=worth,
        makeup=mark.makeup, reason=mark.reason, steps=tuple(mark.steps), flags=tuple(mark.flags),
        correction=mark.correction, recorded_at=mark.recorded_at,
    )  # fmt: skip


def _by_name(row: SheetRow) -> tuple[bool, str, str, int]:
    if row.person is None:
        return (True, "", "", row.record)
    return (False, fold(row.person.called), fold(row.person.last_initial), row.record)
