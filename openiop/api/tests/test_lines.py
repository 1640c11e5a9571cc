"""Where a value stands in a JSON text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.api.imports.lines import BadText, line_of, parsed, said, text_of

TEXT = """{
  "resourceType": "Bundle",
  "entry": [
    {"resource": {"id": "a"}},
    {
      "resource": {
        "name": [{"family": "x, \\"y\\" {"}],
        "birthDate": "soon"
      }
    }
  ]
}"""
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1), (("resourceType",), 2), (("entry",), 3), (("entry", 0, "resource", "id"), 4),
        (("entry", 1), 5), (("entry", 1, "resource", "name", 0, "family"), 7),
        (("entry", 1, "resource", "birthDate"), 8), (("entry", 1, "resource", "missing"), 6),
        (("entry", 9), 3), (("nowhere", "at", "all"), 1),
    ],
)  # fmt: skip
def test_a_value_is_found_on_its_line_as_far_as_the_path_leads(path, line):
    assert line_of(TEXT, path) == line


def test_a_path_is_said_as_others_write_it():
    assert said(("entry", 3, "resource", "name", 0)) == "entry[3].resource.name[0]"
    assert said(()) == ""


@given(values)
def test_every_value_of_a_text_is_on_the_line_where_it_is_written(value):
    """Written one value a line, each path leads to the line on which that very value begins."""
    text = json.dumps(value, indent=1)
    lines = text.split("\n")

    def walk(inside, path):
        found = lines[line_of(text, path) - 1].strip()
        start = json.dumps(inside, indent=1).split("\n")[0]
        assert found.rstrip(",").endswith(start)
        members = inside.items() if isinstance(inside, dict) else ()
        for name, member in enumerate(inside) if isinstance(inside, list) else members:
            walk(member, (*path, name))

    walk(value, ())


def test_broken_json_is_named_by_line_and_column():
    with pytest.raises(BadText) as bad:
        parsed('{\n "a": 1,\n "b" 2\n}')
    assert (bad.value.line, bad.value.message) == (
        3, "This is not JSON: Expecting ':' delimiter at column 6.",
    )  # fmt: skip


def test_json_nested_beyond_reason_is_refused_and_not_a_crash():
    with pytest.raises(BadText, match="nested too deeply"):
        parsed("[" * 100_000 + "]" * 100_000)


@pytest.mark.parametrize(
    "raw", ["é".encode(), b"\xef\xbb\xbf" + "é".encode(), "é".encode("utf-16")]
)
def test_text_is_read_with_and_without_byte_order_marks(raw):
    assert text_of(raw) == "é"


def test_what_is_no_text_is_named_by_line():
    with pytest.raises(BadText) as bad:
        text_of(b"{}\n\xff")
    assert (bad.value.line, bad.value.message) == (2, "This is not UTF-8 text (byte 3).")
