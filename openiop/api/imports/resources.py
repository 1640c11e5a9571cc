"""FHIR R4 resources out of files: bundles and single ones, JSON and NDJSON, whole folders."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files as resource_files
from pathlib import Path
from typing import Any

from openiop.api.imports.lines import BadText, line_of, parsed, said, text_of
from openiop.api.imports.report import Problem, Progress

SUFFIXES = {".json", ".ndjson", ".jsonl"}
BY_LINE = {".ndjson", ".jsonl"}
# FHIR R4 (4.0.1), list of resource types: hl7.org/fhir/R4/resourcelist.html
_TYPES = resource_files(__package__).joinpath("r4_resource_types.json")
R4_TYPES = frozenset(json.loads(_TYPES.read_text()))
Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Source:
    """Where a resource stands: the file, the text it was read from, the steps to it, and the line
    on which that text begins."""

    file: str
    text: str
    steps: Steps = ()
    first_line: int = 1

    def problem(self, path: Sequence[str | int], message: str) -> Problem:
        """What is wrong at a path inside the resource, with its line in the file."""
        whole = (*self.steps, *path)
        line = self.first_line + line_of(self.text, whole) - 1
        return Problem(self.file, line, said(whole), message)


@dataclass(frozen=True)
class Resource:
    """A resource with the address its bundle gave it (`urn:uuid:…`) and its place."""

    kind: str
    body: dict[str, Any]
    address: str
    source: Source


def files(paths: Sequence[Path]) -> Iterator[Path | Problem]:
    """The files in a list of files and folders, in order; a problem for each that is not there."""
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in SUFFIXES)
            yield from inside
            if not inside:
                yield Problem(str(path), None, "", "No JSON file is in this folder.")
        elif path.exists():
            yield path
        else:
            yield Problem(str(path), None, "", "There is no such file.")


def resources(
    paths: Sequence[Path], progress: Progress = lambda done, of: None, start: float = 0.0
) -> Iterator[Resource | Problem]:
    """Every resource in the files, and a problem for whatever is none. `progress` is told of the
    bytes read, twice the whole, from `start` (0 or 0.5) on: an import reads twice."""
    found = list(files(paths))
    sizes = [each.stat().st_size if isinstance(each, Path) else 0 for each in found]
    whole = 2 * sum(sizes)
    done = int(start * whole)
    for each, size in zip(found, sizes, strict=True):
        yield from [each] if isinstance(each, Problem) else _in_file(each)
        done += size
        progress(done, whole)


def _in_file(path: Path) -> Iterator[Resource | Problem]:
    name = str(path)
    try:
        text = text_of(path.read_bytes())
        if path.suffix.lower() in BY_LINE:
            yield from _in_lines(name, text)
        else:
            yield from _in_value(parsed(text), Source(name, text))
    except OSError as error:
        yield Problem(name, None, "", f"This file cannot be read: {error.strerror}.")
    except BadText as bad:
        yield Problem(name, bad.line, "", bad.message)


def _in_lines(name: str, text: str) -> Iterator[Resource | Problem]:
    """One resource a line; blank lines count, and mean nothing."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield from _in_value(parsed(line), Source(name, line, first_line=number))
            except BadText as bad:
                yield Problem(name, number, "", bad.message)


def _in_value(value: Any, source: Source, address: str = "") -> Iterator[Resource | Problem]:
    """A resource, or those of a bundle."""
    if not isinstance(value, dict):
        yield source.problem((), "This is not a FHIR resource: a JSON object is expected.")
        return
    kind = value.get("resourceType")
    if kind is None:
        yield source.problem((), "This is JSON but no FHIR resource: it has no resourceType.")
    elif not isinstance(kind, str) or kind not in R4_TYPES:
        yield source.problem(("resourceType",), f"FHIR R4 knows no resource type {kind!r}.")
    elif kind == "Bundle" and not source.steps:
        yield from _in_bundle(value, source)
    else:
        yield Resource(kind, value, address, source)


def _in_bundle(bundle: dict[str, Any], source: Source) -> Iterator[Resource | Problem]:
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        yield source.problem(("entry",), "The entries of a bundle are a list.")
        return
    for number, entry in enumerate(entries):
        steps: Steps = ("entry", number)
        inside = Source(source.file, source.text, (*steps, "resource"), source.first_line)
        if not isinstance(entry, dict) or "resource" not in entry:
            yield source.problem(steps, "This entry of the bundle holds no resource.")
            continue
        address = entry.get("fullUrl")
        yield from _in_value(entry["resource"], inside, address if isinstance(address, str) else "")
