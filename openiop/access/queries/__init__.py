"""What `access` can be asked, one file a subject."""

from openiop.access.queries.places import (
    all_clinics,
    clinic,
    clinics,
    closures,
    closures_at,
    current_clinic,
    organization_ids,
    rooms,
)
from openiop.access.queries.policies import house_values, house_values_at
from openiop.access.queries.records import open_emergencies
from openiop.access.queries.site import PublicClinic, Site, site
from openiop.access.queries.staff import Colleague, colleagues, holders, staff_at, staff_names

__all__ = [
    "Colleague",
    "PublicClinic",
    "Site",
    "all_clinics",
    "clinic",
    "clinics",
    "closures",
    "closures_at",
    "colleagues",
    "current_clinic",
    "holders",
    "house_values",
    "house_values_at",
    "open_emergencies",
    "organization_ids",
    "rooms",
    "site",
    "staff_at",
    "staff_names",
]  # fmt: skip
