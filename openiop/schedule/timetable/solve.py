"""The best timetable of several areas within a time: each area by itself, gaps of the sums."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from openiop.schedule.timetable.conflicts import Conflict, conflict
from openiop.schedule.timetable.facts import Facts, Timetable, Track, as_it_is, daypart, to_json
from openiop.schedule.timetable.model import Model

ROUNDS = (0.4, 1.0)  # of the time that is left: most areas are proven in the first round
FOCUS_NAMES = {"women": "Women's ", "men": "Men's ", "trauma": "Trauma "}


@dataclass(frozen=True)
class Best:
    """The best so far. `objective` is None until every area has a timetable; `gap` is what could
    still be gained at most, as a share of the objective."""

    status: str
    timetable: Timetable
    objective: int | None
    bound: int | None
    seconds: float
    areas_done: int
    areas: int
    conflicts: tuple[Conflict, ...] = ()

    @property
    def gap(self) -> float | None:
        return gap(self.objective, self.bound)

    def as_json(self) -> dict[str, Any]:
        """What `openiop timetable solve` writes."""
        found = to_json(self.timetable)
        return {
            "status": self.status, "objective": self.objective, "bound": self.bound,
            "gap": self.gap, "seconds": round(self.seconds, 2), **found,
            "blocking": [told for one in self.conflicts for told in blocking(one)],
        }  # fmt: skip


def gap(objective: int | None, bound: int | None) -> float | None:
    """How far the bound is from the objective, as a share of it; None while unknown."""
    if objective is None or bound is None:
        return None
    return 0.0 if objective <= bound else (objective - bound) / objective


def blocking(found: Conflict) -> list[dict[str, Any]]:
    """A conflict as plain values, a rule each."""
    return [
        {"area": found.area, "rule": rule.value, "sentence": rule.words,
         "concerns": list(found.concerns)} for rule in found.rules
    ]  # fmt: skip


Heard = Callable[[Best], None]


@dataclass
class _Area:
    facts: Facts
    status: str = "unknown"
    timetable: Timetable | None = None
    objective: int | None = None
    bound: int = 0
    model: Model | None = None


@dataclass
class _Search:
    seconds: float
    heard: Heard
    stopped: Callable[[], bool]
    workers: int
    areas: list[_Area]
    conflicts: list[Conflict] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    @property
    def spent(self) -> float:
        return time.monotonic() - self.begun

    def run(self) -> None:
        for share in ROUNDS:
            open_ = [one for one in self.areas if one.status in ("unknown", "feasible")]
            for left, area in zip(range(len(open_), 0, -1), open_, strict=True):
                given = max(0.0, self.seconds - self.spent) * share / left
                if self.stopped() or given < 0.05:
                    return
                self._one(area, given)

    def _one(self, area: _Area, seconds: float) -> None:
        model = area.model = area.model or Model(area.facts)
        model.hint(area.timetable or as_it_is(area.facts))

        def found(timetable: Timetable, objective: int, bound: int) -> None:
            if area.objective is None or objective < area.objective:
                area.timetable, area.objective = timetable, objective
            area.bound, area.status = max(area.bound, bound), "feasible"
            self.heard(self.best())

        answer = model.solve(
            seconds, workers=self.workers, found=found, stopped=self.stopped
        )  # fmt: skip
        if answer.status == "infeasible":
            area.status = "infeasible"
            self.conflicts.append(conflict(area.facts))
        elif answer.timetable is not None and answer.objective is not None:
            found(answer.timetable, answer.objective, answer.bound or 0)
            area.status = answer.status
        self.heard(self.best())

    def best(self) -> Best:
        status = _together([area.status for area in self.areas])
        found = [area for area in self.areas if area.timetable is not None]
        known = len(found) == len(self.areas)
        parts = [area.timetable for area in found if area.timetable is not None]
        return Best(
            status, named(parts) if known else Timetable(),
            sum(area.objective or 0 for area in found) if known else None,
            sum(area.bound for area in found) if known else None, self.spent,
            sum(area.status in ("optimal", "infeasible") for area in self.areas), len(self.areas),
            tuple(self.conflicts),
        )  # fmt: skip


def _together(states: list[str]) -> str:
    for status in ("infeasible", "unknown", "feasible"):
        if status in states:
            return status
    return "optimal"


def solve(
    facts: Facts, seconds: float, *, heard: Heard = lambda best: None,
    stopped: Callable[[], bool] = lambda: False, workers: int = 2,
) -> Best:  # fmt: skip
    """The best timetable within so many seconds. `heard` hears each better one, from a thread of
    the search. Without any timetable the rules in conflict are named."""
    areas = [_Area(facts.of_area(code)) for code in facts.areas]
    search = _Search(seconds, heard, stopped, workers, areas)
    search.run()
    return search.best()


def named(parts: list[Timetable]) -> Timetable:
    """The areas' timetables as one; new groups have names, no two the same at a clinic."""
    tracks: list[Track] = []
    taken: set[tuple[int, str]] = set()
    whole = [track for part in parts for track in part.tracks]
    for track in sorted(whole, key=lambda one: (one.today is None, one.clinic, one.starts,
                                                one.weekdays, one.program)):  # fmt: skip
        name = track.name or _name(track, taken)
        taken.add((track.clinic, name))
        tracks.append(replace(track, name=name))
    return Timetable(tuple(tracks), tuple(one for part in parts for one in part.visits))


def _name(track: Track, taken: set[tuple[int, str]]) -> str:
    words = FOCUS_NAMES.get(track.focus, "") + daypart(track.starts)
    words = words[:1].upper() + words[1:]
    if track.mode == "virtual":
        words = f"Virtual {words.lower()}"
    names = [words, *(f"{words} {letter}" for letter in "BCDEFGHIJKLMNOPQRSTUVWXYZ")]
    return next((name for name in names if (track.clinic, name) not in taken), words)
