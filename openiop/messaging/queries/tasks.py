"""The worklist: what is open, whose it is, what is late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit
from openiop.messaging.models import Task

INCIDENT_DUTY = "incident_duty"


@dataclass(frozen=True)
class TaskRow:
    """One task as lists show it; `number` is the record's, never a name."""

    id: int
    kind: str
    title: str
    clinic: int
    clinic_code: str
    record: int | None
    number: str | None
    about: tuple[str, int] | None
    role: str
    staff: int | None
    staff_name: str
    opened_at: datetime
    due_at: datetime
    snoozed_until: datetime | None
    overdue: bool

    @property
    def role_label(self) -> str:
        """The role in words, "Front desk"."""
        return self.role.replace("_", " ").capitalize()


def visible(permit: Permit) -> QuerySet[Task]:
    """Tasks of the permit's clinics, without those about a record closed to this user, and
    without the incident register's for those who may not read it."""
    rows = Task.objects.filter(
        Q(record__isnull=True) | Q(record__number__isnull=False), clinic_id__in=permit.clinics
    )
    return rows if _reads_incidents(permit) else rows.exclude(kind=INCIDENT_DUTY)


def _reads_incidents(permit: Permit) -> bool:
    return permit.user is None or permit.holds(*ACTS["messaging.incident.read"].roles)


def waiting(permit: Permit) -> QuerySet[Task]:
    """Open tasks that are not snoozed, overdue ones first."""
    return visible(permit).filter(
        Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=permit.now), closed_at__isnull=True
    ).order_by("due_at", "id")  # fmt: skip


def for_me(permit: Permit) -> Q:
    """My own tasks, and those of my roles at each clinic that nobody has claimed."""
    clinics_by_roles: dict[frozenset[str], list[int]] = {}
    for clinic, roles in permit.roles.items():
        clinics_by_roles.setdefault(frozenset(role.value for role in roles), []).append(clinic)
    mine = Q(staff_id=permit.staff)
    for names, clinics in clinics_by_roles.items():
        mine |= Q(staff__isnull=True, role__in=names, clinic_id__in=clinics)
    return mine


# `waiting` and `for_me`, written out because every page asks.
_FROM = """
    FROM messaging_task task LEFT JOIN access_record record ON record.id = task.record_id"""
_WAITING = """
   WHERE task.clinic_id = ANY(%(clinics)s) AND task.closed_at IS NULL
     AND (task.snoozed_until IS NULL OR task.snoozed_until <= %(now)s)
     AND (task.record_id IS NULL OR record.id IS NOT NULL)
     AND (%(reads)s OR task.kind <> %(duty)s)"""
_FOR_ME = """
     AND (task.staff_id = %(me)s OR task.staff_id IS NULL AND (task.clinic_id, task.role) IN (
          SELECT * FROM unnest(%(at)s::bigint[], %(roles)s::text[])))"""
_COUNT = f"SELECT count(*) {_FROM} {_WAITING} {_FOR_ME}"
_ROWS = f"""
  SELECT task.id, task.kind, task.title, task.clinic_id, clinic.code, task.record_id,
         record.number, task.about_table, task.about_id, task.role, task.staff_id,
         coalesce(staff.first_name || ' ' || staff.last_name, ''), task.opened_at, task.due_at,
         task.snoozed_until, task.due_at < %(now)s, count(*) OVER ()
         {_FROM}
    JOIN access_clinic clinic ON clinic.id = task.clinic_id
    LEFT JOIN access_staff staff ON staff.id = task.staff_id
         {_WAITING}"""
_MOST_URGENT = " ORDER BY task.due_at, task.id LIMIT %(most)s"
_NARROWED = {
    "staff": " AND task.staff_id = %(staff)s", "clinic": " AND task.clinic_id = %(clinic)s",
    "record": " AND task.record_id = %(record)s", "kinds": " AND task.kind = ANY(%(kinds)s)",
}  # fmt: skip


def open_count(permit: Permit) -> int:
    """How many tasks wait for this person: the number in the frame of every page."""
    return int(_asked(permit, _COUNT, **_me(permit))[0][0])


def my_tasks(permit: Permit, most: int) -> tuple[list[TaskRow], int]:
    """My own open tasks and those of my roles that nobody claimed, the most urgent ones, and how
    many there are (`open_count`); one statement."""
    rows = _asked(permit, _ROWS + _FOR_ME + _MOST_URGENT, **_me(permit), most=most)
    return [_row(row) for row in rows], int(rows[0][-1]) if rows else 0


