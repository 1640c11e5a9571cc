"""Who people are, as facts other rooms may keep."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Q
from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.patients.models import Coverage, Patient

USUAL_PACK = "standard-commercial"


class Person(NamedTuple):
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


# In the order `_person` takes them; plain values, for lists of hundreds.
_PEOPLE = """
  SELECT record_id, record.number, patient.clinic_id, legal_first, legal_last, chosen_first,
         chosen_last, preferred_name, pronouns, birth_on, languages, interpreter, living, died_on,
         merged_into_id
    FROM patients_patient patient JOIN access_record record ON record.id = patient.record_id
   WHERE record_id = ANY(%s)"""


def people(permit: Permit, records: Iterable[int]) -> dict[int, Person]:
    """People by record, in one statement; records the permit may not see are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [list(records)])
        return {row[0]: _person(*row) for row in cursor.fetchall()}


def person(permit: Permit, record: int) -> Person:
    """One person, or Http404."""
    found = people(permit, [record])
    if record not in found:
        raise Http404("No such person.")
    return found[record]


def facts(row: Patient) -> Person:
    """A patient row (with its record) as facts."""
    return _person(
        row.record_id, row.record.number, row.clinic_id, row.legal_first, row.legal_last,
        row.chosen_first, row.chosen_last, row.preferred_name, row.pronouns, row.birth_on,
        row.languages, row.interpreter, row.living, row.died_on, row.merged_into_id,
    )  # fmt: skip


def _person(
    record: int, number: str, clinic: int, first: str, last: str, chosen: str, chosen_last: str,
    preferred: str, pronouns: str, birth_on: date | None, languages: list[str], interpreter: str,
    living: str, died_on: date | None, merged_into: int | None,
) -> Person:  # fmt: skip
    called, last = preferred or chosen or first, chosen_last or last
    return Person(
        record, number, clinic, f"{called} {last}".strip(), called or last, last[:1], pronouns,
        birth_on, tuple(languages), interpreter, living, died_on, merged_into is not None,
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
