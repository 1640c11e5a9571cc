"""Report incidents and work on them: log, duties with clocks, director's notice, closing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openiop.access.door import writes
from openiop.access.queries import rooms, staff_at
from openiop.kernel.acts import Role
from openiop.kernel.permits import NotPermitted, Permit, Refused
from openiop.messaging.actions.alerts import raise_alert
from openiop.messaging.actions.outbox import new_message
from openiop.messaging.actions.tasks import NewTask, close_tasks_about, open_each
from openiop.messaging.models import Alert, Incident, IncidentStep, OutboxMessage
from openiop.messaging.queries.incidents import LOG, Limits, limits
from openiop.messaging.queries.tasks import INCIDENT_DUTY
from openiop.messaging.rules import GRAVE, HELP, Clock, Duty, can_close, changed_duties, duties

REPORT, MANAGE = "messaging.incident.write", "messaging.incident.manage"
TABLE, STEPS = "messaging_incident", "messaging_incidentstep"
SAME_CALL = timedelta(minutes=2)
WORDS = {
    "director_notice": gettext_lazy("Tell the director"),
    "state_report": gettext_lazy("Find out whether the state must be told, and tell it"),
    "debrief": gettext_lazy("Talk it through with those involved"),
    "support": gettext_lazy("Offer support to the staff and the people involved"),
    "notify_people": gettext_lazy("Tell the people whose records are concerned"),
    "count_people": gettext_lazy("Find out how many people are concerned"),
    "notify_agency": gettext_lazy("Tell the federal agency and the press"),
    "log_for_agency": gettext_lazy("Enter it in the yearly log for the federal agency"),
}
CLOCKS = (
    "incident.director_notice.due_hours", "incident.grave.director_notice.due_minutes",
    "incident.state_report.due_hours", "incident.debrief.due_hours",
    "incident.breach.notify_people.due_days", "incident.breach.notify_agency.due_days",
)  # fmt: skip


@dataclass(frozen=True)
class Called:
    """A call for help: the alert that was raised and the number of its incident."""

    alert: int
    incident: str


@writes(REPORT)
def call_for_help(permit: Permit, *, clinic: int, room: int | None = None) -> Called:
    """Help, now, to a room: one tap. Raises the alert and drafts the incident. A second tap for
    the same room within two minutes is the same call."""
    same = Alert.objects.filter(
        clinic_id=clinic, room=room, kind=HELP, acknowledged_at__isnull=True,
        raised_at__gt=permit.now - SAME_CALL,
    ).select_related("incident").first()  # fmt: skip
    if same and same.incident:
        return Called(same.id, same.incident.number)
    names = {each.id: each.name for each in rooms(permit, clinic)} if room else {}
    if room and room not in names:
        raise Http404("No such room.")
    incident = _enter(permit, clinic=clinic, kind=HELP, room_id=room, happened_at=permit.now)
    where = names[room] if room else _("the clinic")
    sentence = _("Help is needed: %(room)s.") % {"room": where}
    alert = raise_alert(
        permit, clinic=clinic, kind=HELP, sentence=sentence, room=room, incident=incident.id
    )
    return Called(alert, incident.number)


@writes(REPORT)
def report_incident(
    permit: Permit,
    *,
    clinic: int,
    kind: str,
    happened_at: datetime,
    narrative: str = "",
    room: int | None = None,
    session: int | None = None,
    people: int | None = None,
    records: Iterable[int] = (),
) -> str:
    """Enter what happened; the entry's number. Its duties get their clocks, the directors are
    told by themselves."""
    return _enter(
        permit, clinic=clinic, kind=kind, happened_at=happened_at, narrative=narrative,
        room_id=room, session=session, people=people, records=list(records),
    ).number  # fmt: skip


@writes(REPORT)
def describe_incident(
    permit: Permit, number: str, *, kind: str, narrative: str, happened_at: datetime | None = None,
    people: int | None = None, records: Iterable[int] = (),
) -> None:  # fmt: skip
    """Say what it was. Whoever reported it may, and whoever works on incidents. Duties follow the
    kind: new ones are added, open ones it does not ask for are set aside."""
    row = _incident(permit, number)
    if row.reported_by_id != permit.staff and not permit.covers(MANAGE):
        raise Http404("No such incident.")
    row.kind, row.narrative, row.people = kind, narrative, people
    row.happened_at = happened_at or row.happened_at
    row.records = sorted({*row.records, *records})
    row.save(update_fields=["kind", "narrative", "people", "happened_at", "records"])
    _follow(permit, row)
    _log(permit, row, _("Described as: %(kind)s") % {"kind": row.get_kind_display()})
    permit.note(REPORT, table=TABLE, row=row.id, fields=("kind", "narrative", "people"))


@writes(MANAGE)
def add_line(permit: Permit, number: str, text: str) -> None:
    """A line in the incident's log; lines only grow."""
    row = _incident(permit, number)
    _log(permit, row, text)
    permit.note(MANAGE, table=TABLE, row=row.id, fields=("log",))


