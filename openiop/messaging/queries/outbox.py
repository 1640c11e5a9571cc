"""The outbox: what waits, what failed, what is held back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from openiop.access.queries import house_values
from openiop.catalog import HouseValue
from openiop.kernel.permits import Permit
from openiop.messaging.models import OutboxMessage
from openiop.messaging.rules import masked

SAFE_MODE = "messaging.safe_mode"
OLD = timedelta(days=10)  # what waited longer is nobody's reminder any more


@dataclass(frozen=True)
class MessageRow:
    """A message as lists show it: whom it is for by record number or colleague's name, a masked
    address, never its words."""

    id: int
    channel: str
    state: str
    clinic_code: str
    number: str | None
    staff_name: str
    to: str
    attempts: int
    error: str
    queued_at: datetime
    sent_at: datetime | None
    send_after: datetime
    channel_label: str = ""
    state_label: str = ""
    kind: str = ""


def messages(permit: Permit) -> QuerySet[OutboxMessage]:
    """Messages of the permit's clinics, without those about a record closed to this user."""
    return OutboxMessage.objects.filter(
        Q(record__isnull=True) | Q(record__number__isnull=False), clinic_id__in=permit.clinics
    )


def outbox(
    permit: Permit, *, state: str = "", channel: str = "", clinic: int | None = None,
    kind: str = "", limit: int = 200,
) -> list[MessageRow]:  # fmt: skip
    """The newest messages, narrowed by state, channel, clinic and kind (the first word of their
    keys); one statement."""
    narrowed = {"state": state, "channel": channel, "clinic_id": clinic,
                "key__startswith": kind and f"{kind}:"}  # fmt: skip
    found = messages(permit).filter(**{key: value for key, value in narrowed.items() if value})
    rows = [
        _row(message)
        for message in found.select_related("record", "staff__user", "clinic").order_by(
            "-queued_at", "-id"
        )[:limit]
    ]
    permit.note("messaging.outbox.read", table="messaging_outboxmessage", count=len(rows))
    return rows


def messages_to(permit: Permit, record: int, limit: int = 20) -> list[MessageRow]:
    """The newest messages to one person; one statement."""
    rows = messages(permit).filter(record_id=record).select_related("record", "staff", "clinic")
    permit.note("messaging.contact.read", record=record, table="messaging_outboxmessage")
    return [_row(message) for message in rows.order_by("-queued_at", "-id")[:limit]]


def _row(message: OutboxMessage) -> MessageRow:
    return MessageRow(
        id=message.id, channel=message.channel, state=message.state,
        clinic_code=message.clinic.code, number=message.record.number if message.record else None,
        staff_name=message.staff.name if message.staff else "",
        to=masked(address_of(message)), attempts=message.attempts, error=message.error,
        queued_at=message.queued_at, sent_at=message.sent_at, send_after=message.send_after,
        channel_label=message.get_channel_display(), state_label=message.get_state_display(),
        kind=message.key.partition(":")[0],
    )  # fmt: skip


def address_of(message: OutboxMessage) -> str:
    """Where the message goes: its own address, or the colleague's of this moment."""
    if message.to or message.staff is None:
        return message.to
    if message.channel == "text":
        return message.staff.phone
    return message.staff.user.email if message.staff.user else ""


def state_counts(permit: Permit) -> dict[str, int]:
    """How many messages are in each state; one statement."""
    counted = messages(permit).values("state").annotate(number=Count("id")).order_by()
    return {row["state"]: row["number"] for row in counted}


def waiting_keys(permit: Permit, prefix: str) -> dict[str, int]:
    """Key and id of messages that have not left and may still, of one kind; one statement."""
    rows = OutboxMessage.objects.filter(
        clinic_id__in=permit.clinics, key__startswith=prefix,
        state__in=["queued", "failed", "held"], queued_at__gt=permit.now - OLD,
    )  # fmt: skip
    return dict(rows.values_list("key", "id"))


def safe_mode(permit: Permit, clinic: int) -> bool:
    """Is everything held back at this clinic? By the house's own `messaging.safe_mode`: any value
    but "off" holds."""
    return safe_mode_in(house_values(permit, clinic, permit.now.date()))


def safe_mode_in(house: Mapping[str, HouseValue]) -> bool:
    """`safe_mode` by house values that were read before."""
    chosen = house.get(SAFE_MODE)
    return chosen is not None and str(chosen.value).lower() != "off"


def due_message(permit: Permit) -> int | None:
    """The next message to deliver, or one whose worker was killed, locked so that no other worker
    takes it."""
    return (
        OutboxMessage.objects.select_for_update(skip_locked=True)
        .filter(
            clinic_id__in=permit.clinics,
            state__in=["queued", "sending"],
            send_after__lte=permit.now,
        )
        .order_by("send_after", "id")
        .values_list("id", flat=True)
        .first()
    )
