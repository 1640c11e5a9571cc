"""Move booked visits, many in one act: all of it happens or nothing, and one press takes it back.

What a visit was and became is kept as its state; whatever it takes up is given back first and
written anew from the rows, so that two visits may exchange their times.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import ProtectedError
from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.access.queries import clinics, rooms, staff_names
from openiop.kernel.intervals import Interval
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.actions.freed import offer_freed, wishes_back
from openiop.schedule.actions.locks import hold_still
from openiop.schedule.actions.marking import recount
from openiop.schedule.actions.occupancy import occupy, occupy_visits
from openiop.schedule.actions.working import refuse_away
from openiop.schedule.models import Appointment, AppointmentChange, Occupancy, Series, Session
from openiop.schedule.queries.bookable import not_held
from openiop.schedule.queries.clashes import Wish, clashes, free_times_around
from openiop.schedule.queries.needs import interpreters_of_visits
from openiop.schedule.queries.series import away_during
from openiop.schedule.rules.clashes import Clash, hours, sentence

WRITE, TABLE = "schedule.appointment.write", "schedule_appointment"
CLASH = "clash"
LONGEST = timedelta(hours=8)
BACKDATED = timedelta(days=1)  # a visit of yesterday evening is entered the next morning
STATE = (
    "starts_at", "ends_at", "staff_id", "room_id", "mode", "nested_in_id", "cancelled_at",
    "cancel_reason",
)  # fmt: skip
TIMES = ("starts_at", "ends_at", "cancelled_at")


@dataclass(frozen=True)
class Move:
    """Where one visit goes; `minutes` None keeps its length, `room` None is no room."""

    appointment: int
    starts_at: datetime
    staff: int
    room: int | None
    minutes: int | None = None


def state(visit: Appointment) -> dict[str, Any]:
    """What a change may alter of a visit, as JSON."""
    kept = {name: getattr(visit, name) for name in STATE}
    moments = {name: kept[name].astimezone(UTC) if kept[name] else None for name in TIMES}
    return kept | {name: at.isoformat() if at else None for name, at in moments.items()}


def put_back(visit: Appointment, kept: Mapping[str, Any]) -> None:
    """Set a visit to a state; not saved yet."""
    for name in STATE:
        value = kept[name]
        setattr(visit, name, datetime.fromisoformat(value) if name in TIMES and value else value)


@writes(WRITE)
def move(permit: Permit, moves: Sequence[Move], reason: str = "") -> UUID:
    """All these visits go where their moves say, or none does; the batch, to undo it by.

    Two may exchange their times. A visit inside a group that is moved out of it stands alone.
    Refused with the clash named and free times, and for a visit cancelled, marked or long past.
    """
    if not moves or len({each.appointment for each in moves}) < len(moves):
        raise Refused("moves", _("Say which visits go where, each once."), _("Reload the page."))
    visits = locked(permit, [each.appointment for each in moves])
    before = {visit.id: state(visit) for visit in visits.values()}
    hold_still(_resources(visits.values(), moves))
    for each in moves:
        _refuse_move(permit, visits[each.appointment], each)
        _apply(visits[each.appointment], each)
    _refuse_places(permit, visits.values())
    refuse_any_away(permit, visits.values())
    rewrite(permit, list(visits.values()), before)
    return keep(permit, visits.values(), before, reason=reason)


@writes(WRITE)
def undo(permit: Permit, batch: UUID) -> list[int]:
    """The visits of a batch are what they were before it, row for row; a visit it made is gone.

    Refused when one was changed or marked since, or when something else has the old time now.
    """
    changes = list(AppointmentChange.objects.filter(
        batch=batch, clinic_id__in=permit.clinics).select_for_update().order_by("id"))  # fmt: skip
    if not changes:
        raise Http404("No such change.")
    visits = locked(permit, [change.appointment_id for change in changes])
    _refuse_if_passed(changes, visits)
    now = {visit.id: state(visit) for visit in visits.values()}
    hold_still(_resources(visits.values()))
    made = [change.appointment_id for change in changes if change.before is None]
    for change in changes:
        if change.before is not None:
            put_back(visits[change.appointment_id], change.before)
    kept = [visit for visit in visits.values() if visit.id not in made]
    hold_still(_resources(kept))
    AppointmentChange.objects.filter(batch=batch).update(
        undone_at=permit.now, undone_by_id=permit.staff
    )
    _unmake(permit, [visits[each] for each in made])
    _series_back(changes)
    if kept:
        rewrite(permit, kept, now)
        wishes_back([visit.id for visit in kept], changes[0].at)
    for change in changes:
        permit.note(WRITE, record=change.record_id, table=TABLE, row=change.appointment_id,
                    fields=("undone",))  # fmt: skip
    return [visit.id for visit in kept]


def locked(permit: Permit, ids: Collection[int]) -> dict[int, Appointment]:
    """Visits at the permit's clinics, held until the transaction ends; Http404 if one is not."""
    rows = Appointment.objects.filter(pk__in=ids, clinic_id__in=permit.clinics)
    found = {row.id: row for row in rows.order_by("id").select_for_update()}
    if len(found) < len(set(ids)):
        raise Http404("No such visit.")
    return found


