"""A whole session's attendance in one action: a paper sheet entered afterwards, the simulation."""

from collections.abc import Mapping

from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.schedule.actions.marking import Mark, apply, in_order, known, on_its_day, open_book
from openiop.schedule.models import Session
from openiop.schedule.rules.attendance import Status

WRITE = "schedule.attendance.write"


@writes(WRITE)
def record_all(permit: Permit, session: int, marks: Mapping[int, Mark]) -> dict[int, int]:
    """Mark everyone named and close attendance: who is expected and not named becomes absent.

    The attendance id by record. As many statements for one person as for sixteen.
    """
    book = open_book(permit, session)
    on_its_day(permit, book.session)
    for record, mark in marks.items():
        known(book, record)
        in_order(book.session, mark)
    missing = dict.fromkeys(book.expected(), Mark(Status.ABSENT, method=""))
    written = apply(permit, book, missing | dict(marks))
    Session.objects.filter(pk=session).update(attendance_closed_at=permit.now)
    permit.note(WRITE, table="schedule_session", row=session, fields=("attendance_closed_at",))
    return written
