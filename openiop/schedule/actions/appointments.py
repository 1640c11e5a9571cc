"""Book and cancel one-to-one, nurse, test and other visits, alone or inside a group session."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.access.queries import clinics, rooms, staff_names
from openiop.kernel.acts import Role
from openiop.kernel.days import local_day
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.tasks import NewTask, close_tasks_about, open_each
from openiop.patients.queries import person
from openiop.programs.queries import episodes
from openiop.schedule.actions.locks import hold_still
from openiop.schedule.actions.marking import NO_SHOW, recount
from openiop.schedule.actions.occupancy import occupy
from openiop.schedule.models import Appointment, Occupancy
from openiop.schedule.queries.appointments import AppointmentFacts
from openiop.schedule.queries.appointments import appointment as appointment_facts
from openiop.schedule.queries.clashes import FreeTime, Wish, clashes, free_times
from openiop.schedule.queries.sessions import SessionFacts, roster, session
from openiop.schedule.rules.clashes import Clash, hours, sentence

WRITE, TABLE = "schedule.appointment.write", "schedule_appointment"
LONGEST = timedelta(hours=8)
NO_SHOW_DUE = timedelta(hours=24)
OFFERED = 6
CLASH = "clash"


@writes(WRITE)
def book(
    permit: Permit, *, record: int, clinic: int, kind: str, staff: int, starts_at: datetime,
    minutes: int, room: int | None = None, nested_in: int | None = None,
) -> int:  # fmt: skip
    """A visit; its id. `nested_in` a group session it takes place inside that session's hours, and
    its minutes count as the visit's, not the group's.

    Refused with the clash named and free times offered when room, colleague or person is taken.
    """
    visit = Appointment(
        organization_id=permit.organization, clinic_id=clinic, record_id=record, kind=kind,
        staff_id=staff, room_id=room, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes), nested_in_id=nested_in,
    )  # fmt: skip
    group = _checked(permit, visit)
    hold_still([("staff", staff), *([("room", room)] if room else [])])
    try:
        with refusing(_taken()), transaction.atomic():
            _write(permit, visit, group)
    except Refused as no:
        raise _explained(permit, visit, group) if no.code == CLASH else no from no
    permit.note(WRITE, record=record, table=TABLE, row=visit.pk)
    if group:
        recount(permit, group.id, record)
    return visit.pk


@writes(WRITE)
def cancel(permit: Permit, appointment: int, reason: str) -> None:
    """The visit does not take place: room, colleague and person are free, and the minutes inside a
    group are the group's again. Needs a reason."""
    if not reason.strip():
        raise Refused("reason", _("Say why the visit is cancelled."), "", field="reason")
    visit = appointment_facts(permit, appointment)
    if visit.outcome:
        raise Refused(
            "attested", _("This visit is marked already."), _("Take the mark back first.")
        )
    done = Appointment.objects.filter(pk=appointment, cancelled_at__isnull=True).update(
        cancelled_at=permit.now, cancel_reason=reason.strip()
    )
    if not done:
        raise Refused("cancelled", _("This visit is cancelled already."), _("Reload the page."))
    Occupancy.objects.filter(appointment_id=appointment).delete()
    if visit.nested_in:
        _lay_around(visit.nested_in, visit.record)
    permit.note(WRITE, record=visit.record, table=TABLE, row=appointment, fields=("cancelled_at",))
    if visit.nested_in:
        recount(permit, visit.nested_in, visit.record)


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


def _taken() -> dict[str, Refused]:
    no = Refused(CLASH, _("Somebody or something is taken then."), _("Choose another time."))
    return {f"{kind}_in_one_place": no for kind in ("room", "staff", "record")}


