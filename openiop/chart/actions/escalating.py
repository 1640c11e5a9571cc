"""What the clock does: open owed notes after a session, send unsigned ones up."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openiop.access.door import writes
from openiop.access.queries import house_values
from openiop.chart.actions.opening import SESSION
from openiop.chart.queries.owed import UnsignedGroup
from openiop.chart.rules.deadlines import Step, hours_in_force, steps_taken
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit
from openiop.messaging.actions.tasks import NewTask, open_each
from openiop.ui.moments import day_text

ROLES = {
    Step.SUPERVISOR: Role.SUPERVISOR,
    Step.SUPERVISOR_AGAIN: Role.SUPERVISOR,
    Step.DIRECTOR: Role.DIRECTOR,
}


@writes("chart.note.escalate")
def escalate_unsigned(permit: Permit, groups: Iterable[UnsignedGroup]) -> int:
    """A task for everybody the unsigned notes of a session have reached; how many. Safe to repeat:
    a task that is open is not opened again."""
    rows = list(groups)
    hours = {
        row.clinic: hours_in_force(row.state, row.on, house_values(permit, row.clinic, row.on))
        for row in rows
    }
    tasks = [
        _task(row, step) for row in rows
        for step in steps_taken(row.ended_at, permit.now, hours[row.clinic])
    ]  # fmt: skip
    open_each(permit, tasks)
    return len(tasks)


def _task(row: UnsignedGroup, step: Step) -> NewTask:
    """The author is asked to sign; a leader is told who has not."""
    role = ROLES.get(step)
    facts = {"n": row.count, "group": row.group, "day": day_text(row.on), "author": row.author_name}
    title = (
        ngettext("Sign %(n)d note of %(group)s, %(day)s", "Sign %(n)d notes of %(group)s, %(day)s",
                 row.count)
        if role is None
        else _("Not signed by %(author)s: %(n)d of %(group)s, %(day)s")
    ) % facts  # fmt: skip
    return NewTask(
        kind=f"note.unsigned.{step}", title=title, clinic=row.clinic, due_at=row.due_at,
        about=(SESSION, row.session), role=role.value if role else "",
        staff=row.author if role is None else None,
    )  # fmt: skip
