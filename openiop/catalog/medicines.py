"""Medicines by the names people write, and what a test finds of each. Pure; loads once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from openiop.catalog.files import ROOT, CatalogError, line_of, read
from openiop.catalog.toxicology import analytes


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine; `gives` are ids of analytes, `rxnorm` products by concept code."""

    id: str
    title: str
    names: tuple[str, ...]
    kind: str
    gives: tuple[str, ...]
    rxnorm: Mapping[str, str]


@lru_cache(maxsize=1)
def medicines() -> Mapping[str, Medicine]:
    """Every medicine shipped, by its id."""
    return {
        each["id"]: Medicine(
            each["id"], each["title"], tuple(each["names"]), each["kind"], tuple(each["gives"]),
            each.get("rxnorm", {}),
        )
        for file in medicine_files()
        for each in read(file)["medications"]
    }  # fmt: skip


def medicines_in(text: str) -> tuple[Medicine, ...]:
    """The medicines that free text names, in its order; the longest name wins where two begin
    at one place, so that “Tylenol with codeine” is codeine."""
    found = dict.fromkeys(_ids()[hit.group().casefold()] for hit in _names().finditer(text))
    return tuple(medicines()[each] for each in found)


@lru_cache(maxsize=1)
def _ids() -> Mapping[str, str]:
    return {
        name.casefold(): each.id
        for each in medicines().values()
        for name in (each.id, each.title, *each.names)
    }


@lru_cache(maxsize=1)
def _names() -> re.Pattern[str]:
    words = sorted(_ids(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, words))})(?![\w-])", re.I)


def medicine_files(root: Path = ROOT) -> list[Path]:
    """Files of medicines below `root`."""
    return sorted(root.glob("medications/*.yaml"))


def medicine_problems(file: Path) -> list[CatalogError]:
    """What is wrong with a file of sound shape: an id or a name twice, an analyte nobody knows."""
    found, seen = [], set[str]()
    for at, each in enumerate(read(file)["medications"]):
        names = {name.casefold() for name in (each["id"], *each["names"])}
        told = [f"“{name}” stands twice" for name in sorted(names & seen)]
        told += [f"there is no analyte “{one}”" for one in each["gives"] if one not in analytes()]
        line = line_of(file, ("medications", at))
        found += [CatalogError(file, line, one) for one in told]
        seen |= names
    return found
