"""How an organization begins: its first row, then its areas, clinics and rooms.

Before the first row no door can be opened, so `found` is the one write without a permit.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from openiop.access.backend.base import writing
from openiop.access.door import opened_for_job, refusing, writes
from openiop.access.models import Area, Clinic, Organization, Room
from openiop.kernel.permits import Permit, Refused

CODE_TAKEN = Refused(
    "code", "This code is taken in the network.", "Choose another code.", field="code"
)


def found(*, code: str, name: str, phone: str, timezone: str, now: datetime) -> int:
    """A new organization's id. Raises Refused when the code is taken."""
    with refusing({"access_organization_code_key": CODE_TAKEN}), transaction.atomic(), writing():
        organization = Organization.objects.create(
            code=code, name=name, phone=phone, timezone=timezone
        )
    with opened_for_job("access.network.write", organization.id, now=now) as permit:
        permit.note("access.network.write", table="access_organization", row=organization.id)
    return organization.id


@writes("access.network.write")
def add_area(permit: Permit, *, code: str, name: str) -> int:
    """A city area; its id."""
    area = Area.objects.create(organization_id=permit.organization, code=code, name=name)
    permit.note("access.network.write", table="access_area", row=area.id)
    return area.id


@writes("access.network.write")
def add_clinic(
    permit: Permit, *, area: int, code: str, name: str, state: str, timezone: str, street: str,
    city: str, zip_code: str, phone: str, hours: Mapping[str, list[str]],
    capabilities: Iterable[str], opened_on: date,
) -> int:  # fmt: skip
    """A clinic; its id. `hours` maps weekday number to opening and closing clock time."""
    with refusing({"clinic_code_once": CODE_TAKEN}):
        clinic = Clinic.objects.create(
            organization_id=permit.organization, area_id=area, code=code, name=name, state=state,
            timezone=timezone, street=street, city=city, zip_code=zip_code, phone=phone,
            hours=dict(hours), capabilities=list(capabilities), opened_on=opened_on,
        )  # fmt: skip
    permit.note("access.network.write", table="access_clinic", row=clinic.id)
    return clinic.id


@writes("access.network.write")
def add_room(permit: Permit, *, clinic: int, name: str, capacity: int) -> int:
    """A room of a clinic; its id. Capacity is people, facilitators included."""
    taken = Refused(
        "room", "The clinic has a room of this name.", "Choose another name.", field="name"
    )
    with refusing({"room_name_once": taken}):
        room = Room.objects.create(clinic_id=clinic, name=name, capacity=capacity)
    permit.note("access.network.write", table="access_room", row=room.id)
    return room.id
