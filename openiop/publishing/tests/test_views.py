"""The pages at the desk: who may open them, what a press does, what another house sees."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from openiop.access import door
from openiop.publishing.actions import questions as actions
from openiop.publishing.actions.questions import Asked
from openiop.publishing.queries.articles import article
from openiop.publishing.queries.pages import page_text
from openiop.publishing.queries.questions import question
from openiop.publishing.rules.articles import Kind, Source, State
from openiop.publishing.rules.notices import shipped_text
from openiop.publishing.tests.world import DANA, make_article, make_asked, make_published

pytestmark = pytest.mark.usefixtures("network")
TYPED = {
    "slug": "evening-groups", "title": "Evening groups", "summary": "After work.",
    "body": "Evenings fit a job.[^1]", "change": "First text", "after": "0",
    "source-TOTAL_FORMS": "2", "source-INITIAL_FORMS": "0", "source-0-number": "",
    "source-0-kind": "government", "source-0-text": "A survey", "source-0-year": "2021",
    "source-0-place": "https://www.samhsa.gov/x", "source-1-number": "", "source-1-kind": "",
    "source-1-text": "", "source-1-year": "", "source-1-place": "",
}  # fmt: skip


@pytest.fixture
def page(signed_in):
    """`page("alice", "articles")`: a page's status and text."""

    def get(person: str, name: str, *args, query: str = "") -> tuple[int, str]:
        answer = signed_in(person).get(reverse(f"publishing:{name}", args=args) + query)
        return answer.status_code, answer.content.decode()

    return get


@pytest.fixture
def press(signed_in):
    """`press("alice", "article_ask", 7, number=1)`: post, and the page it leads to."""

    def post(person: str, name: str, *args, **data) -> tuple[int, str]:
        url = reverse(f"publishing:{name}", args=args)
        answer = signed_in(person).post(url, data, follow=True)
        return answer.status_code, answer.content.decode()

    return post


@pytest.fixture
def asked():
    """A question that waits, under a published article; its id."""
    make_published()
    with door.opened_for_public("publishing.ask") as permit:
        asked = Asked("I am Maria Lopez. How long?", "River")
        return actions.ask(permit, "what-is-an-iop", asked).question


def facts(one: int):
    with door.opened_for(DANA, "publishing.read") as permit:
        return article(permit, one)


def looked_at(one: int):
    with door.opened_for(DANA, "publishing.question.read") as permit:
        return question(permit, one)


@pytest.mark.parametrize(
    ("name", "may", "may_not"),
    [("articles", "fred", None), ("article_new", "alice", "fred"), ("questions", "alice", "fred"),
     ("pages", "dana", "alice")],
)  # fmt: skip
def test_pages_open_for_their_roles_only(page, client, name, may, may_not):
    assert page(may, name)[0] == 200
    if may_not:
        status, text = page(may_not, name)
        assert (status, "Ask your administrator" in text) == (403, True)
    answer = client.get(reverse(f"publishing:{name}"))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")


def test_another_organization_finds_nothing(page, press, asked):
    one = make_article("other")
    for name, args in (("article", [one]), ("article_edit", [one]), ("question", [asked])):
        assert page("riva", name, *args)[0] == 404
    for name, args in (
        ("article_publish", [one]), ("question_show", [asked]), ("question_close", [asked]),
        ("answer_remove", [1]),
    ):  # fmt: skip
        assert press("riva", name, *args, text="x", number="1")[0] == 404
    assert "/articles/other/" not in page("riva", "articles")[1]


