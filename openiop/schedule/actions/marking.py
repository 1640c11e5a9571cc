"""The attendance of one session under its lock: how a mark is written, flagged and followed up.

Every mark is made while the session's row is locked, so that counts in the room are true and
twenty people pressing the same button leave one row.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.queries import house_values
from openiop.catalog import HouseValue, resolve
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.tasks import NewTask, close_tasks_about, open_each
from openiop.programs import queries as programs
from openiop.schedule.models import Attendance
from openiop.schedule.queries.seats import session_limits
from openiop.schedule.queries.sessions import SessionFacts, locked_session
from openiop.schedule.queries.sheet import Listed, Recorded, listed
from openiop.schedule.rules.attendance import Flag, Status, Stay, may_remark, over_cap, presence
from openiop.schedule.rules.joining import stretches

WRITE, ARRIVE = "schedule.attendance.write", "schedule.arrive"
TABLE = "schedule_attendance"
EARLIEST = timedelta(hours=2)
UNABLE_DUE = timedelta(hours=24)
REVIEW_DUE = timedelta(hours=24)
NO_SHOW, UNABLE, REVIEW = "no_show", "unable_follow_up", "attendance_review"
FOLLOW_UP = {Status.ABSENT.value: NO_SHOW, Status.UNABLE.value: UNABLE}


@dataclass(frozen=True)
class Mark:
    """What somebody attests about one person."""

    status: Status
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    method: str = "facilitator"
    virtual: bool | None = None
    reason: str = ""
    steps: tuple[str, ...] = ()
    away: tuple[int, ...] = ()


@dataclass
class Book:
    """A session's attendance, read under the lock of its row; `rows` holds the marks as they are
    now, `touched` whose were changed."""

    session: SessionFacts
    lines: list[Listed]
    rows: dict[int, Recorded]
    unseated: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.seats = {line.record: line.seat for line in self.lines if line.seat}
        self.visits = {line.record: line.visits for line in self.lines}

    def expected(self) -> list[int]:
        """Seated people nothing is recorded of, those closed to this user left out."""
        return [
            record for record, seat in self.seats.items() if seat.number and record not in self.rows
        ]


def open_book(permit: Permit, session: int) -> Book:
    """The session with its lock, its people, marks and visits; two statements, since what is read
    together with a lock is older than the lock."""
    found = locked_session(permit, session)
    if not found.held:
        raise Refused(
            "cancelled", _("This session was cancelled."),
            _("If it was held after all, undo the cancellation."),
        )  # fmt: skip
    lines = listed(permit, found)
    return Book(found, lines, {line.record: line.marked for line in lines if line.marked})


def arrive_in(
    permit: Permit, book: Book, record: int, *, at: datetime | None = None,
    from_start: bool = False, method: str = "facilitator", virtual: bool | None = None,
) -> int:  # fmt: skip
    """Mark one arrival; the attendance's id. Who is present stays so unless `at` is given."""
    row = book.rows.get(record)
    if row and row.status == Status.PRESENT and at is None:
        permit.note(_act(permit), record=record, table=TABLE, row=row.id, fields=("repeated",))
        return row.id
    on_its_day(permit, book.session)
    came = arrival(permit, book.session, at, from_start)
    if row and row.status == Status.PRESENT:
        seen = row.virtual if virtual is None else virtual
        mark = replace(kept(row), arrived_at=came, virtual=seen)
        in_order(book.session, mark)
    else:
        mark = Mark(Status.PRESENT, came, method=method, virtual=virtual)
    return apply(permit, book, {known(book, record): mark})[record]


def apply(
    permit: Permit, book: Book, marks: Mapping[int, Mark], correction: str = ""
) -> dict[int, int]:
    """Write marks, flags and follow-up tasks; the attendance id by record."""
    house = house_values(permit, book.session.clinic, book.session.on)
    before = dict(book.rows)
    rows = [_row(permit, book, record, mark, correction) for record, mark in marks.items()]
    book.rows.update({row.record: row for row in rows})
    reflagged = _flag(permit, book, house)
    book.touched.update(row.record for row in (*rows, *reflagged))
    if rows:
        _write(permit, book.session, rows)
    for row in rows:
        changed = ("status", "minutes", *(("correction",) if correction else ()))
        permit.note(_act(permit), record=row.record, table=TABLE, row=row.id, fields=changed)
    if not correction:
        _follow_up(permit, book, rows, house)
    for row in rows:
        former = before.get(row.record)
        if former and former.status != row.status:
            close_tasks(permit, former, _("Marked differently since."))
    _send_to_supervisor(permit, book, reflagged)
    return {row.record: row.id for row in rows}


