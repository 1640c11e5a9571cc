"""Why there is no timetable: the fewest rules, and the groups and colleagues, that exclude each
other. Found by leaving one out after the other: what is not missed is not part of the conflict."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from openiop.schedule.timetable.facts import Facts, Member, Today
from openiop.schedule.timetable.laws import Rule
from openiop.schedule.timetable.model import Model

T = TypeVar("T")
SECONDS = 5.0
SUSPECTS = (
    Rule.ENDED_UNASKED, Rule.ROOM_TAKEN, Rule.ROOM_SMALL, Rule.STEP_FREE, Rule.CLOSED,
    Rule.STAFF_TAKEN, Rule.OFF_HOURS, Rule.CREDENTIAL, Rule.LANGUAGE, Rule.INTERN_ALONE,
    Rule.TRAUMA_LEAD, Rule.ALONE_IN_BUILDING, Rule.REST, Rule.DAY_HOURS, Rule.WEEK_HOURS,
    Rule.FACILITATOR_RATIO, Rule.ONE_TO_ONES, Rule.ONE_TO_ONE_ROOM,
)  # fmt: skip


@dataclass(frozen=True)
class Conflict:
    """Rules that cannot all be kept in an area, and for whom: names of groups and colleagues."""

    area: str
    rules: tuple[Rule, ...]
    concerns: tuple[str, ...]


def conflict(facts: Facts) -> Conflict:
    """The conflict in the facts of one area, which has no timetable."""
    rules = needed(SUSPECTS, lambda kept: _impossible(facts, frozenset(SUSPECTS) - frozenset(kept)))
    relaxed = frozenset(SUSPECTS) - frozenset(rules)
    subjects: list[Today | Member] = [
        *facts.today,
        *(one for one in facts.members if one.visit_minutes),
    ]
    concerned = needed(subjects, lambda kept: _impossible(_only(facts, kept), relaxed))
    return Conflict(next(iter(facts.areas), ""), tuple(rules), tuple(one.name for one in concerned))


def needed(parts: Iterable[T], fails: Callable[[Sequence[T]], bool]) -> list[T]:
    """The parts that a failure needs: without any one of them it is gone."""
    kept = list(parts)
    for part in list(kept):
        rest = [one for one in kept if one is not part]
        if fails(rest):
            kept = rest
    return kept


def _only(facts: Facts, kept: Sequence[object]) -> Facts:
    """The facts with these of today's groups and of the needs for one-to-ones alone."""
    members = tuple(one if one in kept else replace(one, visit_minutes=0) for one in facts.members)
    return replace(facts, members=members, today=tuple(one for one in facts.today if one in kept))


def _impossible(facts: Facts, relaxed: frozenset[Rule]) -> bool:
    return Model(facts, relaxed, bare=True).solve(SECONDS).status == "infeasible"
