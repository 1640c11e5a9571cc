"""Rules as their page shows them: what holds at a clinic on a day, why, and what will change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from openiop.access.models import Clinic
from openiop.access.queries.policies import PolicyRow, in_force, policies_until
from openiop.catalog import Answer, HouseValue, Regulation, changes, keys, resolve
from openiop.catalog.reader import declared
from openiop.kernel.permits import Permit

ONE_DAY, A_YEAR = timedelta(days=1), timedelta(days=365)


@dataclass(frozen=True)
class Said:
    """What one source says, with its value in words."""

    rule: Regulation
    value: str
    holds: bool


@dataclass(frozen=True)
class Change:
    """What holds from a day on."""

    on: date
    value: str
    why: str


@dataclass(frozen=True)
class RuleLine:
    """A rule as it holds at a clinic on a day, and what will change within a year."""

    key: str
    title: str
    value: str
    rule: Regulation | None
    why: str
    weighed: tuple[Said, ...]
    changes: tuple[Change, ...]
    ours: HouseValue | None


def rules_at(permit: Permit, clinic: Clinic, on: date) -> list[RuleLine]:
    """Every rule the catalog knows, at a clinic on a day; one statement."""
    rows = policies_until([clinic.id], on + A_YEAR)
    return [_line(clinic, rows, key, on) for key in keys()]


def rule_at(permit: Permit, clinic: Clinic, key: str, on: date) -> RuleLine:
    """One of them."""
    return _line(clinic, policies_until([clinic.id], on + A_YEAR), key, on)


def _line(clinic: Clinic, rows: list[PolicyRow], key: str, on: date) -> RuleLine:
    house = in_force(rows, clinic.id, on)
    answer = resolve(key, state=clinic.state, on=on, house=house)
    return RuleLine(
        key=key, title=declared(key)[0].title, value=_words(answer.winner), rule=answer.winner,
        why=answer.why, ours=house.get(key),
        weighed=tuple(Said(one, _words(one), one == answer.winner) for one in answer.candidates),
        changes=tuple(
            Change(each.on, _words(each.winner), each.why)
            for each in _changes(key, clinic, rows, on, on + A_YEAR)
        ),
    )  # fmt: skip


def _changes(
    key: str, clinic: Clinic, rows: list[PolicyRow], on: date, ahead: date
) -> Iterator[Answer]:
    """What changes after `on`, up to `ahead`: asked between the days on which our own values do."""
    own = {row.from_on for row in rows if row.key == key and row.from_on > on}
    starts = sorted({on + ONE_DAY, *own})
    for start, end in zip(starts, [*starts[1:], ahead + ONE_DAY], strict=True):
        house = in_force(rows, clinic.id, start)
        yield from changes(key, state=clinic.state, start=start, end=end - ONE_DAY, house=house)


def _words(rule: Regulation | None) -> str:
    """A value with its unit, as people say it."""
    if rule is None:
        return _("nothing recorded")
    if isinstance(rule.value, bool):
        return _("yes") if rule.value else _("no")
    if isinstance(rule.value, tuple):
        return ", ".join(rule.value).replace("_", " ") or _("none")
    return f"{rule.value} {rule.unit}".replace("_", " ").strip()
