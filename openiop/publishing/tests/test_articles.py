"""An article's way from a draft to the public and back."""

import re
from datetime import date, timedelta

import pytest
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st

from openiop.access import door
from openiop.kernel.permits import NotPermitted, Refused
from openiop.messaging.models import Task
from openiop.publishing import jobs
from openiop.publishing.actions import articles as actions
from openiop.publishing.queries.articles import article, articles, held, titles
from openiop.publishing.queries.published import published, published_article
from openiop.publishing.queries.rendering import article_html
from openiop.publishing.rules.articles import Kind, Source, State
from openiop.publishing.tests.world import (
    ALICE,
    BOB,
    DANA,
    JOURNAL,
    NOW,
    PAULA,
    draft,
    make_article,
    make_asked,
    make_published,
)
from openiop.ui.prose import TAGS

pytestmark = pytest.mark.usefixtures("network")


def state_of(one: int) -> State:
    with door.opened_for(DANA, "publishing.read", now=NOW) as permit:
        return article(permit, one).state


def outside() -> list[str]:
    with door.opened_for_public("publishing.withdraw", now=NOW) as permit:
        return [each.slug for each in published(permit)]


def tasks_about(one: int) -> list[tuple]:
    with door.opened_for_job("messaging.task.read", 1):
        rows = Task.objects.filter(kind="article_due", about_id=one)
        return list(rows.values_list("role", "due_at", "closed_at"))


def doing(person: int, act: str, do, *args, now=NOW, **more):
    with door.opened_for(person, act, now=now) as permit:
        return do(permit, *args, **more)


def test_a_draft_is_reviewed_and_published_under_the_reviewers_name():
    one = make_asked()
    assert (state_of(one), outside()) == (State.REVIEW, [])
    doing(ALICE, "publishing.review", actions.accept_article, one, 1)
    assert (state_of(one), outside()) == (State.REVIEWED, [])
    doing(DANA, "publishing.publish", actions.publish, one, 1)
    with door.opened_for_public("publishing.withdraw", now=NOW) as permit:
        found = published_article(permit, "what-is-an-iop")
    assert (found.reviewer, found.credentials) == ("Alice Adams", "CADC, LCPC (IL)")
    assert (found.reviewed_on, found.next_due_on) == (date(2026, 11, 24), date(2027, 11, 24))
    assert found.sources == (JOURNAL,)
    assert found.changes == ((NOW, "First text"),)
    assert (found.written_at, found.published_at, found.takes_questions) == (NOW, NOW, True)


def test_nobody_reviews_what_they_wrote():
    one = make_asked()
    with pytest.raises(Refused, match="You wrote this yourself"):
        doing(BOB, "publishing.review", actions.accept_article, one, 1)


def test_nobody_reviews_without_a_credential(system):
    one = make_asked()
    with pytest.raises(NotPermitted):
        doing(PAULA, "publishing.review", actions.accept_article, one, 1)
    with system("publishing.review") as permit, pytest.raises(Refused) as no:
        actions.accept_article(permit, one, 1)
    assert str(no.value) == "You have no verified credential in force."


def test_an_article_with_a_claim_without_a_source_does_not_reach_the_clinicians():
    one = make_article(body="Groups help.[^1] They last.[^2]")
    with pytest.raises(Refused) as no:
        doing(BOB, "publishing.write", actions.ask_review, one, 1)
    assert str(no.value) == "Claim 2 has no source."
    assert state_of(one) == State.DRAFT


def test_a_clinician_sends_it_back_with_what_to_change():
    one = make_asked()
    with pytest.raises(Refused, match="Say what should change"):
        doing(ALICE, "publishing.review", actions.send_back, one, 1, " ")
    doing(ALICE, "publishing.review", actions.send_back, one, 1, "Name the study.")
    with door.opened_for(BOB, "publishing.read", now=NOW) as permit:
        step = article(permit, one).steps[0]
    assert (step.state, step.note, step.by) == (State.DRAFT, "Name the study.", "Alice Adams")


