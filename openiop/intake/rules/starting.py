"""What a stranger needs to know to book a first visit, and what a time is called on the way."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from openiop.kernel.days import local

LEAD = timedelta(hours=1)  # nobody can come sooner than this
MODES = {"p": "in_person", "v": "virtual"}
_CODE = re.compile(r"(\d{1,18})-(\d{1,18})-(\d{1,18})-(\d{0,18})-(\d{9,10})-([pv])", re.ASCII)


class Named(NamedTuple):
    """A time as an address or a form carries it."""

    type: int
    clinic: int
    staff: int
    room: int | None
    starts_at: datetime
    mode: str

    @property
    def code(self) -> str:
        room = "" if self.room is None else str(self.room)
        at, mode = int(self.starts_at.timestamp()), "v" if self.mode == "virtual" else "p"
        return f"{self.type}-{self.clinic}-{self.staff}-{room}-{at}-{mode}"


def named(code: str) -> Named | None:
    """The time of a code; None where it is none."""
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    kind, clinic, staff = (int(found[part]) for part in (1, 2, 3))
    room = int(found[4]) if found[4] else None
    return Named(kind, clinic, staff, room, datetime.fromtimestamp(int(found[5]), UTC),
                 MODES[found[6]])  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """When somebody answers the phone at a clinic: weekday number ("0" is Monday) to opening and
    closing time on its clocks, but for days it is closed."""

    timezone: str
    hours: Mapping[str, Iterable[str]]
    closed: frozenset[date] = frozenset()

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """Opening and closing on a day; None where it stays closed."""
        hours = None if day in self.closed else self.hours.get(str(day.weekday()))
        if not hours:
            return None
        opens, closes = (local(day, time.fromisoformat(each), self.timezone) for each in hours)
        return opens, closes


def answers(desks: Iterable[Desk], now: datetime) -> datetime | None:
    """When somebody answers: `now` where a desk is open, else the first opening within two weeks;
    None where there is none."""
    soonest = None
    for desk in desks:
        today = now.astimezone(ZoneInfo(desk.timezone)).date()
        for ahead in range(14):
            open_ = desk.on(today + timedelta(days=ahead))
            if open_ is None or open_[1] <= now:
                continue
            at = max(open_[0], now)
            soonest = at if soonest is None else min(soonest, at)
            break
    return soonest
