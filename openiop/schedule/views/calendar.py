"""The calendar of days and weeks, and the page that moves one visit."""

from datetime import date, timedelta
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.access.queries import clinics, current_clinic, rooms, staff_at
from openiop.kernel.acts import ACTS, CLINICAL
from openiop.kernel.days import MONDAY, week_start
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.actions.moving import WRITE, Move, move, undo
from openiop.schedule.forms.calendar import MoveForm
from openiop.schedule.models import Appointment
from openiop.schedule.queries.appointments import appointment
from openiop.schedule.queries.calendar import Asked, By, calendar
from openiop.schedule.rules.clashes import hours
from openiop.schedule.views.calendar_grid import KINDS, LEGEND, Grid

BYS = ("staff", "room", "clinic")


@opens("schedule.board")
def show(request: HttpRequest, permit: Permit) -> HttpResponse:
    """A day or a week of a clinic, by colleague, room or clinic; or of one of them."""
    place = current_clinic(request, permit)
    if place is None:
        raise Http404("No clinic.")
    asked, view = _asked(request, permit, place.id, place.timezone)
    found = calendar(permit, asked)
    if asked.one and not found.rows:
        raise Http404("Nobody and nothing by that number.")
    link = _link(asked, view)
    drags = permit.holds(*ACTS[WRITE].roles)
    grid = Grid(found, link, bool(request.session.get("shared_screen")), drags)
    title = found.rows[0][1] if asked.one else place.name
    return render(request, "schedule/calendar.html", {
        "title": _("Calendar"), "whose": title, "grid": grid, "rows": grid.rows(),
        "columns": grid.across(), "view": view, "asked": asked, "zone": asked.timezone,
        "first": asked.start, "last": asked.start + timedelta(days=asked.days - 1),
        "chips": _chips(asked, view, permit), "around": _around(asked, view, permit),
        "legend": [(key, *KINDS[key]) for key in LEGEND], "corner": _corner(asked),
        "today": permit.today(asked.timezone),
        "moved": request.GET.get("moved", ""), "back": request.get_full_path(), "drags": drags,
    })  # fmt: skip


def _asked(request: HttpRequest, permit: Permit, clinic: int, zone: str) -> tuple[Asked, str]:
    given = request.GET
    by = cast(By, given.get("by") if given.get("by") in BYS else "staff")
    view = "day" if given.get("view") == "day" else "week"
    try:
        on = date.fromisoformat(given.get("on", ""))
    except ValueError:
        on = permit.today(zone)
    one = int(given["one"]) if given.get("one", "").isdecimal() else None
    if one and one > 2**62:
        raise Http404("Nobody and nothing by that number.")
    if by == "clinic" and one:
        clinic, one = one, None
        if clinic not in permit.clinics:
            raise Http404("No such clinic.")
        by = "staff"
    many = permit.clinics if by == "clinic" else {clinic}
    if one and by == "staff":
        many = permit.clinics
    start = on if view == "day" else week_start(on, MONDAY)
    days = 1 if view == "day" else 7
    hourly = bool(one) or view == "day"
    return Asked(by, start, days, zone, frozenset(many), one, hourly), view


def _link(asked: Asked, view: str, **other: Any) -> str:
    facts = {"by": asked.by, "view": view, "on": asked.start, "one": asked.one} | other
    told = {key: value for key, value in facts.items() if value}
    return f"{reverse('schedule:calendar')}?{urlencode(told)}"


def _chips(asked: Asked, view: str, permit: Permit) -> list[dict[str, Any]]:
    names = (("staff", _("By colleague")), ("room", _("By room")), ("clinic", _("By clinic")))
    chips: list[dict[str, Any]] = [
        {"label": name, "url": _link(asked, view, by=by, one=None),
         "current": by == asked.by and not asked.one}
        for by, name in names
    ]  # fmt: skip
    if permit.staff:
        mine = asked.by == "staff" and asked.one == permit.staff
        chips.append({"label": _("Mine"), "url": _link(asked, view, by="staff", one=permit.staff),
                      "current": mine})  # fmt: skip
    return chips


def _around(asked: Asked, view: str, permit: Permit) -> list[dict[str, Any]]:
    step = timedelta(days=asked.days)
    other = "week" if view == "day" else "day"
    return [
        {"label": _("Earlier"), "url": _link(asked, view, on=asked.start - step)},
        {"label": _("Today"), "url": _link(asked, view, on=permit.today(asked.timezone))},
        {"label": _("Later"), "url": _link(asked, view, on=asked.start + step)},
        {"label": _("Week") if other == "week" else _("Day"), "url": _link(asked, other)},
    ]


def _corner(asked: Asked) -> str:
    if asked.one:
        return _("Hour")
    return {"staff": _("Colleague"), "room": _("Room"), "clinic": _("Clinic")}[asked.by]


@opens(WRITE)
def visit(request: HttpRequest, permit: Permit, visit: int) -> HttpResponse:
    """One visit and the form that moves it: what a drag or the keys send, and what works alone."""
    found = appointment(permit, visit)
    room = Appointment.objects.values_list("room_id", flat=True).get(pk=visit)
    zone, begins = found.timezone, found.starts_at.astimezone(ZoneInfo(found.timezone))
    day = begins.date()
    team = [(one.id, one.name) for one in staff_at(permit, found.clinic, day, CLINICAL)]
    if found.staff not in dict(team):
        team.append((found.staff, found.staff_name))
    back = _back(request)
    form = MoveForm(
        request.POST or None, timezone=zone, staff=team,
        rooms=[(one.id, one.name) for one in rooms(permit, found.clinic)],
        initial={"on": day, "starts": begins.strftime("%H:%M"), "staff": found.staff,
                 "room": room, "back": back},
    )  # fmt: skip
    choices: tuple[object, ...] = ()
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            batch = move(permit, [Move(visit, form.starts_at, typed["staff"], typed["room"])],
                         typed["reason"])  # fmt: skip
        except Refused as no:
            choices = no.choices
            field = no.field if no.field in form.fields else None
            form.add_error(field, f"{no.sentence} {no.next_step}".strip())
        else:
            return redirect(f"{back}{'&' if '?' in back else '?'}moved={batch}")
    return render(request, "schedule/calendar_visit.html", {
        "title": _("Move the visit"), "found": found, "form": form, "choices": choices,
        "when": hours(found.starts_at, found.ends_at, zone), "back": back,
        "clinic": clinics(permit).get(pk=found.clinic),
        "crumbs": [{"label": _("Calendar"), "url": back}, {"label": _("Move the visit")}],
    }, status=422 if form.errors else 200)  # fmt: skip


@opens(WRITE)
@require_POST
def put_back(request: HttpRequest, permit: Permit, batch: UUID) -> HttpResponse:
    """Everything one move changed is as it was."""
    undo(permit, batch)
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Where one came from, without what was said there of the last move."""
    given = request.POST.get("back") or request.GET.get("back", "")
    if not url_has_allowed_host_and_scheme(given, allowed_hosts=None):
        return reverse("schedule:calendar")
    head, _sign, query = given.partition("?")
    kept = "&".join(part for part in query.split("&") if part and not part.startswith("moved="))
    return f"{head}?{kept}" if kept else head


urls = [
    path("desk/calendar/", show, name="calendar"),
    path("desk/calendar/visits/<int:visit>/", visit, name="calendar_visit"),
    path("desk/calendar/undo/<uuid:batch>/", put_back, name="calendar_undo"),
]
