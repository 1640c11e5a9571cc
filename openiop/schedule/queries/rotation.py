"""A track's coming sessions, who is expected and what they have had: the question of its topics."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from openiop.catalog.curriculum import Curriculum, curriculum
from openiop.kernel.permits import Permit
from openiop.programs.queries import TrackFacts
from openiop.programs.queries import track as track_facts
from openiop.schedule.models import TrackCurriculum
from openiop.schedule.queries.optouts import opted_out
from openiop.schedule.rules.rotation import (
    OWN,
    Ask,
    Cost,
    Repeat,
    Unit,
    causes,
    cost,
    sound,
    wished,
)  # fmt: skip
from openiop.schedule.rules.rotation.asking import Meeting, Member, question, topics_of

AHEAD = 30  # sessions planned ahead
AUTOMATIC = ["join", "night", "follow"]  # causes of runs that planned the track anew


class Held(NamedTuple):
    """The topic of one session as it stands; `topic` is "" for one of the group's own."""

    session: int
    topic: str
    part: int
    state: str
    title: str
    reason: str


@dataclass(frozen=True)
class Rotation:
    """One track's question: its curriculum, coming sessions as they stand, people, the `ask`."""

    track: TrackFacts
    curriculum: Curriculum
    meetings: tuple[Meeting, ...]
    held: Mapping[int, Held]
    members: tuple[Member, ...]
    before: Unit | None
    now: datetime

    @property
    def ask(self) -> Ask:
        return question(
            topics_of(self.curriculum), self.meetings, self.members, self.now, self.before
        )

    def changed(self, units: Mapping[int, Unit]) -> "Rotation":
        """The same with other units in some sessions, put there by hand."""
        meetings = tuple(
            replace(each, now=units[each.id], state="pinned") if each.id in units else each
            for each in self.meetings
        )
        return replace(self, meetings=meetings)


@dataclass(frozen=True)
class Weighed:
    """What changing some sessions by hand costs before the plan mends itself: repeats that would
    be new, people who would land in the middle, whether a topic of two parts is torn apart."""

    repeats: tuple[Repeat, ...]
    landings: int
    torn: bool

    @property
    def free(self) -> bool:
        return not (self.repeats or self.landings or self.torn)


def followed(permit: Permit, track: int, day: date) -> Curriculum | None:
    """The curriculum a track follows on a day; one statement."""
    row = TrackCurriculum.objects.filter(
        track_id=track, clinic_id__in=permit.clinics, during__contains=day
    ).values_list("curriculum", "version").first()  # fmt: skip
    return curriculum(*row) if row else None


def rotation(permit: Permit, track: int) -> Rotation | None:
    """The question of one track of the permit's clinics at its moment, or None where it follows no
    curriculum; Http404. Six statements whatever the number of people."""
    facts = track_facts(permit, track)
    today = permit.today(facts.timezone)
    found = followed(permit, track, max(today, facts.start_on))
    if found is None:
        return None
    rows = _rows(_MEETINGS, track=track, now=permit.now, ahead=AHEAD)
    held = {row[0]: Held(row[0], *row[5:]) for row in rows if row[3] is not None}
    meetings = tuple(_meeting(row, found) for row in rows)
    last = meetings[-1].on if meetings else today
    members = _members(permit, facts, found, today, last)
    before = _rows(_BEFORE, track=track, now=permit.now, curriculum=found.id)
    return Rotation(
        facts, found, meetings, held, members, before[0] if before else None, permit.now
    )  # fmt: skip


def _meeting(row: tuple[Any, ...], found: Curriculum) -> Meeting:
    session, on, starts_at, code, version, topic, part, state = row[:8]
    known = {(each.code, n) for each in found.topics for n in range(1, each.parts + 1)}
    if code is None or (state == "planned" and (code, version) != (found.id, found.version)):
        return Meeting(session, on, starts_at)
    unit = (topic, part) if (topic, part) in known else OWN
    return Meeting(session, on, starts_at, unit, state)


# A session that is over has been heard; one that has begun keeps its topic.
_MEETINGS = """
  SELECT session.id, session."on", session.starts_at, topic.curriculum, topic.version,
         topic.topic, topic.part, topic.state, topic.title, topic.reason
    FROM schedule_session session
    LEFT JOIN schedule_sessiontopic topic ON topic.session_id = session.id
   WHERE session.track_id = %(track)s AND session.status = 'scheduled'
     AND session.ends_at > %(now)s
   ORDER BY session.starts_at, session.id LIMIT %(ahead)s"""
