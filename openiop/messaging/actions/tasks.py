"""Open, claim, snooze and close tasks of the worklist."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.models import Task
from openiop.messaging.queries.tasks import visible
from openiop.messaging.rules import KEPT

WRITE, TABLE = "messaging.task.write", "messaging_task"


@dataclass(frozen=True)
class NewTask:
    """A task to open; `about` (table, id) keeps it from being opened twice. The title never holds
    a name: the worklist shows the record's number."""

    kind: str
    title: str
    clinic: int
    due_at: datetime
    about: tuple[str, int] | None = None
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
    """
    task = _row(permit, NewTask(kind, title, clinic, due_at, about, record, role, staff))
    if about is None:
        task.save(force_insert=True)
        task_id = task.id
    else:
        Task.objects.bulk_create([task], ignore_conflicts=True)
        task_id = Task.objects.values_list("id", flat=True).get(
            kind=kind, about_table=about[0], about_id=about[1], record=record,
            clinic_id=clinic, closed_at__isnull=True,
        )  # fmt: skip
    permit.note(WRITE, record=record, table=TABLE, row=task_id)
    return task_id


@writes(WRITE)
def open_each(permit: Permit, tasks: Iterable[NewTask]) -> None:
    """Several tasks in one statement; one already open about the same row is left as it is."""
    rows = [_row(permit, task) for task in tasks]
    Task.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        permit.note(WRITE, record=row.record_id, table=TABLE, fields=("opened_at",))


def _row(permit: Permit, task: NewTask) -> Task:
    table, row = task.about or ("", None)
    return Task(
        organization_id=permit.organization, clinic_id=task.clinic, kind=task.kind,
        title=task.title[:200], record_id=task.record, about_table=table, about_id=row,
        role=task.role, staff_id=task.staff, opened_at=permit.now, due_at=task.due_at,
    )  # fmt: skip


@writes(WRITE)
def claim_task(permit: Permit, task: int) -> None:
    """Take a task; refused when a colleague has it. `unclaim_task` gives it back."""
    row = _open(permit, task)
    if row.staff_id not in (None, permit.staff):
        raise Refused(
            "task_taken", _("A colleague has taken this task."), _("Ask them, or take another.")
        )
    _change(permit, row, staff_id=permit.staff)


@writes(WRITE)
def unclaim_task(permit: Permit, task: int) -> None:
    """Give a claimed task back to its role; refused for one that was never a role's."""
    row = _open(permit, task)
    if not row.role:
        raise Refused(
            "task_personal", _("This task is for one person."), _("Close it with an outcome.")
        )
    _change(permit, row, staff_id=None)


@writes(WRITE)
def snooze_tasks(permit: Permit, tasks: Iterable[int], until: datetime | None) -> list[int]:
    """Out of sight until a moment; None brings them back. When they are due does not change. The
    ids of those that were open."""
    open_ones = _locked(permit, tasks)
    Task.objects.filter(pk__in=open_ones).update(snoozed_until=until)
    permit.note(WRITE, table=TABLE, fields=("snoozed_until",), count=len(open_ones))
    return open_ones


@writes(WRITE)
def close_task(permit: Permit, task: int, outcome: str) -> None:
    """Done, with its outcome in words. Refused when somebody closed it before."""
    row = _open(permit, task)
    _refuse_kept([row.kind])
    _change(permit, row, closed_at=permit.now, closed_by_id=permit.staff, outcome=outcome)


@writes(WRITE)
def close_tasks(permit: Permit, tasks: Iterable[int], outcome: str) -> list[int]:
    """Close several with one outcome; the ids of those that were open. Refused where one of them
    is closed by its own room only."""
    closed = _locked(permit, tasks)
    Task.objects.filter(pk__in=closed).update(
        closed_at=permit.now, closed_by_id=permit.staff, outcome=outcome
    )
    permit.note(WRITE, table=TABLE, fields=("closed_at", "outcome"), count=len(closed))
    return closed


@writes(WRITE)
def reopen_tasks(permit: Permit, tasks: Iterable[int]) -> None:
    """Undo of closing; refused when the same task was opened anew meanwhile."""
    again = Refused(
        "task_open", _("That task was opened again meanwhile."), _("Look at the worklist again.")
    )
    with refusing({"task_open_once": again}):
        count = visible_ids(permit, tasks).update(
            closed_at=None, closed_by_id=None, outcome="", snoozed_until=None
        )
    permit.note(WRITE, table=TABLE, fields=("closed_at",), count=count)


def visible_ids(permit: Permit, tasks: Iterable[int]) -> QuerySet[Task]:
    """Those of the given tasks that this person may see, without a join: fit for an update."""
    seen = visible(permit).filter(pk__in=list(tasks)).values_list("id", flat=True)
    return Task.objects.filter(pk__in=list(seen))


def _locked(permit: Permit, tasks: Iterable[int]) -> list[int]:
    """Those still open, locked in one order so that two colleagues never wait for each other."""
    rows = visible_ids(permit, tasks).filter(closed_at__isnull=True).select_for_update()
    found = list(rows.order_by("id").values_list("id", "kind"))
    _refuse_kept(kind for _id, kind in found)
    return [task for task, _kind in found]


def _refuse_kept(kinds: Iterable[str]) -> None:
    if KEPT.intersection(kinds):
        raise Refused(
            "task_kept", _("A safety task is closed by a clinician's evaluation only."),
            _("Open the person's page and evaluate; cancelling takes two people."),
        )  # fmt: skip


def _open(permit: Permit, task: int) -> Task:
    row = visible(permit).select_related(None).filter(pk=task).first()
    if row is None:
        raise Http404("No such task.")
    if row.closed_at is not None:
        raise Refused(
            "task_closed", _("This task is already closed."), _("Look at the worklist again.")
        )
    return row


def _change(permit: Permit, row: Task, **facts: Any) -> None:
    """Change an open task; refused when somebody closed it in this very moment."""
    if not Task.objects.filter(pk=row.id, closed_at__isnull=True).update(**facts):
        raise Refused(
            "task_closed", _("This task is already closed."), _("Look at the worklist again.")
        )
    permit.note(WRITE, record=row.record_id, table=TABLE, row=row.id, fields=tuple(sorted(facts)))


@writes(WRITE)
def close_tasks_about(
    permit: Permit, kinds: str | Sequence[str], about: tuple[str, int], outcome: str
) -> int:
    """Close whatever tasks of a kind, or of several, are open about a row; how many. Safe to
    repeat; one statement."""
    wanted = [kinds] if isinstance(kinds, str) else kinds
    count = Task.objects.filter(
        kind__in=wanted, about_table=about[0], about_id=about[1], closed_at__isnull=True
    ).update(closed_at=permit.now, closed_by_id=permit.staff, outcome=outcome)
    permit.note(WRITE, table=TABLE, fields=("closed_at", "outcome"), count=count)
    return count