def _checked(permit: Permit, visit: Appointment) -> SessionFacts | None:
    """The group session it nests in, once everything about the visit is possible."""
    if visit.kind not in dict(Appointment.KINDS):
        raise Refused("kind", _("Choose what kind of visit it is."), "", field="kind")
    if not visit.starts_at < visit.ends_at <= visit.starts_at + LONGEST:
        raise Refused("minutes", _("A visit takes some minutes."), "", field="minutes")
    if visit.starts_at < permit.now - timedelta(days=1):
        raise Refused("past", _("This time has passed."), _("Give a later one."), field="starts")
    person(permit, visit.record_id)
    if visit.staff_id not in staff_names(permit, [visit.staff_id]):
        raise Refused("staff", _("Choose a colleague."), "", field="staff")
    if visit.room_id and visit.room_id not in {r.id for r in rooms(permit, visit.clinic_id)}:
        raise Refused("room", _("Choose a room of this clinic."), "", field="room")
    return _group(permit, visit) if visit.nested_in_id else None


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


def _write(permit: Permit, visit: Appointment, group: SessionFacts | None) -> None:
    """The visit and what it takes; a person's group lies around it, in the pieces left."""
    visit.save(force_insert=True)
    if group:
        Occupancy.objects.filter(
            kind="record", resource=visit.record_id, session_id=group.id
        ).delete()
    during = DateTimeTZRange(visit.starts_at, visit.ends_at)
    taken = [("record", visit.record_id), ("room", visit.room_id), ("staff", visit.staff_id)]
    Occupancy.objects.bulk_create(
        Occupancy(
            organization_id=permit.organization, kind=kind, resource=resource, during=during,
            appointment=visit,
        )
        for kind, resource in taken
        if resource
    )  # fmt: skip
    if group:
        occupy([group.id], [visit.record_id])


def _lay_around(group: int, record: int) -> None:
    Occupancy.objects.filter(kind="record", resource=record, session_id=group).delete()
    occupy([group], [record])


def _explained(permit: Permit, visit: Appointment, group: SessionFacts | None) -> Refused:
    """The clash as a sentence, and times that are free."""
    needs = [("staff", visit.staff_id), ("record", visit.record_id)]
    needs += [("room", visit.room_id)] if visit.room_id else []
    wishes = [Wish(kind, each, visit.starts_at, visit.ends_at) for kind, each in needs]
    found = clashes(permit, visit.clinic_id, wishes)
    place = clinics(permit).get(pk=visit.clinic_id)
    if group:  # the person is in that group; that is what nesting means
        found = [c for c in found if not (c.kind == "record" and c.held_by == group.track_name)]
    others = sentence([c for c in found if c.kind != "record"], place.timezone)
    own = " ".join(_own(clash, place.timezone) for clash in found if clash.kind == "record")
    return Refused(
        CLASH, f"{others} {own}".strip() or _taken()["room_in_one_place"].sentence,
        _("Choose another time, or book it inside the group."), field="starts",
        choices=tuple(_free(permit, visit, group, needs, place.timezone, place.hours)),
    )  # fmt: skip


def _own(clash: Clash, timezone: str) -> str:
    when = hours(clash.starts_at, clash.ends_at, timezone)
    return _("This person has %(what)s on %(when)s.") % {"what": clash.held_by, "when": when}


def _free(
    permit: Permit, visit: Appointment, group: SessionFacts | None, needs: list[tuple[str, int]],
    timezone: str, opening_hours: dict[str, list[str]],
) -> list[FreeTime]:  # fmt: skip
    zone = ZoneInfo(timezone)
    day = visit.starts_at.astimezone(zone).date()
    opens, closes = map(
        time.fromisoformat, opening_hours.get(str(day.weekday()), ["08:00", "20:00"])
    )
    if group:
        opens, closes = (
            moment.astimezone(zone).time() for moment in (group.starts_at, group.ends_at)
        )
        needs = [need for need in needs if need[0] != "record"]
    length = int((visit.ends_at - visit.starts_at) / timedelta(minutes=1))
    found = free_times(
        permit, needs, day=day, minutes=length, timezone=timezone, opens=opens, closes=closes
    )
    wanted = visit.starts_at.astimezone(UTC)
    return sorted(found, key=lambda free: _distance(free, zone, wanted))[:OFFERED]


def _distance(free: FreeTime, zone: ZoneInfo, wanted: datetime) -> timedelta:
    return abs(datetime.combine(free.on, free.starts, zone).astimezone(UTC) - wanted)
