"""Apply a timetable from a day on as one action, and take it back exactly.

Groups that go on keep every session that was changed by itself, and those whose new room or
facilitator is taken then; all others follow. Everything is one batch of session changes, so that
two groups may exchange rooms or facilitators.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, ProtectedError, Q
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import colleagues
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import close_tasks_about
from openiop.programs.actions import (
    build_track,
    change_pattern,
    drop_track,
    restore_staffing,
    staff_track,
)  # fmt: skip
from openiop.programs.queries import TrackFacts, tracks
from openiop.programs.rules import TrackPlan
from openiop.schedule.actions.changes import SESSION, State, naming_clashes, write_change
from openiop.schedule.actions.laying import materialize
from openiop.schedule.actions.locks import hold_still, lock_tracks
from openiop.schedule.actions.timetable import TABLE
from openiop.schedule.actions.timetable_hours import restore_hours, write_hours
from openiop.schedule.actions.undoing import undo as undo_changes
from openiop.schedule.models import SeatForecast, Session, SessionChange, TimetablePlan
from openiop.schedule.queries.clashes import Wish, clashes
from openiop.schedule.queries.plans import Found, coming, found_of, plan, speaks_from
from openiop.schedule.queries.sessions import Holder, SessionFacts, rosters
from openiop.schedule.queries.timetable import facts as facts_on
from openiop.schedule.rules.pattern import HORIZON
from openiop.schedule.rules.substitutes import credential_flags
from openiop.schedule.timetable.check import check
from openiop.schedule.timetable.differences import Difference, differences
from openiop.schedule.timetable.facts import Facts, Today, Track

APPLY = "schedule.timetable.apply"
LACKING = ("session_room", "session_staff")  # tasks about what a laid session lacks
ONE_DAY = timedelta(days=1)
LATEST = HORIZON - timedelta(weeks=1)
AS_ASKED = ("clinic", "program", "weekdays", "starts", "blocks", "room", "lead", "co", "mode",
            "focus", "language")  # fmt: skip


@naming_clashes
@writes(APPLY)
def apply(permit: Permit, number: int, on: date) -> None:
    """Make a plan true from a day on. Refused where what it was asked about has changed since."""
    known, found = plan(permit, number), found_of(permit, number)
    row = TimetablePlan.objects.select_for_update(of=("self",)).get(pk=number)
    _refuse_unready(permit, row, on)
    if found.timetable is None:
        raise Refused("nothing", _("Nothing was found that could be applied."), "")
    lock_tracks(tracks=[one.id for one in found.facts.today])
    refuse_stale(permit, found, known.area, on)
    every = differences(found.facts, found.timetable)
    hold_still(
        [*(("room", room.id) for room in found.facts.rooms),
         *(("staff", one.id) for one in found.facts.members)]
    )  # fmt: skip
    done = _change(permit, found.facts, every, on)
    done["begun"] = _begin(permit, number, every, on)
    done["hours"] = write_hours(permit, found.facts, found.timetable, on)
    row.applied, row.applied_from, row.applied_at = done, on, permit.now
    row.applied_by_id, row.undone_at = permit.staff, None
    row.save()
    permit.note(APPLY, table=TABLE, row=number, fields=("applied_at",))


def _refuse_unready(permit: Permit, row: TimetablePlan, on: date) -> None:
    if row.applied_at and not row.undone_at:
        raise Refused("applied", _("This plan is applied already."), _("Reload the page."))
    if row.state in ("queued", "running", "stopping"):
        raise Refused("open", _("The search is still at work."), _("Stop it first."))
    today = permit.today(permit.timezone)
    if not today < on <= today + LATEST:
        raise Refused("day", _("A timetable begins between tomorrow and seven weeks from now."),
                      _("Choose another day."), field="on")  # fmt: skip


def refuse_stale(permit: Permit, found: Found, area: str, on: date) -> None:
    """Refused where a group was changed since the question was asked, or where the checker finds
    a hard rule broken by what is true on that day."""
    then, timetable = found.facts, found.timetable
    now = facts_on(permit, on, area, then.weights)
    here = {one.id: one for one in now.today}
    for one in then.today:
        same = here.get(one.id)
        if same is None or any(getattr(one, name) != getattr(same, name) for name in AS_ASKED):
            raise Refused(
                "changed_since", _("%(track)s was changed since this plan was asked for.") % {
                    "track": one.name}, _("Ask for another one."))  # fmt: skip
    known = {one.id for one in then.today}
    ours = replace(now, demand=then.demand,
                   today=tuple(one for one in now.today if one.id in known))  # fmt: skip
    faults = check(ours, timetable) if timetable else ()
    if faults:
        raise Refused("faults", _("It would break a rule from that day on: %(sentence)s") % {
            "sentence": faults[0].sentence}, _("Ask for another one."))  # fmt: skip


# --- groups that go on or end --------------------------------------------------------------------


def _change(permit: Permit, facts: Facts, every: Iterable[Difference], on: date) -> dict[str, Any]:
    """Sessions, patterns and staffing of the groups that change or end; what undoing needs."""
    changing = {one.was.id: one for one in every if one.was and one.what}
    patterns = {one.id: one for one in tracks(permit, permit.clinics, running_on=on)}
    laid = dict(Session.objects.filter(track_id__in=changing).values_list("track_id").annotate(
        Max("pattern_on")))  # fmt: skip
    sessions = {one.id: one for one in coming(permit, changing, on)}
    after = _wanted(permit, changing, sessions)
    _refuse_guests(permit, [each for each, state in after.items() if state.status != "scheduled"])
    stay = _taken(permit, sessions, after)
    chosen = {session: state for session, state in after.items() if session not in stay}
    since = speaks_from(changing)
    kept = [
        _follow(permit, patterns[track], one, on)
        | {
            "laid": laid[track].isoformat() if track in laid else None,
            "pattern": _pattern(patterns[track], since[track]),
        }
        for track, one in changing.items()
    ]
    batch = None
    if chosen:
        batch = write_change(permit, "plan", {each: sessions[each] for each in chosen}, chosen)
    return {"batch": batch and str(batch), "tracks": kept, "stay": len(stay),
            "sessions": len(chosen)}  # fmt: skip


def _wanted(
    permit: Permit, changing: Mapping[int, Difference], sessions: Mapping[int, SessionFacts]
) -> dict[int, State]:
    """What each session becomes that was not changed by itself."""
    holders = {one for each in changing.values() if each.track
               for one in (each.track.lead, each.track.co) if one}  # fmt: skip
    known = colleagues(permit, holders)
    found = {}
    for session, facts in sessions.items():
        one, state = changing[facts.track], State.of(facts)
        if one.track is None:
            found[session] = replace(state, status="cancelled", status_reason=_("The group ended"))
        elif one.was and facts.on == facts.pattern_on and facts.mode == one.was.mode:
            after = _following(state, facts, one.was, one.track, known)
            if after != state:
                found[session] = after
    return found


def _following(
    state: State, facts: SessionFacts, was: Today, track: Track, known: Mapping[int, Any]
) -> State:
    """The session as its group goes on; a room or staff of its own stay."""
    if state.room == was.room:
        state = replace(state, room=track.room)
    held = {holder.part: holder.id for holder in state.staff}
    if (held.get("lead"), held.get("co")) != (was.lead, was.co) or "substitute" in held:
        return state
    parts = [(who, part) for who, part in ((track.lead, "lead"), (track.co, "co")) if who]
    if (track.lead, track.co) == (was.lead, was.co):
        return state
    return replace(state, staff=tuple(
        Holder(who, known[who].name, part, part == "lead", credential_flags(
            known[who].name, known[who].credentials, [block.kind for block in facts.blocks],
            state=facts.state, on=facts.on, program_kind=facts.program_kind))
        for who, part in parts
    ))  # fmt: skip


def _refuse_guests(permit: Permit, sessions: list[int]) -> None:
    if any(rosters(permit, sessions).values()):
        raise Refused(
            "guests", _("Somebody has a seat in a group that would end."),
            _("Give them another one, or ask for another plan."),
        )  # fmt: skip


def _taken(
    permit: Permit, sessions: Mapping[int, SessionFacts], after: Mapping[int, State]
) -> set[int]:
    """Sessions whose new room or facilitator has something else then. What stays may be in the way
    of what would follow, so it is asked until nothing more is found."""
    stay: set[int] = set()
    where = next((one.clinic for one in sessions.values()), 0)
    while True:
        wishes = {
            (session, kind, resource): Wish(kind, resource, state.starts_at, state.ends_at)
            for session, state in after.items() if session not in stay
            for kind, resource in set(state.resources) - set(State.of(sessions[session]).resources)
        }  # fmt: skip
        moving = [session for session in after if session not in stay]
        found = clashes(permit, where, wishes.values(), but=moving) if wishes else []
        more = {
            session for (session, kind, resource), wish in wishes.items()
            if any((clash.kind, clash.resource) == (kind, resource)
                   and clash.starts_at < wish.ends_at and wish.starts_at < clash.ends_at
                   for clash in found)
        }  # fmt: skip
        if not more:
            return stay
        stay |= more


def _pattern(track: TrackFacts, since: date | None) -> dict[str, Any]:
    return {"room_id": track.room, "pattern_from": since and since.isoformat(),
            "end_on": track.end_on and track.end_on.isoformat()}  # fmt: skip


def _follow(permit: Permit, track: TrackFacts, one: Difference, on: date) -> dict[str, Any]:
    """The track's pattern and staffing from the day on; who held it."""
    kept: dict[str, Any] = {"track": track.id, "clinic": track.clinic, "staffing": None}
    if one.track is None:
        change_pattern(permit, track.id, end_on=on - ONE_DAY)
        return kept
    change_pattern(permit, track.id, room_id=one.track.room,
                   pattern_from=max(track.pattern_from, on))  # fmt: skip
    if "staff" in one.what:
        staff = [(who, part) for who, part in ((one.track.lead, "lead"), (one.track.co, "co"))
                 if who]  # fmt: skip
        kept["staffing"] = staff_track(permit, track.id, staff, on)
    return kept


