"""What the chart does by the clock; every job is safe to repeat."""

from openiop.chart.actions import escalate_unsigned as send_up
from openiop.chart.actions import open_notes
from openiop.chart.queries import sessions_to_open, unsigned_groups
from openiop.kernel.permits import Permit
from openiop.messaging.jobs import each_organization


@each_organization("*/5 * * * *", "chart.note.escalate")
def open_owed(permit: Permit) -> None:
    """After a session, open an empty note for each person who came, so that its clock runs."""
    sessions = sessions_to_open(permit)
    if sessions:
        open_notes(permit, sessions)


@each_organization("20 * * * *", "chart.note.escalate")
def escalate_unsigned(permit: Permit) -> None:
    """Send unsigned notes up: the author, the supervisor, again, the director."""
    groups = unsigned_groups(permit)
    if groups:
        send_up(permit, groups)
