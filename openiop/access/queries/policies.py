"""The house's own values of catalog rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from openiop.access.models import HousePolicy, Staff
from openiop.catalog import HouseValue, regulation
from openiop.catalog.reader import declared
from openiop.kernel.permits import Permit


def house_values(permit: Permit, clinic_id: int | None, on: date) -> dict[str, HouseValue]:
    """The house's own rule values in force at a clinic on a day; a clinic's beats the network's."""
    return house_values_at(permit, [clinic_id], on)[clinic_id]


def house_values_at(
    permit: Permit, clinic_ids: Iterable[int | None], on: date
) -> dict[int | None, dict[str, HouseValue]]:
    """`house_values` of several clinics; one statement."""
    wanted = list(clinic_ids)
    rows = policies_until(wanted, on)
    return {clinic: in_force(rows, clinic, on) for clinic in wanted}


class PolicyRow(NamedTuple):
    """A house value as it is stored; `set_by` is a name."""

    key: str
    value: str
    from_on: date
    reason: str
    clinic_id: int | None
    set_by: str


_UNTIL = """
  SELECT p.key, p.value, p.from_on, p.reason, p.clinic_id,
         coalesce(s.first_name || ' ' || s.last_name, '')
    FROM access_housepolicy p LEFT JOIN access_staff s ON s.id = p.set_by_id
   WHERE (p.clinic_id = ANY(%s) OR p.clinic_id IS NULL) AND p.from_on <= %s
   ORDER BY p.clinic_id IS NOT NULL, p.from_on"""


def policies_until(clinics: Iterable[int | None], until: date) -> list[PolicyRow]:
    """Rows that begin by a day, in the order in which a later one overrides."""
    with connection.cursor() as cursor:
        cursor.execute(_UNTIL, [[each for each in clinics if each], until])
        return [PolicyRow(*row) for row in cursor.fetchall()]


def in_force(rows: Iterable[PolicyRow], clinic: int | None, on: date) -> dict[str, HouseValue]:
    """Of such rows, the value of each key that holds at a clinic on a day."""
    return {
        row.key: HouseValue(_number(row.value), row.from_on, row.reason, row.set_by)
        for row in rows
        if row.clinic_id in (None, clinic) and row.from_on <= on
    }


def _number(text: str) -> int | str:
    """A stored value as the number it is, or the word it is."""
    try:
        return int(text)
    except ValueError:
        return text


def minutes_of_emergency(permit: Permit, clinic: int) -> int:
    """How long a broken glass opens a record of that clinic."""
    return _house_number(permit, clinic, "emergency.access.minutes")


def hours_to_review(permit: Permit, clinic: int | None = None) -> int:
    """Within how many hours a broken glass is reviewed."""
    return _house_number(permit, clinic, "emergency.review.due_hours")


def _house_number(permit: Permit, clinic: int | None, key: str) -> int:
    day = permit.today(permit.timezone)
    chosen = house_values(permit, clinic, day).get(key)
    value = chosen.value if chosen else regulation("house", key, on=day).value  # type: ignore[union-attr]
    return int(str(value))


def kind_of_value(key: str) -> type | None:
    """int or str for a rule whose value the house may set; None for lists, flags and unknowns."""
    entries = declared(key)
    kinds = {type(value.value) for entry in entries for value in entry.values}
    if any(entry.strictest in ("min", "max") for entry in entries):
        kinds.add(int)  # also where nobody recorded a value yet
    return next(iter(kinds)) if kinds in ({int}, {str}) else None


def house_number(text: str) -> int | None:
    """The whole number a person typed, or None."""
    stripped = text.strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() else None


@dataclass(frozen=True)
class PolicyVersion:
    """One version of a house value that the database kept."""

    at: datetime
    change: str
    key: str
    value: str
    from_on: date
    clinic: int | None
    reason: str
    set_by: str


def policies(permit: Permit, key: str, clinic: int | None) -> list[HousePolicy]:
    """The house values of a rule that hold, will hold or held at a clinic, newest day first."""
    rows = HousePolicy.objects.filter(Q(clinic_id=clinic) | Q(clinic=None), key=key)
    return list(rows.select_related("set_by", "clinic").order_by("-from_on"))


def policy_history(permit: Permit, key: str) -> list[PolicyVersion]:
    """Every version of a rule's house values, newest first, those taken back included."""
    kept = HousePolicy.pgh_event_model.objects.filter(key=key)  # type: ignore[attr-defined]
    rows = list(kept.order_by("-pgh_created_at", "-pgh_id"))
    names = {row.id: row.name for row in Staff.objects.filter(id__in={r.set_by_id for r in rows})}
    return [
        PolicyVersion(
            row.pgh_created_at, row.pgh_label, row.key, row.value, row.from_on, row.clinic_id,
            row.reason, names.get(row.set_by_id, ""),
        )
        for row in rows
    ]  # fmt: skip
