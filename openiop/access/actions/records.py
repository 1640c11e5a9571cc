"""Record numbers: issue them, open a record at a second clinic, revoke links about one."""

from collections.abc import Sequence

from django.db import connection

from openiop.access.door import writes
from openiop.access.models import Link, Record, RecordClinic
from openiop.kernel.ids import record_number
from openiop.kernel.permits import Permit


@writes("access.record.issue")
def issue_record(permit: Permit, clinic: int, *, restricted: bool = False) -> Record:
    """A new record with its number, at first contact."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('access_record', 'id'))")
        serial = cursor.fetchone()[0]
    record = Record.objects.create(
        id=serial, organization_id=permit.organization, clinic_id=clinic,
        number=record_number(serial), restricted=restricted, issued_at=permit.now,
    )  # fmt: skip
    permit.note("access.record.issue", record=record.id, table="access_record", row=record.id)
    return record


@writes("access.record.issue")
def issue_records(permit: Permit, clinics: Sequence[int]) -> list[Record]:
    """A new record at each of the clinics (ids may repeat), in two statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('access_record', 'id'))"
            " FROM generate_series(1, %s)", [len(clinics)],
        )  # fmt: skip
        serials = [row[0] for row in cursor.fetchall()]
    records = [
        Record(
            id=serial, organization_id=permit.organization, clinic_id=clinic,
            number=record_number(serial), issued_at=permit.now,
        )
        for serial, clinic in zip(serials, clinics, strict=True)
    ]  # fmt: skip
    Record.objects.bulk_create(records)
    for record in records:
        permit.note("access.record.issue", record=record.id, table="access_record", row=record.id)
    return records


@writes("access.record.open_at")
def open_record_at(
    permit: Permit, record: int, clinic: int, reason: str, *, guest: bool = False
) -> None:
    """Let the staff of a second clinic see the record: a make-up (as a `guest`), a transfer. Safe
    to repeat; a guest who stays is a guest no more."""
    row, new = RecordClinic.objects.get_or_create(
        record_id=record, clinic_id=clinic,
        defaults={
            "organization_id": permit.organization, "since": permit.now, "reason": reason,
            "guest": guest,
        },
    )  # fmt: skip
    if not new and row.guest and not guest:
        RecordClinic.objects.filter(pk=row.pk).update(guest=False, reason=reason)
    permit.note("access.record.open_at", record=record, table="access_recordclinic")


@writes("access.record.open_at")
def close_record_at(permit: Permit, record: int, reason: str) -> None:
    """Close a record wherever it was opened for exactly this reason. Safe to repeat."""
    RecordClinic.objects.filter(record_id=record, reason=reason).delete()
    permit.note("access.record.open_at", record=record, table="access_recordclinic")


@writes("access.record.open_at")
def rehome_records(permit: Permit, records: Sequence[int], clinic: int, reason: str) -> None:
    """Give records another clinic as their own; what is kept about them with the old clinic's id
    stays open to the new one. Three statements whatever the number."""
    RecordClinic.objects.bulk_create(
        [
            RecordClinic(
                organization_id=permit.organization, record_id=record, clinic_id=clinic,
                since=permit.now, reason=reason,
            )
            for record in records
        ],
        update_conflicts=True, unique_fields=["record", "clinic"], update_fields=["guest"],
    )  # fmt: skip
    Record.objects.filter(id__in=records).update(clinic_id=clinic)
    for record in records:
        permit.note("access.record.open_at", record=record, table="access_record",
                    fields=("clinic",))  # fmt: skip


@writes("access.link.revoke")
def revoke_link(permit: Permit, link: int) -> None:
    """The address stops working at once."""
    Link.objects.filter(pk=link, revoked_at__isnull=True).update(revoked_at=permit.now)
    permit.note("access.link.revoke", table="access_link", row=link)
