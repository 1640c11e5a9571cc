"""Every example of every component is sound HTML that reads without color, style or script."""

from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from openiop.ui import examples
from openiop.ui.components import COMPONENTS, Component, preview_context
from openiop.ui.tests.html import Page

CASES = [
    pytest.param(component, context, id=f"{component.name}-{number}")
    for component in COMPONENTS
    for number, context in enumerate(component.examples)
]
FOLDER = Path(examples.__file__).parent / "templates" / "ui" / "components"


def shown(component: str, **context: Any) -> Page:
    """A component rendered with a context."""
    return Page(
        render_to_string(f"ui/components/{component}.html", context, RequestFactory().get("/"))
    )


@pytest.mark.parametrize(("component", "context"), CASES)
def test_the_example_is_sound_html(component: Component, context: dict[str, Any]) -> None:
    page = Page(render_to_string(component.template, context, RequestFactory().get("/ui/")))
    assert page.faults == []
    assert page.loose_references() == []


@pytest.mark.parametrize(("component", "context"), CASES)
def test_every_control_of_the_example_has_a_name(
    component: Component, context: dict[str, Any]
) -> None:
    page = Page(render_to_string(component.template, context, RequestFactory().get("/ui/")))
    labelled = {label.get("for") for label in page.all("label")}
    controls = page.all("input") + page.all("select") + page.all("textarea")
    nameless = [
        control
        for control in controls
        if control.get("type") != "hidden"
        and control.get("id") not in labelled
        and not control.get("aria-label")
    ]
    assert nameless == []


def test_every_component_template_has_examples() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.html")) == sorted(
        component.name for component in COMPONENTS
    )


def test_the_preview_page_shows_every_component_once() -> None:
    page = Page(
        render_to_string("ui/preview.html", preview_context(), RequestFactory().get("/ui/"))
    )
    assert page.faults == []
    assert [each for each in page.ids if each.startswith("c-")] == [
        f"c-{component.name}" for component in COMPONENTS
    ]


def test_a_table_names_its_frame_sorts_by_links_and_aligns_numbers() -> None:
    page = shown("table", **examples.EXAMPLES["table"][1][0])
    frame = page.all("div")[0]
    assert (frame["role"], frame["aria-label"], frame["tabindex"]) == (
        "region", "People in Evening A", "0",
    )  # fmt: skip
    assert [a["href"] for a in page.all("a")][:3] == ["?sort=name", "?sort=track", "?sort=hours"]
    assert [td.get("class") for td in page.all("td")][:3] == [None, None, "num"]


def test_an_empty_table_teaches_instead() -> None:
    page = shown("table", **examples.EXAMPLES["table"][1][2])
    assert page.all("table") == []
    assert page.words == (
        "Nobody is waiting When a track is full, people you place wait here in order. "
        "Open the track board"
    )


def test_the_person_header_reads_from_name_to_alerts() -> None:
    page = shown("person_header", person=examples.PERSON)
    assert page.words == (
        "Maria Gutiérrez she/her Age 34 Record HOU-004182 Track Evening A, Mon Wed Thu "
        "Next session Tue 24 Nov, 18:00 Allergy: penicillin Short week: 2 h 30 missing "
        "Text messages only"
    )


def test_a_person_without_a_next_session_is_said_to_have_none() -> None:
    page = shown("person_header", person={"name": "Will", "record": "HOU-1", "age": None})
    assert page.words == "Will Record HOU-1 Next session none planned"


def test_the_current_chip_tab_and_step_are_marked_for_everyone() -> None:
    chips = shown("chips", **examples.EXAMPLES["chips"][1][0])
    tabs = shown("tabs", **examples.EXAMPLES["tabs"][1][0])
    steps = shown("steps", **examples.EXAMPLES["steps"][1][0])
    assert [a.get("aria-current") for a in chips.all("a")] == ["true", None, None]
    assert [a.get("aria-current") for a in tabs.all("a")] == ["page", None, None, None]
    assert [li.get("aria-current") for li in steps.all("li")] == [None, "step", None]
    assert steps.words == "Attendance (done) Notes 7 of 11 Sign"


def test_pages_link_to_their_neighbors_and_vanish_when_there_is_one() -> None:
    two, one = (shown("pagination", **each) for each in examples.EXAMPLES["pagination"][1])
    assert [(a["rel"], a["href"]) for a in two.all("a")] == [
        ("prev", "?page=1"), ("next", "?page=3"),
    ]  # fmt: skip
    assert two.words.startswith("51 to 100 of 120")
    assert one.words == ""


def test_a_confirmation_shows_whom_it_affects_and_posts_that_it_was_given() -> None:
    page = shown("confirm", **examples.EXAMPLES["confirm"][1][0])
    assert ("hidden", "confirmed", "1") in [
        (each.get("type"), each.get("name"), each.get("value")) for each in page.all("input")
    ]
    assert "Maria Gutiérrez, seat 4 Will Okafor, seat 5" in page.words
    assert page.all("form")[0]["action"] == "#confirm"


def test_what_a_menu_changes_is_posted_and_what_it_opens_is_a_link() -> None:
    page = shown("menu", items=examples.ACTIONS)
    assert [a["href"] for a in page.all("a")] == ["#move", "#print"]
    assert [(form["method"], form["action"]) for form in page.all("form")] == [("post", "#cancel")]
