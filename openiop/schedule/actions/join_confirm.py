"""Attendance from the times in a virtual room: one press attests what they propose."""

from dataclasses import dataclass
from datetime import datetime

from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.schedule.actions.attendance import close_attendance
from openiop.schedule.actions.joining import WRITE
from openiop.schedule.actions.marking import Mark, apply, on_its_day, open_book
from openiop.schedule.queries.joining import joins_of, proposals, session_room
from openiop.schedule.queries.sheet import Recorded
from openiop.schedule.rules.attendance import Status
from openiop.schedule.rules.joining import Proposal

METHOD = "video"


@dataclass(frozen=True)
class Confirmed:
    """Who was marked present, and who became absent with the closing."""

    present: tuple[int, ...]
    absent: tuple[int, ...]


@writes(WRITE)
def confirm(permit: Permit, session: int, *, close: bool = False) -> Confirmed:
    """The facilitator attests the times in the room; with `close` whoever never came is absent.

    Marks made by hand stay as they are; those confirmed before follow the times. Who has no seat is
    left out. Safe to repeat.
    """
    room = session_room(permit, session)
    book = open_book(permit, session)
    on_its_day(permit, book.session)
    proposed = proposals(room, joins_of(permit, room), permit.now)
    marks = {
        record: mark
        for record, each in proposed.items()
        if (seat := book.seats.get(record)) and seat.number
        and is_new(book.rows.get(record), mark := mark_of(each, room.starts_at))
    }  # fmt: skip
    apply(permit, book, marks)
    absent = close_attendance(permit, session).absent if close else ()
    return Confirmed(tuple(marks), absent)


def mark_of(proposed: Proposal, starts_at: datetime) -> Mark:
    """What is attested by confirming a proposal."""
    return Mark(
        Status.PRESENT, proposed.arrived_at, proposed.left_at, method=METHOD, virtual=True,
        away=proposed.offsets(starts_at),
    )  # fmt: skip


def is_new(row: Recorded | None, mark: Mark) -> bool:
    """Does confirming change something, and nothing that a colleague attested by hand?"""
    if row is None:
        return True
    theirs = row.status == Status.PRESENT and row.method == METHOD and not row.correction
    told = (row.arrived_at, row.left_at, tuple(row.away))
    return theirs and told != (mark.arrived_at, mark.left_at, mark.away)
