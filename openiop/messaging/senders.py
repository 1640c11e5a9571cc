"""What carries a message away: one function a channel, named in `settings.OUTBOX_SENDERS`.

A sender gets the letter, and `handing`, which it calls just before the step after which the letter
may arrive although nobody hears of it; a carrier that recognizes a letter by its key and delivers
it once only needs no such call. It raises `NotSetUp` when nothing is connected, `Never` when the
carrier will not take this letter, `Later` when it asks for patience, `Unsure` when nobody can tell
whether it was taken, and anything else when it did not leave.
"""

import json
import logging
import smtplib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.module_loading import import_string

from openiop.messaging.rules import dialed, masked

log = logging.getLogger("openiop.outbox")

GATEWAY_SECONDS = 20
# A wrong token or too many at once: the letter itself is not at fault.
PATIENCE = frozenset({401, 403, 408, 409, 425, 429})
LONGEST_WAIT = timedelta(hours=6)


class NotSetUp(Exception):
    """No carrier is connected for this channel."""


class Never(Exception):
    """The carrier will not take this letter, however often it is asked; says why in a code."""


class Unsure(Exception):
    """The carrier had the whole letter, and its answer did not come."""


class Later(Exception):
    """The carrier cannot take it now; `wait` is how long it asked for."""

    def __init__(self, why: str, wait: timedelta = timedelta()) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(frozen=True)
class Letter:
    """What a sender carries."""

    key: str
    channel: str
    to: str
    subject: str
    body: str

    @property
    def mark(self) -> str:
        """The same for the same key, whoever asks: how a carrier recognizes the letter."""
        return sha256(self.key.encode()).hexdigest()[:32]


Handing = Callable[[], None]
Sender = Callable[[Letter, Handing], None]


def sender(channel: str) -> Sender:
    """The sender of a channel."""
    found: Sender = import_string(settings.OUTBOX_SENDERS[channel])
    return found


def console(letter: Letter, handing: Handing) -> None:
    """Print the letter, for a demo; an installation with real people has to connect a carrier."""
    if settings.PRODUCTION:
        raise NotSetUp
    handing()
    if settings.DEMO:
        sys.stdout.write(f"{letter.channel} to {letter.to}: {letter.subject} {letter.body}\n")
    log.info("console", extra={"channel": letter.channel, "to": masked(letter.to)})


# --- texts -------------------------------------------------------------------------------------


class _NoRedirect(HTTPRedirectHandler):
    """A gateway that moved is told to nobody: the token would go along."""

    def redirect_request(self, *_: Any) -> None:
        return None


def gateway(letter: Letter, handing: Handing) -> None:
    """Post a text as JSON {"to", "body"} to `OPENIOP_SMS_URL` with the bearer token
    `OPENIOP_SMS_TOKEN`. The header Idempotency-Key is the same at each try: the gateway delivers
    one key once."""
    body = json.dumps({"to": dialed(letter.to), "body": letter.body}).encode()
    request = Request(settings.SMS_URL, body, {  # noqa: S310 - the setting is http or https
        "Authorization": f"Bearer {settings.SMS_TOKEN}", "Content-Type": "application/json",
        "Idempotency-Key": letter.mark,
    })  # fmt: skip
    try:
        with build_opener(_NoRedirect).open(request, timeout=GATEWAY_SECONDS) as answer:
            answer.read(1)
    except HTTPError as no:
        raise _answered(no) from no


def _answered(no: HTTPError) -> Exception:
    why = f"HTTP {no.code}"
    if no.code < 500 and no.code not in PATIENCE:
        return Never(why)
    return Later(why, _patience(no.headers.get("Retry-After", "")))


def _patience(asked: str) -> timedelta:
    """Retry-After as a length of time: seconds or a date (RFC 9110, 10.2.3), else none."""
    if asked.isascii() and asked.isdigit():
        return min(timedelta(seconds=int(asked[:9])), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(asked)
    except ValueError:
        return timedelta()
    known = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(timedelta(), min(known - datetime.now(UTC), LONGEST_WAIT))


# --- e-mail ------------------------------------------------------------------------------------


def mail(letter: Letter, handing: Handing) -> None:
    """Send by Django's mail settings; the same key always gives the same Message-ID.

    Until the last dot is sent a server must forget a letter whose sender went away (RFC 5321,
    4.1.1.4), so `handing` is called between the text and the dot.
    """
    carrier = get_connection()
    message = EmailMessage(
        letter.subject, letter.body, to=[letter.to], connection=carrier,
        headers={"Message-ID": f"<{letter.mark}@{settings.DEFAULT_FROM_EMAIL.partition('@')[2]}>"},
    )  # fmt: skip
    carrier.open()
    server = getattr(carrier, "connection", None)
    try:
        if isinstance(server, smtplib.SMTP):
            _by_smtp(server, message, handing)
        else:
            handing()
            message.send()
    finally:
        carrier.close()


def _by_smtp(server: smtplib.SMTP, message: EmailMessage, handing: Handing) -> None:
    server.ehlo_or_helo_if_needed()
    _expect(server.mail(message.from_email)[0], 250)
    _expect(server.rcpt(message.to[0])[0], 250, 251)
    _expect(server.docmd("DATA")[0], 354)
    lines = message.message().as_bytes().splitlines()
    text = b"".join((b"." + line if line[:1] == b"." else line) + b"\r\n" for line in lines)
    server.send(text)
    handing()
    try:
        server.send(b".\r\n")
        code = server.getreply()[0]
    except (OSError, smtplib.SMTPException) as silence:
        raise Unsure from silence
    _expect(code, 250)


def _expect(code: int, *wanted: int) -> None:
    """A 5xx is for good, a 4xx for now (RFC 5321, 4.2.1)."""
    if code not in wanted:
        raise (Never if 500 <= code < 600 else Later)(f"SMTP {code}")
