"""One click back: a batch of changes undone as one, or refused with what took its place since."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import ProtectedError, Q
from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.kernel.permits import Permit, Refused
from openiop.programs.actions import change_pattern, restore_staffing
from openiop.schedule.actions.changes import (
    SESSION,
    WRITE,
    State,
    naming_clashes,
    write_states,
)  # fmt: skip
from openiop.schedule.actions.laying import materialize
from openiop.schedule.actions.locks import lock_tracks
from openiop.schedule.models import Appointment, Attendance, Occupancy, Seat, Session, SessionChange
from openiop.schedule.queries.sessions import SessionFacts, by_ids
from openiop.schedule.rules.pattern import HORIZON


@naming_clashes
@writes(WRITE)
def undo(permit: Permit, batch: UUID) -> list[int]:
    """The sessions of a batch are what they were, and so is their track's pattern; their ids.

    People who joined or left since keep what they did. Refused when a session was changed again
    since, when somebody came to it, or when something else has the place now.
    """
    changes = list(SessionChange.objects.filter(
        batch=batch, clinic_id__in=permit.clinics).order_by("id"))  # fmt: skip
    if not changes:
        raise Http404("No such change.")
    ids = [change.session_id for change in changes]
    lock_tracks(sessions=ids)
    _refuse_if_passed(changes)
    sessions = by_ids(permit, ids)
    kept = changes[0].before
    if "into" in kept:
        _send_home(permit, kept["into"], kept["guests"])
    before = {change.session_id: State.from_json(change.before) for change in changes}
    now = {session: State.of(facts) for session, facts in sessions.items()}
    write_states(permit, sessions, now, before)
    _nest_again(kept["nested"])
    if "pattern" in kept:
        _restore_pattern(permit, changes, sessions[ids[0]], before)
    SessionChange.objects.filter(batch=batch).update(
        undone_at=permit.now, undone_by_id=permit.staff
    )
    for session in ids:
        permit.note(WRITE, table=SESSION, row=session, fields=("undone",))
    return ids


def _refuse_if_passed(changes: list[SessionChange]) -> None:
    ids = [change.session_id for change in changes]
    undone = SessionChange.objects.filter(batch=changes[0].batch, undone_at__isnull=False)
    if undone.exists():
        raise Refused("undone", _("This change is undone already."), _("Reload the page."))
    later = SessionChange.objects.filter(
        session_id__in=ids, undone_at__isnull=True, id__gt=max(change.id for change in changes)
    ).exclude(batch=changes[0].batch)  # fmt: skip
    if later.exists():
        raise Refused(
            "changed_since", _("One of these sessions was changed again since."),
            _("Undo that change first."),
        )  # fmt: skip
    if changes[0].kind != "staff" and Attendance.objects.filter(session_id__in=ids).exists():
        raise Refused(
            "begun", _("People came to one of these sessions since."), _("Change the later ones.")
        )


def _send_home(permit: Permit, host: int, guests: list[int]) -> None:
    """People merged into another session hold no seat there any more."""
    if Attendance.objects.filter(session_id=host, record_id__in=guests).exists():
        raise Refused(
            "begun", _("People came to the merged session already."), _("It stays merged.")
        )
    Seat.objects.filter(
        kind="merged", session_id=host, record_id__in=guests, released_at__isnull=True
    ).update(released_at=permit.now)
    Occupancy.objects.filter(kind="record", resource__in=guests, session_id=host).delete()


def _nest_again(nested: dict[str, int]) -> None:
    for visit, session in nested.items():
        Appointment.objects.filter(pk=int(visit), cancelled_at__isnull=True).update(
            nested_in_id=session
        )


def _restore_pattern(
    permit: Permit, changes: list[SessionChange], first: SessionFacts, before: dict[int, State]
) -> None:
    """The track's pattern as it was; what was laid by the new one since is laid anew."""
    kept = changes[0].before
    was = kept["pattern"]
    values: dict[str, Any] = was | {
        "starts": time.fromisoformat(was["starts"]),
        "pattern_from": date.fromisoformat(was["pattern_from"]),
        "end_on": date.fromisoformat(was["end_on"]) if was["end_on"] else None,
    }
    change_pattern(permit, first.track, **values)
    if "staffing" in kept:
        restore_staffing(permit, first.track, kept["staffing"])
    last = max(date.fromisoformat(change.after["pattern_on"]) for change in changes)
    since = Session.objects.filter(Q(pattern_on__gt=last), track_id=first.track).exclude(
        id__in=before
    )
    laid = [*since.values_list("pattern_on", flat=True)]
    try:
        since.filter(status="scheduled").delete()
    except ProtectedError as error:
        raise Refused(
            "used_since", _("Sessions laid since have people of their own."),
            _("Change the later sessions instead."),
        ) from error  # fmt: skip
    end = max([*laid, permit.today(first.timezone) + HORIZON])
    start = max(state.pattern_on for state in before.values()) + timedelta(days=1)
    materialize(permit, first.clinic, start, end + timedelta(days=1))
