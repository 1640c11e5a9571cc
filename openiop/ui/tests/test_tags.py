"""The tags of `{% load ui %}` in the words of a template."""

import re
from typing import Any

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from openiop.ui.icons import ICONS
from openiop.ui.tests.html import Page


def drawn(source: str, address: str = "/", **context: Any) -> str:
    """A template rendered for a request to `address`."""
    request = RequestFactory().get(address)
    return Template("{% load ui %}" + source).render(Context({"request": request, **context}))


def test_a_changed_filter_keeps_the_others_and_drops_the_page() -> None:
    assert drawn('{% query_with track="evening" %}', "/?q=Ann&page=3") == "?q=Ann&amp;track=evening"


def test_a_page_link_keeps_every_filter() -> None:
    assert drawn("{% query_with page=4 %}", "/?q=Ann&day=mon&day=wed&page=3") == (
        "?q=Ann&amp;day=mon&amp;day=wed&amp;page=4"
    )


def test_a_filter_is_dropped_by_nothing() -> None:
    assert drawn("{% query_with track=None %}", "/?q=Ann&track=evening") == "?q=Ann"


def test_a_query_needs_no_request() -> None:
    assert Template("{% load ui %}{% query_with page=2 %}").render(Context()) == "?page=2"


@pytest.mark.parametrize(
    ("address", "state", "href"),
    [
        ("/", None, "?sort=hours"),
        ("/?sort=hours", "ascending", "?sort=-hours"),
        ("/?sort=-hours", "descending", "?sort=hours"),
    ],
)
def test_a_header_sorts_and_then_reverses(address: str, state: str | None, href: str) -> None:
    page = Page(drawn('{% th "Hours" sort="hours" numeric=True %}', address))
    assert page.all("th") == [
        {"scope": "col", "class": "num"} | ({"aria-sort": state} if state else {})
    ]
    assert page.all("a")[0]["href"] == href


def test_a_state_has_a_known_tone() -> None:
    assert drawn('{% tag "Signed" "good" %}') == '<span class="tag good">Signed</span>'
    with pytest.raises(TemplateSyntaxError):
        drawn('{% tag "Signed" "red" %}')


def test_a_count_of_nothing_is_not_shown() -> None:
    assert drawn("{% count 0 'open' %}") == ""
    assert Page(drawn("{% count 3 'open' %}")).words == "3 open"


def test_a_button_is_a_link_when_it_leads_somewhere() -> None:
    assert [tag for tag, _ in Page(drawn('{% button "Open" url="/x" %}')).tags] == ["a"]
    page = Page(drawn('{% button "Sign" name="go" data_confirm="Sure?" disabled=True %}'))
    assert page.all("button") == [
        {
            "class": "button ",
            "type": "submit",
            "disabled": None,
            "name": "go",
            "data-confirm": "Sure?",
        }
    ]


def test_a_silent_icon_is_hidden_and_a_lone_one_is_named() -> None:
    assert Page(drawn('{% icon "check" %}')).all("svg")[0]["aria-hidden"] == "true"
    assert Page(drawn('{% icon "check" label="Done" %}')).all("svg")[0]["aria-label"] == "Done"


@pytest.mark.parametrize("name", sorted(ICONS))
def test_every_icon_starts_its_strokes_inside_its_grid(name: str) -> None:
    starts = re.findall(r"M(-?[\d.]+) (-?[\d.]+)", ICONS[name])
    assert all(0 <= float(x) <= 24 and 0 <= float(y) <= 24 for x, y in starts)


def test_a_person_shows_how_to_address_them() -> None:
    page = Page(drawn('{% person "Ann" "/p/1" pronouns="she/her" record="HOU-1" %}'))
    assert page.words == "Ann she/her · HOU-1"
    assert page.all("a")[0]["href"] == "/p/1"


def test_where_others_see_the_screen_a_person_is_a_number_or_initials() -> None:
    source = '{% person "Maria de la Cruz" "/p/1" pronouns="she/her" record=number %}'
    assert Page(drawn(source, shared_screen=True, number="00001230")).words == "00001230"
    assert Page(drawn(source, shared_screen=True, number="")).words == "M. d. l. C."
    assert Page(drawn(source, shared_screen=False, number="")).words == "Maria de la Cruz she/her"


def test_nothing_known_is_a_dash() -> None:
    assert Page(drawn("{% when x %}{% day x %}{% minutes x %}", x=None)).words == "— — —"


def test_what_needs_action_is_announced_at_once() -> None:
    page = Page(drawn('{% notice tone="act" title="Not done" %}<p>Taken.</p>{% endnotice %}'))
    assert page.all("div")[0] == {"class": "notice act", "role": "alert"}
    assert page.words == "Not done Taken."


def test_what_is_said_is_escaped() -> None:
    page = Page(drawn("{% card x %}{{ x }}{% endcard %}{% tag x %}{% person x %}", x="<b>"))
    assert page.all("b") == []
    assert page.faults == []


@pytest.mark.parametrize(
    ("cookie", "attribute"), [("dark", ' data-theme="dark"'), ("x", ""), ("", "")]
)
def test_only_light_or_dark_can_be_chosen(cookie: str, attribute: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    assert Template("{% load ui %}{% theme %}").render(Context({"request": request})) == attribute
