"""A person's week as the payer counts it: what was scheduled, attended, is missing, still fits.

Sources: federal and payer rules `iop.week.*`, `iop.day.min_minutes` and the house's
`enrollment.makeup.*` of the catalog, which callers resolve and bring as `Marks` and `MakeupRules`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from openiop.kernel.days import SUNDAY, local, week_start
from openiop.kernel.intervals import Interval

ROLLING = "rolling-7"
A_WEEK = timedelta(days=7)


class WeekState(StrEnum):
    """Where a week stands. Held weeks wait for a person: neither dropped nor released."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    SHORT = "short"
    DOCUMENTED = "documented"
    HELD = "held_for_decision"
    DECIDED = "decided"


class Decision(StrEnum):
    """What a person may decide about a short week."""

    DOCUMENTED = "documented"
    RELEASED = "released"
    WITHHELD = "withheld"
    HELD = "held"


@dataclass(frozen=True, order=True)
class Week:
    """Seven days from `start` up to, not including, `end`."""

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)


@dataclass(frozen=True)
class Marks:
    """What a week must reach; None where nothing is recorded. `by_payer`: the payer itself asks."""

    minutes: int | None = None
    days: int | None = None
    day_minutes: int | None = None
    by_payer: bool = False


@dataclass(frozen=True)
class Booked:
    """A session a person has a seat in or came to.

    `minutes` is what the whole session is worth; `attended` the program minutes recorded, None
    while nothing is; `ended` says that it is over.
    """

    session: int
    on: date
    minutes: int
    attended: int | None
    ended: bool
    makeup: bool = False


@dataclass(frozen=True)
class ClosedDay:
    """A closure on a day the person's track would have met, and what that session was worth."""

    on: date
    minutes: int
    name: str


@dataclass(frozen=True)
class Totals:
    """A week in numbers; `possible_*` adds what is booked and not over to what was attended."""

    scheduled_minutes: int
    attended_minutes: int
    possible_minutes: int
    scheduled_days: int
    attended_days: int
    possible_days: int
    unrecorded: int


@dataclass(frozen=True)
class Judged:
    """The state of a week, why, and what is missing even if every booked session is attended."""

    state: WeekState
    reason: str
    missing_minutes: int
    missing_days: int


@dataclass(frozen=True)
class MakeupRules:
    """The house's `enrollment.makeup.*` values on the day."""

    same_week: bool = True
    education_one_in: int = 3
    units_a_day: int = 1
    virtual_needs_payer: bool = True


@dataclass(frozen=True)
class Opening:
    """A session to come, as a make-up: `free` seats under the house cap, `people` seated in it."""

    session: int
    track: int
    clinic: int
    on: date
    during: Interval
    minutes: int
    virtual: bool
    program_kind: str
    education_only: bool
    free: int
    people: frozenset[int]


@dataclass(frozen=True)
class Seeker:
    """A person who looks for a make-up in one payer week.

    `busy` is every stretch they are booked for, `days` the minutes attended or booked by day,
    `recent` whether earlier make-ups were education only, the newest first.
    """

    record: int
    week: Week
    program_kind: str
    booked: frozenset[int]
    busy: tuple[Interval, ...]
    days: Mapping[date, int]
    apart: frozenset[int]
    recent: tuple[bool, ...]
    virtual_accepted: bool
    day_minutes: int | None


def payer_week(definition: str, day: date, admitted_on: date) -> Week:
    """The week holding `day`: Sunday to Saturday, or each seven days from admission."""
    if definition == ROLLING:
        start = day - timedelta(days=(day - admitted_on).days % 7)
    else:
        start = week_start(day, SUNDAY)
    return Week(start, start + A_WEEK)


def closes_at(week: Week, timezone: str) -> datetime:
    """The local midnight that ends the week."""
    return local(week.end, time(0), timezone)


def totals(booked: Iterable[Booked], visits: int = 0) -> Totals:
    """Minutes and days of a week. Expected is not attended; a make-up adds to what is possible,
    never to what was scheduled. `visits` are the minutes of one-to-one and family visits held
    outside groups: they add minutes and make no program day."""
    rows = list(booked)
    attended = [row for row in rows if row.ended and row.attended]
    coming = [row for row in rows if not row.ended and row.attended != 0]
    done = visits + sum(row.attended or 0 for row in attended)
    days = {row.on for row in attended}
    return Totals(
        scheduled_minutes=sum(row.minutes for row in rows if not row.makeup),
        attended_minutes=done,
        possible_minutes=done + sum(_still(row) for row in coming),
        scheduled_days=len({row.on for row in rows if not row.makeup}),
        attended_days=len(days),
        possible_days=len(days | {row.on for row in coming}),
        unrecorded=sum(row.ended and row.attended is None for row in rows),
    )


