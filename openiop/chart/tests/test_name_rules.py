"""Who is named in a text: names that are only names, and names that are also words."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.chart.rules.name_words import ALSO_WORDS, NICKNAMES
from openiop.chart.rules.names import Names, fold, names_of, people_named

MARIA, GRACE, WILL, MAY = 1, 2, 3, 4
PEOPLE = {
    MARIA: names_of(["María"], ["de la Cruz"]),
    GRACE: names_of(["Grace"], ["Kelly"]),
    WILL: names_of(["Will"], ["Ford"]),
    MAY: names_of(["May"], ["Lee"]),
}


def named(text: str, own: frozenset[str] = frozenset()) -> list[tuple[int, str]]:
    return [(hit.record, hit.word) for hit in people_named(text, PEOPLE, own)]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("He agreed with Maria.", [(MARIA, "Maria")]),
        ("he agreed with maria", [(MARIA, "maria")]),
        ("MARIA'S story moved him.", [(MARIA, "MARIA'S")]),
        ("María’s story moved him.", [(MARIA, "María’s")]),
        ("Ms. Cruz was quoted.", [(MARIA, "Cruz")]),
        ("Mary was quoted.", [(MARIA, "Mary")]),
        ("He sat with Grace.", [(GRACE, "Grace")]),
        ("He spoke after grace kelly.", [(GRACE, "grace"), (GRACE, "kelly")]),
        ("Grace shared her plan.", [(GRACE, "Grace")]),
        ("Touched by grace's story.", [(GRACE, "grace's")]),
        ("He told will to stop.", [(WILL, "will")]),
        ("will said he was tired", [(WILL, "will")]),
        ("Will shared that he was tired.", [(WILL, "Will")]),
        ("Laughed when Grace and Will argued.", [(GRACE, "Grace"), (WILL, "Will")]),
        ("He lent it to Bill.", [(WILL, "Bill")]),
        ("He goes home with May.", [(MAY, "May")]),
        ("He rode with MARIA and GRACE'S son.", [(MARIA, "MARIA"), (GRACE, "GRACE'S")]),
    ],
)
def test_somebody_is_named(text, who):
    people = PEOPLE | {WILL: names_of(["William"], ["Ford"])}
    assert [(hit.record, hit.word) for hit in people_named(text, people)] == who


@pytest.mark.parametrize(
    "text",
    [
        "He will attend on Friday and will call.",
        "Will attend on Friday. Will call if late.",
        "- Will attend on Friday",
        "Plan: Will attend.",
        "He took it with grace and good will.",
        "Grace under pressure was the theme.",
        "He may leave in May, or on May 5, or by next May.",
        "May leave early on Friday.",
        "Session Topic: Finding Hope, Grace and Will Within",
        "HE WILL ATTEND WITH GRACE",
        'He said "Will I ever sleep?"',
        "He willed it; a graceful answer; the marial plant.",
        "",
    ],
)
def test_nobody_is_named(text):
    assert named(text) == []


def test_a_name_shared_with_a_peer_is_the_persons_own():
    twin = {1: names_of(["Maria"], ["Gomez"]), 2: names_of(["Maria"], ["Ruiz"])}
    text = "Maria sat beside Maria Ruiz."
    hits = people_named(text, {2: twin[2]}, twin[1].words)
    assert [(hit.record, hit.word) for hit in hits] == [(2, "Ruiz")]


def test_a_short_name_counts_only_as_a_name():
    jo = {7: names_of(["Jo"], ["Ng"])}
    assert [hit.word for hit in people_named("He thanked jo, then Jo's friend.", jo)] == [
        "jo", "Jo's",
    ]  # fmt: skip
    assert people_named("That jo was hard.", jo) == ()


def test_names_come_with_short_forms_and_without_particles():
    assert names_of(["Robert"], ["van der Berg Jr."]) == Names(
        frozenset({"robert", "rob", "bob", "bobby", "robbie"}), frozenset({"berg"})
    )


def test_no_short_form_or_word_is_written_with_a_capital_or_an_accent():
    lists = [ALSO_WORDS, NICKNAMES.keys(), *NICKNAMES.values()]
    assert [word for words in lists for word in words if fold(word) != word] == []


plain_words = st.sampled_from(
    ["he", "she", "will", "attend", "grace", "may", "the", "and", "group", "with", "hope", "in"]
)
sentences = st.lists(plain_words, min_size=1, max_size=12).map(" ".join)
only_names = st.sampled_from(["maria", "dmitri", "keisha", "ngozi"])


@given(
    before=sentences,
    name=only_names,
    after=sentences,
    as_typed=st.sampled_from([str.lower, str.title, str.upper]),
    tail=st.sampled_from(["", "'s", "’s", ",", "."]),
)
def test_a_name_that_is_no_word_is_found_anywhere(before, name, after, as_typed, tail):
    text = f"{before} {as_typed(name)}{tail} {after}"
    hits = people_named(text, {9: names_of([name], ["Okafor"])})
    assert [fold(text[hit.start : hit.end]).removesuffix("'s") for hit in hits] == [name]


@given(st.lists(plain_words, min_size=1, max_size=20).map(" ".join))
def test_words_in_lower_case_without_a_sign_of_a_name_are_words(text):
    assert named(text) == []


@given(st.text(alphabet=string.printable + "éñ’“”·", max_size=200))
def test_places_lie_in_the_text_in_order_and_spell_the_name(text):
    hits = people_named(text, PEOPLE)
    assert [hit.start for hit in hits] == sorted(hit.start for hit in hits)
    for hit in hits:
        assert text[hit.start : hit.end] == hit.word
        assert fold(hit.word).removesuffix("'s") in PEOPLE[hit.record].words


@given(st.text(max_size=200))
def test_nobody_is_a_peer_of_themselves(text):
    own = PEOPLE[MARIA].words | PEOPLE[GRACE].words | PEOPLE[WILL].words | PEOPLE[MAY].words
    assert named(text, own) == []
