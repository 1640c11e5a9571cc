"""Which topic each session has: planned for a track, or set by hand and mended afterwards.

Every write of topics of one track waits for the one before it (`_hold`), so that no hand's change
is lost to a plan that was begun before it. Each leaves a run, which can be undone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle as ever
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.catalog.curriculum import Curriculum, curriculum
from openiop.kernel.permits import Permit, Refused
from openiop.programs.queries import track as track_facts
from openiop.programs.queries import tracks as track_list
from openiop.schedule.actions.locks import lock_tracks
from openiop.schedule.models import RotationRun, Session, SessionTopic, TrackCurriculum
from openiop.schedule.queries.rotation import (
    AUTOMATIC,
    Held,
    Rotation,
    rotation,
    title_of,
)  # fmt: skip
from openiop.schedule.queries.sessions import SessionFacts
from openiop.schedule.queries.sessions import session as session_facts
from openiop.schedule.rules.rotation import OWN, Answer, Unit, cycle, solve
from openiop.schedule.rules.rotation.asking import topics_of
from openiop.schedule.rules.rotation.solver import WORK

WRITE, FOLLOW = "schedule.rotation.write", "schedule.rotation.follow"
TABLE = "schedule_rotationrun"
_LOCK = "SELECT pg_advisory_xact_lock(%s)"
_KEY = 1 << 43


@dataclass(frozen=True)
class Wanted:
    """The topic a session is to have."""

    curriculum: str
    version: int | None
    unit: Unit
    title: str
    state: str = "planned"
    reason: str = ""

    def as_held(self, session: int) -> Held:
        return Held(session, *self.unit, self.state, self.title, self.reason)


def _hold(track: int) -> None:
    """One writer of a track's topics at a time, until the transaction ends. Seats are not locked:
    whoever enrolls does not wait for a plan."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [_KEY + track])


@writes(FOLLOW)
def follow(permit: Permit, track: int, curriculum_id: str, version: int, from_on: date) -> None:
    """The track follows a curriculum from a day on; what it followed then ends the day before, and
    the topics ahead are planned anew."""
    facts = track_facts(permit, track)
    curriculum(curriculum_id, version)
    lock_tracks(tracks=[track])
    _hold(track)
    later = TrackCurriculum.objects.filter(track_id=track, during__endswith__isnull=True)
    for row in later.select_for_update():
        if row.during.lower >= from_on:
            row.delete()
        else:
            row.during = DateRange(row.during.lower, from_on)
            row.save(update_fields=["during"])
    made = TrackCurriculum.objects.create(
        organization_id=permit.organization, clinic_id=facts.clinic, track_id=track,
        curriculum=curriculum_id, version=version, during=DateRange(from_on, None),
        set_at=permit.now, set_by_id=permit.staff,
    )  # fmt: skip
    permit.note(FOLLOW, table="schedule_trackcurriculum", row=made.id)
    if from_on <= max(permit.today(facts.timezone), facts.start_on):
        replan(permit, track, "follow")


@writes(FOLLOW)
def begin(
    permit: Permit, tracks: Iterable[int], curriculum_id: str, version: int, from_on: date
) -> int:  # fmt: skip
    """New tracks, in which nobody is yet, follow a curriculum from a day on: every session laid has
    its topic in the curriculum's own order, without a search; how many. As many statements for one
    session as for a year, but one lock a track."""
    found = curriculum(curriculum_id, version)
    order = cycle(topics_of(found))
    held = track_list(permit, ids=tracks)
    for each in sorted(held, key=lambda track: track.id):
        _hold(each.id)
    TrackCurriculum.objects.bulk_create([
        TrackCurriculum(
            organization_id=permit.organization, clinic_id=each.clinic, track_id=each.id,
            curriculum=found.id, version=version, during=DateRange(from_on, None),
            set_at=permit.now, set_by_id=permit.staff,
        )
        for each in held
    ])  # fmt: skip
    rows = Session.objects.filter(track_id__in=[each.id for each in held], on__gte=from_on)
    laid: dict[int, dict[int, list[int]]] = {}
    for clinic, track, session in rows.filter(status="scheduled").order_by(
        "starts_at", "id").values_list("clinic_id", "track_id", "id"):  # fmt: skip
        laid.setdefault(clinic, {}).setdefault(track, []).append(session)
    for clinic, by_track in laid.items():
        _put(permit, clinic, {
            session: _planned(found, unit)
            for sessions in by_track.values()
            for session, unit in zip(sessions, ever(order), strict=False)
        })  # fmt: skip
    permit.note(FOLLOW, table="schedule_trackcurriculum", count=len(held))
    return sum(len(each) for by_track in laid.values() for each in by_track.values())


