"""Who waits for whom, so that nobody waits in a ring: first tracks, lowest id first, then rooms and
staff, lowest first."""

from collections.abc import Iterable

from django.db import connection

_TRACKS = """
SELECT t.id FROM programs_track t
 WHERE t.id = ANY(%s) OR t.id IN (SELECT track_id FROM schedule_session WHERE id = ANY(%s))
 ORDER BY t.id FOR NO KEY UPDATE
"""
_RESOURCES = """
SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted(key, place)
 ORDER BY place
"""
_KEYS = {"room": 1 << 40, "staff": 1 << 41, "provider": 1 << 42}


def lock_tracks(*, tracks: Iterable[int] = (), sessions: Iterable[int] = ()) -> None:
    """Hold these tracks, or those of these sessions, until the transaction ends: one writer at a
    time counts and takes the seats of a track. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TRACKS, [list(tracks), list(sessions)])
        cursor.fetchall()


def hold_still(resources: Iterable[tuple[str, int]]) -> None:
    """Until the transaction ends, let nobody else move into these rooms ("room", id) or take these
    staff ("staff", id) or interpreters ("provider", id). One statement."""
    keys = sorted({_KEYS[kind] + resource for kind, resource in resources if kind in _KEYS})
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(_RESOURCES, [keys])
