"""The search for the plan that costs least, with OR-Tools' CP-SAT.

Costs are ordered (`facts.Cost`), so they are minimized in three rounds, the worst first; each round
keeps what the rounds before have reached. A round whose costs are zero is skipped, and where the
plan of today costs nothing but what is missed, it is the answer: any other one changes something.
The search is told the plan of today, works alone on one core from a fixed seed, and stops by
counted work: the same question has the same answer, but where a busy machine ran into the wall.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from openiop.schedule.rules.rotation.cost import causes, cost, sound
from openiop.schedule.rules.rotation.facts import OWN, Answer, Ask, Cost, Person, Plan, Unit, wished

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel

ROUNDS = (("open", "wrong", "late"), ("early", "soon"), ("later", "unready", "changes", "missed"))
WORK = 0.7  # CP-SAT's own count, about seconds of one core
WALL_SECONDS = 8.0  # for a machine that is busy otherwise
SEED = 7
Terms = dict[str, Any]


def solve(ask: Ask, *, work: float = WORK) -> Answer:
    """The plan of least cost, or the best one found with so much `work` in each round; never one
    that costs more than the plan of today, where that one is sound. Without `work` it is that one,
    or the cycle."""
    begun = time.perf_counter()
    start = wished(ask)
    best = start if sound(ask, start) else None
    optimal = True
    if best is None or any(cost(ask, best)[:-1]):
        best, optimal = _search(ask, best, work) if work else (start, False)
    return Answer(
        best, cost(ask, best), causes(ask, best), optimal, time.perf_counter() - begun
    )  # fmt: skip


def _search(ask: Ask, best: Plan | None, work: float) -> tuple[Plan, bool]:
    model = _Model(ask)
    optimal = True
    for names in ROUNDS:
        priced = [name for name in names if name != "missed"]
        if best is None or any(getattr(cost(ask, best), name) for name in priced):
            found, proven = model.minimize(names, best or wished(ask), work)
            optimal &= proven
            if found is not None and (best is None or cost(ask, found) < cost(ask, best)):
                best = found
        if best is None:  # out of work before any plan: the cycle goes on as it is
            return wished(ask), False
        reached = cost(ask, best)
        model.keep({name: getattr(reached, name) for name in names})
    return best or wished(ask), optimal


@dataclass
class _Model:
    """One question as booleans: `x[slot][unit]`, and the terms of each cost."""

    ask: Ask
    model: "CpModel" = field(init=False)
    x: list[dict[Unit, Any]] = field(default_factory=list)
    terms: Terms = field(default_factory=lambda: {name: [] for name in Cost._fields})

    def __post_init__(self) -> None:
        from ortools.sat.python.cp_model import CpModel

        self.model = CpModel()
        self._slots()
        self._parts()
        for person in self.ask.people:
            self._landings(person)
            self._hearing(person)

    def minimize(
        self, names: Sequence[str], best: Plan, work: float
    ) -> tuple[Plan | None, bool]:  # fmt: skip
        """The best plan by these costs in order, and whether that is proven."""
        from ortools.sat.python import cp_model

        weight, weights = 1, {}
        for name in reversed(names):
            weights[name] = weight
            weight *= 1 + len(self.ask.slots) * (1 + len(self.ask.people))
        self.model.minimize(sum(weights[name] * sum(self.terms[name]) for name in names))
        self._hint(best)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = SEED
        solver.parameters.linearization_level = 2  # the linear bound is nearly always the answer
        solver.parameters.max_deterministic_time = work
        solver.parameters.max_time_in_seconds = WALL_SECONDS
        status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, False
        plan = tuple(
            next(unit for unit, var in row.items() if solver.boolean_value(var)) for row in self.x
        )
        return plan, status == cp_model.OPTIMAL

    def keep(self, reached: dict[str, int]) -> None:
        """The rounds that follow may not cost more."""
        for name, value in reached.items():
            self.model.add(sum(self.terms[name]) <= value)

    def _hint(self, best: Plan) -> None:
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for row, unit in zip(self.x, best, strict=True):
            for each, var in row.items():
                self.model.add_hint(var, each == unit)

    def _slots(self) -> None:
        """One unit a slot. A free slot without a topic, or with another one than now, costs."""
        for at, (slot, wish) in enumerate(zip(self.ask.slots, wished(self.ask), strict=True)):
            offered = [wish] if slot.fixed else [OWN, *self.ask.units]
            row = {unit: self.model.new_bool_var(f"x{at}{unit}") for unit in offered}
            self.model.add_exactly_one(row.values())
            self.x.append(row)
            if not slot.fixed:
                self.terms["open"].append(row[OWN])
                self.terms["changes"].append(1 - row[wish] if wish in row else 1)

    def _parts(self) -> None:
        """Each part right after the one before it, slots without a topic left out."""
        last = len(self.ask.slots)
        parted = [unit for topic in self.ask.topics for unit in topic.units[:-1]]
        for code, part in parted:
            for at in range(-1, last):
                self._follows((code, part), (code, part + 1), at)

    def _follows(self, one: Unit, other: Unit, at: int) -> None:
        """`one` in slot `at` (-1: before all) goes on in the next slot that holds a topic, and no
        free slot holds `other` without. What hands have fixed is taken as it is."""
        fixed = at < 0 or bool(self.ask.slots[at].fixed)
        follower = next((n for n in range(at + 1, len(self.x)) if not self._is_own(n)), None)
        if follower is None or self._is_own(at):
            return
        begun, goes_on = self._at(one, at), self._at(other, follower)
        if not self.ask.slots[follower].fixed:
            self.model.add(goes_on <= begun)
            self.model.add(goes_on + (self.x[follower][OWN] if fixed else 0) >= begun)
        elif not fixed:
            self.model.add(begun <= goes_on)

    def _is_own(self, at: int) -> bool:
        return at >= 0 and bool(self.ask.slots[at].fixed) and OWN in self.x[at]

    def _at(self, unit: Unit, at: int) -> Any:
        return int(self.ask.before == unit) if at < 0 else self.x[at].get(unit, 0)

    def _needs(self, unit: Unit) -> Iterable[Unit]:
        code, part = unit
        if part > 1:
            yield (code, part - 1)
        for need in self.ask.by_code[code].needs:
            yield from self.ask.by_code[need].units

    def _landings(self, person: Person) -> None:
        """A slot is wrong for somebody without what its unit needs, or who opted out of it; it
        finds them unready where they were absent when that was held."""
        lacking = {unit: [need for need in self._needs(unit) if need not in person.had]
                   for unit in self.ask.units}  # fmt: skip
        strict = {unit: [need for need in needs if need not in person.absent]
                  for unit, needs in lacking.items()}  # fmt: skip
        for place, slot in enumerate(person.slots):
            wrong, unready = self.model.new_bool_var(""), self.model.new_bool_var("")
            self._lands(person, place, wrong, strict)
            if not person.likely:
                self.terms["wrong"].append(wrong)
                for code in person.opted_out:
                    for unit in self.ask.by_code[code].units:
                        self.model.add(wrong >= self._at(unit, slot))
            if person.likely or lacking != strict:
                self._lands(person, place, wrong + unready, lacking)
                self.terms["unready"] += [unready, wrong] if person.likely else [unready]

    def _lands(
        self, person: Person, place: int, mark: Any, lacking: dict[Unit, list[Unit]]
    ) -> None:  # fmt: skip
        """`mark` is at least 1 when the unit there lacks one that should come before it."""
        row = self.x[person.slots[place]]
        for unit, needs in lacking.items():
            for need in needs if unit in row else ():
                before = [self._at(need, slot) for slot in person.slots[:place]]
                self.model.add(mark + sum(before) >= row[unit])

    def _hearing(self, person: Person) -> None:
        """Repeats, what is missed, what is late. Repeats are the slots attended less the units
        heard there for the first time: those before a cut are early, and a cut that is not the end
        asks that all required ones were heard before it."""
        new = [unit for unit in self.ask.units if unit not in person.had]
        first = {unit: self.model.new_bool_var("") for unit in new}
        for unit, var in first.items():
            self.model.add(var <= sum(self._at(unit, slot) for slot in person.slots))
        topical = sum(1 - self._at(OWN, slot) for slot in person.slots)
        if person.likely:
            self.terms["soon"].append(topical - sum(first.values()))
            return
        self._cut(person, new, first, topical)
        if person.ends:
            self.terms["missed"] += [1 - first[unit] for unit in new if unit in self.ask.required]
        self._deadlines(person)

    def _cut(self, person: Person, new: list[Unit], first: dict[Unit, Any], topical: Any) -> None:
        lacking = [unit for unit in new if unit in self.ask.required]
        repeats = topical - sum(first.values())
        cuts = range(len(lacking), len(person.slots))
        if not lacking or not cuts:
            self.terms["early" if lacking else "later"].append(repeats)
            return
        chosen = [self.model.new_bool_var("") for _ in cuts]
        never = self.model.new_bool_var("")
        self.model.add_exactly_one([*chosen, never])
        later = self.model.new_int_var(0, len(person.slots), "")
        self.model.add(later == 0).only_enforce_if(never)
        for place, cut in zip(cuts, chosen, strict=True):
            self._done_by(person, lacking, place, cut)
            tail = person.slots[place:]
            fresh = self._fresh_in(person, new, place, cut)
            talked = sum(1 - self._at(OWN, slot) for slot in tail)
            self.model.add(later <= talked - sum(fresh)).only_enforce_if(cut)
        early = self.model.new_int_var(0, len(person.slots), "")
        self.model.add(early == repeats - later)
        self.terms["later"].append(later)
        self.terms["early"].append(early)

    def _done_by(self, person: Person, lacking: list[Unit], place: int, cut: Any) -> None:
        for unit in lacking:
            before = sum(self._at(unit, slot) for slot in person.slots[:place])
            self.model.add(before >= 1).only_enforce_if(cut)

    def _fresh_in(self, person: Person, new: list[Unit], place: int, cut: Any) -> list[Any]:
        """For each unit, at least 1 when it is heard first after the cut: that one is no repeat."""
        found = []
        for unit in new:
            if unit in self.ask.required:
                continue  # heard before the cut, or the cut is not here
            fresh = self.model.new_bool_var("")
            before = sum(self._at(unit, slot) for slot in person.slots[:place])
            for slot in person.slots[place:]:
                self.model.add(fresh + before >= self._at(unit, slot)).only_enforce_if(cut)
            found.append(fresh)
        return found

    def _deadlines(self, person: Person) -> None:
        for code, last in person.deadlines.items():
            late = self.model.new_bool_var("")
            self.terms["late"].append(late)
            for unit in self.ask.by_code[code].units:
                if unit not in person.had:
                    heard = [self._at(unit, slot) for slot in person.slots if slot <= last]
                    self.model.add(late + sum(heard) >= 1)
