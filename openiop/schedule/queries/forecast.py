"""What a forecast of free seats is made from, and the forecasts made last."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from json import loads

from django.db import connection

from openiop.kernel.permits import Permit
from openiop.programs.queries import (
    Course,
    CourseCount,
    TrackFacts,
    course_counts,
    courses,
    offers_answered,
    track_enrollments,
)  # fmt: skip
from openiop.schedule.queries.seats import HeldSeat, held_seats, limits_of
from openiop.schedule.rules.calibration import Calibration, back_test
from openiop.schedule.rules.forecast import (
    OFFER_TAKEN,
    OFFER_WEIGHT,
    Rates,
    Stay,
    Week,
    rates_by_track,
    shrunk,
)

TESTED_WEEKS = 26
LOOK_BACK = timedelta(weeks=52)
HELD_STAY = timedelta(weeks=8)  # the usual course, for somebody not admitted yet


@dataclass(frozen=True)
class Outlook:
    """What is known of one track: its seats, who holds them, how people leave it."""

    track: int
    cap: int
    on: date
    stays: tuple[Stay, ...]
    rates: Rates


def outlooks(permit: Permit, tracks: Sequence[TrackFacts]) -> list[Outlook]:
    """What is known today of each track that has a limit; five statements."""
    today = {track.id: permit.today(track.timezone) for track in tracks}
    if not tracks:
        return []
    first = min(today.values())
    caps = limits_of(permit, tracks, first)
    held = held_seats(permit, today, first)
    taken_up = offer_share(permit)
    stays: dict[int, list[Stay]] = {track: _held(held[track], taken_up) for track in today}
    for place in track_enrollments(permit, today, first):
        if place.end_on is None or place.end_on > today[place.track]:
            stay = Stay(place.start_on, place.expected_end_on, place.end_on)
            stays[place.track].append(stay)
    counted = as_known(permit, [(first, permit.now)])[first]
    network, own = rates_by_track(counted)
    return [
        Outlook(track, cap, today[track], tuple(stays[track]), own.get(track, network))
        for track in today
        if (cap := caps[track].usual) is not None
    ]


def _held(seats: Iterable[HeldSeat], taken_up: float) -> list[Stay]:
    """Seats held for an offer: taken up or not, for a course of the usual length."""
    return [
        Stay(seat.start, seat.start + HELD_STAY, taken_up=taken_up)
        for seat in seats
        if seat.kind == "hold"
    ]


def offer_share(permit: Permit) -> float:
    """How many of the seats offered in a year are taken; one statement."""
    accepted, answered = offers_answered(permit, permit.now - LOOK_BACK)
    return shrunk(accepted, answered, OFFER_TAKEN, OFFER_WEIGHT)


def as_known(
    permit: Permit, moments: Iterable[tuple[date, datetime]]
) -> dict[date, dict[int, list[CourseCount]]]:
    """How the courses of the year before each day had gone, as it was known at the moment, by
    track; one statement."""
    asked = [(day, moment, day - LOOK_BACK) for day, moment in moments]
    found: dict[date, dict[int, list[CourseCount]]] = {day: {} for day, _moment, _since in asked}
    for each in course_counts(permit, asked):
        found[each.on].setdefault(each.track, []).append(each)
    return found


@dataclass(frozen=True)
class Past:
    """The past weeks a forecast is tested on: every course of the tracks, the limits, and the rates
    as they were known on each of the days (the network's, and tracks' own)."""

    days: tuple[date, ...]
    today: date
    caps: Mapping[int, int]
    courses: Mapping[int, Sequence[Course]]
    rates: Mapping[date, tuple[Rates, Mapping[int, Rates]]]


def known_by(day: date) -> datetime:
    """The moment of a past day whose knowledge a tested forecast may use: noon in London, early
    morning in America."""
    return datetime.combine(day, time(12), UTC)


def past(permit: Permit, tracks: Sequence[TrackFacts], today: date, weeks: int) -> Past:
    """The Sundays of the `weeks` weeks before today, from the first week with people on; three
    statements."""
    sunday = today - timedelta(days=today.isoweekday() % 7 or 7)
    first = sunday - timedelta(weeks=weeks - 1)
    caps = limits_of(permit, tracks, today)
    limited = {track: cap for track, limits in caps.items() if (cap := limits.usual) is not None}
    by_track: dict[int, list[Course]] = {track: [] for track in limited}
    for course in courses(permit, limited, first):
        by_track[course.track].append(course)
    begun = min((each.start_on for here in by_track.values() for each in here), default=today)
    days = tuple(
        day for week in range(weeks) if (day := first + timedelta(weeks=week)) > begun
    )  # fmt: skip
    counted = as_known(permit, [(day, known_by(day)) for day in days])
    rates = {day: rates_by_track(here) for day, here in counted.items()}
    return Past(days, today, limited, by_track, rates)


def calibrated(
    permit: Permit, tracks: Sequence[TrackFacts], today: date, weeks: int = TESTED_WEEKS
) -> tuple[Calibration | None, int]:
    """How well forecasts made in the past weeks would have done, and in how many weeks; three
    statements, and a second or so of reckoning."""
    known = past(permit, tracks, today, weeks)

    def rates(day: date, track: int) -> Rates:
        network, own = known.rates[day]
        return own.get(track, network)

    days = {day: known_by(day) for day in known.days}
    return back_test(days, today, known.courses, known.caps, rates), len(known.days)


@dataclass(frozen=True)
class Forecast:
    """A track's free seats as reckoned on a day."""

    made_on: date
    weeks: tuple[Week, ...]

    def ahead(self, weeks: int) -> Week | None:
        """The week so many weeks ahead of those that are still to come."""
        return self.weeks[weeks - 1] if len(self.weeks) >= weeks else None


_LATEST = """
SELECT wanted.track, made.made_on, made.weeks
  FROM unnest(%s::bigint[]) AS wanted(track)
 CROSS JOIN LATERAL (
       SELECT row.made_on, row.weeks FROM schedule_seatforecast row
        WHERE row.track_id = wanted.track ORDER BY row.made_on DESC LIMIT 1) made
"""


def latest(permit: Permit, tracks: Iterable[int]) -> dict[int, Forecast]:
    """The last forecast of each track that has one, without the days that are past; one
    statement."""
    today = permit.now.date()
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [list(tracks)])
        rows = cursor.fetchall()
    return {track: Forecast(made_on, _ahead(weeks, today)) for track, made_on, weeks in rows}


def _ahead(weeks: str, today: date) -> tuple[Week, ...]:
    read = (
        Week(date.fromisoformat(row["week_on"]), row["low"], row["expected"], row["high"])
        for row in loads(weeks)
    )
    return tuple(week for week in read if week.week_on >= today)


def expected_free(permit: Permit, tracks: Iterable[int]) -> dict[int, tuple[Week, ...]]:
    """Free seats of the coming Mondays by track, as forecast last, if nobody else is enrolled:
    eight times in ten from `low` to `high`. A track without a limit or a forecast has none. One
    statement."""
    wanted = list(tracks)
    found = latest(permit, wanted)
    return {track: found[track].weeks if track in found else () for track in wanted}
