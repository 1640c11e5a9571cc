"""Write the shared part and each person's part; whatever two windows send, no text is lost."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.chart.actions.opening import TABLE, draft, group_draft, hours_by_clinic, writer
from openiop.chart.models import GroupNote, KeptText, Note
from openiop.chart.queries.sheet import current_note, kept_rows, part_of, shared_of, writes_here
from openiop.chart.rules.guards import changed_fields
from openiop.chart.rules.parts import SHARED_FIELDS, NoteKind, Part, Shared
from openiop.chart.rules.versions import Outcome, both, page_after, settle
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.queries.attendance import attendance_of
from openiop.schedule.queries.sessions import SessionFacts, session
from openiop.schedule.rules.attendance import Status

WRITE = "chart.note.write"


@dataclass(frozen=True)
class Typed:
    """What a window sends along with its text: the version it began from, its page's token, and
    whether the writer left the page by its button (`final`)."""

    began_at: int
    page: str = ""
    final: bool = True


@dataclass(frozen=True)
class Saved:
    """The version that stands now."""

    version: int
    at: datetime


class Conflict(Refused):
    """A newer text stands there. `theirs` is that text, at `version`; nothing was written over."""

    def __init__(self, theirs: Mapping[str, str], version: int) -> None:
        super().__init__(
            "conflict", _("A newer version was saved in another window."),
            _("Both texts are kept: compare them and save what is still missing."),
        )  # fmt: skip
        self.theirs, self.version = dict(theirs), version


@writes(WRITE)
def save_shared(permit: Permit, session_id: int, shared: Shared, typed: Typed) -> Saved:
    """The session's shared part; 404 elsewhere, refused when signed, `Conflict` when newer."""
    facts = session(permit, session_id)
    if not _holds(permit, facts):
        raise _not_yours()
    row = GroupNote.objects.select_for_update().filter(session_id=session_id).first()
    if row is None:
        row = group_draft(permit, facts, writer(permit))
        GroupNote.objects.bulk_create([row], ignore_conflicts=True)
        row = GroupNote.objects.select_for_update().get(session_id=session_id)
    if row.signed_at:
        raise Refused("signed", _("The shared part is signed and stays as it is."),
                      _("Add an addendum to a note instead."))  # fmt: skip
    version = _settle(row, asdict(shared_of(row)), asdict(shared), typed)
    if version != row.version:
        GroupNote.objects.filter(pk=row.pk).update(
            **asdict(shared), version=version, page=page_after(typed.page, typed.final),
            author_id=permit.staff, updated_at=permit.now,
        )  # fmt: skip
    permit.note(WRITE, table="chart_groupnote", row=row.pk, fields=SHARED_FIELDS)
    return Saved(version, permit.now)


@writes(WRITE)
def save_part(permit: Permit, session_id: int, record: int, part: Part, typed: Typed) -> Saved:
    """One person's part; opens the note with the first word. Refused when signed or not yours,
    `Conflict` when newer."""
    facts = session(permit, session_id)
    row = _locked(permit, session_id, record) or _open_one(permit, facts, record)
    if row.signed_at:
        raise Refused("signed", _("This note is signed and stays as it is."),
                      _("Add an addendum instead."))  # fmt: skip
    if not writes_here(permit, row, _holds(permit, facts)):
        raise _not_yours()
    before = part_of(row)
    version = _settle(row, asdict(before), asdict(part), typed)
    if version != row.version:
        Note.objects.filter(pk=row.pk).update(
            **asdict(part), version=version, page=page_after(typed.page, typed.final),
            author_id=permit.staff, updated_at=permit.now,
        )  # fmt: skip
    permit.note(WRITE, record=record, table=TABLE, row=row.pk,
                fields=changed_fields(before, part))  # fmt: skip
    return Saved(version, permit.now)


@writes(WRITE)
def keep_text(permit: Permit, session_id: int, record: int | None, text: Mapping[str, str]) -> None:
    """Put aside what somebody typed against a newer version, for them alone to compare."""
    facts = session(permit, session_id)
    rows = kept_rows(permit, session_id, record)
    before = rows.first()
    typed = {name: value for name, value in text.items() if value}
    if before is None:
        KeptText.objects.create(
            organization_id=permit.organization, clinic_id=facts.clinic, session_id=session_id,
            record_id=record, staff_id=writer(permit), fields=typed, kept_at=permit.now,
        )  # fmt: skip
    else:
        rows.update(fields=both(before.fields, typed), kept_at=permit.now)
    permit.note(WRITE, record=record, table="chart_kepttext", fields=("fields",))


