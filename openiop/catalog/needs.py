"""Areas of need by edition: what is rated on its own, what is told, which levels there are. Pure;
nothing here adds up or decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from openiop.catalog.files import ROOT, CatalogError, line_of, read

RISKS = range(5)


@dataclass(frozen=True, slots=True)
class Area:
    """One area; `points` are (key, title) of what is rated, or told where not `rated`."""

    id: str
    title: str
    rated: bool
    points: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition; `levels` titles by code, from the least to the most intensive."""

    id: str
    title: str
    version: str
    areas: tuple[Area, ...]
    levels: Mapping[str, str]

    @property
    def rated(self) -> dict[str, str]:
        """Titles by key of all that is rated."""
        return {key: title for each in self.areas if each.rated for key, title in each.points}

    @property
    def told(self) -> dict[str, str]:
        """Titles by key of what is told and never rated."""
        return {key: title for each in self.areas if not each.rated for key, title in each.points}


@lru_cache(maxsize=1)
def editions() -> Mapping[str, Edition]:
    """Every edition shipped, by its id."""
    return {each.id: each for each in map(edition_in, need_files())}


def need_files(root: Path = ROOT) -> list[Path]:
    """Files of editions below `root`."""
    return sorted(root.glob("needs/*.yaml"), reverse=True)


def edition_in(file: Path) -> Edition:
    """The edition of one file of sound shape."""
    said = read(file)
    areas = tuple(
        Area(
            each["id"], each["title"], each.get("rated", True),
            tuple((f"{each['id']}_{part['id']}", part["title"]) for part in each.get("parts", ()))
            or ((each["id"], each["title"]),),
        )
        for each in said["areas"]
    )  # fmt: skip
    levels = {each["id"]: each["title"] for each in said["levels"]}
    return Edition(said["edition"], said["title"], said["version"], areas, levels)


def need_problems(file: Path) -> list[CatalogError]:
    """What is wrong with a file whose shape is sound: an id that stands twice."""
    found = []
    for key in ("areas", "levels"):
        seen: set[str] = set()
        for at, each in enumerate(read(file)[key]):
            if each["id"] in seen:
                place = line_of(file, (key, at))
                found.append(CatalogError(file, place, f"{each['id']} stands twice"))
            seen.add(each["id"])
    return found