def open_tasks(
    permit: Permit, *, staff: int | None = None, clinic: int | None = None,
    record: int | None = None, kinds: Iterable[str] | None = None,
) -> list[TaskRow]:  # fmt: skip
    """Open tasks that are not snoozed, overdue first; each argument narrows. One statement."""
    given = {"staff": staff, "clinic": clinic, "record": record,
             "kinds": None if kinds is None else list(kinds)}  # fmt: skip
    asked = {name: value for name, value in given.items() if value is not None}
    narrowed = "".join(_NARROWED[name] for name in asked)
    return _rows(permit, _ROWS + narrowed + _MOST_URGENT, most=None, **asked)


def _me(permit: Permit) -> dict[str, Any]:
    held = [(clinic, role.value) for clinic, roles in permit.roles.items() for role in roles]
    return {"me": permit.staff, "at": [clinic for clinic, _ in held],
            "roles": [role for _, role in held]}  # fmt: skip


def _asked(permit: Permit, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    asked: dict[str, Any] = {
        "clinics": list(permit.clinics), "now": permit.now, "duty": INCIDENT_DUTY,
        "reads": _reads_incidents(permit),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, asked | values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _rows(permit: Permit, statement: str, **values: Any) -> list[TaskRow]:
    return [_row(row) for row in _asked(permit, statement, **values)]


def _row(row: tuple[Any, ...]) -> TaskRow:
    *head, table, about = row[:9]
    values = (*head, (table, about) if about else None, *row[9:-1])
    return TaskRow(*values)


# Whose tasks the worklist shows.
WHOSE = ("me", "mine", "role", "clinic", "snoozed")


def whose(permit: Permit, which: str) -> QuerySet[Task]:
    """Open tasks: "me" mine and my roles' unclaimed, "mine", "role" my roles' unclaimed, "clinic"
    all of them, "snoozed" those out of sight for now."""
    if which == "snoozed":
        later = visible(permit).filter(closed_at__isnull=True, snoozed_until__gt=permit.now)
        return later.order_by("snoozed_until", "id")
    rows = waiting(permit)
    if which == "clinic":
        return rows
    if which == "mine":
        return rows.filter(staff=permit.staff)
    rows = rows.filter(for_me(permit))
    return rows.filter(staff__isnull=True) if which == "role" else rows


def worklist(
    permit: Permit, which: str, *, clinic: int | None = None, kind: str = "", limit: int = 200
) -> list[TaskRow]:
    """The worklist page's rows, overdue first; one statement."""
    rows = whose(permit, which)
    if clinic is not None:
        rows = rows.filter(clinic_id=clinic)
    if kind:
        rows = rows.filter(kind=kind)
    found = task_rows(permit, rows[:limit])
    permit.note("messaging.task.read", table="messaging_task", count=len(found))
    return found


def task_counts(permit: Permit) -> dict[str, int]:
    """How many tasks each choice of `WHOSE` shows; one statement."""
    now, mine = permit.now, for_me(permit)
    later = Q(snoozed_until__gt=now)
    counted = visible(permit).filter(closed_at__isnull=True).aggregate(
        me=Count("id", filter=~later & mine),
        mine=Count("id", filter=~later & Q(staff=permit.staff)),
        role=Count("id", filter=~later & mine & Q(staff__isnull=True)),
        clinic=Count("id", filter=~later), snoozed=Count("id", filter=later),
    )  # fmt: skip
    return dict(counted)


def task_rows(permit: Permit, tasks: QuerySet[Task]) -> list[TaskRow]:
    """Tasks as lists show them; one statement."""
    return [row_of(permit, task) for task in tasks.select_related("record", "staff", "clinic")]


def row_of(permit: Permit, task: Task) -> TaskRow:
    """One task, its record, staff and clinic already read, as lists show it."""
    return TaskRow(
        id=task.id, kind=task.kind, title=task.title, clinic=task.clinic_id,
        clinic_code=task.clinic.code, record=task.record_id,
        number=task.record.number if task.record else None,
        about=(task.about_table, task.about_id) if task.about_id else None,
        role=task.role, staff=task.staff_id, staff_name=task.staff.name if task.staff else "",
        opened_at=task.opened_at, due_at=task.due_at, snoozed_until=task.snoozed_until,
        overdue=task.due_at < permit.now,
    )  # fmt: skip