def minutes_by_day(booked: Iterable[Booked]) -> dict[date, int]:
    """Attended or still booked minutes by day: does the day already make a program unit?"""
    found: dict[date, int] = {}
    for row in booked:
        minutes = (row.attended or 0) if row.ended else _still(row)
        found[row.on] = found.get(row.on, 0) + minutes
    return found


def judge(
    week: Totals,
    marks: Marks,
    *,
    over: bool,
    closed: Sequence[ClosedDay] = (),
    partial: str = "",
    decision: Decision | None = None,
    decided_reason: str = "",
) -> Judged:
    """Where the week stands.

    `over`: the week has closed. `partial` says why the person was here for part of it only: it
    documents the week when they lack no more than was never scheduled for them. A closure documents
    it when the closed sessions alone would have filled the gap.
    """
    gap = _gap(marks, week.possible_minutes, week.possible_days)
    state, reason = WeekState.ON_TRACK, ""
    if any(gap):
        state = WeekState.HELD if marks.by_payer else WeekState.SHORT
        if excuse := _excuse(gap, week, marks, closed, partial):
            state, reason = WeekState.DOCUMENTED, excuse
        elif not over:
            state = WeekState.AT_RISK
        if decision:
            state = WeekState.HELD if decision is Decision.HELD else WeekState.DECIDED
            reason = decided_reason
    return Judged(state, reason, *gap)


def _gap(marks: Marks, minutes: int, days: int) -> tuple[int, int]:
    """Minutes and days that lack from the marks."""
    return max(0, (marks.minutes or 0) - minutes), max(0, (marks.days or 0) - days)


def _excuse(
    gap: tuple[int, int], week: Totals, marks: Marks, closed: Sequence[ClosedDay], partial: str
) -> str:
    """The reason on file that explains the whole gap, or ""."""
    shut = (sum(day.minutes for day in closed), len({day.on for day in closed}))
    if _covers(shut, gap):
        return ", ".join(dict.fromkeys(day.name for day in closed))
    never_planned = _gap(marks, week.scheduled_minutes, week.scheduled_days)
    return partial if _covers(never_planned, gap) else ""


def _covers(amount: tuple[int, int], gap: tuple[int, int]) -> bool:
    return amount[0] >= gap[0] and amount[1] >= gap[1]


def failing(week: Judged, decision: Decision | None, unrecorded: int) -> bool:
    """A closed week that fell short with no reason on file; unrecorded sessions may yet tell."""
    if unrecorded or decision is Decision.DOCUMENTED:
        return False
    return week.state in (WeekState.SHORT, WeekState.HELD, WeekState.DECIDED)


def level_review_due(failed: Sequence[bool], in_a_row: int) -> bool:
    """Did the last `in_a_row` weeks (newest first) all fail?"""
    return len(failed) >= in_a_row > 0 and all(failed[:in_a_row])


def obstacle(seeker: Seeker, opening: Opening, rules: MakeupRules, now: datetime) -> str:
    """Why this session is no make-up for this person, as a code; "" when it fits.

    "apart" must reach the desk only as "choose another".
    """
    checks = (
        ("over", opening.during.start <= now),
        ("booked", opening.session in seeker.booked),
        ("apart", bool(opening.people & seeker.apart)),
        ("week", rules.same_week and opening.on not in seeker.week),
        ("kind", opening.program_kind != seeker.program_kind),
        ("virtual", opening.virtual and rules.virtual_needs_payer and not seeker.virtual_accepted),
        ("unit", _units(seeker, opening.on) >= rules.units_a_day),
        ("education", opening.education_only and _education_spent(seeker, rules)),
        ("clash", any(opening.during.overlaps(taken) for taken in seeker.busy)),
        ("full", opening.free < 1),
    )
    return next((code for code, stands_in_the_way in checks if stands_in_the_way), "")


def _still(row: Booked) -> int:
    """A running session's recorded minutes are known; one to come is worth all of its own."""
    return row.minutes if row.attended is None else row.attended


def _units(seeker: Seeker, day: date) -> int:
    minutes = seeker.days.get(day, 0)
    return minutes // seeker.day_minutes if seeker.day_minutes else int(minutes > 0)


def _education_spent(seeker: Seeker, rules: MakeupRules) -> bool:
    """Of any `education_one_in` make-ups in a row one may be education only."""
    return any(seeker.recent[: rules.education_one_in - 1])
