"""Sessions from patterns: laid for a rolling horizon, closed days left out or taken back."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import closures_at
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit
from openiop.messaging.actions import open_task
from openiop.programs.queries import StaffFacts, TrackFacts, staffing, tracks
from openiop.schedule.actions.occupancy import occupy_where_free
from openiop.schedule.models import Session, SessionStaff
from openiop.schedule.rules.pattern import closed_days, laid_blocks, meetings, window

LAY = "schedule.materialize"


@writes(LAY)
def materialize(permit: Permit, clinic: int | None, start: date, end: date) -> int:
    """Lay the sessions of every running track of a clinic (None: of all) in [start, end); how many
    are new. Safe to repeat: a day of a pattern is laid once. The statements are as many for one
    day as for a year.

    A room or colleague who is busy then stays where they are: the session is laid without, and a
    task asks for another.
    """
    places = permit.clinics if clinic is None else permit.clinics & {clinic}
    running = tracks(permit, places, running_on=start, lock=True)
    closed = _closed(permit, {track.clinic for track in running}, start, end)
    known = set(
        Session.objects.filter(
            track_id__in=[track.id for track in running], pattern_on__gte=start, pattern_on__lt=end
        ).values_list("track_id", "pattern_on")
    )
    new = [
        session
        for track in running
        for session in _wanted(permit, track, start, end, closed[track.clinic])
        if (track.id, session.pattern_on) not in known
    ]
    if new:
        _lay(permit, {track.id: track for track in running}, new, start, end)
    permit.note(LAY, table="schedule_session", count=len(new))
    return len(new)


def _closed(
    permit: Permit, clinics: Iterable[int], start: date, end: date
) -> dict[int, dict[date, str]]:
    return {
        clinic: closed_days((row.start_on, row.end_on, row.name) for row in rows)
        for clinic, rows in closures_at(permit, clinics, start, end).items()
    }


def _wanted(
    permit: Permit, track: TrackFacts, start: date, end: date, closed: dict[date, str]
) -> list[Session]:
    first, last = window(
        start=start, end=end, start_on=track.start_on, end_on=track.end_on,
        pattern_from=track.pattern_from,
    )  # fmt: skip
    blocks = laid_blocks([(block.kind, block.minutes) for block in track.blocks])
    return [
        Session(
            organization_id=permit.organization, clinic_id=track.clinic, track_id=track.id,
            pattern_on=meeting.on, on=meeting.on, starts_at=meeting.starts_at,
            ends_at=meeting.ends_at, mode=track.mode, room_id=track.room, blocks=blocks,
        )
        for meeting in meetings(
            weekdays=track.weekdays, starts=track.starts, minutes=track.minutes,
            timezone=track.timezone, start=first, end=last, closed=closed,
        )
    ]  # fmt: skip


def _lay(
    permit: Permit, running: dict[int, TrackFacts], new: Sequence[Session], start: date, end: date
) -> None:
    staff = staffing(permit, running, start, end)
    Session.objects.bulk_create(new)
    SessionStaff.objects.bulk_create(
        SessionStaff(
            organization_id=permit.organization, clinic_id=session.clinic_id, session=session,
            staff_id=member.id, part=member.part, owes_notes=member.part == "lead",
        )
        for session in new
        for member in staff[session.track_id]
        if member.holds_on(session.on)
    )  # fmt: skip
    taken = occupy_where_free(session.id for session in new)
    _without_room(permit, running, [s for s in new if _lacks("room", s.room_id, s, taken)])
    _without_staff(permit, new, staff, taken)


def _lacks(
    kind: str, resource: int | None, session: Session, taken: set[tuple[str, int, int]]
) -> bool:
    return resource is not None and (kind, resource, session.id) not in taken


def _without_room(
    permit: Permit, running: dict[int, TrackFacts], sessions: Sequence[Session]
) -> None:
    if not sessions:
        return
    Session.objects.filter(id__in=[session.id for session in sessions]).update(room=None)
    title = _("%(room)s is taken: find another room.")
    for session in sessions:
        room = running[session.track_id].room_name
        _ask(permit, session, "session_room", title % {"room": room})


def _without_staff(
    permit: Permit, sessions: Iterable[Session], staff: dict[int, list[StaffFacts]],
    taken: set[tuple[str, int, int]],
) -> None:  # fmt: skip
    for session in sessions:
        for member in staff[session.track_id]:
            if member.holds_on(session.on) and _lacks("staff", member.id, session, taken):
                SessionStaff.objects.filter(session=session, staff_id=member.id).delete()
                title = _("%(name)s holds another group: find somebody else.")
                _ask(permit, session, "session_staff", title % {"name": member.name})


def _ask(permit: Permit, session: Session, kind: str, title: str) -> None:
    due_at = session.starts_at - timedelta(days=1)
    ask_supervisor(permit, session.id, session.clinic_id, kind, title, due_at)


def ask_supervisor(
    permit: Permit, session: int, clinic: int, kind: str, title: str, due_at: datetime
) -> None:
    """A task about a session for the supervisor."""
    open_task(
        permit, kind=kind, title=title, clinic=clinic, due_at=max(permit.now, due_at),
        about=("schedule_session", session), role=Role.SUPERVISOR.value,
    )  # fmt: skip
