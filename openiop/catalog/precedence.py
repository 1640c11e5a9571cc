"""Which of several rules governs: the strictest law, which a clinic may only tighten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from types import MappingProxyType
from typing import Any

from openiop.catalog.reader import Order, Regulation, Value, declared, regulation

HOUSE = "house"
ONE_DAY = timedelta(days=1)
# Who speaks first where values have no order: the state is nearer than the federation; a payer's
# week counts before anybody else's. The house only fills what they leave open.
SPEAKING_ORDER = {
    "state-over-federal": ("state", "federal", "payer", "house"),
    "payer-first": ("payer", "state", "federal", "house"),
}


@dataclass(frozen=True, slots=True)
class HouseValue:
    """A clinic's own value for a key, from a day on, with the reason and who set it."""

    value: Value
    from_on: date
    reason: str
    set_by: str


NOTHING_SET: Mapping[str, HouseValue] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answer:
    """What governs `key` on the day `on`, everything that was weighed, and why this one won.

    `winner` None means that nothing is recorded: show it as not reviewed, never assume a value.
    """

    key: str
    on: date
    winner: Regulation | None
    candidates: tuple[Regulation, ...]
    why: str

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain JSON values, with the fields that `openiop explain` promises."""
        won = self.winner
        start = won.in_force_from if won else None
        return {
            "key": self.key,
            "value": _plain(won.value) if won else None,
            "unit": won.unit if won else None,
            "severity": won.severity if won else None,
            "source": won.source if won else None,
            "citation": won.citation if won else None,
            "in_force_from": start.isoformat() if start else None,
            "reviewed": won.reviewed if won else False,
            "why": self.why,
        }


def resolve(
    key: str,
    *,
    state: str,
    on: date,
    payer: str | None = None,
    house: Mapping[str, HouseValue] = NOTHING_SET,
) -> Answer:
    """The value of `key` on a day for a clinic in `state` ("TX"), and for a payer's id if given.

    The strictest law wins, in the order the entry states (`strictest`). A clinic's own value
    takes the place of the house default and may tighten the law, keeping the law's severity;
    a looser one is ignored and `why` says so.
    """
    laws = _laws(key, state, on, payer)
    own = regulation(HOUSE, key, on=on)
    chosen, ignored = house.get(key), ""
    if chosen and chosen.from_on <= on and declared(key):
        law = law_loosened_by(key, chosen.value, state=state, on=on, payer=payer)
        if law:
            ignored = _ignored(chosen, law)
        else:
            own = _own(key, chosen, laws)
    candidates = (*laws, own) if own else laws
    if not candidates:
        return Answer(key, on, None, (), _nothing_recorded(key, state, on))
    winner = strictest(declared(key)[0].strictest, candidates)
    return Answer(key, on, winner, candidates, _why(winner, candidates) + ignored)


def law_loosened_by(
    key: str, value: Value, *, state: str, on: date, payer: str | None = None
) -> Regulation | None:
    """The law a clinic would loosen by setting `value`, or None when it may set it."""
    entries = declared(key)
    bounds = [
        law
        for name in (key, *{entry.within for entry in entries if entry.within})
        for law in _laws(name, state, on, payer)
    ]
    return next(
        (law for law in bounds if not as_strict(entries[0].strictest, value, law.value)), None
    )


def changes(
    key: str,
    *,
    state: str,
    start: date,
    end: date,
    payer: str | None = None,
    house: Mapping[str, HouseValue] = NOTHING_SET,
) -> list[Answer]:
    """The answers that differ from the day before's, from `start` to `end`, both included."""

    def answer(day: date) -> Answer:
        return resolve(key, state=state, on=day, payer=payer, house=house)

    days = [day for day in _turning_days(key, house) if start <= day <= end]
    return [answer(day) for day in days if answer(day).winner != answer(day - ONE_DAY).winner]


def as_strict(order: Order, value: Value, other: Value) -> bool:
    """Is `value` at least as strict as `other`? Values without an order must be equal."""
    if isinstance(value, int) and isinstance(other, int) and order in ("min", "max"):
        return value <= other if order == "min" else value >= other
    if isinstance(value, tuple) and isinstance(other, tuple) and order in ("fewest", "most"):
        inner, outer = (value, other) if order == "fewest" else (other, value)
        return set(inner) <= set(outer)
    return value == other


