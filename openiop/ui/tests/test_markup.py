"""Markup escapes as Django does."""

from django.utils.functional import lazystr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from openiop.ui.markup import markup, markup_join

PARTS = st.one_of(st.text(), st.integers(), st.none(), st.builds(SafeString, st.text()))


@given(PARTS, PARTS)
def test_it_says_what_format_html_says(one: object, other: object) -> None:
    assert markup("<b {}>{}</b>", one, other) == format_html("<b {}>{}</b>", one, other)


@given(st.lists(st.tuples(PARTS, PARTS)))
def test_rows_say_what_format_html_join_says(rows: list[tuple[object, object]]) -> None:
    assert markup_join("<i>{}</i>{}", rows) == format_html_join("", "<i>{}</i>{}", rows)


def test_a_translation_is_read_and_escaped_when_used() -> None:
    assert markup("{}", lazystr("a & b")) == "a &amp; b"
    assert isinstance(markup("{}", "x"), SafeString)
