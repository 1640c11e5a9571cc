"""Book and cancel one-to-one, nurse, test and other visits, alone or inside a group session."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils.translation import gettext as _

from openiop.access.actions import open_record_at
from openiop.access.door import refusing, writes
from openiop.access.queries import clinics
from openiop.kernel.acts import Role
from openiop.kernel.days import local_day
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.tasks import NewTask, close_tasks_about, open_each
from openiop.programs.queries import episodes
from openiop.schedule.actions.locks import hold_still
from openiop.schedule.actions.marking import NO_SHOW, recount
from openiop.schedule.actions.moving import (
    BACKDATED,
    CLASH,
    LONGEST,
    TABLE,
    WRITE,
    keep,
    locked,
    needs,
    of_person,
    refuse_settled,
    rewrite,
    state,
    taken,
)  # fmt: skip
from openiop.schedule.actions.occupancy import occupy
from openiop.schedule.actions.working import away_then
from openiop.schedule.models import Appointment, Occupancy
from openiop.schedule.queries.appointments import AppointmentFacts
from openiop.schedule.queries.appointments import appointment as appointment_facts
from openiop.schedule.queries.bookable import Bookable, bookable
from openiop.schedule.queries.clashes import Wish, clashes, free_times_around
from openiop.schedule.queries.sessions import SessionFacts, roster, session
from openiop.schedule.rules.clashes import sentence

NO_SHOW_DUE = timedelta(hours=24)


def _visit(
    permit: Permit, *, record: int, clinic: int, staff: int, starts_at: datetime, minutes: int,
    kind: str = "", room: int | None = None, nested_in: int | None = None, type: int | None = None,
    mode: str = "in_person",
) -> Appointment:  # fmt: skip
    return Appointment(
        organization_id=permit.organization, clinic_id=clinic, record_id=record, kind=kind,
        staff_id=staff, room_id=room, starts_at=starts_at, type_id=type, mode=mode,
        ends_at=starts_at + timedelta(minutes=minutes), nested_in_id=nested_in,
    )  # fmt: skip


def _explained(no: Refused, permit: Permit, **asked: Any) -> Refused:
    """A clash as a sentence, and times that are free."""
    if no.code != CLASH:
        return no
    visit = _visit(permit, **asked)
    group = _group(permit, visit) if visit.nested_in_id else None
    wanted = needs(visit)
    wishes = [Wish(kind, each, visit.starts_at, visit.ends_at) for kind, each in wanted]
    found = clashes(permit, visit.clinic_id, wishes)
    place = clinics(permit).get(pk=visit.clinic_id)
    free = free_times_around(
        permit, wanted, visit.starts_at, visit.ends_at, place.timezone, place.hours, group
    )
    if group:  # the person is in that group; that is what nesting means
        found = [c for c in found if not (c.kind == "record" and c.held_by == group.track_name)]
    others = sentence([c for c in found if c.kind != "record"], place.timezone)
    own = " ".join(of_person(clash, place.timezone) for clash in found if clash.kind == "record")
    return Refused(
        CLASH, f"{others} {own}".strip() or no.sentence,
        _("Choose another time, or book it inside the group."), field="starts",
        choices=tuple(free),
    )  # fmt: skip


@writes(WRITE, explain=_explained)
def book(
    permit: Permit, *, record: int, clinic: int, staff: int, starts_at: datetime, minutes: int,
    kind: str = "", room: int | None = None, nested_in: int | None = None, type: int | None = None,
    mode: str = "in_person",
) -> int:  # fmt: skip
    """A visit; its id. `nested_in` a group session it takes place inside that session's hours, and
    its minutes count as the visit's, not the group's. A `type` says the kind, who may hold it and
    whether by video; without one only the kind is known.

    Refused with the clash named and free times offered when room, colleague or person is taken.
    """
    visit = _visit(
        permit, record=record, clinic=clinic, staff=staff, starts_at=starts_at, minutes=minutes,
        kind=kind, room=room, nested_in=nested_in, type=type, mode=mode,
    )  # fmt: skip
    hold_still(needs(visit))
    away = check(permit, visit).away
    group = _group(permit, visit) if visit.nested_in_id else None
    if away:
        raise away_then(permit, staff, visit.starts_at, visit.ends_at, away)
    with refusing(taken()):
        _write(permit, visit, group)
    permit.note(WRITE, record=record, table=TABLE, row=visit.pk)
    if group:
        recount(permit, group.id, record)
    return visit.pk


@writes(WRITE)
def cancel(permit: Permit, appointment: int, reason: str) -> UUID:
    """The visit does not take place: room, colleague and person are free, and the minutes inside a
    group are the group's again. Needs a reason. The batch, to undo it by."""
    return cancel_each(permit, [appointment], reason)


