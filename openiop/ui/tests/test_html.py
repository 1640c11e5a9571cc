"""The reader the other tests rely on finds the faults it is there for."""

from openiop.ui.tests.html import Page


def test_sound_html_has_no_faults() -> None:
    assert Page('<p id="a">One<br>two <input name="x"></p>').faults == []


def test_an_unclosed_tag_is_found() -> None:
    assert Page("<div><p>One</p>").faults == ["<div> is never closed"]


def test_crossed_tags_are_found() -> None:
    assert Page("<b><i>x</b></i>").faults[0] == "</b> closes ['i']"


def test_an_inline_style_script_or_handler_is_found() -> None:
    source = '<p style="color:red" onclick="x()">x</p><script>x()</script>'
    assert Page(source).faults == ["<p> has style", "<p> has onclick", "inline <script>"]


def test_a_repeated_id_is_found() -> None:
    assert Page('<p id="a">x</p><p id="a">y</p>').faults == ["id a stands twice"]


def test_a_label_without_its_field_is_found() -> None:
    assert Page('<label for="name">Name</label>').loose_references() == ["name"]
