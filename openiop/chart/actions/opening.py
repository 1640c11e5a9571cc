"""Open the notes a session owes, for the right people and by the right author."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import house_values
from openiop.chart.models import GroupNote, Note
from openiop.chart.rules.deadlines import Hours, due_at, hours_in_force
from openiop.chart.rules.parts import NoteKind
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.tasks import open_task
from openiop.schedule.queries.attendance import AttendanceFacts, attendance_of
from openiop.schedule.queries.sessions import SessionFacts, by_ids

TABLE, SESSION = "chart_note", "schedule_session"


@writes("chart.note.write")
def open_notes(permit: Permit, session_ids: Iterable[int]) -> int:
    """Open an empty note for each person who came to one of these sessions; how many.

    Safe to repeat. Notes nobody has written in follow attendance and staffing: they go when the
    person did not come after all, and move to whoever owes them now.
    """
    sessions = {each.id: each for each in by_ids(permit, session_ids).values() if each.held}
    attended = attendance_of(permit, sessions)
    standing = _standing(sessions)
    opened = {(note.session, note.record) for note in standing}
    _drop_unowed(standing, attended)
    hours = hours_by_clinic(permit, sessions.values())
    rows, groups = [], []
    for each in sessions.values():
        author = owner(each)
        wanted = [a for a in attended[each.id].values() if a.came and (each.id, a.record) not in
                  opened]  # fmt: skip
        if author is None:
            _nobody_holds(permit, each, len(wanted))
            continue
        rows += [draft(permit, each, a, author, hours[each.clinic]) for a in wanted]
        groups += [group_draft(permit, each, author)] if wanted else []
    GroupNote.objects.bulk_create(groups, ignore_conflicts=True)
    Note.objects.bulk_create(rows, ignore_conflicts=True)
    _follow_staffing(standing, sessions)
    permit.note("chart.note.write", table=TABLE, count=len(rows))
    return len(rows)


def writer(permit: Permit) -> int:
    """Whose words these are; refused for whoever is no member of staff."""
    if permit.staff is None:
        raise Refused("no_staff", _("Only a member of staff writes and signs notes."))
    return permit.staff


def owner(session: SessionFacts) -> int | None:
    """Who writes by default: the first holder who owes notes, else the first holder."""
    owing = [holder.id for holder in session.staff if holder.owes_notes]
    return next(iter(owing or [holder.id for holder in session.staff]), None)


def hours_by_clinic(permit: Permit, sessions: Iterable[SessionFacts]) -> dict[int, Hours]:
    """The clocks in force at each session's clinic; one statement a clinic."""
    places = {each.clinic: each for each in sessions}
    return {
        clinic: hours_in_force(each.state, each.on, house_values(permit, clinic, each.on))
        for clinic, each in places.items()
    }


def draft(
    permit: Permit, session: SessionFacts, attended: AttendanceFacts, author: int, hours: Hours
) -> Note:
    """An empty note, not saved yet: a group note, or an outreach note for who could not stay."""
    return Note(
        organization_id=permit.organization, clinic_id=session.clinic, record_id=attended.record,
        kind=NoteKind.GROUP if attended.came else NoteKind.OUTREACH, session_id=session.id,
        attendance_id=attended.id, author_id=author, service_on=session.on,
        ended_at=session.ends_at, minutes=attended.minutes, started_at=permit.now,
        updated_at=permit.now, due_at=due_at(session.ends_at, hours.note),
    )  # fmt: skip


def group_draft(permit: Permit, session: SessionFacts, author: int) -> GroupNote:
    """An empty shared part, not saved yet; the topic planned for the session stands in it."""
    return GroupNote(
        organization_id=permit.organization, clinic_id=session.clinic, session_id=session.id,
        topic=session.topic, author_id=author, updated_at=permit.now,
    )  # fmt: skip


class _Standing(NamedTuple):
    """A note that is open or signed already; `untouched`: nobody has written in it."""

    id: int
    session: int
    record: int
    author: int
    untouched: bool


def _standing(sessions: Iterable[int]) -> list[_Standing]:
    rows = Note.objects.filter(session_id__in=list(sessions), kind__in=["group", "closing"])
    return [
        _Standing(
            note, session, record, author,
            kind == NoteKind.GROUP and not (version or signed or origin),
        )
        for note, session, record, author, kind, version, signed, origin in rows.values_list(
            "id", "session_id", "record_id", "author_id", "kind", "version", "signed_at",
            "origin_id")
    ]  # fmt: skip


def _drop_unowed(
    standing: Iterable[_Standing], attended: Mapping[int, Mapping[int, AttendanceFacts]]
) -> None:
    """Empty notes of people who did not take part after all."""
    gone = []
    for note in standing:
        came = attended[note.session].get(note.record)
        if note.untouched and not (came and came.came):
            gone.append(note.id)
    if gone:
        Note.objects.filter(pk__in=gone, version=0).delete()


def _follow_staffing(standing: Iterable[_Standing], sessions: Mapping[int, SessionFacts]) -> None:
    """Empty notes move to whoever owes the session's notes now."""
    moved: dict[int, list[int]] = {}
    for note in standing:
        now_owed_by = owner(sessions[note.session])
        if note.untouched and now_owed_by not in (None, note.author):
            moved.setdefault(now_owed_by, []).append(note.id)
    for author, notes in moved.items():
        Note.objects.filter(pk__in=notes, version=0).update(author_id=author)


def _nobody_holds(permit: Permit, session: SessionFacts, owed: int) -> None:
    if owed:
        open_task(
            permit, kind="note.nobody_holds", clinic=session.clinic, due_at=permit.now,
            title=_("Say who held %(track)s: its notes have nobody to write them")
            % {"track": session.track_name},
            about=(SESSION, session.id), role=Role.SUPERVISOR.value,
        )  # fmt: skip
