"""The directory of people and organizations outside; never staff, never our clinics."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from openiop.access.door import writes
from openiop.access.models import OutsideOrganization, OutsidePerson
from openiop.kernel.permits import Permit

WRITE = "access.network.write"


@dataclass(frozen=True)
class Outsider:
    """An entry as another system names it; `source_key` recognizes it again. `kind` and `address`
    are an organization's."""

    source_key: str
    name: str
    identifiers: list[dict[str, str]] = field(default_factory=list)
    phone: str = ""
    kind: str = ""
    address: str = ""


@dataclass(frozen=True)
class Kept:
    """Ids by source key, and which keys are new."""

    ids: dict[str, int]
    new: frozenset[str]


@writes(WRITE)
def keep_outside_people(permit: Permit, rows: Sequence[Outsider]) -> Kept:
    """Practitioners outside; those known by their source key stay as they are. Two statements."""
    made = {
        row.source_key: OutsidePerson(
            organization_id=permit.organization, name=row.name, identifiers=row.identifiers,
            phone=row.phone, source_key=row.source_key,
        )
        for row in rows
    }  # fmt: skip
    return _keep(permit, OutsidePerson, made)


@writes(WRITE)
def keep_outside_organizations(permit: Permit, rows: Sequence[Outsider]) -> Kept:
    """Payers, hospitals and referrers outside, as `keep_outside_people`."""
    made = {
        row.source_key: OutsideOrganization(
            organization_id=permit.organization, name=row.name, identifiers=row.identifiers,
            phone=row.phone, kind=row.kind, address=row.address, source_key=row.source_key,
        )
        for row in rows
    }  # fmt: skip
    return _keep(permit, OutsideOrganization, made)


def _keep(permit: Permit, model: type[Any], made: dict[str, Any]) -> Kept:
    rows = model.objects.filter(organization_id=permit.organization, source_key__in=list(made))
    ids: dict[str, int] = dict(rows.values_list("source_key", "id"))
    new = [row for key, row in made.items() if key not in ids]
    model.objects.bulk_create(new)
    ids |= {row.source_key: row.id for row in new}
    permit.note(WRITE, table=model._meta.db_table, count=len(new))
    return Kept(ids, frozenset(row.source_key for row in new))
