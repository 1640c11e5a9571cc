"""Who is kept apart from whom, and which records are one person."""

from collections.abc import Iterable

from django.db import connection

from openiop.kernel.permits import Permit

# Merges run through chains (a third record merged into a merged one), hence the recursion.
_FAMILY = """
    SELECT CASE WHEN m.kept_id = {name}.id THEN m.merged_id ELSE m.kept_id END
      FROM {name} JOIN patients_merge m
        ON m.undone_at IS NULL AND (m.kept_id = {name}.id OR m.merged_id = {name}.id)
"""
_RECORDS_OF = f"""
    WITH RECURSIVE mine(id) AS (
      SELECT unnest(%s::bigint[]) UNION {_FAMILY.format(name="mine")}
    ) SELECT id FROM mine
"""
_APART = f"""
    WITH RECURSIVE mine(id) AS (
      SELECT unnest(%s::bigint[]) UNION {_FAMILY.format(name="mine")}
    ), theirs(id) AS (
      SELECT CASE WHEN k.one_id = mine.id THEN k.other_id ELSE k.one_id END
        FROM mine JOIN patients_keepapart k
          ON k.ended_at IS NULL AND (k.one_id = mine.id OR k.other_id = mine.id)
      UNION {_FAMILY.format(name="theirs")}
    ) SELECT id FROM theirs
"""


def records_of(permit: Permit, record: int) -> tuple[int, ...]:
    """All records of the same person: this one and those merged with it, lowest first."""
    return tuple(sorted(_ids(_RECORDS_OF, [record])))


def apart_from(permit: Permit, record: int) -> frozenset[int]:
    """Records that must never share a room with this one, merged records taken into account."""
    return frozenset(_ids(_APART, [record]))


def _ids(statement: str, records: Iterable[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(records)])
        return [row[0] for row in cursor.fetchall()]
