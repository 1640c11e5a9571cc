"""Everything a timetable is made from, and the timetable itself; to and from JSON.

Weekdays: Monday is 0. Times are minutes after local midnight. Nobody in care is named: people are
counts with the hours they cannot come.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from typing import Any, TypeVar, get_args, get_type_hints

T = TypeVar("T")
NOON, EVENING = 12 * 60, 17 * 60


@dataclass(frozen=True)
class Hours:
    """[starts, ends) on a weekday."""

    weekday: int
    starts: int
    ends: int

    def overlaps(self, other: "Hours") -> bool:
        return (
            self.weekday == other.weekday and self.starts < other.ends and other.starts < self.ends
        )

    def holds(self, other: "Hours") -> bool:
        """Does the other lie inside?"""
        return (
            self.weekday == other.weekday
            and self.starts <= other.starts
            and other.ends <= self.ends
        )


@dataclass(frozen=True)
class Clinic:
    """`house_cap` and `legal_cap`: people in a group there; None where no rule is recorded."""

    id: int
    name: str
    area: str
    state: str
    hours: tuple[Hours, ...]
    house_cap: int | None = None
    legal_cap: int | None = None


@dataclass(frozen=True)
class Room:
    id: int
    clinic: int
    name: str
    capacity: int
    step_free: bool = True


@dataclass(frozen=True)
class Shift:
    """Hours at a clinic."""

    clinic: int
    weekday: int
    starts: int
    ends: int

    @property
    def hours(self) -> Hours:
        return Hours(self.weekday, self.starts, self.ends)


@dataclass(frozen=True)
class Member:
    """A colleague. `leads` names what their credentials carry: "IL substance_use counseling";
    `on_site` is true of interns whose supervisor must be there, one of `supervisors`;
    `visit_minutes` a week to be kept for one-to-ones; `caseload_max` None: without limit."""

    id: int
    name: str
    shifts: tuple[Shift, ...]
    leads: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    intern: bool = False
    on_site: bool = False
    supervisors: tuple[int, ...] = ()
    caseload: int = 0
    caseload_max: int | None = None
    visit_minutes: int = 0
    visits: tuple[Shift, ...] = ()

    @property
    def home(self) -> int | None:
        """The clinic where most of their hours are."""
        minutes: dict[int, int] = {}
        for shift in self.shifts:
            minutes[shift.clinic] = minutes.get(shift.clinic, 0) + shift.ends - shift.starts
        return max(minutes, key=lambda clinic: (minutes[clinic], -clinic), default=None)


@dataclass(frozen=True)
class Program:
    id: int
    kind: str
    name: str


@dataclass(frozen=True)
class Demand:
    """People who want a seat: those who wait and those to be expected. `clinics` are where they
    can come; `busy` when not; `step_free` how many of them need a step-free room."""

    id: str
    area: str
    clinics: tuple[int, ...]
    daypart: str
    program: int
    focus: str = ""
    language: str = "en"
    mode: str = "in_person"
    waiting: int = 0
    forecast: int = 0
    step_free: bool = False
    busy: tuple[Hours, ...] = ()

    @property
    def people(self) -> int:
        return self.waiting + self.forecast


Blocks = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Pattern:
    """Weekdays, start and blocks a new group may have."""

    weekdays: tuple[int, ...]
    starts: int
    blocks: Blocks


def _length(blocks: Blocks) -> int:
    return sum(minutes for _kind, minutes in blocks)


def daypart(starts: int) -> str:
    """ "morning", "afternoon" or "evening"."""
    return "morning" if starts < NOON else "afternoon" if starts < EVENING else "evening"


@dataclass(frozen=True)
class Today:
    """A track as it is, with `people` in it of whom `staying` stay beyond the next weeks, `seated`
    expected; `step_free`: somebody in it needs a step-free room; `busy`: when they cannot come."""

    id: int
    name: str
    clinic: int
    program: int
    weekdays: tuple[int, ...]
    starts: int
    blocks: Blocks
    room: int | None
    lead: int | None
    co: int | None = None
    mode: str = "in_person"
    focus: str = ""
    language: str = "en"
    people: int = 0
    staying: int = 0
    step_free: bool = False
    busy: tuple[Hours, ...] = ()


@dataclass(frozen=True)
class Limits:
    """The house's and the law's figures; minutes and people."""

    rest_minutes: int = 660
    day_minutes: int = 420
    week_minutes: int = 1500
    floor: int = 3
    target: int = 10
    trauma_cap: int = 8
    per_facilitator: int = 12
    staff_in_building: int = 2
    visit_minutes: int = 60
    counted_week_minutes: int = 540


@dataclass(frozen=True)
class Weights:
    """Points against a timetable, for each: person left waiting, person above the size aimed at,
    person with another facilitator, change from today."""

    waiting: int = 10
    size: int = 2
    facilitator: int = 3
    change: int = 5


@dataclass(frozen=True)
class Facts:
    """The whole question."""

    clinics: tuple[Clinic, ...]
    rooms: tuple[Room, ...]
    members: tuple[Member, ...]
    programs: tuple[Program, ...]
    demand: tuple[Demand, ...] = ()
    today: tuple[Today, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    limits: Limits = field(default_factory=Limits)
    weights: Weights = field(default_factory=Weights)

    @property
    def areas(self) -> tuple[str, ...]:
        """Codes of the areas, each once."""
        return tuple(dict.fromkeys(clinic.area for clinic in self.clinics))

    def of_area(self, area: str) -> "Facts":
        """The question of one area. Somebody who works in several holds groups only in the one
        of the clinic where most of their hours are; elsewhere they only count as being there."""
        here = {clinic.id for clinic in self.clinics if clinic.area == area}
        return replace(
            self,
            clinics=tuple(one for one in self.clinics if one.id in here),
            rooms=tuple(one for one in self.rooms if one.clinic in here),
            members=tuple(
                _in_area(one, here, self._home(one) == area)
                for one in self.members if any(shift.clinic in here for shift in one.shifts)
            ),
            demand=tuple(one for one in self.demand if one.area == area),
            today=tuple(one for one in self.today if one.clinic in here),
        )  # fmt: skip

    def _home(self, member: Member) -> str:
        return next((one.area for one in self.clinics if one.id == member.home), "")


def _in_area(member: Member, here: set[int], home: bool) -> Member:
    own = tuple(shift for shift in member.shifts if shift.clinic in here)
    if home:
        return replace(member, shifts=own)
    return replace(member, shifts=own, leads=(), visit_minutes=0, visits=(), caseload_max=0)


# --- the answer --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seated:
    """So many people of a demand have a seat."""

    demand: str
    people: int


@dataclass(frozen=True)
class Track:
    """A weekly group of a timetable; `today` is the track it goes on with, None when new."""

    clinic: int
    program: int
    name: str
    weekdays: tuple[int, ...]
    starts: int
    blocks: Blocks
    room: int | None
    lead: int | None
    co: int | None = None
    mode: str = "in_person"
    focus: str = ""
    language: str = "en"
    today: int | None = None
    seats: tuple[Seated, ...] = ()

    @cached_property
    def hours(self) -> tuple[Hours, ...]:
        ends = self.starts + _length(self.blocks)
        return tuple(Hours(day, self.starts, ends) for day in self.weekdays)

    @property
    def seated(self) -> int:
        return sum(one.people for one in self.seats)


@dataclass(frozen=True)
class Visits:
    """Time a colleague keeps for one-to-ones, each week."""

    staff: int
    clinic: int
    weekday: int
    starts: int
    ends: int

    @property
    def hours(self) -> Hours:
        return Hours(self.weekday, self.starts, self.ends)


@dataclass(frozen=True)
class Timetable:
    tracks: tuple[Track, ...] = ()
    visits: tuple[Visits, ...] = ()


def as_it_is(facts: Facts) -> Timetable:
    """Today's tracks and one-to-one hours as a timetable; nobody new has a seat."""
    tracks = tuple(
        Track(
            clinic=one.clinic, program=one.program, name=one.name, weekdays=one.weekdays,
            starts=one.starts, blocks=one.blocks, room=one.room, lead=one.lead, co=one.co,
            mode=one.mode, focus=one.focus, language=one.language, today=one.id,
        )
        for one in facts.today
    )  # fmt: skip
    visits = tuple(
        Visits(member.id, kept.clinic, kept.weekday, kept.starts, kept.ends)
        for member in facts.members
        for kept in member.visits
    )
    return Timetable(tracks, visits)


