"""The calendar kept in step with the places: closed days taken off, the horizon laid."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from openiop.access.door import writes
from openiop.access.queries import clinics, closures_at
from openiop.kernel.permits import Permit
from openiop.schedule.actions.changes import WRITE, State, write_change
from openiop.schedule.actions.laying import materialize
from openiop.schedule.actions.locks import lock_tracks
from openiop.schedule.actions.telling import tell
from openiop.schedule.queries.sessions import SessionFacts, by_ids, open_sessions
from openiop.schedule.rules.pattern import HORIZON, closed_days


@writes(WRITE)
def close_days(permit: Permit, clinic: int, start: date, end: date) -> int:
    """Cancel what is on the calendar on closed days of [start, end); people are told. How many.
    Safe to repeat."""
    rows = closures_at(permit, [clinic], start, end)[clinic]
    closed = closed_days((row.start_on, row.end_on, row.name) for row in rows)
    hit = [each for each in open_sessions(permit, clinic, start, end) if each.on in closed]
    if not hit:
        return 0
    lock_tracks(sessions=[each.id for each in hit])
    still = by_ids(permit, [each.id for each in hit])
    for track in sorted({each.track for each in hit}):
        _close(permit, [each for each in still.values() if each.track == track], closed)
    return len(hit)


def _close(permit: Permit, sessions: Iterable[SessionFacts], closed: dict[date, str]) -> None:
    hit = {each.id: each for each in sessions if each.held and each.on in closed}
    after = {
        session: replace(State.of(each), status="cancelled", status_reason=closed[each.on])
        for session, each in hit.items()
    }
    if after:
        tell(permit, write_change(permit, "closure", hit, after))


@writes(WRITE)
def lay_ahead(permit: Permit, clinic: int | None = None) -> int:
    """Take closed days off and lay the sessions of the coming weeks, at one clinic or at all of the
    permit's; how many sessions are new. Safe to repeat."""
    laid = 0
    for place in clinics(permit):
        if clinic in (None, place.id):
            today = permit.today(place.timezone)
            end = today + HORIZON + timedelta(days=1)
            close_days(permit, place.id, today, end)
            laid += materialize(permit, place.id, today, end)
    return laid
