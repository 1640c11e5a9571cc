"""My hours, a colleague's hours, leave, and re-homing what leave leaves without anybody."""

from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.access.queries import clinics
from openiop.kernel.acts import ACTS
from openiop.kernel.days import local
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.actions import rehoming as homes
from openiop.schedule.actions import working as verbs
from openiop.schedule.actions.moving import Move
from openiop.schedule.actions.working import Week
from openiop.schedule.forms.working import DAYS, AwayForm, ExtraForm, WeekForm
from openiop.schedule.queries.grounds import moment
from openiop.schedule.queries.rehoming import rehomings, stranding
from openiop.schedule.queries.working import HoursFacts, away_of, colleague, hours_of, zone_of
from openiop.schedule.queries.working import away as away_facts
from openiop.schedule.rules.clashes import hours as stretch_words
from openiop.schedule.views.asking import person_url, show_refusal

BACK = timedelta(days=1)


@opens(verbs.HOURS)
def hours(request: HttpRequest, permit: Permit, staff: int | None = None) -> HttpResponse:
    """When I, or a colleague, work: the week, single days, leave; each with its form."""
    who = staff or permit.staff or 0
    name = colleague(permit, who)
    zone = zone_of(permit, who)
    today = permit.today(zone)
    known = hours_of(permit, who, today)
    forms_ = _forms(request, permit, today)
    doing = request.POST.get("do", "")
    if doing in forms_ and forms_[doing].is_valid():
        try:
            return _done(request, permit, who, doing, forms_[doing], known, zone)
        except Refused as no:
            show_refusal(permit, forms_[doing], no)
    return render(request, "schedule/hours.html", {
        "title": _("My hours and leave") if who == permit.staff else name, "who": who,
        "mine": who == permit.staff, "zone": ZoneInfo(zone), "may_change": _may_change(permit, who),
        "week": [(label, [row for row in known if row.weekday == day and not row.one_day])
                 for day, label in DAYS],
        "extra": [row for row in known if row.one_day],
        "away": away_of(permit, [who], permit.now - BACK), "today": today, **forms_,
    }, status=422 if any(form.errors for form in forms_.values()) else 200)  # fmt: skip


def _may_change(permit: Permit, who: int) -> bool:
    return who == permit.staff or permit.holds(*verbs.FOR_OTHERS)


def _forms(request: HttpRequest, permit: Permit, today: date) -> dict[str, Any]:
    """The page's three forms; only the one that was sent is bound."""
    places = [(each.id, each.name) for each in clinics(permit)]
    made: dict[str, tuple[type[forms.Form], dict[str, Any], dict[str, Any]]] = {
        "weekly": (WeekForm, {"places": places}, {"from_on": today}),
        "single": (ExtraForm, {"places": places}, {"on": today}),
        "leaving": (AwayForm, {}, {"starts_on": today, "ends_on": today}),
    }
    doing = request.POST.get("do", "")
    return {
        name: form(request.POST if name == doing else None, initial=initial, prefix=name, **more)
        for name, (form, more, initial) in made.items()
    }


def _done(
    request: HttpRequest, permit: Permit, who: int, doing: str, form: Any,
    known: list[HoursFacts], zone: str,
) -> HttpResponse:  # fmt: skip
    typed = form.cleaned_data
    if doing == "leaving":
        starts_at, ends_at = form.stretch(zone)
        away = verbs.add_away(permit, who, typed["kind"], starts_at, ends_at, typed["reason"])
        messages.success(request, _("Recorded. Nothing new is booked then."))
        return _to_away(permit, who, away)
    if doing == "weekly":
        new = [_week(typed, day) for day in typed["weekdays"]]
        verbs.set_hours(permit, who, [*_weeks(known, typed["from_on"]), *new], typed["from_on"])
    else:
        verbs.add_extra(permit, who, typed["on"], _week(typed, typed["on"].weekday()))
    messages.success(request, _("The hours are kept."))
    return _to_hours(permit, who)


def _week(typed: dict[str, Any], day: int) -> Week:
    return Week(
        typed["clinic"], day, typed["starts"], typed["ends"], typed["use"], typed["virtual"]
    )


def _weeks(known: list[HoursFacts], on: date) -> list[Week]:
    """The week as it stands on a day."""
    return [
        Week(row.clinic, row.weekday, row.starts, row.ends, row.use, row.virtual)
        for row in known
        if not row.one_day and row.from_on <= on and (row.until_on is None or on < row.until_on)
    ]


