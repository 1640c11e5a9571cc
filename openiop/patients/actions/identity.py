"""Register people and change who they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.actions import issue_records
from openiop.access.door import writes
from openiop.kernel.permits import Permit, Refused
from openiop.messaging import queries as messaging
from openiop.patients.models import Identifier, Patient, SearchKey
from openiop.patients.queries.finding import Alike, Elsewhere, alike, elsewhere
from openiop.patients.rules import search
from openiop.patients.rules.likeness import ASK

WRITE, TABLE = "patients.patient.write", "patients_patient"


@dataclass(frozen=True)
class PatientRef:
    """A registered person: the record's id and number."""

    record: int
    number: str


@writes(WRITE)
def register(
    permit: Permit, *, clinic: int, legal_first: str, legal_last: str, birth_on: date | None,
    **facts: Any,
) -> PatientRef:  # fmt: skip
    """A new person with a new record at a clinic, to be found by name at once.

    `facts` are the other fields of a patient, and two for finding: `phones` (numbers; how they
    are safe is a contact point's) and `identifiers` ((system, value) in other systems).
    """
    person = {"clinic": clinic, "legal_first": legal_first, "legal_last": legal_last,
              "birth_on": birth_on, **facts}  # fmt: skip
    return register_many(permit, [person])[0]


@writes(WRITE)
def register_once(
    permit: Permit, *, seen: Iterable[str] = (), phones: Iterable[str] = (), **facts: Any
) -> PatientRef:
    """As `register`, but Refused ("same_person") while somebody already here may be this person.

    The refusal's `choices` are those people (`Alike`, `Elsewhere`); `seen` are the record numbers
    the desk looked at and found to be others. Two desks at once: the second waits, and is asked.
    """
    first, last = str(facts["legal_first"]), str(facts["legal_last"])
    names = [first, last, str(facts.get("preferred_name", "")), str(facts.get("chosen_first", ""))]
    born: date | None = facts["birth_on"]
    lock(f"register {permit.organization} {born or search.fold(last)}")
    close = alike(permit, names=names, birth_on=born, phones=phones)
    far = elsewhere(permit, first, last, born) if born else []
    known = set(seen)
    asked: list[Alike | Elsewhere] = [
        each for each in close if each.likeness.score >= ASK and each.found.number not in known
    ]
    asked += [each for each in far if each.number not in known]
    if asked:
        raise Refused(
            "same_person", _("Somebody already here may be this person."),
            _("Choose their record, or say that it is nobody of these."), choices=tuple(asked),
        )  # fmt: skip
    return register(permit, phones=tuple(phones), **facts)


def lock(name: str) -> None:
    """Wait until no other transaction holds this name, and hold it to the end of this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


@writes(WRITE)
def register_many(permit: Permit, people: Sequence[Mapping[str, Any]]) -> list[PatientRef]:
    """Register people in the same few statements whatever their number; rows as for `register`."""
    records = issue_records(permit, [person["clinic"] for person in people])
    patients, keys, identifiers = [], [], []
    for person, record in zip(people, records, strict=True):
        facts = dict(person)
        owned = {"organization_id": permit.organization, "clinic_id": facts.pop("clinic"),
                 "record_id": record.id}  # fmt: skip
        phones, numbers = facts.pop("phones", ()), facts.pop("identifiers", ())
        patient = Patient(
            **owned, created_at=permit.now, changed_at=permit.now, changed_by_id=permit.staff,
            **facts,
        )  # fmt: skip
        patient.sort_key = sort_key(patient)
        patients.append(patient)
        keys += [SearchKey(**owned, key=key) for key in keys_of(patient, record.number, phones)]
        identifiers += [Identifier(**owned, system=one, value=two) for one, two in numbers]
    Patient.objects.bulk_create(patients)
    SearchKey.objects.bulk_create(keys)
    Identifier.objects.bulk_create(identifiers)
    for patient in patients:
        permit.note(WRITE, record=patient.record_id, table=TABLE, row=patient.id)
    return [PatientRef(record.id, record.number) for record in records]


@writes(WRITE)
def update_identity(permit: Permit, record: int, **changes: Any) -> tuple[str, ...]:
    """Set fields of a patient; the names of those that changed. Earlier versions stay in the
    history, and the person is found by the new facts at once."""
    row = Patient.objects.select_for_update().filter(record_id=record).first()
    if row is None:
        raise Http404("No such person.")
    changed = tuple(name for name, value in changes.items() if getattr(row, name) != value)
    if not changed:
        return ()
    for name in changed:
        setattr(row, name, changes[name])
    row.sort_key, row.changed_at, row.changed_by_id = sort_key(row), permit.now, permit.staff
    row.save(update_fields=[*changed, "sort_key", "changed_at", "changed_by"])
    permit.note(WRITE, record=record, table=TABLE, row=row.id, fields=changed)
    refresh_keys(permit, record)
    return changed


@writes(WRITE)
def refresh_keys(permit: Permit, record: int) -> None:
    """Let the person be found by what is true now: names, birth date, numbers that reach them."""
    row = Patient.objects.select_related("record").get(record_id=record)
    phones = [
        point.value
        for contact in messaging.contacts_of(permit, record)
        if contact.is_self
        for point in contact.points
        if point.kind == "phone"
    ]
    wanted = keys_of(row, row.record.number, phones)
    kept = set(SearchKey.objects.filter(record_id=record).values_list("key", flat=True))
    SearchKey.objects.filter(record_id=record, key__in=kept - wanted).delete()
    SearchKey.objects.bulk_create(
        SearchKey(organization_id=row.organization_id, clinic_id=row.clinic_id, record_id=record,
                  key=key)
        for key in wanted - kept
    )  # fmt: skip


def sort_key(patient: Patient) -> str:
    """Last name, then first, as shown and folded."""
    last = patient.chosen_last or patient.legal_last
    return search.fold(f"{last} {patient.called}")[:170]


def keys_of(patient: Patient, number: str, phones: Iterable[str]) -> frozenset[str]:
    """Everything the person is found by."""
    names = [patient.legal_first, patient.legal_middle, patient.legal_last, patient.chosen_first,
             patient.chosen_last, patient.preferred_name, *patient.other_names]  # fmt: skip
    return search.keys(names, phones=phones, birth_on=patient.birth_on, number=number)
