"""Articles in public: who stands for them, and what may be asked below them."""

import json
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openiop.access import door
from openiop.access.models import AuditEvent
from openiop.publishing.actions import questions as actions
from openiop.publishing.actions.articles import take_questions, withdraw
from openiop.publishing.actions.pages import write_page
from openiop.publishing.models import Question
from openiop.publishing.rules.articles import Kind, Source
from openiop.publishing.rules.asking import MOST_OF_ONE
from openiop.publishing.tests.world import ALICE, DANA, make_article, make_published
from openiop.website.tests.conftest import kept
from openiop.website.views.articles import SALT

PATH, ASK = "/articles/what-is-an-iop/", "/articles/what-is-an-iop/ask/"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


@pytest.fixture
def article(network):
    other = make_published("evening-groups", title="Evening groups", now=timezone.now())
    return make_published(related=[other], now=timezone.now())


@pytest.fixture
def send(stranger, article):
    """`send(text="How long?")`: a stranger sends the form ten seconds after it was shown."""

    def post(seconds: float = 10, path: str = ASK, **typed) -> SimpleNamespace:
        shown = timezone.now() - timedelta(seconds=seconds)
        data = {"text": "How long does it take?", "alias": "River",
                "shown": signing.dumps(shown.isoformat(), salt=SALT), **typed}  # fmt: skip
        answer = stranger.post(path, data)
        return SimpleNamespace(
            status=answer.status_code, text=answer.content.decode(), to=answer.get("Location", ""),
            answer=answer,
        )  # fmt: skip

    return post


def questions() -> list[tuple[str, str, str]]:
    with door.opened_for(DANA, "publishing.question.read"):
        rows = Question.objects.order_by("id")
        return list(rows.values_list("text", "alias", "state"))


def shown_question(text: str = "How long?", alias: str = "River", **more) -> int:
    """A question everybody reads; its id."""
    with door.opened_for_public("publishing.ask") as permit:
        asked = actions.Asked(text, alias, **more)
        one = actions.ask(permit, "what-is-an-iop", asked).question
    with door.opened_for(ALICE, "publishing.question.answer") as permit:
        actions.show_question(permit, one, text)
    return one


def test_an_article_says_who_stands_for_it_and_what_it_rests_on(stranger, article):
    text = kept(stranger.get(PATH))
    assert "Reviewed by Alice Adams, CADC, LCPC (IL)" in text
    assert "Next review by" in text
    assert '<a href="#source-1" id="claim-1" aria-label="Source 1">1</a>' in text
    assert 'href="https://doi.org/10.1176/appi.ps.201300249"' in text
    assert ": First text</li>" in text
    assert "First version of this note." in text
    assert '<a href="/articles/evening-groups/">Evening groups</a>' in text


def test_machines_read_the_same_facts(stranger, article):
    text = stranger.get(PATH).content.decode()
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text)[1])
    assert (data["@type"], data["headline"], data["reviewedBy"]["name"]) == (
        "MedicalWebPage", "What is an IOP?", "Alice Adams",
    )  # fmt: skip
    assert data["citation"] == ["A study of day programs, 2019"]
    feed = stranger.get("/articles/feed.xml")
    assert feed["Content-Type"] == "application/atom+xml"
    assert re.findall(r"<entry><title>(.*?)</title>", feed.content.decode()) == [
        "What is an IOP?", "Evening groups",
    ]  # fmt: skip
    sitemap = stranger.get("/sitemap.xml").content.decode()
    assert "http://testserver/articles/what-is-an-iop/</loc>" in sitemap


def test_only_what_is_published_is_there(stranger, article):
    make_article("hidden", title="Hidden")
    text = kept(stranger.get("/articles/"))
    assert ("Evening groups" in text, "Hidden" in text) == (True, False)
    assert stranger.get("/articles/hidden/").status_code == 404
    with door.opened_for(DANA, "publishing.publish") as permit:
        withdraw(permit, article, "Out of date")
    assert stranger.get(PATH).status_code == 404
    assert stranger.post(ASK, {"text": ""}).status_code == 404


def test_before_the_first_article_the_page_says_so(stranger):
    assert "The first articles are being checked." in kept(stranger.get("/articles/"))


def test_an_old_source_is_told(stranger, network):
    make_published(sources=[Source(1, Kind.GOVERNMENT, "Old", 2001)], now=timezone.now())
    assert "This source is old." in kept(stranger.get(PATH))


def test_an_article_that_is_due_says_so(stranger, network):
    make_published(now=timezone.now() - timedelta(days=366))
    assert "It is due to be reviewed again." in kept(stranger.get(PATH))


def test_a_question_waits_and_its_link_deletes_it(stranger, send):
    sent = send(email="jo@mail.example.org")
    assert (sent.status, questions()) == (
        302, [("How long does it take?", "River", "waiting")],
    )  # fmt: skip
    assert sent.answer.cookies == {}
    text = kept(stranger.get(sent.to))
    assert "Nobody else can see it yet." in text
    assert "jo@mail" not in text
    assert "How long does it take?" not in kept(stranger.get(PATH))
    assert stranger.post(sent.to).status_code == 302
    assert "It is deleted" in kept(stranger.get(sent.to))
    assert questions() == [("", "", "deleted")]
    assert stranger.get("/asked/another/").status_code == 404


