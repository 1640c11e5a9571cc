"""Pictures of numbers as SVG strings: no script, no inline style, values always in words too.

Every builder is pure. A picture carries its values in `<title>` and `<desc>`, or stands inside
the table that lists them.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from openiop.ui.markup import markup, markup_join
from openiop.ui.remembered import remembered

CELL = 12
STEP = CELL + 3
WEEK = 60


class Week(NamedTuple):
    """One column of a week strip: its label, the hours as text, the marks, and if it is short."""

    label: str
    hours: str
    marks: Sequence[str]
    short: bool = False


class Part(NamedTuple):
    """One part of a stacked bar; `tone` is good, watch, act, info or empty."""

    label: str
    value: float
    tone: str = ""


def frame(width: int, height: int, title: str, desc: str, body: str, css: str = "") -> SafeString:
    """An `<svg>` of the given size in pixels with its accessible name and description."""
    return markup(
        '<svg class="chart {css}" role="img" width="{w}" height="{h}" viewBox="0 0 {w} {h}">'
        "<title>{title}</title><desc>{desc}</desc>{body}</svg>",
        css=css, w=width, h=height, title=title, desc=desc, body=body,
    )  # fmt: skip


def plain(value: float) -> str:
    """A number without a needless fraction: 7, 7.5."""
    return f"{round(value, 2):g}"


def _points(values: Sequence[float | None], width: int, height: int) -> list[tuple[float, float]]:
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    across = width / max(len(values) - 1, 1)
    span = (high - low) or 1
    return [
        (round(3 + i * across, 1), round(3 + (high - value) / span * height, 1))
        for i, value in enumerate(values)
        if value is not None
    ]


def sparkline(values: Sequence[float | None], label: str, unit: str = "") -> SafeString:
    """A trend line with its last value written; unknown values (None) are skipped."""
    known = [value for value in values if value is not None]
    if not known:
        return markup('<span class="soft">{}</span>', _("No values yet"))
    points = _points(values, 84, 16)
    body = markup(
        '<polyline class="trend" points="{}"/><circle class="fill" cx="{}" cy="{}" r="2.5"/>',
        " ".join(f"{x},{y}" for x, y in points), *points[-1],
    )  # fmt: skip
    desc = ", ".join(_("unknown") if value is None else plain(value) for value in values)
    picture = frame(92, 22, label, desc, body)
    last = f"{plain(known[-1])} {unit}".strip()
    return markup('<span class="spark">{}<b class="num">{}</b></span>', picture, last)


SEATS = {"filled": "fill", "over": "over", "leaving": "pale", "free": "open"}


def _seat(index: int, kind: str) -> SafeString:
    x = 1 + index * STEP
    if kind == "waiting":
        return markup('<circle class="wait" cx="{}" cy="8" r="4.5"/>', x + CELL / 2)
    box = markup('<rect class="{}" x="{}" y="2" width="12" height="12" rx="2"/>', SEATS[kind], x)
    if kind == "leaving":
        box += markup('<path class="mark" d="m{} 10 6-5"/>', x + 3)
    return box


def seat_words(filled: int, cap: int, leaving: int = 0, waiting: int = 0) -> str:
    """The strip in words: "9 of 11 filled, 2 expected free, 3 waiting"."""
    words = [_("%(filled)d of %(cap)d filled") % {"filled": filled, "cap": cap}]
    if leaving:
        words.append(_("%(n)d expected free") % {"n": leaving})
    if waiting:
        words.append(_("%(n)d waiting") % {"n": waiting})
    if filled > cap:
        words.append(_("%(n)d over") % {"n": filled - cap})
    return ", ".join(words)


@remembered
def seat_strip(
    filled: int, cap: int, leaving: int = 0, waiting: int = 0, label: str = ""
) -> SafeString:
    """Seats as cells: filled, of these `leaving` expected free, free up to `cap`, then waiting.

    Seats filled over the cap stand behind a line. The words stand beside the picture.
    """
    over = min(max(filled - cap, 0), filled - leaving)
    kinds = ["filled"] * (filled - leaving - over) + ["leaving"] * leaving
    kinds += ["free"] * max(cap - filled, 0) + ["over"] * over
    body = markup_join("{}", ((_seat(i, kind),) for i, kind in enumerate(kinds)))
    if over:
        body += markup('<path class="mark" d="M{} 0v16"/>', (len(kinds) - over) * STEP - 0.5)
    start = len(kinds) + 1
    queue = range(start, start + waiting)
    body += markup_join("{}", ((_seat(i, "waiting"),) for i in queue))
    words = seat_words(filled, cap, leaving, waiting)
    width = (start + waiting if waiting else len(kinds)) * STEP + 1
    picture = frame(width, 16, label or _("Seats"), words, body)
    return markup('<span class="strip">{}<span>{}</span></span>', picture, words)


def mark_words() -> dict[str, str]:
    """What each mark of a week strip is called."""
    return {
        "attended": _("attended"), "part": _("part of it"), "excused": _("absent, excused"),
        "absent": _("absent"), "expected": _("expected"), "closed": _("closed"),
    }  # fmt: skip


MARKS = {
    "attended": '<rect class="fill" x="{x}" y="{y}" width="12" height="12" rx="2"/>',
    "part": '<rect class="pale" x="{x}" y="{y}" width="12" height="12" rx="2"/>'
    '<path class="fill" d="M{x} {b}v-6h12v6z"/>',
    "excused": '<rect class="open" x="{x}" y="{y}" width="12" height="12" rx="2"/>'
    '<path class="mark" d="M{l} {m}h6"/>',
    "absent": '<rect class="open" x="{x}" y="{y}" width="12" height="12" rx="2"/>'
    '<path class="mark" d="m{l} {t} 6 6m0-6-6 6"/>',
    "expected": '<rect class="open" x="{x}" y="{y}" width="12" height="12" rx="2"/>',
    "closed": '<path class="open" d="M{x} {m}h12"/>',
}


def mark(kind: str, x: int, y: int) -> SafeString:
    """One session's mark with its corner at x, y; an unknown kind raises KeyError."""
    return markup(MARKS[kind], x=x, y=y, l=x + 3, t=y + 3, m=y + 6, b=y + 12)


