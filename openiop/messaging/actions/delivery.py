"""Carry messages away in three steps: claim one, hand it over, write down what became of it.

Each step is committed before the next begins, so that a killed worker leaves behind how far it
came. A claim is a lease: when it ran out, the next worker tries again, but not where the carrier
may have taken the letter and would deliver it twice; a person decides then. The number of the try
tells a later claim from an earlier one that woke up again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.messaging.actions.outbox import TABLE, is_safe
from openiop.messaging.models import OutboxMessage
from openiop.messaging.queries.clocks import Here, here_of
from openiop.messaging.queries.outbox import address_of, safe_mode_in
from openiop.messaging.queries.stops import is_stopped
from openiop.messaging.rules import QuietHours, next_try
from openiop.messaging.senders import Later, Letter, Never, NotSetUp, Unsure, sender

SEND = "messaging.outbox.send"
LEASE = timedelta(minutes=3)  # longer than any carrier may take: senders.GATEWAY_SECONDS, SMTP
REPLY = "reply"  # the first word of the key of an answer to the person's own text


@dataclass(frozen=True)
class Claim:
    """A worker's hold on a message: its id, the number of the try, and what to carry."""

    message: int
    attempt: int
    letter: Letter


@dataclass(frozen=True)
class Outcome:
    """What became of a try; `wait` is how long the carrier asked to wait."""

    state: str
    why: str = ""
    wait: timedelta = timedelta()


class Lost(Exception):
    """The claim ran out and another worker has the message."""


@writes(SEND)
def claim_message(permit: Permit, message: int) -> Claim | None:
    """Take a message that `queries.due_message` found and locked. None when it does not leave now;
    its state, error and time then say why: held, dropped, failed, or waiting for the morning."""
    row = OutboxMessage.objects.select_related("staff__user", "clinic").get(pk=message)
    claim = None
    if not _stays(permit, row):
        row.state, row.attempts, row.handed_at = "sending", row.attempts + 1, None
        row.send_after = permit.now + LEASE
        letter = Letter(row.key, row.channel, address_of(row), row.subject, row.body)
        claim = Claim(message, row.attempts, letter)
    row.save(update_fields=["state", "error", "attempts", "send_after", "handed_at"])
    permit.note(SEND, record=row.record_id, table=TABLE, row=message, fields=("state",))
    return claim


def _stays(permit: Permit, row: OutboxMessage) -> bool:
    """Does it not leave now? Then the row says why."""
    if row.state == "sending":
        row.state = "queued"
        if row.handed_at or next_try(row.attempts) is None:
            row.state = "held" if row.handed_at else "failed"
            row.error = unsure() if row.handed_at else _("The worker stopped at every try.")
            return True
    place = row.clinic
    here = here_of(permit, place.id, place.name, place.state, place.timezone)
    kept = _why_kept(permit, row, here)
    if kept:
        row.state, row.error = kept
        return True
    row.send_after = quiet_until(permit.now, row, here)
    return row.send_after > permit.now


def unsure() -> str:
    """What the outbox says of a message that may have arrived."""
    return _("It may have arrived: the carrier had it, and its answer did not come.")


def _why_kept(permit: Permit, row: OutboxMessage, here: Here) -> tuple[str, str] | None:
    """State and sentence of a message that must not leave."""
    kind = row.key.partition(":")[0]
    check = settings.OUTBOX_CHECKS.get(kind)
    if safe_mode_in(here.house):
        return "held", _("Safe mode is on: nothing leaves the house.")
    if check and not import_string(check)(permit, row.key):
        return "dropped", _("What it was about has changed.")
    if row.record_id and not is_safe(row.record_id, row.channel, row.to):
        return "held", _("The person no longer marks this address as safe.")
    address = address_of(row)
    if not address:
        return "held", _("There is no address to send to.")
    if row.channel == "text" and kind != REPLY and is_stopped(permit, address):
        return "held", _("Somebody at this number asked for no more texts.")
    return None


def quiet_until(moment: datetime, row: OutboxMessage, here: Here) -> datetime:
    """When the message may leave: now, or after the quiet hours for what goes to a person. Calls
    to staff know no quiet hours."""
    if row.record_id is None:
        return moment
    return quiet_hours(here, row.clinic.timezone).over_at(moment)


def quiet_hours(here: Here, timezone: str) -> QuietHours:
    """The quiet hours of a clinic on its own day."""
    start, end = (here.clock(f"messaging.quiet.{each}_hour") for each in ("from", "until"))
    return QuietHours(start.amount if start else 0, end.amount if end else 0, timezone)


def carried(letter: Letter, handing: Callable[[], None]) -> Outcome:
    """Give a letter to its carrier, outside any transaction. Raises only `Lost`."""
    try:
        sender(letter.channel)(letter, handing)
    except Lost:
        raise
    except NotSetUp:
        return Outcome("held", _("Nothing is set up that could carry this message."))
    except Never as no:
        return Outcome("failed", str(no))
    except Unsure:
        return Outcome("held", unsure())
    except Later as no:
        return Outcome("queued", str(no), no.wait)
    except Exception as error:  # whatever the carrier raises, the message must not be lost
        return Outcome("queued", type(error).__name__)
    return Outcome("sent")


@writes(SEND)
def mark_handed(permit: Permit, claim: Claim) -> None:
    """From now on a second try could arrive a second time. Raises Lost when the claim ran out."""
    if not _ours(claim).update(handed_at=permit.now):
        raise Lost
    permit.note(SEND, table=TABLE, row=claim.message, fields=("handed_at",))


@writes(SEND)
def settle(permit: Permit, claim: Claim, outcome: Outcome) -> None:
    """Write down what became of a try; one that did not leave waits ever longer, and is failed
    after five. Nothing where another worker has the message by now."""
    row = _ours(claim).select_for_update().first()
    if row is None:
        return
    row.state, row.error = outcome.state, outcome.why
    if outcome.state == "sent":
        row.sent_at = permit.now
    if outcome.state in ("queued", "failed"):
        row.handed_at = None  # it was told: the letter was not taken
    if outcome.state == "queued":
        wait = next_try(row.attempts)
        row.state = "queued" if wait else "failed"
        row.send_after = permit.now + max(wait or timedelta(), outcome.wait)
    row.save(update_fields=["state", "error", "send_after", "sent_at", "handed_at"])
    permit.note(SEND, record=row.record_id, table=TABLE, row=row.id, fields=("state",))


@writes(SEND)
def settle_past(permit: Permit, prefix: str) -> None:
    """For a past that is told and was never lived: what was due by now left when it was due."""
    rows = OutboxMessage.objects.filter(
        key__startswith=prefix, state="queued", send_after__lte=permit.now,
        clinic_id__in=permit.clinics,
    )  # fmt: skip
    count = rows.update(state="sent", attempts=1, sent_at=F("send_after"))
    permit.note(SEND, table=TABLE, count=count)


def _ours(claim: Claim) -> QuerySet[OutboxMessage]:
    rows = OutboxMessage.objects.filter(pk=claim.message, state="sending")
    return rows.filter(attempts=claim.attempt)
