"""Mark who came, who did not, and why; correct it later with the first record kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from openiop.access.door import make_link, writes
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.tasks import close_tasks_about
from openiop.patients.queries import apart_from, people, person
from openiop.schedule.actions.enrollment import take_makeup_seat
from openiop.schedule.actions.marking import (
    ARRIVE,
    EARLIEST,
    REVIEW,
    TABLE,
    WRITE,
    Book,
    Mark,
    apply,
    arrival,
    arrive_in,
    close_tasks,
    in_order,
    kept,
    known,
    on_its_day,
    open_book,
    past,
    same_day,
)  # fmt: skip
from openiop.schedule.models import Attendance, GuestVisit, Session
from openiop.schedule.queries import sessions
from openiop.schedule.queries.sheet import Recorded
from openiop.schedule.rules.attendance import Status, are_initials, is_number

CORRECT = "schedule.attendance.correct"
STEPS = ("private_room", "safety_check", "ride", "follow_up")


@dataclass(frozen=True)
class Closed:
    """What closing came to: who became absent, and how many only a colleague may mark."""

    absent: tuple[int, ...]
    left: int


# --- marks -------------------------------------------------------------------------------------


@writes(WRITE)
def arrive(
    permit: Permit, session: int, record: int, *, at: datetime | None = None,
    from_start: bool = False, method: str = "facilitator", virtual: bool | None = None,
) -> int:  # fmt: skip
    """One person came: `at` a time, `from_start` of the session, else now. The attendance's id.

    Safe to repeat: who is present already stays so, unless a time is given.
    """
    book = open_book(permit, session)
    return arrive_in(
        permit, book, record, at=at, from_start=from_start, method=method, virtual=virtual
    )


@writes(WRITE)
def arrive_all(permit: Permit, session: int, *, from_start: bool = True) -> list[int]:
    """The facilitator attests that everyone still expected is here; their records."""
    book = open_book(permit, session)
    on_its_day(permit, book.session)
    mark = Mark(Status.PRESENT, arrival(permit, book.session, None, from_start))
    marks = dict.fromkeys(book.expected(), mark)
    apply(permit, book, marks)
    return list(marks)


@writes(WRITE)
def leave(permit: Permit, session: int, record: int, at: datetime | None = None) -> None:
    """A person who is present left before the end, `at` a time or now."""
    book = open_book(permit, session)
    on_its_day(permit, book.session)
    row = book.rows.get(record)
    if row is None or row.status != Status.PRESENT:
        raise Refused("not_here", _("This person is not marked as present."), _("Mark that first."))
    mark = kept(row, left_at=past(permit, at or permit.now))
    in_order(book.session, mark)
    apply(permit, book, {record: mark})


@writes(WRITE)
def mark_absent(
    permit: Permit, session: int, record: int, *, reason: str = "", excused: bool = False
) -> None:
    """A person did not come. Excused takes a reason and may be known before; a no-show opens a
    follow-up task, never a note."""
    _miss(permit, open_book(permit, session), record, reason=reason, excused=excused)


def _miss(
    permit: Permit, book: Book, record: int, *, reason: str = "", excused: bool = False
) -> None:
    same_day(permit, book.session)
    if excused and not reason.strip():
        raise Refused(
            "reason", _("An excused absence needs its reason."), _("Write a few words."),
            field="reason",
        )  # fmt: skip
    if not excused and permit.now < book.session.starts_at:
        raise Refused(
            "not_begun", _("This session has not begun."),
            _("Excuse the person, or wait for the start."),
        )  # fmt: skip
    status = Status.EXCUSED if excused else Status.ABSENT
    apply(permit, book, {known(book, record): Mark(status, method="", reason=reason.strip())})


@writes(WRITE)
def mark_unable(
    permit: Permit, session: int, record: int, *, reason: str, steps: Iterable[str] = ()
) -> None:
    """A person came and could not take part: no program minutes, not a no-show. `steps` says what
    was done (`STEPS`); a follow-up task is opened."""
    book = open_book(permit, session)
    on_its_day(permit, book.session)
    if not reason.strip():
        raise Refused(
            "reason", _("Say why the person could not take part."), _("Write a few words."),
            field="reason",
        )  # fmt: skip
    done = tuple(step for step in STEPS if step in set(steps))
    came = book.rows[record].arrived_at if record in book.rows else None
    mark = Mark(Status.UNABLE, came or permit.now, reason=reason.strip(), steps=done)
    apply(permit, book, {known(book, record): mark})


@writes(WRITE)
def undo(permit: Permit, session: int, record: int) -> None:
    """Take back a slip on the session's own day: the person is expected again. Safe to repeat;
    refused once something is signed that rests on the mark, which then is corrected."""
    _take_back(permit, open_book(permit, session), record)


def _take_back(permit: Permit, book: Book, record: int) -> None:
    same_day(permit, book.session)
    row = book.rows.pop(record, None)
    if row is None:
        return
    close_tasks(permit, row, _("Marked by mistake."))
    if row.flags:
        close_tasks_about(permit, REVIEW, (TABLE, row.id), _("Marked by mistake."))
    try:
        Attendance.objects.filter(pk=row.id).delete()
    except IntegrityError as no:  # what was signed about it does not let go of it
        raise Refused(
            "signed", _("A signed note rests on this mark."),
            _("Correct the mark and say why; note and first record are kept."),
        ) from no  # fmt: skip
    permit.note(WRITE, record=record, table=TABLE, row=row.id, fields=("undone",))
    book.touched.add(record)
    apply(permit, book, {})


def _here(permit: Permit, book: Book, record: int) -> None:
    arrive_in(permit, book, record, from_start=True)


def _came(permit: Permit, book: Book, record: int) -> None:
    """Somebody marked as absent walks in now."""
    arrive_in(permit, book, record)


PRESSED: dict[str, Callable[[Permit, Book, int], None]] = {
    "present": _here, "came": _came, "absent": _miss, "undo": _take_back,
}  # fmt: skip


@writes(WRITE)
def press(permit: Permit, session: int, record: int, verb: str) -> Book:
    """One press on the list, a verb of `PRESSED`: here since the start, here now, absent, or taken
    back; the list as it is then."""
    book = open_book(permit, session)
    PRESSED[verb](permit, book, record)
    return book


@writes(CORRECT)
def correct(permit: Permit, session: int, record: int, mark: Mark, why: str) -> None:
    """Set right what was recorded, any day later, with a reason; the first record stays in the
    history and both are shown. Needs `why`."""
    if not why.strip():
        raise Refused(
            "why", _("A correction needs its reason."), _("Write what was wrong."), field="why"
        )
    book = open_book(permit, session)
    if record not in book.rows:
        known(book, record)
    if mark.status == Status.PRESENT and mark.arrived_at is None:
        mark = replace(mark, arrived_at=book.session.starts_at)
    for moment in (mark.arrived_at, mark.left_at):
        if moment:
            past(permit, moment)
    in_order(book.session, mark)
    apply(permit, book, {record: mark}, correction=why.strip())


@writes(WRITE)
def walk_in(
    permit: Permit, session: int, record: int, *, at: datetime | None = None,
    from_start: bool = False,
) -> int:  # fmt: skip
    """A person of another track came to make up a session; the attendance's id.

    They take a make-up seat where one is free; without one they are recorded all the same, flagged
    and sent to the supervisor. Whoever must be kept apart from somebody here is refused, and the
    desk learns no reason.
    """
    on_its_day(permit, sessions.session(permit, session))
    person(permit, record)
    _seat_if_free(permit, session, record)
    book = open_book(permit, session)
    book.unseated.add(record)
    if apart_from(permit, record) & {*book.seats, *book.rows}:
        raise Refused(
            "choose_another", _("This group does not suit this person."), _("Choose another.")
        )
    return arrive_in(permit, book, record, at=at, from_start=from_start)


def _seat_if_free(permit: Permit, session: int, record: int) -> None:
    if any(seat.record == record for seat in sessions.roster(permit, session)):
        return
    try:
        with transaction.atomic():
            take_makeup_seat(permit, record=record, session=session)
    except Refused as no:
        if no.code == "choose_another":
            raise


@writes(WRITE)
def record_guests(
    permit: Permit, session: int, record: int, *, count: int, forms_signed: bool, consented: bool
) -> None:
    """Family or guests whom a person brought: counted by number, no chart. Each signed the
    confidentiality form, and the person consented. The count may be set again the same day."""
    book = open_book(permit, session)
    on_its_day(permit, book.session)
    known(book, record)
    if not (forms_signed and consented):
        raise Refused(
            "guest_forms",
            _("Guests need a signed confidentiality form, and the person's consent."),
            _("Get both before they come in."), field="forms_signed",
        )  # fmt: skip
    visit = GuestVisit(
        organization_id=permit.organization, clinic_id=book.session.clinic, session_id=session,
        record_id=record, count=count, forms_signed=True, consented=True, recorded_at=permit.now,
        recorded_by_id=permit.staff,
    )  # fmt: skip
    GuestVisit.objects.bulk_create(
        [visit], update_conflicts=True, unique_fields=["session", "record"],
        update_fields=["count", "recorded_at", "recorded_by"],
    )  # fmt: skip
    permit.note(WRITE, record=record, table="schedule_guestvisit", row=visit.pk, fields=("count",))


@writes(WRITE)
def close_attendance(permit: Permit, session: int) -> Closed:
    """Everyone still expected did not come: absent, with a follow-up task each. Safe to repeat."""
    book = open_book(permit, session)
    if permit.now < book.session.starts_at:
        raise Refused(
            "not_begun", _("This session has not begun."), _("Close attendance once it has.")
        )
    absent = book.expected()
    left = sum(not seat.number for seat in book.seats.values())
    apply(permit, book, dict.fromkeys(absent, Mark(Status.ABSENT, method="")))
    if book.session.attendance_closed_at is None:
        Session.objects.filter(pk=session).update(attendance_closed_at=permit.now)
        permit.note(WRITE, table="schedule_session", row=session, fields=("attendance_closed_at",))
    return Closed(tuple(absent), left)


@writes(WRITE)
def reopen(permit: Permit, session: int) -> None:
    """Open a session's attendance again, on its own day; marks stay as they are."""
    book = open_book(permit, session)
    same_day(permit, book.session)
    Session.objects.filter(pk=session).update(attendance_closed_at=None)
    permit.note(WRITE, table="schedule_session", row=session, fields=("attendance_closed_at",))


