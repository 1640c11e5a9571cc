"""Raise alerts, answer them, send unanswered ones up."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import staff_names
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.jobs import defer
from openiop.messaging.actions.outbox import new_message, queue_each
from openiop.messaging.actions.tasks import NewTask, open_each
from openiop.messaging.models import Alert, OutboxMessage, Task
from openiop.messaging.queries.clocks import Here, here_at
from openiop.messaging.queries.oncall import Reachable, answer_within, answerers, on_call
from openiop.messaging.rules import Level, first_call, next_call

RAISE, TABLE = "messaging.alert.raise", "messaging_alert"
ACKNOWLEDGE, ESCALATE = "messaging.alert.acknowledge", "messaging.alert.escalate"
SEND_NOW = "messaging.send_outbox"
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
    here = here_at(permit, clinic)
    people = answerers(permit, clinic, here.today)
    alert = new_alert(
        permit, here, people, kind=kind, sentence=sentence, room_id=room, record_id=record,
        incident_id=incident,
    )  # fmt: skip
    _tell(permit, alert, here, people)
    return alert.id


def new_alert(permit: Permit, here: Here, people: Iterable[Reachable], **facts: Any) -> Alert:
    """The alert, stored, on its first step; nobody is told yet."""
    call = first_call(on_call(people))
    alert = Alert.objects.create(
        organization_id=permit.organization, clinic_id=here.clinic, raised_at=permit.now,
        raised_by_id=permit.staff, level=call.level, called=list(call.staff),
        escalate_at=permit.now + answer_within(here), **facts,
    )  # fmt: skip
    permit.note(RAISE, record=alert.record_id, table=TABLE, row=alert.id)
    return alert


@writes(ESCALATE)
def escalate_alert(permit: Permit, alert: int) -> None:
    """Send an unanswered alert one step up: to the backup, then to the directors, again and
    again. Takes one that `queries.overdue_alert` found and locked."""
    row = Alert.objects.get(pk=alert)
    here = here_at(permit, row.clinic_id)
    people = answerers(permit, row.clinic_id, here.today)
    call = next_call(row.level, on_call(people), row.called)
    row.level = call.level
    row.called += [one for one in call.staff if one not in row.called]
    row.escalate_at = permit.now + max(answer_within(here), SOONEST)
    row.save(update_fields=["level", "called", "escalate_at"])
    permit.note(ESCALATE, record=row.record_id, table=TABLE, row=alert, fields=("level", "called"))
    _tell(permit, row, here, people)


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


def _tell(permit: Permit, alert: Alert, here: Here, people: Sequence[Reachable]) -> None:
    """A task and a message to each one called; words that say nothing to a stranger."""
    open_each(permit, [task_of(alert)])
    letters = letters_of(permit, alert, here, people)
    queue_each(permit, letters)
    if letters:
        defer(permit, SEND_NOW)


def task_of(alert: Alert) -> NewTask:
    """The task of an alert's step: of the one who is called, or of all directors."""
    level = Level(alert.level)
    alone = level is not Level.DIRECTOR
    return NewTask(
        TASKS[level], alert.sentence, alert.clinic_id, alert.escalate_at,
        about=(TABLE, alert.id), record=alert.record_id,
        role="" if alone else Role.DIRECTOR.value, staff=alert.called[-1] if alone else None,
    )  # fmt: skip


def letters_of(
    permit: Permit, alert: Alert, here: Here, people: Iterable[Reachable]
) -> list[OutboxMessage]:
    """A message to each one called at the alert's step."""
    body = _("OpenIOP: a call at %(clinic)s waits for your answer. Open the desk.")
    return [
        new_message(
            permit, key=f"alert:{alert.id}:{one.staff}:{permit.now:%Y%m%dT%H%M}",
            channel=one.channel, clinic=alert.clinic_id, staff=one.staff,
            subject=_("A call waits for your answer"), body=body % {"clinic": here.name},
        )
        for one in people
        if one.rank == alert.level
    ]  # fmt: skip