@writes(MANAGE)
def finish_duty(permit: Permit, number: str, step: int, outcome: str) -> None:
    """A duty is done: how, in words."""
    _answer(permit, number, step, outcome, waived=False)


@writes(MANAGE)
def waive_duty(permit: Permit, number: str, step: int, reason: str) -> None:
    """A duty is not needed: the reason stays in the register."""
    _answer(permit, number, step, reason, waived=True)


@writes(MANAGE)
def reopen_duty(permit: Permit, number: str, step: int) -> None:
    """Undo of `finish_duty` and `waive_duty`."""
    row = _incident(permit, number)
    duty = row.steps.exclude(kind=LOG).get(pk=step)
    duty.done_at, duty.done_by_id, duty.outcome, duty.waived = None, None, "", False
    duty.save(update_fields=["done_at", "done_by", "outcome", "waived"])
    _open_tasks(permit, row, [duty])
    _log(permit, row, _("Open again: %(duty)s") % {"duty": duty.text})
    permit.note(MANAGE, table=STEPS, row=step, fields=("done_at",))


@writes(MANAGE)
def close_incident(permit: Permit, number: str, outcome: str) -> None:
    """The incident is worked through. Refused while a duty is open, or nobody said what it was."""
    row = _incident(permit, number)
    left = [duty.text for duty in row.steps.exclude(kind=LOG).filter(done_at__isnull=True)]
    if not can_close(row.kind, len(left)):
        raise Refused(
            "incident_open",
            _("This incident still asks for: %(duties)s.") % {"duties": "; ".join(left)}
            if row.kind != HELP
            else _("Nobody has said yet what happened."),
            _("Do each, or write why it is not needed."),
        )
    row.closed_at, row.closed_by_id = permit.now, permit.staff
    row.save(update_fields=["closed_at", "closed_by"])
    _log(permit, row, _("Closed: %(outcome)s") % {"outcome": outcome})
    permit.note(MANAGE, table=TABLE, row=row.id, fields=("closed_at",))


@writes(MANAGE)
def reopen_incident(permit: Permit, number: str) -> None:
    """Undo of closing."""
    row = _incident(permit, number, closed=True)
    row.closed_at, row.closed_by_id = None, None
    row.save(update_fields=["closed_at", "closed_by"])
    _log(permit, row, _("Opened again"))
    permit.note(MANAGE, table=TABLE, row=row.id, fields=("closed_at",))


# --- inside ------------------------------------------------------------------------------------


def _incident(permit: Permit, number: str, *, closed: bool = False) -> Incident:
    row = (
        Incident.objects.select_for_update()
        .filter(number=number, clinic_id__in=permit.clinics)
        .first()
    )
    if row is None:
        raise Http404("No such incident.")
    if (row.closed_at is not None) != closed:
        raise Refused(
            "incident_closed", _("This incident is closed.") if row.closed_at
            else _("This incident is open."), _("Look at it again."),
        )  # fmt: skip
    return row


def _enter(permit: Permit, *, clinic: int, **facts: Any) -> Incident:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('messaging_incident', 'id'))")
        serial = cursor.fetchone()[0]
    if permit.staff is None:
        raise NotPermitted("no_staff", _("Only a colleague can report an incident."), "")
    row = Incident.objects.create(
        id=serial, number=f"INC-{serial:05d}", organization_id=permit.organization,
        clinic_id=clinic, reported_at=permit.now, reported_by_id=permit.staff,
        **facts,
    )  # fmt: skip
    permit.note(REPORT, table=TABLE, row=row.id)
    here = limits(permit, clinic, CLOCKS)
    _add_duties(permit, row, duties(row.kind, row.people, here.many), here)
    _tell_directors(permit, row, here)
    return row