@writes(WRITE)
def drop_kept_text(permit: Permit, session_id: int, record: int | None) -> None:
    """The writer is done with the text put aside; 404 elsewhere. Safe to repeat."""
    session(permit, session_id)
    kept_rows(permit, session_id, record).delete()
    permit.note(WRITE, record=record, table="chart_kepttext")


@writes(WRITE)
def set_aside(permit: Permit, session_id: int, record: int, reason: str) -> None:
    """Keep a draft as unsigned history, so that none is owed: the person had not taken part."""
    facts = session(permit, session_id)
    row = _locked(permit, session_id, record)
    if row is None or row.signed_at or not writes_here(permit, row, _holds(permit, facts)):
        raise _not_yours()
    if attendance_of(permit, [session_id])[session_id][record].came:
        raise Refused("came", _("This person took part, so a note is owed."),
                      _("Correct attendance first."))  # fmt: skip
    Note.objects.filter(pk=row.pk).update(
        kind=NoteKind.UNSIGNED_DRAFT, origin_reason=reason, origin_by_id=permit.staff,
        updated_at=permit.now,
    )  # fmt: skip
    permit.note(WRITE, record=record, table=TABLE, row=row.pk, fields=("kind",))


@writes(WRITE)
def override(permit: Permit, session_id: int, record: int | None, key: str, reason: str) -> None:
    """Sign in spite of one finding, with a reason that stays with the note; without a record it is
    the shared part's. Safe to repeat."""
    if not reason.strip():
        raise Refused("reason", _("Say why this is right as it is."), _("A few words are enough."),
                      field="reason")  # fmt: skip
    facts = session(permit, session_id)
    row: Any = (
        GroupNote.objects.select_for_update().filter(session_id=session_id).first()
        if record is None else _locked(permit, session_id, record)
    )  # fmt: skip
    if row is None or row.signed_at or not _may_override(permit, facts, row, record):
        raise _not_yours()
    entry = {"key": key, "reason": reason.strip()[:300], "by": permit.staff,
             "at": permit.now.isoformat()}  # fmt: skip
    kept = [each for each in row.overrides if each["key"] != key]
    type(row).objects.filter(pk=row.pk).update(overrides=[*kept, entry])
    permit.note(WRITE, record=record, table=row._meta.db_table, row=row.pk, fields=("overrides",))


def _may_override(permit: Permit, facts: SessionFacts, row: Any, record: int | None) -> bool:
    holds = _holds(permit, facts)
    return holds if record is None else writes_here(permit, row, holds)


def _holds(permit: Permit, facts: SessionFacts) -> bool:
    return any(holder.id == permit.staff for holder in facts.staff)


def _settle(row: Any, stored: Mapping[str, str], given: Mapping[str, str], typed: Typed) -> int:
    outcome = settle(
        stored, given, version=row.version, began_at=typed.began_at, last_page=row.page,
        page=typed.page,
    )  # fmt: skip
    if outcome == Outcome.CONFLICT:
        raise Conflict(stored, row.version)
    version: int = row.version
    return version + (outcome == Outcome.SAVE)


def _open_one(permit: Permit, facts: SessionFacts, record: int) -> Note:
    """The note of somebody nobody has written about yet."""
    attended = attendance_of(permit, [facts.id])[facts.id].get(record)
    if attended is None or attended.status not in (Status.PRESENT, Status.UNABLE):
        raise Refused("not_there", _("A note is for who took part."),
                      _("Record the arrival first."))  # fmt: skip
    if not _holds(permit, facts):
        raise _not_yours()
    hours = hours_by_clinic(permit, [facts])[facts.clinic]
    new = draft(permit, facts, attended, writer(permit), hours)
    Note.objects.bulk_create([new], ignore_conflicts=True)
    found = _locked(permit, facts.id, record)
    if found is None:
        raise LookupError(f"the note of session {facts.id} was opened and is not there")
    return found


def _locked(permit: Permit, session_id: int, record: int) -> Note | None:
    return current_note(permit, session_id, record, lock=True)


def _not_yours() -> Refused:
    return Refused(
        "not_yours", _("These notes are for those who held the session to write."),
        _("Ask the supervisor to hand them over to you."),
    )  # fmt: skip
