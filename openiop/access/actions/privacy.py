"""Who may not, or may exceptionally, open one record: blocks, restriction, broken glass."""

from datetime import timedelta

from django.db import connection
from django.http import Http404

from openiop.access.door import writes
from openiop.access.models import (
    EmergencyAccess,
    KnownPerson,
    Record,
    RecordBlock,
    RecordGrant,
    User,
)
from openiop.access.queries.policies import minutes_of_emergency
from openiop.access.queries.records import Sought, sought
from openiop.kernel.permits import NotPermitted, Permit, Refused

NO_RECORD = Refused(
    "number", "No record has this number.", "Type all of it, with its check digit.", field="number"
)


def _sought(permit: Permit, number: str) -> Sought:
    found = sought(permit, number)
    if found is None:
        raise NO_RECORD
    return found


def _me(permit: Permit) -> int:
    """The staff member who decides; a job decides nothing about who may open a record."""
    if permit.staff is None:
        raise NotPermitted("staff", "Only somebody who works here decides this.", "")
    return permit.staff


@writes("access.glass.break")
def break_glass(permit: Permit, number: str, reason: str) -> EmergencyAccess:
    """Open one record to oneself for an hour, wherever it is kept; a reviewer reads the reason.

    Raises Refused without a reason, for an unknown number, and for a record one is kept out of:
    a block holds in an emergency too, and a colleague who is not blocked can open it.
    """
    if not reason.strip():
        raise Refused("reason", "Say why.", "One sentence is enough.", field="reason")
    record = _sought(permit, number)
    kept_out = RecordBlock.objects.filter(record=record.id, user=permit.user, lifted_at=None)
    if permit.user is None or kept_out.exists():
        raise NO_RECORD
    minutes = minutes_of_emergency(permit, record.clinic)
    opened = EmergencyAccess.objects.create(
        organization_id=permit.organization, user_id=permit.user, record_id=record.id,
        reason=reason.strip(), started_at=permit.now,
        ends_at=permit.now + timedelta(minutes=minutes),
    )  # fmt: skip
    permit.note(
        "access.glass.break", record=record.id, table="access_emergencyaccess", row=opened.id,
        reason=reason,
    )  # fmt: skip
    return opened


@writes("access.glass.review")
def review_glass(permit: Permit, emergency: int, *, justified: bool, note: str) -> None:
    """The answer to one broken glass; nobody answers their own, and an answer stands."""
    row = EmergencyAccess.objects.select_for_update().filter(pk=emergency).first()
    if row is None:
        raise Http404("No such emergency access.")
    if row.user_id == permit.user:
        raise Refused("self", "Nobody reviews their own access.", "Ask another privacy officer.")
    if row.reviewed_at:
        raise Refused("reviewed", "This access was reviewed already.", "Its answer stands.")
    if not justified and not note.strip():
        raise Refused("note", "Say why it was not justified.", "It is kept.", field="note")
    EmergencyAccess.objects.filter(pk=emergency).update(
        reviewed_by=permit.staff, reviewed_at=permit.now, review=note.strip(), justified=justified
    )
    permit.note(
        "access.glass.review", record=row.record_id, table="access_emergencyaccess",
        row=emergency, fields=("justified", "review"),
    )  # fmt: skip


@writes("access.record.block")
def block_user(permit: Permit, number: str, *, user: int, reason: str) -> int:
    """Keep one person out of one record from now on; the block's id. Safe to repeat."""
    record = _sought(permit, number).id
    standing = RecordBlock.objects.filter(record_id=record, user_id=user, lifted_at=None).first()
    if standing:
        return standing.id
    block = RecordBlock.objects.create(
        organization_id=permit.organization, record_id=record, user_id=user, reason=reason,
        set_by_id=_me(permit), set_at=permit.now,
    )  # fmt: skip
    KnownPerson.objects.filter(record_id=record, staff__user_id=user, answered_at=None).update(
        answered_at=permit.now
    )
    permit.note(
        "access.record.block", record=record, table="access_recordblock", row=block.id,
        fields=("user",),
    )  # fmt: skip
    return block.id


@writes("access.record.block")
def lift_block(permit: Permit, block: int) -> None:
    """Let the person open the record again as their role allows."""
    row = RecordBlock.objects.filter(pk=block, lifted_at=None).first()
    if row is None:
        raise Http404("No such block.")
    RecordBlock.objects.filter(pk=block).update(lifted_at=permit.now)
    permit.note(
        "access.record.block", record=row.record_id, table="access_recordblock", row=block,
        fields=("lifted_at",),
    )  # fmt: skip


@writes("access.record.restrict")
def restrict(permit: Permit, number: str, users: list[int]) -> None:
    """Only these users open the record from now on: somebody who works here is a patient here.

    Again with other users: they take the place of the former. An empty list opens the record to
    everybody whose role and clinic allow it.
    """
    record = _sought(permit, number).id
    RecordGrant.objects.filter(record_id=record).exclude(user_id__in=users).delete()
    ours = User.objects.filter(id__in=users, organization_id=permit.organization)
    RecordGrant.objects.bulk_create(
        [
            RecordGrant(organization_id=permit.organization, record_id=record, user_id=user,
                        granted_by_id=_me(permit), granted_at=permit.now)
            for user in ours.values_list("id", flat=True)
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT door.restrict(%s, %s)", [record, bool(users)])
    permit.note(
        "access.record.restrict", record=record, table="access_record", row=record,
        fields=("restricted", "grants"),
    )  # fmt: skip


@writes("access.known.declare")
def declare_known(permit: Permit, number: str, *, relationship: str, block_wanted: bool) -> int:
    """Say that one knows the person behind a record of one's clinics; its id. Safe to repeat.

    `block_wanted` asks the privacy officer to be kept out of the record.
    """
    record = Record.objects.filter(number=number.strip()).first()
    if record is None:
        raise NO_RECORD
    known, _new = KnownPerson.objects.update_or_create(
        staff_id=_me(permit), record=record,
        defaults={
            "organization_id": permit.organization, "relationship": relationship,
            "declared_at": permit.now, "block_wanted": block_wanted, "answered_at": None,
        },
    )  # fmt: skip
    permit.note("access.known.declare", record=record.id, table="access_knownperson", row=known.id)
    return known.id


@writes("access.record.block")
def decline_block(permit: Permit, known: int) -> None:
    """Answer a wish to be kept out without a block."""
    row = KnownPerson.objects.filter(pk=known, answered_at=None).first()
    if row is None:
        raise Http404("No such wish.")
    KnownPerson.objects.filter(pk=known).update(answered_at=permit.now)
    permit.note(
        "access.record.block", record=row.record_id, table="access_knownperson", row=known,
        fields=("answered_at",),
    )  # fmt: skip
