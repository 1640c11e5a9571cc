"""What the choice of topics must know, and what it answers.

A unit is what one session holds: a topic's code and its part, from 1. Slots are the sessions to
plan, by their place from 0. Someone hears the units of the slots they are expected at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

Unit = tuple[str, int]
Plan = tuple[Unit, ...]
OWN: Unit = ("", 1)  # a topic of the group's own, in no curriculum


@dataclass(frozen=True)
class Topic:
    """A topic of so many sessions in a row; `needs` are topics to have had before."""

    code: str
    parts: int = 1
    required: bool = True
    needs: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[Unit, ...]:
        return tuple((self.code, part) for part in range(1, self.parts + 1))


@dataclass(frozen=True)
class Slot:
    """A session to plan. `now` is its unit today, None where none is chosen yet. `fixed` says why
    that unit stays: "frozen", "pinned" or "replaced"; "" where it may change."""

    id: int
    now: Unit | None = None
    fixed: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody expected at `slots`, who has had some units. `ends`: their stay ends within the
    slots, so that what they have not heard by then is missed. `absent` are units held while they
    were expected and not there. `deadlines` are topics to have been heard at the latest in that
    slot, as the state asks. `likely`: no person yet, but somebody may begin there: they should land
    well and hear nothing twice, but never at the cost of somebody who is here."""

    id: int
    slots: tuple[int, ...]
    had: frozenset[Unit] = frozenset()
    absent: frozenset[Unit] = frozenset()
    opted_out: frozenset[str] = frozenset()
    deadlines: Mapping[str, int] = field(default_factory=dict)
    ends: bool = False
    likely: bool = False


@dataclass(frozen=True)
class Ask:
    """One track's question. `before` is the unit held last before the first slot: a topic begun
    there goes on."""

    topics: tuple[Topic, ...]
    slots: tuple[Slot, ...]
    people: tuple[Person, ...]
    before: Unit | None = None

    @cached_property
    def by_code(self) -> dict[str, Topic]:
        return {topic.code: topic for topic in self.topics}

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        return tuple(unit for topic in self.topics for unit in topic.units)

    @cached_property
    def required(self) -> frozenset[Unit]:
        return frozenset(unit for topic in self.topics if topic.required for unit in topic.units)


class Cost(NamedTuple):
    """What a plan costs, the worst first; two plans compare as tuples.

    open: sessions without a topic. wrong: somebody sits in a later part, or in a topic whose
    prerequisites were not held since they came, or in one they opted out of. late: topics of the
    state past their day. early: repeats before all required topics were had. soon: repeats for
    somebody who may begin in a coming week; without it the topics of those who are here would be
    taken in any order, and no topic would be new to everybody. later: repeats after all required
    ones. unready: somebody sits in a topic without what comes before it, since they were absent
    then, or may begin in a coming week. changes: sessions with another topic than now. missed:
    required topics not had by the end of a stay; make-ups are for them, the plan does not jump.
    """

    open: int = 0
    wrong: int = 0
    late: int = 0
    early: int = 0
    soon: int = 0
    later: int = 0
    unready: int = 0
    changes: int = 0
    missed: int = 0


class Repeat(NamedTuple):
    """Somebody hears a unit again, and why: "finished", "longer", "pinned", "replaced", "frozen",
    "mixed" or "order" (see `cost.causes`)."""

    person: int
    slot: int
    unit: Unit
    cause: str


@dataclass(frozen=True)
class Answer:
    """The plan for every slot; `optimal` says that no plan costs less. `seconds` of work."""

    plan: Plan
    cost: Cost
    repeats: tuple[Repeat, ...]
    optimal: bool
    seconds: float

    @property
    def changes(self) -> int:
        return self.cost.changes


def cycle(topics: Sequence[Topic]) -> tuple[Unit, ...]:
    """The order topics follow when nothing speaks against it: the curriculum's own, with every
    prerequisite moved to stand right before the first topic that needs it."""
    by_code = {topic.code: topic for topic in topics}
    wanted = {code for topic in topics for code in topic.needs}
    order: list[Topic] = []

    def put(topic: Topic) -> None:
        for code in topic.needs:
            put(by_code[code])
        if topic not in order:
            order.append(topic)

    for topic in topics:
        if topic.code not in wanted:
            put(topic)
    return tuple(unit for topic in order for unit in topic.units)


def wished(ask: Ask) -> tuple[Unit, ...]:
    """What each slot would hold if nobody joined, missed or left: its unit now; a new slot goes on
    with the cycle where the last one stopped."""
    order = cycle(ask.topics)
    after = {unit: order[(at + 1) % len(order)] for at, unit in enumerate(order)}
    last = ask.before if ask.before and ask.before in after else order[-1]
    plan = []
    for slot in ask.slots:
        unit = slot.now or after[last]
        plan.append(unit)
        last = unit if unit in after else last
    return tuple(plan)