_BEFORE = """
  SELECT topic.topic, topic.part
    FROM schedule_session session JOIN schedule_sessiontopic topic ON topic.session_id = session.id
   WHERE session.track_id = %(track)s AND session.status = 'scheduled'
     AND session.ends_at <= %(now)s AND topic.topic <> '' AND topic.curriculum = %(curriculum)s
   ORDER BY session.starts_at DESC LIMIT 1"""
_SEATS = """
  SELECT seat.record_id, seat.kind, seat.session_id, lower(seat.during), upper(seat.during),
         episode.opened_on, episode.expected_end_on
    FROM schedule_seat seat
    LEFT JOIN programs_enrollment enrollment ON enrollment.id = seat.enrollment_id
    LEFT JOIN programs_episode episode ON episode.id = enrollment.episode_id
   WHERE seat.track_id = %(track)s AND seat.released_at IS NULL AND seat.record_id IS NOT NULL
     AND seat.kind <> 'hold' AND seat.during && daterange(%(today)s, %(last)s, '[]')
   ORDER BY seat.number, seat.id"""
# Of a session nobody recorded yet, everybody expected is taken to have heard it.
_HEARD = """
  SELECT came.record_id, topic.topic, topic.part, came.status = 'present'
    FROM schedule_attendance came
    JOIN schedule_session session ON session.id = came.session_id
    JOIN schedule_sessiontopic topic ON topic.session_id = came.session_id
   WHERE came.record_id = ANY(%(records)s) AND topic.curriculum = %(curriculum)s
     AND topic.topic <> '' AND session.ends_at <= %(now)s
  UNION ALL
  SELECT seat.record_id, topic.topic, topic.part, true
    FROM schedule_seat seat
    JOIN schedule_session session ON session.track_id = seat.track_id
     AND seat.during @> session."on" AND session.status = 'scheduled'
     AND (seat.kind = 'enrolled' OR seat.session_id = session.id)
    JOIN schedule_sessiontopic topic ON topic.session_id = session.id
   WHERE seat.record_id = ANY(%(records)s) AND seat.released_at IS NULL AND seat.kind <> 'hold'
     AND topic.curriculum = %(curriculum)s AND topic.topic <> '' AND session.ends_at <= %(now)s
     AND session.attendance_closed_at IS NULL
     AND NOT EXISTS (SELECT FROM schedule_attendance came
                      WHERE came.session_id = session.id AND came.record_id = seat.record_id)"""


