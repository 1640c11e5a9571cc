"""Choosing topics: the search against every plan there is, each rule by a small case."""

from dataclasses import replace
from itertools import product
from random import Random

import pytest

from openiop.catalog.curriculum import curriculum
from openiop.schedule.rules.rotation import (
    OWN,
    Ask,
    Cost,
    Person,
    Slot,
    Topic,
    causes,
    cost,
    cycle,
    solve,
    sound,
    wished,
)  # fmt: skip
from openiop.schedule.rules.rotation.asking import topics_of

A, B, C = Topic("a"), Topic("b"), Topic("c")
TWO = Topic("two", 2)


def slots(number: int, **now: str) -> tuple[Slot, ...]:
    return tuple(Slot(at) for at in range(number))


def drawn(random: Random) -> Ask:
    """A small question of any shape: three or four topics, up to five sessions, four people."""
    topics: list[Topic] = []
    for code in "abcd"[: random.randint(3, 4)]:
        whole = any(topic.parts > 1 for topic in topics) or random.random() < 0.75
        needs = (random.choice(topics).code,) if topics and random.random() < 0.3 else ()
        topics.append(Topic(code, 1 if whole else 2, random.random() < 0.7, needs))
    units = [unit for topic in topics for unit in topic.units]
    number = random.randint(3, 5)
    places = []
    for at in range(number):
        now = random.choice(units) if random.random() < 0.5 else None
        fixed = random.choice(["pinned", "frozen", "replaced"]) if now else ""
        fixed = fixed if random.random() < 0.25 else ""
        places.append(Slot(at, OWN if fixed == "replaced" else now, fixed))
    people = tuple(_anyone(random, each, number, topics) for each in range(random.randint(1, 4)))
    return Ask(tuple(topics), tuple(places), people, random.choice([None, *units]))


def _anyone(random: Random, number: int, last: int, topics: list[Topic]) -> Person:
    first = random.randint(0, last - 1)
    there = tuple(at for at in range(first, last) if random.random() < 0.85)
    if random.random() < 0.2:
        return Person(number, there, likely=True)
    units = [unit for topic in topics for unit in topic.units]
    return Person(
        number, there,
        had=frozenset(unit for unit in units if random.random() < 0.3),
        absent=frozenset(unit for unit in units if random.random() < 0.2),
        opted_out=frozenset(topic.code for topic in topics if random.random() < 0.1),
        deadlines={t.code: random.randrange(last) for t in topics if random.random() < 0.15},
        ends=random.random() < 0.5,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(150))
def test_no_plan_there_is_costs_less_than_the_one_found(seed: int) -> None:
    ask = drawn(Random(seed))
    offered = [[slot.now] if slot.fixed else list(ask.units) for slot in ask.slots]
    least = min(cost(ask, plan) for plan in product(*offered) if sound(ask, plan))
    found = solve(ask)
    assert (found.cost, found.optimal, sound(ask, found.plan)) == (least, True, True)


def test_topics_follow_the_cycle_when_nothing_speaks_against_it() -> None:
    ask = Ask((A, B, C), slots(4), (Person(1, (0, 1, 2)),), before=("b", 1))
    assert solve(ask).plan == (("c", 1), ("a", 1), ("b", 1), ("c", 1))


def test_a_prerequisite_stands_right_before_the_topic_that_needs_it() -> None:
    order = [code for code, _part in cycle(topics_of(curriculum("iop-30", 1)))]
    assert len(order) == 30
    assert order[order.index("cravings") - 1] == "triggers"
    assert order[order.index("planning-for-after") - 1] == "goal-setting"


def test_whoever_has_had_a_topic_does_not_hear_it_again_while_another_is_new() -> None:
    ask = Ask((A, B), (Slot(0, ("a", 1)),), (Person(1, (0,), had=frozenset({("a", 1)})),))
    answer = solve(ask)
    assert (answer.plan, answer.cost, answer.repeats) == ((("b", 1),), Cost(changes=1), ())


def test_a_newcomer_does_not_land_in_part_two() -> None:
    ask = Ask((TWO, A), slots(3), (Person(1, (1, 2)), Person(2, (0, 1, 2))))
    assert solve(ask).plan == (("a", 1), ("two", 1), ("two", 2))


@pytest.mark.parametrize("fixed", ["pinned", "frozen", "replaced"])
def test_a_repeat_is_explained_by_the_hand_that_fixed_it(fixed: str) -> None:
    person = Person(7, (0,), had=frozenset({("a", 1)}))
    ask = Ask((A, B), (Slot(0, ("a", 1), fixed),), (person,))
    assert causes(ask, wished(ask)) == ((7, 0, ("a", 1), fixed),)


def test_a_repeat_after_all_required_topics_is_called_finished() -> None:
    person = Person(7, (0,), had=frozenset({("a", 1)}))
    ask = Ask((A, replace(B, required=False)), (Slot(0, ("a", 1), "pinned"),), (person,))
    assert [each.cause for each in causes(ask, wished(ask))] == ["finished"]


def test_a_repeat_of_somebody_who_stays_longer_than_the_curriculum_is_named() -> None:
    ask = Ask((A, B), slots(3), (Person(7, (0, 1, 2)),))
    assert [each.cause for each in solve(ask).repeats] == ["finished"]
    ask = Ask((A, B), slots(2), (Person(7, (0, 1), had=frozenset({("a", 1)})),
                                 Person(8, (0, 1), had=frozenset({("b", 1)}))))  # fmt: skip
    assert {each.cause for each in solve(ask).repeats} <= {"longer", "finished"}
