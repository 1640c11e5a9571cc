"""Topics of the biopsychosocial assessment and the screen for everyone. Pure; no score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from openiop.catalog.files import ROOT, CatalogError, line_of, read

DANGER = "dying"  # the question of the screen that asks about suicide


@dataclass(frozen=True, slots=True)
class Topics:
    """One version: topics as (id, title, what to ask), the screen as (id, question)."""

    version: str
    title: str
    topics: tuple[tuple[str, str, str], ...]
    screen: tuple[tuple[str, str], ...]
    citation: str
    reviewed: bool


@lru_cache(maxsize=1)
def topics() -> Topics:
    """The topics shipped."""
    return topics_in(ROOT / "biopsychosocial" / "adult.yaml")


def topic_files(root: Path = ROOT) -> list[Path]:
    """Files of topics below `root`."""
    return sorted(root.glob("biopsychosocial/*.yaml"))


def topics_in(file: Path) -> Topics:
    """The topics of one file of sound shape."""
    said = read(file)
    asked = tuple((each["id"], each["title"], each["ask"]) for each in said["topics"])
    screen = tuple((each["id"], each["ask"]) for each in said["screen"])
    return Topics(said["version"], said["title"], asked, screen, said["citation"], said["reviewed"])


def topic_problems(file: Path) -> Iterator[CatalogError]:
    """What is wrong with a file whose shape is sound: an id twice, nobody asked about suicide."""
    found = topics_in(file)
    for part, ids in (("topics", [t[0] for t in found.topics]),
                      ("screen", [s[0] for s in found.screen])):  # fmt: skip
        for at, each in enumerate(ids):
            if each in ids[:at]:
                text = f"“{each}” stands in this file twice"
                yield CatalogError(file, line_of(file, (part, at)), text)
    if DANGER not in [each for each, _ask in found.screen]:
        yield CatalogError(file, line_of(file, ("screen",)), f"the screen lacks “{DANGER}”")
