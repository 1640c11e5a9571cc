"""How a change of sessions is written, kept and undone: one batch for one act of one person.

What a session was and became is kept as a `State`; occupancy is written anew from the rows, so that
whoever joined or left since stands where they belong when a change is undone.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID, uuid4

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from openiop.access.backend.base import is_writing
from openiop.access.door import refusing
from openiop.access.queries import house_values
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.actions.locks import hold_still
from openiop.schedule.actions.occupancy import occupy
from openiop.schedule.models import Seat, Session, SessionChange, SessionStaff
from openiop.schedule.queries.clashes import Wish, clashes, free_rooms, free_times_for
from openiop.schedule.queries.needs import interpreters_of_sessions
from openiop.schedule.queries.seats import held_seats, session_limits
from openiop.schedule.queries.sessions import Holder, SessionFacts, by_ids, rosters
from openiop.schedule.rules.capacity import one_more
from openiop.schedule.rules.clashes import sentence
from openiop.schedule.rules.seating import place

P = ParamSpec("P")
T = TypeVar("T")
WRITE, SESSION = "schedule.session.write", "schedule_session"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class State:
    """What a change may alter of one session."""

    pattern_on: date
    on: date
    starts_at: datetime
    ends_at: datetime
    mode: str
    room: int | None
    status: str
    status_reason: str
    merged_into: int | None
    staff: tuple[Holder, ...]

    @classmethod
    def of(cls, facts: SessionFacts) -> "State":
        return cls(**{each.name: getattr(facts, each.name) for each in fields(cls)})

    def as_json(self) -> dict[str, Any]:
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        for name in ("pattern_on", "on", "starts_at", "ends_at"):
            values[name] = values[name].isoformat()
        values["staff"] = [[h.id, h.name, h.part, h.owes_notes, list(h.flags)] for h in self.staff]
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "State":
        known = {each.name: values[each.name] for each in fields(cls)}
        for name, kind in (("pattern_on", date), ("on", date), ("starts_at", datetime),
                           ("ends_at", datetime)):  # fmt: skip
            known[name] = kind.fromisoformat(known[name])
        known["staff"] = tuple(
            Holder(who, name, part, owes, tuple(flags))
            for who, name, part, owes, flags in known["staff"]
        )
        return cls(**known)

    @property
    def resources(self) -> list[tuple[str, int]]:
        """The room and the staff it takes up; none once cancelled."""
        if self.status != "scheduled":
            return []
        room = [("room", self.room)] if self.room is not None else []
        return [*room, *(("staff", holder.id) for holder in self.staff)]


class Clashed(Refused):
    """A change found a room, a colleague or somebody enrolled taken. `wanted` is what it was to
    become, for the sentence that says what is in the way and what is free instead."""

    wanted: Mapping[int, State]


_IN_THE_WAY = (
    "room_in_one_place", "staff_in_one_place", "record_in_one_place", "provider_in_one_place",
)  # fmt: skip


def _clashed(wanted: Mapping[int, State]) -> Mapping[str, Refused]:
    no = Clashed(
        "clash", _("A room, a colleague or somebody enrolled here is taken then."),
        _("Choose another time or place."),
    )  # fmt: skip
    no.wanted = wanted
    return dict.fromkeys(_IN_THE_WAY, no)


def naming_clashes(
    action: Callable[Concatenate[Permit, P], T],
) -> Callable[Concatenate[Permit, P], T]:
    """When the action clashes, say with what and what is free instead, once all it wrote is undone.
    Inside another action, which is still open, the short sentence stands."""

    @wraps(action)
    def run(permit: Permit, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return action(permit, *args, **kwargs)
        except Clashed as no:
            if is_writing():
                raise
            raise _explained(permit, no) from no

    return run  # type: ignore[return-value]  # permits stand first, never by name


def _explained(permit: Permit, no: Clashed) -> Refused:
    sessions = by_ids(permit, no.wanted)
    first = next(iter(sessions.values()))
    people = rosters(permit, no.wanted)
    booked = interpreters_of_sessions(permit, no.wanted)
    wishes = [
        Wish(kind, resource, state.starts_at, state.ends_at)
        for session, state in no.wanted.items()
        for kind, resource in [
            *state.resources, *(("record", seated.record) for seated in people[session]),
            *(("provider", who) for of, who in booked if of == session),
        ]
    ]  # fmt: skip
    found = [clash for clash in clashes(permit, first.clinic, wishes, but=no.wanted)
             if clash.kind != "record" or not clash.visit]  # fmt: skip
    choices: list[object] = []
    if any(clash.kind == "room" for clash in found):
        times = [(state.starts_at, state.ends_at) for state in no.wanted.values()]
        choices += free_rooms(permit, first.clinic, times, but=no.wanted)
    if len(no.wanted) == 1:
        ((session, state),) = no.wanted.items()
        needs = [*state.resources, *(("record", seated.record) for seated in people[session]),
                 *(("provider", who) for _of, who in booked)]  # fmt: skip
        choices += free_times_for(permit, sessions[session], needs, state.on)
    words = sentence(found, first.timezone) or no.sentence
    return Refused(no.code, words, no.next_step, field=no.field, choices=tuple(choices))


def write_change(
    permit: Permit, kind: str, sessions: Mapping[int, SessionFacts], after: Mapping[int, State],
    **kept: Any,
) -> UUID:  # fmt: skip
    """Make the sessions what `after` says and keep what they were; the batch. `kept` are further
    facts for undoing, on the batch's first row. The tracks' rows must be locked."""
    before = {session: State.of(facts) for session, facts in sessions.items()}
    nested = write_states(permit, sessions, before, after)
    batch = uuid4()
    rows = [
        SessionChange(
            organization_id=permit.organization, clinic_id=sessions[session].clinic, batch=batch,
            kind=kind, session_id=session, before=before[session].as_json(),
            after=state.as_json(), at=permit.now, by_id=permit.staff,
        )
        for session, state in after.items()
    ]  # fmt: skip
    rows[0].before |= {**kept, "nested": nested}
    SessionChange.objects.bulk_create(rows)
    for session in after:
        permit.note(WRITE, table=SESSION, row=session, fields=(kind,))
    return batch


def write_states(
    permit: Permit, sessions: Mapping[int, SessionFacts], before: Mapping[int, State],
    after: Mapping[int, State],
) -> dict[str, int]:  # fmt: skip
    """Rows, staff, one-day seats and occupancy of sessions from one state to another; the visits
    that do not lie inside any more. Clashed when something else has the place."""
    hold_still(resource for state in after.values() for resource in state.resources)
    nested = _free_and_unnest(after)
    _write_rows(after)
    _write_staff(permit, sessions, before, after)
    moved = [session for session in after if after[session].on != before[session].on]
    if moved:
        _reseat(permit, [sessions[each] for each in moved], after)
    with refusing(_clashed(after)):
        occupy(after)
    return nested


def _write_rows(after: Mapping[int, State]) -> None:
    rows = [
        Session(
            id=session, pattern_on=state.pattern_on, on=state.on, starts_at=state.starts_at,
            ends_at=state.ends_at, mode=state.mode, room_id=state.room, status=state.status,
            status_reason=state.status_reason, merged_into_id=state.merged_into,
        )
        for session, state in after.items()
    ]  # fmt: skip
    names = [each.name for each in fields(State) if each.name != "staff"]
    Session.objects.bulk_update(rows, names)


def _write_staff(
    permit: Permit, sessions: Mapping[int, SessionFacts], before: Mapping[int, State],
    after: Mapping[int, State],
) -> None:  # fmt: skip
    changed = [session for session in after if after[session].staff != before[session].staff]
    if not changed:
        return
    SessionStaff.objects.filter(session_id__in=changed).delete()
    SessionStaff.objects.bulk_create(
        SessionStaff(
            organization_id=permit.organization, clinic_id=sessions[session].clinic,
            session_id=session, staff_id=holder.id, part=holder.part,
            owes_notes=holder.owes_notes, flags=list(holder.flags),
        )
        for session in changed
        for holder in after[session].staff
    )  # fmt: skip


def _reseat(permit: Permit, sessions: Iterable[SessionFacts], after: Mapping[int, State]) -> None:
    """Seats for one session go with it to its new day, when the day's limit lets them."""
    for session in sessions:
        guests = Seat.objects.filter(
            session_id=session.id, kind__in=["makeup", "merged"], released_at__isnull=True
        )
        for seat in guests:
            _reseat_one(permit, session, seat, after[session.id].on)


