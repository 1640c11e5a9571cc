"""How a network's weeks go by: pure draws from published rates, reproducible by seed.

Rates: weekly chance of leaving early 12, 9, 7, 6, 4, 4, 3 … percent; attendance 70-85 %; reasons of
leaving after the federal discharge mix of intensive outpatient programs (TEDS 2004).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

LEAVING = (0.12, 0.09, 0.07, 0.06, 0.04, 0.04, 0.03)
LENGTHS = ((6, 2), (7, 2), (8, 4), (9, 1), (10, 1))  # weeks, weight
EARLY_REASONS = (
    ("dropped_out", 0.40), ("transferred", 0.33), ("moved", 0.12), ("coverage_ended", 0.10),
    ("other", 0.05),
)  # fmt: skip
LATE, LEFT_EARLY, UNABLE, EXCUSED = 0.08, 0.04, 0.005, 0.45


@dataclass(frozen=True)
class Course:
    """One person's way through: first day, last day and why it ended; how often they come."""

    start_on: date
    planned_end_on: date
    end_on: date
    reason: str
    attends: float


@dataclass(frozen=True)
class Presence:
    """How one session went for one person; minutes are counted from the session's start."""

    status: str
    late_minutes: int = 0
    left_after_minutes: int | None = None


def course(random: Random, start_on: date) -> Course:
    """Draw a course of 6 to 10 weeks that may end early."""
    weeks = random.choices([w for w, _ in LENGTHS], [weight for _, weight in LENGTHS])[0]
    planned = start_on + timedelta(weeks=weeks)
    attends = random.uniform(0.70, 0.92)
    for week in range(weeks):
        if random.random() < LEAVING[min(week, len(LEAVING) - 1)]:
            names = [name for name, _ in EARLY_REASONS]
            reason = random.choices(names, [share for _, share in EARLY_REASONS])[0]
            left = start_on + timedelta(days=7 * week + random.randint(2, 7))
            return Course(start_on, planned, min(left, planned), reason, attends)
    return Course(start_on, planned, planned, "completed", attends)


def presence(random: Random, attends: float, minutes: int) -> Presence:
    """Draw one person's part in a session of `minutes` minutes."""
    if random.random() > attends:
        return Presence("excused" if random.random() < EXCUSED else "absent")
    if random.random() < UNABLE:
        return Presence("unable")
    late = random.randint(6, 35) if random.random() < LATE else 0
    left = random.randint(minutes // 2, minutes - 15) if random.random() < LEFT_EARLY else None
    return Presence("present", late, left)


def arrivals(random: Random, seats_taken: int, target: int, full: int) -> int:
    """How many people start in a track this week: about one, more while it is far from `target`,
    nobody once it is full."""
    gap = target - seats_taken
    if seats_taken >= full:
        return 0
    if gap <= 0:
        return 1 if random.random() < 0.35 else 0
    return min(gap, 1 + (random.random() < 0.6) + (gap > 3) + (gap > 6))