def _week_column(index: int, week: Week, height: int) -> SafeString:
    x = 24 + index * WEEK
    boxes = (
        (mark(kind, x, height - (n + 1) * STEP),) for n, kind in enumerate(week.marks)
    )  # fmt: skip
    return markup(
        '{}<text class="{}" x="{}" y="{}" text-anchor="middle">{}{}</text>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        markup_join("{}", boxes), "strong" if week.short else "", x + 6, height + 13,
        "▲ " if week.short else "", week.hours, x + 6, height + 27, week.label,
    )  # fmt: skip


def _count_words(marks: Iterable[str]) -> str:
    marks, words = list(marks), mark_words()
    return ", ".join(
        f"{marks.count(kind)} {word}" for kind, word in words.items() if kind in marks
    ) or _("no sessions")


def week_strip(weeks: Sequence[Week], label: str) -> SafeString:
    """Attendance over the weeks: a column of marks a week, its hours under it, and the table."""
    if not weeks:
        return markup('<p class="soft">{}</p>', _("No weeks yet."))
    height = max(max(len(week.marks) for week in weeks), 1) * STEP
    columns = markup_join("{}", ((_week_column(i, week, height),) for i, week in enumerate(weeks)))
    desc = "; ".join(f"{w.label}: {_count_words(w.marks)}, {w.hours}" for w in weeks)
    picture = frame(len(weeks) * WEEK, height + 32, label, desc, columns)
    key = markup_join(
        '<li><svg class="chart" viewBox="0 0 14 14" aria-hidden="true">{}</svg>{}</li>',
        ((mark(kind, 1, 1), word) for kind, word in mark_words().items() if any(
            kind in week.marks for week in weeks)),
    )  # fmt: skip
    return markup(
        '<figure><figcaption>{label}</figcaption><div class="scroll" tabindex="0" role="group" '
        'aria-label="{label}">{picture}</div><ul class="legend">{key}</ul>{table}</figure>',
        label=label, picture=picture, key=key, table=_week_table(weeks, label),
    )  # fmt: skip


