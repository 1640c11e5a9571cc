"""The sentence for a room, a staff member or a person who would be in two places at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from openiop.kernel.intervals import Interval


@dataclass(frozen=True, slots=True)
class Clash:
    """Something that stands in the way: `kind` "room", "staff", "provider" or "record"; `name` of
    the room, colleague or interpreter, never of a person in care; `held_by` the track or `visit`
    that has it."""

    kind: str
    resource: int
    name: str
    starts_at: datetime
    ends_at: datetime
    held_by: str
    visit: bool = False


def sentence(clashes: Iterable[Clash], timezone: str) -> str:
    """All clashes as one sentence for each, in order of time; persons are never named."""
    ordered = sorted(clashes, key=lambda clash: (clash.starts_at, clash.kind, clash.resource))
    return " ".join(dict.fromkeys(_one(clash, timezone) for clash in ordered))


def _one(clash: Clash, timezone: str) -> str:
    when = hours(clash.starts_at, clash.ends_at, timezone)
    if clash.kind == "record":
        return f"Somebody enrolled here has {clash.held_by} on {when}."
    return f"{clash.name} has {clash.held_by} on {when}."


def hours(starts_at: datetime, ends_at: datetime, timezone: str) -> str:
    """ "Tue 24 Nov, 18:00 to 21:20", on the clocks of the place."""
    end = ends_at.astimezone(ZoneInfo(timezone))
    return f"{day_and_hour(starts_at, timezone)} to {end:%H:%M}"


def free_starts(
    whole: Interval, busy: Iterable[Interval], length: timedelta,
    step: timedelta = timedelta(minutes=30),
) -> list[datetime]:  # fmt: skip
    """Starts within `whole`, a step apart, from which `length` stays clear of everything busy."""
    taken = list(busy)
    found, start = [], whole.start
    while start + length <= whole.end:
        wanted = Interval(start, start + length)
        if not any(wanted.overlaps(other) for other in taken):
            found.append(start)
        start += step
    return found


def day_and_hour(moment: datetime, timezone: str) -> str:
    """ "Tue 24 Nov, 18:00", on the clocks of the place."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"
