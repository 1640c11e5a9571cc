"""How often people meet one to one, who is overdue, and how well clinics keep it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from openiop.access.queries import house_values_at, staff_names
from openiop.catalog import resolve
from openiop.kernel.days import local_day
from openiop.kernel.permits import Permit
from openiop.patients.queries import people, rule_packs
from openiop.schedule.models.appointments import EVERY as EVERYS
from openiop.schedule.rules.cadence import Due, due, share

__all__ = ["EVERYS", "DueLine", "DueList", "Rhythm", "due_list", "rhythm_of", "rhythms"]
OVERDUE_AFTER = "individual.overdue_after_days"
USUAL = "month"  # the house's individual.min_per_month is one

_RHYTHMS = """
SELECT e.record_id, e.clinic_id, c.name, c.timezone, c.state, e.opened_on, e.counselor_id,
       CASE WHEN rhythm.every IS NULL THEN %(usual)s ELSE rhythm.every END,
       last.starts_at, coming.starts_at
  FROM programs_episode e
  JOIN access_clinic c ON c.id = e.clinic_id
  LEFT JOIN LATERAL (
    SELECT every FROM schedule_cadence k WHERE k.record_id = e.record_id
     ORDER BY k.set_at DESC, k.id DESC LIMIT 1) rhythm ON true
  LEFT JOIN LATERAL (
    SELECT max(a.starts_at) AS starts_at FROM schedule_appointment a
     WHERE a.record_id = e.record_id AND a.kind = 'individual' AND a.cancelled_at IS NULL
       AND (a.outcome = 'held' OR a.nested_in_id IS NOT NULL AND EXISTS (
            SELECT FROM schedule_attendance t
             WHERE t.session_id = a.nested_in_id AND t.record_id = a.record_id
               AND t.status = 'present'))) last ON true
  LEFT JOIN LATERAL (
    SELECT min(a.starts_at) AS starts_at FROM schedule_appointment a
     WHERE a.record_id = e.record_id AND a.kind = 'individual' AND a.cancelled_at IS NULL
       AND a.outcome = '' AND a.starts_at > %(now)s) coming ON true
 WHERE e.closed_on IS NULL AND e.clinic_id = ANY(%(clinics)s)
   AND (%(records)s::bigint[] IS NULL OR e.record_id = ANY(%(records)s))
"""


class _Row(NamedTuple):
    record: int
    clinic: int
    clinic_name: str
    timezone: str
    state: str
    opened_on: date
    counselor: int | None
    every: str
    last_at: datetime | None
    coming_at: datetime | None


@dataclass(frozen=True)
class Rhythm:
    """How often one person in care meets one to one, and where they stand."""

    record: int
    clinic: int
    clinic_name: str
    counselor: int | None
    every: str
    last_on: date | None
    due: Due

    @property
    def every_name(self) -> str:
        return str(dict(EVERYS)[self.every])


def rhythms(
    permit: Permit, clinics: Iterable[int], records: Collection[int] | None = None
) -> list[Rhythm]:
    """Everybody in care at these clinics, or some of them, the longest overdue first; three
    statements. Who has no rhythm set comes monthly."""
    wanted = permit.clinics.intersection(clinics)
    values: dict[str, Any] = {
        "usual": USUAL, "now": permit.now, "clinics": list(wanted),
        "records": None if records is None else list(records),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_RHYTHMS, values)
        rows = [_Row(*row) for row in cursor.fetchall()]
    limits = _limits(permit, rows)
    found = [_rhythm(permit, row, limits[row.record]) for row in rows]
    return sorted(found, key=lambda each: (each.due.due_on, each.record))


def _limits(permit: Permit, rows: Iterable[_Row]) -> dict[int, int]:
    """Days after which each person's next one-to-one is overdue: their payer's, the law's or the
    house's, whichever is stricter."""
    today = permit.now.date()
    packs = rule_packs(permit, [row.record for row in rows])
    house = house_values_at(permit, {row.clinic for row in rows}, today)
    known: dict[tuple[int, str], int] = {}
    limits: dict[int, int] = {}
    for row in rows:
        place = (row.clinic, packs[row.record])
        if place not in known:
            found = resolve(
                OVERDUE_AFTER, state=row.state, on=today, payer=place[1], house=house[row.clinic]
            ).winner
            assert found  # the shipped default
            known[place] = int(str(found.value))
        limits[row.record] = known[place]
    return limits


def _rhythm(permit: Permit, row: _Row, overdue_after: int) -> Rhythm:
    last, coming = (
        local_day(at, row.timezone) if at else None for at in (row.last_at, row.coming_at)
    )
    state = due(
        row.every, row.opened_on, last, coming, permit.today(row.timezone), overdue_after
    )  # fmt: skip
    return Rhythm(row.record, row.clinic, row.clinic_name, row.counselor, row.every, last, state)


def rhythm_of(permit: Permit, record: int) -> Rhythm | None:
    """One person's rhythm; None without an open course of care at the permit's clinics."""
    return next(iter(rhythms(permit, permit.clinics, [record])), None)


@dataclass(frozen=True)
class DueLine:
    """Somebody on the list of one-to-ones due."""

    number: str
    name: str
    clinic_name: str
    counselor: str
    rhythm: Rhythm


@dataclass(frozen=True)
class DueList:
    """Who is overdue or due within a week, and the share of everybody whose rhythm is kept."""

    lines: list[DueLine]
    everybody: int
    overdue: int
    in_time: int | None


def due_list(permit: Permit, clinics: Iterable[int], *, ahead: int = 7) -> DueList:
    """One-to-ones overdue, and due in `ahead` days with none booked; five statements at most."""
    found = rhythms(permit, clinics)
    shown = [each for each in found if each.due.overdue or _soon(permit, each, ahead)]
    known = people(permit, [each.record for each in shown])
    names = staff_names(permit, [each.counselor for each in shown if each.counselor])
    late = sum(each.due.overdue > 0 for each in found)
    return DueList(
        [DueLine(known[each.record].number, known[each.record].name, each.clinic_name,
                 names.get(each.counselor or 0, ""), each)
         for each in shown if each.record in known],
        len(found), late, share(len(found) - late, len(found)),
    )  # fmt: skip


def _soon(permit: Permit, each: Rhythm, ahead: int) -> bool:
    left = (each.due.due_on - permit.now.date()).days
    booked = each.due.booked_on
    return left <= ahead and (booked is None or booked > each.due.due_on)