def _week_table(weeks: Sequence[Week], label: str) -> SafeString:
    rows = markup_join(
        '<tr><th scope="row">{}</th><td>{}</td><td class="num">{}{}</td></tr>',
        ((w.label, _count_words(w.marks), w.hours, _(", short") if w.short else "") for w in weeks),
    )
    return markup(
        '<details class="more"><summary>{}</summary><table><caption class="hide">{}</caption>'
        '<thead><tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col" class="num">{}'
        "</th></tr></thead><tbody>{}</tbody></table></details>",
        _("Show as a table"), label, _("Week"), _("Sessions"), _("Hours"), rows,
    )  # fmt: skip


def _bar(value: float, target: float | None, top: float) -> SafeString:
    line = (
        markup('<path class="mark" d="M{0} 0V14"/>', round(target / top * 200, 1))
        if target is not None
        else ""
    )
    return markup(
        '<svg class="chart" viewBox="0 0 200 14" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" y="2" width="200" height="10"/>'
        '<rect class="fill" y="2" width="{}" height="10"/>{}</svg>',
        round(max(value, 0) / top * 200, 1), line,
    )  # fmt: skip


def bars(
    rows: Sequence[tuple[str, float]],
    label: str,
    target: float | None = None,
    unit: str = "",
    limit: float | None = None,
) -> SafeString:
    """Horizontal bars as a table: name, bar, value; a line at `target`; full width is `limit`."""
    if not rows:
        return markup('<p class="soft">{}</p>', _("Nothing to show yet."))
    top = limit or max([value for _name, value in rows] + [target or 0, 1])
    body = markup_join(
        '<tr><th scope="row">{}</th><td>{}</td><td class="num">{}</td></tr>',
        (
            (name, _bar(value, target, top), f"{plain(value)} {unit}".strip())
            for name, value in rows
        ),
    )
    note = ""
    if target is not None:
        goal = f"{plain(target)} {unit}".strip()
        note = markup('<span class="soft"> {}</span>', _("Line: %(goal)s") % {"goal": goal})
    return markup(
        '<table class="bars"><caption>{}{}</caption><tbody>{}</tbody></table>', label, note, body
    )


def stacked(parts: Sequence[Part], label: str) -> SafeString:
    """One bar split by value, with a legend that states each part's number."""
    total = sum(part.value for part in parts)
    words = ", ".join(f"{part.label}: {plain(part.value)}" for part in parts)
    start, pieces = 0.0, mark_safe("")
    for part in parts:
        width = part.value / total * 400 if total else 0
        pieces += markup(
            '<rect class="tone gap {}" x="{}" width="{}" height="20"/>',
            part.tone or "accent", round(start, 1), round(width, 1),
        )  # fmt: skip
        start += width
    picture = markup(
        '<svg class="chart stacked" role="img" viewBox="0 0 400 20" preserveAspectRatio="none">'
        "<title>{}</title><desc>{}</desc>{}</svg>",
        label, words, pieces,
    )  # fmt: skip
    key = markup_join(
        '<li><svg class="chart" viewBox="0 0 12 12" aria-hidden="true">'
        '<rect class="tone {}" width="12" height="12" rx="2"/></svg>{} <b class="num">{}</b></li>',
        ((part.tone or "accent", part.label, plain(part.value)) for part in parts),
    )
    return markup(
        '<figure><figcaption>{}</figcaption>{}<ul class="legend">{}</ul></figure>',
        label, picture, key,
    )  # fmt: skip
