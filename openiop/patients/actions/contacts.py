"""How a person is reached, kept in messaging; here it also finds them by their number."""

from collections.abc import Mapping
from typing import Any

from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.messaging import actions as messaging
from openiop.messaging import queries
from openiop.patients.actions.identity import refresh_keys

WRITE = "patients.patient.write"
SELF = "self"


@writes(WRITE)
def reach_self(permit: Permit, *, record: int, clinic: int, point: Mapping[str, Any]) -> int:
    """A way to reach the person themselves (facts of a contact point); its id."""
    contacts = queries.contacts_of(permit, record)
    own = next((contact.id for contact in contacts if contact.is_self), None)
    if own is None:
        own = messaging.add_contact(
            permit, record=record, clinic=clinic, name="", relationship=SELF
        )
    made = messaging.add_contact_point(permit, contact=own, **point)
    refresh_keys(permit, record)
    return made


@writes(WRITE)
def reach_other(
    permit: Permit, *, record: int, clinic: int, contact: Mapping[str, Any], phone: str
) -> int:
    """Somebody close to the person, with a number to call when there is one; the contact's id."""
    made = messaging.add_contact(permit, record=record, clinic=clinic, **contact)
    if phone:
        messaging.add_contact_point(
            permit, contact=made, kind="phone", value=phone, safe_to_call=True
        )
    return made


@writes(WRITE)
def change_point(permit: Permit, *, record: int, point: int, facts: Mapping[str, Any]) -> None:
    """Another number, or other things safe there."""
    messaging.change_contact_point(permit, point, **facts)
    refresh_keys(permit, record)


@writes(WRITE)
def end_point(permit: Permit, *, record: int, point: int, undo: bool = False) -> None:
    """A number or address not in use any more; `undo` takes it back into use."""
    act = messaging.restore_contact_point if undo else messaging.end_contact_point
    act(permit, point)
    refresh_keys(permit, record)
