"""Curricula for groups by id and version. Pure; every file is read once for each process."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Literal

from openiop.catalog.files import ROOT, CatalogError, line_of, read

Kind = Literal["counseling", "education", "skills", "family"]
Phase = Literal["early", "middle", "late", "any"]

# What no text for a group may say, and what to write.
FORBIDDEN = {
    r"\b(pass|fail)(ed|es|s|ing|ures?)?\b": "fade, skip, hand on; did not, and why",
    r"\b(clean|dirty)\b": "tidy, new; consistent or not consistent with the plan",
    r"\babus\w*": "use; harm, violence",
    r"\baddict(s|ed)?\b": "person who uses",
    r"\balcoholics?\b(?! anonymous)": "person with alcohol use disorder",
    r"\bnon-?complian\w+": "did not, and why",
    r"\brelapsed\b": "returned to use",
    r"\bclients?\b": "patient, person",
}


@dataclass(frozen=True, slots=True)
class RequiredBy:
    """A state that requires a topic. `within_days` counts from admission; `days_by` is "law"
    where the cited rule sets them and "house" where the curriculum does."""

    state: str
    within_days: int
    citation: str
    days_by: Literal["law", "house"]


@dataclass(frozen=True, slots=True)
class Step:
    """One stretch of a session, told to the facilitator. Breaks are not steps."""

    minutes: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """One line of a worksheet: so many lines to write on, or choices to tick, never both."""

    text: str
    lines: int
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worksheet:
    """What is printed for each person; `listening` says that silence is welcome."""

    title: str
    intro: str
    listening: str
    prompts: tuple[Prompt, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """What one session, or two in a row, is about. `plan` holds the steps of each part;
    `prerequisites` names topics to have had before; `safety` is empty where none is needed."""

    code: str
    title: str
    kind: Kind
    phase: Phase
    parts: int
    required: bool
    required_by: tuple[RequiredBy, ...]
    prerequisites: tuple[str, ...]
    objectives: tuple[str, ...]
    plan: tuple[tuple[Step, ...], ...]
    worksheet: Worksheet
    safety: str

    @property
    def minutes(self) -> int:
        """Counted minutes of all parts."""
        return sum(step.minutes for part in self.plan for step in part)


@dataclass(frozen=True, slots=True)
class Curriculum:
    """One version of one curriculum; a version in use is never edited.

    `reviewed` False: no clinician has read the texts; `note` says so to whoever uses them.
    """

    id: str
    version: int
    title: str
    topics: tuple[Topic, ...]
    license: str
    source: str
    reviewed: bool
    note: str

    @property
    def sessions(self) -> int:
        """How many sessions it takes to hold every topic once."""
        return sum(topic.parts for topic in self.topics)

    def topic(self, code: str) -> Topic:
        """The topic of that code. Raises CatalogError."""
        found = next((topic for topic in self.topics if topic.code == code), None)
        if found is None:
            raise _unknown(f"{self.id} {self.version} has no topic “{code}”")
        return found

    def required_in(self, state: str) -> tuple[Topic, ...]:
        """Topics which that state ("TX") requires."""
        return tuple(t for t in self.topics if any(by.state == state for by in t.required_by))

    def needed_before(self, code: str) -> frozenset[str]:
        """Codes of all topics to have had before this, however far back. Raises CatalogError."""
        found: set[str] = set()
        todo = [code]
        while todo:
            new = set(self.topic(todo.pop()).prerequisites) - found
            found |= new
            todo += new
        return frozenset(found)


def curriculum(id: str, version: int) -> Curriculum:
    """That version of that curriculum. Raises CatalogError when no file holds it."""
    found = _all().get((id, version))
    if found is None:
        raise _unknown(f"no curriculum “{id}” in version {version}")
    return found


def curricula() -> list[Curriculum]:
    """Every version of every curriculum, by id and version."""
    return [found for _, found in sorted(_all().items())]


def _unknown(message: str) -> CatalogError:
    return CatalogError(ROOT / "curricula", 1, message)


@lru_cache(maxsize=1)
def _all() -> Mapping[tuple[str, int], Curriculum]:
    found = (curriculum_in(file) for file in curriculum_files())
    return {(one.id, one.version): one for one in found}


def curriculum_files(root: Path = ROOT) -> list[Path]:
    """Curriculum files below `root`."""
    return sorted(root.glob("curricula/*.yaml"))


def curriculum_in(file: Path) -> Curriculum:
    """The curriculum of one file of sound shape."""
    content = read(file)
    return Curriculum(
        id=content["id"],
        version=content["version"],
        title=content["title"],
        topics=tuple(map(_topic, content["topics"])),
        license=content["license"],
        source=content["source"],
        reviewed=content["reviewed"],
        note=content["note"],
    )


def _topic(entry: dict[str, Any]) -> Topic:
    return Topic(
        code=entry["code"],
        title=entry["title"],
        kind=entry["kind"],
        phase=entry["phase"],
        parts=entry["parts"],
        required=entry["required"],
        required_by=tuple(RequiredBy(**by) for by in entry.get("required_by", ())),
        prerequisites=tuple(entry.get("prerequisites", ())),
        objectives=tuple(entry["objectives"]),
        plan=tuple(tuple(Step(**step) for step in part) for part in entry["plan"]),
        worksheet=_worksheet(entry["worksheet"]),
        safety=entry.get("safety", ""),
    )


def _worksheet(entry: dict[str, Any]) -> Worksheet:
    prompts = tuple(
        Prompt(each["text"], each.get("lines", 0), tuple(each.get("choices", ())))
        for each in entry["prompts"]
    )
    return Worksheet(entry["title"], entry["intro"], entry["listening"], prompts)


def curriculum_problems(files: Sequence[Path]) -> list[CatalogError]:
    """What is wrong with curricula whose shape is sound, by file and line."""
    found = [error for file in files for check in _CHECKS for error in check(file)]
    homes: dict[tuple[str, int], Path] = {}
    for file in files:
        content = read(file)
        home = homes.setdefault((content["id"], content["version"]), file)
        if home != file:
            text = f"version {content['version']} of {content['id']} stands in {home.name} too"
            found.append(_error(file, text, "version"))
    return found


def _codes(file: Path) -> Iterator[CatalogError]:
    """A code, and a state within a topic, stands once."""
    topics = read(file)["topics"]
    codes = [topic["code"] for topic in topics]
    for at, topic in enumerate(topics):
        if codes[at] in codes[:at]:
            yield _error(file, f"“{codes[at]}” stands in this file twice", "topics", at)
        states = [by["state"] for by in topic.get("required_by", ())]
        for step, state in enumerate(states):
            if state in states[:step]:
                text = f"{codes[at]} is required by {state} twice"
                yield _error(file, text, "topics", at, "required_by", step)


def _prerequisites(file: Path) -> Iterator[CatalogError]:
    """Every prerequisite is a topic here, and no topic waits for itself."""
    topics = read(file)["topics"]
    before = {topic["code"]: topic.get("prerequisites", []) for topic in topics}
    for at, topic in enumerate(topics):
        for step, code in enumerate(topic.get("prerequisites", ())):
            if code not in before:
                text = f"“{code}” is no topic of this file"
                yield _error(file, text, "topics", at, "prerequisites", step)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        circle = error.args[1]
        text = f"topics wait for each other: {', '.join(circle)}"
        yield _error(file, text, "topics", list(before).index(circle[0]), "prerequisites")


def _lengths(file: Path) -> Iterator[CatalogError]:
    """As many plans as parts, as many minutes as a session has, as many sessions as promised."""
    content = read(file)
    wanted = content["session_minutes"]
    for at, topic in enumerate(content["topics"]):
        if len(topic["plan"]) != topic["parts"]:
            text = f"{topic['code']} has {topic['parts']} parts and {len(topic['plan'])} plans"
            yield _error(file, text, "topics", at, "plan")
        for step, part in enumerate(topic["plan"]):
            minutes = sum(each["minutes"] for each in part)
            if minutes != wanted:
                text = f"part {step + 1} of {topic['code']} takes {minutes} minutes, not {wanted}"
                yield _error(file, text, "topics", at, "plan", step)
    held = sum(topic["parts"] for topic in content["topics"])
    if held != content["sessions"]:
        text = f"the topics fill {held} sessions, not {content['sessions']}"
        yield _error(file, text, "sessions")


def _words(file: Path) -> Iterator[CatalogError]:
    for place, text in _texts(read(file)):
        for pattern, better in FORBIDDEN.items():
            if match := re.search(pattern, text, re.IGNORECASE):
                yield _error(file, f"says “{match[0]}”; write: {better}", *place)


def _texts(value: Any, *place: str | int) -> Iterator[tuple[Sequence[str | int], str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, *place, key)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _texts(inner, *place, at)


def _examples(file: Path) -> Iterator[CatalogError]:
    """The file's own questions, answered by the reader."""
    held = curriculum_in(file)
    for at, example in enumerate(read(file)["examples"]):
        try:
            answer = _answer(held, example["ask"], example.get("of", ""))
        except CatalogError as error:
            yield _error(file, error.message, "examples", at)
            continue
        if answer != example["value"]:
            asked = f"{example['ask']} {example.get('of', '')}".strip()
            text = f"{asked}: the example says {example['value']}, the topics say {answer}"
            yield _error(file, text, "examples", at)


def _answer(held: Curriculum, ask: str, of: str) -> int | list[str]:
    match ask:
        case "sessions":
            return held.sessions
        case "minutes":
            return held.topic(of).minutes
        case "required_in":
            return sorted(topic.code for topic in held.required_in(of))
        case "needed_before":
            return sorted(held.needed_before(of))
        case _:
            return sorted(topic.code for topic in held.topics if topic.safety)


def _error(file: Path, text: str, *place: str | int) -> CatalogError:
    return CatalogError(file, line_of(file, place), text)


_CHECKS = (_codes, _prerequisites, _lengths, _words, _examples)
