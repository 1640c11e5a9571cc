"""A stranger books a first visit: a person, ways to reach them, the visit, an inquiry, a link."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from openiop.access.door import make_link, writes
from openiop.access.queries import clinics
from openiop.intake.actions.inquiries import change_inquiry, open_inquiry, plan_next
from openiop.intake.queries.inquiries import inquiry as inquiry_facts
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.outbox import queue_message
from openiop.patients.actions import reach_self, register
from openiop.schedule.actions import appointments, moving
from openiop.schedule.actions.holds import book_time
from openiop.schedule.queries.appointments import AppointmentFacts, appointment
from openiop.schedule.queries.holds import is_open, nearest
from openiop.schedule.queries.types import type_of
from openiop.schedule.rules.times import Time

BOOK, PHONE, OWN = "intake.start.book", "intake.start.phone", "intake.visit.own"
NEXT = gettext_noop("First visit is booked: screen before it")
AFTER = timedelta(days=1)  # the link still shows what was booked


@dataclass(frozen=True)
class Caller:
    """Who comes, and by what ways it is safe to reach them; "": none was left."""

    first: str
    last: str
    phone: str = ""
    email: str = ""
    birth_on: date | None = None
    language: str = "en"
    call: bool = False
    text: bool = False
    write: bool = False
    message: bool = False
    asks: str = ""

    @property
    def way(self) -> str:
        """How a first word reaches them: "text", "email" or ""."""
        if self.text and self.phone:
            return "text"
        return "email" if self.write and self.email else ""


@dataclass(frozen=True)
class Booked:
    """What was booked, and the secret by which it is changed or cancelled."""

    token: str
    visit: int
    record: int
    inquiry: int


@writes(BOOK)
def book_start(
    permit: Permit, time: Time, caller: Caller, address: Callable[[str], str], *,
    key: UUID | None = None, channel: str = "web",
) -> Booked:  # fmt: skip
    """Book a first visit for somebody we do not know yet. `address` gives the page of a token.

    Everything or nothing: Refused ("gone", with the closest free times) leaves no person behind.
    """
    record = _person(permit, time.clinic, caller)
    visit = book_time(permit, time, record=record, key=key)
    inquiry = _inquiry(permit, time, caller, record, channel, key)
    return Booked(_told(permit, visit, caller, address), visit, record, inquiry)


@writes(PHONE)
def book_for(
    permit: Permit, inquiry: int, time: Time, first: str, last: str,
    address: Callable[[str], str],
) -> Booked:  # fmt: skip
    """Book the first visit of somebody who asked, with them on the line: their record, or a new
    one in the name given. Refused as `book_start`; 404 for an inquiry that is not there."""
    found = inquiry_facts(permit, inquiry)
    if found.closed_at:
        raise Refused("closed", _("This inquiry is closed."), _("Open it again first."))
    caller = Caller(
        first, last, found.phone, found.email, found.birth_on, found.language,
        call=found.safe_to_call, text=found.safe_to_text, write=found.safe_to_email,
        message=found.safe_to_leave_message,
    )  # fmt: skip
    record = found.record or _person(permit, time.clinic, caller)
    visit = book_time(permit, time, record=record)
    change_inquiry(permit, inquiry, record_id=record)
    plan_next(permit, inquiry, NEXT, time.starts_at)
    return Booked(_told(permit, visit, caller, address), visit, record, inquiry)


def _told(permit: Permit, visit: int, caller: Caller, address: Callable[[str], str]) -> str:
    """A link to the visit, sent where that is safe; its token."""
    booked = appointment(permit, visit)
    token, _link = make_link(
        permit, OWN, clinic=booked.clinic, record=booked.record, target=visit,
        expires_at=booked.ends_at + AFTER,
    )  # fmt: skip
    _confirm(permit, booked, caller, address(token))
    permit.note(BOOK, record=booked.record, table="schedule_appointment", row=visit)
    return token


def _person(permit: Permit, clinic: int, caller: Caller) -> int:
    """A new person with the ways to reach them; the record."""
    record = register(
        permit, clinic=clinic, legal_first=caller.first, legal_last=caller.last,
        birth_on=caller.birth_on, phones=[caller.phone] if caller.phone else [],
        languages=[caller.language],
    ).record  # fmt: skip
    _reach(permit, record, clinic, caller)
    return record


def _reach(permit: Permit, record: int, clinic: int, caller: Caller) -> None:
    if caller.phone:
        reach_self(permit, record=record, clinic=clinic, point={
            "kind": "phone", "value": caller.phone, "safe_to_call": caller.call,
            "safe_to_text": caller.text, "safe_to_leave_message": caller.message,
            "preferred": True,
        })  # fmt: skip
    if caller.email:
        reach_self(permit, record=record, clinic=clinic, point={
            "kind": "email", "value": caller.email, "safe_to_leave_message": caller.write,
            "preferred": not caller.phone,
        })  # fmt: skip


def _inquiry(
    permit: Permit, time: Time, caller: Caller, record: int, channel: str, key: UUID | None
) -> int:
    return open_inquiry(
        permit, clinic=time.clinic, channel=channel, name=f"{caller.first} {caller.last}".strip(),
        birth_on=caller.birth_on, phone=caller.phone, email=caller.email,
        safe_to_call=caller.call, safe_to_text=caller.text, safe_to_email=caller.write,
        safe_to_leave_message=caller.message, language=caller.language, asks=caller.asks,
        record_id=record, booked_by=key, next_step=NEXT, next_due_at=time.starts_at,
    )  # fmt: skip


def _confirm(permit: Permit, visit: AppointmentFacts, caller: Caller, address: str) -> None:
    """Nothing in it says what kind of place this is: anybody may read it."""
    if not caller.way:
        return
    place = clinics(permit).get(pk=visit.clinic)
    with translation.override("es" if caller.language == "es" else "en"):
        body = _(
            "Your appointment is on %(when)s. To change or cancel it: %(address)s"
            " Questions: %(phone)s."
        ) % {
            "when": moment_text(visit.starts_at, visit.timezone), "address": address,
            "phone": place.phone,
        }  # fmt: skip
        queue_message(
            permit, key=f"start:{visit.id}", channel=caller.way, clinic=visit.clinic,
            record=visit.record, subject=_("Your appointment"), body=body,
        )  # fmt: skip


def moment_text(moment: datetime, timezone: str) -> str:
    """ "Tue, Nov 24, 10:00 AM" on the clocks of the place."""
    here = moment.astimezone(ZoneInfo(timezone))
    return formats.date_format(here, pgettext("day and hour of a reminder", "D, M j, g:i A"))


@writes(OWN)
def cancel_own(permit: Permit, visit: int) -> None:
    """The person cancels their own first visit; whoever does intake is told by a task."""
    appointments.cancel(permit, visit, _("Cancelled by the person"))


@writes(OWN)
def move_own(permit: Permit, visit: int, time: Time) -> None:
    """The person takes another free time. Refused ("gone", with the closest) where it is none."""
    before = appointment(permit, visit)
    if is_open(permit, time, before.timezone, moving=[visit]) is None:
        raise Refused(
            "gone", _("Somebody just took this time."), _("Choose one of the closest free times."),
            choices=tuple(nearest(permit, time, before.timezone)),
        )  # fmt: skip
    to = moving.Move(
        visit, time.starts_at, time.staff, time.room, type_of(permit, time.type).minutes
    )
    moving.move(permit, [to], _("Moved by the person"))
