"""The demo's articles could stand on any site: sources, easy words, people first."""

import re
from datetime import date

import pytest

from openiop.publishing.rules.articles import Source, names_condition, problems
from openiop.publishing.rules.guarding import confirmations, findings
from openiop.publishing.rules.reading import ASKED, grade
from openiop.simulation.network import words

BANNED = re.compile(
    r"\b(addicts?|alcoholics?|abus\w*|clean|dirty|junkie|users?|non-?complian\w*|relaps\w+)\b", re.I
)  # fmt: skip
PLAN = words("articles")


@pytest.mark.parametrize("one", PLAN["articles"], ids=lambda one: one["slug"])
def test_each_article_is_ready_for_a_clinician(one):
    sources = [Source(**each) for each in one["sources"]]
    assert problems(one["body"], sources, date(2026, 11, 24)) == []
    assert 1 <= grade(one["body"]) <= ASKED
    assert BANNED.search(one["title"] + one["summary"] + one["body"]) is None
    assert names_condition(f"{one['slug']} {one['title']}") == ""


@pytest.mark.parametrize("one", PLAN["questions"], ids=lambda one: one["alias"] or "nobody")
def test_what_is_answered_tells_nothing_and_the_rest_waits_for_staff(one):
    assert bool(findings(one["text"])) is not bool(one["answer"])
    assert confirmations(one["answer"], one["alias"]) == []
