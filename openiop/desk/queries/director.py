"""The director's board: census, seats, group sizes, notes, waiting, incidents, by clinic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from openiop.access.queries import house_values_at
from openiop.chart.queries.owed import unsigned_by_clinic
from openiop.chart.rules.deadlines import AgeBucket
from openiop.kernel.permits import Permit
from openiop.messaging.queries.incidents import IncidentRow, register
from openiop.programs.queries import Movement, TrackFacts, movements, tracks
from openiop.schedule.queries.forecast import latest
from openiop.schedule.queries.seats import HeldSeat, held_seats, limits
from openiop.schedule.queries.sizes import GroupSize, group_sizes
from openiop.schedule.rules.capacity import Caps
from openiop.schedule.rules.forecast import Week

WEEKS = 4  # how far back group sizes look, and how far ahead completions


@dataclass(frozen=True)
class TrackLine:
    """One track: seats taken on the day (`held` of them for an offer), how many of them are
    expected free in four weeks, who waits, how large its groups were, the seats forecast to be free
    then."""

    track: TrackFacts
    enrolled: int
    held: int
    leaving: int
    waiting: int
    caps: Caps
    size: GroupSize | None
    ahead: Week | None = None

    @property
    def taken(self) -> int:
        return self.enrolled + self.held

    @property
    def expected(self) -> float:
        """Seats forecast to be free in four weeks."""
        return self.ahead.expected if self.ahead else 0

    @property
    def free(self) -> int | None:
        """Seats one may give away without a reason; None where nothing limits them."""
        return None if self.caps.usual is None else max(0, self.caps.usual - self.taken)


@dataclass(frozen=True)
class ClinicLine:
    """A clinic's tracks and its sums."""

    id: int
    code: str
    name: str
    area: str
    tracks: tuple[TrackLine, ...]
    unsigned: tuple[AgeBucket, ...]
    incidents: int

    def total(self, name: str) -> float:
        """The sum of a number over the tracks; None counts as nothing."""
        return sum(getattr(track, name) or 0 for track in self.tracks)


@dataclass(frozen=True)
class Place:
    """A clinic as the board names it."""

    id: int
    code: str
    name: str
    area: str
    area_code: str


def board(permit: Permit, places: Sequence[Place], day: date) -> list[ClinicLine]:
    """Every clinic's line, in the order given; eight statements whatever the number."""
    ids = [place.id for place in places]
    lines = _tracks(permit, ids, day)
    unsigned = unsigned_by_clinic(permit, ids)
    open_incidents = register(permit, state="open")
    return [
        ClinicLine(
            place.id, place.code, place.name, place.area,
            tuple(line for line in lines if line.track.clinic == place.id),
            tuple(unsigned.get(place.id, ())), _at(open_incidents, place.code),
        )
        for place in places
    ]  # fmt: skip


def _at(incidents: Iterable[IncidentRow], code: str) -> int:
    return sum(each.clinic_code == code for each in incidents)


def _tracks(permit: Permit, clinics: Sequence[int], day: date) -> list[TrackLine]:
    running = tracks(permit, clinics, running_on=day)
    ids = [track.id for track in running]
    house = house_values_at(permit, clinics, day)
    held = held_seats(permit, ids, day)
    moving = movements(permit, ids, day, day + timedelta(weeks=WEEKS))
    sizes = group_sizes(permit, clinics, day - timedelta(weeks=WEEKS), day)
    forecasts = latest(permit, ids)
    ahead = {track: made.ahead(WEEKS) for track, made in forecasts.items()}
    return [
        _line(track, [seat for seat in held[track.id] if seat.start <= day],
              moving[track.id], limits(track, day, house[track.clinic]), sizes.get(track.id),
              ahead.get(track.id))
        for track in running
    ]  # fmt: skip


def _line(
    track: TrackFacts, held: Sequence[HeldSeat], moving: Movement, caps: Caps,
    size: GroupSize | None, ahead: Week | None,
) -> TrackLine:  # fmt: skip
    enrolled = sum(seat.kind == "enrolled" for seat in held)
    offered = sum(seat.kind == "hold" for seat in held)
    leaving = min(moving.completing, enrolled)
    return TrackLine(track, enrolled, offered, leaving, moving.waiting, caps, size, ahead)


def ages(lines: Iterable[ClinicLine]) -> list[AgeBucket]:
    """Unsigned notes by age, all clinics together."""
    together: list[AgeBucket] = []
    for each in zip(*(line.unsigned for line in lines if line.unsigned), strict=True):
        count = sum(bucket.count for bucket in each)
        together.append(AgeBucket(each[0].from_hours, each[0].to_hours, count))
    return together
