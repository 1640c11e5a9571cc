"""What `messaging` can be asked."""

from openiop.messaging.queries.contacts import (
    ContactChoice,
    EmergencyContact,
    contact_choices,
    emergency_contacts,
)
from openiop.messaging.queries.jobs import JobRow, QueueState, queue_state
from openiop.messaging.queries.tasks import TaskRow, open_count, open_tasks

__all__ = [
    "ContactChoice",
    "EmergencyContact",
    "JobRow",
    "QueueState",
    "TaskRow",
    "contact_choices",
    "emergency_contacts",
    "open_count",
    "open_tasks",
    "queue_state",
]