@writes(WRITE)
def replan(permit: Permit, track: int, cause: str, *, work: float = WORK) -> int | None:
    """Choose the topics of a track's coming sessions anew, changing as little as possible; the run.
    None where the track follows no curriculum or nothing is ahead. A second or two of one core;
    without `work`, nothing is searched: the cycle goes on."""
    _hold(track)
    found = rotation(permit, track)
    if found is None or not found.meetings:
        return None
    answer = solve(found.ask, work=work)
    wanted = {}
    for meeting, unit in zip(found.meetings, answer.plan, strict=True):
        if meeting.state == "planned" and unit != OWN:
            wanted[meeting.id] = _planned(found.curriculum, unit)
    changed = {session: one for session, one in wanted.items()
               if found.held.get(session) != one.as_held(session)}  # fmt: skip
    _put(permit, found.track.clinic, changed)
    return _run(permit, found, cause, changed, answer)


def _planned(found: Curriculum, unit: Unit) -> Wanted:
    return Wanted(found.id, found.version, unit, title_of(found, unit))


def _put(permit: Permit, clinic: int, wanted: Mapping[int, Wanted | None]) -> None:
    """Topics into rows, and their titles into the sessions; None: no topic."""
    gone = [session for session, one in wanted.items() if one is None]
    SessionTopic.objects.filter(session_id__in=gone).delete()
    rows = [
        SessionTopic(
            organization_id=permit.organization, clinic_id=clinic, session_id=session,
            curriculum=one.curriculum, version=one.version, topic=one.unit[0], part=one.unit[1],
            title=one.title[:120], state=one.state, reason=one.reason, set_at=permit.now,
        )
        for session, one in wanted.items()
        if one is not None
    ]  # fmt: skip
    SessionTopic.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["session"],
        update_fields=["curriculum", "version", "topic", "part", "title", "state", "reason",
                       "set_at"],
    )  # fmt: skip
    titles = {row.session_id: row.title for row in rows} | dict.fromkeys(gone, "")
    Session.objects.bulk_update(
        [Session(id=session, topic=title) for session, title in titles.items()], ["topic"]
    )


def _run(
    permit: Permit, found: Rotation, cause: str, changed: Mapping[int, Wanted | None],
    answer: Answer | None = None,
) -> int:  # fmt: skip
    ids = [each.id for each in found.meetings]
    run = RotationRun.objects.create(
        organization_id=permit.organization, clinic_id=found.track.clinic,
        track_id=found.track.id, cause=cause, at=permit.now, by_id=permit.staff,
        seconds=round(answer.seconds, 3) if answer else 0, optimal=not answer or answer.optimal,
        repeats=[[each.person, ids[each.slot], *each.unit, each.cause] for each in answer.repeats]
        if answer else [],
        before={str(session): _kept(found.held.get(session)) for session in changed},
        after={str(session): _kept(one.as_held(session) if one else None)
               for session, one in changed.items()},
    )  # fmt: skip
    permit.note(WRITE, table=TABLE, row=run.id, count=len(changed))
    return run.id


def _kept(held: Held | None) -> list[Any] | None:
    return list(held[1:]) if held else None


# --- by hand -----------------------------------------------------------------------------------


@writes(WRITE)
def replace(
    permit: Permit, session: int, *, reason: str, topic: str = "", part: int = 1, title: str = ""
) -> int:  # fmt: skip
    """Another topic on the spot, of the curriculum or, with a `title`, the group's own; the run.
    What was planned comes back as the plan mends itself. Refused for a session that is over."""
    if not reason.strip():
        raise Refused("reason", _("A reason is needed."), _("Say why."), field="reason")
    found = _found(permit, session)
    if topic:
        wanted = _wanted(found.curriculum, (topic, part), "replaced", reason)
    elif title.strip():
        wanted = Wanted("", None, OWN, title.strip(), "replaced", reason.strip())
    else:
        raise Refused(
            "topic", _("No topic is chosen."), _("Choose one, or write your own."), field="topic"
        )
    return _by_hand(permit, found, "replace", {session: wanted})


@writes(WRITE)
def pin(permit: Permit, session: int, topic: str, part: int = 1) -> int:
    """This topic in this session, whatever else moves; the run."""
    found = _found(permit, session)
    wanted = _wanted(found.curriculum, (topic, part), "pinned", "")
    return _by_hand(permit, found, "pin", {session: wanted})


@writes(WRITE)
def unpin(permit: Permit, session: int) -> int:
    """The session's topic may move again; the run. Refused where no hand had set it."""
    found = _found(permit, session)
    held = found.held.get(session)
    if held is None or held.state == "planned" or not held.topic:
        raise Refused("not_pinned", _("This topic is not pinned."), _("Reload the page."))
    wanted = _wanted(found.curriculum, (held.topic, held.part), "planned", "")
    return _by_hand(permit, found, "unpin", {session: wanted})


