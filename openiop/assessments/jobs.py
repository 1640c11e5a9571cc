"""Jobs of `assessments`: nobody waits for an evaluation unnoticed."""

from openiop.assessments.actions.safety import ESCALATE, call_again
from openiop.assessments.queries import overdue_concern
from openiop.kernel.permits import Permit
from openiop.messaging.jobs import each_organization


@each_organization("* * * * *", ESCALATE, until_idle=True)
def call_late(permit: Permit) -> None:
    """Call again for the safety evaluation that has waited longest past its time."""
    concern = overdue_concern(permit)
    if concern:
        call_again(permit, concern)