def strictest(order: Order, candidates: Sequence[Regulation]) -> Regulation:
    """The candidate that satisfies all others; lists of which none does are joined into one."""
    speakers = SPEAKING_ORDER.get(order)
    if speakers:
        return min(candidates, key=lambda one: speakers.index(_speaker(one.source)))
    for one in candidates:
        if all(as_strict(order, one.value, other.value) for other in candidates):
            return one
    return reduce(lambda a, b: _joined(order, a, b), candidates)


def _laws(key: str, state: str, on: date, payer: str | None) -> tuple[Regulation, ...]:
    sources = ["us-federal", f"us-{state.lower()}", *([f"payer/{payer}"] if payer else [])]
    found = (regulation(source, key, on=on) for source in sources)
    return tuple(law for law in found if law)


def _own(key: str, chosen: HouseValue, laws: Sequence[Regulation]) -> Regulation:
    entry = declared(key)[0]
    return Regulation(
        key=key,
        value=chosen.value,
        unit=entry.unit,
        severity=laws[0].severity if laws else entry.severity,
        source=HOUSE,
        jurisdiction="House policy",
        citation=f"House policy of this clinic, set by {chosen.set_by}: {chosen.reason}",
        in_force_from=chosen.from_on,
        in_force_to=None,
        reviewed=True,
        note="",
        title=entry.title,
    )


def _joined(order: Order, a: Regulation, b: Regulation) -> Regulation:
    first, second = _listed(a.value), _listed(b.value)
    if order == "fewest":
        value = tuple(text for text in first if text in second)
    else:
        value = (*first, *(text for text in second if text not in first))
    return replace(
        a,
        value=value,
        source=f"{a.source} + {b.source}",
        jurisdiction=f"{a.jurisdiction} and {b.jurisdiction}",
        citation=f"{a.citation}; {b.citation}",
        in_force_from=max((day for day in (a.in_force_from, b.in_force_from) if day), default=None),
        in_force_to=min((day for day in (a.in_force_to, b.in_force_to) if day), default=None),
        reviewed=a.reviewed and b.reviewed,
    )


def _turning_days(key: str, house: Mapping[str, HouseValue]) -> list[date]:
    names = {key, *(entry.within for entry in declared(key) if entry.within)}
    values = [value for name in names for entry in declared(name) for value in entry.values]
    days = {value.in_force_from for value in values if value.in_force_from}
    days |= {value.in_force_to + ONE_DAY for value in values if value.in_force_to}
    if key in house:
        days.add(house[key].from_on)
    return sorted(days)


def _speaker(source: str) -> str:
    if source.startswith("us-"):
        return "federal" if source == "us-federal" else "state"
    return source.partition("/")[0]


def _nothing_recorded(key: str, state: str, on: date) -> str:
    return f"Not reviewed: no value is recorded for {key} in {state} on {on.isoformat()}."


def _ignored(chosen: HouseValue, law: Regulation) -> str:
    return (
        f" The clinic's own value ({_words(chosen.value, law.unit)}) goes beyond "
        f"{law.citation} ({_words(law.value, law.unit)}) and is ignored."
    )


def _why(winner: Regulation, candidates: Sequence[Regulation]) -> str:
    text = f"{_words(winner.value, winner.unit)}, set by {winner.jurisdiction}"
    if len(candidates) > 1:
        weighed = ", ".join(f"{one.jurisdiction} ({_words(one.value)})" for one in candidates)
        text += f"; weighed: {weighed}"
    text += "."
    open_ones = [one.jurisdiction for one in candidates if not one.reviewed]
    if open_ones:
        text += f" Not reviewed yet: {', '.join(open_ones)}. Verify before relying on it."
    return text


def _words(value: Value, unit: str = "") -> str:
    text = ", ".join(_listed(value)) or "none"
    return f"{text} {unit}" if unit and isinstance(value, int) else text


def _listed(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def _plain(value: Value) -> int | str | bool | list[str]:
    return list(value) if isinstance(value, tuple) else value
