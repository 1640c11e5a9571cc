"""A timetable laid out for the checker: facts by id, and the parts whose ids are known."""

from collections import defaultdict
from collections.abc import Collection
from functools import cached_property

from openiop.schedule.timetable.facts import Facts, Hours, Timetable, Today, Track, Visits

A_WEEK = 7


class Look:
    """The facts by id, and the parts of a timetable whose ids are known."""

    def __init__(self, facts: Facts, timetable: Timetable) -> None:
        self.facts, self.timetable, self.limits = facts, timetable, facts.limits
        self.clinics = {one.id: one for one in facts.clinics}
        self.rooms = {one.id: one for one in facts.rooms}
        self.members = {one.id: one for one in facts.members}
        self.programs = {one.id: one for one in facts.programs}
        self.demand = {one.id: one for one in facts.demand}
        self.today = {one.id: one for one in facts.today}

    @cached_property
    def tracks(self) -> list[Track]:
        return [one for one in self.timetable.tracks if not strange(self, one)]

    @cached_property
    def visits(self) -> list[Visits]:
        return [
            one for one in self.timetable.visits
            if one.staff in self.members and one.clinic in self.clinics
            and 0 <= one.weekday < A_WEEK
        ]  # fmt: skip

    @cached_property
    def work(self) -> dict[int, list[tuple[str, int, Hours, bool]]]:
        """What each colleague does: in words, where, when, and whether it is a group."""
        found: dict[int, list[tuple[str, int, Hours, bool]]] = defaultdict(list)
        for track in self.tracks:
            for staff in holders(track):
                found[staff] += [(track.name, track.clinic, each, True) for each in track.hours]
        for kept in self.visits:
            found[kept.staff].append(("one-to-ones", kept.clinic, kept.hours, False))
        return found

    def was(self, track: Track) -> Today | None:
        return None if track.today is None else self.today[track.today]

    def size(self, track: Track) -> int:
        """People in the group once those who leave have left and those seated have come."""
        was = self.was(track)
        return track.seated + (was.staying if was else 0)

    def most(self, track: Track) -> int:
        was = self.was(track)
        return max(self.size(track), was.people if was else 0)


def holders(track: Track) -> list[int]:
    """Its facilitator and co-facilitator."""
    return [staff for staff in (track.lead, track.co) if staff is not None]


def strange(look: Look, track: Track) -> list[str]:
    """What the track names that nobody knows."""
    named: list[tuple[str, int | None, Collection[int]]] = [
        ("clinic", track.clinic, look.clinics), ("program", track.program, look.programs),
        ("room", track.room, look.rooms), ("facilitator", track.lead, look.members),
        ("co-facilitator", track.co, look.members), ("track of today", track.today, look.today),
    ]  # fmt: skip
    found = [f"{what} {given}" for what, given, known in named
             if given is not None and given not in known]  # fmt: skip
    found += [f"people {one.demand}" for one in track.seats if one.demand not in look.demand]
    found += [f"{one.people} people" for one in track.seats if one.people < 1]
    found += [f"weekday {day}" for day in track.weekdays if not 0 <= day < A_WEEK]
    return found or ([] if track.weekdays and track.blocks else ["days"])
