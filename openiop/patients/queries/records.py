"""One person's file: every field of who they are, coverage, merges, and how it all changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from openiop.access.queries import staff_names
from openiop.kernel.permits import Permit
from openiop.patients.models import Coverage, Identifier, Merge, Patient
from openiop.patients.queries.people import Person, people
from openiop.patients.rules.search import fold

# Every field people may change, with the words for it; also what the history tells in words.
FIELDS: dict[str, Any] = {
    "legal_first": _("Legal first name"), "legal_middle": _("Legal middle name"),
    "legal_last": _("Legal last name"), "preferred_name": _("Preferred name"),
    "chosen_first": _("Chosen first name"), "chosen_last": _("Chosen last name"),
    "other_names": _("Other names"), "pronouns": _("Pronouns"), "birth_on": _("Birth date"),
    "legal_sex": _("Legal sex"), "gender": _("Gender"), "languages": _("Languages"),
    "interpreter": _("Interpreter"), "living": _("Living situation"),
    "living_note": _("About the living situation"), "died_on": _("Died on"),
}  # fmt: skip
COVERAGE_FIELDS: dict[str, Any] = {
    "payer_name": _("Payer"), "rule_pack": _("Rules of the payer"),
    "member_number": _("Member number"), "plan_name": _("Plan"),
    "relationship": _("Relationship to the subscriber"), "rank": _("Order"),
    "during": _("Dates"), "ended_at": _("Removed"),
}  # fmt: skip
DAY = timedelta(days=1)


@dataclass(frozen=True)
class CoverageRow:
    """A coverage; `start_on` and `end_on` are its first and last day, None where unknown."""

    id: int
    record: int
    payer_name: str
    rule_pack: str
    member_number: str
    plan_name: str
    relationship: str
    rank: int
    start_on: date | None
    end_on: date | None


@dataclass(frozen=True)
class Edit:
    """One change of a file: when, by whom, and (label, before, after) of what changed; before is
    empty at first."""

    at: datetime
    by: str
    about: str
    changes: tuple[tuple[Any, str, str], ...]


@dataclass(frozen=True)
class MergeNotice:
    """A merge that stands, seen from one of its records: the other one (None at a clinic this
    person does not work at), when, by whom, why."""

    id: int
    other: Person | None
    at: datetime
    by: str
    reason: str


def identity(permit: Permit, record: int) -> dict[str, Any]:
    """Every field of who a person is, by name; Http404 when there is none to see."""
    row = Patient.objects.filter(record_id=record).values(*FIELDS, "merged_into_id").first()
    if row is None:
        raise Http404("No such person.")
    return dict(row)


def coverages(permit: Permit, record: int) -> list[CoverageRow]:
    """A record's coverages in use, first-ranking first."""
    rows = Coverage.objects.filter(record_id=record, ended_at__isnull=True).order_by("rank", "id")
    return [_coverage(row) for row in rows]


def coverage(permit: Permit, record: int, number: int) -> CoverageRow:
    """One coverage of a record, or Http404."""
    row = Coverage.objects.filter(record_id=record, pk=number, ended_at__isnull=True).first()
    if row is None:
        raise Http404("No such coverage.")
    return _coverage(row)


def _coverage(row: Coverage) -> CoverageRow:
    end = row.during.upper if row.during else None
    return CoverageRow(
        id=row.id, record=row.record_id, payer_name=row.payer_name, rule_pack=row.rule_pack,
        member_number=row.member_number, plan_name=row.plan_name, relationship=row.relationship,
        rank=row.rank, start_on=row.during.lower if row.during else None,
        end_on=end and end - DAY,
    )  # fmt: skip


def records_by_identifier(
    permit: Permit, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], tuple[int, int]]:
    """Record and clinic of whoever has a number (system, value) in another system."""
    wanted = set(keys)
    rows = Identifier.objects.filter(
        organization_id=permit.organization, system__in={system for system, _value in wanted},
        value__in={value for _system, value in wanted},
    )  # fmt: skip
    columns = ("system", "value", "record_id", "clinic_id")
    return {
        (system, value): (record, clinic)
        for system, value, record, clinic in rows.values_list(*columns)
        if (system, value) in wanted
    }