def _reseat_one(permit: Permit, session: SessionFacts, seat: Seat, day: date) -> None:
    held = held_seats(permit, [session.track], day)[session.track]
    others = [each.taken for each in held if each.id != seat.id and each.start <= day]
    found = place(others, day, day + ONE_DAY)
    limits = session_limits(session, house_values(permit, session.clinic, day))
    answer = one_more(found.others, limits)
    if answer.answer == "full":
        raise Refused("full", answer.sentence, _("Choose another day."), field="on")
    seat.number, seat.during = found.number, DateRange(day, day + ONE_DAY)
    seat.save(update_fields=["number", "during"])


_FREE_AND_UNNEST = """
WITH freed AS (DELETE FROM schedule_occupancy WHERE session_id = ANY(%(ids)s))
UPDATE schedule_appointment visit SET nested_in_id = NULL
  FROM unnest(%(ids)s::bigint[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
       AS hours(session, starts_at, ends_at)
 WHERE visit.nested_in_id = hours.session AND visit.cancelled_at IS NULL
   AND (visit.starts_at < hours.starts_at OR visit.ends_at > hours.ends_at)
RETURNING visit.id, hours.session
"""


def _free_and_unnest(after: Mapping[int, State]) -> dict[str, int]:
    """Give up all the sessions take; visits booked inside them stay at their time, and those that
    lie outside now are visits of their own: they are returned with the session they were in."""
    values: dict[str, Any] = {
        "ids": list(after),
        "starts": [state.starts_at for state in after.values()],
        "ends": [state.ends_at for state in after.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_FREE_AND_UNNEST, values)
        return {str(visit): session for visit, session in cursor.fetchall()}
