"""A small question for the timetable's tests: one clinic in Texas with two groups."""

from dataclasses import replace
from typing import Any

from openiop.schedule.timetable.facts import (
    Clinic,
    Demand,
    Facts,
    Hours,
    Member,
    Pattern,
    Program,
    Room,
    Seated,
    Shift,
    Timetable,
    Today,
    Track,
    Visits,
)  # fmt: skip

BLOCKS = (
    ("counseling", 60), ("break", 10), ("skills", 60), ("break", 10), ("education", 60),
)  # fmt: skip
MORNING, AFTERNOON, EVENING = 9 * 60, 13 * 60, 17 * 60 + 30
LEADS = tuple(f"TX substance_use {kind}" for kind in ("counseling", "skills", "education"))
WEEK = tuple(Hours(day, 8 * 60, 21 * 60 + 30) for day in range(5))


def week_at(clinic: int, starts: int = 8 * 60, ends: int = 21 * 60 + 30) -> tuple[Shift, ...]:
    return tuple(Shift(clinic, day, starts, ends) for day in range(5))


def make_facts(**changed: Any) -> Facts:
    """Ann (1) and Ben (2) lead; Ina (3) is an intern under Ann; Fay (4) is at the front desk.
    Eight people sit in the morning group; five wait for an afternoon."""
    ann = Member(1, "Ann", week_at(1), LEADS, ("en", "es"), caseload_max=20, visit_minutes=60)
    facts = Facts(
        clinics=(Clinic(1, "Gulf", "gulf", "TX", WEEK, 11, 16),
                 Clinic(2, "Bay", "gulf", "TX", WEEK, 11, 16)),
        rooms=(Room(1, 1, "Palm", 18), Room(2, 1, "Oak", 12, step_free=False), Room(3, 2, "Elm", 9),
               Room(4, 1, "Nook", 3)),
        members=(
            ann, replace(ann, id=2, name="Ben", languages=("en",), visit_minutes=0),
            Member(3, "Ina", week_at(1), LEADS, intern=True, on_site=True, supervisors=(1,),
                   caseload_max=0),
            Member(4, "Fay", week_at(1)), Member(5, "Guy", week_at(2)),
        ),
        programs=(Program(1, "substance_use", "Substance use"),
                  Program(2, "mental_health", "Mental health")),
        demand=(Demand("afternoon", "gulf", (1,), "afternoon", 1, waiting=4, forecast=1),
                Demand("work", "gulf", (1,), "evening", 1, waiting=3,
                       busy=(Hours(0, 8 * 60, 18 * 60),))),
        today=(Today(1, "Morning", 1, 1, (0, 2, 4), MORNING, BLOCKS, 1, 1, people=8, staying=6,
                     busy=(Hours(1, MORNING, EVENING),)),
               Today(2, "Evening", 1, 1, (0, 2, 3), EVENING, BLOCKS, 2, 2)),
        patterns=tuple(Pattern(days, starts, BLOCKS) for days in ((0, 2, 4), (1, 2, 3))
                       for starts in (MORNING, AFTERNOON, EVENING)),
    )  # fmt: skip
    return replace(facts, **changed)


MORNING_TRACK = Track(1, 1, "Morning", (0, 2, 4), MORNING, BLOCKS, 1, 1, today=1)
NEW_TRACK = Track(
    1, 1, "Afternoon", (1, 2, 3), AFTERNOON, BLOCKS, 2, 2, seats=(Seated("afternoon", 5),)
)
KEPT = Visits(1, 1, 1, 10 * 60, 11 * 60)


def make_timetable(*more: Track, morning: Any = None, new: Any = None, kept: Any = None) -> Any:
    """A timetable that keeps every rule, but for what a test changes."""
    tracks = (replace(MORNING_TRACK, **(morning or {})), replace(NEW_TRACK, **(new or {})), *more)
    return Timetable(tracks, (replace(KEPT, **(kept or {})),))
