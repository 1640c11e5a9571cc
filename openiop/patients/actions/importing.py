"""People from files: recognize who is here already, register the rest, give them a clinic."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.actions import rehome_records
from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.messaging.actions.importing import NewContact, NewPoint, keep_contacts
from openiop.patients.actions.identity import lock, register_many
from openiop.patients.models import Coverage, Identifier, Patient, SearchKey
from openiop.patients.rules import search
from openiop.patients.rules.likeness import slip

IMPORT = "patients.import"
Key = tuple[str, str]  # system and value of an identifier
NameKey = tuple[str, str, date]  # folded first and last name, birth date
NO_SYSTEM = {"urn:ietf:rfc:3986", "fhir:id"}  # addresses of resources: each server makes its own


@dataclass(frozen=True)
class CloseOne:
    """Somebody close to the person, as a file names them."""

    name: str
    relationship: str
    phone: str = ""
    emergency: bool = False


@dataclass(frozen=True)
class Incoming:
    """A person as a file gives them: `facts` are fields of a patient, with `clinic`."""

    facts: Mapping[str, Any]
    identifiers: tuple[Key, ...] = ()
    points: tuple[NewPoint, ...] = ()
    close: tuple[CloseOne, ...] = ()

    @property
    def name_key(self) -> NameKey | None:
        born = self.facts.get("birth_on")
        return born and _name_key(self.facts["legal_first"], self.facts["legal_last"], born)


@dataclass(frozen=True)
class Admitted:
    """Whose record a row became; `problem` says in a sentence what somebody should look at."""

    record: int
    clinic: int
    created: bool = False
    problem: str = ""


@dataclass
class _Known:
    """Who is here: clinic, names and birth date by record; records by identifier and by name;
    identifiers by record. New people have negative numbers until they are registered."""

    rows: dict[int, tuple[int, str, str, date | None]] = field(default_factory=dict)
    by_identifier: dict[Key, int] = field(default_factory=dict)
    by_name: dict[NameKey, int] = field(default_factory=dict)
    numbers: dict[int, set[Key]] = field(default_factory=dict)

    def add(self, record: int, clinic: int, first: str, last: str, born: date | None) -> None:
        self.rows[record] = (clinic, first, last, born)
        if born:
            self.by_name[_name_key(first, last, born)] = record


@writes(IMPORT)
def admit_people(permit: Permit, rows: Sequence[Incoming]) -> list[Admitted]:
    """Find each person by an identifier, else by exact name and birth date, else register them.

    Whoever is here stays as they are; only new identifiers are added. An identifier of somebody
    with another name and birth date is disputed: the row is then told by the rest, and says so.
    The same statements for one and for a thousand rows; a second import at the same time waits.
    """
    lock(f"import {permit.organization}")
    known = _known(permit, rows)
    answers: list[tuple[Incoming, int, bool, set[Key]]] = []
    fresh: list[Incoming] = []
    for row in rows:
        record, disputed = _match(known, row)
        if disputed:
            row = replace(row, identifiers=tuple(k for k in row.identifiers if k not in disputed))
        if record is None:
            record = -len(fresh) - 1
            fresh.append(row)
            _remember(known, record, row)
            answers.append((row, record, True, disputed))
        else:
            answers.append((row, record, False, disputed))
    made = _register(permit, fresh)
    done = [
        Admitted(
            made[-record - 1] if record < 0 else record, known.rows[record][0], created,
            _dispute(disputed) if created else "",
        )
        for _row, record, created, disputed in answers
    ]  # fmt: skip
    _add_identifiers(permit, zip([row for row, *_ in answers], done, strict=True))
    return done


def _known(permit: Permit, rows: Sequence[Incoming]) -> _Known:
    """Whoever has one of the rows' identifiers or birth dates; three statements."""
    keys = [key for row in rows for key in row.identifiers]
    numbers = Identifier.objects.filter(organization_id=permit.organization)
    found = numbers.filter(
        system__in={key[0] for key in keys}, value__in={key[1] for key in keys}
    ).values_list("system", "value", "record_id")
    known = _Known(by_identifier={(system, value): record for system, value, record in found})
    born = {row.facts["birth_on"] for row in rows if row.facts.get("birth_on")}
    people = Patient.objects.filter(organization_id=permit.organization)
    wanted = people.filter(birth_on__in=born) | people.filter(
        record_id__in=known.by_identifier.values()
    )
    columns = ("record_id", "clinic_id", "legal_first", "legal_last", "birth_on")
    for facts in wanted.order_by("-id").values_list(*columns):
        known.add(*facts)
    close = set(known.by_identifier.values())
    close |= {known.by_name[k] for row in rows if (k := row.name_key) and k in known.by_name}
    theirs = numbers.filter(record_id__in=close).values_list("record_id", "system", "value")
    for record, system, value in theirs:
        known.numbers.setdefault(record, set()).add((system, value))
    return known


def _remember(known: _Known, record: int, row: Incoming) -> None:
    """A new person, so that later rows of the same file find them."""
    facts = row.facts
    born = facts.get("birth_on")
    known.add(record, facts["clinic"], facts["legal_first"], facts["legal_last"], born)
    known.by_identifier.update(dict.fromkeys(row.identifiers, record))
    known.numbers[record] = set(row.identifiers)


def _name_key(first: str, last: str, born: date) -> NameKey:
    return search.fold(first), search.fold(last), born


