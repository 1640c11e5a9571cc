"""When somebody could truly begin: the next session of each track from which a seat is free."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from openiop.kernel.permits import Permit
from openiop.programs.queries import TrackFacts, tracks_on_offer
from openiop.schedule.models import Session
from openiop.schedule.queries.seats import HeldSeat, held_seats, limits_of
from openiop.schedule.rules.seating import fullest

AHEAD = timedelta(days=42)


class Start(NamedTuple):
    """A track and the session at which somebody new could begin; None: none in six weeks.
    `usual`: how many people its groups take at most, None where nothing limits them."""

    track: TrackFacts
    first_on: date | None
    first_at: datetime | None
    ends_at: datetime | None
    usual: int | None


def next_starts(permit: Permit, clinics: Iterable[int]) -> list[Start]:
    """For each running track of the clinics, by clinic and hour, the first session still to come
    from which on a seat stays free; four statements. The permit must reach the clinics: who is
    bound elsewhere sees their timetable, but none of the people in it."""
    day = permit.today(permit.timezone)
    running = [each for each in tracks_on_offer(permit, clinics, day) if not each.event]
    ids = [track.id for track in running]
    usual = {track: caps.usual for track, caps in limits_of(permit, running, day).items()}
    held = held_seats(permit, ids, day)
    ahead = _ahead(permit, ids, day)
    return [
        Start(track, *_first(ahead.get(track.id, ()), held[track.id], usual[track.id]))
        for track in running
    ]


_Session = tuple[date, datetime, datetime]


def _ahead(permit: Permit, ids: list[int], day: date) -> dict[int, list[_Session]]:
    rows = Session.objects.filter(
        track_id__in=ids, on__gte=day, on__lt=day + AHEAD, starts_at__gt=permit.now,
        status="scheduled",
    ).order_by("starts_at")  # fmt: skip
    found: dict[int, list[_Session]] = {}
    for track, on, starts_at, ends_at in rows.values_list("track_id", "on", "starts_at", "ends_at"):
        found.setdefault(track, []).append((on, starts_at, ends_at))
    return found


def _first(
    sessions: Iterable[_Session], held: Iterable[HeldSeat], usual: int | None
) -> tuple[date | None, datetime | None, datetime | None, int | None]:
    taken = [seat.taken for seat in held]
    for on, starts_at, ends_at in sessions:
        if usual is None or fullest(taken, on, None) < usual:
            return on, starts_at, ends_at, usual
    return None, None, None, usual
