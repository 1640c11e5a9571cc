"""Questionnaires of one person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404

from openiop.assessments.models import Response
from openiop.catalog.instrument import Instrument, find_instrument
from openiop.kernel.permits import Permit

READ, TABLE = "assessments.response.read", "assessments_response"


@dataclass(frozen=True)
class ResponseRow:
    """One questionnaire as answered; `replaced`: a later row corrects it."""

    id: int
    instrument: str
    version: str
    answers: Mapping[str, int | None]
    facts: Mapping[str, str | int | None]
    score: int | None
    band: str
    subscores: Mapping[str, int]
    alerts: tuple[str, ...]
    unscored: str
    danger: bool
    mode: str
    taken_at: datetime
    entered_at: datetime
    by: str
    supersedes: int | None
    reason: str
    replaced: bool

    @property
    def kind(self) -> Instrument | None:
        """The questionnaire; None where the catalog does not ship it any more."""
        return find_instrument(self.instrument)

    @property
    def title(self) -> str:
        return self.kind.title if self.kind else self.instrument


def responses_of(permit: Permit, record: int) -> list[ResponseRow]:
    """All of one person, newest first, corrected ones included; one statement."""
    rows = _rows().filter(record_id=record).order_by("-taken_at", "-id")
    found = [row_of(each) for each in rows]
    permit.note(READ, record=record, table=TABLE, count=len(found))
    return found


def response(permit: Permit, record: int, wanted: int) -> ResponseRow:
    """One of a person, or Http404."""
    row = _rows().filter(record_id=record, pk=wanted).first()
    if row is None:
        raise Http404("No such answers.")
    permit.note(READ, record=record, table=TABLE, row=wanted)
    return row_of(row)


def _rows() -> QuerySet[Response]:
    return Response.objects.select_related("entered_by", "superseded_by")


def row_of(row: Response) -> ResponseRow:
    """A stored row as pages show it."""
    return ResponseRow(
        row.pk, row.instrument, row.version, row.answers, row.facts, row.score, row.band,
        row.subscores, tuple(row.alerts), row.unscored, row.danger, row.mode, row.taken_at,
        row.entered_at, row.entered_by.name if row.entered_by else "", row.supersedes_id,
        row.reason, hasattr(row, "superseded_by"),
    )  # fmt: skip
