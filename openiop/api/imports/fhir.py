"""Load FHIR R4 files: people, what covers them, what was found, and who is outside.

Two passes over the files: first whoever is pointed to (organizations, practitioners, patients),
then what points (coverages, conditions). Memory holds one chunk and the addresses of people.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.db import transaction

from openiop.access.actions.outside import (
    Outsider,
    keep_outside_organizations,
    keep_outside_people,
)
from openiop.api.imports import r4
from openiop.api.imports.nodes import Wrong
from openiop.api.imports.places import Place, place
from openiop.api.imports.report import Problem, Progress, Report
from openiop.api.imports.resources import Resource, resources
from openiop.chart.actions.diagnoses import OutsideDiagnosis, keep_diagnoses
from openiop.kernel.permits import Permit
from openiop.patients.actions.importing import (
    Admitted,
    Incoming,
    IncomingCoverage,
    Key,
    admit_people,
    keep_coverages,
)
from openiop.patients.queries import records_by_identifier
from openiop.patients.rules.search import fold

CHUNK = 500
ACT = "patients.import"
POINTED_TO, POINTING = ("Organization", "Practitioner", "Patient"), ("Coverage", "Condition")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
URN = "urn:ietf:rfc:3986"  # the identifier system of an address such as urn:uuid:…
BY_SEARCH = re.compile(r"\w+\?identifier=([^|]+)\|(.+)")
T = TypeVar("T")
Spot = tuple[int, int]  # record and clinic


def import_fhir(
    paths: Sequence[Path], *, clinic: str | None = None, dry_run: bool = False,
    progress: Progress = lambda done, of: None,
) -> Report:  # fmt: skip
    """Load files and folders of FHIR R4 resources; again and again without doubles.

    `clinic` is a code; without it people wait in the queue of the imported. `dry_run` tells and
    keeps nothing. Raises Refused when there is no such clinic.
    """
    run = _Run(place(clinic))
    with kept_unless(dry_run):
        run.first(resources(paths, progress))
        run.second(resources(paths, progress, start=0.5))
    return run.report


@contextmanager
def kept_unless(dry_run: bool) -> Iterator[None]:
    """One transaction taken back at the end, or none: each chunk then has its own."""
    if not dry_run:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class _Batch(Generic[T]):
    """Rows kept until there are enough to go in together."""

    def __init__(self, flush: Callable[[list[tuple[Resource, T]]], None]) -> None:
        self.rows: list[tuple[Resource, T]] = []
        self._flush = flush

    def add(self, resource: Resource, row: T) -> None:
        self.rows.append((resource, row))
        if len(self.rows) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        rows, self.rows = self.rows, []
        if rows:
            self._flush(rows)


class _Run:
    """One import: where it goes, what it found, and who has which address."""

    def __init__(self, where: Place) -> None:
        self.place, self.report = where, Report()
        self.people: dict[Any, Spot | None] = {}
        self.payers: dict[Any, tuple[int, str] | None] = {}

    # --- reading -------------------------------------------------------------------------------

    def first(self, found: Iterator[Resource | Problem]) -> None:
        """Whoever is pointed to; what has no place yet is counted."""
        batches: dict[str, _Batch[Any]] = {
            "Organization": _Batch(self._organizations), "Patient": _Batch(self._patients),
            "Practitioner": _Batch(self._people_outside),
        }  # fmt: skip
        readers = {"Organization": r4.organization, "Practitioner": r4.practitioner,
                   "Patient": r4.patient}  # fmt: skip
        for each in found:
            if isinstance(each, Problem):
                self.report.errors.append(each)
            elif each.kind in readers and each.body.get("active") is not False:
                self._read(each, readers[each.kind], batches[each.kind])
            elif each.kind not in POINTING:
                self.report.left[each.kind] += 1
        for batch in batches.values():
            batch.flush()

    def second(self, found: Iterator[Resource | Problem]) -> None:
        """What points to people."""
        batches: dict[str, _Batch[Any]] = {
            "Coverage": _Batch(self._coverages),
            "Condition": _Batch(self._conditions),
        }
        readers: dict[str, Any] = {"Coverage": r4.coverage, "Condition": r4.condition}
        for each in found:
            if isinstance(each, Resource) and each.kind in readers:
                self._read(each, readers[each.kind], batches[each.kind])
        for batch in batches.values():
            batch.flush()

    def _read(self, each: Resource, reader: Callable[..., Any], batch: Any) -> None:
        """The facts of a resource into its batch; left out when it says it does not count."""
        try:
            facts = reader(each.body)
        except Wrong as wrong:
            self._problem(each, wrong)
            return
        if getattr(facts, "left", False):
            self.report.left[each.kind] += 1
        else:
            batch.add(each, facts)

    def _problem(self, each: Resource, wrong: Wrong) -> None:
        self.report.errors.append(each.source.problem(wrong.path, wrong.message))

    # --- pointed to ----------------------------------------------------------------------------

    def _organizations(self, rows: list[tuple[Resource, Outsider]]) -> None:
        ids = self._outside(rows, keep_outside_organizations)
        for each, row in rows:
            _remember(self.payers, each, (ids[row.source_key], row.name))

    def _people_outside(self, rows: list[tuple[Resource, Outsider]]) -> None:
        self._outside(rows, keep_outside_people)

    def _outside(
        self, rows: list[tuple[Resource, Outsider]], keep: Callable[..., Any]
    ) -> dict[str, int]:
        with self.place.opened(ACT) as permit:
            kept = keep(permit, [row for _each, row in rows])
        fresh = set(kept.new)
        for each, row in rows:
            self.report.count(each.kind, row.source_key in fresh)
            fresh.discard(row.source_key)  # the same one again in this chunk is a match
        return dict(kept.ids)

    def _patients(self, rows: list[tuple[Resource, r4.PatientFacts]]) -> None:
        known = [(each, row, self._incoming(each, row)) for each, row in rows]
        ready = [(each, row, incoming) for each, row, incoming in known if incoming]
        with self.place.opened(ACT) as permit:
            answers = admit_people(permit, [incoming for _each, _row, incoming in ready])
        for (each, row, _incoming), done in zip(ready, answers, strict=True):
            self._admitted(each, row, done)

    def _incoming(self, each: Resource, row: r4.PatientFacts) -> Incoming | None:
        """A row to admit, with the numbers that will recognize it; None when nothing would."""
        keys = list(row.identifiers)
        number = str(each.body.get("id") or "")
        if UUID.fullmatch(number):
            keys.append((URN, f"urn:uuid:{number.lower()}"))
        elif number and not keys:
            name = fold(f"{row.facts['legal_first']} {row.facts['legal_last']}")
            keys.append(("fhir:id", f"Patient/{number}|{name}"[:200]))
        if not keys and not row.facts["birth_on"]:
            self._problem(each, Wrong((), (
                "Without an identifier, an id and a birth date this person could not be recognized"
                " again: add one of them."
            )))  # fmt: skip
            return None
        facts = row.facts | {"clinic": self.place.clinic, "queue": self.place.queue}
        return Incoming(facts, tuple(dict.fromkeys(keys)), row.points, row.close)

    def _admitted(self, each: Resource, row: r4.PatientFacts, done: Admitted) -> None:
        if done.problem:
            self._problem(each, Wrong(("identifier",), done.problem))
        self.report.count("Patient", done.created)
        _remember(self.people, each, (done.record, done.clinic))
        for remark in row.remarks:
            self._problem(each, remark)

    # --- pointing ------------------------------------------------------------------------------

    def _coverages(self, rows: list[tuple[Resource, r4.CoverageFacts]]) -> None:
        with self.place.opened(ACT) as permit:
            spots = self._spots(permit, [(each, row.beneficiary) for each, row in rows])
            made = [
                (each, self._coverage(each, row, spot) if spot else None)
                for (each, row), spot in zip(rows, spots, strict=True)
            ]
            new = keep_coverages(permit, [row for _each, row in made if row])
        self._count(made, new, ("beneficiary",))

    def _coverage(self, each: Resource, row: r4.CoverageFacts, spot: Spot) -> IncomingCoverage:
        payer, name = self._found(self.payers, each, row.payor) or (None, "")
        name = name or row.contained.get(row.payor.to, "") or row.payor.display or row.payor.to
        facts = row.facts | {"payer_id": payer}
        return IncomingCoverage(*spot, _source_key(each, spot[0]), name or "Unknown", facts)

    def _conditions(self, rows: list[tuple[Resource, r4.ConditionFacts]]) -> None:
        with self.place.opened(ACT) as permit:
            spots = self._spots(permit, [(each, row.subject) for each, row in rows])
            made = [
                (each, _diagnosis(each, row, spot) if spot else None)
                for (each, row), spot in zip(rows, spots, strict=True)
            ]
            new = keep_diagnoses(permit, [row for _each, row in made if row])
        self._count(made, new, ("subject",))

    def _count(
        self, made: Sequence[tuple[Resource, Any]], new: frozenset[str], path: tuple[str]
    ) -> None:
        fresh = set(new)
        for each, row in made:
            if row is None:
                self._problem(each, Wrong(
                    path, "This points to nobody, or to several, in these files and here."
                ))  # fmt: skip
                continue
            self.report.count(each.kind, row.source_key in fresh)
            fresh.discard(row.source_key)

    def _spots(
        self, permit: Permit, wanted: Sequence[tuple[Resource, r4.Reference]]
    ) -> list[Spot | None]:
        """Whose record each reference means: in these files, else here by identifier."""
        known = records_by_identifier(
            permit, [key for _each, to in wanted if (key := _key(to)) is not None]
        )
        return [
            self._found(self.people, each, to) or known.get(_key(to) or ("", ""))
            for each, to in wanted
        ]

    @staticmethod
    def _found(known: dict[Any, T | None], each: Resource, to: r4.Reference) -> T | None:
        """What a reference means, by its address or the last two parts of it: in its own file,
        else in its own folder, else anywhere in this import."""
        short = "/".join(to.to.split("/_history/")[0].split("/")[-2:])
        places = [(near, name) for near in _near(each) for name in (to.to, short)]
        return next((known[place] for place in places if known.get(place)), None)


def _near(each: Resource) -> tuple[str, str, str]:
    """The file of a resource, its folder, and everywhere."""
    return each.source.file, str(Path(each.source.file).parent), ""


def _remember(known: dict[Any, Any], each: Resource, what: Any) -> None:
    """Keep what is at the addresses of a resource; an address of two different things means
    neither."""
    for name in filter(None, (each.address, f"{each.kind}/{each.body.get('id')}")):
        for near in _near(each):
            same = known.setdefault((near, name), what) == what
            known[near, name] = what if same else None


def _key(to: r4.Reference) -> Key | None:
    """The identifier a reference names: its own, one in a search, or the UUID in its address."""
    search = BY_SEARCH.fullmatch(to.to)
    if search:
        return search[1], search[2]
    uuid = UUID.search(to.to)
    return to.identifier or ((URN, f"urn:uuid:{uuid[0].lower()}") if uuid else None)


def _source_key(each: Resource, record: int) -> str:
    """What recognizes a resource of a person again: its id, else a digest of what it says."""
    number = each.body.get("id")
    if not isinstance(number, str):
        number = hashlib.sha256(json.dumps(each.body, sort_keys=True).encode()).hexdigest()
    return f"{record}|{each.kind}/{number}"[:200]


def _diagnosis(each: Resource, row: r4.ConditionFacts, spot: Spot) -> OutsideDiagnosis:
    return OutsideDiagnosis(
        *spot, _source_key(each, spot[0]), row.system, row.code, row.text, row.status,
        row.onset_on,
    )  # fmt: skip
