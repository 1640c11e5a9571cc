"""From a track's coming sessions and the people in it to the question of which topics to choose."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from openiop.catalog.curriculum import Curriculum
from openiop.kernel.days import MONDAY, week_start
from openiop.schedule.rules.rotation.facts import Ask, Person, Slot, Topic, Unit

FROZEN = timedelta(hours=72)  # facilitators and worksheets are prepared; nothing moves by itself
STAY = 24  # sessions of a usual stay: eight weeks of three


@dataclass(frozen=True)
class Meeting:
    """A coming session with its unit now, None before one is chosen. `state`: "planned", "pinned"
    or "replaced"."""

    id: int
    on: date
    starts_at: datetime
    now: Unit | None = None
    state: str = "planned"


@dataclass(frozen=True)
class Member:
    """Somebody of the track: expected on days of [from_on, until_on), None: with no end in sight;
    or at `only` that session. `due` are topics of the state and the last day to have had them."""

    id: int
    from_on: date
    until_on: date | None = None
    only: int | None = None
    had: frozenset[Unit] = frozenset()
    absent: frozenset[Unit] = frozenset()
    opted_out: frozenset[str] = frozenset()
    due: Mapping[str, date] = field(default_factory=dict)

    def expected(self, meeting: Meeting) -> bool:
        if self.only is not None:
            return meeting.id == self.only
        return self.from_on <= meeting.on and (
            self.until_on is None or meeting.on < self.until_on
        )  # fmt: skip


def topics_of(curriculum: Curriculum) -> tuple[Topic, ...]:
    """What the choice needs of a curriculum: its texts are left out."""
    return tuple(
        Topic(topic.code, topic.parts, topic.required, topic.prerequisites)
        for topic in curriculum.topics
    )


def question(
    topics: tuple[Topic, ...], meetings: Sequence[Meeting], members: Iterable[Member],
    now: datetime, before: Unit | None = None,
) -> Ask:  # fmt: skip
    """The question of one track at a moment; meetings in order, none of them held yet. A session
    within 72 hours that has a topic keeps it. Somebody may begin at the first session of every
    week that is not frozen. Whoever leaves before the state's day misses the topic, not the day."""
    slots = tuple(Slot(each.id, each.now, _fixed(each, now)) for each in meetings)
    people = [_person(one, meetings, topics) for one in members]
    people = [each for each in people if each.slots]
    return Ask(topics, slots, (*people, *_likely(meetings, slots)), before)


def _fixed(meeting: Meeting, now: datetime) -> str:
    if meeting.state != "planned":
        return meeting.state
    return "frozen" if meeting.now and meeting.starts_at < now + FROZEN else ""


def _person(one: Member, meetings: Sequence[Meeting], topics: tuple[Topic, ...]) -> Person:
    slots = tuple(at for at, each in enumerate(meetings) if one.expected(each))
    last = meetings[-1].on if meetings else one.from_on
    ends = one.only is None and one.until_on is not None and one.until_on <= last
    deadlines = {}
    for topic in topics:
        day = one.due.get(topic.code)
        if day is not None and one.only is None and not set(topic.units) <= one.had:
            in_time = [at for at in slots if meetings[at].on <= day]
            if day <= last and (one.until_on is None or day < one.until_on):
                deadlines[topic.code] = in_time[-1] if in_time else -1
    return Person(one.id, slots, one.had, one.absent, one.opted_out, deadlines, ends)


def _likely(meetings: Sequence[Meeting], slots: Sequence[Slot]) -> list[Person]:
    weeks: dict[date, int] = {}
    for at, each in enumerate(meetings):
        weeks.setdefault(week_start(each.on, MONDAY), at)
    return [
        Person(-1 - at, tuple(range(at, min(at + STAY, len(slots)))), likely=True)
        for at in weeks.values()
        if not slots[at].fixed
    ]
