"""What staff write in Markdown becomes HTML that can do no harm."""

import pytest

from openiop.ui.prose import prose


def test_headings_lists_and_links_are_kept():
    assert prose("## Groups\n\n- one\n- [two](/clinics/)") == (
        "<h2>Groups</h2>\n<ul>\n<li>one</li>\n"
        '<li><a href="/clinics/" rel="noreferrer nofollow">two</a></li>\n</ul>\n'
    )


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("![x](https://elsewhere.example/x.png)", "<p></p>"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
    ],
)
def test_what_could_do_harm_is_text_or_nothing(typed, shown):
    assert shown in prose(typed)
    assert "<script" not in prose(typed)
    assert "<img" not in prose(typed)


def test_the_first_heading_is_the_page_s_own_and_none_of_the_text():
    assert "<h1" not in prose("# Title\n\nText")


def test_a_table_is_a_table():
    assert "<td>3 hours</td>" in prose("| a | b |\n|---|---|\n| IOP | 3 hours |")
