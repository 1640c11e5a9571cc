"""The demo's articles could stand on any site: sources, easy words, people first."""

import re
from datetime import date

import pytest
from django.db import connection

from openiop.access import door
from openiop.publishing.queries.articles import articles
from openiop.publishing.queries.published import published_article
from openiop.publishing.queries.questions import threads, waiting_count
from openiop.publishing.rules.articles import Source, State, names_condition, problems
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


@pytest.mark.slow
def test_the_demo_has_them_on_the_site_and_one_that_waits(lived):
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM access_organization WHERE code = 'lantern'")
        organization = int(cursor.fetchone()[0])
    with door.opened_for_job("publishing.due", organization) as permit:
        states = {row.slug: (row.state, row.live) for row in articles(permit)}
        assert states == {
            "what-is-an-iop": (State.PUBLISHED, True), "evening-groups": (State.PUBLISHED, True),
            "how-testing-works": (State.REVIEW, False),
        }  # fmt: skip
        evening = published_article(permit, "evening-groups")
        assert evening.related == (("what-is-an-iop", "What is an IOP, and does it work?"),)
        assert len(threads(permit, evening.id)) == 1
        assert waiting_count(permit) == 1
    assert lived["counts"]["articles"] == 3
