"""Coming in by video: a person asks, waits, is let in, leaves; staff let in, remove, and follow up
whoever drops out while at risk."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import raise_alert
from openiop.schedule.models import Join
from openiop.schedule.queries.joining import (
    JoinFacts,
    VideoRoom,
    current,
    join_in,
    joins_of,
    may_be_seen_in,
)  # fmt: skip
from openiop.schedule.rules.joining import Alone, Place

JOIN, JOIN_VISIT = "schedule.join", "schedule.join.visit"
WRITE, TABLE = "schedule.virtual.write", "schedule_join"


@dataclass(frozen=True)
class Answers:
    """What a person answers at each join: where they are, how they are called back, who is there.
    `call_back` is a number, `state` two letters."""

    street: str
    state: str
    call_back: str
    alone: Alone
    driving: bool


# --- the person --------------------------------------------------------------------------------


@writes(JOIN)
def ask(permit: Permit, room: VideoRoom, record: int, answers: Answers) -> int:
    """Somebody asks to come in and waits; the join's id. Who is in already on another screen
    begins anew there.

    Refused with what to do: without a seat, outside the time of the room, while driving, where
    others could hear, in a state where nobody who holds the session may see people.
    """
    _refuse_room(permit, room, record)
    _refuse_answers(permit, room, answers)
    _one_at_a_time(room, record)
    before = joins_of(permit, room, record)
    for each in before:
        if each.is_open:
            _end(permit, each)
    return _new(
        permit, room, record, street=answers.street.strip(), state=answers.state,
        call_back=answers.call_back.strip(), alone=answers.alone is Alone.YES,
        at_risk_at=before[-1].at_risk_at if before else None,
    )  # fmt: skip


def _new(permit: Permit, room: VideoRoom, record: int, **values: object) -> int:
    row = Join.objects.create(
        organization_id=permit.organization, clinic_id=room.clinic, record_id=record, **room.about,
        asked_at=permit.now, seen_at=permit.now, **values,
    )  # fmt: skip
    permit.note(JOIN, record=record, table=TABLE, row=row.pk)
    return row.pk


def _end(permit: Permit, join: JoinFacts) -> None:
    """Out as of now, or as of the last sign of somebody who had dropped out."""
    at = join.seen_at if join.place is Place.DROPPED else permit.now
    _set(permit, join, left_at=at, seen_at=at)


def _refuse_room(permit: Permit, room: VideoRoom, record: int) -> None:
    call = _("Call %(clinic)s at %(phone)s.") % {"clinic": room.clinic_name, "phone": room.phone}
    if not (room.held and room.virtual):
        raise Refused("no_room", _("This appointment does not take place by video."), call)
    if record not in room.records:
        raise Refused("no_seat", _("No place is kept for you in this appointment."), call)
    if not room.is_open(permit.now):
        raise Refused("not_open", _("This room is not open now."), call)


def _refuse_answers(permit: Permit, room: VideoRoom, answers: Answers) -> None:
    if answers.driving:
        raise Refused(
            "driving", _("Please pull over first."),
            _("Park where it is safe, then answer again. The room stays open for you."),
            field="driving",
        )  # fmt: skip
    if answers.alone is Alone.NO:
        raise Refused(
            "not_alone", _("Others could hear what is said here."),
            _("Put on headphones, go to a room or a parked car by yourself, or call %(phone)s for "
              "another time.") % {"phone": room.phone},
            field="alone",
        )  # fmt: skip
    if not may_be_seen_in(permit, room, answers.state):
        raise Refused(
            "other_state", _("Your counselor may not see you while you are in that state."),
            _("Call %(phone)s: they help you today and find another time.")
            % {"phone": room.phone},
            field="state",
        )  # fmt: skip


def _one_at_a_time(room: VideoRoom, record: int) -> None:
    """Two screens of one person that ask at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [room.table[1], record])


