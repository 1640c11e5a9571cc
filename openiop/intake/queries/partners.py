"""The directory of places outside that send people or take them."""

from datetime import date
from typing import Any, NamedTuple

from django.http import Http404

from openiop.intake.models import Partner
from openiop.kernel.permits import Permit

READ, TABLE = "intake.inquiry.read", "intake_partner"


class PartnerRow(NamedTuple):
    """A place of the directory."""

    id: int
    name: str
    kind: str
    contact: str
    phone: str
    email: str
    address: str
    note: str
    takes_people: bool
    retired_on: date | None


def partners(permit: Permit, *, taking: bool = False, retired: bool = False) -> list[PartnerRow]:
    """The directory by name; `taking` only those that take people; one statement."""
    rows: Any = Partner.objects.filter(organization_id=permit.organization).order_by("name", "id")
    if taking:
        rows = rows.filter(takes_people=True)
    if not retired:
        rows = rows.filter(retired_on__isnull=True)
    return [PartnerRow(*row) for row in rows.values_list(*PartnerRow._fields)]


def partner(permit: Permit, partner: int) -> PartnerRow:
    """One place, or Http404."""
    rows: Any = Partner.objects.filter(organization_id=permit.organization, pk=partner)
    found = rows.values_list(*PartnerRow._fields).first()
    if found is None:
        raise Http404("No such place.")
    return PartnerRow(*found)
