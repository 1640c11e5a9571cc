"""What a timetable's pages say: states, differences, days and hours."""

from collections.abc import Iterable

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from openiop.schedule.queries.plans import PlanFacts
from openiop.schedule.timetable.differences import Difference
from openiop.schedule.timetable.facts import Hours, Today, Track


def state_words(plan: PlanFacts) -> tuple[str, str]:
    """A plan's state in a word or two, and its tone."""
    if plan.silent:
        return _("Nothing heard of it"), "watch"
    if plan.applied:
        return _("Applied"), "good"
    if plan.undone_at:
        return _("Undone"), ""
    if plan.state == "done" and not plan.found:
        return _("Nothing found"), "watch"
    return {
        "queued": (_("Waits for the worker"), "info"), "running": (_("Searching"), "info"),
        "stopping": (_("Stopping"), "info"), "done": (_("Found"), "good"),
        "impossible": (_("Not possible"), "watch"), "failed": (_("Broken off"), "watch"),
    }[plan.state]  # fmt: skip


def what_words(what: tuple[str, ...]) -> str:
    """What differs of a group."""
    words = {
        "new": _("Begins"), "ended": _("Ends"), "time": _("Other time"), "room": _("Other room"),
        "staff": _("Other facilitator"),
    }  # fmt: skip
    return ", ".join(words[each] for each in what) or _("Stays")


def affected_words(every: Iterable[Difference]) -> list[str]:
    """Whom each change concerns, a sentence each."""
    found = []
    for one in every:
        if not one.what:
            continue
        if one.was is None:
            text = _("%(group)s begins with %(people)s people from the line.")
        elif one.track is None:
            text = _("%(group)s ends; nobody sits in it.")
        else:
            text = _("%(group)s: %(what)s for %(people)s people.")
        people = one.was.people if one.was else one.track.seated if one.track else 0
        found.append(text % {"group": one.group.name, "people": people,
                             "what": what_words(one.what).lower()})  # fmt: skip
    return found


def clock(minutes: int) -> str:
    """Minutes after midnight on a clock."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def when_words(group: Today | Track) -> str:
    """Days and hours of a group: "Mon, Wed, Fri 18:00–21:20"."""
    days = ", ".join(str(WEEKDAYS_ABBR[day]) for day in group.weekdays)
    ends = group.starts + sum(minutes for _kind, minutes in group.blocks)
    return f"{days} {clock(group.starts)}–{clock(ends)}"


def hours_words(hours: Iterable[Hours]) -> str:
    """Stretches of a week."""
    return "; ".join(
        f"{WEEKDAYS_ABBR[one.weekday]} {clock(one.starts)}–{clock(one.ends)}" for one in hours
    )


def minutes_words(minutes: int) -> str:
    """Hours a week, to half an hour as they are kept."""
    return _("%(n)g h") % {"n": round(minutes / 60, 2)}