def keep(
    permit: Permit, visits: Iterable[Appointment], before: Mapping[int, dict[str, Any] | None], *,
    reason: str = "", batch: UUID | None = None, kind: str = "",
    extra: Mapping[str, Any] | None = None,
) -> UUID:  # fmt: skip
    """Write down what one act did to visits, and in the audit; `extra` is what else undo needs."""
    batch, visits = batch or uuid4(), list(visits)
    rows = []
    for visit in visits:
        was, became = before.get(visit.id), state(visit)
        rows.append(AppointmentChange(
            organization_id=visit.organization_id, clinic_id=visit.clinic_id,
            record_id=visit.record_id, batch=batch, kind=kind or _kind(was, became),
            appointment=visit, before=was, after=became | dict(extra or {}),
            reason=reason.strip(), at=permit.now, by_id=permit.staff,
        ))  # fmt: skip
        changed = tuple(name for name in STATE if was and was[name] != became[name])
        permit.note(WRITE, record=visit.record_id, table=TABLE, row=visit.id, fields=changed)
    AppointmentChange.objects.bulk_create(rows)
    offer_freed(permit, visits, before)
    return batch


def _kind(was: Mapping[str, Any] | None, became: Mapping[str, Any]) -> str:
    if was is None:
        return "book"
    if became["cancelled_at"]:
        return "cancel"
    return "move" if was["starts_at"] != became["starts_at"] else "staff"


def _resources(visits: Iterable[Appointment], moves: Iterable[Move] = ()) -> list[tuple[str, int]]:
    """Rooms and colleagues of visits and of where they go."""
    places = [(visit.staff_id, visit.room_id) for visit in visits]
    places += [(each.staff, each.room) for each in moves]
    staff = [("staff", who) for who, _room in places]
    return staff + [("room", room) for _who, room in places if room]


def _refuse_move(permit: Permit, visit: Appointment, wanted: Move) -> None:
    refuse_settled(visit)
    length = timedelta(minutes=wanted.minutes or 0)
    if wanted.minutes is not None and not timedelta(0) < length <= LONGEST:
        raise Refused("minutes", _("A visit takes some minutes."), "", field="minutes")
    if wanted.starts_at < permit.now - BACKDATED:
        raise Refused("past", _("This time has passed."), _("Give a later one."), field="starts")


def refuse_settled(visit: Appointment) -> None:
    """Refused for a visit that is cancelled, or of which somebody said what became of it."""
    if visit.cancelled_at:
        raise Refused("cancelled", _("This visit is cancelled already."), _("Reload the page."))
    if visit.outcome:
        raise Refused(
            "attested", _("This visit is marked already."), _("Take the mark back first.")
        )


def _apply(visit: Appointment, wanted: Move) -> None:
    length = visit.ends_at - visit.starts_at
    if wanted.minutes is not None:
        length = timedelta(minutes=wanted.minutes)
    visit.starts_at, visit.ends_at = wanted.starts_at, wanted.starts_at + length
    visit.staff_id, visit.room_id = wanted.staff, wanted.room
    if visit.nested_in_id:
        inside = Session.objects.filter(
            pk=visit.nested_in_id, starts_at__lte=visit.starts_at, ends_at__gte=visit.ends_at
        )
        visit.nested_in_id = visit.nested_in_id if inside.exists() else None


def _refuse_places(permit: Permit, visits: Collection[Appointment]) -> None:
    wanted = {visit.staff_id for visit in visits}
    if wanted - set(staff_names(permit, wanted)):
        raise Refused("staff", _("Choose a colleague."), "", field="staff")
    for name in not_held(visits):
        raise Refused(
            "holder", _("This colleague does not hold %(type)s here.") % {"type": name},
            _("Choose another colleague."), field="staff",
        )  # fmt: skip
    for clinic in {visit.clinic_id for visit in visits if visit.room_id}:
        known = {room.id for room in rooms(permit, clinic)}
        if any(v.room_id and v.room_id not in known for v in visits if v.clinic_id == clinic):
            raise Refused("room", _("Choose a room of this clinic."), "", field="room")


def refuse_any_away(permit: Permit, visits: Collection[Appointment]) -> None:
    """Refused where a colleague of one of these visits is away then; one statement else."""
    whole = Interval(min(v.starts_at for v in visits), max(v.ends_at for v in visits))
    away = away_during({visit.staff_id for visit in visits}, whole)
    for staff, during in away.values_list("staff_id", "during"):
        for visit in visits:
            there = visit.starts_at < during.upper and during.lower < visit.ends_at
            if visit.staff_id == staff and there:
                refuse_away(permit, staff, visit.starts_at, visit.ends_at)


