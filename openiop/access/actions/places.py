"""Clinics as they change: closures and holidays, rooms, hours, licenses."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.http import Http404

from openiop.access.door import refusing, writes
from openiop.access.models import Clinic, ClinicLicense, Closure, Room
from openiop.access.queries.places import holidays_of
from openiop.kernel.permits import Permit, Refused

CLOSURE_ORDER = Refused(
    "end_on", "The closure ends before it begins.", "Check both days.", field="end_on"
)
ROOM_TAKEN = Refused(
    "room", "The clinic has a room of this name.", "Choose another name.", field="name"
)


def _lead(permit: Permit, clinic: int | None) -> None:
    """Raise Refused unless the permit holds at the clinic, or at all of them for None."""
    everywhere = Clinic.objects.filter(organization_id=permit.organization)
    wanted = {clinic} if clinic else set(everywhere.values_list("id", flat=True))
    if not wanted <= permit.clinics:
        raise Refused("clinic", "You do not lead that clinic.", "Ask who does.", field="clinic")


@writes("access.network.write")
def add_closure(
    permit: Permit, *, clinic: int | None, start_on: date, end_on: date, name: str,
    holiday: bool = False,
) -> int:  # fmt: skip
    """Days, both included, on which a clinic or (None) the whole network is closed; its id.

    Sessions laid out there before stay: the schedule shows them to be moved or cancelled.
    """
    _lead(permit, clinic)
    with refusing({"closure_in_order": CLOSURE_ORDER}):
        row = Closure.objects.create(
            organization_id=permit.organization, clinic_id=clinic, start_on=start_on,
            end_on=end_on, name=name, holiday=holiday,
        )  # fmt: skip
    permit.note("access.network.write", table="access_closure", row=row.id)
    return row.id


@writes("access.network.write")
def update_closure(
    permit: Permit, closure: int, *, clinic: int | None, start_on: date, end_on: date, name: str
) -> None:
    """Change where, when or why; Http404 for one that is not led."""
    row = _closure(permit, closure)
    _lead(permit, clinic)
    row.clinic_id, row.start_on, row.end_on, row.name = clinic, start_on, end_on, name
    with refusing({"closure_in_order": CLOSURE_ORDER}):
        row.save(update_fields=["clinic", "start_on", "end_on", "name"])
    permit.note("access.network.write", table="access_closure", row=closure,
                fields=("clinic", "start_on", "end_on", "name"))  # fmt: skip


@writes("access.network.write")
def remove_closure(permit: Permit, closure: int) -> None:
    """The clinic is open on those days after all."""
    _closure(permit, closure).delete()
    permit.note("access.network.write", table="access_closure", row=closure)


def _closure(permit: Permit, closure: int) -> Closure:
    row = Closure.objects.filter(pk=closure, organization_id=permit.organization).first()
    if row is None or (row.clinic_id and row.clinic_id not in permit.clinics):
        raise Http404("No such closure.")
    _lead(permit, row.clinic_id)
    return row


@writes("access.network.write")
def add_holidays(permit: Permit, clinic: int, days: Iterable[date]) -> int:
    """The public holidays among the days become closures of the clinic, those it has already
    left out; how many were added."""
    _lead(permit, clinic)
    place, wanted = Clinic.objects.get(pk=clinic), sorted(set(days))
    closed = set(
        Closure.objects.filter(clinic=place, holiday=True).values_list("start_on", flat=True)
    )
    names = {
        day: name
        for year in {d.year for d in wanted}
        for day, name in holidays_of(place.state, year)
    }
    fresh = [day for day in wanted if day in names and day not in closed]
    for day in fresh:
        add_closure(permit, clinic=clinic, start_on=day, end_on=day, name=names[day], holiday=True)
    return len(fresh)


@writes("access.network.write")
def update_room(
    permit: Permit, room: int, *, name: str, capacity: int, accessible: bool,
    retired_on: date | None,
) -> None:  # fmt: skip
    """Name, capacity in people, step-free access, and the first day it is not used any more."""
    row = Room.objects.filter(pk=room, clinic_id__in=permit.clinics).first()
    if row is None:
        raise Http404("No such room.")
    row.name, row.capacity, row.accessible, row.retired_on = name, capacity, accessible, retired_on
    with refusing({"room_name_once": ROOM_TAKEN}):
        row.save()
    permit.note("access.network.write", table="access_room", row=room,
                fields=("name", "capacity", "accessible", "retired_on"))  # fmt: skip


@writes("access.network.write")
def set_hours(permit: Permit, clinic: int, hours: Mapping[str, list[str]]) -> None:
    """Opening hours by weekday number ("0" is Monday); a day left out is closed."""
    _lead(permit, clinic)
    Clinic.objects.filter(pk=clinic).update(hours=dict(hours))
    permit.note("access.network.write", table="access_clinic", row=clinic, fields=("hours",))


@writes("access.network.write")
def add_license(
    permit: Permit, clinic: int, *, kind: str, number: str, issued_on: date,
    expires_on: date | None,
) -> int:  # fmt: skip
    """A license or certificate of the clinic; its id."""
    _lead(permit, clinic)
    row = ClinicLicense.objects.create(
        clinic_id=clinic, kind=kind, number=number, issued_on=issued_on, expires_on=expires_on
    )
    permit.note("access.network.write", table="access_cliniclicense", row=row.id)
    return row.id
