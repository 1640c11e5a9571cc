"""What a drug test finds, what the body makes of a drug, what an immunoassay mistakes, and what
contact explains. Pure; loads once. Windows and cut-offs are ranges of the sources, not verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from openiop.catalog.files import ROOT, CatalogError, line_of, read


@dataclass(frozen=True, slots=True)
class Analyte:
    """What a definitive test names. `cutoff` in ng/mL; `days` it is found after typical and heavy
    use; `metabolites` by id, the largest plausible share of the parent (0: any)."""

    id: str
    title: str
    names: tuple[str, ...]
    cutoff: float
    days: tuple[float, float]
    metabolites: Mapping[str, float]
    needs: tuple[str, ...]
    added_above: float | None
    every_dose: bool
    bands: tuple[tuple[float, float, str], ...]
    note: str


@dataclass(frozen=True, slots=True)
class Screen:
    """An immunoassay: analytes it detects, detects poorly or never; `mistaken` are medicines."""

    id: str
    title: str
    names: tuple[str, ...]
    detects: frozenset[str]
    poorly: frozenset[str]
    never: frozenset[str]
    mistaken: frozenset[str]


@dataclass(frozen=True, slots=True)
class Exposure:
    """Contact that is no use: what it explains, by analyte up to a level in ng/mL."""

    id: str
    title: str
    names: tuple[str, ...]
    explains: Mapping[str, float]
    screens: tuple[str, ...]


@lru_cache(maxsize=1)
def analytes() -> Mapping[str, Analyte]:
    """Every analyte shipped, by its id."""
    return {each["id"]: _analyte(each) for each in _all("analytes")}


@lru_cache(maxsize=1)
def screens() -> Mapping[str, Screen]:
    """Every kind of immunoassay shipped, by its id."""
    return {
        each["id"]: Screen(
            each["id"], each["title"], tuple(each["names"]),
            *(frozenset(each.get(key, ())) for key in ("detects", "poorly", "never", "mistaken")),
        )
        for each in _all("screens")
    }  # fmt: skip


@lru_cache(maxsize=1)
def exposures() -> tuple[Exposure, ...]:
    """Contact that may explain a finding."""
    return tuple(
        Exposure(e["id"], e["title"], tuple(e["names"]), e["explains"], tuple(e["screens"]))
        for e in _all("exposures")
    )


@lru_cache(maxsize=1)
def analyte_names() -> Mapping[str, str]:
    """Ids of analytes by each of their names in lower case."""
    return {n.casefold(): a.id for a in analytes().values() for n in (a.id, a.title, *a.names)}


@lru_cache(maxsize=1)
def screen_names() -> Mapping[str, str]:
    """Ids of immunoassays by each of their names in lower case."""
    return {n.casefold(): s.id for s in screens().values() for n in s.names}


@lru_cache(maxsize=256)
def comes_of(parent: str) -> Mapping[str, float]:
    """All that the body makes of `parent`, by id, through every step: the largest plausible share
    of the step before (0: any)."""
    found: dict[str, float] = {}
    todo = [parent]
    while todo:
        for child, share in analytes()[todo.pop()].metabolites.items():
            if child not in found and child != parent:
                found[child] = share
                todo.append(child)
    return found


def _analyte(said: dict[str, Any]) -> Analyte:
    bands = tuple((b["from"], b.get("to", float("inf")), b["says"]) for b in said.get("bands", ()))
    typical, heavy = said["days"]
    return Analyte(
        said["id"], said["title"], tuple(said["names"]), said["cutoff"], (typical, heavy),
        said.get("metabolites", {}), tuple(said.get("needs", ())), said.get("added_above"),
        said.get("every_dose", False), bands, said.get("note", ""),
    )  # fmt: skip


def _all(part: str) -> Iterator[dict[str, Any]]:
    for file in toxicology_files():
        yield from read(file)[part]


def toxicology_files(root: Path = ROOT) -> list[Path]:
    """Files of analytes and immunoassays below `root`."""
    return sorted(root.glob("toxicology/*.yaml"))


def toxicology_problems(file: Path) -> list[CatalogError]:
    """What is wrong with a file of sound shape: an id twice, a name of nothing."""
    said = read(file)
    known = {each["id"] for each in said["analytes"]}
    kinds = {each["id"] for each in said["screens"]}
    found: list[CatalogError] = []
    for part in ("analytes", "screens", "exposures"):
        ids: set[str] = set()
        for at, each in enumerate(said[part]):
            told = ["it stands twice"] if each["id"] in ids else []
            told += [f"there is no analyte “{one}”" for one in _named(each) if one not in known]
            told += [f"there is no test “{k}”" for k in each.get("screens", ()) if k not in kinds]
            line = line_of(file, (part, at))
            found += [CatalogError(file, line, f"{each['id']}: {one}") for one in told]
            ids.add(each["id"])
    return found


def _named(each: dict[str, Any]) -> list[str]:
    keys = ("metabolites", "needs", "detects", "poorly", "never", "explains")
    return [one for key in keys for one in each.get(key, ())]
