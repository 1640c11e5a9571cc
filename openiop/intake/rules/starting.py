"""What somebody needs to know who books a first visit: when the phone is answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from openiop.kernel.days import local

LEAD = timedelta(hours=1)  # nobody can come sooner than this


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