def records_by_number(permit: Permit, numbers: Iterable[str]) -> dict[str, int]:
    """Record by its number, of those the permit may see."""
    rows = Patient.objects.filter(record__number__in=list(numbers))
    return dict(rows.values_list("record__number", "record_id"))


def records_by_name(
    permit: Permit, wanted: Iterable[tuple[str, str, date]]
) -> dict[tuple[str, str, date], list[int]]:
    """Records by legal first name, last name and birth date, names compared folded."""
    keys = {(fold(first), fold(last), born): (first, last, born) for first, last, born in wanted}
    found: dict[tuple[str, str, date], list[int]] = {key: [] for key in keys.values()}
    rows = Patient.objects.filter(
        organization_id=permit.organization, birth_on__in={key[2] for key in keys},
        merged_into__isnull=True,
    ).values_list("record_id", "legal_first", "legal_last", "birth_on")  # fmt: skip
    for record, first, last, born in rows:
        key = born and keys.get((fold(first), fold(last), born))
        if key:
            found[key].append(record)
    return found


# --- merges ------------------------------------------------------------------------------------


def merged_into(permit: Permit, record: int) -> MergeNotice | None:
    """The merge that made this record lead to another, or None."""
    row = Merge.objects.filter(merged_id=record, undone_at__isnull=True).first()
    return _notices(permit, [row], "kept_id")[0] if row else None


def merged_here(permit: Permit, record: int) -> list[MergeNotice]:
    """The merges that made other records lead to this one, newest first."""
    rows = Merge.objects.filter(kept_id=record, undone_at__isnull=True).order_by("-done_at")
    return _notices(permit, list(rows), "merged_id")


def _notices(permit: Permit, rows: list[Merge], other: str) -> list[MergeNotice]:
    persons = people(permit, [getattr(row, other) for row in rows])
    names = staff_names(permit, [row.done_by_id for row in rows if row.done_by_id])
    return [
        MergeNotice(
            row.id, persons.get(getattr(row, other)), row.done_at,
            names.get(row.done_by_id or 0, ""), row.reason,
        )
        for row in rows
    ]  # fmt: skip


# --- history -----------------------------------------------------------------------------------


def edits(permit: Permit, record: int) -> list[Edit]:
    """How a person's file changed, newest first, from the rows the database keeps by itself."""
    found = [
        *_edits("patients.PatientEvent", record, FIELDS, ""),
        *_edits("patients.CoverageEvent", record, COVERAGE_FIELDS, "payer_name"),
    ]
    names = staff_names(permit, [by for by, _edit in found if by])
    permit.note("patients.patient.read", record=record, table="patients_patientevent")
    told = [Edit(e.at, names.get(by or 0, ""), e.about, e.changes) for by, e in found]
    return sorted(told, key=lambda each: each.at, reverse=True)


def _edits(
    model: str, record: int, labels: Mapping[str, Any], title: str
) -> Iterable[tuple[int | None, Edit]]:
    """Each version beside the one before it, when a field with a label differs."""
    before: dict[int, Any] = {}
    for row in apps.get_model(model).objects.filter(record_id=record).order_by("pgh_id"):
        earlier = before.get(row.pgh_obj_id)
        changes = tuple(
            (label, said(name, getattr(earlier, name)) if earlier else "", after)
            for name, label in labels.items()
            if (after := said(name, getattr(row, name)))
            != (said(name, getattr(earlier, name)) if earlier else "")
        )
        before[row.pgh_obj_id] = row
        if changes:
            at = row.changed_at or row.pgh_created_at
            yield row.changed_by_id, Edit(at, "", getattr(row, title) if title else "", changes)


def said(name: str, value: Any) -> str:
    """A field's value in words."""
    if value is None or value == "" or value == []:
        return ""
    if name == "living":
        return str(dict(Patient.LIVING)[value])
    if name == "during":
        end = value.upper and value.upper - DAY
        return " – ".join(day.isoformat() if day else "" for day in (value.lower, end))
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)
