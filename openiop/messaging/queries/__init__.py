"""What `messaging` can be asked."""

from openiop.messaging.queries.alerts import AlertRow, alert, current_alerts, overdue_alert
from openiop.messaging.queries.contacts import (
    ContactChange,
    ContactChoice,
    ContactRow,
    EmergencyContact,
    PointRow,
    contact_choices,
    contacts_of,
    emergency_contacts,
    point_history,
)
from openiop.messaging.queries.incidents import (
    IncidentFacts,
    IncidentRow,
    incident,
    own_report,
    register,
    register_stream,
)
from openiop.messaging.queries.jobs import JobRow, QueueState, queue_state
from openiop.messaging.queries.oncall import (
    Answerer,
    OnCallNow,
    RotaDay,
    on_call_now,
    rota,
)
from openiop.messaging.queries.outbox import (
    MessageRow,
    due_message,
    outbox,
    safe_mode,
    state_counts,
)
from openiop.messaging.queries.tasks import (
    TaskRow,
    open_count,
    open_tasks,
    task,
    task_counts,
    task_rows,
    worklist,
)

__all__ = [
    "AlertRow",
    "Answerer",
    "ContactChange",
    "ContactChoice",
    "ContactRow",
    "EmergencyContact",
    "IncidentFacts",
    "IncidentRow",
    "JobRow",
    "MessageRow",
    "OnCallNow",
    "PointRow",
    "QueueState",
    "RotaDay",
    "TaskRow",
    "alert",
    "contact_choices",
    "contacts_of",
    "current_alerts",
    "due_message",
    "emergency_contacts",
    "incident",
    "on_call_now",
    "open_count",
    "open_tasks",
    "outbox",
    "overdue_alert",
    "own_report",
    "point_history",
    "queue_state",
    "register",
    "register_stream",
    "rota",
    "safe_mode",
    "state_counts",
    "task",
    "task_counts",
    "task_rows",
    "worklist",
]
