"""Who and what a session takes up, written from its rows in one statement.

Rooms and staff are taken for the whole session; a person for all of it but the visits that nest in
it. Exclusion constraints keep everybody and everything in one place at a time.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection

_PIECES = """
  SELECT s.organization_id, 'room' AS kind, s.room_id AS resource,
         tstzrange(s.starts_at, s.ends_at) AS during, s.id AS session_id
    FROM schedule_session s WHERE s.id = ANY(%(sessions)s) AND s.status = 'scheduled'
     AND s.room_id IS NOT NULL AND %(records)s::bigint[] IS NULL
  UNION ALL
  SELECT s.organization_id, 'staff', h.staff_id, tstzrange(s.starts_at, s.ends_at), s.id
    FROM schedule_session s JOIN schedule_sessionstaff h ON h.session_id = s.id
   WHERE s.id = ANY(%(sessions)s) AND s.status = 'scheduled' AND %(records)s::bigint[] IS NULL
  UNION ALL
  SELECT s.organization_id, 'record', seat.record_id, free.during, s.id
    FROM schedule_session s
    JOIN schedule_seat seat ON seat.track_id = s.track_id AND seat.released_at IS NULL
     AND (seat.kind = 'enrolled' AND seat.during @> s."on"
          OR seat.kind IN ('makeup', 'merged') AND seat.session_id = s.id)
   CROSS JOIN LATERAL unnest(
     tstzmultirange(tstzrange(s.starts_at, s.ends_at)) - coalesce((
       SELECT range_agg(o.during) FROM schedule_occupancy o
        WHERE o.kind = 'record' AND o.resource = seat.record_id
          AND (o.appointment_id IS NOT NULL OR %(yielding)s)
          AND o.ends_at > s.starts_at
          AND o.during && tstzrange(s.starts_at, s.ends_at)), '{}'::tstzmultirange)
     ) AS free(during)
   WHERE s.id = ANY(%(sessions)s) AND s.status = 'scheduled' AND seat.record_id IS NOT NULL
     AND (%(records)s::bigint[] IS NULL OR seat.record_id = ANY(%(records)s))
  UNION ALL
  SELECT DISTINCT s.organization_id, 'provider', n.provider_id,
         tstzrange(s.starts_at, s.ends_at), s.id
    FROM schedule_session s JOIN schedule_need n ON n.session_id = s.id
   WHERE s.id = ANY(%(sessions)s) AND s.status = 'scheduled' AND %(records)s::bigint[] IS NULL
     AND n.state = 'booked' AND n.kind IN ('spoken', 'asl')
"""
_OCCUPY = f"""
INSERT INTO schedule_occupancy (organization_id, kind, resource, during, session_id)
SELECT * FROM ({_PIECES}) taken ORDER BY kind, resource, during
"""  # noqa: S608


def occupy(sessions: Iterable[int], records: Collection[int] | None = None) -> None:
    """Take up rooms, staff and people of these sessions, or only the given people; one statement.
    IntegrityError on the first clash, by its constraint's name."""
    _run(_OCCUPY, sessions, records, yielding=False)


_AHEAD = f"""
WITH ahead AS (
  SELECT id, starts_at FROM schedule_session
   WHERE track_id = %(track)s AND "on" >= %(start)s AND ends_at > %(now)s AND status = 'scheduled'
), taken AS (
{_OCCUPY.replace("ANY(%(sessions)s)", "ANY(ARRAY(SELECT id FROM ahead))")}
) SELECT id FROM ahead ORDER BY starts_at
"""  # noqa: S608


def occupy_ahead(track: int, record: int, start: date, now: datetime) -> list[int]:
    """Take up one person for every session of a track from a day on that is not over; their ids.
    One statement."""
    values: dict[str, Any] = {
        "track": track, "start": start, "now": now, "records": [record], "yielding": False,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_AHEAD, values)
        return [row[0] for row in cursor.fetchall()]


_VISITS = """
INSERT INTO schedule_occupancy (organization_id, kind, resource, during, appointment_id)
SELECT a.organization_id, taken.kind, taken.resource, tstzrange(a.starts_at, a.ends_at), a.id
  FROM schedule_appointment a
 CROSS JOIN LATERAL (
   VALUES ('record', a.record_id), ('room', a.room_id), ('staff', a.staff_id)
   UNION ALL
   SELECT DISTINCT 'provider', n.provider_id FROM schedule_need n
    WHERE n.appointment_id = a.id AND n.state = 'booked' AND n.kind IN ('spoken', 'asl')
 ) AS taken(kind, resource)
 WHERE a.id = ANY(%s) AND a.cancelled_at IS NULL AND taken.resource IS NOT NULL
 ORDER BY taken.kind, taken.resource, a.starts_at
"""


def occupy_visits(visits: Iterable[int]) -> None:
    """Take up the person, colleague, room and interpreter of these visits, but of cancelled ones;
    one statement. IntegrityError on the first clash, by its constraint's name."""
    with connection.cursor() as cursor:
        cursor.execute(_VISITS, [list(visits)])


_PROVIDERS = """
INSERT INTO schedule_occupancy (organization_id, kind, resource, during, session_id, appointment_id)
SELECT DISTINCT n.organization_id, 'provider', n.provider_id,
       CASE WHEN a.id IS NULL THEN tstzrange(s.starts_at, s.ends_at)
            ELSE tstzrange(a.starts_at, a.ends_at) END, n.session_id, n.appointment_id
  FROM schedule_need n
  LEFT JOIN schedule_session s ON s.id = n.session_id
  LEFT JOIN schedule_appointment a ON a.id = n.appointment_id
 WHERE (n.session_id = %(session)s OR n.appointment_id = %(visit)s)
   AND n.state = 'booked' AND n.kind IN ('spoken', 'asl')
   AND (s.status = 'scheduled' OR a.id IS NOT NULL AND a.cancelled_at IS NULL)
"""


def occupy_providers(*, visit: int | None = None, session: int | None = None) -> None:
    """Take up the interpreters booked for one visit or one session, and no others; two statements.
    IntegrityError when one is elsewhere then."""
    values = {"visit": visit, "session": session}
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM schedule_occupancy WHERE kind = 'provider'"
            " AND (session_id = %(session)s OR appointment_id = %(visit)s)", values,
        )  # fmt: skip
        cursor.execute(_PROVIDERS, values)


def occupy_where_free(sessions: Iterable[int]) -> set[tuple[str, int, int]]:
    """Take up what is free; (kind, resource, session) of all that was taken. What is busy already
    stays with whoever has it."""
    return _run(
        _OCCUPY + " ON CONFLICT DO NOTHING RETURNING kind, resource, session_id", sessions, None,
        yielding=True,
    )  # fmt: skip


def _run(
    statement: str, sessions: Iterable[int], records: Collection[int] | None, *, yielding: bool
) -> set[tuple[str, int, int]]:
    values: dict[str, Any] = {
        "sessions": list(sessions), "yielding": yielding,
        "records": None if records is None else list(records),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return set(cursor.fetchall()) if cursor.description else set()
