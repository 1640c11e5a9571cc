"""Courses of stay in tracks, as they were known at a moment of the past: what forecasts learn from
and are tested on."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from openiop.kernel.permits import Permit


class Course(NamedTuple):
    """A place in a track, [start_on, end_on) days, and when each was written down. Names nobody."""

    track: int
    start_on: date
    expected_end_on: date
    end_on: date | None
    enrolled_at: datetime
    ended_at: datetime | None

    def end_known_at(self, moment: datetime) -> date | None:
        """The end as it was known at a moment."""
        return self.end_on if self.ended_at is None or self.ended_at <= moment else None


class CourseCount(NamedTuple):
    """So many courses of a track that had gone alike by the day `on`: `days` of stay before the
    expected end, `after` days since it (-1: not reached), and whether they had ended."""

    on: date
    track: int
    days: int
    after: int
    ended: bool
    number: int


# Written out: composed from expressions it costs milliseconds each time.
_COURSES = """
SELECT place.track_id, lower(place.during), episode.expected_end_on, upper(place.during),
       place.enrolled_at, place.ended_at
  FROM programs_enrollment place JOIN programs_episode episode ON episode.id = place.episode_id
 WHERE place.track_id = ANY(%s) AND NOT isempty(place.during)
   AND (upper(place.during) IS NULL OR upper(place.during) > %s)
 ORDER BY place.track_id, place.id
"""
_COUNTS = """
SELECT told."on", place.track_id,
       greatest(least(told.until, episode.expected_end_on) - lower(place.during), 0),
       greatest(told.until - episode.expected_end_on, -1), told.ended, count(*)
  FROM unnest(%(days)s::date[], %(moments)s::timestamptz[], %(since)s::date[])
         AS asked("on", at, since)
  JOIN programs_enrollment place
    ON lower(place.during) < asked."on" AND lower(place.during) >= asked.since
   AND place.enrolled_at <= asked.at AND NOT isempty(place.during)
  JOIN programs_episode episode ON episode.id = place.episode_id
 CROSS JOIN LATERAL (
       SELECT asked."on", known.ended,
              CASE WHEN known.ended THEN upper(place.during) ELSE asked."on" END AS until
         FROM (SELECT coalesce(upper(place.during) <= asked."on"
                               AND coalesce(place.ended_at <= asked.at, true), false) AS ended
              ) known) told
 WHERE place.clinic_id = ANY(%(clinics)s)
 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


def courses(permit: Permit, track_ids: Iterable[int], since: date) -> list[Course]:
    """Every place in the tracks on the day `since` or later, by track; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COURSES, [list(track_ids), since])
        return [Course(*row) for row in cursor.fetchall()]


def course_counts(
    permit: Permit, asked: Sequence[tuple[date, datetime, date]]
) -> list[CourseCount]:
    """How courses had gone at the permit's clinics: for each (day, moment, since) those begun from
    `since` to before the day, as far as it was written down at the moment; one statement."""
    days, moments, since = ([each[place] for each in asked] for place in range(3))
    values: dict[str, Any] = {
        "days": days,
        "moments": moments,
        "since": since,
        "clinics": list(permit.clinics),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        return [CourseCount(*row) for row in cursor.fetchall()]


_OFFERS = """
SELECT count(*) FILTER (WHERE state = 'accepted'), count(*)
  FROM programs_waitingentry
 WHERE clinic_id = ANY(%s) AND offered_at >= %s AND state IN ('accepted', 'declined', 'expired')
"""


def offers_answered(permit: Permit, since: datetime) -> tuple[int, int]:
    """Of the offers made since a moment and answered or run out: how many were accepted, and how
    many there are; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OFFERS, [list(permit.clinics), since])
        accepted, answered = cursor.fetchone()
    return accepted, answered
