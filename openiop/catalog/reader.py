"""Regulations by source, key and day. Pure; every file is read once for each process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from openiop.catalog.files import ROOT, read

Severity = Literal["block", "warn", "info"]
Order = Literal["min", "max", "fewest", "most", "state-over-federal", "payer-first"]
Value = int | str | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Regulation:
    """One value of one rule, as one source sets it for a span of days (both ends included).

    `in_force_from` None: in force before the days this catalog records; `in_force_to` None: still
    in force. `reviewed` False: nobody has checked the value against the text it cites.
    """

    key: str
    value: Value
    unit: str
    severity: Severity
    source: str
    jurisdiction: str
    citation: str
    in_force_from: date | None
    in_force_to: date | None
    reviewed: bool
    note: str
    title: str

    def holds_on(self, on: date) -> bool:
        """In force on that day?"""
        return (self.in_force_from or date.min) <= on <= (self.in_force_to or date.max)


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of one file: how its values compare (`strictest`) and which law bounds it."""

    id: str
    title: str
    unit: str
    severity: Severity
    strictest: Order
    within: str
    values: tuple[Regulation, ...]


def regulation(source: str, key: str, *, on: date) -> Regulation | None:
    """What this source says about this key on this day; None when nothing is recorded.

    Sources: "us-federal", "us-tx", "us-il", "house", "payer/<id>".
    """
    rule = rules().get((source, key))
    return next((value for value in rule.values if value.holds_on(on)), None) if rule else None


def keys() -> list[str]:
    """Every key that any source sets, in alphabetical order."""
    return sorted(_by_key())


def titles() -> dict[str, str]:
    """A title for each key; where sources word it differently, the first file's."""
    return {key: declared(key)[0].title for key in keys()}


def sources() -> list[str]:
    """Every source, in alphabetical order."""
    return sorted({source for source, _ in rules()})


@lru_cache(maxsize=1)
def payers() -> dict[str, str]:
    """Payer packs by id, with their titles."""
    heads = [read(file) for file in sorted(ROOT.glob("payers/*.yaml"))]
    return {head["source"].removeprefix("payer/"): head["title"] for head in heads}


def declared(key: str) -> tuple[Rule, ...]:
    """The key's entries in all files; they agree on unit and order (guarded). Empty: unknown."""
    return _by_key().get(key, ())


@lru_cache(maxsize=1)
def rules() -> dict[tuple[str, str], Rule]:
    """Every entry by (source, key), read once."""
    return {
        (source, rule.id): rule for file in regulation_files() for source, rule in rules_in(file)
    }


@lru_cache(maxsize=1)
def _by_key() -> dict[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    for (_, key), rule in rules().items():
        found[key] = (*found.get(key, ()), rule)
    return found


def regulation_files(root: Path = ROOT) -> list[Path]:
    """Law, house and payer files below `root`."""
    return sorted([*root.glob("regulations/**/*.yaml"), *root.glob("payers/*.yaml")])


def rules_in(file: Path) -> Iterator[tuple[str, Rule]]:
    """The entries of one file, each with its source."""
    content = read(file)
    for entry in content["rules"]:
        yield content["source"], _rule(entry, content["source"], content["jurisdiction"])


def _rule(entry: dict[str, Any], source: str, jurisdiction: str) -> Rule:
    return Rule(
        id=entry["id"],
        title=entry["title"],
        unit=entry["unit"],
        severity=entry["severity"],
        strictest=entry["strictest"],
        within=entry.get("within", ""),
        values=tuple(_regulation(entry, value, source, jurisdiction) for value in entry["values"]),
    )


def _regulation(
    entry: dict[str, Any], value: dict[str, Any], source: str, jurisdiction: str
) -> Regulation:
    return Regulation(
        key=entry["id"],
        value=frozen(value["value"]),
        unit=entry["unit"],
        severity=entry["severity"],
        source=source,
        jurisdiction=jurisdiction,
        citation=value["citation"],
        in_force_from=value.get("from"),
        in_force_to=value.get("to"),
        reviewed=value["reviewed"],
        note=value.get("note", ""),
        title=entry["title"],
    )


def frozen(value: Any) -> Value:
    """A value as read from a file, unchangeable: lists become tuples."""
    return tuple(value) if isinstance(value, list) else value
