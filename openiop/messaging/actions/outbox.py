"""Queue messages, only to where the person said it is safe; send them again, drop them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.models import ContactPoint, OutboxMessage
from openiop.messaging.queries.contacts import SELF, contact_choices
from openiop.messaging.queries.outbox import messages
from openiop.messaging.rules import Draft

QUEUE, TABLE = "messaging.outbox.queue", "messaging_outboxmessage"
RETRY = "messaging.outbox.retry"
SAID = ("channel", "to", "subject", "body")
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
    message = new_message(
        permit, key=key, channel=channel, clinic=clinic, body=body, subject=subject,
        record=record, staff=staff, to=to, send_after=send_after,
    )  # fmt: skip
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)
    row = OutboxMessage.objects.values_list("id", flat=True).get(key=key)
    permit.note(QUEUE, record=record, table=TABLE, row=row)
    return row


@writes(QUEUE)
def queue_texts(
    permit: Permit, clinic: int, texts: Mapping[int, tuple[str, str]]
) -> frozenset[int]:
    """A text for each person, by record (key, body), to the number they marked safe for texts; two
    statements. The records that have such a number: the others must be reached another way."""
    choices = contact_choices(permit, texts)
    rows = [
        new_message(
            permit, key=key, channel="text", clinic=clinic, body=body, record=record, to=number
        )
        for record, (key, body) in texts.items()
        if (number := choices[record].text)
    ]
    queue_each(permit, rows)
    return frozenset(row.record_id for row in rows if row.record_id)


@writes(QUEUE)
def queue_each(permit: Permit, letters: Iterable[OutboxMessage]) -> None:
    """Messages made by `new_message`, to addresses that are known to be safe or to colleagues; one
    statement. One whose key is queued already is left as it is."""
    rows = OutboxMessage.objects.bulk_create(letters, ignore_conflicts=True)
    for row in rows:
        permit.note(QUEUE, record=row.record_id, table=TABLE)


def new_message(
    permit: Permit, *, key: str, channel: str, clinic: int, body: str, subject: str = "",
    record: int | None = None, staff: int | None = None, to: str = "",
    send_after: datetime | None = None,
) -> OutboxMessage:  # fmt: skip
    """The row of a message, not yet stored and not yet checked: for `queue_each`."""
    return OutboxMessage(
        organization_id=permit.organization, clinic_id=clinic, key=key, record_id=record,
        staff_id=staff, channel=channel, to=to, subject=subject, body=body,
        queued_at=permit.now, send_after=send_after or permit.now,
    )  # fmt: skip


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


@writes(RETRY)
def retry_message(permit: Permit, message: int) -> None:
    """Queue a failed or held message again, with all its tries."""
    changed = messages(permit).filter(pk=message, state__in=["failed", "held"]).update(
        state="queued", attempts=0, error="", send_after=permit.now, handed_at=None
    )  # fmt: skip
    _require(changed)
    permit.note(RETRY, table=TABLE, row=message, fields=("state",))


@writes(QUEUE)
def queue_or_renew(permit: Permit, drafts: Iterable[Draft]) -> None:
    """Messages of new keys are queued. Of a known key, one that waits and would say something
    else, or go elsewhere, now does; one that was withdrawn waits again; what somebody dropped by
    hand stays dropped, what left is left alone. Three statements."""
    letters = [new_message(permit, **vars(draft)) for draft in drafts]
    _renew(permit, {letter.key: letter for letter in letters})
    queue_each(permit, letters)


def _renew(permit: Permit, wanted: Mapping[str, OutboxMessage]) -> None:
    known = OutboxMessage.objects.select_for_update().filter(
        Q(state="queued") | Q(state="dropped") & ~Q(error=""), key__in=list(wanted)
    )
    changed = [row for row in known if _renewed(row, wanted[row.key])]
    OutboxMessage.objects.bulk_update(changed, [*SAID, "state", "error", "send_after", "attempts"])
    for row in changed:
        permit.note(QUEUE, record=row.record_id, table=TABLE, row=row.id, fields=("state",))


def _renewed(row: OutboxMessage, letter: OutboxMessage) -> bool:
    """Take over what a letter says; False when the row says it already and waits."""
    if row.state == "queued" and all(getattr(row, n) == getattr(letter, n) for n in SAID):
        return False
    for name in (*SAID, "state", "error", "send_after", "attempts"):
        setattr(row, name, getattr(letter, name))
    return True


@writes(QUEUE)
def withdraw_messages(permit: Permit, rows: Iterable[int], why: str) -> None:
    """Messages that wait and have become wrong; `why` is a sentence for the outbox. One being
    carried at this moment is asked once more before it leaves, or is gone."""
    found = list(rows)
    OutboxMessage.objects.filter(pk__in=found, state__in=["queued", "failed", "held"]).update(
        state="dropped", error=why
    )
    for row in found:
        permit.note(QUEUE, table=TABLE, row=row, fields=("state",))


@writes(RETRY)
def drop_message(permit: Permit, message: int) -> None:
    """A message that must not leave any more."""
    changed = messages(permit).filter(
        pk=message, state__in=["queued", "failed", "held"]
    ).update(state="dropped", error="")  # fmt: skip
    _require(changed)
    permit.note(RETRY, table=TABLE, row=message, fields=("state",))


def _require(changed: int) -> None:
    if not changed:
        raise Refused(
            "message_state", _("That message is already on its way or gone."),
            _("Look at the outbox again."),
        )  # fmt: skip
