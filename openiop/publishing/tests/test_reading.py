"""The grade a text asks for."""

import pytest

from openiop.publishing.rules.reading import _syllables, grade


def test_short_words_in_short_sentences_ask_for_little():
    assert grade("You come. You sit. You go.") < 1
    assert grade("") == grade("123 ***") == 0.0


def test_long_words_in_long_sentences_ask_for_much():
    assert grade(
        "Individualized multidisciplinary interventions necessitate comprehensive documentation."
    ) > 20  # fmt: skip


def test_a_known_sentence_has_its_known_grade():
    # 6 words, 1 sentence, 6 syllables: 0.39 * 6 + 11.8 - 15.59
    assert grade("The cat sat on the mat.") == pytest.approx(-1.45)


def test_markup_and_marks_of_claims_are_no_words():
    assert grade("**The** cat [sat](https://example.org/long/address) on the mat.[^1]") == (
        pytest.approx(-1.45)
    )


def test_each_point_of_a_list_is_a_sentence():
    assert grade("- The cat sat\n- The dog ran\n") == grade("The cat sat. The dog ran.")


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("people", 2), ("come", 1), ("whole", 1), ("little", 2), ("planned", 1), ("needed", 2),
     ("the", 1), ("counselor", 3), ("program", 2), ("a", 1), ("ready", 2)],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_spoken(word, syllables):
    assert _syllables(word) == syllables
