"""Who is kept apart from whom, and which records are one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from openiop.access.queries import staff_names
from openiop.kernel.permits import Permit
from openiop.patients.models import KeepApart
from openiop.patients.queries.people import Person, people

# Merges run through chains (a third record merged into a merged one), hence the recursion.
_RECORDS_OF = """
WITH RECURSIVE mine(id) AS (
  SELECT %(record)s::bigint
  UNION
  SELECT CASE WHEN m.kept_id = mine.id THEN m.merged_id ELSE m.kept_id END
    FROM mine JOIN patients_merge m
      ON m.undone_at IS NULL AND (m.kept_id = mine.id OR m.merged_id = mine.id)
) SELECT id FROM mine
"""
_APART = """
WITH RECURSIVE mine(start, id) AS (
  SELECT each, each FROM unnest(%(records)s::bigint[]) each
  UNION
  SELECT start, CASE WHEN m.kept_id = mine.id THEN m.merged_id ELSE m.kept_id END
    FROM mine JOIN patients_merge m
      ON m.undone_at IS NULL AND (m.kept_id = mine.id OR m.merged_id = mine.id)
), theirs(start, id) AS (
  SELECT start, CASE WHEN k.one_id = mine.id THEN k.other_id ELSE k.one_id END
    FROM mine JOIN patients_keepapart k
      ON k.ended_at IS NULL AND (k.one_id = mine.id OR k.other_id = mine.id)
  UNION
  SELECT start, CASE WHEN m.kept_id = theirs.id THEN m.merged_id ELSE m.kept_id END
    FROM theirs JOIN patients_merge m
      ON m.undone_at IS NULL AND (m.kept_id = theirs.id OR m.merged_id = theirs.id)
) SELECT start, id FROM theirs
"""


def records_of(permit: Permit, record: int) -> tuple[int, ...]:
    """All records of the same person: this one and those merged with it, lowest first."""
    return tuple(sorted(row[0] for row in _rows(_RECORDS_OF, {"record": record})))


def apart_from(permit: Permit, record: int) -> frozenset[int]:
    """Records that must never share a room with this one, merged records taken into account."""
    return apart_pairs(permit, [record]).get(record, frozenset())


def apart_pairs(permit: Permit, records: Iterable[int]) -> dict[int, frozenset[int]]:
    """`apart_from` for many records in one statement; records without any are left out."""
    pairs: dict[int, set[int]] = {}
    for start, other in _rows(_APART, {"records": list(records)}):
        pairs.setdefault(start, set()).add(other)
    return {start: frozenset(others) for start, others in pairs.items()}


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


@dataclass(frozen=True)
class ApartRow:
    """A pair as those who may know see it; `other` is None for a person they may not see."""

    id: int
    other: Person | None
    reason: str
    detail: str
    set_at: datetime
    set_by: str
    ended_at: datetime | None


def apart_list(permit: Permit, record: int) -> list[ApartRow]:
    """Everybody this record is or was kept apart from and why, newest first."""
    permit.require("patients.apart.read")
    mine = records_of(permit, record)
    rows = list(
        KeepApart.objects.filter(Q(one__in=mine) | Q(other__in=mine)).order_by("-set_at", "-id")
    )
    others = {row.id: row.other_id if row.one_id in mine else row.one_id for row in rows}
    persons = people(permit, others.values())
    names = staff_names(permit, [row.set_by_id for row in rows if row.set_by_id])
    permit.note("patients.apart.read", record=record, count=len(rows))
    return [
        ApartRow(
            row.id, persons.get(others[row.id]), row.get_reason_display(), row.detail, row.set_at,
            names.get(row.set_by_id or 0, ""), row.ended_at,
        )
        for row in rows
    ]  # fmt: skip
