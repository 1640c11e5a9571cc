"""A track's topics over simulated weeks: people come every week, miss sessions, leave early, stay
longer, come back. Pure: no database; the same seed lives the same weeks."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from statistics import mean, quantiles
from typing import Any

from openiop.catalog.curriculum import curriculum
from openiop.kernel.days import local
from openiop.schedule.rules.rotation import OWN, Answer, Topic, Unit, solve
from openiop.schedule.rules.rotation.asking import Meeting, Member, question, topics_of
from openiop.simulation import rules

ZONE, STATE, CURRICULUM = "America/Chicago", "TX", ("iop-30", 1)
START = date(2026, 1, 5)  # a Monday
WEEKDAYS, STARTS = (0, 2, 4), time(18)
AHEAD = 30  # sessions planned ahead
OPENING, TARGET, FULL = 6, 9, 11
STAY_LONGER, COME_BACK, CRISIS = 0.15, 0.05, 0.02
Progress = Callable[[int, int], None]


@dataclass
class Someone:
    """A person of the simulation: their drawn course, when the desk knows of them, what they have
    heard. `end_on` is the last day planned, which may move."""

    id: int
    known_at: datetime
    course: rules.Course
    end_on: date
    longer_weeks: int
    had: set[Unit] = field(default_factory=set)
    absent: set[Unit] = field(default_factory=set)

    def here(self, day: date) -> bool:
        return self.course.start_on <= day < self.gone_on

    @property
    def gone_on(self) -> date:
        """The day they are gone, which the plan learns only then, when they leave early."""
        early = self.course.end_on < self.course.planned_end_on
        longer = timedelta(weeks=self.longer_weeks)
        return self.course.end_on if early else self.course.planned_end_on + longer


@dataclass
class Life:
    """The track's weeks: the plan of now, who is known, what was counted."""

    random: Random
    topics: tuple[Topic, ...]
    due_days: dict[str, int]
    meetings: list[Meeting]
    people: list[Someone] = field(default_factory=list)
    before: Unit | None = None
    seconds: list[float] = field(default_factory=list)
    changes: list[int] = field(default_factory=list)
    optimal: int = 0
    causes: dict[tuple[int, int], str] = field(default_factory=dict)
    repeats: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[dict[str, Any]] = field(default_factory=list)
    replaced: int = 0
    heard: int = 0


def simulate(
    weeks: int, seed: int, progress: Progress = lambda done, total: None, work: float | None = None
) -> dict[str, Any]:
    """Live so many weeks of one track of three evenings; what was repeated and why, seconds and
    changes of each recompute. A recompute follows every session and every arrival."""
    found = curriculum(*CURRICULUM)
    due = {topic.code: by.within_days for topic in found.required_in(STATE)
           for by in topic.required_by if by.state == STATE}  # fmt: skip
    life = Life(Random(seed), topics_of(found), due, _meetings(weeks))
    for week in range(weeks):
        _arrive(life, START + timedelta(weeks=week), week == 0)
    for at in range(weeks * len(WEEKDAYS)):
        _day(life, at, work)
        progress(at + 1, weeks * len(WEEKDAYS))
    return _told(life, weeks, seed)


def _meetings(weeks: int) -> list[Meeting]:
    days = [START + timedelta(weeks=week, days=day)
            for week in range(weeks + AHEAD) for day in WEEKDAYS]  # fmt: skip
    return [Meeting(at, day, local(day, STARTS, ZONE)) for at, day in enumerate(days)]


def _arrive(life: Life, monday: date, first: bool) -> None:
    """This week's new people, known some days before; now and then somebody who was here before."""
    taken = sum(each.here(monday) for each in life.people)
    number = OPENING if first else rules.arrivals(life.random, taken, TARGET, FULL)
    for _ in range(number):
        start = monday + timedelta(days=life.random.choice((0, 0, 1, 2)))
        course = rules.course(life.random, start)
        longer = life.random.randint(2, 6) if life.random.random() < STAY_LONGER else 0
        known = local(start - timedelta(days=life.random.randint(0, 10)), time(9), ZONE)
        gone = [each for each in life.people if each.gone_on + timedelta(weeks=2) <= start]
        back = life.random.choice(gone) if gone and life.random.random() < COME_BACK else None
        one = Someone(len(life.people), known, course, course.planned_end_on, longer)
        if back is not None:
            one.had = back.had  # the same set: whatever either hears, the person has had
        life.people.append(one)


