"""Every name a person goes by: what a guard looks for in what is written about others."""

from collections.abc import Iterable
from dataclasses import dataclass

from openiop.kernel.permits import Permit
from openiop.patients.models import Patient
from openiop.patients.queries.people import Person, facts


@dataclass(frozen=True)
class OnFile:
    """A person with all first and last names on file: legal, chosen, preferred and others."""

    person: Person
    first: tuple[str, ...]
    last: tuple[str, ...]


def names_on_file(permit: Permit, records: Iterable[int]) -> dict[int, OnFile]:
    """People with their names by record, in one statement; closed records are left out."""
    rows = Patient.objects.filter(record_id__in=list(records)).select_related("record")
    return {row.record_id: _on_file(row) for row in rows}


def _on_file(row: Patient) -> OnFile:
    others = [name.partition(" ") for name in row.other_names]
    first = (row.legal_first, row.legal_middle, row.chosen_first, row.preferred_name)
    last = (row.legal_last, row.chosen_last)
    return OnFile(
        facts(row),
        tuple(filter(None, (*first, *(name for name, _, _ in others)))),
        tuple(filter(None, (*last, *(rest for _, _, rest in others)))),
    )