@writes(JOIN)
def still_here(permit: Permit, room: VideoRoom, record: int) -> JoinFacts | None:
    """A sign from the person's screen; their open join, None when they are out. Whoever had
    dropped out is back in with the answers given before, in a join of its own: the time between
    does not count."""
    found = current(joins_of(permit, room, record))
    if found is None:
        return None
    if found.place is not Place.DROPPED:
        _set(permit, found, seen_at=permit.now)
        return found
    _one_at_a_time(room, record)
    _set(permit, found, left_at=found.seen_at, reached_at=found.at_risk_at and permit.now)
    _new(
        permit, room, record, street=found.street, state=found.state, call_back=found.call_back,
        alone=found.alone, admitted_at=permit.now, at_risk_at=found.at_risk_at,
    )  # fmt: skip
    return current(joins_of(permit, room, record))


@writes(JOIN)
def leave(permit: Permit, room: VideoRoom, record: int) -> None:
    """The person leaves; they may ask again until the end. Safe to repeat."""
    for each in joins_of(permit, room, record):
        if each.is_open:
            _end(permit, each)


def _set(permit: Permit, join: JoinFacts, **values: object) -> None:
    Join.objects.filter(pk=join.id).update(**values)
    permit.note(_act(permit), record=join.record, table=TABLE, row=join.id,
                fields=tuple(values))  # fmt: skip


def _act(permit: Permit) -> str:
    """What the audit calls it: a person's own coming and going, or a colleague's doing."""
    return WRITE if permit.covers(WRITE) else JOIN


# --- the staff ---------------------------------------------------------------------------------


@writes(WRITE)
def let_in(permit: Permit, room: VideoRoom, joins: Iterable[int]) -> int:
    """Let these people in who wait; how many. Refused for somebody who has no seat any more; who
    gave up waiting meanwhile is left out."""
    count = 0
    for each in (join_in(permit, room, join) for join in sorted(joins)):
        if each.record not in room.records:
            raise Refused(
                "no_seat", _("This person has no seat here any more."),
                _("Call them, or give them a seat first."),
            )  # fmt: skip
        if each.place is Place.WAITING:
            # Whoever waited without a sign has as long as anybody to come in.
            _set(permit, each, admitted_at=permit.now, admitted_by_id=permit.staff,
                 seen_at=permit.now)  # fmt: skip
            count += 1
    return count


@writes(WRITE)
def remove(permit: Permit, room: VideoRoom, join: int) -> None:
    """Take somebody out of the room or of the waiting room; they may ask again. Safe to repeat."""
    found = join_in(permit, room, join)
    if found.is_open:
        _end(permit, found)


@writes(WRITE)
def was_here(permit: Permit, room: VideoRoom, join: int) -> None:
    """The facilitator saw or heard somebody whose screen gave no sign: they are in, and the time
    until now, or until their screen came back, counts."""
    found = join_in(permit, room, join)
    if found.admitted_at is None:
        return
    if found.is_open:
        _set(permit, found, seen_at=permit.now)
        return
    later = [each for each in joins_of(permit, room, found.record)
             if each.admitted_at and each.asked_at > found.asked_at]  # fmt: skip
    if later and found.left_at:
        _set(permit, found, left_at=later[0].admitted_at, seen_at=later[0].admitted_at)


@writes(WRITE)
def mark_at_risk(permit: Permit, room: VideoRoom, join: int, at_risk: bool = True) -> None:
    """Somebody in the room is at risk, or no more: should they drop out, the steps are shown."""
    found = join_in(permit, room, join)
    _set(permit, found, at_risk_at=permit.now if at_risk else None, reached_at=None)


@writes(WRITE)
def call_for_help(permit: Permit, room: VideoRoom, join: int) -> int:
    """Somebody at risk dropped out: the on-call is alerted at once, which is its record; the
    alert's id. The words name nobody."""
    found = join_in(permit, room, join)
    if found.at_risk_at is None:
        _set(permit, found, at_risk_at=permit.now, reached_at=None)
    return raise_alert(
        permit, clinic=room.clinic, kind="virtual_drop", record=found.record,
        sentence=_("A person at risk dropped out of a video session: open its virtual room."),
    )  # fmt: skip


@writes(WRITE)
def reached(permit: Permit, room: VideoRoom, join: int) -> None:
    """Somebody who dropped out while at risk was reached: by phone, or help is with them."""
    _set(permit, join_in(permit, room, join), reached_at=permit.now)