def rewrite(
    permit: Permit, visits: list[Appointment], before: Mapping[int, dict[str, Any]]
) -> None:
    """Save visits whose fields were changed, and what they take up; `before` are their states."""
    groups = {(g, v.record_id) for v in visits if (g := before[v.id]["nested_in_id"])}
    groups |= {(v.nested_in_id, v.record_id) for v in visits if v.nested_in_id}
    try:
        with refusing(taken()), transaction.atomic():
            _write(visits, groups)
    except Refused as no:
        raise _explained(permit, visits) if no.code == CLASH else no from no
    for group, record in sorted(groups):
        recount(permit, group, record)


def _write(visits: list[Appointment], groups: Collection[tuple[int, int]]) -> None:
    Occupancy.objects.filter(appointment_id__in=[visit.id for visit in visits]).delete()
    for group, record in sorted(groups):
        Occupancy.objects.filter(kind="record", resource=record, session_id=group).delete()
    Appointment.objects.bulk_update(visits, STATE)
    occupy_visits(visit.id for visit in visits)
    for group, record in sorted(groups):
        occupy([group], [record])


def taken() -> dict[str, Refused]:
    """The refusal for each constraint that keeps everybody in one place."""
    no = Refused(CLASH, _("Somebody or something is taken then."), _("Choose another time."))
    return {f"{kind}_in_one_place": no for kind in ("room", "staff", "record", "provider")}


def _explained(permit: Permit, visits: list[Appointment]) -> Refused:
    """What stands in the way, as sentences; for one visit also the times that are free."""
    first = visits[0]
    place = clinics(permit).get(pk=first.clinic_id)
    wanted = [visit for visit in visits if not visit.cancelled_at]
    booked = interpreters_of_visits(permit, [visit.id for visit in wanted])
    takes = {visit.id: needs(visit) for visit in wanted}
    for visit_id, who in booked:
        takes[visit_id].append(("provider", who))
    wishes = [Wish(*need, v.starts_at, v.ends_at) for v in wanted for need in takes[v.id]]
    found = clashes(permit, first.clinic_id, wishes, but_visits=[each.id for each in visits])
    others = sentence([clash for clash in found if clash.kind != "record"], place.timezone)
    own = " ".join(of_person(c, place.timezone) for c in found if c.kind == "record")
    choices: tuple[object, ...] = ()
    if len(wanted) == 1:
        choices = tuple(free_times_around(
            permit, takes[wanted[0].id], first.starts_at, first.ends_at, place.timezone,
            place.hours,
        ))  # fmt: skip
    return Refused(
        CLASH, f"{others} {own}".strip() or taken()["room_in_one_place"].sentence,
        _("Choose another time."), field="starts", choices=choices,
    )  # fmt: skip


def needs(visit: Appointment) -> list[tuple[str, int]]:
    """Whom and what a visit takes up."""
    room = [("room", visit.room_id)] if visit.room_id else []
    return [("staff", visit.staff_id), ("record", visit.record_id), *room]


def of_person(clash: Clash, timezone: str) -> str:
    """What the person of a visit has at its time."""
    when = hours(clash.starts_at, clash.ends_at, timezone)
    return _("This person has %(what)s on %(when)s.") % {"what": clash.held_by, "when": when}


# --- undoing ---


def _refuse_if_passed(
    changes: Sequence[AppointmentChange], visits: Mapping[int, Appointment]
) -> None:
    if changes[0].undone_at:
        raise Refused("undone", _("This change is undone already."), _("Reload the page."))
    if any(visit.outcome for visit in visits.values()):
        raise Refused(
            "attested", _("One of these visits is marked already."), _("Take the mark back first.")
        )
    later = AppointmentChange.objects.filter(
        appointment_id__in=visits, undone_at__isnull=True, id__gt=changes[-1].id
    ).exclude(batch=changes[0].batch)  # fmt: skip
    stands = all(
        state(visits[each.appointment_id]) == {name: each.after[name] for name in STATE}
        for each in changes
    )
    if later.exists() or not stands:
        raise Refused(
            "changed_since", _("One of these visits was changed again since."),
            _("Undo that change first."),
        )  # fmt: skip


def _unmake(permit: Permit, visits: Sequence[Appointment]) -> None:
    """Visits a batch made are gone, and a series none of whose visits is left."""
    ids = [visit.id for visit in visits]
    groups = {(visit.nested_in_id, visit.record_id) for visit in visits if visit.nested_in_id}
    try:
        Appointment.objects.filter(pk__in=ids).delete()
    except ProtectedError as error:
        raise Refused(
            "used_since", _("Something was booked or wished for at one of these visits since."),
            _("Cancel the visit instead."),
        ) from error  # fmt: skip
    for group, record in sorted(groups):
        Occupancy.objects.filter(kind="record", resource=record, session_id=group).delete()
        occupy([group], [record])
        recount(permit, group, record)
    series = {visit.series_id for visit in visits if visit.series_id}
    Series.objects.filter(pk__in=series, appointments__isnull=True).delete()


def _series_back(changes: Iterable[AppointmentChange]) -> None:
    """Series a batch ended go on."""
    for series in {change.after["ended"] for change in changes if change.after.get("ended")}:
        Series.objects.filter(pk=series).update(ended_at=None)
