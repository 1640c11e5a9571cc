"""Ask in time whether a consent that ends goes on."""

from datetime import timedelta

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.intake.queries.consenting import ending_soon
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit
from openiop.messaging.actions.tasks import NewTask, open_each

REMIND, KIND = "intake.consent.remind", "consent_ends"


@writes(REMIND)
def ask_about_endings(permit: Permit) -> int:
    """A task for each consent that ends soon; how many. Asked twice a day it is one task."""
    rows = ending_soon(permit)
    open_each(permit, [
        NewTask(
            kind=KIND, title=_("A consent ends soon: does it go on?"), clinic=row.clinic,
            record=row.record, about=("access_consent", row.id), role=Role.INTAKE,
            due_at=permit.now + timedelta(days=3),
        )
        for row in rows
    ])  # fmt: skip
    return len(rows)
