"""Days, times and durations in the words people read."""

from datetime import date, datetime, tzinfo

from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.translation import gettext as _

from openiop.ui.remembered import remembered


@remembered
def _written(value: date, pattern: str) -> str:
    return written(value, pattern)


def day_text(value: date, today: date | None = None) -> str:
    """The day as "Tue 24 Nov", with its year when that is not the year of `today`."""
    year = today.year if today else datetime.now(timezone.get_current_timezone()).year
    plain = date(value.year, value.month, value.day)
    return _written(plain, _("D j M") if value.year == year else _("D j M Y"))


def when_text(value: datetime, zone: tzinfo | None = None, today: date | None = None) -> str:
    """The moment as "Tue 24 Nov, 18:00" in `zone`, naming the zone if it is not the page's own.

    Without `zone` it is shown in the page's zone (Django's current one, which the door sets to
    the clinic's). `value` must be aware; a naive one raises ValueError.
    """
    here = timezone.localtime(value)
    there = timezone.localtime(value, zone) if zone else here
    text = f"{day_text(there, today)}, {there:%H:%M}"
    return text if there.utcoffset() == here.utcoffset() else f"{text} {there:%Z}"


def minutes_text(minutes: int) -> str:
    """Minutes as "3 h 05"; under an hour "45 min"; a negative amount keeps its sign."""
    sign, minutes = ("−" if minutes < 0 else ""), abs(minutes)
    if minutes < 60:
        return _("%(sign)s%(minutes)d min") % {"sign": sign, "minutes": minutes}
    hours, rest = divmod(minutes, 60)
    return _("%(sign)s%(hours)d h %(rest)02d") % {"sign": sign, "hours": hours, "rest": rest}
