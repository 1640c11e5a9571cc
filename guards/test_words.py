"""The words of the house: people first, level, and spelled one way.

Looks at what people read: templates, translated texts, refusals and the catalog's titles.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from guards.sources import PACKAGE, modules, tracked, tree, where

# A word that hurts or misleads, and what to write.
BANNED = {
    r"\b(drug|substance|alcohol) abuse\b": "substance use",
    r"\babuser?s?\b(?! (or neglect|allegation|report|hotline))": "use; abuse is done to a person",
    r"\baddicts?\b": "person who uses",
    r"\balcoholics?\b(?! anonymous)": "person with alcohol use disorder",
    r"\bjunkies?\b": "person who uses",
    r"\b(clean|dirty)\b": "consistent or not consistent with the plan",
    r"\bnon-?complian\w+": "did not, and why",
    r"\bdrug seek\w+": "asked for medication",
    r"\bfrequent flyers?\b": "person who comes often",
    r"\bmanipulative\b": "what the person did",
    r"\bcommitt\w+ suicide\b": "died by suicide",
    r"\brelapsed\b": "returned to use",
    r"\b(pass|fail)(ed|es|s)? (\w+ ){0,2}(test|screen)": "consistent or not",
    r"\b(test|screen)s? (was |were |is )?(pass|fail)ed\b": "consistent or not",
    r"\b(end )?users?\b": "person, staff or patient",
    r"\bclient\b": "patient",
}  # fmt: skip
BRITISH = {
    r"\blicence": "license", r"\bcounsell": "counsel", r"\bbehaviour": "behavior",
    r"\borganis": "organiz", r"\bprogramme": "program", r"\bcolour": "color",
    r"\bcentre\b": "center", r"\benrol(s|ments?)?\b": "enroll",
    r"\brecognis": "recogniz", r"\bauthoris": "authoriz", r"\bdiarise": "schedule",
}  # fmt: skip
# Names of things outside, as they call themselves.
NAMES = (
    "National Institute on Drug Abuse", "Substance Abuse and Mental Health Services",
    "client_id", "client device", "user agent",
)  # fmt: skip
MARKS = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", re.DOTALL)
CODE = re.compile(r"{%.*?%}|{{.*?}}|<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
QUOTED = re.compile(r"{%[^%]*?%}", re.DOTALL)
SAYING = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "Refused",
    "NotPermitted",
}


def texts() -> Iterator[tuple[str, str]]:
    """What people read, with its place."""
    for path in tracked():
        if path.suffix == ".html" and PACKAGE in path.parents:
            yield from _of_template(path)
        elif path.suffix == ".yaml" and "catalog" in path.parts:
            yield from _of_catalog(path)
    for path in modules():
        yield from _of_module(path)


def _of_template(path: Path) -> Iterator[tuple[str, str]]:
    source = MARKS.sub(" ", path.read_text())
    place = str(path.relative_to(PACKAGE.parent))
    yield place, CODE.sub(" ", source)
    for attribute in re.findall(r'(?:aria-label|title|placeholder|alt)="([^"{]*)"', source):
        yield place, attribute
    for tag in QUOTED.findall(source):
        for text in re.findall(r'"([^"]*\s[^"]*)"|\'([^\']*\s[^\']*)\'', tag):
            yield place, "".join(text)


def _of_module(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and _name(node.func) in SAYING:
            for inner in [*node.args, *(each.value for each in node.keywords)]:
                yield from (
                    (where(path, each), each.value)
                    for each in ast.walk(inner)
                    if isinstance(each, ast.Constant)
                    and isinstance(each.value, str)
                    and " " in each.value
                )


def _name(called: ast.expr) -> str:
    return str(getattr(called, "id", getattr(called, "attr", "")))


def _of_catalog(path: Path) -> Iterator[tuple[str, str]]:
    found = yaml.safe_load(path.read_text())
    for entry in found.get("rules", []) + found.get("credentials", []):
        yield (
            f"{path.relative_to(PACKAGE.parent)} {entry.get('id', entry.get('kind'))}",
            entry["title"],
        )
    if "topics" in found:
        yield str(path.relative_to(PACKAGE.parent)), path.read_text()


def _without_names(text: str) -> str:
    for name in NAMES:
        text = text.replace(name, "")
    return text


def _found(rules: dict[str, str]) -> list[str]:
    return [
        f"{place}: {match[0]!r}, say {better!r}"
        for place, text in texts()
        for pattern, better in rules.items()
        if (match := re.search(pattern, _without_names(text), re.IGNORECASE))
    ]


def test_no_text_hurts_or_judges() -> None:
    assert _found(BANNED) == []


def test_texts_are_spelled_the_american_way() -> None:
    assert _found(BRITISH) == []


@pytest.mark.parametrize(
    "sentence",
    ["The test was failed.", "He passed the urine test", "drug abuse", "an addict",
     "a clean screen", "Ask the user", "noncompliance", "12 alcoholics"],
)  # fmt: skip
def test_the_guard_sees_what_it_must_see(sentence: str) -> None:
    assert any(re.search(pattern, sentence, re.IGNORECASE) for pattern in BANNED)


@pytest.mark.parametrize(
    "sentence",
    [
        "Report abuse or neglect",
        "Alcoholics Anonymous on Fridays",
        "A password test",
        "Used on Monday",
    ],
)
def test_the_guard_leaves_other_words_alone(sentence: str) -> None:
    assert not any(re.search(pattern, sentence, re.IGNORECASE) for pattern in BANNED)