@writes(WRITE)
def swap(permit: Permit, session: int, other: int) -> int:
    """Two sessions of one track exchange their topics, which then stay; the run."""
    found = _found(permit, session)
    first, second = found.held.get(session), found.held.get(other)
    if other == session or first is None or second is None:
        raise Refused(
            "swap", _("These two sessions cannot swap their topics."),
            _("Choose a coming session of this track that has a topic."), field="other",
        )  # fmt: skip
    return _by_hand(permit, found, "swap", {
        session: _moved(found.curriculum, second), other: _moved(found.curriculum, first),
    })  # fmt: skip


def _moved(found: Curriculum, held: Held) -> Wanted:
    if held.topic:
        return _wanted(found, (held.topic, held.part), "pinned", held.reason)
    return Wanted("", None, OWN, held.title, "replaced", held.reason)


def _wanted(found: Curriculum, unit: Unit, state: str, reason: str) -> Wanted:
    topic = next((each for each in found.topics if each.code == unit[0]), None)
    if topic is None or not 1 <= unit[1] <= topic.parts:
        raise Refused(
            "unknown_topic", _("The curriculum has no such topic."), _("Choose another."),
            field="topic",
        )  # fmt: skip
    return Wanted(found.id, found.version, unit, title_of(found, unit), state, reason.strip())


def _found(permit: Permit, session: int) -> Rotation:
    """The track's question, held still, for a session that is not over."""
    facts: SessionFacts = session_facts(permit, session)
    _hold(facts.track)
    found = rotation(permit, facts.track)
    if found is None:
        raise Refused(
            "no_curriculum", _("This track follows no curriculum."),
            _("Choose one on the track's page first."),
        )  # fmt: skip
    if session not in {each.id for each in found.meetings}:
        raise Refused(
            "over", _("This session is over, cancelled or too far ahead."), _("Choose another one.")
        )
    return found


def _by_hand(permit: Permit, found: Rotation, cause: str, wanted: Mapping[int, Wanted]) -> int:
    _put(permit, found.track.clinic, wanted)
    return _run(permit, found, cause, wanted)


# --- back --------------------------------------------------------------------------------------


@writes(WRITE)
def undo(permit: Permit, run: int) -> int:
    """A hand's change and every mending since are taken back: the topics are what they were; the
    track. Refused when a hand changed topics again since, or one of the sessions is over."""
    first = RotationRun.objects.filter(pk=run, clinic_id__in=permit.clinics).first()
    if first is None or first.cause in AUTOMATIC:
        raise Http404("No such change.")
    _hold(first.track_id)
    runs = list(RotationRun.objects.filter(
        track_id=first.track_id, id__gte=run, undone_at__isnull=True).order_by("-id"))  # fmt: skip
    _refuse_unless_last(runs, run)
    before: dict[int, list[Any] | None] = {}
    for each in runs:
        before |= {int(session): kept for session, kept in each.before.items()}
    rows = Session.objects.filter(id__in=before, ends_at__gt=permit.now)
    ahead = set(rows.values_list("id", flat=True))
    if not ahead.issuperset(map(int, first.before)):
        raise Refused("over", _("This session is over."), _("Its topic stays as it was held."))
    found = rotation(permit, first.track_id)
    _put(permit, first.clinic_id, {
        session: _again(found, kept) for session, kept in before.items() if session in ahead
    })  # fmt: skip
    RotationRun.objects.filter(id__in=[each.id for each in runs]).update(undone_at=permit.now)
    permit.note(WRITE, table=TABLE, row=run, fields=("undone_at",), count=len(runs))
    return first.track_id


def _refuse_unless_last(runs: Sequence[RotationRun], run: int) -> None:
    if not runs or runs[-1].id != run:
        raise Refused("undone", _("This change is undone already."), _("Reload the page."))
    if _hands(runs) != [run]:
        raise Refused(
            "changed_since", _("Topics of this track were changed again since."),
            _("Undo that change first."),
        )  # fmt: skip


def _hands(runs: Iterable[RotationRun]) -> list[int]:
    return [each.id for each in runs if each.cause not in AUTOMATIC]


def _again(found: Rotation | None, kept: list[Any] | None) -> Wanted | None:
    if kept is None:
        return None
    topic, part, state, title, reason = kept
    if not topic or found is None:
        return Wanted("", None, (topic, part), title, state, reason)
    known = found.curriculum
    return Wanted(known.id, known.version, (topic, part), title, state, reason)
