"""What is rendered once for many requests, and what each of them puts in."""

from typing import Any

import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

from openiop.ui import kept
from openiop.ui.kept import MARKS

GREETING = Template(
    "{% kept items but name %}{% for item in items %}<b>{{ item.label }}</b>{% endfor %}"
    "<i title='{{ name }}'>{{ name }}</i>{{ secret }}{% endkept %}"
)


def greeted(**context: Any) -> str:
    return str(GREETING.render(Context(context)))


def test_each_answer_has_its_own_values_and_the_same_frame() -> None:
    items = [{"label": "Today"}]
    assert [greeted(items=items, name=name) for name in ("Ann", "Bo")] == [
        "<b>Today</b><i title='Ann'>Ann</i>", "<b>Today</b><i title='Bo'>Bo</i>",
    ]  # fmt: skip


def test_other_values_make_another_text() -> None:
    assert greeted(items=[{"label": "Today"}], name="") == "<b>Today</b><i title=''></i>"
    assert greeted(items=[{"label": "Groups"}], name=None) == "<b>Groups</b><i title=''></i>"


def test_own_values_are_escaped_once() -> None:
    assert greeted(items=[], name="O'Brien <b>") == (
        "<i title='O&#x27;Brien &lt;b&gt;'>O&#x27;Brien &lt;b&gt;</i>"
    )
    assert greeted(items=[], name=mark_safe("O&#x27;Brien")) == (
        "<i title='O&#x27;Brien'>O&#x27;Brien</i>"
    )


def test_what_is_not_named_is_not_known_inside() -> None:
    assert greeted(items=[], name="Ann", secret="HOU-1") == "<i title='Ann'>Ann</i>"


def test_a_typed_mark_stays_what_it_is() -> None:
    assert greeted(items=[], name=MARKS[0]) == f"<i title='{MARKS[0]}'>{MARKS[0]}</i>"


def test_each_language_has_a_text_of_its_own() -> None:
    words = "This field is required."  # Django's own: it comes in every language
    page = Template(
        f'{{% kept labels %}}{{% translate "{words}" %}} {{{{ labels.0 }}}}{{% endkept %}}'
    )

    def drawn(language: str) -> str:
        with override(language):
            return str(page.render(Context({"labels": [gettext_lazy(words)]})))

    assert [drawn(language) for language in ("en", "es", "en")] == [
        f"{words} {words}", "Este campo es obligatorio. Este campo es obligatorio.",
        f"{words} {words}",
    ]  # fmt: skip


def test_no_more_is_kept_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    page = Template("{% kept number %}{{ number }}{% endkept %}")
    (node,) = page.nodelist.get_nodes_by_type(kept.Kept)
    shown = [page.render(Context({"number": number})) for number in range(7)]
    assert shown == [str(number) for number in range(7)]
    assert len(node.kept) == 1
