"""Minutes of one person at one session: only what was attested, never what was expected.

Sources: SAMHSA TIP 47 (breaks, meals, transport and waiting for a test are no program time);
a one-to-one or family visit inside the program day is counseling and stays program time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Protocol
from unicodedata import normalize

from openiop.kernel.intervals import Interval, subtract

BREAK = "break"
COUNTED_VISITS = frozenset({"individual", "family"})


class Status(StrEnum):
    """What became of an expected person; nobody has a row before one of these is attested."""

    PRESENT = "present"
    UNABLE = "unable"
    ABSENT = "absent"
    EXCUSED = "excused"


class Flag(StrEnum):
    """Why an attendance stands, is kept from charges and lies with the supervisor."""

    OVER_CAP = "over_cap"
    NO_SEAT = "no_seat"


class Stretch(Protocol):
    """A block of a session or a visit nested in it: its kind, and from when to when."""

    @property
    def kind(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


@dataclass(frozen=True)
class Presence:
    """What a stay came to, in whole minutes.

    `by_block` is the group's time, one number a block, 0 for breaks and for time spent in a nested
    visit; `visits` is the time of those visits by kind.
    """

    by_block: tuple[int, ...]
    visits: Mapping[str, int]
    late: int = 0
    left_early: int = 0

    @property
    def minutes(self) -> int:
        """Minutes in the group itself."""
        return sum(self.by_block)


@dataclass(frozen=True)
class Stay:
    """One present person for the count in the room; `seated` people were there by plan."""

    record: int
    arrived_at: datetime
    left_at: datetime | None
    seated: bool


def on_the_minute(moment: datetime) -> datetime:
    """The minute a clock on the wall shows, in UTC: who comes at 18:00:40 came at 18:00."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def presence(
    blocks: Sequence[Stretch],
    arrived_at: datetime | None,
    left_at: datetime | None = None,
    visits: Iterable[Stretch] = (),
    away: Iterable[Interval] = (),
) -> Presence:
    """Minutes by block and visit from an attested stay; without an arrival all are 0.

    Without `left_at` the person stayed to the end. Breaks never count; a visit nested in the
    session takes its minutes out of the block it falls in, and so does every stretch of `away`.
    """
    spans = [_span(block) for block in blocks]
    if arrived_at is None or not spans:
        return Presence((0,) * len(spans), {})
    start, end = spans[0].start, spans[-1].end
    arrived = on_the_minute(arrived_at)
    left = max(arrived, on_the_minute(left_at) if left_at else max(end, arrived))
    stay = Interval(arrived, left)
    visited = _visited(visits, stay.intersection(Interval(start, end)))
    elsewhere = [*(visit for _, visit in visited), *away]
    by_block = tuple(
        0 if block.kind == BREAK else _in_group(span.intersection(stay), elsewhere)
        for block, span in zip(blocks, spans, strict=True)
    )
    return Presence(
        by_block, _by_kind(visited), _minutes_from(start, arrived), _minutes_from(left, end)
    )


def program_minutes(minutes: int, visits: Mapping[str, int]) -> int:
    """Minutes that count toward a week: the group's, and one-to-one or family visits in it."""
    return minutes + sum(count for kind, count in visits.items() if kind in COUNTED_VISITS)


def visit_minutes(kind: str, starts_at: datetime, ends_at: datetime, outcome: str) -> int:
    """Minutes that a visit outside a group counts toward a week: none before somebody attested that
    it was held, and none of a nurse or test visit."""
    held = outcome == "held" and kind in COUNTED_VISITS
    return _minutes_from(on_the_minute(starts_at), on_the_minute(ends_at)) if held else 0


def countable_minutes(blocks: Iterable[Stretch]) -> int:
    """What a whole session is worth: all of its blocks but the breaks."""
    return sum(_span(block).minutes for block in blocks if block.kind != BREAK)


def over_cap(stays: Iterable[Stay], cap: int | None) -> frozenset[int]:
    """Records that found the room full: `cap` people were there when they came.

    Of those who came in the same minute, people with a seat come first. None: no cap is recorded.
    """
    if cap is None:
        return frozenset()
    ordered = sorted(stays, key=lambda s: (on_the_minute(s.arrived_at), not s.seated, s.record))
    found = set()
    for place, one in enumerate(ordered):
        inside = [s for s in ordered[:place] if s.left_at is None or s.left_at > one.arrived_at]
        if len(inside) >= cap:
            found.add(one.record)
    return frozenset(found)


def may_remark(session_on: date, today: date) -> bool:
    """On its own day a mark may be set, changed and taken back; later it is corrected."""
    return today <= session_on


def is_number(typed: str, number: str) -> bool:
    """Did somebody type this record number, however they grouped its digits?"""
    return bool(number) and "".join(filter(str.isdigit, typed)) == number


def are_initials(typed: str, called: str, last_initial: str) -> bool:
    """Are these a person's initials, whatever the case, dots, spaces and accents?"""
    return bool(called and last_initial) and _letters(typed) == _letters(called[0] + last_initial)


def _letters(text: str) -> str:
    plain = normalize("NFKD", text).casefold()
    return "".join(char for char in plain if char.isalpha())


def _span(stretch: Stretch) -> Interval:
    return Interval(on_the_minute(stretch.starts_at), on_the_minute(stretch.ends_at))


def _visited(visits: Iterable[Stretch], inside: Interval | None) -> list[tuple[str, Interval]]:
    """Each visit's stretch inside the stay; time two visits claim belongs to the earlier one."""
    found: list[tuple[str, Interval]] = []
    for visit in sorted(visits, key=lambda v: (_span(v), v.kind)):
        part = inside and _span(visit).intersection(inside)
        if part:
            found += [(visit.kind, rest) for rest in subtract(part, [taken for _, taken in found])]
    return found


def _in_group(part: Interval | None, elsewhere: Iterable[Interval]) -> int:
    return sum(rest.minutes for rest in subtract(part, elsewhere)) if part else 0


def _by_kind(away: Iterable[tuple[str, Interval]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for kind, stretch in away:
        found[kind] = found.get(kind, 0) + stretch.minutes
    return found


def _minutes_from(start: datetime, end: datetime) -> int:
    return Interval(start, end).minutes if start < end else 0
