"""The individual chart: one person's notes, newest first, with all that was added later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, OuterRef, Prefetch, QuerySet, Subquery, Value, When
from django.http import Http404

from openiop.chart.models import Addendum, CosignRequest, Note, Signature
from openiop.chart.queries.sheet import part_of
from openiop.chart.rules.deadlines import is_late
from openiop.chart.rules.parts import NoteKind, Part
from openiop.kernel.permits import Permit
from openiop.patients.queries import records_of

PAGE = 50


@dataclass(frozen=True)
class Signer:
    """A signature as it stands: name, credentials of that day, when."""

    name: str
    credentials: str
    part: str
    at: datetime


@dataclass(frozen=True)
class Added:
    """What was added after signing, with why; `struck` marks a strike. `cosign` as of a note."""

    kind: str
    text: str
    reason: str
    name: str
    credentials: str
    at: datetime
    cosign: str
    signers: tuple[Signer, ...]

    @property
    def struck(self) -> bool:
        return self.kind == "strike"


@dataclass(frozen=True)
class Origin:
    """Where a note came from: handed over, written anew after a strike, or moved."""

    kind: str
    reason: str
    by: str
    author: str


@dataclass(frozen=True)
class ChartNote:
    """One note as the chart shows it. `shared` is the copy frozen at signing, empty before.

    `hidden`: struck as written about somebody else, so its text is kept out of this chart.
    """

    id: int
    record: int
    session: int | None
    clinic: int
    kind: str
    author: int
    author_name: str
    service_on: date
    ended_at: datetime
    minutes: int
    part: Part
    shared: dict[str, Any]
    due_at: datetime
    started_at: datetime
    signed_at: datetime | None
    signers: tuple[Signer, ...]
    added: tuple[Added, ...]
    hidden: bool
    origin: Origin | None
    successor: str
    overrides: tuple[dict[str, Any], ...]
    cosign: str

    @property
    def struck(self) -> bool:
        return any(each.struck for each in self.added)

    @property
    def late(self) -> bool:
        """Signed after it was due."""
        return self.signed_at is not None and is_late(self.signed_at, self.due_at)

    @property
    def history(self) -> bool:
        """A draft that was handed over or set aside and never signed."""
        return self.kind == NoteKind.UNSIGNED_DRAFT

    @property
    def in_progress(self) -> bool:
        return self.signed_at is None and not self.history


@dataclass(frozen=True)
class ChartPage:
    """Some notes of a chart and where they stand in it (a page of Django's paginator)."""

    notes: list[ChartNote]
    page: "Page[Note]"


def notes_of(permit: Permit, record: int, *, kind: str = "", page: int | str = 1) -> ChartPage:
    """A page of 50 of one person's notes (merged records included), newest first; six statements
    whatever the number."""
    rows = Note.objects.filter(record_id__in=records_of(permit, record))
    if kind:
        rows = rows.filter(kind=kind)
    found = Paginator(_whole(rows.order_by("-service_on", "-id")), PAGE).get_page(page)
    notes = [chart_note(row) for row in found]
    permit.note("chart.note.read", record=record, table="chart_note", count=len(notes))
    return ChartPage(notes, found)


def note(permit: Permit, record: int, note_id: int) -> ChartNote:
    """One note of a person, or Http404."""
    rows = _whole(Note.objects.filter(pk=note_id, record_id__in=records_of(permit, record)))
    row = rows.first()
    if row is None:
        raise Http404("No such note.")
    permit.note("chart.note.read", record=record, table="chart_note", row=note_id)
    return chart_note(row)


def notes_by_id(permit: Permit, ids: Iterable[int]) -> list[ChartNote]:
    """Notes of the permit's clinics, oldest first; four statements."""
    rows = _whole(Note.objects.filter(pk__in=list(ids), clinic_id__in=permit.clinics))
    found = [chart_note(row) for row in rows.order_by("service_on", "id")]
    for each in found:
        permit.note("chart.note.read", record=each.record, table="chart_note", row=each.id)
    return found


def _whole(rows: QuerySet[Note]) -> QuerySet[Note]:
    asked = _asked(note=OuterRef("pk"), addendum__isnull=True)
    added = Addendum.objects.annotate(asked=_asked(addendum=OuterRef("pk")))
    rows = rows.select_related("author", "origin_by", "origin__author").annotate(asked=asked)
    return rows.prefetch_related(
        Prefetch("signatures", Signature.objects.select_related("staff").order_by("signed_at")),
        Prefetch("addenda", added.select_related("author").order_by("signed_at", "id")),
        Prefetch("successors", Note.objects.select_related("author").order_by("id")),
    )


def chart_note(row: Note) -> ChartNote:
    """A row read whole, as the chart shows it."""
    addenda = list(row.addenda.all())
    hidden = any(each.wrong_person for each in addenda)
    return ChartNote(
        id=row.id, record=row.record_id, session=row.session_id, clinic=row.clinic_id,
        kind=row.kind, author=row.author_id, author_name=row.author.name,
        service_on=row.service_on, ended_at=row.ended_at, minutes=row.minutes,
        part=Part() if hidden else part_of(row), shared=row.shared or {}, due_at=row.due_at,
        started_at=row.started_at, signed_at=row.signed_at,
        signers=_signers(row, None),
        added=tuple(
            Added(each.kind, each.text, each.reason, each.author.name, each.credentials,
                  each.signed_at, _state(each), _signers(row, each.pk))
            for each in addenda
        ),
        hidden=hidden, origin=_origin(row), successor=_successor(row),
        overrides=tuple(row.overrides), cosign=_state(row),
    )  # fmt: skip


def _origin(row: Note) -> Origin | None:
    by = row.origin_by.name if row.origin_by else ""
    if row.origin is None:
        return Origin("aside", row.origin_reason, by, "") if row.origin_reason else None
    return Origin(row.origin_kind, row.origin_reason, by, row.origin.author.name)


def _successor(row: Note) -> str:
    """Who wrote the note that follows this one in the same chart."""
    same = (each for each in row.successors.all() if each.record_id == row.record_id)
    return next((each.author.name for each in same), "")


def _signers(row: Note, addendum: int | None) -> tuple[Signer, ...]:
    """Who signed the note, or one addendum to it."""
    return tuple(
        Signer(each.staff.name, each.credentials, each.part, each.signed_at)
        for each in row.signatures.all()
        if each.addendum_id == addendum
    )


def _asked(**about: Any) -> Subquery:
    """How the request for a second signature of a note or an addendum stands."""
    state = Case(
        When(closed_at__isnull=False, then=Value("done")),
        When(waits_for="author", then=Value("returned")),
        default=Value("waiting"),
    )
    return Subquery(CosignRequest.objects.filter(**about).annotate(state=state).values("state"))


def _state(row: Note | Addendum) -> str:
    """ "waiting", "returned", "done" or "" where no co-signature is needed."""
    return str(getattr(row, "asked", None) or "")
