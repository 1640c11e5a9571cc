"""Courses of care, with the level of care in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from openiop.kernel.permits import Permit


@dataclass(frozen=True)
class EpisodeFacts:
    """One course of care. `level` and `days_a_week` are those in force on the day asked for."""

    id: int
    record: int
    clinic: int
    program: int
    program_name: str
    program_kind: str
    opened_on: date
    expected_end_on: date
    closed_on: date | None
    close_reason: str
    counselor: int | None
    level: str
    days_a_week: int | None


# Written out: composed from expressions it costs milliseconds each time.
_EPISODE = """
SELECT episode.id, episode.record_id, episode.clinic_id, episode.program_id, program.name,
       program.kind, episode.opened_on, episode.expected_end_on, episode.closed_on,
       episode.close_reason, episode.counselor_id, coalesce(now.level, ''), now.days_a_week
  FROM programs_episode episode JOIN programs_program program ON program.id = episode.program_id
  LEFT JOIN LATERAL (
       SELECT level.level, level.days_a_week FROM programs_levelofcare level
        WHERE level.episode_id = episode.id AND level.from_on <= %(on)s
        ORDER BY level.from_on DESC, level.id DESC LIMIT 1) now ON true
"""
_OLDEST_FIRST = " ORDER BY episode.opened_on, episode.id"
_OPEN = _EPISODE + " WHERE episode.record_id = ANY(%(records)s) AND episode.closed_on IS NULL"
_DURING = (
    _EPISODE + " WHERE episode.record_id = ANY(%(records)s) AND episode.opened_on < %(end)s"
    " AND (episode.closed_on IS NULL OR episode.closed_on >= %(start)s)"
)
_OF_RECORD = (
    _EPISODE + " WHERE episode.record_id = %(record)s"
    " ORDER BY episode.opened_on DESC, episode.id DESC"
)


def episodes(permit: Permit, records: Iterable[int], on: date) -> dict[int, EpisodeFacts]:
    """The open episode of each record that has one, the newest first asked; one statement."""
    found = _facts(_OPEN + _OLDEST_FIRST, records=list(records), on=on)
    return {each.record: each for each in found}


def episodes_during(
    permit: Permit, records: Iterable[int], start: date, end: date
) -> dict[int, EpisodeFacts]:
    """The latest episode of each record open on some day of [start, end), closed ones included,
    with the level in force on its last day there; one statement."""
    found = _facts(
        _DURING + _OLDEST_FIRST, records=list(records), start=start, end=end,
        on=end - timedelta(days=1),
    )  # fmt: skip
    return {each.record: each for each in found}


def episodes_of(permit: Permit, record: int, on: date) -> list[EpisodeFacts]:
    """All episodes of a record, newest first; one statement."""
    return _facts(_OF_RECORD, record=record, on=on)


_CASELOADS = """
SELECT staff.id, (SELECT count(DISTINCT episode.record_id) FROM programs_episode episode
                   WHERE episode.counselor_id = staff.id AND episode.closed_on IS NULL),
       staff.caseload_max
  FROM access_staff staff WHERE staff.id = ANY(%s)
"""


def caseloads(permit: Permit, staff: Iterable[int]) -> dict[int, tuple[int, int | None]]:
    """Of each colleague: people they are the counselor of now at the permit's clinics, and the
    most they take (None: no limit); one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CASELOADS, [list(staff)])
        return {member: (people, most) for member, people, most in cursor.fetchall()}


def _facts(statement: str, **values: Any) -> list[EpisodeFacts]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [EpisodeFacts(*row) for row in cursor.fetchall()]
