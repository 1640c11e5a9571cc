"""The audit as people read it: who opened a record, what somebody did, what was refused."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from openiop.access.models import AuditEvent, RoleAssignment, Staff
from openiop.access.queries.records import names_of_users, numbers
from openiop.kernel.acts import ACTS, Act, Role
from openiop.kernel.days import local
from openiop.kernel.permits import Permit

PAGE = 50


@dataclass(frozen=True)
class AuditFilters:
    """What the events are narrowed to; empty fields narrow nothing. `before` is an event's id: the
    page behind it. Both days are included."""

    record: int | None = None
    user: int | None = None
    act: str = ""
    kind: str = ""
    outcome: str = ""
    first_on: date | None = None
    last_on: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class AuditRow:
    """One event in words."""

    id: int
    at: datetime
    who: str
    user: int | None
    place: str
    act: str
    words: str
    kind: str
    refused: bool
    number: str
    table: str
    row: int | None
    fields: tuple[str, ...]
    count: int | None
    reason: str
    address: str


@dataclass(frozen=True)
class AuditPage:
    """A page of events, newest first; `older` is what `before` takes for the next one, or None."""

    rows: list[AuditRow]
    older: int | None


def events(permit: Permit, wanted: AuditFilters) -> AuditPage:
    """Events newest first, 50 a page; five statements. Reading them is an event itself."""
    permit.require("access.audit.read")
    found = list(_narrowed(permit, wanted).order_by("-id")[: PAGE + 1])
    shown = found[:PAGE]
    rows = _in_words(permit, shown)
    filters = tuple(name for name, value in vars(wanted).items() if value not in ("", None))
    permit.note(
        "access.audit.read", record=wanted.record, table="access_auditevent", count=len(rows),
        fields=filters,
    )  # fmt: skip
    return AuditPage(rows, shown[-1].id if len(found) > PAGE else None)


def all_events(permit: Permit, wanted: AuditFilters) -> Iterator[AuditRow]:
    """Every event that fits, newest first, for a file; read in portions."""
    permit.require("access.audit.read")
    permit.note("access.audit.read", record=wanted.record, table="access_auditevent")
    portion: list[AuditEvent] = []
    for event in _narrowed(permit, wanted).order_by("-id").iterator(chunk_size=1000):
        portion.append(event)
        if len(portion) == 1000:
            yield from _in_words(permit, portion)
            portion = []
    yield from _in_words(permit, portion)


def actors(permit: Permit) -> list[Staff]:
    """Staff with an account, by name, those who left included."""
    return list(Staff.objects.exclude(user=None).order_by("sort_key"))


def act_words(name: str) -> str:
    """An act as a sentence's end: "open a patient"; its name when it is not declared any more."""
    act = _declared().get(name)
    return act.about if act else name


def _declared() -> Mapping[str, Act]:
    return {act.name: act for act in ACTS}


def _narrowed(permit: Permit, wanted: AuditFilters) -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.filter(organization_id=permit.organization)
    same = {
        name: value
        for name in ("record", "user", "act", "kind", "outcome")
        if (value := getattr(wanted, name)) not in ("", None)
    }
    rows = rows.filter(**same)
    if wanted.first_on:
        rows = rows.filter(at__gte=local(wanted.first_on, time(0), permit.timezone))
    if wanted.last_on:
        end = wanted.last_on + timedelta(days=1)
        rows = rows.filter(at__lt=local(end, time(0), permit.timezone))
    return rows.filter(id__lt=wanted.before) if wanted.before else rows


def _in_words(permit: Permit, found: list[AuditEvent]) -> list[AuditRow]:
    names = names_of_users(permit, (row.user for row in found))
    known = numbers(permit, {row.record for row in found if row.record})
    held, acts = _held(found), _declared()
    return [
        AuditRow(
            id=row.id, at=row.at, who=names.get(row.user or 0) or row.actor, user=row.user,
            place=_place(row, held.get(row.user or 0, ()), acts.get(row.act)), act=row.act,
            words=acts[row.act].about if row.act in acts else row.act, kind=row.kind,
            refused=row.outcome == "refused", number=known.get(row.record or 0, ""),
            table=row.table, row=row.row, fields=tuple(row.fields), count=row.count,
            reason=row.reason, address=row.address,
        )
        for row in found
    ]  # fmt: skip


def _held(found: Iterable[AuditEvent]) -> dict[int, list[RoleAssignment]]:
    users = {row.user for row in found if row.user}
    held: dict[int, list[RoleAssignment]] = {}
    rows = RoleAssignment.objects.filter(staff__user_id__in=users)
    for role in rows.select_related("clinic", "staff").order_by("clinic__name", "role"):
        held.setdefault(int(role.staff.user_id or 0), []).append(role)
    return held


def _place(row: AuditEvent, held: Iterable[RoleAssignment], act: Act | None) -> str:
    """The roles that allowed it, with their clinics, as held that day."""
    day = row.at.date()
    fitting = [
        f"{Role(role.role).label}, {role.clinic.name}"
        for role in held
        if day in role.during and (act is None or role.role in act.roles)
    ]
    return "; ".join(fitting)