def test_an_article_is_typed_looked_at_and_kept_as_a_draft(press, page):
    status, text = press("bob", "article_new", **TYPED, preview="1")
    assert status == 200
    assert '<sup><a href="#source-1" id="claim-1" aria-label="Source 1">1</a></sup>' in text
    assert "Nothing is kept yet." in text
    assert "/articles/evening-groups/" not in page("bob", "articles")[1]
    status, text = press("bob", "article_new", **TYPED)
    assert (status, "It is kept as a draft." in text) == (200, True)
    one = int(re.search(r"/desk/articles/(\d+)/ask/", text)[1])
    found = facts(one)
    assert (found.slug, found.state, found.number) == ("evening-groups", State.DRAFT, 1)
    assert found.sources == (
        Source(1, Kind.GOVERNMENT, "A survey", 2021, "", "https://www.samhsa.gov/x"),
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"slug": "drug-tests"}, "“drug” names a condition"),
        ({"title": "Rehab or not"}, "“Rehab” names a condition"),
        ({"source-0-year": ""}, "Fill this in, or empty the whole row."),
        ({"source-0-place": "a friend"}, "A DOI looks like 10.1000/182"),
        ({"source-0-kind": "blog"}, "Select a valid choice."),
        ({"source-0-number": "1", "source-1-number": "1", "source-1-kind": "journal",
          "source-1-text": "A", "source-1-year": "2020", "source-1-place": "10.1000/182"},
         "Two sources have the same number."),
        ({"body": ""}, "Fill this in."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_it_and_nothing_is_lost(press, changed, said):
    status, text = press("bob", "article_new", **{**TYPED, **changed})
    assert (status, said in text, "After work." in text) == (422, True, True)


def test_an_address_that_is_taken_is_said_at_the_address(press):
    make_article("evening-groups")
    status, text = press("bob", "article_new", **TYPED)
    assert (status, "Another article has this address. Choose another." in text) == (422, True)


def test_the_editor_begins_with_what_stands_there_and_keeps_numbers(page, press):
    one = make_article(sources=[Source(4, Kind.JOURNAL, "Four", 2020, "10.1000/182")], body="A[^4]")
    text = page("bob", "article_edit", one)[1]
    assert 'name="source-0-number" value="4"' in text
    assert 'value="10.1000/182"' in text
    data = {**TYPED, "after": "1", "source-INITIAL_FORMS": "1", "source-0-number": "4"}
    assert press("bob", "article_edit", one, **data)[0] == 200
    assert [each.number for each in facts(one).sources] == [4]
    assert facts(one).number == 2
    status, text = press("bob", "article_edit", one, **data)
    assert (status, "Somebody changed this article meanwhile." in text) == (422, True)


def test_from_draft_to_the_site_by_three_people(page, press):
    one = make_article()
    assert "Ask for clinical review" in page("bob", "article", one)[1]
    assert "It waits for a clinician now." in press("bob", "article_ask", one, number="1")[1]
    assert "I reviewed it" not in page("bob", "article", one)[1]
    assert "You wrote this version" in page("bob", "article", one)[1]
    assert "I reviewed it" in page("alice", "article", one)[1]
    text = press("alice", "article_review", one, number="1", accept="1")[1]
    assert "Alice Adams, CADC, LCPC (IL)" in text
    assert "Put it on the site" not in text
    assert press("alice", "article_publish", one, number="1")[0] == 403
    assert "It is on the site." in press("dana", "article_publish", one, number="1")[1]
    assert facts(one).live is True


def test_a_review_goes_back_with_words_and_what_is_missing_is_listed(page, press):
    one = make_asked()
    status, text = press("alice", "article_review", one, number="1", back="1", note="")
    assert (status, "Say what should change." in text) == (422, True)
    text = press("alice", "article_review", one, number="1", back="1", note="Name the study.")[1]
    assert "Name the study." in text
    bare = make_article("bare", body="No claim.", sources=[])
    text = page("bob", "article", bare)[1]
    assert "There is no source." in text
    assert press("bob", "article_ask", bare, number="1")[0] == 422


def test_an_article_is_taken_down_and_closed_to_questions(press):
    one = make_published()
    text = press("dana", "article_publish", one, questions="close")[1]
    assert "It takes no more questions." in text
    assert "It takes questions." in press("dana", "article_publish", one, questions="open")[1]
    text = press("dana", "article_publish", one, withdraw="1", note="Out of date")[1]
    assert "It is taken from the site." in text
    assert facts(one).state == State.WITHDRAWN


def test_the_list_is_narrowed_by_state(page):
    make_asked("one-a")
    make_article("two-b")
    text = page("alice", "articles", query="?state=review")[1]
    assert ("/articles/one-a/" in text, "/articles/two-b/" in text) == (True, False)
    assert "No article here" in page("alice", "articles", query="?state=published")[1]


def test_a_question_is_shown_without_what_tells_who_it_is(page, press, asked):
    text = page("alice", "questions")[1]
    assert "Tells who it is" in text
    text = page("alice", "question", asked)[1]
    assert "“I am Maria Lopez” looks like a full name." in text
    assert "[a full name]. How long?" in text
    status, text = press("alice", "question_show", asked, text="I am Maria Lopez.", why="")
    assert (status, "Take it out, or say why it tells nobody." in text) == (422, True)
    text = press("alice", "question_show", asked, text="How long?", why="")[1]
    assert "Everybody can read it now." in text
    assert looked_at(asked).shown == "How long?"


def test_an_answer_that_tells_too_much_stays_in_the_box_with_the_reason(press, asked):
    press("alice", "question_show", asked, text="How long?", why="")
    status, text = press("alice", "question_answer", asked, text="Ask your counselor on Monday.")
    assert status == 422
    assert "“your counselor” tells whether somebody is in our care." in text
    assert "Ask your counselor on Monday.</textarea>" in text
    text = press("alice", "question_answer", asked, text="Most come for six to ten weeks.")[1]
    assert "Your answer is on the site." in text
    (answer,) = looked_at(asked).answers
    assert (answer.by, answer.role) == ("Alice", "Clinician")
    assert "The answer is taken away." in press("alice", "answer_remove", answer.id)[1]


def test_a_question_is_declined_and_a_thread_closed(press, asked):
    status, text = press("alice", "question_decline", asked, why="")
    assert (status, "Say why it is not shown." in text) == (422, True)
    assert "It is not shown." in press("alice", "question_decline", asked, why="Selling")[1]
    press("alice", "question_show", asked, text="How long?", why="")
    press("alice", "question_close", asked, close="1")
    assert looked_at(asked).row.closed_at is not None
    press("alice", "question_close", asked, open="1")
    assert looked_at(asked).row.closed_at is None


def test_a_page_of_the_site_is_looked_at_changed_and_put_back(page, press):
    new = shipped_text("faq").replace("Can I keep working?", "May I keep my job?")
    text = press("dana", "page", "faq", text=new, after="0", preview="1")[1]
    assert "<h2>May I keep my job?</h2>" in text
    assert press("dana", "page", "faq", text=new, after="0")[0] == 200
    with door.opened_for(DANA, "publishing.page.write") as permit:
        assert "May I keep my job?" in page_text(permit, "faq").body
    assert "Ours" in page("dana", "pages")[1]
    status, text = press("dana", "page", "faq", text="words", after="1")
    assert (status, "Begin with title, label and description" in text) == (422, True)
    status, text = press("dana", "page", "faq", text=new, after="0")
    assert (status, "Somebody changed this page meanwhile." in text) == (422, True)
    press("dana", "page", "faq", text=new, after="1", shipped="1")
    with door.opened_for(DANA, "publishing.page.write") as permit:
        assert "Can I keep working?" in page_text(permit, "faq").body
    assert page("dana", "page", "nothing")[0] == 404


def statements(signed_in, address: str) -> int:
    client = signed_in("dana")
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as run:
        client.get(address)
    return len(run)


def test_lists_take_the_same_statements_for_one_and_for_three(signed_in, asked):
    addresses = [reverse(f"publishing:{name}") for name in ("articles", "questions", "pages")]
    before = [statements(signed_in, each) for each in addresses]
    for number in range(2):
        make_published(f"more-{number}")
        with door.opened_for_public("publishing.ask") as permit:
            actions.ask(permit, f"more-{number}", Asked("How long?"))
    assert [statements(signed_in, each) for each in addresses] == before