# Written out: Django composes it at twice the cost of running it.
_MARKS = """
INSERT INTO schedule_attendance AS kept (organization_id, clinic_id, session_id, record_id, makeup,
       status, arrived_at, left_at, method, attested_by_id, virtual, block_minutes, minutes, reason,
       steps, correction, flags, away, recorded_at, recorded_by_id)
SELECT %s::bigint, %s::bigint, %s::bigint, record, makeup, status, arrived_at, left_at, method,
       CASE WHEN status IN ('present', 'unable') THEN %s::bigint END, virtual, block_minutes,
       minutes, reason, steps, correction, flags, away, recorded_at, %s::bigint
  FROM jsonb_to_recordset(%s::jsonb) AS mark(
       record bigint, makeup boolean, status text, arrived_at timestamptz, left_at timestamptz,
       method text, virtual boolean, block_minutes smallint[], minutes smallint, reason text,
       steps text[], correction text, flags text[], away smallint[], recorded_at timestamptz)
ON CONFLICT (session_id, record_id) DO UPDATE SET (makeup, status, arrived_at, left_at, method,
       attested_by_id, virtual, block_minutes, minutes, reason, steps, correction, flags, away,
       recorded_at, recorded_by_id) = ROW (excluded.makeup, excluded.status, excluded.arrived_at,
       excluded.left_at, excluded.method, excluded.attested_by_id, excluded.virtual,
       excluded.block_minutes, excluded.minutes, excluded.reason, excluded.steps,
       excluded.correction, excluded.flags, excluded.away, excluded.recorded_at,
       excluded.recorded_by_id)
RETURNING record_id, id"""


def _write(permit: Permit, session: SessionFacts, rows: list[Recorded]) -> None:
    """The rows in one statement, and their ids."""
    told = json.dumps([_told(row) for row in rows])
    by = permit.staff
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, [permit.organization, session.clinic, session.id, by, by, told])
        ids = dict(cursor.fetchall())
    for row in rows:
        row.id = ids[row.record]


def _told(row: Recorded) -> dict[str, Any]:
    return {
        "record": row.record, "makeup": row.makeup, "status": row.status,
        "arrived_at": row.arrived_at and row.arrived_at.isoformat(),
        "left_at": row.left_at and row.left_at.isoformat(), "method": row.method,
        "virtual": row.virtual, "block_minutes": row.block_minutes, "minutes": row.minutes,
        "reason": row.reason, "steps": row.steps, "correction": row.correction,
        "flags": row.flags, "away": row.away, "recorded_at": row.recorded_at.isoformat(),
    }  # fmt: skip


def recount(permit: Permit, session: int, record: int) -> None:
    """Count a present person's minutes anew after a visit in the session was booked or cancelled;
    inside an open action."""
    rows = Attendance.objects.filter(session_id=session, record_id=record)
    if rows.filter(status=Status.PRESENT).exists():
        book = open_book(permit, session)
        row = book.rows[record]
        apply(permit, book, {record: kept(row)}, correction=row.correction)


def _row(permit: Permit, book: Book, record: int, mark: Mark, correction: str) -> Recorded:
    session, seat = book.session, book.seats.get(record)
    here = mark.status == Status.PRESENT
    visits = book.visits.get(record, ())
    stay = presence(
        session.blocks, mark.arrived_at if here else None, mark.left_at, visits,
        stretches(session.starts_at, mark.away),
    )  # fmt: skip
    came, prior = here or mark.status == Status.UNABLE, book.rows.get(record)
    return Recorded(
        id=0, record=record, makeup=seat.makeup if seat else True, status=mark.status.value,
        arrived_at=mark.arrived_at if came else None, left_at=mark.left_at if came else None,
        method=mark.method, virtual=session.mode == "virtual" if mark.virtual is None
        else mark.virtual, block_minutes=list(stay.by_block), minutes=stay.minutes,
        reason=mark.reason, steps=list(mark.steps), correction=correction,
        flags=list(prior.flags) if prior else [], away=list(mark.away), recorded_at=permit.now,
    )  # fmt: skip


def _act(permit: Permit) -> str:
    """What the audit calls it: a person's own arrival, or a colleague's mark."""
    return ARRIVE if permit.act.name == ARRIVE else WRITE


def _flag(permit: Permit, book: Book, house: Mapping[str, HouseValue]) -> list[Recorded]:
    """Flag who came without a seat or found the room full by law; the rows whose flags changed.

    A flag never blocks: the row stands, is kept from charges and goes to the supervisor.
    """
    here = [row for row in book.rows.values() if row.status == Status.PRESENT]
    cap = session_limits(book.session, house).legal
    full = over_cap([_stay(book, row) for row in here], cap)
    changed = []
    for row in book.rows.values():
        flags = [Flag.OVER_CAP.value] if row.record in full else []
        if row.status == Status.PRESENT and row.record not in book.seats:
            flags.append(Flag.NO_SEAT.value)
        if flags != row.flags:
            row.flags = flags
            changed.append(row)
    return changed


def _stay(book: Book, row: Recorded) -> Stay:
    assert row.arrived_at
    seat = book.seats.get(row.record)
    return Stay(row.record, row.arrived_at, row.left_at, bool(seat and not seat.makeup))


