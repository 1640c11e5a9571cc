"""The incident register: entries, their logs and duties. Outside every chart."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Count, Func, Min, Q, QuerySet, Value
from django.http import Http404

from openiop.access.queries.records import numbers
from openiop.kernel.permits import Permit
from openiop.messaging.models import Incident, IncidentStep
from openiop.messaging.queries.clocks import here_of
from openiop.messaging.rules import DUTIES

READ = "messaging.incident.read"
LOG = "log"
# The next number of the register; it is part of the entry's name.
SERIAL = Func(
    Func(Value("messaging_incident"), Value("id"), function="pg_get_serial_sequence"),
    function="nextval", output_field=BigIntegerField(),
)  # fmt: skip


@dataclass(frozen=True)
class IncidentRow:
    """A line of the register."""

    id: int
    number: str
    kind: str
    kind_label: str
    clinic_code: str
    room_name: str
    happened_at: datetime
    reported_at: datetime
    reported_by: str
    open_duties: int
    next_due_at: datetime | None
    overdue: bool
    closed_at: datetime | None


@dataclass(frozen=True)
class Step:
    """A line of the log, or a duty. `reviewed`: somebody checked its clock's rule against the text
    it cites."""

    id: int
    kind: str
    text: str
    rule: str
    reviewed: bool
    at: datetime
    by: str
    due_at: datetime | None
    done_at: datetime | None
    done_by: str
    outcome: str
    waived: bool
    overdue: bool

    @property
    def is_duty(self) -> bool:
        return self.kind != LOG


@dataclass(frozen=True)
class IncidentFacts:
    """One entry with everything on it; `numbers` are the records it concerns."""

    row: IncidentRow
    clinic: int
    clinic_name: str
    timezone: str
    people: int | None
    narrative: str
    numbers: tuple[str, ...]
    closed_by: str
    log: tuple[Step, ...]
    duties: tuple[Step, ...]


OPEN_DUTY = Q(steps__kind__in=DUTIES, steps__done_at__isnull=True)


def incidents(permit: Permit) -> QuerySet[Incident]:
    """Entries of the permit's clinics, with their open duties counted."""
    return (
        Incident.objects.filter(clinic_id__in=permit.clinics)
        .select_related("clinic", "room", "reported_by")
        .annotate(
            duties=Count("steps", filter=OPEN_DUTY),
            next_due_at=Min("steps__due_at", filter=OPEN_DUTY),
        )
    )


def register(
    permit: Permit, *, kind: str = "", state: str = "", clinic: int | None = None
) -> list[IncidentRow]:
    """The register, newest first, narrowed by kind, state ("open", "late", "closed") and clinic;
    one statement."""
    rows = [incident_row(permit, row) for row in narrowed(permit, kind, state, clinic)]
    permit.note(READ, table="messaging_incident", count=len(rows))
    return rows


def register_stream(
    permit: Permit, *, kind: str = "", state: str = "", clinic: int | None = None
) -> Iterator[IncidentRow]:
    """The same rows one by one, for a file."""
    permit.note(READ, table="messaging_incident", fields=("file",))
    for row in narrowed(permit, kind, state, clinic).iterator(200):
        yield incident_row(permit, row)


def narrowed(permit: Permit, kind: str, state: str, clinic: int | None) -> QuerySet[Incident]:
    found = incidents(permit)
    if kind:
        found = found.filter(kind=kind)
    if clinic is not None:
        found = found.filter(clinic_id=clinic)
    if state:
        found = found.filter(closed_at__isnull=state != "closed")
    if state == "late":
        found = found.filter(next_due_at__lt=permit.now)  # type: ignore[misc]  # annotated
    return found.order_by("-happened_at", "-id")


def incident_row(permit: Permit, row: Incident) -> IncidentRow:
    due: datetime | None = row.next_due_at  # type: ignore[attr-defined]
    return IncidentRow(
        id=row.id, number=row.number, kind=row.kind, kind_label=row.get_kind_display(),
        clinic_code=row.clinic.code, room_name=row.room.name if row.room else "",
        happened_at=row.happened_at, reported_at=row.reported_at,
        reported_by=row.reported_by.name, open_duties=row.duties,  # type: ignore[attr-defined]
        next_due_at=due, overdue=due is not None and due < permit.now and row.closed_at is None,
        closed_at=row.closed_at,
    )  # fmt: skip


def incident(permit: Permit, number: str) -> IncidentFacts:
    """One entry by its number, or Http404; four statements at most."""
    return _facts(permit, incidents(permit).filter(number=number))


def own_report(permit: Permit, number: str) -> IncidentFacts:
    """An entry this person reported themselves, or Http404."""
    mine = incidents(permit).filter(number=number, reported_by_id=permit.staff)
    return _facts(permit, mine)


def _facts(permit: Permit, found: QuerySet[Incident]) -> IncidentFacts:
    row = found.select_related("clinic", "room", "reported_by", "closed_by").first()
    if row is None:
        raise Http404("No such incident.")
    lines = list(row.steps.select_related("by", "done_by").order_by("at", "id"))
    place = row.clinic
    here = here_of(permit, place.id, place.name, place.state, place.timezone)
    steps = [_step(permit, each, here.reviewed(each.rule)) for each in lines]
    known = numbers(permit, row.records) if row.records else {}
    permit.note(permit.act.name, table="messaging_incident", row=row.id, kind="read")
    return IncidentFacts(
        row=incident_row(permit, row), clinic=row.clinic_id, clinic_name=row.clinic.name,
        timezone=row.clinic.timezone, people=row.people, narrative=row.narrative,
        numbers=tuple(known[each] for each in row.records if each in known),
        closed_by=row.closed_by.name if row.closed_by else "",
        log=tuple(each for each in steps if not each.is_duty),
        duties=tuple(each for each in steps if each.is_duty),
    )  # fmt: skip


def _step(permit: Permit, row: IncidentStep, reviewed: bool) -> Step:
    return Step(
        id=row.id, kind=row.kind, text=row.text, rule=row.rule, reviewed=reviewed, at=row.at,
        by=row.by.name if row.by else "", due_at=row.due_at, done_at=row.done_at,
        done_by=row.done_by.name if row.done_by else "", outcome=row.outcome, waived=row.waived,
        overdue=bool(row.due_at and row.due_at < permit.now and row.done_at is None),
    )  # fmt: skip
