"""One-to-one, nurse, test and other visits: whose, with whom, when, nested in what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from openiop.kernel.days import local
from openiop.kernel.permits import Permit
from openiop.schedule.models import Appointment, AppointmentChange
from openiop.schedule.rules.attendance import visit_minutes


@dataclass(frozen=True)
class AppointmentFacts:
    """A booked visit; `nested_in` the group session it splits its minutes from. `outcome` is what
    somebody attested, "held" or "no_show", and "" before that."""

    id: int
    record: int
    number: str
    clinic: int
    timezone: str
    kind: str
    kind_name: str
    staff: int
    staff_name: str
    room_name: str
    starts_at: datetime
    ends_at: datetime
    nested_in: int | None
    nested_name: str
    cancelled_at: datetime | None
    cancel_reason: str
    outcome: str = ""
    mode: str = "in_person"
    type: int | None = None

    @property
    def counted_minutes(self) -> int:
        """Minutes toward the week of its own: none before it was attested as held, none of nurse
        and test visits, none inside a group, which counts them."""
        if self.nested_in or self.cancelled_at:
            return 0
        return visit_minutes(self.kind, self.starts_at, self.ends_at, self.outcome)


def appointment(permit: Permit, appointment_id: int) -> AppointmentFacts:
    """One visit at the permit's clinics, or Http404."""
    found = _facts(Appointment.objects.filter(pk=appointment_id, clinic_id__in=permit.clinics))
    if not found:
        raise Http404("No such visit.")
    return found[0]


def appointments_of(
    permit: Permit, record: int, since: datetime, until: datetime | None = None
) -> list[AppointmentFacts]:
    """A person's visits that end after `since` and begin before `until`, cancelled ones too, in
    order; one statement."""
    rows = Appointment.objects.filter(record_id=record, ends_at__gt=since)
    if until:
        rows = rows.filter(starts_at__lt=until)
    return _facts(rows)


def record_of_batch(permit: Permit, batch: UUID) -> int:
    """Whose visits one act changed, or Http404."""
    found = AppointmentChange.objects.filter(batch=batch, clinic_id__in=permit.clinics)
    record = found.values_list("record_id", flat=True).first()
    if record is None:
        raise Http404("No such change.")
    return record


def appointments_on(
    permit: Permit, clinics: Iterable[int], day: date, timezone: str
) -> list[AppointmentFacts]:
    """Visits of a local day at some clinics, without cancelled ones, in order; one statement."""
    start = local(day, time(0), timezone)
    end = local(day + timedelta(days=1), time(0), timezone)
    rows = Appointment.objects.filter(
        clinic_id__in=permit.clinics.intersection(clinics), cancelled_at__isnull=True,
        starts_at__gte=start, starts_at__lt=end,
    )  # fmt: skip
    return _facts(rows)


def _facts(rows: QuerySet[Appointment]) -> list[AppointmentFacts]:
    joined = rows.select_related("record", "clinic", "staff", "room", "nested_in__track")
    return [
        AppointmentFacts(
            id=row.id, record=row.record_id, number=row.record.number, clinic=row.clinic_id,
            timezone=row.clinic.timezone, kind=row.kind, kind_name=row.get_kind_display(),
            staff=row.staff_id, staff_name=row.staff.name,
            room_name=row.room.name if row.room else "", starts_at=row.starts_at,
            ends_at=row.ends_at, nested_in=row.nested_in_id,
            nested_name=row.nested_in.track.name if row.nested_in else "",
            cancelled_at=row.cancelled_at, cancel_reason=row.cancel_reason, outcome=row.outcome,
            mode=row.mode, type=row.type_id,
        )
        for row in joined.order_by("starts_at", "id")
    ]  # fmt: skip
