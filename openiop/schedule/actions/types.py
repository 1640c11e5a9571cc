"""Types of one-to-ones: the shipped ones to begin with, then as the house wants them."""

from collections.abc import Collection

from django.utils.text import slugify
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.catalog import visit_types
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.models import Appointment, AppointmentType
from openiop.schedule.queries.types import type_of

WRITE, TABLE = "schedule.type.write", "schedule_appointmenttype"


@writes(WRITE)
def found_types(permit: Permit) -> int:
    """Write the shipped types the organization does not have yet, by code; how many were new."""
    known = set(AppointmentType.objects.values_list("code", flat=True))
    new = [
        AppointmentType(
            organization_id=permit.organization, code=each.code, name=each.name, kind=each.kind,
            minutes=each.minutes, buffer_minutes=each.buffer_minutes, holders=list(each.holders),
            modes=list(each.modes), public=each.public,
        )
        for each in visit_types()
        if each.code not in known
    ]  # fmt: skip
    AppointmentType.objects.bulk_create(new)
    permit.note(WRITE, table=TABLE, count=len(new))
    return len(new)


@writes(WRITE)
def add_type(
    permit: Permit, *, name: str, kind: str, minutes: int, buffer_minutes: int,
    holders: Collection[str], modes: Collection[str], public: bool = False,
) -> int:  # fmt: skip
    """A type of the house's own; its id. Refused without a holder, a mode or a sound length."""
    row = AppointmentType(
        organization_id=permit.organization, code=slugify(name)[:30], name=name.strip(),
        kind=kind, minutes=minutes, buffer_minutes=buffer_minutes, holders=sorted(holders),
        modes=sorted(modes), public=public,
    )  # fmt: skip
    _refuse(row)
    taken = Refused(
        "name", _("A type of this name is there already."), _("Change that one."), field="name"
    )
    with refusing({"appointment_type_once": taken}):
        row.save(force_insert=True)
    permit.note(WRITE, table=TABLE, row=row.pk)
    return row.pk


@writes(WRITE)
def change_type(
    permit: Permit, type_id: int, *, name: str, kind: str, minutes: int, buffer_minutes: int,
    holders: Collection[str], modes: Collection[str], public: bool = False,
) -> None:  # fmt: skip
    """The type from now on; what is booked keeps its length. Refused as `add_type`."""
    row = AppointmentType.objects.get(pk=type_of(permit, type_id).id)
    row.name, row.kind = name.strip(), kind
    row.minutes, row.buffer_minutes = minutes, buffer_minutes
    row.holders, row.modes, row.public = sorted(holders), sorted(modes), public
    _refuse(row)
    row.save()
    permit.note(WRITE, table=TABLE, row=row.pk)


@writes(WRITE)
def retire_type(permit: Permit, type_id: int, *, back: bool = False) -> None:
    """Nobody books this type any more, or, with `back`, again. What is booked stays."""
    on = None if back else permit.today(permit.timezone)
    AppointmentType.objects.filter(pk=type_of(permit, type_id).id).update(retired_on=on)
    permit.note(WRITE, table=TABLE, row=type_id, fields=("retired_on",))


def _refuse(row: AppointmentType) -> None:
    if not row.code:
        raise Refused("name", _("Give the type a name."), "", field="name")
    if row.kind not in dict(Appointment.KINDS):
        raise Refused("kind", _("Choose what kind of visit it is."), "", field="kind")
    if not 5 <= row.minutes <= 480:
        raise Refused("minutes", _("A visit takes 5 to 480 minutes."), "", field="minutes")
    if not 0 <= row.buffer_minutes <= 120:
        raise Refused(
            "buffer", _("Keep 0 to 120 minutes free after it."), "", field="buffer_minutes"
        )
    if not row.holders:
        raise Refused("holders", _("Say which roles may hold it."), "", field="holders")
    if not row.modes:
        raise Refused("modes", _("Say whether it is in person or virtual."), "", field="modes")
