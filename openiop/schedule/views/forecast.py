"""Free seats ahead: on a track's page and the boards, and how good the forecasts are."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from openiop.access.door import opens
from openiop.kernel.permits import Permit
from openiop.programs.queries import tracks
from openiop.schedule.queries.forecast import calibrated
from openiop.schedule.rules.calibration import Calibration, Score
from openiop.schedule.rules.forecast import Week
from openiop.ui.bands import Chance, Step
from openiop.ui.moments import day_text

TRUSTED = 0.05  # how far the share inside may lie from what was claimed


def steps_of(weeks: Iterable[Week]) -> tuple[Step, ...]:
    """The weeks as a picture takes them."""
    return tuple(Step(day_text(week.week_on), week.low, week.expected, week.high) for week in weeks)


@opens("schedule.board")
def calibration(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Forecasts of each past week, as far as it was known then, against what happened."""
    today = permit.today(permit.timezone)
    running = tracks(permit, running_on=today)
    found, weeks = calibrated(permit, running, today)
    permit.note("schedule.board", table="programs_enrollment", count=found.total.number if found
                else 0)  # fmt: skip
    return render(request, "schedule/forecast.html", {
        "title": _("How good the seat forecast is"),
        "facts": [_("%(n)s tracks") % {"n": len(running)},
                  _("the last %(n)s weeks") % {"n": weeks}] if found else [],
        **(_told(found) if found else {}),
    })  # fmt: skip


def _told(found: Calibration) -> dict[str, Any]:
    total = found.total
    return {
        "stats": _stats(total),
        "verdict": _verdict(total),
        "found": found,
        "rows": [_row(ahead, score) for ahead, score in found.by_ahead],
        "points": [Chance(each.said, each.happened, each.number) for each in found.bins],
    }


def _row(ahead: int, score: Score) -> dict[str, Any]:
    return {
        "ahead": ahead, "number": score.number, "inside": _percent(score.inside),
        "claimed": _percent(score.claimed), "error": f"{score.error:.1f}",
        "dates": f"{score.error_dates:.1f}", "now": f"{score.error_now:.1f}",
    }  # fmt: skip


def _percent(share: float) -> str:
    return _("%(n)d %%") % {"n": round(share * 100)}


def _stats(total: Score) -> list[dict[str, Any]]:
    shares = {"exact": _percent(total.middle), "claimed": _percent(total.claimed)}
    errors = {"dates": f"{total.error_dates:.1f}", "now": f"{total.error_now:.1f}"}
    return [
        {"label": _("Inside the range"), "number": _percent(total.inside),
         "note": _("the ranges claimed %(claimed)s") % shares},
        {"label": _("Off by, on average"), "number": _seats(total.error),
         "note": _("“as many as today”: %(now)s; expected ends alone: %(dates)s") % errors},
        {"label": _("Leans to"), "number": _lean(total.bias), "note": _("on average")},
        {"label": _("Forecasts tried"), "number": f"{total.number:,}",
         "note": _("each with what was known on its day")},
    ]  # fmt: skip


def _seats(number: float) -> str:
    return _("%(n).1f seats") % {"n": number}


def _lean(bias: float) -> str:
    if abs(bias) < 0.05:
        return _("neither side")
    words = _("%(n).1f too many") if bias > 0 else _("%(n).1f too few")
    return words % {"n": abs(bias)}


def _verdict(total: Score) -> dict[str, str]:
    """What a director may make of it, in a sentence."""
    if total.inside < total.claimed - TRUSTED:
        text = _("The ranges are narrower than they should be. Plan with a seat of slack.")
        return {"tone": "watch", "title": _("Too sure of itself"), "text": text}
    if total.inside > total.claimed + TRUSTED:
        text = _("The ranges are wider than needed: you may plan closer to the expected number.")
        return {"tone": "info", "title": _("More careful than needed"), "text": text}
    text = _("What happened lay inside the range as often as the ranges claim.")
    return {"tone": "good", "title": _("The ranges can be trusted"), "text": text}


urls = [path("desk/tracks/forecast/", calibration, name="forecast")]
