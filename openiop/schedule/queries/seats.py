"""Seats of tracks and sessions: how many are taken, how many may be, where one is free."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time

from django.db import connection
from django.utils.translation import gettext as _

from openiop.access.queries import house_values_at
from openiop.kernel.permits import Permit
from openiop.patients.queries import apart_from
from openiop.programs.queries import TrackFacts, tracks
from openiop.schedule.queries.sessions import SessionFacts
from openiop.schedule.rules.capacity import Caps, House, caps
from openiop.schedule.rules.seating import Taken, fullest

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def limits(track: TrackFacts, on: date, house: House) -> Caps:
    """The limits of a track's sessions on a day."""
    return caps(
        [block.kind for block in track.blocks], state=track.state, on=on, house=house,
        room=track.room_capacity if track.mode == "in_person" else None, event=track.event,
    )  # fmt: skip


def limits_of(permit: Permit, tracks_: Iterable[TrackFacts], on: date) -> dict[int, Caps]:
    """The limits of tracks on a day; one statement."""
    wanted = list(tracks_)
    house = house_values_at(permit, {track.clinic for track in wanted}, on)
    return {track.id: limits(track, on, house[track.clinic]) for track in wanted}


@dataclass(frozen=True)
class HeldSeat:
    """A seat somebody holds, for whom and as what ("enrolled", "makeup", "merged", "hold")."""

    id: int
    track: int
    number: int
    kind: str
    record: int | None
    session: int | None
    enrollment: int | None
    start: date
    end: date | None

    @property
    def taken(self) -> Taken:
        return Taken(self.id, self.number, self.start, self.end)


# Written out: composed from expressions it costs two milliseconds each time.
_HELD = """
SELECT id, track_id, number, kind, record_id, session_id, enrollment_id, lower(during),
       upper(during)
  FROM schedule_seat
 WHERE track_id = ANY(%s) AND released_at IS NULL
   AND (upper(during) IS NULL OR upper(during) > %s)
 ORDER BY number, id
"""


def held_seats(permit: Permit, track_ids: Iterable[int], start: date) -> dict[int, list[HeldSeat]]:
    """Every seat held on the day `start` or later; one statement."""
    found: dict[int, list[HeldSeat]] = {track_id: [] for track_id in track_ids}
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [list(found), start])
        for row in cursor.fetchall():
            found[row[1]].append(HeldSeat(*row))
    return found


@dataclass(frozen=True)
class SeatCount:
    """The seats of a track on one day. `free`: that nobody needs a reason to give away; None where
    no rule and no room limits it."""

    taken: int
    enrolled: int
    held: int
    caps: Caps
    free: int | None


def seats(permit: Permit, track_ids: Iterable[int], day: date) -> dict[int, SeatCount]:
    """The seats of tracks on a day; three statements."""
    return seat_counts(permit, tracks(permit, ids=track_ids), day)


def seat_counts(permit: Permit, tracks_: Iterable[TrackFacts], day: date) -> dict[int, SeatCount]:
    """The seats of these tracks on a day; two statements."""
    wanted = list(tracks_)
    limits_by_track = limits_of(permit, wanted, day)
    held = held_seats(permit, [track.id for track in wanted], day)
    return {
        track.id: _count(
            [seat for seat in held[track.id] if seat.start <= day], limits_by_track[track.id]
        )
        for track in wanted
    }


def _count(held: list[HeldSeat], limits_: Caps) -> SeatCount:
    free = None if limits_.usual is None else max(0, limits_.usual - len(held))
    enrolled = sum(seat.kind == "enrolled" for seat in held)
    waiting = sum(seat.kind == "hold" for seat in held)
    return SeatCount(len(held), enrolled, waiting, limits_, free)


@dataclass(frozen=True)
class FreeTrack:
    """A track with a free seat from a day on."""

    id: int
    name: str
    weekdays: tuple[int, ...]
    starts: time
    free: int | None

    def __str__(self) -> str:
        days = ", ".join(WEEKDAYS[day] for day in self.weekdays)
        when = {"track": self.name, "days": days, "time": f"{self.starts:%H:%M}"}
        if self.free is None:
            return _("%(track)s, %(days)s at %(time)s") % when
        return _("%(track)s, %(days)s at %(time)s, %(free)s free") % (when | {"free": self.free})


def free_tracks(
    permit: Permit, clinic: int, record: int, start_on: date, *, but: int | None = None,
    apart: frozenset[int] | None = None,
) -> list[FreeTrack]:  # fmt: skip
    """Other tracks of a clinic that would take the person from a day on, without a reason needed
    and without anybody they are kept apart from; four statements."""
    apart = apart_from(permit, record) if apart is None else apart
    running = [t for t in tracks(permit, [clinic], running_on=start_on) if t.id != but]
    caps_by_track: Mapping[int, Caps] = limits_of(permit, running, start_on)
    held = held_seats(permit, [track.id for track in running], start_on)
    shut = {record, *apart}
    found = []
    for track in running:
        others = held[track.id]
        usual = caps_by_track[track.id].usual
        free = None if usual is None else usual - fullest([s.taken for s in others], start_on, None)
        if (free is None or free > 0) and not any(seat.record in shut for seat in others):
            found.append(FreeTrack(track.id, track.name, track.weekdays, track.starts, free))
    return found


def session_limits(session: SessionFacts, house: House) -> Caps:
    """The limits of one session, in the room it is held in."""
    return caps(
        [block.kind for block in session.blocks], state=session.state, on=session.on, house=house,
        room=session.room_capacity, event=session.event,
    )  # fmt: skip


def limits_here(permit: Permit, session: SessionFacts) -> Caps:
    """The limits of one session; one statement."""
    return session_limits(
        session, house_values_at(permit, [session.clinic], session.on)[session.clinic]
    )
