"""Queue messages; only to where the person said it is safe."""

from datetime import datetime

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.models import ContactPoint, OutboxMessage
from openiop.messaging.queries.contacts import SELF, contact_choices

QUEUE, TABLE = "messaging.outbox.queue", "messaging_outboxmessage"
SAFE = {"text": ("phone", "safe_to_text"), "email": ("email", "safe_to_leave_message")}


@writes(QUEUE)
def queue_message(
    permit: Permit,
    *,
    key: str,
    channel: str,
    clinic: int,
    body: str,
    subject: str = "",
    record: int | None = None,
    staff: int | None = None,
    to: str = "",
    send_after: datetime | None = None,
) -> int:
    """Put a message ("text" or "email") into the outbox; its id. The same `key` again changes
    nothing and returns the same id.

    To a person (`record`): `to`, or the preferred address that is safe for the channel; refused
    ("unsafe_channel") where the person marked none. To a colleague (`staff`): to their number or
    e-mail address of the moment it is sent. Words stay neutral: no program, no diagnosis.
    """
    if record is not None:
        to = _safe_address(permit, record, channel, to)
    elif staff is None and not to:
        raise Refused("no_address", _("The message has no address."), _("Choose whom it is for."))
    message = OutboxMessage(
        organization_id=permit.organization, clinic_id=clinic, key=key, record_id=record,
        staff_id=staff, channel=channel, to=to, subject=subject, body=body,
        queued_at=permit.now, send_after=send_after or permit.now,
    )  # fmt: skip
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)
    row = OutboxMessage.objects.values_list("id", flat=True).get(key=key)
    permit.note(QUEUE, record=record, table=TABLE, row=row)
    return row


def _safe_address(permit: Permit, record: int, channel: str, to: str) -> str:
    choice = contact_choices(permit, [record])[record]
    found = to if is_safe(record, channel, to) else None
    if not to:
        found = choice.text if channel == "text" else choice.email
    if found is None:
        raise Refused(
            "unsafe_channel",
            _("This person has not marked that way of reaching them as safe."),
            _("Choose a way they marked safe, or ask them in person."),
        )
    return found


def is_safe(record: int, channel: str, to: str) -> bool:
    """Did the person mark this very address as safe for the channel, and is it still in use?"""
    kind, flag = SAFE[channel]
    return ContactPoint.objects.filter(
        record_id=record, kind=kind, value=to, contact__relationship=SELF,
        contact__ended_at__isnull=True, ended_at__isnull=True, **{flag: True},
    ).exists()  # fmt: skip
