"""Who people are, as facts other rooms may keep."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.patients.models import Coverage, Patient

USUAL_PACK = "standard-commercial"


@dataclass(frozen=True)
class Person:
    """Who a record is about. `name` and `called` are lived under; `clinic` is the home clinic;
    `merged`: the record leads to another one of the same person."""

    record: int
    number: str
    clinic: int
    name: str
    called: str
    last_initial: str
    pronouns: str
    birth_on: date | None
    languages: tuple[str, ...]
    interpreter: str
    living: str
    died_on: date | None
    merged: bool = False


def people(permit: Permit, records: Iterable[int]) -> dict[int, Person]:
    """People by record, in one statement; records the permit may not see are left out."""
    rows = Patient.objects.filter(record_id__in=list(records)).select_related("record")
    return {row.record_id: facts(row) for row in rows}


def person(permit: Permit, record: int) -> Person:
    """One person, or Http404."""
    found = people(permit, [record])
    if record not in found:
        raise Http404("No such person.")
    return found[record]


def facts(row: Patient) -> Person:
    """A patient row (with its record) as facts."""
    last = row.chosen_last or row.legal_last
    return Person(
        record=row.record_id, number=row.record.number, clinic=row.clinic_id, name=row.name,
        called=row.called or last, last_initial=last[:1], pronouns=row.pronouns,
        birth_on=row.birth_on, languages=tuple(row.languages), interpreter=row.interpreter,
        living=row.living, died_on=row.died_on, merged=row.merged_into_id is not None,
    )  # fmt: skip


def rule_packs(permit: Permit, records: Iterable[int]) -> dict[int, str]:
    """The payer's rule pack of each record's first coverage today; without one, the usual pack."""
    wanted = list(records)
    packs = dict.fromkeys(wanted, USUAL_PACK)
    rows = Coverage.objects.filter(
        Q(during__isnull=True) | Q(during__contains=permit.now.date()),
        record_id__in=wanted, ended_at__isnull=True,
    ).order_by("-rank", "-id")  # fmt: skip
    packs.update(rows.values_list("record_id", "rule_pack"))
    return packs
