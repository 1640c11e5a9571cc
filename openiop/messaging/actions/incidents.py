"""Report incidents and work on them: log, duties with clocks, director's notice, closing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openiop.access.door import writes
from openiop.kernel.acts import Role
from openiop.kernel.permits import NotPermitted, Permit, Refused
from openiop.messaging.actions.alerts import SEND_NOW, letters_of, new_alert, task_of
from openiop.messaging.actions.jobs import defer
from openiop.messaging.actions.outbox import new_message, queue_each
from openiop.messaging.actions.tasks import NewTask, close_tasks_about, open_each
from openiop.messaging.models import Alert, Incident, IncidentStep, OutboxMessage
from openiop.messaging.queries.alerts import cry
from openiop.messaging.queries.clocks import Here, here_at, here_of
from openiop.messaging.queries.incidents import LOG
from openiop.messaging.queries.oncall import Reachable, answerers
from openiop.messaging.queries.tasks import INCIDENT_DUTY
from openiop.messaging.rules import GRAVE, HELP, Duty, Level, can_close, changed_duties, duties

REPORT, MANAGE = "messaging.incident.write", "messaging.incident.manage"
TABLE, STEPS = "messaging_incident", "messaging_incidentstep"
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
MANY = "incident.breach.many_people"


@dataclass(frozen=True)
class Called:
    """A call for help: the alert that was raised and the number of its incident."""

    alert: int
    incident: str


@writes(REPORT)
def call_for_help(permit: Permit, *, clinic: int, room: int | None = None) -> Called:
    """Help, now, to a room: one tap. Raises the alert and drafts the incident. A second tap for
    the same room within two minutes is the same call."""
    found = cry(permit, clinic, room)
    if found.alert and found.incident:
        return Called(found.alert, found.incident)
    if room and found.room is None:
        raise Http404("No such room.")
    here = here_of(permit, clinic, found.name, found.state, found.timezone)
    people = answerers(permit, clinic, here.today)
    row = _store(permit, found.serial or 0, clinic_id=clinic, kind=HELP, room_id=room,
                 happened_at=permit.now)  # fmt: skip
    sentence = _("Help is needed: %(room)s.") % {"room": found.room or _("the clinic")}
    alert = new_alert(
        permit, here, people, kind=HELP, sentence=sentence, room_id=room, incident_id=row.id
    )
    _begin(permit, row, here, people, alert)
    defer(permit, SEND_NOW, again=True)
    return Called(alert.id, row.number)


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
    open_each(permit, _tasks(permit, row, [duty]))
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
    here = here_at(permit, clinic)
    people = answerers(permit, clinic, here.today)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('messaging_incident', 'id'))")
        row = _store(permit, cursor.fetchone()[0], clinic_id=clinic, **facts)
    _begin(permit, row, here, people)
    return row


def _store(permit: Permit, serial: int, **facts: Any) -> Incident:
    if permit.staff is None:
        raise NotPermitted("no_staff", _("Only a colleague can report an incident."), "")
    row = Incident.objects.create(
        id=serial, number=f"INC-{serial:05d}", organization_id=permit.organization,
        reported_at=permit.now, reported_by_id=permit.staff, **facts,
    )  # fmt: skip
    permit.note(REPORT, table=TABLE, row=row.id)
    return row


def _begin(
    permit: Permit, row: Incident, here: Here, people: Iterable[Reachable],
    alert: Alert | None = None,
) -> None:  # fmt: skip
    """What follows a new entry at once: its duties, the directors' notice, and the alert's call.
    One statement for the steps, the tasks and the messages each, however many they are."""
    directors = [one for one in people if one.rank == Level.DIRECTOR]
    names = ", ".join(one.name for one in directors) or _("nobody: this clinic has no director")
    wanted = duties(row.kind, row.people, _many(here))
    steps = IncidentStep.objects.bulk_create(
        [
            *(_new_step(permit, row, duty, here) for duty in wanted),
            _line(permit, row, _("Notice sent to %(names)s") % {"names": names}),
        ]
    )
    tasks = _tasks(permit, row, [step for step in steps if step.kind != LOG])
    letters = _notices(permit, row, here, directors)
    open_each(permit, [*([task_of(alert)] if alert else []), *tasks])
    queue_each(permit, [*(letters_of(permit, alert, here, people) if alert else []), *letters])


def _follow(permit: Permit, row: Incident) -> None:
    """Give the incident the duties its facts ask for, and set aside those they do not."""
    here = here_at(permit, row.clinic_id)
    present = {step.id: step for step in row.steps.exclude(kind=LOG)}
    change = changed_duties(
        duties(row.kind, row.people, _many(here)),
        {step.id: Duty(step.kind, step.rule) for step in present.values() if not step.done_at},
        {step.kind for step in present.values() if step.done_at and not step.waived},
    )
    for step in change.drop:
        _settle(permit, present[step], _("Not asked for by what happened"), waived=True)
    steps = IncidentStep.objects.bulk_create(
        _new_step(permit, row, duty, here) for duty in change.add
    )
    open_each(permit, _tasks(permit, row, steps))


def _many(here: Here) -> int | None:
    """From how many people on a breach counts as a large one."""
    many = here.clock(MANY)
    return many.amount if many else None


def _new_step(permit: Permit, row: Incident, duty: Duty, here: Here) -> IncidentStep:
    clock = here.clock(duty.rule)
    return IncidentStep(
        organization_id=permit.organization, clinic_id=row.clinic_id, incident=row,
        kind=duty.kind, text=str(WORDS[duty.kind]), rule=duty.rule, at=permit.now,
        by_id=permit.staff, due_at=clock.after(row.reported_at) if clock else None,
    )  # fmt: skip


def _tasks(permit: Permit, row: Incident, steps: Sequence[IncidentStep]) -> list[NewTask]:
    """A task for the directors for each duty; one without a recorded clock is due with the
    first."""
    first = min((step.due_at for step in steps if step.due_at), default=permit.now)
    return [
        NewTask(
            INCIDENT_DUTY, f"{row.number}: {step.text}", row.clinic_id, step.due_at or first,
            about=(STEPS, step.id), role=Role.DIRECTOR.value,
        )
        for step in steps
    ]  # fmt: skip


def _notices(
    permit: Permit, row: Incident, here: Here, directors: Iterable[Reachable]
) -> list[OutboxMessage]:
    """A message to each director of the clinic, in words that say nothing to a stranger."""
    body = _("OpenIOP: an entry in the register of %(clinic)s, %(number)s, waits for you.")
    return [
        new_message(
            permit, key=f"incident:{row.number}:{one.staff}", clinic=row.clinic_id,
            staff=one.staff, channel=one.channel if row.kind in GRAVE else "email",
            subject=_("An entry in the register waits for you"),
            body=body % {"clinic": here.name, "number": row.number},
        )
        for one in directors
    ]  # fmt: skip


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
    _line(permit, row, text).save(force_insert=True)


def _line(permit: Permit, row: Incident, text: str) -> IncidentStep:
    return IncidentStep(
        organization_id=permit.organization, clinic_id=row.clinic_id, incident=row, kind=LOG,
        text=text[:500], at=permit.now, by_id=permit.staff,
    )  # fmt: skip
