"""Whose save counts when two windows, or one window twice, send the same text."""

from hypothesis import given
from hypothesis import strategies as st

from openiop.chart.rules.versions import Outcome, both, page_after, settle


def settled(stored: str, sent: str, version: int, began_at: int, last="", page="") -> Outcome:
    return settle(
        {"response": stored}, {"response": sent},
        version=version, began_at=began_at, last_page=last, page=page,
    )  # fmt: skip


def test_a_save_from_the_version_that_stands_is_saved():
    assert settled("a", "ab", 3, 3) == Outcome.SAVE


def test_another_windows_newer_text_is_not_written_over():
    assert settled("theirs", "mine", 4, 3, last="them", page="me") == Outcome.CONFLICT


def test_the_same_text_again_is_already_there():
    assert settled("a", "a", 4, 3, last="them", page="me") == Outcome.ALREADY


def test_a_page_goes_on_where_its_own_unheard_save_left_off():
    assert settled("typed", "typed more", 4, 3, last="me", page="me") == Outcome.SAVE


def test_a_late_save_of_a_page_left_by_its_button_adds_nothing():
    last = page_after("me", final=True)
    assert settled("typed more", "typed", 5, 3, last=last, page="me") == Outcome.ALREADY


def test_going_back_to_a_page_left_by_its_button_and_typing_is_asked_about():
    last = page_after("me", final=True)
    assert settled("typed more", "typed anew", 5, 4, last=last, page="me") == Outcome.CONFLICT


def test_taking_words_away_from_the_version_that_stands_is_saved():
    assert settled("typed", "type", 3, 3) == Outcome.SAVE


def test_an_autosave_leaves_its_page_open_and_a_page_without_a_token_stays_without():
    assert page_after("me", final=False) == "me"
    assert page_after("", final=True) == ""


def test_texts_put_aside_one_after_the_other_are_both_kept():
    assert both({"response": "typed"}, {"response": "typed more"}) == {"response": "typed more"}
    assert both({"response": "one", "progress": "p"}, {"response": "two"}) == {
        "response": "two\n\none", "progress": "p",
    }  # fmt: skip


texts, small = st.sampled_from(["", "a", "ab", "b"]), st.integers(0, 3)


@given(texts, texts, small, small, st.sampled_from(["", "me", "me."]))
def test_no_text_is_lost(stored, sent, version, began_at, last):
    """Whatever is not saved and not asked about stands there already, whole."""
    outcome = settled(stored, sent, version, began_at, last, "me")
    if outcome == Outcome.ALREADY:
        assert stored.startswith(sent)
    if outcome == Outcome.SAVE:
        assert began_at == version or last == "me"
