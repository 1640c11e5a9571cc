"""What somebody should look at before signing."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from openiop.chart.rules.guards import Guard, Written, changed_fields, look_at, still_open
from openiop.chart.rules.names import names_of
from openiop.chart.rules.parts import Part

ANA, BEN = 1, 2
PEOPLE = {ANA: names_of(["Ana"], ["Diaz"]), BEN: names_of(["Ben"], ["Okoro"])}
LONG = "named three triggers at work and planned to call a sponsor before lunch"


def written(record: int, **fields: str) -> Written:
    return Written(record, Part(**fields), PEOPLE[record])


def looked(mine: Written, *peers: Written, last: Part | None = None) -> list[tuple]:
    found = look_at(mine, peers, PEOPLE, last)
    return [(each.guard, each.field, each.record) for each in found]


def test_a_part_of_its_own_is_let_through():
    mine = written(ANA, response=f"Ana {LONG}.", next_step="Call.")
    assert looked(mine, written(BEN, response="Spoke about sleep.")) == []


def test_a_peer_is_named_and_the_person_is_not():
    mine = written(ANA, response="Ana agreed with Ben and with Ben again.", progress="As Ben said.")
    assert looked(mine) == [(Guard.NAME, "response", BEN), (Guard.NAME, "progress", BEN)]


def test_a_text_of_a_peer_with_the_name_changed_is_copied():
    mine, peer = written(ANA, response=f"Ana {LONG}."), written(BEN, response=f"Ben {LONG}.")
    assert looked(mine, peer) == [(Guard.PEER, "response", BEN)]
    assert look_at(mine, [peer], PEOPLE, None)[0].other == f"Ben {LONG}."


def test_a_text_of_the_last_note_is_copied():
    mine = written(ANA, response=f"Ana {LONG}.")
    assert looked(mine, last=Part(response=f"Ana {LONG}!")) == [(Guard.LAST_NOTE, "response", None)]


def test_two_like_texts_are_one_finding_on_either_side():
    mine, peer = written(ANA, response=f"Ana {LONG}."), written(BEN, response=f"Ben {LONG}!")
    (one,) = look_at(mine, [peer], PEOPLE, None)
    (other,) = look_at(peer, [mine], PEOPLE, None)
    assert one.key == other.key
    assert still_open([other], [one.key]) == ()


def test_an_objective_and_a_next_step_may_stay_the_same():
    same = f"Ana {LONG}."
    mine = written(ANA, objective=same, next_step=same)
    assert looked(mine, last=Part(objective=same, next_step=same)) == []


def test_a_reason_holds_for_the_words_it_was_given_for():
    mine = written(ANA, response="Her sister Ben Okoro drove her.")
    found = look_at(mine, [], PEOPLE, None)
    assert [each.guard for each in found] == [Guard.NAME, Guard.NAME]
    assert still_open(found, [each.key for each in found]) == ()
    moved = Written(
        ANA, replace(mine.part, response="Then her sister BEN OKORO drove."), mine.names
    )
    again = look_at(moved, [], PEOPLE, None)
    assert still_open(again, [each.key for each in found]) == ()
    longer = written(ANA, response=f"Ana {LONG}.")
    copied = look_at(longer, [], PEOPLE, longer.part)
    reworded = written(ANA, response=f"Ana {LONG} today.")
    assert still_open(look_at(reworded, [], PEOPLE, longer.part), [copied[0].key]) != ()


def test_changed_fields_are_named_in_the_order_of_the_screen():
    before = Part(response="a", risk="none")
    assert changed_fields(before, Part(response="b", progress="c", risk="none")) == (
        "response", "progress",
    )  # fmt: skip
    assert changed_fields(before, before) == ()


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_typed_each_finding_shows_a_place_or_another_text(mine, theirs):
    me = written(ANA, response=f"{mine} {LONG} Ben")
    peer = written(BEN, response=f"{theirs} {LONG}")
    found = look_at(me, [peer], PEOPLE, None)
    assert len({each.key for each in found}) == len(found)
    for each in found:
        assert (each.start < each.end) != bool(each.other)
