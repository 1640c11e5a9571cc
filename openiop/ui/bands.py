"""Pictures of what is expected and how sure that is: a band over weeks, chances against outcomes.

As in `charts`: pure, values always in words too."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from openiop.ui.charts import frame, plain
from openiop.ui.markup import markup, markup_join
from openiop.ui.remembered import remembered

WIDE, HIGH = 84, 16
SIDE = 160
LEFT = 38


class Step(NamedTuple):
    """One step of a band: its label, from where to where, and the middle."""

    label: str
    low: float
    expected: float
    high: float


class Chance(NamedTuple):
    """What was said (0 to 1), how often it came true (0 to 1), of how many."""

    said: float
    happened: float
    number: int


def span_words(low: float, high: float) -> str:
    """ "2–4", or "3" where both are the same."""
    return plain(low) if low == high else f"{plain(low)}–{plain(high)}"


@remembered
def band(steps: tuple[Step, ...], label: str, top: float, shown: int) -> SafeString:
    """A band of what is expected with its middle line, 0 to `top`; step `shown`, counted from 1,
    is written beside it."""
    if len(steps) < shown:
        return markup('<span class="soft">{}</span>', _("No values yet"))
    across = WIDE / max(len(steps) - 1, 1)

    def points(values: Sequence[float]) -> list[str]:
        return [
            f"{round(3 + place * across, 1)},{round(3 + (1 - value / (top or 1)) * HIGH, 1)}"
            for place, value in enumerate(values)
        ]

    upper, lower = points([s.high for s in steps]), points([s.low for s in steps])
    body = markup(
        '<polygon class="pale" points="{}"/><polyline class="trend" points="{}"/>',
        " ".join([*upper, *reversed(lower)]), " ".join(points([s.expected for s in steps])),
    )  # fmt: skip
    desc = "; ".join(f"{step.label}: {span_words(step.low, step.high)}" for step in steps)
    one = steps[shown - 1]
    return markup(
        '<span class="spark">{}<b class="num">{}</b></span>',
        frame(92, 22, label, desc, body), span_words(one.low, one.high),
    )  # fmt: skip


def _percent(share: float) -> str:
    return _("%(n)d %%") % {"n": round(share * 100)}


def _point(chance: Chance, most: int) -> SafeString:
    radius = round(3 + 4 * (chance.number / most) ** 0.5, 1)
    return markup(
        '<circle class="pale" cx="{}" cy="{}" r="{}"/>',
        round(LEFT + chance.said * SIDE, 1), round(10 + (1 - chance.happened) * SIDE, 1), radius,
    )  # fmt: skip


def chances(points: Sequence[Chance], label: str, said: str, happened: str) -> SafeString:
    """Chances against how often they came true: on the line, every chance means what it says. The
    table beside it lists them; `said` and `happened` head its columns."""
    if not points:
        return markup('<p class="soft">{}</p>', _("Nothing to show yet."))
    most = max(chance.number for chance in points)
    axis = markup_join(
        '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        [(LEFT + share * SIDE, SIDE + 24, "middle", _percent(share)) for share in (0, 0.5, 1)]
        + [(LEFT - 6, 14 + (1 - share) * SIDE, "end", _percent(share)) for share in (0, 0.5, 1)],
    )
    body = markup(
        '<path class="open" d="M{l} 10h{s}v{s}h-{s}z"/><path class="gone" d="M{l} {b} {r} 10"/>'
        "{a}{p}",
        l=LEFT, s=SIDE, b=SIDE + 10, r=LEFT + SIDE, a=axis,
        p=markup_join("{}", ((_point(chance, most),) for chance in points)),
    )  # fmt: skip
    desc = "; ".join(f"{_percent(c.said)}: {_percent(c.happened)}" for c in points)
    rows = markup_join(
        '<tr><td class="num">{}</td><td class="num">{}</td><td class="num">{}</td></tr>',
        ((_percent(c.said), _percent(c.happened), f"{c.number:,}") for c in points),
    )
    return markup(
        '<figure><figcaption>{}</figcaption>{}</figure>'
        '<div class="region" role="region" aria-label="{}" tabindex="0"><table>'
        '<caption class="hide">{}</caption>'
        '<thead><tr><th scope="col" class="num">{}</th><th scope="col" class="num">{}</th>'
        '<th scope="col" class="num">{}</th></tr></thead><tbody>{}</tbody></table></div>',
        label, frame(LEFT + SIDE + 20, SIDE + 30, label, desc, body), label, label, said, happened,
        _("How many"), rows,
    )  # fmt: skip
