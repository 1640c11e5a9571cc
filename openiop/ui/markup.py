"""HTML from parts, escaped as Django does it and several times as quick: for tags and rows of which
a page has hundreds."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.safestring import SafeString


def markup(form: str, *values: Any, **named: Any) -> SafeString:
    """`form` with its `{}` filled; what is no HTML yet is escaped. As `format_html`."""
    given = {name: _escaped(value) for name, value in named.items()}
    return SafeString(form.format(*map(_escaped, values), **given))


def markup_join(form: str, rows: Iterable[Iterable[Any]]) -> SafeString:
    """`form` filled for each row. As `format_html_join` without a separator."""
    return SafeString("".join([form.format(*map(_escaped, row)) for row in rows]))


def _escaped(value: Any) -> str:
    if isinstance(value, SafeString):
        return value
    if hasattr(value, "__html__"):
        return str(value.__html__())
    return escape(str(value))
