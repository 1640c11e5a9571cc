"""Records by their number, and who is kept out of them, let in, or let in for an hour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from openiop.access.models import (
    EmergencyAccess,
    KnownPerson,
    RecordBlock,
    RecordGrant,
    Staff,
)
from openiop.access.queries.policies import hours_to_review
from openiop.kernel.permits import Permit

SEEKING = ("access.glass.break", "access.audit.read", "access.record.block",
           "access.record.restrict")  # fmt: skip


@dataclass(frozen=True)
class Sought:
    """A record somebody seeks by number without opening it."""

    id: int
    number: str
    clinic: int
    restricted: bool


@dataclass(frozen=True)
class Emergency:
    """One broken glass, as its reviewer and its user see it."""

    id: int
    number: str
    record: int
    user: int
    name: str
    reason: str
    started_at: datetime
    ends_at: datetime
    review_due_at: datetime
    overdue: bool
    justified: bool | None
    review: str
    reviewed_by: str
    reviewed_at: datetime | None


def sought(permit: Permit, number: str) -> Sought | None:
    """A record of the organization by its number, whoever may open it; None when there is none.

    Only for breaking the glass and for those who decide who may open a record.
    """
    if not any(permit.covers(act) for act in SEEKING):
        permit.require(SEEKING[0])
    return next(iter(_issued(number=number.strip())), None)


def numbers(permit: Permit, records: Iterable[int]) -> dict[int, str]:
    """Record numbers by id, of records the permit may not open too: a number tells nothing."""
    return {one.id: one.number for one in _issued(ids=set(records))}


def _issued(*, number: str = "", ids: Iterable[int] = ()) -> list[Sought]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record, number, clinic, restricted FROM door.records(%s, %s::bigint[])",
            [number, list(ids)],
        )
        return [Sought(*row) for row in cursor.fetchall()]


def open_emergencies(permit: Permit) -> list[Emergency]:
    """The records a broken glass opens to this person now."""
    rows = EmergencyAccess.objects.filter(
        user_id=permit.user or 0, started_at__lte=permit.now, ends_at__gt=permit.now
    )
    return _emergencies(permit, rows.order_by("ends_at"))


def emergencies(permit: Permit, *, reviewed: bool = False) -> list[Emergency]:
    """Broken glasses that wait for a review, oldest first; or those reviewed, newest first."""
    permit.require("access.audit.read")
    rows = EmergencyAccess.objects.filter(reviewed_at__isnull=not reviewed)
    order = "-reviewed_at" if reviewed else "started_at"
    found = _emergencies(permit, rows.order_by(order)[:200])
    permit.note("access.audit.read", table="access_emergencyaccess", count=len(found))
    return found


def _emergencies(permit: Permit, rows: QuerySet[EmergencyAccess]) -> list[Emergency]:
    found = list(rows.select_related("reviewed_by"))
    hours = timedelta(hours=hours_to_review(permit)) if found else timedelta()
    names = names_of_users(permit, (row.user_id for row in found))
    known = numbers(permit, (row.record_id for row in found))
    return [
        Emergency(
            row.id, known.get(row.record_id, ""), row.record_id, row.user_id,
            names.get(row.user_id, ""), row.reason, row.started_at, row.ends_at,
            row.started_at + hours, permit.now > row.started_at + hours, row.justified,
            row.review, row.reviewed_by.name if row.reviewed_by else "", row.reviewed_at,
        )
        for row in found
    ]  # fmt: skip


def names_of_users(permit: Permit, users: Iterable[int | None]) -> dict[int, str]:
    """Names of staff by the id of their account."""
    rows = Staff.objects.filter(user_id__in={user for user in users if user})
    return {int(row.user_id or 0): row.name for row in rows}


def blocks(permit: Permit, record: int) -> list[RecordBlock]:
    """Who is kept out of a record, the standing ones first."""
    permit.require("access.record.block")
    rows = RecordBlock.objects.filter(record_id=record).select_related("user__staff", "set_by")
    return sorted(rows, key=lambda row: (row.lifted_at is not None, row.set_at))


def grants(permit: Permit, record: int) -> list[RecordGrant]:
    """Who may open a restricted record."""
    permit.require("access.record.restrict")
    return list(
        RecordGrant.objects.filter(record_id=record).select_related("user__staff", "granted_by")
    )


@dataclass(frozen=True)
class Acquaintance:
    """Somebody who works here knows the person behind a record."""

    id: int
    staff: str
    user: int | None
    number: str
    relationship: str
    declared_at: datetime
    block_wanted: bool
    answered_at: datetime | None


def declared(permit: Permit) -> list[Acquaintance]:
    """The people this staff member said they know, newest first."""
    rows = KnownPerson.objects.filter(staff_id=permit.staff or 0)
    return _acquaintances(permit, rows.order_by("-declared_at"))


def wishes(permit: Permit) -> list[Acquaintance]:
    """Staff who asked to be kept out of a record and wait for an answer, oldest first."""
    permit.require("access.record.block")
    rows = KnownPerson.objects.filter(block_wanted=True, answered_at=None)
    return _acquaintances(permit, rows.order_by("declared_at"))


def _acquaintances(permit: Permit, rows: QuerySet[KnownPerson]) -> list[Acquaintance]:
    found = list(rows.select_related("staff"))
    known = numbers(permit, (row.record_id for row in found))
    return [
        Acquaintance(
            row.id, row.staff.name, row.staff.user_id, known.get(row.record_id, ""),
            row.relationship, row.declared_at, row.block_wanted, row.answered_at,
        )
        for row in found
    ]  # fmt: skip
