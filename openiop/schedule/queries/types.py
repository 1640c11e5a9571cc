"""Types of one-to-ones: how long, who may hold them, where."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.schedule.models import AppointmentType


@dataclass(frozen=True)
class TypeFacts:
    """A type of one-to-one; `holders` are roles, `modes` "in_person" and "virtual"."""

    id: int
    code: str
    name: str
    kind: str
    minutes: int
    buffer_minutes: int
    holders: frozenset[str]
    modes: tuple[str, ...]
    public: bool = False
    retired: bool = False


_FIELDS = ("id", "code", "name", "kind", "minutes", "buffer_minutes", "public", "holders",
           "modes", "retired_on")  # fmt: skip


def types(permit: Permit, *, retired: bool = False) -> list[TypeFacts]:
    """The organization's types in use, by name, with `retired` the others too; one statement."""
    rows = AppointmentType.objects.order_by("name", "id")
    if not retired:
        rows = rows.filter(retired_on__isnull=True)
    return [_facts(row) for row in rows.values(*_FIELDS)]


def public_types(permit: Permit) -> list[TypeFacts]:
    """Types a stranger may book, by name; one statement."""
    return [each for each in types(permit) if each.public]


def type_of(permit: Permit, type_id: int) -> TypeFacts:
    """One type, in use or retired, or Http404; one statement."""
    row = AppointmentType.objects.filter(pk=type_id).values(*_FIELDS).first()
    if row is None:
        raise Http404("No such type of appointment.")
    return _facts(row)


def _facts(row: dict[str, Any]) -> TypeFacts:
    kept = {name: row[name] for name in _FIELDS[:7]}
    return TypeFacts(
        **kept, holders=frozenset(row["holders"]), modes=tuple(row["modes"]),
        retired=row["retired_on"] is not None,
    )  # fmt: skip
