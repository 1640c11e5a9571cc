"""The safety questions of the pre-screen and what each stop asks for now. Pure; no score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from openiop.catalog.files import ROOT, CatalogError, line_of, read

YES, NO, UNSURE = "yes", "no", "unsure"


@dataclass(frozen=True, slots=True)
class Question:
    """A question and, when it stops, what to do `now`. `level`: "emergency", "medical" care first,
    a clinician "today", a "rule" to ask about. `alert` calls a person of the house. `below` is
    the age a question of kind "age" asks about."""

    id: str
    title: str
    text: str
    kind: str
    level: str
    alert: bool
    now: tuple[str, ...]
    below: int | None
    citation: str
    reviewed: bool


@dataclass(frozen=True, slots=True)
class PreScreen:
    """The questions of one version, in the order they are asked."""

    version: str
    title: str
    questions: tuple[Question, ...]


@lru_cache(maxsize=1)
def prescreen() -> PreScreen:
    """The questions shipped."""
    return prescreen_in(ROOT / "prescreen" / "safety.yaml")


def prescreen_in(file: Path) -> PreScreen:
    """The questions of one file of sound shape."""
    content = read(file)
    questions = tuple(_question(each) for each in content["questions"])
    return PreScreen(str(content["version"]), content["title"], questions)


def _question(each: dict[str, Any]) -> Question:
    facts = {name: each.get(name) for name in Question.__dataclass_fields__}
    return Question(**(facts | {"now": tuple(each["now"])}))


def stops(asked: PreScreen, answers: Mapping[str, str | int]) -> tuple[Question, ...]:
    """The questions whose answer stops the way to a group; doubt stops as "yes" does."""
    return tuple(each for each in asked.questions if _stops(each, answers.get(each.id)))


def _stops(question: Question, answer: str | int | None) -> bool:
    if question.kind == "age":
        return answer is not None and int(answer) < (question.below or 0)
    return answer in (YES, UNSURE)


def prescreen_files(root: Path = ROOT) -> list[Path]:
    """Files of safety questions below `root`."""
    return sorted(root.glob("prescreen/*.yaml"))


def prescreen_problems(file: Path) -> Iterator[CatalogError]:
    """What is wrong with a file whose shape is sound: ids twice, examples not met."""
    asked = prescreen_in(file)
    ids = [each.id for each in asked.questions]
    for at, name in enumerate(ids):
        if name in ids[:at]:
            text = f"“{name}” stands in this file twice"
            yield CatalogError(file, line_of(file, ("questions", at)), text)
    for at, example in enumerate(read(file)["examples"]):
        found = [each.id for each in stops(asked, _answers(example["answers"]))]
        if found != example["stops"] or not set(example["answers"]) <= set(ids):
            text = f"the example says {example['stops']}, the questions say {found}"
            yield CatalogError(file, line_of(file, ("examples", at)), text)


def _answers(written: Mapping[str, Any]) -> dict[str, str | int]:
    words = {True: YES, False: NO}
    return {
        name: words[value] if isinstance(value, bool) else value for name, value in written.items()
    }