# --- JSON --------------------------------------------------------------------------------------


def to_json(value: Any) -> dict[str, Any]:
    """A dataclass of this module as plain values."""
    return asdict(value)


def from_json(kind: type[T], values: Mapping[str, Any]) -> T:
    """The dataclass again. ValueError names what is missing or of the wrong kind."""
    if not isinstance(values, Mapping):
        raise ValueError(f"{kind.__name__}: an object is expected.")
    hints = _hints(kind)
    unknown = set(values) - set(hints)
    if unknown:
        raise ValueError(f"{kind.__name__}: unknown {', '.join(sorted(unknown))}.")
    known = {name: _value(hints[name], given, name) for name, given in values.items()}
    try:
        return kind(**known)
    except TypeError as error:
        missing = [each.name for each in fields(kind) if each.name not in known]  # type: ignore[arg-type]
        raise ValueError(f"{kind.__name__}: {', '.join(missing)} are expected.") from error


def _hints(kind: Any) -> dict[str, Any]:
    known = {each.name for each in fields(kind)}
    return {name: hint for name, hint in get_type_hints(kind).items() if name in known}


def _value(hint: Any, given: Any, name: str) -> Any:
    if is_dataclass(hint) and isinstance(hint, type):
        return from_json(hint, given)
    inner = get_args(hint)
    if not inner:
        if not isinstance(given, hint):
            raise ValueError(f"{name}: {given!r} is no {hint.__name__}.")
        return given
    if type(None) in inner:
        return None if given is None else _value(inner[0], given, name)
    if not isinstance(given, list | tuple):
        raise ValueError(f"{name}: a list is expected.")
    if inner[-1] is ...:
        return tuple(_value(inner[0], each, name) for each in given)
    return tuple(_value(kind, each, name) for kind, each in zip(inner, given, strict=True))
