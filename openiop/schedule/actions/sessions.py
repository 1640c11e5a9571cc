"""What can be done with sessions: lay them, move, cancel, staff, room, go virtual, merge, undo.

Each verb takes one session, or with `later` this and all later ones of its track, whose pattern
then follows. Each returns its batch, which `undo` takes back.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import closures, colleagues, house_values, rooms
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import apart_pairs
from openiop.programs.actions import change_pattern, staff_track
from openiop.programs.queries import track as track_facts
from openiop.schedule.actions.changes import WRITE, State, naming_clashes, write_change
from openiop.schedule.actions.laying import ask_supervisor, materialize
from openiop.schedule.actions.locks import lock_tracks
from openiop.schedule.actions.seating import one_day_seats
from openiop.schedule.actions.undoing import undo
from openiop.schedule.queries.clashes import free_rooms
from openiop.schedule.queries.seats import held_seats, session_limits
from openiop.schedule.queries.sessions import Holder, SessionFacts, rosters, this_and_later
from openiop.schedule.queries.sessions import session as session_facts
from openiop.schedule.rules.pattern import closed_days, meeting
from openiop.schedule.rules.substitutes import credential_flags

__all__ = [
    "cancel", "go_virtual", "materialize", "merge", "move", "reroom", "restaff", "undo",
]  # fmt: skip
ONE_DAY = timedelta(days=1)


def _chosen(
    permit: Permit, session: int, *, later: bool, begun: bool = False
) -> list[SessionFacts]:
    """The session first, then with `later` all that follow, under the track's lock. Refused when it
    is cancelled or over, or when somebody came to it already (unless it may have `begun`)."""
    lock_tracks(sessions=[session])
    found = this_and_later(permit, session, later=later, begun=begun)
    if not found:
        session_facts(permit, session)
        raise Refused("begun", _("People came to this session already."), _("Choose a later one."))
    first = found[0]
    if not first.held:
        raise Refused("cancelled", _("This session is cancelled."), _("Choose another one."))
    if first.ends_at <= permit.now or first.attendance_closed_at:
        raise Refused("over", _("This session is over."), _("Choose a later one."))
    return found


@naming_clashes
@writes(WRITE)
def move(permit: Permit, session: int, *, on: date, starts: time, later: bool = False) -> UUID:
    """To another day and clock time. With `later` every later session begins at that time, those of
    the same weekday also move to the new one, and so does the pattern; days the clinic is closed
    are left out. Refused where a room, a colleague or somebody enrolled is taken then."""
    group = _chosen(permit, session, later=later)
    first = group[0]
    if meeting(on, starts, 1, first.timezone).starts_at <= permit.now:
        raise Refused("past", _("That time is over."), _("Choose a later one."), field="on")
    after = {each.id: _moved(each, first, on, starts, later) for each in group}
    _leave_out_closed(permit, first, after)
    kept = _move_pattern(permit, first, on, starts) if later else {}
    return write_change(permit, "move", {each.id: each for each in group}, after, **kept)


def _moved(each: SessionFacts, first: SessionFacts, on: date, starts: time, later: bool) -> State:
    """One session of the group after a move. One moved by itself before keeps its own day."""
    state = State.of(each)
    along = each.pattern_on.weekday() == first.pattern_on.weekday()
    shift = on - first.on if along else timedelta(0)
    pattern_on = each.pattern_on + shift if later else each.pattern_on
    if each.id != first.id and each.on != each.pattern_on:
        return replace(state, pattern_on=pattern_on)
    held = meeting(each.on + shift, starts, each.minutes, each.timezone)
    return replace(
        state, pattern_on=pattern_on, on=held.on, starts_at=held.starts_at, ends_at=held.ends_at
    )


def _leave_out_closed(permit: Permit, first: SessionFacts, after: dict[int, State]) -> None:
    days = [state.on for state in after.values()]
    rows = closures(permit, first.clinic, min(days), max(days))
    closed = closed_days((row.start_on, row.end_on, row.name) for row in rows)
    if len(after) == 1 and after[first.id].on in closed:
        raise Refused(
            "closed", _("The clinic is closed that day: %(name)s.") % {
                "name": closed[after[first.id].on]},
            _("Choose another day."), field="on",
        )  # fmt: skip
    for session, state in after.items():
        if state.on in closed:
            after[session] = replace(state, status="cancelled", status_reason=closed[state.on])


def _move_pattern(permit: Permit, first: SessionFacts, on: date, starts: time) -> dict[str, Any]:
    track = track_facts(permit, first.track)
    days = set(track.weekdays)
    if on.weekday() != first.pattern_on.weekday():
        if on.weekday() in days:
            raise Refused(
                "weekday", _("This track meets on that weekday already."),
                _("Choose another day, or move only this one."), field="on",
            )  # fmt: skip
        days = days - {first.pattern_on.weekday()} | {on.weekday()}
    speaks_from = min(first.pattern_on, on)
    return _follow(permit, first, weekdays=sorted(days), starts=starts, pattern_from=speaks_from)


def _follow(permit: Permit, first: SessionFacts, **values: Any) -> dict[str, Any]:
    """Let the track's pattern follow from this session on; what it was, for undoing."""
    track = track_facts(permit, first.track)
    was = {
        "weekdays": list(track.weekdays), "starts": track.starts.isoformat(), "mode": track.mode,
        "room_id": track.room, "pattern_from": track.pattern_from.isoformat(),
        "end_on": track.end_on and track.end_on.isoformat(),
    }  # fmt: skip
    change_pattern(permit, first.track, **{"pattern_from": first.pattern_on} | values)
    return {"pattern": was}


