"""Who is who among payers, behavioral administrators and rental networks; and what people type.

Pure; the file is read once for each process. Nothing here says that anybody is in network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import jellyfish

from openiop.catalog.files import ROOT, CatalogError, line_of, read

Part = Literal["payer", "administrator", "network"]
FILE = ROOT / "directory" / "payers.yaml"
PARTS: dict[str, Part] = {
    "payers": "payer", "administrators": "administrator", "networks": "network",
}  # fmt: skip
NOISE = frozenset(("the", "of", "and", "insurance", "health", "plan", "plans", "inc", "company"))
STATES = {"il": "illinois", "tx": "texas"}
SHORTEST_SLIP = 4  # letters: shorter words are one slip away from too many others
NEAR = 0.1  # of a rank: matches this close to the best are offered beside it


@dataclass(frozen=True, slots=True)
class Company:
    """A payer, an administrator or a rental network.

    `kind` and `states` are a payer's (no states: everywhere); `run_by` the administrator of its
    behavioral benefits, `certainty` "always", "usual" or "some_plans".
    """

    id: str
    name: str
    part: Part
    aliases: tuple[str, ...]
    citation: str
    reviewed: bool
    kind: str = ""
    states: tuple[str, ...] = ()
    run_by: str = ""
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A company that what was typed may mean; `rank` from 0 to 1, 1 is its name or an alias."""

    company: Company
    rank: float


@lru_cache(maxsize=1)
def companies() -> dict[str, Company]:
    """Every company by id, in the order of the file, payers first."""
    return {each.id: each for each in companies_in(FILE)}


def company(id: str) -> Company | None:
    """The company of that id, or None when it does not stand in the directory."""
    return companies().get(id)


def find_payers(text: str, *, state: str = "") -> tuple[Match, ...]:
    """What people may mean by `text`, best first: all that fit about as well as the best.

    Spelling, case, spacing and small slips do not matter. With a `state` ("TX"), payers of other
    states come last, yet are never left out: people are insured where their employer is. Empty
    when nothing fits; then nobody knows yet, and somebody must ask.
    """
    return find_among(companies().values(), text, state=state)


def find_among(among: Iterable[Company], text: str, *, state: str = "") -> tuple[Match, ...]:
    """`find_payers` in a directory of the caller's own."""
    typed = plain(text)
    if len(typed) < 2:
        return ()
    ranked = [Match(each, _rank(each, typed)) for each in among]
    best = max((each.rank for each in ranked), default=0.0)
    kept = [each for each in ranked if each.rank > 0 and each.rank >= best - NEAR]
    return tuple(sorted(kept, key=lambda each: _place(each, state)))


def _place(match: Match, state: str) -> tuple[bool, float, str]:
    states = match.company.states
    elsewhere = bool(state and states and state not in states)
    return elsewhere, -match.rank, match.company.id


def plain(text: str) -> str:
    """Lower case, letters and digits only, one space between words; states by their names."""
    words = re.findall(r"[a-z0-9]+", text.casefold().replace("'", "").replace("’", ""))
    return " ".join(STATES.get(word, word) for word in words)


def _rank(company: Company, typed: str) -> float:
    names = (plain(company.name), *map(plain, company.aliases))
    return max(_likeness(typed, name) for name in names)


def _likeness(typed: str, name: str) -> float:
    """1 for the same letters, 0.9 for whole words of it, less for slips, 0 for something else."""
    if typed.replace(" ", "") == name.replace(" ", ""):
        return 1.0
    words, said = _words(name), _words(typed)
    if said and words and (said <= words or words <= said):
        fewer, more = sorted((len(" ".join(said)), len(" ".join(words))))
        return 0.6 + 0.3 * fewer / more
    return _slip(typed.replace(" ", ""), name.replace(" ", ""))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split()) - NOISE


def _slip(typed: str, name: str) -> float:
    """Up to one slip in four to six letters, two in more; a swap of neighbors is one."""
    if min(len(typed), len(name)) < SHORTEST_SLIP:
        return 0.0
    slips = jellyfish.damerau_levenshtein_distance(typed, name)
    allowed = 1 if len(name) < 7 else 2
    return 0.8 - 0.1 * slips if slips <= allowed else 0.0


# --- the file ---


def directory_files(root: Path = ROOT) -> list[Path]:
    """Files of who is who below `root`."""
    return sorted(root.glob("directory/*.yaml"))


def companies_in(file: Path) -> tuple[Company, ...]:
    """The companies of one file of sound shape."""
    content = read(file)
    return tuple(_company(each, part) for name, part in PARTS.items() for each in content[name])


def _company(each: dict[str, Any], part: Part) -> Company:
    return Company(
        id=each["id"],
        name=each["name"],
        part=part,
        aliases=tuple(each["aliases"]),
        citation=each["citation"],
        reviewed=each["reviewed"],
        kind=each.get("kind", ""),
        states=tuple(each.get("states", ())),
        run_by=each.get("run_by", ""),
        certainty=each.get("run_by_certainty", ""),
    )


def directory_problems(file: Path) -> list[CatalogError]:
    """What is wrong with a file whose shape is sound: ids twice, nobody's names, examples."""
    return [*_twice(file), *_unknown_administrators(file), *_examples(file)]


def _twice(file: Path) -> Iterator[CatalogError]:
    content, seen = read(file), set()
    for name in PARTS:
        for at, each in enumerate(content[name]):
            if each["id"] in seen:
                text = f"“{each['id']}” stands in this file twice"
                yield CatalogError(file, line_of(file, (name, at)), text)
            seen.add(each["id"])


def _unknown_administrators(file: Path) -> Iterator[CatalogError]:
    content = read(file)
    known = {each["id"] for each in content["administrators"]}
    for at, each in enumerate(content["payers"]):
        if each.get("run_by", "") not in {"", *known}:
            text = f"“{each['run_by']}” is no administrator of this file"
            yield CatalogError(file, line_of(file, ("payers", at, "run_by")), text)


def _examples(file: Path) -> Iterator[CatalogError]:
    among = companies_in(file)
    for at, example in enumerate(read(file)["examples"]):
        found = sorted(each.company.id for each in find_among(among, example["find"]))
        if found != example["of"]:
            text = f"“{example['find']}” should find {example['of']}, and finds {found}"
            yield CatalogError(file, line_of(file, ("examples", at)), text)
