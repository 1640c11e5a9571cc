"""Numbers that asked for no more texts, and the texts that came back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from openiop.access.queries.links import LiveLink, live_links
from openiop.kernel.permits import Permit
from openiop.messaging.models import IncomingText, TextStop
from openiop.messaging.rules import dialed, masked

RECEIVE = "messaging.text.receive"


def is_stopped(permit: Permit, number: str) -> bool:
    """Did somebody at this number say STOP and not START since?"""
    return bool(stopped(permit, [number]))


def stopped(permit: Permit, numbers: Iterable[str]) -> frozenset[str]:
    """Those of the numbers, as they were given, that are stopped; one statement."""
    asked = {number: dialed(number) for number in numbers}
    rows = TextStop.objects.filter(number__in=set(asked.values()), started_at__isnull=True)
    found = set(rows.values_list("number", flat=True))
    return frozenset(number for number, full in asked.items() if full in found)


@dataclass(frozen=True)
class TextRow:
    """A text that came back, as the page shows it. `word` is "stop", "start", "help" or ""."""

    id: int
    clinic_code: str
    number: str | None
    sender: str
    body: str
    word: str
    received_at: datetime


def incoming_texts(permit: Permit, limit: int = 100) -> list[TextRow]:
    """The newest texts that came back to the permit's clinics, without those of records closed to
    this user; one statement."""
    rows = IncomingText.objects.filter(
        Q(record__isnull=True) | Q(record__number__isnull=False), clinic_id__in=permit.clinics
    )
    found = [
        TextRow(
            row.id, row.clinic.code, row.record.number if row.record else None,
            masked(row.number), row.body, row.word, row.received_at,
        )
        for row in rows.select_related("record", "clinic").order_by("-received_at", "-id")[:limit]
    ]  # fmt: skip
    permit.note("messaging.text.read", table="messaging_incomingtext", count=len(found))
    return found


def unsorted_text(permit: Permit) -> int | None:
    """The next text that came back and was not yet looked at, locked."""
    rows = IncomingText.objects.select_for_update(skip_locked=True)
    return rows.filter(sorted_at__isnull=True).order_by("id").values_list("id", flat=True).first()


_WHOSE = """
  SELECT point.record_id, point.clinic_id FROM messaging_contactpoint point
    JOIN messaging_contact contact ON contact.id = point.contact_id
   WHERE point.kind = 'phone' AND point.ended_at IS NULL AND contact.ended_at IS NULL
     AND contact.relationship = 'self'
     AND right(regexp_replace(point.value, '[^0-9]', '', 'g'), 10) = right(%s, 10)"""


def whose_number(permit: Permit, number: str) -> tuple[int, int] | None:
    """Record and clinic of the one person whose number this is; None for nobody and for several,
    who share a phone. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_WHOSE, [dialed(number)])
        rows = {(int(record), int(clinic)) for record, clinic in cursor.fetchall()}
    return rows.pop() if len({record for record, _ in rows}) == 1 else None


def reply_address(permit: Permit, clinic: int) -> LiveLink | None:
    """The secret address at which a clinic's gateway leaves replies, if one is in use."""
    return next(iter(live_links(permit, RECEIVE, clinic)), None)
