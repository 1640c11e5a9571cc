"""Copied texts: how alike two accounts are, and where they differ."""

import re

from hypothesis import given
from hypothesis import strategies as st

from openiop.chart.rules.clones import (
    THRESHOLD,
    Piece,
    difference,
    is_copy,
    shingles,
    similarity,
)
from openiop.chart.rules.names import fold

ANA = "Ana named three triggers at work and planned to call her sponsor before lunch."
BEN = "Ben named three triggers at work and planned to call his sponsor before lunch."
OWN = "Spoke about sleep; he keeps waking at four and wants to try the breathing exercise."


def test_a_pasted_text_with_name_and_pronoun_changed_is_the_same_text():
    assert similarity(shingles(ANA, ["ana"]), shingles(BEN, ["ben"])) == 1.0


def test_two_accounts_of_the_same_group_are_not_alike():
    assert similarity(shingles(ANA, ["ana"]), shingles(OWN)) == 0.0


def test_a_pasted_text_stays_a_copy_when_a_sentence_is_added():
    assert is_copy(shingles(ANA), shingles(f"{OWN} {ANA}"))


def test_a_text_under_eight_words_is_too_short_to_be_a_copy():
    assert shingles("Attends on Wednesday and brings the sheet.") == frozenset()
    assert not is_copy(shingles("Attends on Wednesday."), shingles("Attends on Wednesday."))


def test_the_difference_shows_what_stands_where():
    assert difference("He named two triggers today", "He named four triggers") == (
        Piece(True, "He named", "He named"),
        Piece(False, "two", "four"),
        Piece(True, "triggers", "triggers"),
        Piece(False, "today", ""),
    )


texts = st.lists(
    st.sampled_from(["named", "a", "trigger", "sleep", "he", "She", "wärm", "call,", "x"]),
    max_size=30,
).map(" ".join)


@given(texts, texts)
def test_likeness_is_a_share_and_the_same_both_ways(one, other):
    a, b = shingles(one), shingles(other)
    assert similarity(a, b) == similarity(b, a)
    assert 0 <= similarity(a, b) <= 1


@given(texts)
def test_a_text_is_a_copy_of_itself_in_any_case_and_punctuation(text):
    loud = re.sub(r"\s", "!  ", text.upper())
    assert fold(loud.replace("!", "")).split() == fold(text).split()
    assert similarity(shingles(text), shingles(loud)) == (1.0 if shingles(text) else 0.0)


@given(texts, texts)
def test_texts_without_a_common_word_are_never_alike(one, other):
    assert similarity(shingles(one), shingles(re.sub(r"\w+", "zz", other))) in (0.0,)


@given(texts, texts)
def test_the_pieces_give_both_texts_back(one, other):
    pieces = difference(one, other)
    assert " ".join(p.here for p in pieces if p.here) == " ".join(one.split())
    assert " ".join(p.there for p in pieces if p.there) == " ".join(other.split())
    assert all(fold(p.here) == fold(p.there) for p in pieces if p.same)


def test_the_threshold_is_the_one_the_page_names():
    assert THRESHOLD == 0.6
