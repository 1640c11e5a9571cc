"""What carries a message away: one function a channel, named in `settings.OUTBOX_SENDERS`.

A sender gets the message's key, so that what it carries twice can be recognized. It raises
`NotSetUp` when nothing is connected, and anything else when the message did not leave.
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

from openiop.messaging.rules import masked

log = logging.getLogger("openiop.outbox")


class NotSetUp(Exception):
    """No carrier is connected for this channel."""


@dataclass(frozen=True)
class Letter:
    """What a sender carries."""

    key: str
    channel: str
    to: str
    subject: str
    body: str


Sender = Callable[[Letter], None]


def sender(channel: str) -> Sender:
    """The sender of a channel."""
    found: Sender = import_string(settings.OUTBOX_SENDERS[channel])
    return found


def console(letter: Letter) -> None:
    """Print the letter, for a demo; an installation with real people has to connect a carrier."""
    if settings.PRODUCTION:
        raise NotSetUp
    if settings.DEMO:
        sys.stdout.write(f"{letter.channel} to {letter.to}: {letter.subject} {letter.body}\n")
    log.info("console", extra={"channel": letter.channel, "to": masked(letter.to)})


def mail(letter: Letter) -> None:
    """Send by Django's mail settings; the same key always gives the same Message-ID."""
    mark = sha256(letter.key.encode()).hexdigest()[:32]
    message = EmailMessage(
        letter.subject, letter.body, to=[letter.to],
        headers={"Message-ID": f"<{mark}@{settings.DEFAULT_FROM_EMAIL.partition('@')[2]}>"},
    )  # fmt: skip
    message.send()
