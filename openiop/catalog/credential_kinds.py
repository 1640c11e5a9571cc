"""What each credential lets a person do, by state, level and day. Pure; read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from openiop.catalog.files import ROOT, read


@dataclass(frozen=True, slots=True)
class CredentialKind:
    """One kind of credential in one state, at one level (0 where the kind has none).

    `qualified`: may co-sign for others. `supervision` is "none", "on-site" or "on-site-or-phone".
    `supervision_rules` is the prefix of the regulation keys that say which documents need a
    co-signature and how often a supervisor observes; empty where the holder signs alone.
    """

    state: str
    kind: str
    level: int
    title: str
    initials: str
    qualified: bool
    programs: tuple[str, ...]
    facilitates: tuple[str, ...]
    signs: tuple[str, ...]
    supervision: str
    supervision_rules: str
    condition: str
    citation: str
    reviewed: bool
    note: str
    in_force_from: date | None
    in_force_to: date | None

    def holds_on(self, on: date) -> bool:
        """In force on that day?"""
        return (self.in_force_from or date.min) <= on <= (self.in_force_to or date.max)


def credential_kind(kind: str, *, state: str, on: date, level: int = 0) -> CredentialKind | None:
    """The kind's entry in force that day; None when none is recorded for the state and level."""
    entries = _by_state().get(state.upper(), ())
    return next((e for e in entries if (e.kind, e.level) == (kind, level) and e.holds_on(on)), None)


def credential_kinds(state: str = "") -> tuple[CredentialKind, ...]:
    """Every entry of a state ("TX"), or of all states, in the order of the files."""
    chosen = [state.upper()] if state else sorted(_by_state())
    return tuple(entry for name in chosen for entry in _by_state().get(name, ()))


@lru_cache(maxsize=1)
def _by_state() -> dict[str, tuple[CredentialKind, ...]]:
    found: dict[str, tuple[CredentialKind, ...]] = {}
    for file in sorted(ROOT.glob("credentials/**/*.yaml")):
        content = read(file)
        entries = tuple(_entry(content["state"], each) for each in content["credentials"])
        found[content["state"]] = (*found.get(content["state"], ()), *entries)
    return found


def _entry(state: str, each: dict[str, Any]) -> CredentialKind:
    return CredentialKind(
        state=state,
        kind=each["kind"],
        level=each.get("level", 0),
        title=each["title"],
        initials=each["initials"],
        qualified=each["qualified"],
        programs=tuple(each["programs"]),
        facilitates=tuple(each["facilitates"]),
        signs=tuple(each["signs"]),
        supervision=each["supervision"],
        supervision_rules=each.get("supervision_rules", ""),
        condition=each.get("condition", ""),
        citation=each["citation"],
        reviewed=each["reviewed"],
        note=each.get("note", ""),
        in_force_from=each.get("from"),
        in_force_to=each.get("to"),
    )
