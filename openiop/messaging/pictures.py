"""The rota as a picture: two lanes over seven days, full where somebody answers, empty in a gap."""

from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from openiop.messaging.queries.oncall import RotaDay, Stretch
from openiop.ui.charts import frame
from openiop.ui.moments import day_text

DAY, LANE, LEFT, TOP = 120, 22, 56, 18
PER_CHARACTER = 6.5


def rota_picture(days: Sequence[RotaDay], label: str) -> SafeString:
    """A week of the rota; the table beside it says the same in words."""
    lanes = [(_("First"), [day.first for day in days]), (_("Backup"), [day.backup for day in days])]
    body = format_html_join("", "{}", ((_lane(n, *lane),) for n, lane in enumerate(lanes)))
    heads = format_html_join(
        "", '<text x="{}" y="12">{}</text>',
        ((LEFT + n * DAY + 2, day_text(day.day)) for n, day in enumerate(days)),
    )  # fmt: skip
    width, height = LEFT + len(days) * DAY + 1, TOP + len(lanes) * (LANE + 4)
    return frame(width, height, label, "; ".join(_words(*lane) for lane in lanes), heads + body)


def _lane(number: int, name: str, days: Sequence[Sequence[Stretch]]) -> SafeString:
    y = TOP + number * (LANE + 4)
    boxes = (
        (_box(LEFT + at * DAY, y, stretches, stretch),)
        for at, stretches in enumerate(days)
        for stretch in stretches
    )
    return format_html(
        '<text x="0" y="{}">{}</text>{}', y + 15, name, format_html_join("", "{}", boxes)
    )


def _box(left: int, y: int, day: Sequence[Stretch], one: Stretch) -> SafeString:
    start, whole = day[0].during.start, day[-1].during.end - day[0].during.start
    x = left + round((one.during.start - start) / whole * DAY, 1)
    wide = round((one.during.end - one.during.start) / whole * DAY, 1)
    fits = not one.gap and len(one.name) * PER_CHARACTER < wide - 6
    text = (
        format_html('<text class="strong" x="{}" y="{}">{}</text>', x + 4, y + 15, one.name)
        if fits
        else ""
    )
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>{}',
        "open" if one.gap else "pale", x, y, wide, LANE, text,
    )  # fmt: skip


def _words(name: str, days: Iterable[Sequence[Stretch]]) -> str:
    covered = sum(one.during.minutes for day in days for one in day if not one.gap)
    return _("%(rank)s: %(hours)d hours covered") % {"rank": name, "hours": covered // 60}
