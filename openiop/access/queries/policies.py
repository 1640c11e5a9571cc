"""The house's own values of catalog rules."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from openiop.access.models import HousePolicy
from openiop.catalog import HouseValue
from openiop.kernel.permits import Permit


def house_values(permit: Permit, clinic_id: int | None, on: date) -> dict[str, HouseValue]:
    """The house's own rule values in force at a clinic on a day; a clinic's beats the network's."""
    return house_values_at(permit, [clinic_id], on)[clinic_id]


def house_values_at(
    permit: Permit, clinic_ids: Iterable[int | None], on: date
) -> dict[int | None, dict[str, HouseValue]]:
    """`house_values` of several clinics; one statement."""
    wanted = list(clinic_ids)
    rows = HousePolicy.objects.filter(
        Q(clinic_id__in=[each for each in wanted if each]) | Q(clinic__isnull=True), from_on__lte=on
    ).select_related("set_by")
    ordered = sorted(rows, key=lambda row: (row.clinic_id is not None, row.from_on))
    return {
        clinic: {
            row.key: HouseValue(
                _number(row.value), row.from_on, row.reason, row.set_by.name if row.set_by else ""
            )
            for row in ordered
            if row.clinic_id in (None, clinic)
        }
        for clinic in wanted
    }


def _number(text: str) -> int | float | str:
    """A stored value as the number it is, or the word it is."""
    try:
        return int(text)
    except ValueError:
        return text
