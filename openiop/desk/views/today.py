"""Today: what a counselor, or a whole clinic, does on one day."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openiop.access.door import opens
from openiop.chart.rules.deadlines import Urgency
from openiop.desk.asked import clinic_here, day_asked, names_hidden
from openiop.desk.frame import may
from openiop.desk.queries import today as queries
from openiop.desk.queries.today import TodaySession
from openiop.desk.views.session_cards import cards
from openiop.kernel.acts import COUNSELING
from openiop.kernel.permits import Permit
from openiop.ui.links import address, link_to
from openiop.ui.moments import day_text

A_DAY = timedelta(days=1)
TASKS = 8


@opens("desk.today")
def today(request: HttpRequest, permit: Permit) -> HttpResponse:
    """My sessions of a day, or a whole clinic's; notes owed, tasks and short weeks beside them."""
    clinic = clinic_here(request, permit)
    now_on = permit.today(clinic.timezone)
    day = day_asked(request, now_on)
    everyone = _everyone(request, permit)
    found = queries.clinics(permit, clinic.id, day) if everyone else queries.mine(permit, day)
    tasks, request.open_work = queries.my_tasks(permit, TASKS)  # type: ignore[attr-defined]
    return render(request, "desk/today.html", {
        "title": _("Today") if day == now_on else day_text(day),
        "facts": _facts(found, day, clinic.name if everyone else ""),
        "cards": cards(
            permit, found, clinic=clinic.id, hidden=names_hidden(request), everyone=everyone
        ),
        "days": _days(request, day, now_on), "whose": _whose(request, everyone),
        "everyone": everyone, **_upcoming(request, permit, found, clinic.id, day, everyone),
        "danger_url": address("desk:hours_danger") + _asking(request, all=str(int(everyone))),
        "owed": _owed(permit), "owed_url": address("chart:owed"),
        "tasks": tasks, "tasks_url": address("messaging:tasks"),
    })  # fmt: skip


def _upcoming(
    request: HttpRequest, permit: Permit, found: list[TodaySession], clinic: int, day: date,
    everyone: bool,
) -> dict[str, Any]:  # fmt: skip
    """On an empty day: the next session, and the way to its day."""
    if found:
        return {}
    after = queries.next_session(permit, clinic, day, everyone=everyone)
    return {"next": after, "next_url": _asking(request, on=after.on.isoformat())} if after else {}


def _everyone(request: HttpRequest, permit: Permit) -> bool:
    """The whole clinic? As asked; else counselors see their own day, all others the clinic's."""
    asked = request.GET.get("all", "")
    return asked == "1" if asked in ("0", "1") else not permit.holds(*COUNSELING)


def _facts(found: list[TodaySession], day: date, clinic: str) -> list[str]:
    held = [each for each in found if each.session.held]
    people = sum(len(each.people) for each in held)
    facts = [clinic, day_text(day)]
    if held:
        facts += [
            ngettext("%(n)d session", "%(n)d sessions", len(held)) % {"n": len(held)},
            ngettext("%(n)d person", "%(n)d people", people) % {"n": people},
        ]
    return [fact for fact in facts if fact]


def _days(request: HttpRequest, day: date, now_on: date) -> list[dict[str, Any]]:
    """The day before, today and the day after, other choices in the address kept."""
    named = [(day_text(day - A_DAY), day - A_DAY), (_("Today"), now_on),
             (day_text(day + A_DAY), day + A_DAY)]  # fmt: skip
    return [
        {"label": label, "current": to == day,
         "url": _asking(request, on=None if to == now_on else to.isoformat())}
        for label, to in named
    ]  # fmt: skip


def _whose(request: HttpRequest, everyone: bool) -> list[dict[str, Any]]:
    return [
        {"label": _("Mine"), "current": not everyone, "url": _asking(request, all="0")},
        {"label": _("Whole clinic"), "current": everyone, "url": _asking(request, all="1")},
    ]


def _asking(request: HttpRequest, **changes: str | None) -> str:
    query = request.GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = value
    return f"?{query.urlencode()}"


def _owed(permit: Permit) -> list[dict[str, Any]] | None:
    """Sessions with notes of mine to sign; None for those who write none."""
    if not may(permit, "chart.note.write"):
        return None
    tones = {
        Urgency.LATE: (_("Late"), "act"), Urgency.SOON: (_("Soon due"), "watch"),
        Urgency.TIME: ("", ""),
    }  # fmt: skip
    link = link_to("chart:notes")
    return [
        {"session": each, "url": link(each.session), "word": tones[each.urgency]}
        for each in queries.owed(permit)
    ]
