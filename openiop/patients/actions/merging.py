"""Merge two records of one person, undo it, or say that they are two."""

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.actions import close_record_at, open_record_at
from openiop.access.door import writes
from openiop.kernel.permits import Permit, Refused
from openiop.patients.models import Merge, Patient, ToldApart
from openiop.patients.queries.apart import apart_from

WRITE, TABLE = "patients.merge", "patients_merge"


@writes(WRITE)
def merge(permit: Permit, *, kept: int, merged: int, reason: str) -> int:
    """Let `merged` lead to `kept` from now on; the merge's id. Nothing else is moved: rows stay
    with the record they were written for, and both clinics see both records."""
    if kept == merged:
        raise Refused("same", _("This is one and the same record."), _("Choose another record."))
    rows = {
        row.record_id: row
        for row in Patient.objects.select_for_update(of=("self",))
        .filter(record_id__in=[kept, merged])
        .order_by("record_id")
    }
    if len(rows) < 2:
        raise Http404("No such person.")
    if any(row.merged_into_id for row in rows.values()):
        raise Refused(
            "merged", _("One of the records is merged already."), _("Open the record kept then.")
        )
    if merged in apart_from(permit, kept):
        raise Refused(
            "two_people", _("These are two people."), _("Ask a supervisor if you doubt it.")
        )
    rows[merged].merged_into = rows[kept]
    rows[merged].save(update_fields=["merged_into"])
    done = Merge.objects.create(
        organization_id=permit.organization, kept_id=kept, merged_id=merged, reason=reason,
        done_at=permit.now, done_by_id=permit.staff,
    )  # fmt: skip
    if rows[kept].clinic_id != rows[merged].clinic_id:
        for record, clinic in ((kept, rows[merged].clinic_id), (merged, rows[kept].clinic_id)):
            open_record_at(permit, record, clinic, _opened_by(done.id))
    for record in (kept, merged):
        permit.note(WRITE, record=record, table=TABLE, row=done.id)
    return done.id


@writes(WRITE)
def undo_merge(permit: Permit, done: int) -> None:
    """The two records stand for themselves again."""
    row = Merge.objects.select_for_update().filter(pk=done, undone_at__isnull=True).first()
    if row is None:
        raise Refused("undone", _("This merge is undone already."), _("Open one of the records."))
    if not Patient.objects.filter(record_id=row.merged_id).update(merged_into=None):
        raise Http404("No such person.")
    row.undone_at, row.undone_by_id = permit.now, permit.staff
    row.save(update_fields=["undone_at", "undone_by"])
    for record in (row.kept_id, row.merged_id):
        close_record_at(permit, record, _opened_by(done))
        permit.note(WRITE, record=record, table=TABLE, row=done, fields=("undone_at",))


def _opened_by(done: int) -> str:
    return f"merge {done}"


@writes(WRITE)
def tell_apart(permit: Permit, one: int, other: int) -> None:
    """They look alike and are two people: nobody is asked again. Safe to repeat."""
    first, second = sorted((one, other))
    ToldApart.objects.get_or_create(
        one_id=first, other_id=second,
        defaults={"organization_id": permit.organization, "told_at": permit.now,
                  "told_by_id": permit.staff},
    )  # fmt: skip
    for record in (one, other):
        permit.note(WRITE, record=record, table="patients_toldapart")
