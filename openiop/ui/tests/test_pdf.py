"""A printed copy holds what it was given, letter by letter."""

import datetime as dt

import pytest
import typst

from openiop.ui.pdf import typeset

# A source that compiles only if the named value is exactly the expected one.
_SAYS = '#assert.eq(data.said, "{}")\n#data.said'


def test_a_copy_is_a_pdf() -> None:
    assert typeset("#data.said", {"said": "Hello"})[:5] == b"%PDF-"


def test_what_a_person_typed_is_text_and_never_markup() -> None:
    typed = "#panic() *José* $x$ @here"
    assert typeset(_SAYS.format(typed), {"said": typed})[:5] == b"%PDF-"


def test_a_value_other_than_the_expected_one_breaks_the_source_that_asks_for_it() -> None:
    with pytest.raises(typst.TypstError) as broken:
        typeset(_SAYS.format("Yes"), {"said": "No"})
    assert "equality assertion failed" in str(broken.value)


def test_lists_numbers_and_nothing_arrive_as_such() -> None:
    source = "#assert.eq(data.rows.map(row => row.cents).sum(), 350)\n#assert.eq(data.none, none)"
    rows = [{"cents": 100}, {"cents": 250}]
    assert typeset(source, {"rows": rows, "none": None})[:5] == b"%PDF-"


def test_a_broken_source_is_refused() -> None:
    with pytest.raises(typst.TypstError):
        typeset("#let =", {})


def test_a_value_that_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        typeset("", {"on": dt.date(2026, 11, 24)})