def _match(known: _Known, row: Incoming) -> tuple[int | None, set[Key]]:
    """The person here who this row is, or None; and identifiers that belong to somebody else."""
    disputed: set[Key] = set()
    matched = None
    for key in row.identifiers:
        record = known.by_identifier.get(key)
        if record in known.rows:
            if _agrees(known, record, row):
                matched = matched or record
            else:
                disputed.add(key)
    if matched is None and row.name_key:
        record = known.by_name.get(row.name_key)
        if record and not _contradicts(set(row.identifiers), known.numbers.get(record, set())):
            matched = record
    return matched, disputed


def _agrees(known: _Known, record: int, row: Incoming) -> bool:
    """May two with one identifier be one person? With the same name, yes. With the same birth date
    or one a slip away and a like name, unless their files are two in one system as well."""
    _clinic, first, last, born = known.rows[record]
    given: date | None = row.facts.get("birth_on")
    own = (row.facts["legal_first"], row.facts["legal_last"])
    if [*map(search.fold, own)] == [search.fold(first), search.fold(last)]:
        return True
    file, other = _addresses(row.identifiers), _addresses(known.numbers.get(record, ()))
    if file and other and file.isdisjoint(other):
        return False
    if given and given == born:
        return True
    near = given is None or born is None or slip(given, born)
    return near and search.fit(search.words(*own), search.words(first, last)) >= search.FITS


def _addresses(numbers: Iterable[Key]) -> set[Key]:
    """Identifiers that are addresses of a file rather than numbers of a person."""
    return {key for key in numbers if key[0] in NO_SYSTEM}


def _contradicts(own: set[Key], theirs: set[Key]) -> bool:
    """Did one system give both a number, and not the same? Then it knows them as two people."""
    systems = {system for system, _value in own} & {system for system, _value in theirs}
    return bool(systems - {system for system, _value in own & theirs} - NO_SYSTEM)


def _dispute(disputed: set[Key]) -> str:
    if not disputed:
        return ""
    return _(
        "The identifier %(value)s belongs to a person with another name and birth date and was"
        " left out: see whether the records are one person."
    ) % {"value": ", ".join(sorted(value for _system, value in disputed))}  # fmt: skip


def _register(permit: Permit, rows: Sequence[Incoming]) -> list[int]:
    people = [
        {
            **row.facts, "identifiers": row.identifiers,
            "phones": [point.value for point in row.points if point.kind == "phone"],
        }
        for row in rows
    ]  # fmt: skip
    records = [made.record for made in register_many(permit, people)] if people else []
    contacts = []
    for row, record in zip(rows, records, strict=True):
        clinic = row.facts["clinic"]
        if row.points:
            contacts.append(NewContact(record, clinic, row.points))
        contacts += [
            NewContact(
                record, clinic, (NewPoint("phone", one.phone),) if one.phone else (), one.name,
                one.relationship, one.emergency,
            )
            for one in row.close
        ]  # fmt: skip
    keep_contacts(permit, contacts)
    return records


def _add_identifiers(permit: Permit, pairs: Iterable[tuple[Incoming, Admitted]]) -> None:
    """Numbers of other systems that were not known yet of people who were."""
    Identifier.objects.bulk_create(
        [
            Identifier(
                organization_id=permit.organization, clinic_id=done.clinic,
                record_id=done.record, system=system, value=value,
            )
            for row, done in pairs
            if not done.created
            for system, value in row.identifiers
        ],
        ignore_conflicts=True,
    )  # fmt: skip


@dataclass(frozen=True)
class IncomingCoverage:
    """A coverage as a file gives it; `source_key` recognizes it again."""

    record: int
    clinic: int
    source_key: str
    payer_name: str
    facts: Mapping[str, Any]


@writes(IMPORT)
def keep_coverages(permit: Permit, rows: Sequence[IncomingCoverage]) -> frozenset[str]:
    """Keep what is not known yet; the source keys that are new. Two statements."""
    by_key = {row.source_key: row for row in rows}
    known = Coverage.objects.filter(
        organization_id=permit.organization, source_key__in=list(by_key)
    )
    new = set(by_key) - set(known.values_list("source_key", flat=True))
    Coverage.objects.bulk_create(
        Coverage(
            organization_id=permit.organization, clinic_id=row.clinic, record_id=row.record,
            source_key=key, payer_name=row.payer_name, changed_at=permit.now, **row.facts,
        )
        for key, row in by_key.items()
        if key in new
    )  # fmt: skip
    permit.note(IMPORT, table="patients_coverage", count=len(new))
    return frozenset(new)


@writes(IMPORT)
def assign_clinic(permit: Permit, records: Iterable[int], clinic: int) -> int:
    """Give imported people a clinic of their own; how many. Their files move there, and what other
    rooms keep about them is seen there."""
    if clinic not in permit.clinics:
        raise Http404("No such clinic.")
    waiting = Patient.objects.filter(record_id__in=list(records), queue="imported")
    moved = list(waiting.values_list("record_id", flat=True))
    rehome_records(permit, moved, clinic, IMPORT)
    for model in (SearchKey, Identifier, Coverage):
        model._default_manager.filter(record_id__in=moved).update(clinic=clinic)
    Patient.objects.filter(record_id__in=moved).update(
        clinic=clinic, queue="", changed_at=permit.now, changed_by=permit.staff
    )
    for record in moved:
        permit.note(IMPORT, record=record, table="patients_patient", fields=("clinic", "queue"))
    return len(moved)
