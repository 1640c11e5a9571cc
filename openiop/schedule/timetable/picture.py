"""Two weeks of a clinic side by side, as they are and as planned, drawn by day and hour.

What changes is told by a letter and an outline, never by color alone; the table beside the picture
says the same in words.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from openiop.schedule.timetable.differences import Difference
from openiop.schedule.timetable.facts import Hours
from openiop.ui.charts import frame
from openiop.ui.markup import markup, markup_join

DAY, HOUR, TOP, LEFT, GAP = 84, 26, 40, 38, 24
SIGNS = {"new": "+", "ended": "−", "changed": "~", "same": ""}
BOXES = {"new": "pale", "ended": "gone", "changed": "pale", "same": "track"}
LETTER = 6.2


@dataclass(frozen=True)
class Box:
    """One meeting of a group; `kind` is "new", "ended", "changed" or "same"."""

    name: str
    hours: Hours
    kind: str


def boxes(found: Iterable[Difference]) -> tuple[list[Box], list[Box]]:
    """The meetings as they are, and as planned."""
    before: list[Box] = []
    after: list[Box] = []
    for one in found:
        kind = next((each for each in one.what if each in SIGNS), "changed" if one.what else "same")
        for group, week in ((one.was, before), (one.track, after)):
            if group is None:
                continue
            ends = group.starts + sum(minutes for _kind, minutes in group.blocks)
            week += [Box(group.name, Hours(day, group.starts, ends), kind)
                     for day in group.weekdays]  # fmt: skip
    return before, after


def weeks(before: list[Box], after: list[Box], label: str) -> SafeString:
    """Both weeks beside each other on one scale."""
    both = before + after
    if not both:
        return markup('<p class="soft">{}</p>', _("No groups."))
    days = range(max(5, 1 + max(one.hours.weekday for one in both)))
    first = min(one.hours.starts for one in both) // 60
    last = -(-max(one.hours.ends for one in both) // 60)
    across = LEFT + DAY * len(days)
    body = _week(before, _("Today"), 0, days, first, last)
    body += _week(after, _("Planned"), across + GAP, days, first, last)
    high = TOP + (last - first) * HOUR + 16  # the last hour is written below its line
    words = _("%(before)s meetings a week today, %(after)s planned.") % {
        "before": len(before), "after": len(after)}  # fmt: skip
    return frame(2 * across + GAP, high, label, words, body)


def _week(
    week: list[Box], title: str, x: int, days: range, first: int, last: int
) -> SafeString:  # fmt: skip
    names = [WEEKDAYS_ABBR[day] for day in days]
    body = markup('<text class="strong" x="{}" y="16">{}</text>', x + LEFT, title)
    body += markup_join(
        '<text x="{}" y="33">{}</text>',
        ((x + LEFT + DAY * day + 3, name) for day, name in zip(days, names, strict=True)),
    )
    body += markup_join(
        '<path class="open" d="M{} {}h{}"/><text x="{}" y="{}">{}</text>',
        ((x + LEFT, y, DAY * len(days), x + 4, y + 10, f"{hour}:00")
         for hour in range(first, last + 1) for y in [TOP + (hour - first) * HOUR]),
    )  # fmt: skip
    for day in days:
        own = [one for one in week if one.hours.weekday == day]
        body += _day(own, x + LEFT + DAY * day, first)
    return body


def _day(own: list[Box], x: int, first: int) -> SafeString:
    """Meetings at the same time stand beside each other."""
    lanes: list[int] = []
    placed = []
    for one in sorted(own, key=lambda each: (each.hours.starts, each.name)):
        lane = next((n for n, until in enumerate(lanes) if until <= one.hours.starts), len(lanes))
        lanes[lane : lane + 1] = [one.hours.ends]
        placed.append((lane, one))
    wide = (DAY - 4) / max(1, len(lanes))
    return markup_join("{}", ((_box(one, x + 2 + lane * wide, wide - 2, first),)
                              for lane, one in placed))  # fmt: skip


def _box(one: Box, x: float, wide: float, first: int) -> SafeString:
    y = TOP + (one.hours.starts - first * 60) * HOUR / 60
    high = (one.hours.ends - one.hours.starts) * HOUR / 60 - 2
    words = f"{SIGNS[one.kind]} {one.name}".strip()
    outline = markup('<rect class="mark" x="{}" y="{}" width="{}" height="{}" rx="3"/>',
                     f"{x:.1f}", f"{y:.1f}", f"{wide:.1f}", f"{high:.1f}")  # fmt: skip
    return markup(
        '<g><title>{}</title><rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>{}'
        '<text class="strong" x="{}" y="{}">{}</text></g>',
        words, BOXES[one.kind], f"{x:.1f}", f"{y:.1f}", f"{wide:.1f}", f"{high:.1f}",
        outline if one.kind == "new" else "", f"{x + 3:.1f}", f"{y + 13:.1f}",
        words[: max(1, int((wide - 4) / LETTER))],
    )  # fmt: skip
