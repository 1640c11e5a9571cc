"""Calls for help and safety findings: which are open, who was called, who answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Case, Q, QuerySet, Subquery, When
from django.http import Http404

from openiop.access.queries import clinics, rooms, staff_names
from openiop.kernel.permits import Permit
from openiop.messaging.models import Alert
from openiop.messaging.queries.incidents import SERIAL
from openiop.messaging.rules import HELP

RECENT = timedelta(hours=12)
SAME_CALL = timedelta(minutes=2)


@dataclass(frozen=True)
class AlertRow:
    """One alert as pages show it."""

    id: int
    kind: str
    sentence: str
    clinic: int
    clinic_name: str
    room_name: str
    number: str | None
    incident: str | None
    raised_at: datetime
    raised_by: str
    level: int
    called: tuple[str, ...]
    escalate_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str

    @property
    def answered(self) -> bool:
        return self.acknowledged_at is not None


def alerts(permit: Permit) -> QuerySet[Alert]:
    """Alerts of the permit's clinics, without those about a record closed to this user."""
    return Alert.objects.filter(
        Q(record__isnull=True) | Q(record__number__isnull=False), clinic_id__in=permit.clinics
    ).select_related("clinic", "room", "record", "incident", "raised_by", "acknowledged_by")


def current_alerts(permit: Permit) -> list[AlertRow]:
    """Unanswered alerts, and those of the last twelve hours; newest first. Two statements."""
    found = alerts(permit).filter(
        Q(acknowledged_at__isnull=True) | Q(raised_at__gte=permit.now - RECENT)
    )
    rows = _rows(permit, found.order_by("-raised_at", "-id"))
    permit.note(permit.act.name, table="messaging_alert", count=len(rows), kind="read")
    return rows


def overdue_alert(permit: Permit) -> int | None:
    """The unanswered alert that has waited longest past its time, locked so that no other worker
    takes it."""
    return (
        Alert.objects.select_for_update(skip_locked=True)
        .filter(
            clinic_id__in=permit.clinics, acknowledged_at__isnull=True, escalate_at__lte=permit.now
        )
        .order_by("escalate_at", "id")
        .values_list("id", flat=True)
        .first()
    )


class Cry(NamedTuple):
    """A clinic where somebody calls for help: the room's name (None: no such room there), the same
    call if it was made just now, else the next serial of the register."""

    name: str
    state: str
    timezone: str
    room: str | None
    alert: int | None
    incident: str | None
    serial: int | None


def cry(permit: Permit, clinic: int, room: int | None) -> Cry:
    """What a call for help needs first; one statement. Raises Http404 for a clinic that is not the
    permit's."""
    same = Alert.objects.filter(
        clinic_id=clinic, room=room, kind=HELP, acknowledged_at__isnull=True,
        raised_at__gt=permit.now - SAME_CALL, incident__isnull=False,
    ).order_by("id")  # fmt: skip
    found = clinics(permit).filter(pk=clinic).annotate(
        room=Subquery(rooms(permit, clinic).filter(pk=room or 0).values("name")),
        alert=Subquery(same.values("id")[:1]),
        incident=Subquery(same.values("incident__number")[:1]),
        serial=Case(When(alert__isnull=True, then=SERIAL)),
    )  # fmt: skip
    for row in found.values_list(
        "name", "state", "timezone", "room", "alert", "incident", "serial"
    ):
        return Cry(*row)
    raise Http404("No such clinic.")


def alert(permit: Permit, alert_id: int) -> AlertRow:
    """One alert, or Http404."""
    rows = _rows(permit, alerts(permit).filter(pk=alert_id))
    if not rows:
        raise Http404("No such alert.")
    return rows[0]


def alerts_of(permit: Permit, incident: int) -> list[AlertRow]:
    """The alerts of one incident, first to last."""
    return _rows(permit, alerts(permit).filter(incident_id=incident).order_by("raised_at"))


def _rows(permit: Permit, found: QuerySet[Alert]) -> list[AlertRow]:
    listed = list(found)
    names = staff_names(permit, (one for row in listed for one in row.called))
    return [
        AlertRow(
            id=row.id, kind=row.kind, sentence=row.sentence, clinic=row.clinic_id,
            clinic_name=row.clinic.name, room_name=row.room.name if row.room else "",
            number=row.record.number if row.record else None,
            incident=row.incident.number if row.incident else None,
            raised_at=row.raised_at, raised_by=row.raised_by.name if row.raised_by else "",
            level=row.level, called=tuple(names[one] for one in row.called if one in names),
            escalate_at=row.escalate_at, acknowledged_at=row.acknowledged_at,
            acknowledged_by=row.acknowledged_by.name if row.acknowledged_by else "",
        )
        for row in listed
    ]  # fmt: skip
