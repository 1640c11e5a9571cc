"""What a timetable changes: groups begun, ended, held by others or elsewhere; one-to-one hours."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from openiop.schedule.timetable.facts import Facts, Hours, Timetable, Today, Track


@dataclass(frozen=True)
class Difference:
    """One group before and after. `what` names what differs: "new", "ended", or some of "time",
    "room" and "staff"; nothing where all stays."""

    was: Today | None
    track: Track | None
    what: tuple[str, ...]

    @property
    def group(self) -> Today | Track:
        """The group as it will be, or was."""
        one = self.track or self.was
        if one is None:
            raise TypeError("a difference is of some group")
        return one


def differences(facts: Facts, timetable: Timetable) -> list[Difference]:
    """Every group of today's and of the timetable, in the clinics' order."""
    was = {one.id: one for one in facts.today}
    goes_on = {one.today for one in timetable.tracks}
    found = [_kept(was.get(one.today or 0), one) for one in timetable.tracks]
    found += [Difference(one, None, ("ended",)) for one in facts.today if one.id not in goes_on]
    places = {one.id: number for number, one in enumerate(facts.clinics)}
    return sorted(found, key=lambda one: (
        places.get(one.group.clinic, 0), one.group.starts, one.group.weekdays, one.group.name
    ))  # fmt: skip


def _kept(was: Today | None, track: Track) -> Difference:
    if was is None:
        return Difference(None, track, ("new",))
    differs = {
        "time": (was.weekdays, was.starts) != (track.weekdays, track.starts),
        "room": (was.room, was.mode) != (track.room, track.mode),
        "staff": (was.lead, was.co) != (track.lead, track.co),
    }
    return Difference(was, track, tuple(name for name, yes in differs.items() if yes))


@dataclass(frozen=True)
class Kept:
    """Time a colleague keeps for one-to-ones each week: minutes today and in the timetable."""

    staff: int
    name: str
    before: int
    after: int
    hours: tuple[Hours, ...]


def kept_hours(facts: Facts, timetable: Timetable) -> list[Kept]:
    """Colleagues whose one-to-one hours differ, by name."""
    now = {one.id: _stretches(shift.hours for shift in one.visits) for one in facts.members}
    then = {one.id: _stretches(kept.hours for kept in timetable.visits if kept.staff == one.id)
            for one in facts.members}  # fmt: skip
    return sorted((
        Kept(one.id, one.name, _minutes(now[one.id]), _minutes(then[one.id]), then[one.id])
        for one in facts.members if now[one.id] != then[one.id]
    ), key=lambda each: each.name)  # fmt: skip


def _stretches(hours: Iterable[Hours]) -> tuple[Hours, ...]:
    """The same hours as few stretches, in order."""
    found: list[Hours] = []
    for one in sorted(hours, key=lambda each: (each.weekday, each.starts)):
        last = found[-1] if found else None
        if last and last.weekday == one.weekday and one.starts <= last.ends:
            found[-1] = Hours(one.weekday, last.starts, max(last.ends, one.ends))
        else:
            found.append(one)
    return tuple(found)


def _minutes(hours: tuple[Hours, ...]) -> int:
    return sum(one.ends - one.starts for one in hours)


def counted(found: list[Difference]) -> Counter[str]:
    """How many groups begin ("new"), end ("ended"), change ("changed") and stay ("same")."""
    kinds = {("new",): "new", ("ended",): "ended", (): "same"}
    return Counter(kinds.get(one.what, "changed") for one in found)