def test_what_is_published_stays_while_a_new_version_is_on_its_way():
    one = make_published()
    later = NOW + timedelta(days=3)
    with door.opened_for(BOB, "publishing.write", now=later) as permit:
        changed = draft(title="An IOP in short", change="Shorter")
        assert actions.change_article(permit, one, changed, after=1) == 2
        actions.ask_review(permit, one, 2)
    with door.opened_for_public("publishing.withdraw") as permit:
        assert published_article(permit, "what-is-an-iop").title == "What is an IOP?"
    doing(ALICE, "publishing.review", actions.accept_article, one, 2, now=later)
    doing(DANA, "publishing.publish", actions.publish, one, 2, now=later)
    with door.opened_for_public("publishing.withdraw") as permit:
        found = published_article(permit, "what-is-an-iop")
    assert found.title == "An IOP in short"
    assert found.changes == ((later, "Shorter"), (NOW, "First text"))


def test_nobody_writes_over_a_newer_version_nor_reviews_another_than_they_saw():
    one = make_asked()
    doing(BOB, "publishing.write", actions.change_article, one, draft(), after=1)
    with pytest.raises(Refused, match="Somebody changed this article meanwhile"):
        doing(BOB, "publishing.write", actions.change_article, one, draft(), after=1)
    for act, do, who in (
        ("publishing.review", actions.accept_article, ALICE),
        ("publishing.publish", actions.publish, DANA),
    ):
        with pytest.raises(Refused, match="This article has moved on meanwhile"):
            doing(who, act, do, one, 1)


def test_an_article_taken_down_is_gone_for_strangers_and_can_come_back():
    one = make_published()
    with pytest.raises(Refused, match="Say why it is taken down"):
        doing(DANA, "publishing.publish", actions.withdraw, one, "")
    doing(DANA, "publishing.publish", actions.withdraw, one, "The study was withdrawn.")
    assert (state_of(one), outside()) == (State.WITHDRAWN, [])
    with pytest.raises(Refused, match="This article is not on the site"):
        doing(DANA, "publishing.publish", actions.withdraw, one, "Again")
    doing(BOB, "publishing.write", actions.ask_review, one, 1)
    doing(ALICE, "publishing.review", actions.accept_article, one, 1)
    doing(DANA, "publishing.publish", actions.publish, one, 1)
    assert outside() == ["what-is-an-iop"]


def test_a_year_later_it_is_due_and_still_read_until_it_is_reviewed_again():
    one, fresh = make_published(), make_published("fresh", now=NOW + timedelta(days=30))
    later = NOW + timedelta(days=365)
    for expected in (1, 0):
        with door.opened_for_job("publishing.due", 1, now=later) as permit:
            assert actions.mark_due(permit) == expected
    assert (state_of(one), state_of(fresh)) == (State.DUE, State.PUBLISHED)
    assert tasks_about(one) == [("director", later + timedelta(days=14), None)]
    assert sorted(outside()) == ["fresh", "what-is-an-iop"]
    doing(BOB, "publishing.write", actions.ask_review, one, 1, now=later)
    doing(ALICE, "publishing.review", actions.accept_article, one, 1, now=later)
    doing(DANA, "publishing.publish", actions.publish, one, 1, now=later)
    with door.opened_for_public("publishing.withdraw") as permit:
        found = published_article(permit, "what-is-an-iop")
    assert tasks_about(one) == [("director", later + timedelta(days=14), later)]
    assert (found.reviewed_on, found.next_due_on) == (date(2027, 11, 24), date(2028, 11, 23))
    assert found.changes == ((NOW, "First text"),)


def test_the_job_looks_and_writes_only_where_something_is_due(system):
    one = make_published(now=NOW - timedelta(days=365))
    for wrote in (True, False):
        with system("publishing.due", now=NOW) as permit:
            jobs.mark_due_articles(permit)
            assert bool(permit.trail) is wrote
    assert state_of(one) == State.DUE


def test_what_to_read_next_is_shown_only_where_it_is_published():
    other, hidden = make_published("other", title="Other"), make_article("hidden")
    make_published(related=[hidden, other])
    with door.opened_for_public("publishing.withdraw") as permit:
        assert published_article(permit, "what-is-an-iop").related == (("other", "Other"),)
    with pytest.raises(Http404):
        make_article("third", related=[999_999])


