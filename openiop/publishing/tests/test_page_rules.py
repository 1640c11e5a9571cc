"""Pages of the site: what is shipped holds, what is typed is checked, promises follow the facts."""

import re

import pytest

from openiop.publishing.rules.pages import CAPABILITIES, filled, parsed, questions, shipped

HEAD = "---\ntitle: T\nlabel: L\ndescription: D\n---\n"
NO_HEAD = "x: begin with title, label and description between lines of ---."
BOTH = HEAD + "All.\n\n[[if medication]]\nWe give it.\n[[else]]\nWe do not.\n[[end]]\n\nEnd.\n"
BANNED = re.compile(
    r"\b(addicts?|alcoholics?|abus\w*|clean|dirty|junkie|users?|non-?complian\w*|relaps\w+)\b", re.I
)  # fmt: skip


def grade(text: str) -> float:
    """Flesch-Kincaid grade, syllables counted as groups of vowels."""
    text = re.sub(r"\]\(.*?\)", "", re.sub(r"\[\[.*?\]\]|[|#*]", ". ", text))
    words = re.findall(r"[A-Za-z']+", text)
    sentences = [s for s in re.split(r"[.!?]+\s", text) if re.search(r"[a-z]", s)]
    syllables = sum(
        max(1, len(re.findall(r"[aeiouy]+", w.lower().removesuffix("e")))) for w in words
    )
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def test_a_page_has_a_head_and_a_text():
    page = parsed("x", BOTH)
    assert (page.title, page.label, page.description) == ("T", "L", "D")


def test_a_promise_is_made_only_where_it_can_be_kept():
    page = parsed("x", BOTH)
    assert filled(page, {"medication"}).body == "All.\n\nWe give it.\n\nEnd.\n"
    assert filled(page, {"psychiatry"}).body == "All.\n\nWe do not.\n\nEnd.\n"


def test_without_an_else_there_is_nothing():
    page = parsed("x", HEAD + "A\n[[if telehealth]]\nB\n[[end]]\nC\n")
    assert filled(page, ()).body == "A\nC\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("no head", NO_HEAD),
        ("---\ntitle: T\n---\nA", NO_HEAD),
        (HEAD + "[[if magic]]\nA\n[[end]]\n",
         "x: [[if magic]] is not known; use one of medication, psychiatry, telehealth."),
        (HEAD + "[[if medication]]\nA\n",
         "x: an [[if …]] has no [[end]] on a line of its own, or the other way round."),
        (HEAD + "A\n[[end]]\n",
         "x: an [[if …]] has no [[end]] on a line of its own, or the other way round."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        parsed("x", text)


def test_windows_line_ends_are_read_as_well():
    assert parsed("x", BOTH.replace("\n", "\r\n")) == parsed("x", BOTH)


def test_questions_are_the_headings_with_what_stands_below():
    page = parsed("x", HEAD + "Intro\n\n## One?\nYes.\n\n## Two?\nNo.\n\nNever.\n")
    assert questions(page) == [("One?", "Yes."), ("Two?", "No.\n\nNever.")]


@pytest.mark.parametrize("key", sorted(shipped()))
@pytest.mark.parametrize("able", [CAPABILITIES, frozenset()])
def test_each_shipped_page_reads_easily_and_speaks_of_people(key, able):
    page = filled(shipped()[key], able)
    assert grade(page.body) <= 8
    assert BANNED.search(page.body + page.title + page.description) is None
    assert "[[" not in page.body


def test_no_page_promises_medicine_where_none_is_given():
    for page in shipped().values():
        words = filled(page, ()).body
        assert "our prescriber" not in words
        assert "Some of our clinics do." not in words


def test_every_page_a_site_needs_is_shipped():
    assert set(shipped()) == {
        "home", "what-is-an-iop", "which-level", "groups", "one-to-one", "medication", "testing",
        "rules", "faq", "insurance", "cost", "elsewhere", "right-for-me",
    }  # fmt: skip
