"""Layouts and error pages: one language, one heading, one main part, and a way on."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from openiop.kernel.permits import Refused
from openiop.ui.tests.html import Page

ERRORS = ["400", "403", "403_csrf", "404", "405", "409", "422", "500", "503"]
FRAME: dict[str, Any] = {
    "nav": [
        {"label": "Today", "url": "/desk/today/", "icon": "today", "current": True, "count": 3},
        {"label": "Patients", "url": "/desk/patients/", "icon": "patients"},
    ],
    "clinics": [
        {"code": "HOU", "name": "Houston Heights", "current": True},
        {"code": "FTW", "name": "Fort Worth", "current": False},
    ],
    "clinic_switch_url": "/desk/clinic/",
    "open_work": 7,
    "open_work_url": "/desk/queues/",
    "sign_out_url": "/accounts/logout/",
    "crumbs": [{"label": "Groups", "url": "/desk/groups/"}, {"label": "Evening A"}],
}


def laid_out(layout: str, content: str = "<h1>Evening A</h1>", **context: Any) -> Page:
    """A page that extends `layout`, as a browser gets it."""
    source = f"{{% extends 'ui/{layout}.html' %}}{{% block content %}}{content}{{% endblock %}}"
    request = RequestFactory().get("/desk/groups/?day=mon")
    return Page(
        Template(source).render(Context({"request": request, "title": "Evening A", **context}))
    )


@pytest.mark.parametrize("layout", ["desk", "door", "account"])
def test_a_layout_has_one_language_one_main_part_and_a_way_past_its_frame(layout: str) -> None:
    page = laid_out(layout, **FRAME)
    assert page.faults == []
    assert page.all("html")[0]["lang"] == "en-us"
    assert [each["id"] for each in page.all("main")] == ["main"]
    assert page.all("a")[0]["href"] == "#main"
    assert len(page.all("h1")) == 1
    assert page.loose_references() == []


def test_the_desk_shows_where_one_is_and_what_is_open() -> None:
    page = laid_out("desk", **FRAME)
    rail = [a for a in page.all("a") if str(a["href"]).startswith("/desk/")]
    assert [a.get("aria-current") for a in rail if a["href"] == "/desk/today/"] == [None, "page"]
    assert "My open work 7" in page.words
    assert [each.get("selected", "no") for each in page.all("option")] == [None, "no"]


def bar(entries: int) -> list[str]:
    """Where the rail's links lead: those under More stand before the ones a phone hides."""
    nav = [{"label": f"P{n}", "url": f"/p{n}/", "icon": "today"} for n in range(entries)]
    page = laid_out("desk", **{**FRAME, "nav": nav})
    links = [str(a["href"]) for a in page.all("a")]
    return [each for each in links if each.startswith("/p")]


def test_a_phone_bar_of_five_shows_them_all_and_one_of_six_puts_two_under_more() -> None:
    assert bar(5) == ["/p0/", "/p1/", "/p2/", "/p3/", "/p4/"]
    assert bar(6) == ["/p0/", "/p1/", "/p2/", "/p3/", "/p4/", "/p5/", "/p4/", "/p5/"]


def test_more_is_marked_where_the_current_page_is_under_it() -> None:
    nav = [{"label": f"P{n}", "url": f"/p{n}/", "icon": "today"} for n in range(6)]
    nav[5]["current"] = "yes"
    page = laid_out("desk", **{**FRAME, "nav": nav})
    assert page.all("summary")[0].get("aria-current") == "true"


def test_the_search_goes_to_the_patients_by_name_q() -> None:
    page = laid_out("desk", **FRAME)
    assert [(f["action"], f["method"]) for f in page.all("form") if f.get("role") == "search"] == [
        ("/desk/patients/", "get")
    ]
    assert [each["name"] for each in page.all("input") if each["type"] == "search"] == ["q"]


def test_a_desk_without_clinics_or_work_is_still_sound() -> None:
    page = laid_out("desk")
    assert page.faults == []
    assert page.all("select") == []


def test_messages_of_the_last_step_are_shown_with_their_tone() -> None:
    said = [SimpleNamespace(level_tag="success"), SimpleNamespace(level_tag="error")]
    page = laid_out("desk", messages=said)
    notices = [d["class"] for d in page.all("div") if "data-dismissable" in d]
    assert notices == ["notice good", "notice act"]


def test_the_door_always_has_a_way_out_and_help() -> None:
    page = laid_out("door", phone="(713) 555-0140")
    assert [a["href"] for a in page.all("a") if "data-leave" in a] == ["https://www.weather.gov/"]
    assert "tel:(713) 555-0140" in [a["href"] for a in page.all("a")]
    assert "988" in page.words


def test_a_printed_page_has_its_title_and_letterhead() -> None:
    page = laid_out("print", "<p>x</p>", clinic_name="Houston Heights")
    assert page.faults == []
    assert len(page.all("h1")) == 1
    assert "Houston Heights" in page.words


def test_htmx_may_neither_evaluate_nor_style() -> None:
    page = laid_out("desk")
    config = next(m["content"] for m in page.all("meta") if m.get("name") == "htmx-config")
    assert '"includeIndicatorStyles":false,"allowEval":false' in str(config)
    assert [s.get("src") for s in page.all("script") if not s.get("src")] == []


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_page_says_what_happened_and_what_to_do(code: str) -> None:
    page = Page(get_template(f"ui/errors/{code}.html").render())
    assert page.faults == []
    assert page.all("html")[0]["lang"] == "en-us"
    assert (len(page.all("h1")), len(page.all("main"))) == (1, 1)
    assert "What you can do" in page.words
    assert page.all("script") == []


@pytest.mark.parametrize("code", ["400", "403", "404", "500", "403_csrf"])
def test_django_finds_the_error_page(code: str) -> None:
    assert get_template(f"{code}.html").render() == get_template(f"ui/errors/{code}.html").render()


def test_the_page_of_a_fault_needs_no_database_and_no_request() -> None:
    page = Page(get_template("500.html").render({"request_id": "a1b2"}))
    assert "say this number: a1b2" in page.words


REFUSAL = Refused(
    "room.taken", "Room 2 is taken then.", "Choose another room.", choices=("Room 3",)
)


@pytest.mark.parametrize("template", ["ui/refused.html", "ui/refused_fragment.html"])
def test_a_refusal_says_the_sentence_the_next_step_and_what_is_free(template: str) -> None:
    page = Page(render_to_string(template, {"refused": REFUSAL}, RequestFactory().get("/")))
    assert page.faults == []
    heard = page.words.replace("What you can do ", "")
    told = ["Room 2 is taken then.", "Choose another room.", "Room 3"]
    places = [heard.index(each) for each in told]
    assert places == sorted(places)


def test_the_script_finds_the_sentence_of_a_refusal() -> None:
    page = render_to_string("ui/refused.html", {"refused": REFUSAL})
    fragment = render_to_string("ui/refused_fragment.html", {"refused": REFUSAL})
    assert page.count("<p data-sentence>Room 2 is taken then.</p>") == 1
    assert fragment.count("data-refused") == 1


def test_a_confirmation_is_a_whole_page() -> None:
    page = Page(
        render_to_string(
            "ui/confirm.html",
            {"title": "Cancel Evening A?", "submit": "Cancel it", "cancel_url": "/back/", **FRAME},
            RequestFactory().get("/"),
        )
    )
    assert page.faults == []
    assert len(page.all("h1")) == 1
