"""How people are reached: only what they themselves marked safe."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db.models import Prefetch

from openiop.kernel.permits import Permit
from openiop.messaging.models import Contact, ContactPoint

SELF = "self"


@dataclass(frozen=True)
class ContactChoice:
    """The safe ways to one person: a number to text, one to call, an e-mail address; None where
    the person allowed none. `may_leave_message` is about the number to call."""

    text: str | None = None
    call: str | None = None
    may_leave_message: bool = False
    email: str | None = None


@dataclass(frozen=True)
class EmergencyContact:
    """Whom to call in an emergency, and whether they may know of the treatment."""

    name: str
    relationship: str
    may_know: bool
    phone: str | None


@dataclass(frozen=True)
class PointRow:
    """A number or address with what is safe there."""

    id: int
    kind: str
    value: str
    label: str
    safe_to_call: bool
    safe_to_text: bool
    safe_to_leave_message: bool
    preferred: bool


@dataclass(frozen=True)
class ContactRow:
    """The person ("self") or somebody close, with the points in use."""

    id: int
    name: str
    relationship: str
    emergency: bool
    may_know: bool
    points: tuple[PointRow, ...]

    @property
    def is_self(self) -> bool:
        return self.relationship == SELF


@dataclass(frozen=True)
class ContactChange:
    """One earlier version of a number or address: what it said from a moment on."""

    at: datetime
    value: str
    safe: tuple[str, ...]
    ended: bool


SAFE_FLAGS = ("safe_to_call", "safe_to_text", "safe_to_leave_message")


def contact_choices(permit: Permit, records: Iterable[int]) -> dict[int, ContactChoice]:
    """The safe ways to each person, preferred ones first; one statement. Every record asked for
    is in the answer, with `None`s where nothing is safe."""
    wanted = set(records)
    points = ContactPoint.objects.filter(
        record_id__in=wanted, contact__relationship=SELF, ended_at__isnull=True,
        contact__ended_at__isnull=True,
    ).order_by("-preferred", "id")  # fmt: skip
    by_record: dict[int, list[ContactPoint]] = {record: [] for record in wanted}
    for point in points:
        by_record[point.record_id].append(point)
    return {record: _choice(each) for record, each in by_record.items()}


def _choice(points: list[ContactPoint]) -> ContactChoice:
    phones = [point for point in points if point.kind == "phone"]
    mails = [point for point in points if point.kind == "email"]
    call = next((point for point in phones if point.safe_to_call), None)
    return ContactChoice(
        text=next((point.value for point in phones if point.safe_to_text), None),
        call=call.value if call else None,
        may_leave_message=bool(call and call.safe_to_leave_message),
        email=next((point.value for point in mails if point.safe_to_leave_message), None),
    )


def emergency_contacts(permit: Permit, records: Iterable[int]) -> dict[int, list[EmergencyContact]]:
    """Emergency contacts of each record with a number to call, if any; two statements."""
    wanted = set(records)
    phones = ContactPoint.objects.filter(kind="phone", ended_at__isnull=True).order_by(
        "-preferred", "id"
    )
    rows = (
        Contact.objects.filter(record_id__in=wanted, emergency=True, ended_at__isnull=True)
        .order_by("id")
        .prefetch_related(Prefetch("points", phones, to_attr="phones"))
    )
    found: dict[int, list[EmergencyContact]] = {record: [] for record in wanted}
    for row in rows:
        phone = row.phones[0].value if row.phones else None
        found[row.record_id].append(
            EmergencyContact(row.name, row.relationship, row.may_know, phone)
        )
    return found


def contacts_of(permit: Permit, record: int) -> list[ContactRow]:
    """A record's contacts in use, the person first; two statements."""
    points = ContactPoint.objects.filter(ended_at__isnull=True).order_by("-preferred", "id")
    rows = (
        Contact.objects.filter(record_id=record, ended_at__isnull=True)
        .order_by("id")
        .prefetch_related(Prefetch("points", points, to_attr="in_use"))
    )
    found = [
        ContactRow(
            row.id, row.name, row.relationship, row.emergency, row.may_know,
            tuple(point_row(point) for point in row.in_use),
        )
        for row in rows
    ]  # fmt: skip
    permit.note("messaging.contact.read", record=record, table="messaging_contact")
    return sorted(found, key=lambda each: not each.is_self)


def point_row(point: ContactPoint) -> PointRow:
    return PointRow(
        point.id, point.kind, point.value, point.label, point.safe_to_call, point.safe_to_text,
        point.safe_to_leave_message, point.preferred,
    )  # fmt: skip


def point_history(permit: Permit, record: int, point: int) -> list[ContactChange]:
    """Every version of one number or address, newest first; kept by the database itself."""
    versions = apps.get_model("messaging.ContactPointEvent").objects.filter(
        pgh_obj_id=point, record_id=record
    )
    permit.note("messaging.contact.read", record=record, table="messaging_contactpoint", row=point)
    return [
        ContactChange(
            row.pgh_created_at, row.value,
            tuple(flag for flag in SAFE_FLAGS if getattr(row, flag)), row.ended_at is not None,
        )
        for row in versions.order_by("-pgh_id")
    ]  # fmt: skip
