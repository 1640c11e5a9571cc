"""The types of one-to-ones an organization begins with. Pure; read once for each process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from openiop.catalog.files import ROOT, CatalogError, line_of, read


@dataclass(frozen=True, slots=True)
class VisitType:
    """A type of one-to-one: `minutes` with the person, `buffer_minutes` kept free after them,
    `holders` the roles that may hold it, `modes` "in_person" and "virtual"; `public`: a stranger
    may book it."""

    code: str
    name: str
    kind: str
    minutes: int
    buffer_minutes: int
    holders: tuple[str, ...]
    modes: tuple[str, ...]
    public: bool
    citation: str
    reviewed: bool


@lru_cache(maxsize=1)
def visit_types() -> tuple[VisitType, ...]:
    """Every type shipped, in the order of the files."""
    return tuple(each for file in visit_type_files() for each in visit_types_in(file))


def visit_type_files(root: Path = ROOT) -> list[Path]:
    """Files of appointment types below `root`."""
    return sorted(root.glob("appointments/*.yaml"))


def visit_types_in(file: Path) -> tuple[VisitType, ...]:
    """The types of one file of sound shape."""
    return tuple(_type(each) for each in read(file)["types"])


def _type(each: dict[str, Any]) -> VisitType:
    known = {name: each[name] for name in VisitType.__dataclass_fields__}
    known["holders"], known["modes"] = tuple(each["holders"]), tuple(each["modes"])
    return VisitType(**known)


def visit_type_problems(file: Path) -> list[CatalogError]:
    """What is wrong with a file whose shape is sound: codes written twice, examples not met."""
    return [*_twice(file), *_examples(file)]


def _twice(file: Path) -> Iterator[CatalogError]:
    codes = [each["code"] for each in read(file)["types"]]
    for at, code in enumerate(codes):
        if code in codes[:at]:
            text = f"“{code}” stands in this file twice"
            yield CatalogError(file, line_of(file, ("types", at)), text)


def _examples(file: Path) -> Iterator[CatalogError]:
    types = visit_types_in(file)
    for at, example in enumerate(read(file)["examples"]):
        answer = _answer(types, example["ask"], example["of"])
        if answer != example["value"]:
            text = (f"{example['ask']} {example['of']}: the example says {example['value']}, "
                    f"the types say {answer}")  # fmt: skip
            yield CatalogError(file, line_of(file, ("examples", at)), text)


def _answer(types: tuple[VisitType, ...], ask: str, of: str) -> list[str] | int:
    """The codes a role may hold, or the minutes a type takes with what stays free after it."""
    if ask == "codes":
        return sorted(each.code for each in types if of in each.holders)
    return sum(each.minutes + each.buffer_minutes for each in types if each.code == of)