def _follow(permit: Permit, row: Incident) -> None:
    """Give the incident the duties its facts ask for, and set aside those they do not."""
    here = limits(permit, row.clinic_id, CLOCKS)
    present = {step.id: step for step in row.steps.exclude(kind=LOG)}
    change = changed_duties(
        duties(row.kind, row.people, here.many),
        {step.id: Duty(step.kind, step.rule) for step in present.values() if not step.done_at},
        {step.kind for step in present.values() if step.done_at and not step.waived},
    )
    for step in change.drop:
        _settle(permit, present[step], _("Not asked for by what happened"), waived=True)
    _add_duties(permit, row, change.add, here)


def _add_duties(permit: Permit, row: Incident, wanted: Iterable[Duty], here: Limits) -> None:
    steps = IncidentStep.objects.bulk_create(
        _new_step(permit, row, duty, here.clocks.get(duty.rule)) for duty in wanted
    )
    _open_tasks(permit, row, steps)


def _new_step(permit: Permit, row: Incident, duty: Duty, clock: Clock | None) -> IncidentStep:
    return IncidentStep(
        organization_id=permit.organization, clinic_id=row.clinic_id, incident=row,
        kind=duty.kind, text=str(WORDS[duty.kind]), rule=duty.rule, at=permit.now,
        by_id=permit.staff, due_at=clock.after(row.reported_at) if clock else None,
    )  # fmt: skip


def _open_tasks(permit: Permit, row: Incident, steps: Iterable[IncidentStep]) -> None:
    """A task for the directors for each duty; one without a recorded clock is due with the
    first."""
    steps = list(steps)
    first = min((step.due_at for step in steps if step.due_at), default=permit.now)
    open_each(
        permit,
        [
            NewTask(
                INCIDENT_DUTY, f"{row.number}: {step.text}", row.clinic_id, step.due_at or first,
                about=(STEPS, step.id), role=Role.DIRECTOR.value,
            )
            for step in steps
        ],
    )  # fmt: skip


def _tell_directors(permit: Permit, row: Incident, here: Limits) -> None:
    """A message to each director of the clinic, in words that say nothing to a stranger."""
    directors = staff_at(permit, row.clinic_id, here.today, [Role.DIRECTOR])
    body = _("OpenIOP: an entry in the register of %(clinic)s, %(number)s, waits for you.")
    OutboxMessage.objects.bulk_create(
        (
            new_message(
                permit, key=f"incident:{row.number}:{one.id}", clinic=row.clinic_id, staff=one.id,
                channel="text" if one.phone and row.kind in GRAVE else "email",
                subject=_("An entry in the register waits for you"),
                body=body % {"clinic": here.clinic_name, "number": row.number},
            )
            for one in directors
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    names = ", ".join(one.name for one in directors) or _("nobody: this clinic has no director")
    _log(permit, row, _("Notice sent to %(names)s") % {"names": names})


def _answer(permit: Permit, number: str, step: int, words: str, *, waived: bool) -> None:
    row = _incident(permit, number)
    duty = row.steps.exclude(kind=LOG).filter(pk=step).first()
    if duty is None:
        raise Http404("No such duty.")
    if duty.done_at is not None:
        raise Refused("duty_done", _("That is already answered."), _("Look at it again."))
    _settle(permit, duty, words, waived=waived)
    permit.note(MANAGE, table=STEPS, row=step, fields=("done_at", "outcome"))


def _settle(permit: Permit, duty: IncidentStep, words: str, *, waived: bool) -> None:
    duty.done_at, duty.done_by_id, duty.outcome = permit.now, permit.staff, words
    duty.waived = waived
    duty.save(update_fields=["done_at", "done_by", "outcome", "waived"])
    close_tasks_about(permit, INCIDENT_DUTY, (STEPS, duty.id), words)


def _log(permit: Permit, row: Incident, text: str) -> None:
    IncidentStep.objects.create(
        organization_id=permit.organization, clinic_id=row.clinic_id, incident=row, kind=LOG,
        text=text[:500], at=permit.now, by_id=permit.staff,
    )  # fmt: skip
