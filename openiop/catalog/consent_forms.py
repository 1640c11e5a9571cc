"""Consents as somebody signs them: text by language, elements as fields. Pure; read once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from openiop.catalog.files import ROOT, CatalogError, line_of, read

FIELD = re.compile(r"\{(\w+)\}")
ALWAYS = frozenset({"person", "organization"})
# What 42 CFR 2.31(a) asks for beside name, signature and date.
ELEMENTS = frozenset({"discloser", "recipient", "what", "purpose", "expires"})


@dataclass(frozen=True, slots=True)
class ConsentForm:
    """One consent of one version. `title`, `text` and each of `what` (kinds of information by id)
    are by language, "en" and "es". `months` it holds at most, None: until taken back."""

    id: str
    kind: str
    version: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    what: Mapping[str, Mapping[str, str]]
    months: int | None
    citation: str
    reviewed: bool

    def filled(self, language: str, given: Mapping[str, str]) -> str:
        """The text with its fields; KeyError for a field that is not given."""
        return FIELD.sub(lambda found: given[found[1]], self.text[language])

    def kinds(self, language: str, ids: Iterable[str]) -> str:
        """Kinds of information in words, in the order of the form."""
        wanted = set(ids)
        return ", ".join(words[language] for key, words in self.what.items() if key in wanted)


@lru_cache(maxsize=1)
def consent_forms() -> dict[str, ConsentForm]:
    """Every consent shipped, by id."""
    return {form.id: form for form in map(consent_form_in, consent_form_files())}


def consent_form_files(root: Path = ROOT) -> list[Path]:
    """Files of consents below `root`."""
    return sorted(root.glob("consents/*.yaml"))


def consent_form_in(file: Path) -> ConsentForm:
    """The consent of one file of sound shape."""
    content: dict[str, Any] = read(file)
    what = {each["id"]: {"en": each["en"], "es": each["es"]} for each in content.get("what", ())}
    return ConsentForm(
        content["id"], content["kind"], content["version"], content["title"], content["text"], what,
        content.get("expires_after_months"), content["citation"], content["reviewed"],
    )  # fmt: skip


def consent_form_problems(file: Path) -> list[CatalogError]:
    """What is wrong with a file whose shape is sound: fields unknown or missing, examples not
    met."""
    return [*_fields(file), *_examples(file)]


def _fields(file: Path) -> Iterator[CatalogError]:
    form = consent_form_in(file)
    shares = form.kind == "disclosure"
    for language, text in form.text.items():
        used = set(FIELD.findall(text))
        where = line_of(file, ("text", language))
        for name in sorted(used - ALWAYS - (ELEMENTS if shares else frozenset())):
            yield CatalogError(file, where, f"{{{name}}} is no field of this kind of consent")
        lacking = {"person"} | (ELEMENTS if shares else {"organization"})
        for name in sorted(lacking - used):
            yield CatalogError(file, where, f"the text lacks {{{name}}}")
    if shares and not form.what:
        yield CatalogError(file, 1, "a disclosure names kinds of information under “what”")


def _examples(file: Path) -> Iterator[CatalogError]:
    form = consent_form_in(file)
    for at, example in enumerate(read(file)["examples"]):
        try:
            said = form.filled(example["language"], example["given"])
        except KeyError as missing:
            text = f"the example does not give {missing}"
            yield CatalogError(file, line_of(file, ("examples", at)), text)
            continue
        if example["says"] not in said:
            text = f"the text does not say “{example['says']}”"
            yield CatalogError(file, line_of(file, ("examples", at)), text)
