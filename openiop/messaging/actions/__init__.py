"""What `messaging` can do."""

from openiop.messaging.actions.alerts import raise_alert
from openiop.messaging.actions.contacts import add_contact, add_contact_point
from openiop.messaging.actions.jobs import defer, note_failure, retry_all_jobs, retry_job
from openiop.messaging.actions.outbox import queue_message
from openiop.messaging.actions.tasks import close_task, close_tasks_about, open_task

__all__ = [
    "add_contact",
    "add_contact_point",
    "close_task",
    "close_tasks_about",
    "defer",
    "note_failure",
    "open_task",
    "queue_message",
    "raise_alert",
    "retry_all_jobs",
    "retry_job",
]