@writes(WRITE)
def open_door(permit: Permit, session: int) -> str:
    """A token under which people mark their own arrival until the session ends."""
    place = sessions.session(permit, session)
    on_its_day(permit, place)
    if permit.now >= place.ends_at:
        raise Refused("over", _("This session is over."), _("Mark arrivals on the list."))
    token, link = make_link(
        permit, ARRIVE, clinic=place.clinic, expires_at=place.ends_at, target=session
    )
    permit.note(WRITE, table="access_link", row=link.pk)
    return token


@writes(ARRIVE)
def check_in(
    permit: Permit, session: int, *, number: str = "", birth_on: date | None = None,
    initials: str = "",
) -> bool:  # fmt: skip
    """A person marks their own arrival by record number, or birth date and initials. False when
    nobody or more than one expected here matches, or it is not the time; the answer tells no more.
    """
    book = open_book(permit, session)
    place = book.session
    if not place.starts_at - EARLIEST <= permit.now < place.ends_at:
        return False
    who = people(permit, [seat.record for seat in book.seats.values() if seat.number])
    found = [
        record
        for record, one in who.items()
        if (number and is_number(number, one.number))
        or (birth_on and one.birth_on == birth_on
            and are_initials(initials, one.called, one.last_initial))
    ]  # fmt: skip
    if len(found) != 1 or _was_unable(book.rows.get(found[0])):
        return False
    arrive_in(permit, book, found[0], method="qr")
    return True


def _was_unable(row: Recorded | None) -> bool:
    """Someone the staff took out of the group is let in again by the staff."""
    return row is not None and row.status == Status.UNABLE
