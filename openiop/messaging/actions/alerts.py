"""Raise alerts, answer them, send unanswered ones up."""

from datetime import timedelta

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import staff_names
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.jobs import defer
from openiop.messaging.actions.outbox import queue_message
from openiop.messaging.actions.tasks import open_task
from openiop.messaging.models import Alert, Task
from openiop.messaging.queries.oncall import Answering, answering
from openiop.messaging.rules import Call, Level, first_call, next_call

RAISE, TABLE = "messaging.alert.raise", "messaging_alert"
ACKNOWLEDGE, ESCALATE = "messaging.alert.acknowledge", "messaging.alert.escalate"
# Each step keeps a task of its own, so that nobody's disappears when the alert climbs.
SOONEST = timedelta(minutes=1)  # nobody is reminded more often
TASKS = {Level.FIRST: "alert", Level.BACKUP: "alert_backup", Level.DIRECTOR: "alert_director"}


@writes(RAISE)
def raise_alert(
    permit: Permit,
    *,
    clinic: int,
    kind: str,
    sentence: str,
    room: int | None = None,
    record: int | None = None,
    incident: int | None = None,
) -> int:
    """Call for help at a clinic; the alert's id. The first on call is told at once; unanswered it
    climbs to the backup and on to the directors.

    `sentence` is read on the worklist: it names a room, never a person.
    """
    alert = Alert(
        organization_id=permit.organization, clinic_id=clinic, kind=kind, sentence=sentence,
        room_id=room, record_id=record, incident_id=incident, raised_at=permit.now,
        raised_by_id=permit.staff,
    )  # fmt: skip
    here = answering(permit, clinic)
    call = first_call(here.oncall)
    alert.level, alert.called = call.level, list(call.staff)
    alert.escalate_at = permit.now + here.within
    alert.save(force_insert=True)
    permit.note(RAISE, record=record, table=TABLE, row=alert.id)
    _tell(permit, alert, call, here)
    return alert.id


@writes(ESCALATE)
def escalate_alert(permit: Permit, alert: int) -> None:
    """Send an unanswered alert one step up: to the backup, then to the directors, again and
    again. Takes one that `queries.overdue_alert` found and locked."""
    row = Alert.objects.get(pk=alert)
    here = answering(permit, row.clinic_id, directors=True)
    call = next_call(row.level, here.oncall, row.called)
    row.level = call.level
    row.called += [one for one in call.staff if one not in row.called]
    row.escalate_at = permit.now + max(here.within, SOONEST)
    row.save(update_fields=["level", "called", "escalate_at"])
    permit.note(ESCALATE, record=row.record_id, table=TABLE, row=alert, fields=("level", "called"))
    _tell(permit, row, call, here)


@writes(ACKNOWLEDGE)
def acknowledge(permit: Permit, alert: int) -> None:
    """Somebody goes: the alert stops climbing. Only the first answer counts."""
    row = Alert.objects.select_for_update().filter(pk=alert, clinic_id__in=permit.clinics).first()
    if row is None:
        raise Http404("No such alert.")
    if row.acknowledged_at is not None:
        raise Refused(
            "already_answered",
            _("%(name)s has already answered this call.") % {"name": _answered_by(permit, row)},
            _("Ask them whether they need you."),
        )
    row.acknowledged_at, row.acknowledged_by_id = permit.now, permit.staff
    row.save(update_fields=["acknowledged_at", "acknowledged_by"])
    Task.objects.filter(
        about_table=TABLE, about_id=alert, closed_at__isnull=True
    ).update(closed_at=permit.now, closed_by_id=permit.staff, outcome=_("Answered"))  # fmt: skip
    permit.note(ACKNOWLEDGE, record=row.record_id, table=TABLE, row=alert)


def _answered_by(permit: Permit, alert: Alert) -> str:
    by = alert.acknowledged_by_id or 0
    return staff_names(permit, [by]).get(by, _("Somebody"))


def _tell(permit: Permit, alert: Alert, call: Call, here: Answering) -> None:
    """A task and a message to each one called; words that say nothing to a stranger."""
    level = Level(call.level)
    open_task(
        permit, kind=TASKS[level], title=alert.sentence[:200], clinic=alert.clinic_id,
        due_at=alert.escalate_at, record=alert.record_id, about=(TABLE, alert.id),
        role=Role.DIRECTOR.value if level is Level.DIRECTOR else "",
        staff=None if level is Level.DIRECTOR else call.staff[0],
    )  # fmt: skip
    body = _("OpenIOP: a call at %(clinic)s waits for your answer. Open the desk.")
    for one in call.staff:
        queue_message(
            permit, key=f"alert:{alert.id}:{one}:{permit.now:%Y%m%dT%H%M}",
            channel="text" if here.phones[one] else "email", clinic=alert.clinic_id, staff=one,
            subject=_("A call waits for your answer"), body=body % {"clinic": here.clinic_name},
        )  # fmt: skip
    if call.staff:
        defer(permit, "messaging.send_outbox")
