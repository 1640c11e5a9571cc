"""Free times as a stranger sees them: by day, with what the press of a button asks for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from openiop.schedule.queries.availability import Slot
from openiop.schedule.rules.times import Time

MOST = 9  # times of one day on the page


class Choice(NamedTuple):
    """One free time: its code, what the clock shows, where."""

    code: str
    clock: str
    where: str


@dataclass
class Day:
    """A day with its free times."""

    on: date
    name: str
    choices: list[Choice] = field(default_factory=list)


def by_day(slots: Iterable[Slot], today: date, zone: tzinfo, *, kind: int) -> list[Day]:
    """Free times day by day; the first two days are called by their names. At each clinic and
    moment one time is enough, whoever holds it; a day shows the first of many."""
    found: dict[date, Day] = {}
    seen = set()
    for slot in slots:
        here = slot.starts_at.astimezone(zone)
        if (slot.clinic, slot.starts_at, slot.mode) in seen:
            continue
        seen.add((slot.clinic, slot.starts_at, slot.mode))
        day = found.setdefault(here.date(), Day(here.date(), _name(here.date(), today)))
        if len(day.choices) == MOST:
            continue
        code = Time(kind, slot.clinic, slot.staff, slot.room, slot.starts_at, slot.mode).code
        where = _("by video") if slot.mode == "virtual" else slot.clinic_name
        day.choices.append(Choice(code, date_format(here, "g:i A"), where))
    return list(found.values())


def _name(day: date, today: date) -> str:
    text = date_format(day, "l, F j")
    if day == today:
        return _("Today, %(day)s") % {"day": text}
    if day == today + timedelta(days=1):
        return _("Tomorrow, %(day)s") % {"day": text}
    return text


def shown(moment: datetime, timezone: str) -> str:
    """ "Tuesday, November 24, 10:00 AM" on the clocks of the place."""
    return date_format(moment.astimezone(ZoneInfo(timezone)), "l, F j, g:i A")
