"""A whole session's notes in one action: text written elsewhere and brought in, the simulation."""

from collections.abc import Mapping
from dataclasses import asdict

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.chart.actions.opening import TABLE, open_notes
from openiop.chart.models import GroupNote, Note
from openiop.chart.rules.parts import PART_FIELDS, SHARED_FIELDS, NoteKind, Part, Shared
from openiop.kernel.permits import Permit, Refused


@writes("chart.note.write")
def write_all(permit: Permit, session: int, shared: Shared, parts: Mapping[int, Part]) -> int:
    """Fill a session's empty notes: the shared part once, each person's part by record; how many.

    Text that stands is never written over: refused when somebody has begun.
    """
    open_notes(permit, [session])
    begun = Refused(
        "begun", _("Somebody has begun to write this session's notes."),
        _("Write in the open notes instead."),
    )  # fmt: skip
    empty = GroupNote.objects.filter(
        session_id=session, signed_at__isnull=True, narrative="", interventions=""
    )
    if not empty.update(**asdict(shared), version=1, updated_at=permit.now):
        raise begun
    rows = list(Note.objects.select_for_update().filter(session_id=session, kind=NoteKind.GROUP))
    if any(row.version for row in rows):
        raise begun
    wanted = [row for row in rows if row.record_id in parts]
    for row in wanted:
        for name, value in asdict(parts[row.record_id]).items():
            setattr(row, name, value)
        row.version, row.updated_at = 1, permit.now
    Note.objects.bulk_create(  # an upsert: many times quicker than a CASE for each field
        wanted, update_conflicts=True, unique_fields=["id"],
        update_fields=[*PART_FIELDS, "version", "updated_at"],
    )  # fmt: skip
    permit.note("chart.note.write", table="chart_groupnote", fields=SHARED_FIELDS)
    for row in wanted:
        permit.note("chart.note.write", record=row.record_id, table=TABLE, row=row.pk,
                    fields=PART_FIELDS)  # fmt: skip
    return len(wanted)