def test_what_a_stranger_asked_is_audited_without_an_address(send, system):
    send()
    with system("access.home"):
        rows = AuditEvent.objects.filter(actor="public")
        assert list(rows.values_list("act", "address")) == [("publishing.ask", "")]


def test_what_tells_who_somebody_is_is_shown_first_with_a_version_without_it(send):
    sent = send(text="I am Maria Lopez. Call 312-555-0199.")
    assert (sent.status, questions()) == (422, [])
    assert "“I am Maria Lopez” looks like a full name" in sent.text
    assert "[a full name]. Call [a phone number].</textarea>" in sent.text
    assert re.search(r'name="seen"[^>]*value="True"', sent.text)
    assert send(text="[a full name]. Call me.", seen="True").status == 302


def test_danger_is_answered_at_once_and_again_on_the_next_page(stranger, send):
    sent = send(text="I want to die")
    assert sent.status == 302
    assert "Please talk to somebody now" in kept(stranger.get(sent.to))
    sent = send(text="I am Maria Lopez and I want to die")
    assert (sent.status, "Please talk to somebody now" in sent.text) == (422, True)
    assert "Please talk to somebody now" not in kept(stranger.get(PATH))


@pytest.mark.parametrize(
    "typed", [{"website": "x"}, {"seconds": 1}, {"shown": "forged"}, {"seconds": 90_000}]
)
def test_what_a_machine_sends_is_thanked_for_and_dropped(send, typed):
    sent = send(**typed)
    assert (sent.status, "it may not have reached us" in sent.text) == (200, True)
    assert questions() == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [({"text": ""}, "Write what you would like to know."), ({"email": "x"}, "valid email"),
     ({"alias": "call 312-555-0199"}, "Choose a name that tells nobody who you are.")],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_typed_is_lost(send, typed, said):
    sent = send(**{"alias": "River", **typed})
    assert (sent.status, said in sent.text, questions()) == (422, True, [])
    assert typed.get("alias", "River") in sent.text


def test_nobody_asks_more_than_a_few_within_an_hour(send):
    assert [send().status for _ in range(MOST_OF_ONE + 1)] == [*[302] * MOST_OF_ONE, 422]
    assert len(questions()) == MOST_OF_ONE


def test_answers_and_questions_below_stand_in_their_thread(stranger, article, send):
    one = shown_question()
    with door.opened_for(ALICE, "publishing.question.answer") as permit:
        actions.reply(permit, one, "Hi River, most come for six to ten weeks.")
    shown_question("And then?", "Sky", thread=one)
    text = kept(stranger.get(PATH))
    assert "River asked</h3>" in text
    assert "<strong>Alice</strong>, our staff (Clinician)" in text
    assert "<strong>Sky:</strong> And then?" in text
    assert re.search(rf'name="thread" value="{one}"', kept(stranger.get(f"{PATH}?thread={one}")))
    assert send(thread=str(one)).status == 302
    with door.opened_for(ALICE, "publishing.question.answer") as permit:
        actions.close_thread(permit, one)
    assert "This thread is closed." in kept(stranger.get(PATH))
    assert send(thread=str(one)).status == 422


def test_markup_in_a_question_is_only_text(stranger, article):
    shown_question("<script>alert(1)</script>", "<b>x</b>")
    text = kept(stranger.get(PATH))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "&lt;b&gt;x&lt;/b&gt; asked" in text


def test_a_closed_article_has_no_form(stranger, article, send):
    with door.opened_for(DANA, "publishing.publish") as permit:
        take_questions(permit, article, open_=False)
    text = kept(stranger.get(PATH))
    assert ("Send the question" in text, "takes no more questions" in text) == (False, True)
    assert send().status == 422


@pytest.mark.parametrize("address", [PATH, "/articles/", "/articles/feed.xml"])
def test_pages_take_the_same_statements_for_one_and_for_three(stranger, article, address):
    def count() -> int:
        stranger.get(address)
        with CaptureQueriesContext(connection) as run:
            stranger.get(address)
        return len(run)

    shown_question()
    before = count()
    for number in range(2):
        shown_question()
        make_published(f"more-{number}", now=timezone.now())
    assert count() == before


def test_what_staff_wrote_is_what_strangers_read(stranger, opened):
    assert "Can I keep working?" in kept(stranger.get("/faq/"))
    text = "---\ntitle: Ask\nlabel: Ask\ndescription: D\n---\n## May I keep my job?\nYes.\n"
    with opened("dana", "publishing.page.write") as permit:
        write_page(permit, "faq", text, after=0)
    shown = kept(stranger.get("/faq/"))
    assert ("May I keep my job?" in shown, "Can I keep working?" in shown) == (True, False)
