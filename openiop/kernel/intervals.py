"""Half-open stretches of time [start, end) and the minutes they share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, order=True)
class Interval:
    """From `start` up to, not including, `end`; both aware, start <= end, kept in UTC: two local
    times of one zone would be compared by the wall clock, an hour wrong across a clock change."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            object.__setattr__(self, name, getattr(self, name).astimezone(UTC))
        if self.end < self.start:
            raise ValueError("an interval cannot end before it starts")

    @property
    def minutes(self) -> int:
        """Whole minutes, seconds dropped."""
        return int((self.end - self.start) / timedelta(minutes=1))

    def overlaps(self, other: "Interval") -> bool:
        return self.start < other.end and other.start < self.end

    def intersection(self, other: "Interval") -> "Interval | None":
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None


def subtract(whole: Interval, holes: Iterable[Interval]) -> list[Interval]:
    """What is left of `whole` once every hole is cut out, in order."""
    left, start = [], whole.start
    for hole in sorted(holes):
        if hole.start > start:
            left.append(Interval(start, min(hole.start, whole.end)))
        start = max(start, hole.end)
        if start >= whole.end:
            break
    if start < whole.end:
        left.append(Interval(start, whole.end))
    return [piece for piece in left if piece.start < piece.end]
