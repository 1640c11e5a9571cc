"""How people are reached: only what they themselves marked safe."""

from collections.abc import Iterable
from dataclasses import dataclass

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


NOBODY = ContactChoice()


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
