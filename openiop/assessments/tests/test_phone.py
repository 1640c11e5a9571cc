"""Questionnaires on the person's own phone, one question at a time."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from openiop.assessments.actions import links
from openiop.assessments.models import Asked, Response, SafetyConcern
from openiop.assessments.tests.conftest import NORTH, NOW, as_job
from openiop.catalog.instrument import find_instrument
from openiop.kernel.permits import Refused

pytestmark = pytest.mark.usefixtures("at_noon")


def seen():
    """(mode, answers, score or band) of all that was sent."""
    with as_job("access.audit.verify"):
        rows = Response.objects.order_by("id")
        return [(row.mode, list(row.answers.values()), row.band) for row in rows]


@pytest.fixture
def phone(signed_in, number):
    """`phone("gad-7")`: the address of a link for it, without host."""

    def make(key):
        url = reverse("assessments:ask", args=[number, key])
        text = signed_in("alice").post(url).content.decode()
        return re.search(r"http://testserver(/q/[^\"<]+/)", text)[1]

    return make


def answer(url, *values):
    """Answer by the link, from where it stands; the last page's text."""
    client = Client()
    for value in values:
        at = re.search(r'name="at" value="(\w+)"', client.get(url).content.decode())[1]
        given = {"skip": "1"} if value is None else {"answer": value}
        assert client.post(url, {"at": at, **given}).status_code == 302
    return client.get(url).content.decode()


def test_one_question_at_a_time_to_the_end_then_sent_once(phone):
    url = phone("gad-7")
    assert "Question 1 of 7" in Client().get(url).content.decode()
    text = answer(url, 1, 1, 1, 0, 0, 0, 2)
    assert ("That was the last question" in text, seen()) == (True, [])
    for _twice in range(2):
        Client().post(url, {"send": "1"})
    assert seen() == [("link", [1, 1, 1, 0, 0, 0, 2], "mild")]
    assert "Thank you" in Client().get(url).content.decode()


def test_another_day_it_goes_on_where_it_stood(phone, monkeypatch):
    url = phone("gad-7")
    answer(url, 1, 2)
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=2))
    text = Client().get(url).content.decode()
    assert ("Question 3 of 7" in text, 'href="?at=2"' in text) == (True, True)


def test_back_shows_what_was_chosen_and_changes_it(phone):
    url = phone("gad-7")
    answer(url, 1, 2)
    page = Client().get(url + "?at=1").content.decode()
    assert re.findall(r'value="(\d)"[^>]* checked', page) == ["1"]
    Client().post(url, {"at": "1", "answer": "3"})
    assert "Question 3 of 7" in Client().get(url).content.decode()
    answer(url, 0, 0, 0, 0, 0)
    Client().post(url, {"send": "1"})
    assert seen()[0][1] == [3, 2, 0, 0, 0, 0, 0]


def test_a_question_left_open_stays_open_and_an_empty_press_asks_again(phone):
    url = phone("phq-9")
    page = Client().post(url, {"at": "1"})
    assert (page.status_code, "Choose one." in page.content.decode()) == (422, True)
    answer(url, None, 0, 0, 0, 0, 0, 0, 0, 0)
    Client().post(url, {"send": "1"})
    assert seen() == [("link", [None, 0, 0, 0, 0, 0, 0, 0, 0], "minimal")]


def test_what_followed_a_yes_counts_no_more_after_a_no(phone):
    url = phone("c-ssrs")
    assert "That was the last question" in answer(url, 0, 1, 1, 0, 0, 0)
    Client().post(url, {"at": "2", "answer": "0"})
    Client().post(url, {"send": "1"})
    assert seen() == [("link", [0, 0, None, None, None, 0], "none")]
    with as_job("access.audit.verify"):
        assert SafetyConcern.objects.count() == 0


def test_a_yes_asks_what_follows_it_and_calls_a_clinician(phone):
    url = phone("c-ssrs")
    text = answer(url, 0, 0, 1)
    assert "Was this within the past 3 months?" in text
    answer(url, 1)
    Client().post(url, {"send": "1"})
    assert seen() == [("link", [0, 0, None, None, None, 1], "high")]
    with as_job("access.audit.verify"):
        assert SafetyConcern.objects.get().closed_at is None


def test_988_stands_on_every_page_and_nothing_tells_who_it_is(phone, number):
    url = phone("c-ssrs")
    pages = [Client().get(url).content.decode(), answer(url, 0, 0, 0)]
    Client().post(url, {"send": "1"})
    pages.append(Client().get(url).content.decode())
    assert [page.count('href="tel:988"') for page in pages] == [1, 1, 1]
    assert [number in page for page in pages] == [False] * 3


def test_an_answer_that_is_none_of_them_is_refused(phone):
    url = phone("gad-7")
    assert Client().post(url, {"at": "1", "answer": "9"}).status_code == 422
    assert Client().post(url, {"send": "1"}).status_code == 422
    assert Client().post(url, {"at": "7", "answer": "3"}).status_code == 302
    with as_job("access.audit.verify"):
        assert Asked.objects.get().draft == {}


def test_a_link_stops_when_withdrawn_and_after_seven_days(phone, number, page, press, monkeypatch):
    url, other = phone("gad-7"), phone("phq-9")
    answer(url, 1)
    with as_job("access.audit.verify"):
        one = Asked.objects.order_by("id").first().id
    assert page("alice", "record", number)[1].count("Withdraw the link") == 2
    assert "The link works no more." in press("alice", "withdraw", number, one)[1]
    assert (Client().get(url).status_code, Client().get(other).status_code) == (404, 200)
    with as_job("access.audit.verify"):
        assert Asked.objects.get(pk=one).draft == {}
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=7, minutes=1))
    assert Client().get(other).status_code == 404


def test_only_the_team_of_the_clinic_makes_and_withdraws_links(phone, number, press):
    phone("gad-7")
    with as_job("access.audit.verify"):
        one = Asked.objects.get().id
    for who, status in (("charlie", 404), ("fred", 403)):
        assert press(who, "ask", number, "gad-7")[0] == status
        assert press(who, "withdraw", number, one)[0] == status
    assert press("alice", "ask", number, "dast-10")[0] == 422
    assert press("alice", "withdraw", number, one + 1)[0] == 404


def test_wording_that_is_not_ours_goes_on_no_phone(opened, person):
    kind = find_instrument("DAST-10")
    with (
        opened("alice", links.WRITE, now=NOW) as permit,
        pytest.raises(Refused, match="may not be shown on a phone"),
    ):
        links.ask_by_link(permit, record=person, clinic=NORTH, instrument=kind)