@writes(WRITE)
def cancel(permit: Permit, session: int, *, reason: str, later: bool = False) -> UUID:
    """Off the calendar, with a reason; with `later` the track ends before it. Rooms, staff and
    people are free; who was expected is still known, so that they can be told."""
    if not reason.strip():
        raise Refused("reason", _("A reason is needed."), _("Say why."), field="reason")
    group = _chosen(permit, session, later=later)
    after = {
        each.id: replace(State.of(each), status="cancelled", status_reason=reason.strip())
        for each in group
    }
    last = group[0].pattern_on - ONE_DAY
    kept = _follow(permit, group[0], end_on=last) if later else {}
    return write_change(permit, "cancel", {each.id: each for each in group}, after, **kept)


@naming_clashes
@writes(WRITE)
def restaff(
    permit: Permit, session: int, staff: Sequence[tuple[int, str]], *, later: bool = False
) -> UUID:
    """Who holds it: (staff id, "lead", "co" or "substitute"). Leads and substitutes owe the notes.
    Whoever lacks a credential is recorded and flagged, and a supervisor is asked to review."""
    if not staff:
        raise Refused("staff", _("Somebody must hold it."), _("Choose somebody."), field="staff")
    group = _chosen(permit, session, later=later, begun=True)
    known = colleagues(permit, [member for member, _part in staff])
    after = {}
    for each in group:
        holders = tuple(
            Holder(member, known[member].name, part, part != "co", _flags(known[member], each))
            for member, part in staff
        )
        after[each.id] = replace(State.of(each), staff=holders)
    kept = {}
    if later:
        kept = _follow(permit, group[0]) | {
            "staffing": staff_track(permit, group[0].track, staff, group[0].pattern_on)
        }
    batch = write_change(permit, "staff", {each.id: each for each in group}, after, **kept)
    _ask_about_flags(permit, group[0], after[group[0].id].staff)
    return batch


def _flags(colleague: Any, session: SessionFacts) -> tuple[str, ...]:
    return credential_flags(
        colleague.name, colleague.credentials, [block.kind for block in session.blocks],
        state=session.state, on=session.on, program_kind=session.program_kind,
    )  # fmt: skip


def _ask_about_flags(permit: Permit, session: SessionFacts, staff: Sequence[Holder]) -> None:
    if any(holder.flags for holder in staff):
        title = _("Review who holds %(track)s: a credential is missing.")
        ask_supervisor(
            permit, session.id, session.clinic, "credential_review",
            title % {"track": session.track_name}, session.ends_at,
        )  # fmt: skip


@naming_clashes
@writes(WRITE)
def reroom(permit: Permit, session: int, room: int, *, later: bool = False) -> UUID:
    """Into another room, or from virtual into a room. Refused when it holds fewer people than are
    expected, or is taken."""
    group = _chosen(permit, session, later=later)
    first = group[0]
    place = next((one for one in rooms(permit, first.clinic) if one.id == room), None)
    if place is None:
        raise Refused("room", _("No such room."), _("Choose another."), field="room")
    expected = max(len(people) for people in rosters(permit, [each.id for each in group]).values())
    if place.capacity < expected:
        times = [(each.starts_at, each.ends_at) for each in group]
        free = free_rooms(permit, first.clinic, times, but=[each.id for each in group])
        raise Refused(
            "small", _("%(room)s holds %(holds)s; %(expected)s are expected.") % {
                "room": place.name, "holds": place.capacity, "expected": expected},
            _("Choose a larger room."), field="room",
            choices=tuple(one for one in free if one.capacity >= expected),
        )  # fmt: skip
    after = {each.id: replace(State.of(each), room=room, mode="in_person") for each in group}
    kept = _follow(permit, first, room_id=room, mode="in_person") if later else {}
    return write_change(permit, "room", {each.id: each for each in group}, after, **kept)


@writes(WRITE)
def go_virtual(permit: Permit, session: int, *, later: bool = False) -> UUID:
    """Held by video at the same time; the room is free."""
    group = _chosen(permit, session, later=later)
    after = {each.id: replace(State.of(each), room=None, mode="virtual") for each in group}
    kept = _follow(permit, group[0], room_id=None, mode="virtual") if later else {}
    return write_change(permit, "virtual", {each.id: each for each in group}, after, **kept)


@naming_clashes
@writes(WRITE)
def merge(permit: Permit, session: int, into: int) -> UUID:
    """Everybody expected goes to another session that day, within its limits and never beside
    somebody they are kept apart from; the merged one is cancelled."""
    lock_tracks(sessions=[session, into])
    first = _chosen(permit, session, later=False)[0]
    host = _chosen(permit, into, later=False, begun=True)[0]
    if (host.clinic, host.on) != (first.clinic, first.on) or host.id == first.id:
        raise Refused(
            "merge", _("These two do not meet on one day at one clinic."), _("Choose another."),
            field="into",
        )  # fmt: skip
    people = rosters(permit, [session, into])
    here = {seated.record for seated in people[into]}
    guests = [seated.record for seated in people[session] if seated.record not in here]
    apart = apart_pairs(permit, guests)
    if any(not apart.get(record, frozenset()).isdisjoint(here) for record in guests):
        raise Refused(
            "choose_another", _("These two groups do not suit each other."),
            _("Choose another."), field="into",
        )  # fmt: skip
    held = held_seats(permit, [host.track], host.on)[host.track]
    caps = session_limits(host, house_values(permit, host.clinic, host.on))
    left = replace(
        State.of(first), status="cancelled", merged_into=into,
        status_reason=_("Merged into %(track)s") % {"track": host.track_name},
    )  # fmt: skip
    batch = write_change(
        permit, "merge", {session: first}, {session: left}, into=into, guests=guests
    )
    one_day_seats(permit, host, guests, held, caps)
    return batch
