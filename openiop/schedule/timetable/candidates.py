"""What could be in a timetable at all: groups at a time, with the rooms and colleagues that fit.

Whatever a rule excludes by the facts alone never reaches the search. `relaxed` rules exclude
nothing: so a rule in conflict is found.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from openiop.schedule.timetable.facts import (
    Blocks,
    Clinic,
    Demand,
    Facts,
    Hours,
    Member,
    Pattern,
    Room,
    Today,
    daypart,
)  # fmt: skip
from openiop.schedule.timetable.laws import Rule

TICK = 5
Relaxed = frozenset[Rule]


@dataclass(frozen=True)
class Slot:
    """A group that may be held: today's (`was`), or a new one, of which there may be `copy`s."""

    clinic: int
    program: int
    weekdays: tuple[int, ...]
    starts: int
    blocks: Blocks
    mode: str
    focus: str
    language: str
    rooms: tuple[int, ...]
    leads: tuple[int, ...]
    helpers: tuple[int, ...]
    demand: tuple[str, ...]
    was: Today | None = None
    copy: int = 0

    @cached_property
    def hours(self) -> tuple[Hours, ...]:
        ends = self.starts + sum(minutes for _kind, minutes in self.blocks)
        return tuple(Hours(day, self.starts, ends) for day in self.weekdays)

    @property
    def people(self) -> int:
        return self.was.people if self.was else 0

    @property
    def staying(self) -> int:
        return self.was.staying if self.was else 0


class Presence:
    """Who is at which clinic when, as bits of five minutes."""

    def __init__(self, facts: Facts) -> None:
        self._at: dict[tuple[int, int, int], int] = defaultdict(int)
        enough: dict[tuple[int, int], list[int]] = defaultdict(
            lambda: [0] * facts.limits.staff_in_building
        )
        for member in facts.members:
            for shift in member.shifts:
                self._at[member.id, shift.clinic, shift.weekday] |= _inside(shift.hours)
        for (_member, clinic, weekday), bits in self._at.items():
            levels = enough[clinic, weekday]
            for level in range(len(levels) - 1, 0, -1):
                levels[level] |= levels[level - 1] & bits
            if levels:
                levels[0] |= bits
        self._enough = {key: levels[-1] for key, levels in enough.items() if levels}
        self._needs_nobody = not facts.limits.staff_in_building

    def works(self, member: int, clinic: int, hours: Iterable[Hours]) -> bool:
        """Are they there all the time?"""
        return all(
            not _touched(each) & ~self._at.get((member, clinic, each.weekday), 0) for each in hours
        )

    def watched(self, member: Member, clinic: int, hours: Iterable[Hours]) -> bool:
        """Is one of the supervisors there each time?"""
        return all(
            any(self.works(one, clinic, [each]) for one in member.supervisors) for each in hours
        )

    def enough(self, clinic: int, hours: Iterable[Hours]) -> bool:
        """Are as many colleagues there as must be while patients are?"""
        return self._needs_nobody or all(
            not _touched(each) & ~self._enough.get((clinic, each.weekday), 0) for each in hours
        )


def _bits(first: int, last: int) -> int:
    return (1 << max(last, first)) - (1 << first)