def _rows(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def heard(
    permit: Permit, records: Iterable[int], curriculum_id: str
) -> tuple[dict[int, set[Unit]], dict[int, set[Unit]]]:
    """The units each person has had, and those held while they were expected and away; one
    statement."""
    found: tuple[dict[int, set[Unit]], dict[int, set[Unit]]] = ({}, {})
    rows = _rows(_HEARD, records=list(records), curriculum=curriculum_id, now=permit.now)
    for record, topic, part, there in rows:
        found[0 if there else 1].setdefault(record, set()).add((topic, part))
    return found


def _members(
    permit: Permit, track: TrackFacts, found: Curriculum, today: date, last: date
) -> tuple[Member, ...]:
    seats = _rows(_SEATS, track=track.id, today=today, last=last)
    records = list({row[0] for row in seats})
    had, absent = heard(permit, records, found.id)
    out = opted_out(permit, records, found.id)
    days = {topic.code: by.within_days for topic in found.required_in(track.state)
            for by in topic.required_by if by.state == track.state}  # fmt: skip
    return tuple(
        Member(
            record, start, _until(end, expected, today), session,
            frozenset(had.get(record, ())), frozenset(absent.get(record, ())),
            out.get(record, frozenset()),
            {code: opened + timedelta(days=within) for code, within in days.items() if opened},
        )
        for record, kind, session, start, end, opened, expected in seats
    )  # fmt: skip


def _until(end: date | None, expected: date | None, today: date) -> date | None:
    """The first day without them as far as anybody knows; None for who stayed past the plan."""
    if end is not None:
        return end
    return expected if expected and expected > today else None


def weigh(found: Rotation, units: Mapping[int, Unit]) -> Weighed:
    """What it costs to put these units into these sessions by hand."""
    was, will = found.ask, found.changed(units).ask
    now, then = wished(was), wished(will)
    known = {(each.person, each.slot, each.unit) for each in causes(was, now)}
    new = tuple(each for each in causes(will, then)
                if (each.person, each.slot, each.unit) not in known)  # fmt: skip
    before, after = cost(was, now), cost(will, then)
    torn = sound(was, now) and not _whole(will, then)
    return Weighed(new, max(0, _landings(after) - _landings(before)), torn)


def _landings(total: Cost) -> int:
    return total.wrong


def _whole(ask: Ask, plan: tuple[Unit, ...]) -> bool:
    """Whether every part stands beside the other, whoever put it there."""
    free = replace(ask, slots=tuple(replace(slot, fixed="") for slot in ask.slots))
    return sound(free, plan)


def stale_track(permit: Permit) -> int | None:
    """A track whose topics are older than what happened since: somebody joined, left, was away or
    opted out, a session was laid or changed, a hand set a topic. One statement; None when all plans
    are fresh. What was written while a plan was made may be missing in it: it counts as later, and
    a plan is left alone for a minute."""
    rows = _rows(
        _STALE, clinics=list(permit.clinics), now=permit.now, ahead=AHEAD, automatic=AUTOMATIC
    )
    return rows[0][0] if rows else None


_STALE = """
  SELECT followed.track_id
    FROM schedule_trackcurriculum followed
    CROSS JOIN LATERAL (
      SELECT coalesce(max(at) FILTER (WHERE cause = ANY(%(automatic)s) AND undone_at IS NULL),
                      '-infinity') AS done_at,
             max(at) FILTER (WHERE cause <> ALL(%(automatic)s)) AS hand, max(undone_at) AS undone
        FROM schedule_rotationrun WHERE track_id = followed.track_id) last
    CROSS JOIN LATERAL (
      SELECT last.done_at - interval '10 seconds' AS at, last.hand, last.undone) run
   WHERE followed.clinic_id = ANY(%(clinics)s)
     AND last.done_at < %(now)s - interval '1 minute'
     AND followed.during @> (%(now)s AT TIME ZONE 'UTC')::date
     AND EXISTS (SELECT FROM schedule_session WHERE track_id = followed.track_id
                    AND status = 'scheduled' AND ends_at > %(now)s)
     AND (run.hand >= run.at OR run.undone >= run.at
      OR EXISTS (SELECT FROM schedule_seat seat WHERE seat.track_id = followed.track_id
                    AND (seat.taken_at > run.at OR seat.released_at > run.at))
      OR EXISTS (SELECT FROM programs_enrollment place WHERE place.track_id = followed.track_id
                    AND place.ended_at > run.at)
      OR EXISTS (SELECT FROM schedule_session held
                   JOIN schedule_attendance came ON came.session_id = held.id
                  WHERE held.track_id = followed.track_id AND came.recorded_at > run.at
                    AND held."on" > (%(now)s AT TIME ZONE 'UTC')::date - 15
                    AND came.status <> 'present')
      OR EXISTS (SELECT FROM schedule_session held
                   JOIN schedule_sessionchange done ON done.session_id = held.id
                  WHERE held.track_id = followed.track_id
                    AND (done.at > run.at OR done.undone_at > run.at))
      OR EXISTS (SELECT FROM schedule_seat seat
                   JOIN schedule_topicoptout opted ON opted.record_id = seat.record_id
                  WHERE seat.track_id = followed.track_id AND seat.released_at IS NULL
                    AND (opted.set_at > run.at OR opted.ended_at > run.at))
      OR EXISTS (SELECT FROM (
                   SELECT id FROM schedule_session WHERE track_id = followed.track_id
                      AND status = 'scheduled' AND ends_at > %(now)s
                    ORDER BY starts_at, id LIMIT %(ahead)s) ahead
                  WHERE NOT EXISTS (SELECT FROM schedule_sessiontopic topic
                                     WHERE topic.session_id = ahead.id)))
   ORDER BY followed.track_id LIMIT 1"""


def unplanned_track(permit: Permit, since: datetime) -> int | None:
    """A track that follows a curriculum and was not planned since a moment; one statement."""
    rows = _rows(
        _UNPLANNED, clinics=list(permit.clinics), now=permit.now, since=since, automatic=AUTOMATIC
    )
    return rows[0][0] if rows else None


_UNPLANNED = """
  SELECT followed.track_id FROM schedule_trackcurriculum followed
   WHERE followed.clinic_id = ANY(%(clinics)s)
     AND followed.during @> (%(now)s AT TIME ZONE 'UTC')::date
     AND EXISTS (SELECT FROM schedule_session WHERE track_id = followed.track_id
                    AND status = 'scheduled' AND ends_at > %(now)s)
     AND NOT EXISTS (SELECT FROM schedule_rotationrun WHERE track_id = followed.track_id
                        AND at > %(since)s AND cause = ANY(%(automatic)s))
   ORDER BY followed.track_id LIMIT 1"""


def title_of(found: Curriculum, unit: Unit) -> str:
    """A unit in words: "Communication (part 1 of 2)"."""
    topic = found.topic(unit[0])
    if topic.parts == 1:
        return topic.title
    return _("%(title)s (part %(part)s of %(parts)s)") % {
        "title": topic.title, "part": unit[1], "parts": topic.parts}  # fmt: skip
