"""How often somebody meets one to one: set, never edited; a task for who is overdue."""

from datetime import time, timedelta

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import clinics
from openiop.kernel.acts import Role
from openiop.kernel.days import local
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.tasks import NewTask, open_each
from openiop.patients.queries import person
from openiop.schedule.actions.moving import WRITE
from openiop.schedule.models import Cadence
from openiop.schedule.models.appointments import EVERY
from openiop.schedule.queries.cadence import rhythms

REMIND, OVERDUE = "schedule.cadence.remind", "one_to_one"
TABLE = "schedule_cadence"
CLOSING = time(17)


@writes(WRITE)
def set_cadence(permit: Permit, record: int, every: str, reason: str = "") -> int:
    """From today on the person meets one to one every "week", "fortnight" or "month"; there is no
    cap. The row's id; what held before stays in the book."""
    if every not in dict(EVERY):
        raise Refused("every", _("Choose how often."), "", field="every")
    who = person(permit, record)
    zone = clinics(permit).filter(pk=who.clinic).values_list("timezone", flat=True).first()
    row = Cadence.objects.create(
        organization_id=permit.organization, clinic_id=who.clinic, record_id=record, every=every,
        from_on=permit.today(zone or permit.timezone), reason=reason.strip(), set_at=permit.now,
        set_by_id=permit.staff,
    )  # fmt: skip
    permit.note(WRITE, record=record, table=TABLE, row=row.pk, fields=("every",))
    return row.pk


@writes(REMIND)
def remind_overdue(permit: Permit) -> int:
    """A task, once, for everybody whose one-to-one is overdue with none booked; how many are."""
    zones = dict(clinics(permit).values_list("id", "timezone"))
    late = [each for each in rhythms(permit, zones) if each.due.overdue and not each.due.booked_on]
    open_each(permit, [
        NewTask(
            kind=OVERDUE, title=_("One-to-one is overdue: book one"), clinic=each.clinic,
            record=each.record, about=("access_record", each.record), role=Role.CLINICIAN,
            staff=each.counselor,
            due_at=local(permit.today(zones[each.clinic]) + timedelta(days=1), CLOSING,
                         zones[each.clinic]),
        )
        for each in late
    ])  # fmt: skip
    permit.note(REMIND, count=len(late))
    return len(late)
