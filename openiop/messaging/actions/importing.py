"""Contacts from files, many at once. Nothing is safe until the person says so."""

from collections.abc import Sequence
from dataclasses import dataclass

from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.messaging.models import Contact, ContactPoint

WRITE = "messaging.contact.write"


@dataclass(frozen=True)
class NewPoint:
    """A number or address; `safe` are the names of the flags the person gave."""

    kind: str
    value: str
    label: str = ""
    safe: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewContact:
    """The person (`relationship` "self") or somebody close, with their numbers and addresses."""

    record: int
    clinic: int
    points: tuple[NewPoint, ...]
    name: str = ""
    relationship: str = "self"
    emergency: bool = False


@writes(WRITE)
def keep_contacts(permit: Permit, rows: Sequence[NewContact]) -> None:
    """Write down contacts with their points, in two statements whatever their number."""
    contacts = [
        Contact(
            organization_id=permit.organization, clinic_id=row.clinic, record_id=row.record,
            name=row.name, relationship=row.relationship, emergency=row.emergency,
        )
        for row in rows
    ]  # fmt: skip
    Contact.objects.bulk_create(contacts)
    ContactPoint.objects.bulk_create(
        ContactPoint(
            organization_id=permit.organization, clinic_id=row.clinic, record_id=row.record,
            contact=contact, kind=point.kind, value=point.value, label=point.label,
            **dict.fromkeys(point.safe, True),
        )
        for row, contact in zip(rows, contacts, strict=True)
        for point in row.points
    )  # fmt: skip
    permit.note(WRITE, table="messaging_contact", count=len(rows))