# --- groups that begin ---------------------------------------------------------------------------


def _begin(permit: Permit, number: int, every: Iterable[Difference], on: date) -> list[int]:
    """Build the new groups and lay their weeks; their ids."""
    new = [one.track for one in every if one.track and one.was is None]
    begun = [
        build_track(permit, TrackPlan(
            clinic=one.clinic, program=one.program, code=f"plan-{number}-{order}-{on:%m%d}",
            name=one.name, weekdays=one.weekdays, starts=time(*divmod(one.starts, 60)),
            blocks=one.blocks, start_on=on, mode=one.mode, room=one.room,
            staff=tuple((who, part) for who, part in ((one.lead, "lead"), (one.co, "co")) if who),
            focus=one.focus, language=one.language,
        )) for order, one in enumerate(new, start=1)
    ]  # fmt: skip
    end = permit.today(permit.timezone) + HORIZON + ONE_DAY
    for clinic in sorted({one.clinic for one in new}):
        materialize(permit, clinic, on, end)
    return begun


# --- and back ------------------------------------------------------------------------------------


@naming_clashes
@writes(APPLY)
def undo(permit: Permit, number: int) -> None:
    """Everything a plan changed is as it was. Refused when somebody sits in a group it began, when
    people came to a session it changed, or when something else has the place now."""
    plan(permit, number)
    row = TimetablePlan.objects.select_for_update(of=("self",)).get(pk=number)
    if not row.applied_at or row.undone_at:
        raise Refused("undone", _("This plan is not applied."), _("Reload the page."))
    done: dict[str, Any] = row.applied or {}
    lock_tracks(tracks=[*done["begun"], *(one["track"] for one in done["tracks"])])
    restore_hours(permit, done["hours"])
    _drop(permit, done["begun"])
    if (
        done["batch"]
        and SessionChange.objects.filter(batch=done["batch"], undone_at__isnull=True).exists()
    ):
        undo_changes(permit, UUID(done["batch"]))
    _restore(permit, done["tracks"])
    row.undone_at = permit.now
    row.save(update_fields=["undone_at"])
    permit.note(APPLY, table=TABLE, row=number, fields=("undone_at",))