@writes(WRITE)
def cancel_each(
    permit: Permit, appointments: list[int], reason: str, *, batch: UUID | None = None,
    ended_series: int | None = None,
) -> UUID:  # fmt: skip
    """Visits that do not take place, as one act; `ended_series` goes on when it is undone."""
    if not reason.strip():
        raise Refused("reason", _("Say why the visit is cancelled."), "", field="reason")
    visits = locked(permit, appointments)
    before = {visit.id: state(visit) for visit in visits.values()}
    for visit in visits.values():
        refuse_settled(visit)
        visit.cancelled_at, visit.cancel_reason = permit.now, reason.strip()
    rewrite(permit, list(visits.values()), before)
    extra = {"ended": ended_series} if ended_series else None
    return keep(permit, visits.values(), before, reason=reason, batch=batch, extra=extra)


@writes(WRITE)
def attest(permit: Permit, appointment: int, outcome: str) -> None:
    """What became of a visit outside a group: "held" or "no_show"; "" takes a slip back on its day.

    Before that it counts for nothing. A no-show opens a follow-up task. May be set right later;
    refused before the visit, for one that was cancelled, and for one inside a group session, whose
    attendance is the group's.
    """
    visit = appointment_facts(permit, appointment)
    _refuse_outcome(permit, visit, outcome)
    Appointment.objects.filter(pk=appointment).update(
        outcome=outcome, outcome_at=permit.now if outcome else None,
        outcome_by_id=permit.staff if outcome else None,
    )  # fmt: skip
    permit.note(WRITE, record=visit.record, table=TABLE, row=appointment, fields=("outcome",))
    if visit.outcome == "no_show" != outcome:
        close_tasks_about(permit, NO_SHOW, (TABLE, appointment), _("Marked differently since."))
    if outcome == "no_show" != visit.outcome:
        _follow_up(permit, visit)


def _refuse_outcome(permit: Permit, visit: AppointmentFacts, outcome: str) -> None:
    if outcome not in ("held", "no_show", ""):
        raise Refused("outcome", _("Choose what became of the visit."), "", field="outcome")
    if visit.cancelled_at:
        raise Refused("cancelled", _("This visit is cancelled."), _("Book it anew."))
    if visit.nested_in:
        raise Refused(
            "nested", _("This visit is part of a group session."),
            _("Mark the person on the attendance of the group."),
        )  # fmt: skip
    if permit.now < visit.starts_at:
        raise Refused(
            "not_begun", _("This visit has not begun."), _("Cancel it, or wait for its start.")
        )
    if not outcome and permit.today(visit.timezone) > local_day(visit.starts_at, visit.timezone):
        raise Refused(
            "day_over", _("This visit was on another day."),
            _("Say what became of it: held, or did not come."),
        )  # fmt: skip


def _follow_up(permit: Permit, visit: AppointmentFacts) -> None:
    on = local_day(visit.starts_at, visit.timezone)
    episode = episodes(permit, [visit.record], on).get(visit.record)
    open_each(permit, [NewTask(
        kind=NO_SHOW, title=_("No-show at a visit: reach the person"), clinic=visit.clinic,
        record=visit.record, about=(TABLE, visit.id), due_at=permit.now + NO_SHOW_DUE,
        role=Role.CLINICIAN, staff=episode.counselor if episode else None,
    )])  # fmt: skip


