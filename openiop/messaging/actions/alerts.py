"""Raise alerts; unanswered they climb."""

from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.messaging.models import Alert
from openiop.messaging.queries.oncall import acknowledge_within

RAISE, TABLE = "messaging.alert.raise", "messaging_alert"


@writes(RAISE)
def raise_alert(
    permit: Permit,
    *,
    clinic: int,
    kind: str,
    sentence: str,
    room: int | None = None,
    record: int | None = None,
) -> int:
    """Call for help at a clinic; the alert's id. Unanswered it climbs from the first on call to
    the backup and on to the director."""
    alert = Alert.objects.create(
        organization_id=permit.organization, clinic_id=clinic, kind=kind, sentence=sentence,
        room_id=room, record_id=record, raised_at=permit.now, raised_by_id=permit.staff,
        escalate_at=permit.now + acknowledge_within(permit, clinic),
    )  # fmt: skip
    permit.note(RAISE, record=record, table=TABLE, row=alert.id)
    return alert.id
