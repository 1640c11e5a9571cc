"""Topics as people look at them: of one session, of a track's weeks, of one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from openiop.catalog.curriculum import Curriculum, Topic, curriculum
from openiop.kernel.permits import Permit
from openiop.schedule.models import RotationRun, SessionTopic
from openiop.schedule.queries.rotation import Held


@dataclass(frozen=True)
class Chosen:
    """The topic of a session with its place in its curriculum; both None for the group's own."""

    held: Held
    curriculum: Curriculum | None
    topic: Topic | None


class TopicDay(NamedTuple):
    """A topic somebody had, missed or will have, by its part, and the session's local day."""

    topic: str
    part: int
    title: str
    session: int
    on: date
    state: str


@dataclass(frozen=True)
class PersonTopics:
    """One person's topics: had with the last day, missed and not had since, to come."""

    had: tuple[TopicDay, ...]
    missed: tuple[TopicDay, ...]
    coming: tuple[TopicDay, ...]


class Run(NamedTuple):
    """One recompute or one hand's change of a track's topics; `by` is "" for the plan itself."""

    id: int
    cause: str
    at: datetime
    by: str
    changes: int
    seconds: float
    repeats: tuple[tuple[int, int, str, int, str], ...]
    undone: bool


def chosen(permit: Permit, session: int) -> Chosen | None:
    """The topic of a session of the permit's clinics, None where it has none; one statement."""
    row = SessionTopic.objects.filter(session_id=session, clinic_id__in=permit.clinics).first()
    if row is None:
        return None
    held = Held(session, row.topic, row.part, row.state, row.title, row.reason)
    if not row.topic or row.version is None:
        return Chosen(held, None, None)
    found = curriculum(row.curriculum, row.version)
    return Chosen(held, found, found.topic(row.topic))


def runs(permit: Permit, track: int, most: int = 5) -> list[Run]:
    """The newest runs of a track that changed something, the newest first; one statement."""
    rows = RotationRun.objects.filter(track_id=track, clinic_id__in=permit.clinics)
    rows = rows.exclude(after={}).select_related("by").order_by("-at", "-id")
    return [_run(row) for row in rows[:most]]


def last_run(permit: Permit, track: int) -> Run | None:
    """The newest plan of a track; one statement."""
    rows = RotationRun.objects.filter(track_id=track, clinic_id__in=permit.clinics)
    row = rows.select_related("by").exclude(seconds=0).order_by("-at", "-id").first()
    return _run(row) if row else None


def _run(row: RotationRun) -> Run:
    by = f"{row.by.first_name} {row.by.last_name}" if row.by else ""
    repeats = tuple(tuple(each) for each in row.repeats)
    return Run(
        row.id, row.cause, row.at, by, len(row.after), row.seconds, repeats,
        row.undone_at is not None,
    )  # fmt: skip


# A session over and not recorded yet counts as had by everybody expected.
_TOPICS = """
  SELECT topic.topic, topic.part, topic.title, session.id, session."on",
         CASE WHEN came.status = 'present' THEN 'had'
              WHEN came.status IS NOT NULL THEN 'missed'
              WHEN session.ends_at > %(now)s THEN 'coming'
              WHEN session.attendance_closed_at IS NULL THEN 'had' ELSE 'missed' END
    FROM (SELECT seated.id, seated."on", seated.ends_at, seated.attendance_closed_at,
                 seated.status
            FROM schedule_seat seat
            JOIN schedule_session seated ON seated.track_id = seat.track_id
             AND (seat.kind = 'enrolled' AND seat.during @> seated."on"
                  OR seat.session_id = seated.id)
           WHERE seat.record_id = %(record)s AND seat.released_at IS NULL AND seat.kind <> 'hold'
           UNION
          SELECT walked.id, walked."on", walked.ends_at, walked.attendance_closed_at, walked.status
            FROM schedule_attendance came
            JOIN schedule_session walked ON walked.id = came.session_id
           WHERE came.record_id = %(record)s) session
    JOIN schedule_sessiontopic topic ON topic.session_id = session.id
    LEFT JOIN schedule_attendance came
      ON came.session_id = session.id AND came.record_id = %(record)s
   WHERE session.status = 'scheduled'
   ORDER BY session."on", session.id"""


def topics_of(permit: Permit, record: int) -> PersonTopics:
    """The topics of a person the permit may see: had, missed and not made up, to come, by day. One
    statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TOPICS, {"record": record, "now": permit.now})
        rows = [TopicDay(*row) for row in cursor.fetchall()]
    had = _last(row for row in rows if row.state == "had")
    missed = _last(row for row in rows if row.state == "missed" and row.topic)
    lacking = tuple(row for key, row in missed.items() if key not in had)
    coming = tuple(row for row in rows if row.state == "coming")
    return PersonTopics(tuple(had.values()), lacking, coming)


def _last(rows: Iterable[TopicDay]) -> dict[Any, TopicDay]:
    found: dict[Any, TopicDay] = {}
    for row in rows:
        key = (row.topic, row.part) if row.topic else row.session
        found.pop(key, None)
        found[key] = row
    return found
