"""Tracks at a glance: the list, the week's seats, a track while it is planned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from openiop.access.queries import closures, colleagues, house_values, rooms
from openiop.kernel.permits import Permit
from openiop.programs.queries import (
    StaffFacts,
    TrackFacts,
    expected_ends,
    programs,
    staffing,
    tracks,
    waiting_lists,
)  # fmt: skip
from openiop.programs.rules import Caution, Leader, Plan, TrackPlan, track_warnings
from openiop.schedule.queries.clashes import Wish, clashes
from openiop.schedule.queries.seats import (
    HeldSeat,
    SeatCount,
    held_seats,
    limits_of,
    seat_counts,
)  # fmt: skip
from openiop.schedule.queries.sessions import SessionFacts, sessions_between
from openiop.schedule.rules.capacity import Caps, caps
from openiop.schedule.rules.clashes import sentence
from openiop.schedule.rules.pattern import HORIZON, Meeting, closed_days, meetings

PREVIEWED = 6


@dataclass(frozen=True)
class TrackRow:
    """A running track, who holds it, its seats today, who waits."""

    track: TrackFacts
    staff: tuple[StaffFacts, ...]
    seats: SeatCount
    waiting: int


def track_rows(permit: Permit, clinic: int, day: date) -> list[TrackRow]:
    """Running tracks of a clinic, by start; five statements whatever their number."""
    running = tracks(permit, [clinic], running_on=day)
    ids = [track.id for track in running]
    held = seat_counts(permit, running, day)
    staff, waiting = staffing(permit, ids, day), waiting_lists(permit, ids)
    return [
        TrackRow(track, tuple(staff[track.id]), held[track.id], len(waiting[track.id]))
        for track in running
    ]


@dataclass(frozen=True)
class SessionSeats:
    """The seats of one session: taken, of these expected to be free by then."""

    session: SessionFacts
    taken: int
    leaving: int


@dataclass(frozen=True)
class TrackWeek:
    """A track's week: its sessions by weekday (Monday first), and who waits or completes soon."""

    track: TrackFacts
    caps: Caps
    days: tuple[tuple[SessionSeats, ...], ...]
    waiting: int
    completing: tuple[date, ...]


COMPLETING = timedelta(weeks=2)


def week_board(permit: Permit, clinic: int, monday: date, today: date) -> list[TrackWeek]:
    """The week from `monday` on, by track; six statements whatever the number of sessions."""
    running = tracks(permit, [clinic], running_on=monday)
    ids = [track.id for track in running]
    found = sessions_between(permit, [clinic], monday, monday + timedelta(days=7))
    held = held_seats(permit, ids, monday)
    limits, waiting = limits_of(permit, running, monday), waiting_lists(permit, ids)
    ends = expected_ends(permit, ids, today, max(today, monday) + COMPLETING)
    return [
        TrackWeek(
            track, limits[track.id],
            _days([each for each in found if each.track == track.id], held[track.id],
                  ends[track.id], monday),
            len(waiting[track.id]), tuple(ends[track.id]),
        )
        for track in running
    ]  # fmt: skip


def _days(
    sessions: Sequence[SessionFacts], held: Sequence[HeldSeat], ends: Sequence[date], monday: date
) -> tuple[tuple[SessionSeats, ...], ...]:
    return tuple(
        tuple(
            _seats(each, held, ends)
            for each in sessions if each.on == monday + timedelta(days=offset)
        )
        for offset in range(7)
    )  # fmt: skip


def _seats(session: SessionFacts, held: Sequence[HeldSeat], ends: Sequence[date]) -> SessionSeats:
    taken = sum(
        seat.session == session.id if seat.session
        else seat.start <= session.on and (seat.end is None or session.on < seat.end)
        for seat in held
    )  # fmt: skip
    return SessionSeats(session, taken, min(taken, sum(day < session.on for day in ends)))


@dataclass(frozen=True)
class Draft:
    """A track while it is built: what stands against it and its first meetings. `busy` are
    sentences about rooms and colleagues taken in the coming weeks."""

    cautions: tuple[Caution, ...]
    caps: Caps
    busy: str
    meetings: tuple[Meeting, ...]
    counted: int


@dataclass(frozen=True)
class Site:
    """The clinic a track is planned at."""

    id: int
    state: str
    timezone: str


def draft(permit: Permit, site: Site, plan: TrackPlan) -> Draft:
    """What a builder should see before a track is built; nine statements."""
    place = next((room for room in rooms(permit, site.id) if room.id == plan.room), None)
    house = house_values(permit, site.id, plan.start_on)
    limit = caps(
        [kind for kind, _minutes in plan.blocks], state=site.state, on=plan.start_on, house=house,
        event=plan.event,
    )  # fmt: skip
    planned = Plan(
        state=site.state, on=plan.start_on, program_kind=_kind(permit, plan.program),
        weekdays=plan.weekdays, blocks=plan.blocks, leaders=_leaders(permit, plan),
        cap=limit.usual, room_name=place.name if place else "",
        room_capacity=place.capacity if place else None,
    )  # fmt: skip
    first = _meetings(permit, site, plan)
    return Draft(
        track_warnings(planned), limit, _busy(permit, site, plan, first),
        tuple(first[:PREVIEWED]), planned.counted,
    )  # fmt: skip


def _kind(permit: Permit, program: int) -> str:
    return next((each.kind for each in programs(permit) if each.id == program), "")


def _leaders(permit: Permit, plan: TrackPlan) -> tuple[Leader, ...]:
    known = colleagues(permit, [member for member, _part in plan.staff])
    return tuple(
        Leader(known[member].name, known[member].credentials)
        for member, _part in plan.staff if member in known
    )  # fmt: skip


def _meetings(permit: Permit, site: Site, plan: TrackPlan) -> list[Meeting]:
    end = plan.start_on + HORIZON
    if plan.end_on is not None:
        end = min(end, plan.end_on + timedelta(days=1))
    rows = closures(permit, site.id, plan.start_on, end)
    return meetings(
        weekdays=plan.weekdays, starts=plan.starts, timezone=site.timezone,
        minutes=sum(minutes for _kind, minutes in plan.blocks), start=plan.start_on, end=end,
        closed=closed_days((row.start_on, row.end_on, row.name) for row in rows),
    )  # fmt: skip


def _busy(permit: Permit, site: Site, plan: TrackPlan, first: Iterable[Meeting]) -> str:
    needs = [("staff", member) for member, _part in plan.staff]
    needs += [("room", plan.room)] if plan.room is not None else []
    wishes = [
        Wish(kind, resource, each.starts_at, each.ends_at)
        for each in first for kind, resource in needs
    ]  # fmt: skip
    found = sorted(clashes(permit, site.id, wishes), key=lambda clash: clash.starts_at)
    return sentence(found[:PREVIEWED], site.timezone)