def _to_hours(permit: Permit, who: int) -> HttpResponse:
    if who == permit.staff:
        return redirect("schedule:my_hours")
    return redirect("schedule:hours", who)


def _to_away(permit: Permit, who: int, away: int) -> HttpResponse:
    """To what it leaves without anybody, for whoever may re-home that."""
    if permit.holds(*ACTS[homes.WRITE].roles):
        return redirect("schedule:away", away)
    return _to_hours(permit, who)


@opens(verbs.HOURS)
@require_POST
def drop(request: HttpRequest, permit: Permit, staff: int) -> HttpResponse:
    """Take one stretch off the week from today on."""
    colleague(permit, staff)
    today = permit.today(zone_of(permit, staff))
    known = hours_of(permit, staff, today)
    left = [row for row in known if str(row.id) != request.POST.get("stretch")]
    verbs.set_hours(permit, staff, _weeks(left, today), today)
    messages.success(request, _("The hours are taken off from today on."))
    return _to_hours(permit, staff)


@opens(verbs.AWAY)
@require_POST
def sick(request: HttpRequest, permit: Permit) -> HttpResponse:
    """I am sick: away from now to the end of my day, and on to what that leaves."""
    who = permit.staff or 0
    zone = zone_of(permit, who)
    midnight = local(permit.today(zone) + timedelta(days=1), time(0), zone)
    away = verbs.add_away(permit, who, "sick", permit.now, midnight)
    return _to_away(permit, who, away)


@opens(verbs.AWAY)
@require_POST
def end(request: HttpRequest, permit: Permit, away: int) -> HttpResponse:
    """Take a time away back."""
    found = away_facts(permit, away)
    verbs.end_away(permit, away)
    messages.success(request, _("Taken back: the times are free again."))
    return _to_hours(permit, found.staff)


@opens(homes.WRITE)
def away(request: HttpRequest, permit: Permit, away: int) -> HttpResponse:
    """All that a time away leaves without anybody, the best place for each chosen, one confirm."""
    found = away_facts(permit, away)
    no: Refused | None = None
    if request.method == "POST":
        try:
            done = homes.rehome(permit, away, _moves(request), _substitutes(request))
        except Refused as refusal:
            no = refusal
        else:
            told = {"n": done.count, "texts": done.told.texted, "calls": done.told.to_call}
            messages.success(
                request, _("%(n)s re-homed. %(texts)s texted, %(calls)s to call.") % told
            )
            return redirect("schedule:away", away)
    zone = zone_of(permit, found.staff)
    return render(request, "schedule/away.html", {
        "title": _("While %(name)s is away") % {"name": found.staff_name}, "away": found,
        "when": stretch_words(found.starts_at, found.ends_at, zone), "zone": ZoneInfo(zone),
        "left": stranding(permit, found), "done": rehomings(permit, away), "no": no,
        "person_url": person_url, "mine": found.staff == permit.staff,
        "back": reverse("schedule:hours", args=[found.staff]),
    }, status=422 if no else 200)  # fmt: skip


def _moves(request: HttpRequest) -> list[Move]:
    """What the form says of visits: "staff room start"; an empty one stays."""
    found = []
    for name, value in request.POST.items():
        parts = [part for part in str(value).split() if part.isdecimal()]
        if name.startswith("visit-") and name[6:].isdecimal() and len(parts) == 3:
            staff, room, start = map(int, parts)
            found.append(Move(int(name[6:]), moment(start), staff, room or None))
    return found


def _substitutes(request: HttpRequest) -> dict[int, int]:
    return {
        int(name[8:]): int(str(value))
        for name, value in request.POST.items()
        if name.startswith("session-") and name[8:].isdecimal() and str(value).isdecimal()
    }


@opens(homes.WRITE)
@require_POST
def undo(request: HttpRequest, permit: Permit, away: int) -> HttpResponse:
    """All that one confirm did is undone."""
    homes.undo_rehoming(permit, away, request.POST.get("when", ""))
    messages.success(request, _("Undone: everything is as it was."))
    return redirect("schedule:away", away)


urls = [
    path("desk/hours/", hours, name="my_hours"),
    path("desk/hours/sick/", sick, name="sick"),
    path("desk/hours/<int:staff>/", hours, name="hours"),
    path("desk/hours/<int:staff>/drop/", drop, name="drop_hours"),
    path("desk/away/<int:away>/", away, name="away"),
    path("desk/away/<int:away>/end/", end, name="end_away"),
    path("desk/away/<int:away>/undo/", undo, name="undo_rehoming"),
]