def _day(life: Life, at: int, work: float | None) -> None:
    """The arrivals before a session, each planned in; the session; a recompute after it."""
    meeting = life.meetings[at]
    since = life.meetings[at - 1].starts_at if at else local(START, time(0), ZONE)
    for moment in sorted({each.known_at for each in life.people
                          if since < each.known_at < meeting.starts_at}):  # fmt: skip
        _replan(life, at, moment, work)
    if life.meetings[at].now is None:
        _replan(life, at, meeting.starts_at - timedelta(hours=2), work)
    _hold(life, at)
    for each in life.people:  # on the last evening planned, some stay on
        if each.longer_weeks and each.here(meeting.on) and each.end_on <= meeting.on + timedelta(3):
            each.end_on = each.gone_on
    _replan(life, at + 1, meeting.starts_at + timedelta(hours=3), work)


def _replan(life: Life, at: int, now: datetime, work: float | None) -> None:
    ahead = life.meetings[at : at + AHEAD]
    members = [_member(life, each) for each in life.people
               if each.known_at <= now and each.gone_on > now.date()]  # fmt: skip
    ask = question(life.topics, ahead, members, now, life.before)
    answer = solve(ask) if work is None else solve(ask, work=work)
    changed = sum(
        meeting.now is not None and meeting.now != unit
        for meeting, unit in zip(ahead, answer.plan, strict=True)
    )
    life.seconds.append(answer.seconds)
    life.changes.append(changed)
    life.optimal += answer.optimal
    _keep_causes(life, ahead, answer)
    life.meetings[at : at + AHEAD] = [
        Meeting(meeting.id, meeting.on, meeting.starts_at, unit, meeting.state)
        for meeting, unit in zip(ahead, answer.plan, strict=True)
    ]


def _keep_causes(life: Life, ahead: list[Meeting], answer: Answer) -> None:
    """A session too near to change repeats for the cause it had before, if it had one."""
    for repeat in answer.repeats:
        key = (repeat.person, ahead[repeat.slot].id)
        if repeat.cause != "frozen":
            life.causes[key] = repeat.cause


def _member(life: Life, one: Someone) -> Member:
    due = {code: one.course.start_on + timedelta(days=days)
           for code, days in life.due_days.items()}  # fmt: skip
    had, absent = frozenset(one.had), frozenset(one.absent)
    return Member(one.id, one.course.start_on, one.end_on, had=had, absent=absent, due=due)


def _hold(life: Life, at: int) -> None:
    """The session takes place: now and then with a topic of the group's own."""
    meeting = life.meetings[at]
    if life.random.random() < CRISIS:
        life.replaced += 1
        life.meetings[at] = Meeting(meeting.id, meeting.on, meeting.starts_at, OWN, "replaced")
        return
    unit = meeting.now
    assert unit is not None
    life.before = unit
    required = {each for topic in life.topics if topic.required for each in topic.units}
    for one in life.people:
        if not one.here(meeting.on):
            continue
        if rules.presence(life.random, one.course.attends, 180).status == "present":
            life.heard += 1
            _hear(life, one, meeting, unit, required)
        else:
            one.absent.add(unit)


def _hear(life: Life, one: Someone, meeting: Meeting, unit: Unit, required: set[Unit]) -> None:
    told = {"session": meeting.id, "on": meeting.on.isoformat(), "person": one.id,
            "topic": unit[0], "part": unit[1]}  # fmt: skip
    if unit in one.had:
        cause = life.causes.get((one.id, meeting.id), "frozen")
        life.repeats.append(told | {"cause": "finished" if required <= one.had else cause})
    needs = next(topic for topic in life.topics if topic.code == unit[0]).needs
    before = {each for topic in life.topics if topic.code in needs for each in topic.units}
    if unit[1] > 1:
        before.add((unit[0], unit[1] - 1))
    if not before <= one.had:
        absent = before - one.had <= one.absent
        life.wrong.append(told | {"cause": "absent" if absent else "frozen"})
    one.had.add(unit)


def _told(life: Life, weeks: int, seed: int) -> dict[str, Any]:
    return {
        "weeks": weeks, "seed": seed, "sessions": weeks * len(WEEKDAYS),
        "people": len(life.people), "heard": life.heard, "replaced_on_the_spot": life.replaced,
        "repeats": life.repeats, "causes": dict(Counter(each["cause"] for each in life.repeats)),
        "landed_wrong": life.wrong,
        "recomputes": len(life.seconds), "proven_optimal": life.optimal,
        "seconds": _spread(life.seconds), "changes": _spread(life.changes),
    }  # fmt: skip


def _spread(values: list[float] | list[int]) -> dict[str, float]:
    marks = quantiles(values, n=20) if len(values) > 1 else [values[0]]
    found = {"mean": mean(values), "p95": marks[-1], "max": max(values)}
    return {name: round(value, 3) for name, value in found.items()}
