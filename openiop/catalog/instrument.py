"""Questionnaires as data: items, scoring, bands and alerts of one file each. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from openiop.catalog.files import ROOT, CatalogError, line_of, read


@dataclass(frozen=True, slots=True)
class Instrument:
    """One questionnaire; items are numbered from 1. `answers` are the points allowed by item,
    `missing` how many items may stay open (the sum is then prorated), `facts` what is asked beside
    the items, `safety` the items whose points ask for a clinician. `questions` and `options` (by
    item) are empty where the file has no wording: it is then taken on paper only. The other fields
    stand as in the file (docs/how-to/add-an-instrument.md)."""

    id: str
    title: str
    version: str
    license: str
    gated: bool
    citation: str
    reviewed: bool
    window: str
    items: tuple[str, ...]
    answers: Mapping[int, tuple[int, ...]]
    missing: int
    reversed: frozenset[int]
    unscored: frozenset[int]
    subscales: Mapping[str, tuple[int, ...]]
    asked_after: Mapping[int, int]
    facts: Mapping[str, Mapping[str, Any]]
    bands: tuple[Mapping[str, Any], ...]
    triage: tuple[Mapping[str, Any], ...]
    alerts: tuple[Mapping[str, Any], ...]
    safety: frozenset[int]
    intro: str
    questions: tuple[str, ...]
    options: Mapping[int, tuple[str, ...]]


@lru_cache(maxsize=1)
def instruments() -> tuple[Instrument, ...]:
    """Every instrument shipped, in the order of the files."""
    return tuple(map(instrument_in, instrument_files()))


def find_instrument(text: str) -> Instrument | None:
    """The instrument of that id or title; case, spaces and hyphens do not count."""
    wanted = _plain(text)
    return next((i for i in instruments() if wanted in (_plain(i.id), _plain(i.title))), None)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def instrument_files(root: Path = ROOT) -> list[Path]:
    """Files of instruments below `root`."""
    return sorted(root.glob("instruments/*.yaml"))


def instrument_in(file: Path) -> Instrument:
    """The instrument of one file of sound shape."""
    said = read(file)
    own = {int(number): tuple(points) for number, points in said.get("own_answers", {}).items()}
    usual = tuple(said["answers"])
    plain = ("id", "title", "version", "license", "gated", "citation", "reviewed", "window")
    return Instrument(
        **{name: said[name] for name in plain}, items=tuple(said["items"]),
        answers={n: own.get(n, usual) for n in range(1, len(said["items"]) + 1)},
        missing=said.get("missing", 0), reversed=frozenset(said.get("reversed", ())),
        unscored=frozenset(said.get("unscored", ())),
        subscales={name: tuple(each) for name, each in said.get("subscales", {}).items()},
        asked_after={int(n): after for n, after in said.get("asked_after", {}).items()},
        facts=said.get("facts", {}), bands=tuple(said.get("bands", ())),
        triage=tuple(said.get("triage", ())), alerts=tuple(said["alerts"]),
        safety=frozenset(said.get("safety", ())), **_wording(said),
    )  # fmt: skip


def _wording(said: Mapping[str, Any]) -> dict[str, Any]:
    wording = said.get("wording", {})
    own = {int(number): tuple(texts) for number, texts in wording.get("own_options", {}).items()}
    questions, usual = tuple(wording.get("questions", ())), tuple(wording.get("options", ()))
    options = {n: own.get(n, usual) for n in range(1, len(questions) + 1)}
    return {"intro": wording.get("intro", ""), "questions": questions, "options": options}


def instrument_problems(file: Path) -> list[CatalogError]:
    """What is wrong with a file whose shape is sound: items that are not there, bands out of order,
    examples not met."""
    return [*_numbers(file), *_order(file), *_texts(file)] or list(_examples(file))


def _texts(file: Path) -> Iterator[CatalogError]:
    """Wording says something for each item and each of its answers."""
    said = read(file)
    if "wording" not in said:
        return
    if len(said["wording"]["questions"]) != len(said["items"]):
        text = f"{len(said['wording']['questions'])} questions for {len(said['items'])} items"
        yield CatalogError(file, line_of(file, ("wording", "questions")), text)
        return
    instrument = instrument_in(file)
    for number, texts in instrument.options.items():
        if len(texts) != len(instrument.answers[number]):
            text = f"item {number} has {len(instrument.answers[number])} answers, not {len(texts)}"
            yield CatalogError(file, line_of(file, ("wording",)), text)


def _numbers(file: Path) -> Iterator[CatalogError]:
    said, last = read(file), len(read(file)["items"])
    named: list[tuple[tuple[str | int, ...], Any]] = [
        *(((key,), said.get(key, ())) for key in ("reversed", "unscored", "safety")),
        *((("subscales", name), each) for name, each in said.get("subscales", {}).items()),
        *((("alerts", at), each.get("items", ())) for at, each in enumerate(said["alerts"])),
        *((("triage", at), each.get("any", ())) for at, each in enumerate(said.get("triage", ()))),
        *(((key,), map(int, said.get(key, {}))) for key in ("own_answers", "asked_after")),
    ]  # fmt: skip
    for path, numbers in named:
        for number in numbers:
            if not 1 <= number <= last:
                yield CatalogError(file, line_of(file, path), f"there is no item {number}")


def _order(file: Path) -> Iterator[CatalogError]:
    starts = [band["from"] for band in read(file).get("bands", ())]
    for at, (one, following) in enumerate(pairwise(starts)):
        if following <= one:
            text = f"a band from {following} cannot follow one from {one}"
            yield CatalogError(file, line_of(file, ("bands", at + 1)), text)


def _examples(file: Path) -> Iterator[CatalogError]:
    from openiop.catalog.scoring import Unscorable, score

    instrument = instrument_in(file)
    for at, example in enumerate(read(file)["examples"]):
        answers = dict(enumerate(example["answers"], start=1))
        try:
            told = score(instrument, answers, example.get("facts", {}))
            found: Any = (told.score, told.band, len(told.alerts))
        except Unscorable as no:
            found = str(no)
        wanted = (example.get("score"), example.get("band"), example.get("alerts"))
        if isinstance(found, str) != ("error" in example) or (
            "error" not in example and found != wanted
        ):
            text = f"the example says {wanted}, the file says {found}"
            yield CatalogError(file, line_of(file, ("examples", at)), text)