def _send_to_supervisor(permit: Permit, book: Book, rows: Iterable[Recorded]) -> None:
    """Tasks for rows that were flagged, and none for rows that are flagged no more."""
    marked = list(rows)
    flagged = [row for row in marked if row.flags]
    for row in marked:
        Attendance.objects.filter(pk=row.id).exclude(flags=row.flags).update(flags=row.flags)
        if not row.flags:
            close_tasks_about(permit, REVIEW, (TABLE, row.id), _("Nothing to review any more."))
    open_each(
        permit,
        [
            NewTask(
                kind=REVIEW, title=_review_title(row), clinic=book.session.clinic,
                record=row.record, about=(TABLE, row.id), due_at=permit.now + REVIEW_DUE,
                role=Role.SUPERVISOR,
            )
            for row in flagged
        ],
    )  # fmt: skip


def _review_title(row: Recorded) -> str:
    if Flag.OVER_CAP.value in row.flags:
        return _("Came to a group that was full by law: kept from charges until reviewed")
    return _("Came to a group without a seat: kept from charges until reviewed")


def _follow_up(
    permit: Permit, book: Book, rows: Iterable[Recorded], house: Mapping[str, HouseValue]
) -> None:
    """A task for each no-show, and for each person who came and could not take part."""
    due = [row for row in rows if row.status in FOLLOW_UP]
    if not due:
        return
    episodes = programs.episodes(permit, [row.record for row in due], book.session.on)
    first = resolve(
        "outreach.no_show.first_hours", state=book.session.state, on=book.session.on, house=house
    ).winner
    call = timedelta(hours=int(str(first.value))) if first else UNABLE_DUE
    titles = {NO_SHOW: _("No-show: reach the person and offer a make-up"),
              UNABLE: _("Came and could not take part: follow up")}  # fmt: skip
    tasks = []
    for row in due:
        kind, episode = FOLLOW_UP[row.status], episodes.get(row.record)
        tasks.append(NewTask(
            kind=kind, title=titles[kind], clinic=book.session.clinic, record=row.record,
            about=(TABLE, row.id), due_at=permit.now + (call if kind == NO_SHOW else UNABLE_DUE),
            role=Role.CLINICIAN, staff=episode.counselor if episode else None,
        ))  # fmt: skip
    open_each(permit, tasks)


def close_tasks(permit: Permit, row: Recorded, outcome: str) -> None:
    """Nothing is to be done any more about a mark that was changed or taken back."""
    if row.status in FOLLOW_UP:
        close_tasks_about(permit, FOLLOW_UP[row.status], (TABLE, row.id), outcome)


def kept(row: Recorded, **changes: datetime) -> Mark:
    """The mark a row stands for, with changes."""
    mark = Mark(
        Status(row.status), row.arrived_at, row.left_at, row.method, row.virtual, row.reason,
        tuple(row.steps), tuple(row.away),
    )  # fmt: skip
    return replace(mark, **changes)  # type: ignore[arg-type]


def known(book: Book, record: int) -> int:
    """The record, if it is expected here or marked already."""
    seat = book.seats.get(record)
    if seat is None and record not in book.rows and record not in book.unseated:
        raise Refused(
            "no_seat", _("This person has no seat in this session."), _("Add them as a walk-in.")
        )
    if seat and not seat.number:
        raise Http404("No such record.")
    return record


def same_day(permit: Permit, session: SessionFacts) -> None:
    """Refused once the session's local day is over."""
    if not may_remark(session.on, permit.today(session.timezone)):
        raise Refused(
            "day_over", _("This session was on another day."),
            _("Correct the record and say why; the first record is kept."),
        )  # fmt: skip


def on_its_day(permit: Permit, session: SessionFacts) -> None:
    """Refused before and after the session's local day."""
    same_day(permit, session)
    if permit.today(session.timezone) < session.on:
        raise Refused(
            "not_yet", _("This session is on a later day."), _("Mark arrivals on its day.")
        )


def arrival(
    permit: Permit, session: SessionFacts, at: datetime | None, from_start: bool
) -> datetime:
    """When an arrival counts from: the time given, the start, or now."""
    if at is not None:
        in_order(session, Mark(Status.PRESENT, past(permit, at)))
        return at
    if from_start:
        return min(permit.now, session.starts_at)
    if permit.now >= session.ends_at:
        raise Refused(
            "over", _("This session is over."), _("Say when the person came."), field="at"
        )
    return permit.now


def past(permit: Permit, moment: datetime) -> datetime:
    """The moment, refused while it is still to come."""
    if moment > permit.now:
        raise Refused(
            "future", _("This time is still to come."), _("Give a time that has passed."),
            field="at",
        )  # fmt: skip
    return moment


def in_order(session: SessionFacts, mark: Mark) -> None:
    """Came before the end and not long before the start; left after coming."""
    came, left = mark.arrived_at, mark.left_at
    if came and not session.starts_at - EARLIEST <= came < session.ends_at:
        raise Refused(
            "outside", _("This time is not in the session."),
            _("Give a time between its start and its end."), field="at",
        )  # fmt: skip
    if came and left and left <= came:
        raise Refused(
            "left_first", _("Leaving comes after arriving."), _("Check both times."), field="left"
        )
