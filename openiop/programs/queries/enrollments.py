"""Places in tracks, by day: who has one, who is expected to complete."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.programs.queries.waiting import IN_LINE


@dataclass(frozen=True)
class EnrollmentFacts:
    """A place in a track: the days [start_on, end_on); None: open-ended."""

    id: int
    record: int
    clinic: int
    episode: int
    track: int
    track_name: str
    program_kind: str
    start_on: date
    end_on: date | None
    expected_end_on: date
    counselor: int | None


# Written out: composed from expressions these cost milliseconds each time.
_PLACE = """
SELECT place.id, place.record_id, place.clinic_id, place.episode_id, place.track_id, track.name,
       program.kind, lower(place.during), upper(place.during), episode.expected_end_on,
       episode.counselor_id
  FROM programs_enrollment place
  JOIN programs_track track ON track.id = place.track_id
  JOIN programs_program program ON program.id = track.program_id
  JOIN programs_episode episode ON episode.id = place.episode_id
 WHERE NOT isempty(place.during)
"""
_OF_RECORD = _PLACE + " AND place.record_id = %s ORDER BY place.during DESC"
_CURRENT = _PLACE + " AND place.record_id = ANY(%s) AND place.during @> %s::date"
_OF_TRACKS = (
    _PLACE
    + """
   AND place.track_id = ANY(%s) AND (upper(place.during) IS NULL OR upper(place.during) > %s)
 ORDER BY place.during, place.id"""
)
_ONE = _PLACE + " AND place.id = %s AND place.clinic_id = ANY(%s)"


def _facts(statement: str, *values: Any) -> list[EnrollmentFacts]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [EnrollmentFacts(*row) for row in cursor.fetchall()]


def enrollments_of(permit: Permit, record: int) -> list[EnrollmentFacts]:
    """Every enrollment of a record, past ones too, newest first; one statement."""
    return _facts(_OF_RECORD, record)


def current_enrollments(
    permit: Permit, records: Iterable[int], on: date
) -> dict[int, EnrollmentFacts]:
    """The enrollment of each record that has one on the day; one statement."""
    return {each.record: each for each in _facts(_CURRENT, list(records), on)}


def track_enrollments(permit: Permit, track_ids: Iterable[int], on: date) -> list[EnrollmentFacts]:
    """Who is enrolled on the day or later in the tracks, first come first; one statement."""
    return _facts(_OF_TRACKS, list(track_ids), on)


def enrollment(permit: Permit, enrollment_id: int) -> EnrollmentFacts:
    """One enrollment at the permit's clinics, or Http404."""
    found = _facts(_ONE, enrollment_id, list(permit.clinics))
    if not found:
        raise Http404("No such enrollment.")
    return found[0]


class Movement(NamedTuple):
    """How many people of a track complete in a stretch of days, and how many are in its line."""

    completing: int = 0
    waiting: int = 0


_MOVEMENTS = """
SELECT track, sum(completing), sum(waiting) FROM (
  SELECT place.track_id AS track, 1 AS completing, 0 AS waiting
    FROM programs_enrollment place JOIN programs_episode episode ON episode.id = place.episode_id
   WHERE place.track_id = ANY(%(tracks)s) AND place.during @> %(start)s::date
     AND episode.expected_end_on >= %(start)s AND episode.expected_end_on < %(end)s
   UNION ALL
  SELECT track_id, 0, 1 FROM programs_waitingentry
   WHERE track_id = ANY(%(tracks)s) AND state = ANY(%(in_line)s)) each_one
 GROUP BY track
"""


def movements(
    permit: Permit, track_ids: Iterable[int], start: date, end: date
) -> dict[int, Movement]:
    """By track who of those enrolled on `start` is expected to complete in [start, end), and who
    waits or holds an offer now, as numbers; one statement."""
    found = dict.fromkeys(track_ids, Movement())
    values: dict[str, Any] = {
        "tracks": list(found), "start": start, "end": end, "in_line": list(IN_LINE),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MOVEMENTS, values)
        found.update((track, Movement(*counted)) for track, *counted in cursor.fetchall())
    return found


# Written out: composed from expressions it costs milliseconds each time.
_ENDS = """
SELECT place.track_id, episode.expected_end_on
  FROM programs_enrollment place JOIN programs_episode episode ON episode.id = place.episode_id
 WHERE place.track_id = ANY(%s) AND place.during @> %s::date
   AND episode.expected_end_on >= %s AND episode.expected_end_on < %s
 ORDER BY episode.expected_end_on
"""


def expected_ends(
    permit: Permit, track_ids: Iterable[int], start: date, end: date
) -> dict[int, list[date]]:
    """The days in [start, end) on which people enrolled on `start` are expected to complete, by
    track, in order; one statement."""
    found: dict[int, list[date]] = {track_id: [] for track_id in track_ids}
    with connection.cursor() as cursor:
        cursor.execute(_ENDS, [list(found), start, start, end])
        for track_id, day in cursor.fetchall():
            found[track_id].append(day)
    return found
