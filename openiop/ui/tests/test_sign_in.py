"""The sign-in pages of allauth wear the design system."""

from pathlib import Path
from typing import Any

import pytest
from allauth.account.forms import LoginForm
from django.template import Context, Origin, Template
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils.translation import get_language

from openiop import ui
from openiop.ui.tests.html import Page


def element(source: str, **context: object) -> Page:
    """Elements of allauth, rendered."""
    origin = Origin("page.html", template_name="page.html")
    return Page(Template("{% load allauth %}" + source, origin).render(Context(context)))


def test_the_layout_is_ours() -> None:
    source = (Path(ui.__file__).parent / "templates/allauth/layouts/base.html").read_text()
    found: Any = get_template("allauth/layouts/base.html")
    assert found.template.source == source


@pytest.mark.parametrize(
    ("attributes", "classes"),
    [
        ('type="submit"', "button primary"),
        ('type="submit" tags="prominent,login"', "button primary"),
        ('type="submit" tags="prominent,outline"', "button"),
        ('type="submit" tags="danger,delete"', "button danger"),
        ('type="submit" tags="link,cancel"', "button quiet"),
    ],
)
def test_a_button_takes_the_tone_of_its_task(attributes: str, classes: str) -> None:
    page = element("{% element button " + attributes + " %}Go{% endelement %}")
    assert page.all("button")[0]["class"] == classes


def test_a_button_that_leads_elsewhere_is_a_link() -> None:
    page = element('{% element button href="/x" %}Go{% endelement %}')
    assert page.all("a") == [{"href": "/x", "class": "button"}]


@pytest.mark.parametrize("kind", ["text", "textarea", "checkbox", "radio"])
def test_a_field_of_its_own_has_its_label(kind: str) -> None:
    page = element(
        '{% element field type=kind id="code" name="code" %}'
        "{% slot label %}Code{% endslot %}{% slot value %}x{% endslot %}{% endelement %}",
        kind=kind,
    )
    assert page.faults == []
    assert [label["for"] for label in page.all("label")] == ["code"]
    assert page.loose_references() == []


def test_a_field_of_its_own_is_tied_to_its_help() -> None:
    page = element(
        '{% element field type="text" id="code" %}{% slot label %}Code{% endslot %}'
        "{% slot help_text %}Six digits.{% endslot %}{% endelement %}"
    )
    assert page.all("input")[0]["aria-describedby"] == "code_helptext"
    assert page.loose_references() == []


def test_a_form_keeps_its_id_and_leaves_the_checking_to_the_server() -> None:
    page = element(
        '{% element form id="key" method="post" action="/x" %}'
        "{% slot body %}<p>x</p>{% endslot %}{% endelement %}"
    )
    assert page.all("form") == [
        {"class": "form", "id": "key", "method": "post", "action": "/x", "novalidate": None}
    ]


def test_a_table_can_be_scrolled_by_keyboard() -> None:
    page = element(
        "{% element table %}{% element thead %}{% element tr %}{% element th %}When{% endelement %}"
        "{% endelement %}{% endelement %}{% element tbody %}{% element tr %}"
        '{% element td align="right" %}Now{% endelement %}{% endelement %}{% endelement %}'
        "{% endelement %}"
    )
    assert page.faults == []
    assert (page.all("div")[0]["tabindex"], page.all("th")[0]["scope"]) == ("0", "col")
    assert page.all("td") == [{"class": "end"}]


def test_a_column_without_a_name_has_no_empty_header() -> None:
    page = element("{% element th %}Key{% endelement %}{% element th %} {% endelement %}")
    assert (len(page.all("th")), len(page.all("td"))) == (1, 1)


def test_the_login_form_renders_our_fields() -> None:
    request = RequestFactory().get("/accounts/login/")
    page = element(
        "{% element fields form=form %}{% endelement %}", form=LoginForm(request=request)
    )
    assert page.faults == []
    assert page.all("div")[0]["class"] == "field"
    assert page.loose_references() == []


@pytest.mark.parametrize("name", ["account/password_reset_done.html", "account/signup_closed.html"])
def test_a_whole_page_has_one_heading_and_one_main_part(name: str) -> None:
    page = Page(get_template(name).render({}, RequestFactory().get("/accounts/")))
    assert page.faults == []
    assert (len(page.all("h1")), len(page.all("main"))) == (1, 1)
    assert page.all("html")[0]["lang"] == get_language()
