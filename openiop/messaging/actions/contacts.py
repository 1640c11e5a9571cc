"""Write down how a person is reached, and what is safe there."""

from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.messaging.models import Contact, ContactPoint

WRITE = "messaging.contact.write"


@writes(WRITE)
def add_contact(
    permit: Permit,
    *,
    record: int,
    clinic: int,
    name: str,
    relationship: str,
    emergency: bool = False,
    may_know: bool = False,
) -> int:
    """The person (`relationship` "self", `name` empty) or somebody close to them; the id."""
    contact = Contact.objects.create(
        organization_id=permit.organization, clinic_id=clinic, record_id=record, name=name,
        relationship=relationship, emergency=emergency, may_know=may_know,
    )  # fmt: skip
    permit.note(WRITE, record=record, table="messaging_contact", row=contact.id)
    return contact.id


@writes(WRITE)
def add_contact_point(
    permit: Permit,
    *,
    contact: int,
    kind: str,
    value: str,
    safe_to_call: bool = False,
    safe_to_text: bool = False,
    safe_to_leave_message: bool = False,
    preferred: bool = False,
    label: str = "",
) -> int:
    """A number or address ("phone", "email", "address") with what is safe there; the id. For an
    e-mail address `safe_to_leave_message` means that writing to it is safe."""
    owner = Contact.objects.get(pk=contact)
    point = ContactPoint.objects.create(
        organization_id=permit.organization, clinic_id=owner.clinic_id, record_id=owner.record_id,
        contact=owner, kind=kind, value=value, label=label, safe_to_call=safe_to_call,
        safe_to_text=safe_to_text, safe_to_leave_message=safe_to_leave_message,
        preferred=preferred,
    )  # fmt: skip
    permit.note(WRITE, record=owner.record_id, table="messaging_contactpoint", row=point.id)
    return point.id
