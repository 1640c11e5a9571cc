"""Is every catalog file sound? Schema, ids, citations, dates, and the file's own examples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from openiop.catalog.appointment_types import visit_type_files, visit_type_problems
from openiop.catalog.biopsychosocial import topic_files, topic_problems
from openiop.catalog.consent_forms import consent_form_files, consent_form_problems
from openiop.catalog.curriculum import curriculum_files, curriculum_problems
from openiop.catalog.files import ROOT, CatalogError, line_of, read, repeated_keys
from openiop.catalog.instrument import instrument_files, instrument_problems
from openiop.catalog.medicines import medicine_files, medicine_problems
from openiop.catalog.needs import need_files, need_problems
from openiop.catalog.payer_directory import directory_files, directory_problems
from openiop.catalog.prescreen import prescreen_files, prescreen_problems
from openiop.catalog.reader import regulation_files
from openiop.catalog.toxicology import toxicology_files, toxicology_problems

Place = Sequence[str | int]
ENDLESS = date.max


def problems(root: Path = ROOT) -> list[CatalogError]:
    """Everything wrong below `root`, by file and line; empty when all is sound."""
    rule_files = regulation_files(root)
    found = [error for file in rule_files for error in _rule_file(file)]
    for file in sorted(root.glob("credentials/**/*.yaml")):
        found += _credential_file(file)
    found += _curricula(curriculum_files(root))
    for file in visit_type_files(root):
        found += _shape(file, "appointments.json") or visit_type_problems(file)
    for file in instrument_files(root):
        found += _shape(file, "instruments.json") or instrument_problems(file)
    for file in need_files(root):
        found += _shape(file, "needs.json") or need_problems(file)
    for file in topic_files(root):
        found += _shape(file, "biopsychosocial.json") or list(topic_problems(file))
    for file in consent_form_files(root):
        found += _shape(file, "consents.json") or consent_form_problems(file)
    for file in directory_files(root):
        found += _shape(file, "payer-directory.json") or directory_problems(file)
    for file in prescreen_files(root):
        found += _shape(file, "prescreen.json") or prescreen_problems(file)
    for file in toxicology_files(root):
        found += _shape(file, "toxicology.json") or toxicology_problems(file)
    for file in medicine_files(root):
        found += _shape(file, "medications.json") or medicine_problems(file)
    if not found:
        found = [*_disagreements(rule_files), *_unknown_bounds(rule_files)]
    return sorted(found, key=lambda error: (str(error.file), error.line))


def _rule_file(file: Path) -> list[CatalogError]:
    broken = _shape(file, "regulations.json")
    if broken:
        return broken
    found = _repeated(file, [rule["id"] for rule in read(file)["rules"]], "rules")
    for at, rule in enumerate(read(file)["rules"]):
        where = ("rules", at)
        found += _spans(file, rule["values"], lambda step, where=where: (*where, "values", step))
        found += _examples(file, rule, where)
        found += _kinds(file, rule, where)
    return found


def _credential_file(file: Path) -> list[CatalogError]:
    broken = _shape(file, "credentials.json")
    if broken:
        return broken
    entries = read(file)["credentials"]
    groups: dict[tuple[str, int], list[int]] = {}
    for at, entry in enumerate(entries):
        groups.setdefault((entry["kind"], entry.get("level", 0)), []).append(at)
    return [
        error
        for places in groups.values()
        for error in _spans(
            file,
            [entries[at] for at in places],
            lambda step, places=places: ("credentials", places[step]),
        )
    ]


def _curricula(files: list[Path]) -> list[CatalogError]:
    broken = [error for file in files for error in _shape(file, "curricula.json")]
    return broken or curriculum_problems(files)


def _shape(file: Path, schema: str) -> list[CatalogError]:
    try:
        content = _json(read(file))
    except CatalogError as error:
        return [error]
    errors = sorted(_validator(schema).iter_errors(content), key=lambda e: list(map(str, e.path)))
    return [
        CatalogError(file, line_of(file, list(error.absolute_path)), error.message)
        for error in errors
    ] or repeated_keys(file)


@lru_cache
def _validator(schema: str) -> Draft202012Validator:
    text = (ROOT / "schemas" / schema).read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


def _repeated(file: Path, names: list[str], part: str) -> list[CatalogError]:
    return [
        CatalogError(file, line_of(file, [part, at]), f"“{name}” stands in this file twice")
        for at, name in enumerate(names)
        if name in names[:at]
    ]


def _spans(file: Path, values: list[dict[str, Any]], where: Any) -> Iterator[CatalogError]:
    """Each span must begin before it ends, and after the one before it has ended."""
    last = None
    for at, value in enumerate(values):
        start, end = value.get("from", date.min), value.get("to", ENDLESS)
        if start > end:
            yield CatalogError(
                file, line_of(file, where(at)), f"ends {end} before it begins {start}"
            )
        if last is not None and start <= last:
            begins = value.get("from", "before all records")
            until = "further notice" if last == ENDLESS else last
            text = f"begins {begins}, while the one before it is in force until {until}"
            yield CatalogError(file, line_of(file, where(at)), text)
        last = end


def _examples(file: Path, rule: dict[str, Any], where: Place) -> Iterator[CatalogError]:
    for at, example in enumerate(rule["examples"]):
        found = next((v["value"] for v in rule["values"] if _holds(v, example["on"])), None)
        if found != example["value"]:
            text = f"on {example['on']} the example says {example['value']}, the values say {found}"
            yield CatalogError(file, line_of(file, [*where, "examples", at]), text)


def _kinds(file: Path, rule: dict[str, Any], where: Place) -> Iterator[CatalogError]:
    """`min` and `max` compare numbers; `fewest` and `most` compare lists."""
    wanted = {"min": int, "max": int, "fewest": list, "most": list}.get(rule["strictest"], object)
    for at, value in enumerate(rule["values"]):
        if not isinstance(value["value"], wanted):
            text = f"“{rule['strictest']}” cannot compare {value['value']!r}"
            yield CatalogError(file, line_of(file, [*where, "values", at]), text)


def _disagreements(files: list[Path]) -> Iterator[CatalogError]:
    """A key means the same everywhere, one unit and one order; a source stands in one file."""
    first: dict[str, tuple[str, str]] = {}
    homes: dict[tuple[str, str], Path] = {}
    for file in files:
        content = read(file)
        for at, rule in enumerate(content["rules"]):
            key, source = rule["id"], content["source"]
            means = (rule["unit"], rule["strictest"])
            if first.setdefault(key, means) != means:
                text = f"{key} is {means} here, {first[key]} in another file"
                yield CatalogError(file, line_of(file, ["rules", at]), text)
            home = homes.setdefault((source, key), file)
            if home != file:
                text = f"{key} of {source} stands in {home.name} too"
                yield CatalogError(file, line_of(file, ["rules", at]), text)


def _unknown_bounds(files: list[Path]) -> Iterator[CatalogError]:
    known = {rule["id"] for file in files for rule in read(file)["rules"]}
    for file in files:
        for at, rule in enumerate(read(file)["rules"]):
            if rule.get("within", rule["id"]) not in known:
                text = f"“{rule['within']}” is no key of any file"
                yield CatalogError(file, line_of(file, ["rules", at, "within"]), text)


def _holds(value: dict[str, Any], on: date) -> bool:
    return bool(value.get("from", date.min) <= on <= value.get("to", ENDLESS))


def _json(content: Any) -> Any:
    """The content as JSON would carry it: days as text."""
    if isinstance(content, dict):
        return {str(key): _json(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_json(value) for value in content]
    return content.isoformat() if isinstance(content, date) else content
