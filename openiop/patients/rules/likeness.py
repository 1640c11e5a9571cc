"""When two records may be one person, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from openiop.patients.rules import search

SURE = 0.9  # from here on nobody is registered without having looked
ASK = 0.6  # from here on the pair is worth a look


@dataclass(frozen=True)
class Identity:
    """What tells people apart: folded words of all their names, birth date, digits of phones."""

    words: tuple[str, ...]
    birth_on: date | None
    phones: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Likeness:
    """0 to 1 and the reasons, as keys of `SENTENCES` in the pages."""

    score: float
    reasons: tuple[str, ...]


def likeness(one: Identity, other: Identity) -> Likeness:
    """How likely two records are one person.

    A like name gives up to 0.5, the same birth date 0.45, one a slip away 0.25, a shared phone
    number 0.2. Two known birth dates that differ altogether take 0.3 away.
    """
    shorter, longer = sorted((one.words, other.words), key=len)
    named = search.fit(shorter, longer) if shorter else 0.0
    parts = [*_name(named), *_birth(one.birth_on, other.birth_on)]
    if one.phones & other.phones:
        parts.append(("phone", 0.2))
    score = max(0.0, min(1.0, sum(points for _, points in parts)))
    return Likeness(round(score, 2), tuple(reason for reason, _ in parts if reason))


def _name(fit: float) -> Iterator[tuple[str, float]]:
    if fit >= 0.99:
        yield "name", 0.5
    elif fit >= search.FITS:
        yield "like_name", 0.45 * fit


def _birth(one: date | None, other: date | None) -> Iterator[tuple[str, float]]:
    if one is None or other is None:
        return
    if one == other:
        yield "birth", 0.45
    elif slip(one, other):
        yield "like_birth", 0.25
    else:
        yield "", -0.3


def slip(one: date, other: date) -> bool:
    """Are two days one typing slip apart: day and month swapped, or one digit different?"""
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    pairs = zip(one.isoformat(), other.isoformat(), strict=True)
    return sum(a != b for a, b in pairs) == 1
