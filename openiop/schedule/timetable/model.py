"""The search for the best timetable of one area, as a constraint model.

A variable for each slot that may be held, each room and colleague it may have, and how many of whom
sit in it. `Model.solve` gives the best timetable found and the proven bound.
"""

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from openiop.schedule.timetable.candidates import Candidates, Relaxed, Slot, room_cap, usual_cap
from openiop.schedule.timetable.facts import Facts, Hours, Seated, Timetable, Track, Visits
from openiop.schedule.timetable.laws import Rule

A_DAY = 24 * 60
LOOK_SECONDS = 0.1
Item = tuple[Any, Hours]
Found = Callable[[Timetable, int, int], None]


@dataclass(frozen=True)
class Answer:
    """`status` is "optimal", "feasible", "infeasible" or "unknown"."""

    status: str
    timetable: Timetable | None
    objective: int | None
    bound: int | None


class Model:
    """Variables and rules of one area. `relaxed` rules are left out; `bare`: no new groups."""

    def __init__(self, facts: Facts, relaxed: Relaxed = frozenset(), *, bare: bool = False) -> None:
        from ortools.sat.python import cp_model  # a second to load, and only the search needs it

        self.facts, self.relaxed, self._cp = facts, relaxed, cp_model
        self.candidates = Candidates(facts, relaxed, bare=bare)
        self.slots = self.candidates.slots
        self.model = cp_model.CpModel()
        self._make_variables()
        self._place()
        self._seat()
        self._keep_apart()
        self._spare()
        self._aim()

    def _on(self, rule: Rule) -> bool:
        return rule not in self.relaxed

    # --- variables ---

    def _make_variables(self) -> None:
        new = self.model.new_bool_var
        self.held = {slot: new(f"held {n}") for n, slot in enumerate(self.slots)}
        self.room = {slot: {r: new("room") for r in slot.rooms} for slot in self.slots}
        self.lead = {slot: {s: new("lead") for s in slot.leads} for slot in self.slots}
        self.co = {slot: {s: new("co") for s in slot.helpers} for slot in self.slots}
        people = {one.id: one.people for one in self.facts.demand}
        self.seat = {
            slot: {d: self.model.new_int_var(0, min(people[d], self._free(slot)), "seat")
                   for d in slot.demand} for slot in self.slots
        }  # fmt: skip
        self.visit = {
            member.id: [(clinic, hours, new("visit"))
                        for clinic, hours in self.candidates.pieces(member)]
            for member in self.facts.members if member.visit_minutes
        }  # fmt: skip

    def _free(self, slot: Slot) -> int:
        """Seats a plan may give in the slot."""
        clinic = self.candidates.clinics[slot.clinic]
        return max(0, usual_cap(clinic, slot.focus, self.facts) - slot.staying)

    # --- each group by itself ---

    def _place(self) -> None:
        for slot, held in self.held.items():
            if slot.people and self._on(Rule.ENDED_UNASKED):
                self.model.add(held == 1)
            if slot.was and not self.candidates.open(slot):
                self.model.add(held == 0)
            if slot.mode != "virtual":
                self.model.add(sum(self.room[slot].values()) == held)
            self.model.add(sum(self.lead[slot].values()) == held)
            self.model.add(sum(self.co[slot].values()) <= held)
            for staff in self.lead[slot].keys() & self.co[slot].keys():
                self.model.add(self.lead[slot][staff] + self.co[slot][staff] <= 1)
        for slot in self.slots:
            if slot.copy:
                self.model.add_implication(self.held[slot], self.held[replace(slot, copy=0)])

    def _seat(self) -> None:
        for slot, held in self.held.items():
            seats = self.seat[slot]
            self._within(slot, held, sum(seats.values()))
            for name, people in seats.items():
                wanted = self.candidates.demand[name]
                most = min(wanted.people, self._free(slot))
                self.model.add(people <= most * held)
                if wanted.step_free and slot.mode != "virtual":
                    flat = [taken for room, taken in self.room[slot].items()
                            if self.candidates.rooms[room].step_free]  # fmt: skip
                    self.model.add(people <= most * sum(flat))
        for wanted in self.facts.demand:
            given = [seats[wanted.id] for seats in self.seat.values() if wanted.id in seats]
            if given:
                self.model.add(sum(given) <= wanted.people)
        self._caseloads()

    def _within(self, slot: Slot, held: Any, seated: Any) -> None:
        clinic, limits = self.candidates.clinics[slot.clinic], self.facts.limits
        self.model.add(seated <= self._free(slot) * held)
        for room, taken in self.room[slot].items():
            place = self.candidates.rooms[room]
            free = max(0, room_cap(place, clinic, slot.focus, self.facts) - slot.staying)
            self.model.add(seated <= free).only_enforce_if(taken)
        if slot.was is None:
            self.model.add(seated >= limits.floor * held)
        most = max(slot.people, self._free(slot) + slot.staying)
        if most > limits.per_facilitator and self._on(Rule.FACILITATOR_RATIO):
            helped = sum(self.co[slot].values())
            self.model.add(seated + slot.staying <= limits.per_facilitator + most * helped)
            if slot.people > limits.per_facilitator:
                self.model.add(helped >= held)

    def _caseloads(self) -> None:
        for clinic in self.candidates.clinics:
            own = [one for one in self.facts.members if one.home == clinic and one.leads]
            if any(one.caseload_max is None for one in own):
                continue
            room = sum(max(0, (one.caseload_max or 0) - one.caseload) for one in own)
            joining = [
                people for slot, seats in self.seat.items() if slot.clinic == clinic
                for people in seats.values()
            ]  # fmt: skip
            self.model.add(sum(joining) <= room)

    # --- together ---

    def _keep_apart(self) -> None:
        by_room: dict[int, list[Item]] = defaultdict(list)
        by_staff: dict[int, list[Item]] = defaultdict(list)
        for slot in self.slots:
            for room, taken in self.room[slot].items():
                by_room[room] += [(taken, hours) for hours in slot.hours]
            for staff, taken in [*self.lead[slot].items(), *self.co[slot].items()]:
                by_staff[staff] += [(taken, hours) for hours in slot.hours]
        if self._on(Rule.ROOM_TAKEN):
            for items in by_room.values():
                self._one_at_a_time(items)
        for staff, items in by_staff.items():
            self._loads(items)
            if self._on(Rule.STAFF_TAKEN):
                visits = [(taken, hours) for _c, hours, taken in self.visit.get(staff, ())]
                self._one_at_a_time(items + visits)

    def _one_at_a_time(self, items: Iterable[Item]) -> None:
        for _hours, taken in _moments(items):
            if len(taken) > 1:
                self.model.add_at_most_one(taken)

    def _loads(self, items: list[Item]) -> None:
        limits = self.facts.limits
        days: dict[int, list[Item]] = defaultdict(list)
        for taken, hours in items:
            days[hours.weekday].append((taken, hours))
        if self._on(Rule.DAY_HOURS):
            for day in days.values():
                self._at_most(day, limits.day_minutes)
        if self._on(Rule.WEEK_HOURS):
            self._at_most(items, limits.week_minutes)
        if not self._on(Rule.REST):
            return
        for weekday, day in days.items():
            for taken, hours in day:
                for other, after in days.get((weekday + 1) % 7, ()):
                    if A_DAY - hours.ends + after.starts < limits.rest_minutes:
                        self.model.add(taken + other <= 1)

    def _at_most(self, items: list[Item], minutes: int) -> None:
        lengths = [(taken, hours.ends - hours.starts) for taken, hours in items]
        if sum(length for _taken, length in lengths) > minutes:
            self.model.add(sum(taken * length for taken, length in lengths) <= minutes)

    def _spare(self) -> None:
        """Time for one-to-ones: enough of it, and a room each time."""
        unit = self.facts.limits.visit_minutes
        needs = {one.id: -(-one.visit_minutes // unit) for one in self.facts.members}
        if self._on(Rule.ONE_TO_ONES):
            for staff, pieces in self.visit.items():
                self.model.add(sum(taken for _c, _h, taken in pieces) == needs[staff])
        for clinic in self.candidates.clinics if self._on(Rule.ONE_TO_ONE_ROOM) else ():
            rooms = sum(room.clinic == clinic for room in self.facts.rooms)
            visits = [(taken, hours) for pieces in self.visit.values()
                      for place, hours, taken in pieces if place == clinic]  # fmt: skip
            groups = [(held, hours) for slot, held in self.held.items()
                      if slot.clinic == clinic and slot.mode != "virtual"
                      for hours in slot.hours]  # fmt: skip
            for at, taken in _moments(visits + groups):
                if len(taken) > rooms and any(hours.overlaps(at) for _t, hours in visits):
                    self.model.add(sum(taken) <= rooms)

    # --- what for ---

    def _aim(self) -> None:
        weights, limits = self.facts.weights, self.facts.limits
        seated = [people for seats in self.seat.values() for people in seats.values()]
        wanted = sum(one.people for one in self.facts.demand)
        cost = weights.waiting * (wanted - sum(seated))
        for slot, held in self.held.items():
            if slot.staying + self._free(slot) > limits.target:
                over = self.model.new_int_var(0, slot.staying + self._free(slot), "over")
                size = sum(self.seat[slot].values()) + slot.staying * held
                self.model.add(over >= size - limits.target)
                cost += weights.size * over
            if slot.was is None:
                cost += weights.change * held
                continue
            cost += weights.facilitator * slot.people * (held - _at(self.lead[slot], slot.was.lead))
            cost += weights.change * (1 - held + self._moved(slot, held))
        self.model.minimize(cost)

    def _moved(self, slot: Slot, held: Any) -> Any:
        """Changes of the slot's room and co-facilitator."""
        assert slot.was
        helped = sum(self.co[slot].values())
        other = helped if slot.was.co is None else held - _at(self.co[slot], slot.was.co)
        if slot.mode == "virtual":
            return other
        return other + held - _at(self.room[slot], slot.was.room)

    # --- solving ---

    def hint(self, timetable: Timetable) -> None:
        """Begin from a timetable found before."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        known = {_shape(one, one.today): one for one in reversed(timetable.tracks)}
        for slot, held in self.held.items():
            track = known.get(_shape(slot, slot.was.id if slot.was else None))
            found = track is not None and not slot.copy
            self.model.add_hint(held, found)
            for choices, chosen in ((self.room[slot], track and track.room),
                                    (self.lead[slot], track and track.lead)):  # fmt: skip
                for each, taken in choices.items():
                    self.model.add_hint(taken, found and each == chosen)

    def solve(
        self, seconds: float, *, workers: int = 2, found: Found | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Answer:  # fmt: skip
        """The best within so many seconds; `found` hears each better one with its objective and the
        bound, from a thread of the search; `stopped` is asked several times a second."""
        solver = self._cp.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.05, seconds)
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = 1
        with _stopping(solver, stopped):
            status = solver.solve(self.model, _listener(self, found) if found else None)
        names = {self._cp.OPTIMAL: "optimal", self._cp.FEASIBLE: "feasible",
                 self._cp.INFEASIBLE: "infeasible"}  # fmt: skip
        name = names.get(status, "unknown")
        if name not in ("optimal", "feasible"):
            return Answer(name, None, None, None)
        objective = round(solver.objective_value)
        bound = min(_whole(solver.best_objective_bound), objective)
        return Answer(name, self.read(solver.value), objective, bound)

    def read(self, value: Callable[[Any], int]) -> Timetable:
        """The timetable that the variables say."""
        tracks = [self._track(slot, value) for slot, held in self.held.items() if value(held)]
        visits = [
            Visits(staff, clinic, hours.weekday, hours.starts, hours.ends)
            for staff, pieces in self.visit.items()
            for clinic, hours, taken in pieces if value(taken)
        ]  # fmt: skip
        return Timetable(tuple(tracks), tuple(_joined(visits)))

    def _track(self, slot: Slot, value: Callable[[Any], int]) -> Track:
        def chosen(choices: dict[int, Any]) -> int | None:
            return next((each for each, taken in choices.items() if value(taken)), None)

        seats = [Seated(one, value(people)) for one, people in self.seat[slot].items()]
        return Track(
            slot.clinic, slot.program, slot.was.name if slot.was else "", slot.weekdays,
            slot.starts, slot.blocks, chosen(self.room[slot]), chosen(self.lead[slot]),
            chosen(self.co[slot]), slot.mode, slot.focus, slot.language,
            slot.was.id if slot.was else None, tuple(one for one in seats if one.people),
        )  # fmt: skip


def _moments(items: Iterable[Item]) -> list[tuple[Hours, list[Any]]]:
    """At each start, whatever goes on then; where several starts see the same, once."""
    known = list(items)
    found: dict[frozenset[int], tuple[Hours, list[Any]]] = {}
    for weekday, start in sorted({(hours.weekday, hours.starts) for _t, hours in known}):
        at = Hours(weekday, start, start + 1)
        taken = [one for one, hours in known if hours.overlaps(at)]
        found.setdefault(frozenset(one.index for one in taken), (at, taken))
    return list(found.values())


def _at(choices: dict[int, Any], chosen: int | None) -> Any:
    return choices.get(chosen, 0) if chosen is not None else 0


def _shape(one: Slot | Track, today: int | None) -> tuple[Any, ...]:
    return (one.clinic, one.program, one.weekdays, one.starts, one.mode, one.focus, one.language,
            today)  # fmt: skip


def _joined(visits: Iterable[Visits]) -> list[Visits]:
    """Hours that follow on each other as one stretch."""
    found: list[Visits] = []
    for one in sorted(visits, key=lambda v: (v.staff, v.clinic, v.weekday, v.starts)):
        last = found[-1] if found else None
        if (
            last
            and replace(one, starts=last.starts) == replace(last, ends=one.ends)
            and (last.ends == one.starts)
        ):
            found[-1] = replace(last, ends=one.ends)
        else:
            found.append(one)
    return found


@contextmanager
def _stopping(solver: Any, stopped: Callable[[], bool]) -> Iterator[None]:
    """Ask again and again, beside the search, whether it shall stop."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(LOOK_SECONDS):
            if stopped():
                solver.stop_search()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _whole(bound: float) -> int:
    """Points are whole numbers, so nothing lies between a bound and the next of them."""
    return math.ceil(bound - 1e-6)


def _listener(model: Model, found: Found) -> Any:
    from ortools.sat.python import cp_model

    class Listener(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            timetable = model.read(self.value)
            found(timetable, round(self.objective_value), _whole(self.best_objective_bound))

    return Listener()
