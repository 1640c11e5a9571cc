"""Questionnaires that wait for an answer on somebody's phone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404

from openiop.assessments.models import Asked
from openiop.catalog.instrument import Instrument, find_instrument
from openiop.kernel.permits import Permit

TABLE = "assessments_asked"


@dataclass(frozen=True)
class AskedRow:
    """One that was asked for; `draft` as answered so far."""

    id: int
    kind: Instrument
    draft: Mapping[str, int | None]
    asked_at: datetime
    expires_at: datetime
    sent: bool


def asked_of(permit: Permit, record: int) -> list[AskedRow]:
    """Those of one person whose link still works, newest first; one statement."""
    rows = Asked.objects.select_related("link").filter(
        record_id=record, response__isnull=True, link__revoked_at__isnull=True,
        link__expires_at__gt=permit.now,
    )  # fmt: skip
    found = [each for each in map(_row, rows.order_by("-asked_at", "-id")) if each]
    permit.note("assessments.response.read", record=record, table=TABLE, count=len(found))
    return found


def asked_by_link(permit: Permit, record: int, asked: int) -> AskedRow:
    """The one that a link is for, or Http404."""
    found = Asked.objects.select_related("link").filter(pk=asked, record_id=record).first()
    row = _row(found) if found else None
    if row is None:
        raise Http404("Nothing was asked.")
    permit.note("assessments.link.answer", record=record, table=TABLE, row=asked)
    return row


def _row(row: Asked) -> AskedRow | None:
    kind = find_instrument(row.instrument)
    if kind is None or row.link is None:
        return None
    sent = row.response_id is not None
    return AskedRow(row.pk, kind, row.draft, row.asked_at, row.link.expires_at, sent)
