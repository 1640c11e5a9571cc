"""Register people and change who they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openiop.access.actions import issue_records
from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.patients.models import Identifier, Patient, SearchKey
from openiop.patients.rules import search


@dataclass(frozen=True)
class PatientRef:
    """A registered person: the record's id and number."""

    record: int
    number: str


@writes("patients.patient.write")
def register(
    permit: Permit, *, clinic: int, legal_first: str, legal_last: str, birth_on: date | None,
    **facts: Any,
) -> PatientRef:  # fmt: skip
    """A new person with a new record at a clinic, to be found by name at once.

    `facts` are the other fields of a patient, and `phones` and `identifiers` ((system, value)).
    """
    person = {"clinic": clinic, "legal_first": legal_first, "legal_last": legal_last,
              "birth_on": birth_on, **facts}  # fmt: skip
    return register_many(permit, [person])[0]


@writes("patients.patient.write")
def register_many(permit: Permit, people: Sequence[Mapping[str, Any]]) -> list[PatientRef]:
    """Register people in the same few statements whatever their number; rows as for `register`."""
    records = issue_records(permit, [person["clinic"] for person in people])
    patients, keys, identifiers = [], [], []
    for person, record in zip(people, records, strict=True):
        facts = dict(person)
        owned = {"organization_id": permit.organization, "clinic_id": facts.pop("clinic"),
                 "record_id": record.id}  # fmt: skip
        phones, numbers = facts.pop("phones", ()), facts.pop("identifiers", ())
        patient = Patient(**owned, created_at=permit.now, **facts)
        patient.sort_key = sort_key(patient)
        patients.append(patient)
        keys += [SearchKey(**owned, key=key) for key in keys_of(patient, record.number, phones)]
        identifiers += [Identifier(**owned, system=one, value=two) for one, two in numbers]
    Patient.objects.bulk_create(patients)
    SearchKey.objects.bulk_create(keys)
    Identifier.objects.bulk_create(identifiers)
    for patient in patients:
        permit.note("patients.patient.write", record=patient.record_id, table="patients_patient",
                    row=patient.id)  # fmt: skip
    return [PatientRef(record.id, record.number) for record in records]


def sort_key(patient: Patient) -> str:
    """Last name, then first, as shown and folded."""
    last = patient.chosen_last or patient.legal_last
    return search.fold(f"{last} {patient.called}")[:170]


def keys_of(patient: Patient, number: str, phones: Iterable[str]) -> frozenset[str]:
    """Everything the person is found by."""
    names = [patient.legal_first, patient.legal_middle, patient.legal_last, patient.chosen_first,
             patient.chosen_last, patient.preferred_name, *patient.other_names]  # fmt: skip
    return search.keys(names, phones=phones, birth_on=patient.birth_on, number=number)
