"""Tracks at a glance: the list, the week's seats, a track while it is planned."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from openiop.access.queries import closures, colleagues, house_values, rooms
from openiop.kernel.permits import Permit
from openiop.programs.queries import (
    StaffFacts,
    TrackFacts,
    expected_ends,
    programs,
    staffing,
    tracks,
    waiting_counts,
)  # fmt: skip
from openiop.programs.rules import Caution, Leader, Plan, TrackPlan, track_warnings
from openiop.schedule.queries.clashes import Wish, clashes
from openiop.schedule.queries.seats import SeatCount, limits_of, seat_counts
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
    staff, waiting = staffing(permit, ids, day), waiting_counts(permit, ids)
    return [
        TrackRow(track, tuple(staff[track.id]), held[track.id], waiting[track.id])
        for track in running
    ]


@dataclass(frozen=True)
class SessionSeats:
    """The seats of one session: taken, of these expected to be free by then; and what it lacks."""

    id: int
    track: int
    on: date
    starts_at: datetime
    held: bool
    placed: bool
    staffed: bool
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
_WEEK = """
SELECT session.id, session.track_id, session."on", session.starts_at,
       session.status = 'scheduled', session.mode = 'virtual' OR session.room_id IS NOT NULL,
       EXISTS (SELECT FROM schedule_sessionstaff holder WHERE holder.session_id = session.id),
       (SELECT count(*) FROM schedule_seat seat
         WHERE seat.track_id = session.track_id AND seat.released_at IS NULL
           AND CASE WHEN seat.session_id IS NULL THEN seat.during @> session."on"
                    ELSE seat.session_id = session.id END)
  FROM schedule_session session
 WHERE session.clinic_id = %s AND session."on" >= %s AND session."on" < %s
 ORDER BY session.starts_at, session.id
"""


def week_board(permit: Permit, clinic: int, monday: date, today: date) -> list[TrackWeek]:
    """The week from `monday` on, by track; five statements whatever the number of sessions."""
    running = tracks(permit, [clinic], running_on=monday)
    ids = [track.id for track in running]
    ends = expected_ends(permit, ids, today, max(today, monday) + COMPLETING)
    limits, waiting = limits_of(permit, running, monday), waiting_counts(permit, ids)
    days: dict[int, list[list[SessionSeats]]] = {track: [[] for _ in range(7)] for track in ids}
    for each in _week(permit, clinic, monday, ends):
        days[each.track][(each.on - monday).days].append(each)
    return [
        TrackWeek(
            track, limits[track.id], tuple(map(tuple, days[track.id])), waiting[track.id],
            tuple(ends[track.id]),
        )
        for track in running
    ]  # fmt: skip


def _week(
    permit: Permit, clinic: int, monday: date, ends: Mapping[int, Sequence[date]]
) -> Iterator[SessionSeats]:
    with connection.cursor() as cursor:
        cursor.execute(_WEEK, [clinic, monday, monday + timedelta(days=7)])
        rows = cursor.fetchall()
    for session, track, on, *facts, taken in rows:
        if track in ends:
            leaving = min(taken, sum(day < on for day in ends[track]))
            yield SessionSeats(*(session, track, on, *facts, taken, leaving))


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
