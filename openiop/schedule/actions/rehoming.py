"""One confirm re-homes what somebody's time away leaves without anybody, one press undoes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import clinics
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.outbox import queue_texts
from openiop.messaging.actions.tasks import NewTask, close_tasks_about, open_each
from openiop.schedule.actions import moving, undoing
from openiop.schedule.actions.locks import lock_tracks
from openiop.schedule.actions.moving import Move, move
from openiop.schedule.actions.sessions import restaff
from openiop.schedule.actions.telling import Told
from openiop.schedule.actions.working import refuse_away
from openiop.schedule.models import SessionChange
from openiop.schedule.queries.rehoming import (
    Rehoming,
    SessionHeld,
    Visit,
    held_sessions,
    reason_of,
    rehomings,
    stranded_visits,
)
from openiop.schedule.queries.working import AwayFacts
from openiop.schedule.queries.working import away as away_facts
from openiop.schedule.rules.clashes import day_and_hour

WRITE, VISIT, CALL = "schedule.rehome", "schedule_appointment", "visit_call"


@dataclass(frozen=True)
class Rehomed:
    """How many visits and sessions have a place, and who was told."""

    count: int
    told: Told


@writes(WRITE)
def rehome(
    permit: Permit, away_id: int, visits: Sequence[Move], sessions: Mapping[int, int]
) -> Rehomed:
    """All these visits go where their moves say and others hold these sessions (session: staff), or
    nothing happens; everybody whose time changed is told, by text where that is safe.

    Refused when one of them is not the colleague's any more, and as `move` and `restaff`.
    """
    away = away_facts(permit, away_id)
    if not visits and not sessions:
        raise Refused("nothing", _("Choose at least one place."), _("Nothing was changed."))
    stranded = {each.id: each for each in stranded_visits(permit, away)}
    held = {each.session.id: each for each in held_sessions(permit, away)}
    if {each.appointment for each in visits} - set(stranded) or set(sessions) - set(held):
        raise Refused(
            "changed", _("Something was changed in the meantime."), _("Look at the list again.")
        )
    if sessions:
        lock_tracks(sessions=sessions)
    for session, staff in sorted(sessions.items()):
        _hand_over(permit, away, held[session], staff)
    told = Told(0, 0)
    if visits:
        move(permit, visits, reason=reason_of(away_id))
        told = _tell(permit, [(stranded[each.appointment], each.starts_at) for each in visits])
    return Rehomed(len(visits) + len(sessions), told)


def _hand_over(permit: Permit, away: AwayFacts, held: SessionHeld, staff: int) -> None:
    """Somebody else in the colleague's part; the others stay. Kept so that it is found again."""
    facts = held.session
    parts = [(each.id, each.part) for each in facts.staff if each.id not in (away.staff, staff)]
    part = "co" if held.part == "co" else "substitute"
    batch = restaff(permit, facts.id, [(staff, part), *parts])
    refuse_away(permit, staff, facts.starts_at, facts.ends_at)
    row = SessionChange.objects.get(batch=batch)
    row.before |= {"away": away.id}
    row.save(update_fields=["before"])


@writes(WRITE)
def undo_rehoming(permit: Permit, away_id: int, when: str) -> Rehomed:
    """What one confirm did is undone, row for row: visits and sessions are the colleague's again,
    at their old times, and people are told. Refused when something else has a place since."""
    away_facts(permit, away_id)
    done = next((each for each in rehomings(permit, away_id) if each.key == when), None)
    if done is None:
        raise Http404("Nothing was re-homed then.")
    before = _where(permit, done)
    for batch in done.sessions:
        undoing.undo(permit, batch)
    ids = [visit for batch in done.visits for visit in moving.undo(permit, batch)]
    for visit in ids:
        close_tasks_about(permit, CALL, (VISIT, visit), _("The change is undone."))
    now = {each.id: each for each in stranded_visits(permit, away_facts(permit, away_id))}
    moved = [(before[each], now[each].starts_at) for each in ids if each in before and each in now]
    return Rehomed(done.count, _tell(permit, moved, again=True))


def _where(permit: Permit, done: Rehoming) -> dict[int, Visit]:
    """The visits where they stand before they go back."""
    return {each.id: each for each in stranded_visits(permit, None, batches=done.visits)}


def _tell(permit: Permit, moved: Sequence[tuple[Visit, datetime]], *, again: bool = False) -> Told:
    """A text to each person, where that is safe, else a call for the front desk; the words name no
    clinic, no kind of visit and no reason."""
    texted = called = 0
    for place in clinics(permit).filter(pk__in={visit.clinic for visit, _starts in moved}):
        bodies: dict[int, list[str]] = {}
        about: dict[int, Visit] = {}
        for visit, starts_at in moved:
            if visit.clinic == place.id:
                sentence = _words(visit, starts_at, place.timezone, again=again)
                bodies.setdefault(visit.record, []).append(sentence)
                about.setdefault(visit.record, visit)
        texts = {
            record: (_key(permit, about[record], again), _("%(sentence)s Questions: %(phone)s.") % {
                "sentence": " ".join(sentences), "phone": place.phone})
            for record, sentences in bodies.items()
        }  # fmt: skip
        reached = queue_texts(permit, place.id, texts)
        _to_call(permit, [visit for record, visit in about.items() if record not in reached], texts)
        texted, called = texted + len(reached), called + len(about) - len(reached)
    return Told(texted, called)


def _key(permit: Permit, visit: Visit, again: bool) -> str:
    return f"rehome-{visit.id}-{int(permit.now.timestamp())}-{'undone' if again else 'done'}"


def _words(visit: Visit, starts_at: datetime, timezone: str, *, again: bool) -> str:
    was = {"was": day_and_hour(visit.starts_at, timezone)}
    if visit.starts_at != starts_at:
        now = day_and_hour(starts_at, timezone)
        return _("Your appointment of %(was)s is now on %(now)s.") % {**was, "now": now}
    if again:
        return _("Your appointment of %(was)s is as first planned.") % was
    return _("Your appointment of %(was)s stays, with another colleague.") % was


def _to_call(permit: Permit, visits: Sequence[Visit], texts: Mapping[int, tuple[str, str]]) -> None:
    open_each(permit, [
        NewTask(
            kind=CALL, title=_("Call: %(words)s") % {"words": texts[visit.record][1]},
            clinic=visit.clinic, due_at=max(permit.now, visit.starts_at),
            about=(VISIT, visit.id), record=visit.record, role=Role.FRONT_DESK.value,
        )
        for visit in visits
    ])  # fmt: skip
