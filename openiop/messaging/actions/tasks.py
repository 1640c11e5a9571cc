"""Open, claim, snooze and close tasks of the worklist."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.models import Task

WRITE, TABLE = "messaging.task.write", "messaging_task"


@dataclass(frozen=True)
class NewTask:
    """A task to open; `about` (table, id) keeps it from being opened twice."""

    kind: str
    title: str
    clinic: int
    due_at: datetime
    about: tuple[str, int]
    record: int | None = None
    role: str = ""
    staff: int | None = None


@writes(WRITE)
def open_task(
    permit: Permit,
    *,
    kind: str,
    title: str,
    clinic: int,
    due_at: datetime,
    record: int | None = None,
    about: tuple[str, int] | None = None,
    role: str = "",
    staff: int | None = None,
) -> int:
    """A task on the worklist; its id. `about` is the row it concerns (table, id): while a task of
    that kind about that row is open, the same one is returned and nothing is doubled.

    The title never holds a name: the worklist shows the record's number.
    """
    task = Task(
        organization_id=permit.organization, clinic_id=clinic, kind=kind, title=title,
        record_id=record, about_table=about[0] if about else "", about_id=about and about[1],
        role=role, staff_id=staff, opened_at=permit.now, due_at=due_at,
    )  # fmt: skip
    if about is None:
        task.save(force_insert=True)
        task_id = task.id
    else:
        Task.objects.bulk_create([task], ignore_conflicts=True)
        task_id = Task.objects.values_list("id", flat=True).get(
            kind=kind, about_table=about[0], about_id=about[1], record_id=record,
            clinic_id=clinic, closed_at__isnull=True,
        )  # fmt: skip
    permit.note(WRITE, record=record, table=TABLE, row=task_id)
    return task_id


@writes(WRITE)
def open_each(permit: Permit, tasks: Iterable[NewTask]) -> None:
    """Several tasks in one statement; one already open about the same row is left as it is."""
    rows = [
        Task(
            organization_id=permit.organization, clinic_id=task.clinic, kind=task.kind,
            title=task.title, record_id=task.record, about_table=task.about[0],
            about_id=task.about[1], role=task.role, staff_id=task.staff, opened_at=permit.now,
            due_at=task.due_at,
        )
        for task in tasks
    ]  # fmt: skip
    Task.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        permit.note(WRITE, record=row.record_id, table=TABLE, fields=("opened_at",))


@writes(WRITE)
def close_task(permit: Permit, task: int, outcome: str) -> None:
    """Done, with its outcome in words. Refused when somebody closed it before."""
    row = Task.objects.filter(pk=task, closed_at__isnull=True).first()
    if row is None:
        raise Refused(
            "task_closed", _("This task is already closed."), _("Look at the worklist again.")
        )
    row.closed_at, row.closed_by_id, row.outcome = permit.now, permit.staff, outcome
    row.save(update_fields=["closed_at", "closed_by", "outcome"])
    permit.note(WRITE, record=row.record_id, table=TABLE, row=task, fields=("closed_at", "outcome"))


@writes(WRITE)
def close_tasks_about(permit: Permit, kind: str, about: tuple[str, int], outcome: str) -> int:
    """Close whatever tasks of a kind are open about a row; how many. Safe to repeat."""
    count = Task.objects.filter(
        kind=kind, about_table=about[0], about_id=about[1], closed_at__isnull=True
    ).update(closed_at=permit.now, closed_by_id=permit.staff, outcome=outcome)
    permit.note(WRITE, table=TABLE, fields=("closed_at", "outcome"), count=count)
    return count
