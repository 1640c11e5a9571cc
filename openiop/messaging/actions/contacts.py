"""Write down how a person is reached, and what is safe there."""

from typing import Any

from django.http import Http404

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


@writes(WRITE)
def change_contact(
    permit: Permit, contact: int, *, name: str, relationship: str, emergency: bool, may_know: bool
) -> None:
    """Other words about a contact; the version before stays in the history."""
    facts = {"name": name, "relationship": relationship, "emergency": emergency,
             "may_know": may_know}  # fmt: skip
    _change(permit, Contact, contact, facts)


@writes(WRITE)
def change_contact_point(
    permit: Permit, point: int, *, value: str, safe_to_call: bool, safe_to_text: bool,
    safe_to_leave_message: bool, preferred: bool, label: str = "",
) -> None:  # fmt: skip
    """Another number or address, or other things safe there; the version before stays in the
    history. Messages that wait for the old address are held when their turn comes."""
    facts = {
        "value": value, "label": label, "safe_to_call": safe_to_call,
        "safe_to_text": safe_to_text, "safe_to_leave_message": safe_to_leave_message,
        "preferred": preferred,
    }  # fmt: skip
    _change(permit, ContactPoint, point, facts)


@writes(WRITE)
def end_contact(permit: Permit, contact: int) -> None:
    """No contact any more: none of their numbers is used."""
    _change(permit, Contact, contact, {"ended_at": permit.now})


@writes(WRITE)
def end_contact_point(permit: Permit, point: int) -> None:
    """A number or address not in use any more."""
    _change(permit, ContactPoint, point, {"ended_at": permit.now})


@writes(WRITE)
def restore_contact_point(permit: Permit, point: int) -> None:
    """Undo of `end_contact_point`."""
    _change(permit, ContactPoint, point, {"ended_at": None})


@writes(WRITE)
def restore_contact(permit: Permit, contact: int) -> None:
    """Undo of `end_contact`."""
    _change(permit, Contact, contact, {"ended_at": None})


def _change(
    permit: Permit, model: type[Contact] | type[ContactPoint], row: int, facts: dict[str, Any]
) -> None:
    found = model.objects.filter(pk=row).first()
    if found is None:
        raise Http404("No such contact.")
    for name, value in facts.items():
        setattr(found, name, value)
    found.save(update_fields=list(facts))
    permit.note(
        WRITE, record=found.record_id, table=model._meta.db_table, row=row, fields=tuple(facts)
    )