def check(permit: Permit, visit: Appointment) -> Bookable:
    """Refused unless everything about a new visit is possible, before anybody looks at what is
    taken; a type sets the visit's kind. The facts: whether the colleague is away is told there."""
    if not visit.starts_at < visit.ends_at <= visit.starts_at + LONGEST:
        raise Refused("minutes", _("A visit takes some minutes."), "", field="minutes")
    if visit.starts_at < permit.now - BACKDATED:
        raise Refused("past", _("This time has passed."), _("Give a later one."), field="starts")
    facts = bookable(
        permit, record=visit.record_id, clinic=visit.clinic_id, staff=visit.staff_id,
        starts_at=visit.starts_at, ends_at=visit.ends_at, room=visit.room_id, type=visit.type_id,
    )  # fmt: skip
    if facts.died or facts.merged:
        raise Refused("closed", _("This record is closed."), _("Open the record it leads to."))
    if visit.type_id and (facts.type_kind is None or facts.type_retired):
        raise Refused("type", _("Choose a type of visit."), "", field="type")
    visit.kind = facts.type_kind or visit.kind
    if visit.kind not in dict(Appointment.KINDS):
        raise Refused("kind", _("Choose what kind of visit it is."), "", field="kind")
    if facts.type_modes is not None and visit.mode not in facts.type_modes:
        raise Refused(
            "mode", _("%(type)s is not held that way.") % {"type": facts.type_name},
            _("Choose the other way to meet."), field="mode",
        )  # fmt: skip
    if not facts.colleague:
        raise Refused("staff", _("Choose a colleague."), "", field="staff")
    if not facts.may_hold:
        raise Refused(
            "holder", _("This colleague does not hold %(type)s here.") % {"type": facts.type_name},
            _("Choose another colleague."), field="staff",
        )  # fmt: skip
    if not facts.room:
        raise Refused("room", _("Choose a room of this clinic."), "", field="room")
    if facts.elsewhere:
        open_record_at(permit, visit.record_id, visit.clinic_id, "visit")
    return facts


def _group(permit: Permit, visit: Appointment) -> SessionFacts:
    assert visit.nested_in_id
    group = session(permit, visit.nested_in_id)
    inside = group.starts_at <= visit.starts_at and visit.ends_at <= group.ends_at
    if not group.held or group.clinic != visit.clinic_id or not inside:
        raise Refused(
            "outside", _("This visit does not lie inside the group session."),
            _("Choose a time during the group, or book it on its own."), field="starts",
        )  # fmt: skip
    if visit.record_id not in {seat.record for seat in roster(permit, group.id)}:
        raise Refused(
            "no_seat", _("This person has no seat in that session."),
            _("Book the visit on its own."), field="nested_in",
        )  # fmt: skip
    return group


_BOOK = """
WITH visit AS (
  INSERT INTO schedule_appointment (organization_id, clinic_id, record_id, staff_id, room_id, kind,
         type_id, mode, starts_at, ends_at, link, nested_in_id, cancel_reason, outcome)
  SELECT organization_id, clinic_id, record_id, staff_id, room_id, kind, type_id, mode, starts_at,
         ends_at, '', nested_in_id, '', ''
    FROM jsonb_populate_record(NULL::schedule_appointment, %(visit)s::jsonb)
  RETURNING *
), taken AS (
  INSERT INTO schedule_occupancy (organization_id, kind, resource, during, appointment_id)
  SELECT v.organization_id, t.kind, t.resource, tstzrange(v.starts_at, v.ends_at), v.id
    FROM visit v, LATERAL (VALUES ('record', v.record_id), ('room', v.room_id),
                                  ('staff', v.staff_id)) AS t(kind, resource)
   WHERE t.resource IS NOT NULL
), change AS (
  INSERT INTO schedule_appointmentchange (organization_id, clinic_id, record_id, batch, kind,
         appointment_id, after, reason, at, by_id)
  SELECT organization_id, clinic_id, record_id, %(batch)s, 'book', id, %(after)s::jsonb, '',
         %(at)s, %(by)s
    FROM visit
) SELECT id FROM visit
"""


def _write(permit: Permit, visit: Appointment, group: SessionFacts | None) -> None:
    """The visit and what it takes, in one statement; a person's group lies around it, in the
    pieces left."""
    if group:
        Occupancy.objects.filter(
            kind="record", resource=visit.record_id, session_id=group.id
        ).delete()
    after = state(visit)
    columns = ("organization_id", "clinic_id", "record_id", "kind", "type_id")
    row = {name: getattr(visit, name) for name in columns} | after
    with connection.cursor() as cursor:
        cursor.execute(_BOOK, {
            "visit": json.dumps(row), "batch": uuid4(), "after": json.dumps(after),
            "at": permit.now, "by": permit.staff,
        })  # fmt: skip
        visit.pk = cursor.fetchone()[0]
    if group:
        occupy([group.id], [visit.record_id])