def _inside(hours: Hours) -> int:
    return _bits(-(-hours.starts // TICK), hours.ends // TICK)


def _touched(hours: Hours) -> int:
    return _bits(hours.starts // TICK, -(-hours.ends // TICK))


class Candidates:
    """The slots of one area, and who may hold them."""

    def __init__(self, facts: Facts, relaxed: Relaxed = frozenset(), *, bare: bool = False) -> None:
        self.facts, self.relaxed = facts, relaxed
        self.presence = Presence(facts)
        self.clinics = {one.id: one for one in facts.clinics}
        self.rooms = {one.id: one for one in facts.rooms}
        self.programs = {one.id: one.kind for one in facts.programs}
        self.demand = {one.id: one for one in facts.demand}
        own = [self._of_today(one) for one in facts.today]
        self.slots = own if bare else own + list(self._new())

    def _of_today(self, was: Today) -> Slot:
        slot = Slot(
            was.clinic, was.program, was.weekdays, was.starts, was.blocks, was.mode, was.focus,
            was.language, (), (), (), (), was,
        )  # fmt: skip
        return self._filled(slot)

    def _filled(self, slot: Slot) -> Slot:
        """The slot with the rooms, colleagues and people that suit it."""
        demand = [one for one in self.facts.demand if _suits(slot, one)]
        return replace(
            slot, rooms=tuple(self._rooms(slot)), leads=tuple(self._leads(slot)),
            helpers=tuple(self._helpers(slot)), demand=tuple(one.id for one in demand),
        )  # fmt: skip

    def _new(self) -> Iterator[Slot]:
        limits = self.facts.limits
        for clinic, pattern, (program, focus, language, mode) in self._shapes():
            slot = self._filled(Slot(
                clinic, program, pattern.weekdays, pattern.starts, pattern.blocks, mode, focus,
                language, (), (), (), (),
            ))  # fmt: skip
            people = sum(self.demand[one].people for one in slot.demand)
            placed = slot.rooms or mode == "virtual"
            if people < limits.floor or not slot.leads or not placed or not self.open(slot):
                continue
            yield slot
            if people > usual_cap(self.clinics[clinic], focus, self.facts):
                yield replace(slot, copy=1)

    def _shapes(self) -> Iterator[tuple[int, Pattern, tuple[int, str, str, str]]]:
        """Clinics, patterns and kinds of groups that anybody asks for."""
        limits = self.facts.limits
        wanted: dict[tuple[int, str], set[tuple[int, str, str, str]]] = defaultdict(set)
        for one in self.facts.demand:
            for clinic in one.clinics:
                wanted[clinic, one.daypart].add((one.program, one.focus, one.language, one.mode))
        for pattern in self.facts.patterns:
            counted = sum(minutes for kind, minutes in pattern.blocks if kind != "break")
            if counted * len(pattern.weekdays) < limits.counted_week_minutes:
                continue
            for clinic in self.clinics:
                for shape in sorted(wanted[clinic, daypart(pattern.starts)]):
                    yield clinic, pattern, shape

    def open(self, slot: Slot) -> bool:
        """Is the clinic open and, for a group in a room, is somebody else there?"""
        rules = self.relaxed
        hours = self.clinics[slot.clinic].hours
        opened = Rule.CLOSED in rules or all(
            any(each.holds(one) for each in hours) for one in slot.hours
        )
        together = (
            slot.mode == "virtual" or Rule.ALONE_IN_BUILDING in rules
            or self.presence.enough(slot.clinic, slot.hours)
        )  # fmt: skip
        return opened and together

    def _rooms(self, slot: Slot) -> Iterator[int]:
        if slot.mode == "virtual":
            return
        needed = slot.was is not None and slot.was.step_free
        for room in self.facts.rooms:
            small = room.capacity < max(slot.people, slot.staying, 1 if slot.was else 2)
            if room.clinic != slot.clinic or (small and Rule.ROOM_SMALL not in self.relaxed):
                continue
            if needed and not room.step_free and Rule.STEP_FREE not in self.relaxed:
                continue
            if slot.was is None and room.capacity < self.facts.limits.floor:
                continue
            yield room.id

    def _leads(self, slot: Slot) -> Iterator[int]:
        for member in self.facts.members:
            if self._may_lead(slot, member) and self._may_work(slot, member):
                yield member.id

    def _may_lead(self, slot: Slot, member: Member) -> bool:
        if not member.leads:
            return False
        state, kind = self.clinics[slot.clinic].state, self.programs[slot.program]
        blocks = {f"{state} {kind} {block}" for block, _minutes in slot.blocks if block != "break"}
        return (
            (Rule.CREDENTIAL in self.relaxed or blocks <= set(member.leads))
            and (Rule.LANGUAGE in self.relaxed or slot.language in member.languages)
            and (Rule.TRAUMA_LEAD in self.relaxed or slot.focus != "trauma" or not member.intern)
        )

    def _may_work(self, slot: Slot, member: Member) -> bool:
        there = Rule.OFF_HOURS in self.relaxed or self.presence.works(
            member.id, slot.clinic, slot.hours
        )
        watched = (
            not member.on_site or Rule.INTERN_ALONE in self.relaxed
            or self.presence.watched(member, slot.clinic, slot.hours)
        )  # fmt: skip
        return there and watched

    def _helpers(self, slot: Slot) -> Iterator[int]:
        """Who may help: only where somebody helps today, or one may be too few."""
        most = self.facts.limits.per_facilitator
        cap = usual_cap(self.clinics[slot.clinic], slot.focus, self.facts)
        if (slot.was is None or slot.was.co is None) and max(slot.people, cap) <= most:
            return
        for member in self.facts.members:
            if member.leads and self._may_work(slot, member):
                yield member.id

    def pieces(self, member: Member) -> Iterator[tuple[int, Hours]]:
        """Hours in which a colleague could meet people one to one: clinic and time."""
        unit = self.facts.limits.visit_minutes
        for shift in member.shifts:
            start = -(-shift.starts // 60) * 60
            for at in range(start, shift.ends - unit + 1, unit):
                hours = Hours(shift.weekday, at, at + unit)
                if self._may_meet(member, shift.clinic, hours):
                    yield shift.clinic, hours

    def _may_meet(self, member: Member, clinic: int, hours: Hours) -> bool:
        rules = self.relaxed
        watched = not member.on_site or self.presence.watched(member, clinic, [hours])
        together = self.presence.enough(clinic, [hours])
        opened = any(each.holds(hours) for each in self.clinics[clinic].hours)
        return (
            (watched or Rule.INTERN_ALONE in rules)
            and (together or Rule.ALONE_IN_BUILDING in rules)
            and (opened or Rule.CLOSED in rules)
        )


def _suits(slot: Slot, wanted: Demand) -> bool:
    return (
        wanted.people > 0 and slot.clinic in wanted.clinics
        and daypart(slot.starts) == wanted.daypart
        and (slot.program, slot.focus, slot.language, slot.mode)
        == (wanted.program, wanted.focus, wanted.language, wanted.mode)
        and not any(each.overlaps(busy) for each in slot.hours for busy in wanted.busy)
    )  # fmt: skip


def usual_cap(clinic: Clinic, focus: str, facts: Facts) -> int:
    """The most people a plan seats in a group there."""
    caps = [cap for cap in (clinic.house_cap, clinic.legal_cap) if cap is not None]
    if focus == "trauma":
        caps.append(facts.limits.trauma_cap)
    return min(caps, default=sum(one.people for one in facts.demand) + 99)


def room_cap(room: Room, clinic: Clinic, focus: str, facts: Facts) -> int:
    """The most people a plan seats in a group in this room."""
    return min(room.capacity, usual_cap(clinic, focus, facts))