def test_two_articles_never_share_an_address():
    make_article()
    with pytest.raises(Refused) as no:
        make_article()
    assert (no.value.field, str(no.value)) == ("slug", "Another article has this address.")


def test_another_organization_sees_neither_drafts_nor_articles(opened):
    one = make_published()
    with opened("riva", "publishing.read") as permit:
        assert (articles(permit), titles(permit), published(permit)) == ([], [], [])
        with pytest.raises(Http404):
            article(permit, one)
        with pytest.raises(Http404):
            published_article(permit, "what-is-an-iop")


def test_the_list_says_where_each_stands():
    make_published()
    make_asked("two", now=NOW + timedelta(hours=1), title="Two")
    with door.opened_for(DANA, "publishing.read", now=NOW) as permit:
        rows = articles(permit)
        assert [row.slug for row in articles(permit, State.REVIEW)] == ["two"]
    assert [(row.slug, row.state, row.live, row.reviewer) for row in rows] == [
        ("two", State.REVIEW, False, ""),
        ("what-is-an-iop", State.PUBLISHED, True, "Alice Adams"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_lists_and_articles_take_the_same_statements(count, django_assert_num_queries):
    made = [make_published(f"a-{number}") for number in range(count)]
    with door.opened_for(DANA, "publishing.read", now=NOW) as permit:
        with django_assert_num_queries(1):
            articles(permit)
        with django_assert_num_queries(3):
            article(permit, made[0])
        with django_assert_num_queries(1):
            published(permit)
        with django_assert_num_queries(4):
            published_article(permit, "a-0")


def test_only_verified_credentials_in_force_are_shown(opened):
    with opened("dana", "publishing.read") as permit:
        assert held(permit, 7, NOW.date()) == "LCPC (IL); LCDC (TX)"
        assert held(permit, 7, date(2036, 1, 1)) == ""
        assert held(permit, PAULA, NOW.date()) == held(permit, 0, NOW.date()) == ""


def test_questions_are_taken_until_the_article_is_closed():
    one = make_published()
    doing(DANA, "publishing.publish", actions.take_questions, one, open_=False)
    with door.opened_for_public("publishing.withdraw") as permit:
        assert published_article(permit, "what-is-an-iop").takes_questions is False
    doing(DANA, "publishing.publish", actions.take_questions, one, open_=True)
    with door.opened_for_public("publishing.withdraw") as permit:
        assert published_article(permit, "what-is-an-iop").takes_questions is True
    with pytest.raises(Http404):
        doing(DANA, "publishing.publish", actions.take_questions, 999_999, open_=True)


def test_claims_lead_to_their_sources_and_nothing_else_gets_through():
    html = article_html("Help.[^1] Again.[^1] <b>x</b> [a](javascript:x)\n\n```\n[^2]\n```")
    assert html.startswith(
        '<p>Help.<sup><a href="#source-1" id="claim-1" aria-label="Source 1">1</a></sup> '
        'Again.<sup><a href="#source-1" aria-label="Source 1">1</a></sup> &lt;b&gt;'
    )
    assert html.count("<a ") == 3
    assert "javascript" not in html.replace("[a](javascript:x)", "")


@given(st.text(alphabet="ab<>&\"'/=[]()^!*_`#123 \n\ue000\ue001:javscript", max_size=120))
def test_whatever_is_typed_only_harmless_marks_come_out(body):
    html = article_html(body)
    tags = set(re.findall(r"</?([a-zA-Z0-9]+)", html))
    assert tags <= TAGS | {"sup"}
    assert set(re.findall(r"\s([a-z-]+)=\"", re.sub(r">[^<]*<", "><", html))) <= {
        "href", "rel", "id", "aria-label",
    }  # fmt: skip
    assert not re.search(r'href="\s*javascript', html)


def test_every_kind_of_source_is_kept_as_it_was_written():
    sources = [Source(n, kind, f"S{n}", 2020, "", f"https://example.org/{n}")
               for n, kind in enumerate(Kind, start=1)]  # fmt: skip
    make_published(sources=sources, body="".join(f"[^{n}]" for n in range(1, 7)))
    with door.opened_for_public("publishing.withdraw") as permit:
        assert list(published_article(permit, "what-is-an-iop").sources) == sources