def _drop(permit: Permit, begun: list[int]) -> None:
    """The groups it began, with their sessions, as if they had never been."""
    sessions = Session.objects.filter(track_id__in=begun)
    lacking = sessions.filter(Q(room=None, mode="in_person") | Q(staffing=None))
    for session in lacking.values_list("id", flat=True):
        close_tasks_about(permit, LACKING, (SESSION, session), _("The timetable was undone."))
    try:
        SeatForecast.objects.filter(track_id__in=begun).delete()
        sessions.delete()
        for track in begun:
            drop_track(permit, track)
    except ProtectedError as error:
        raise Refused(
            "used_since", _("Somebody has a seat or a place in line in a group that it began."),
            _("Give them another one first."),
        ) from error  # fmt: skip


def _restore(permit: Permit, kept: Sequence[Mapping[str, Any]]) -> None:
    """The tracks' patterns and staffing; what was laid by the new ones since is laid anew, once all
    of it is gone: two groups may exchange their rooms back."""
    since = {one["track"]: _take_off(one) for one in kept}
    for one in kept:
        was = one["pattern"]
        change_pattern(
            permit, one["track"], room_id=was["room_id"],
            pattern_from=was["pattern_from"] and date.fromisoformat(was["pattern_from"]),
            end_on=was["end_on"] and date.fromisoformat(was["end_on"]),
        )  # fmt: skip
        if one["staffing"] is not None:
            restore_staffing(permit, one["track"], one["staffing"])
    for clinic in sorted({one["clinic"] for one in kept}):
        days = [day for one in kept if one["clinic"] == clinic for day in since[one["track"]]]
        if days:
            materialize(permit, clinic, min(days), max(days) + ONE_DAY)


def _take_off(kept: Mapping[str, Any]) -> list[date]:
    """Sessions of a track laid since a timetable was applied go; their days."""
    if not kept["laid"]:
        return []
    since = Session.objects.filter(
        track_id=kept["track"], pattern_on__gt=date.fromisoformat(kept["laid"]), status="scheduled"
    )
    days = list(since.values_list("pattern_on", flat=True))
    since.delete()
    return days
