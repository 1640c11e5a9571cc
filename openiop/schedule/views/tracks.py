"""Tracks: the list, the builder, one track with its people, the week's board."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access import queries as access
from openiop.access.door import opens
from openiop.kernel.acts import ACTS
from openiop.kernel.days import MONDAY, week_start
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import people
from openiop.programs.queries import (
    TrackFacts,
    programs,
    staffing,
    track_enrollments,
    waiting_lists,
)  # fmt: skip
from openiop.programs.queries import track as track_facts
from openiop.schedule.actions.closing import lay_ahead
from openiop.schedule.actions.tracks import begin_track
from openiop.schedule.forms.tracks import DAYS, TrackForm
from openiop.schedule.queries.board import (
    Draft,
    SessionSeats,
    Site,
    TrackWeek,
    draft,
    track_rows,
    week_board,
)  # fmt: skip
from openiop.schedule.queries.forecast import Forecast, latest
from openiop.schedule.queries.help import HOLDING
from openiop.schedule.queries.seats import held_seats, limits_of
from openiop.schedule.queries.sessions import track_sessions
from openiop.schedule.views.asking import person_url, show_refusal
from openiop.schedule.views.forecast import steps_of
from openiop.ui.charts import seat_strip
from openiop.ui.moments import day_text

BUILD = "schedule.track.build"
AHEAD = 9


def _site(request: HttpRequest, permit: Permit) -> Any:
    """The clinic of the switcher, or Http404 for somebody without one."""
    clinic = access.current_clinic(request, permit)
    if clinic is None:
        raise Http404("No clinic.")
    return clinic


def days_and_hours(track: TrackFacts) -> str:
    """ "Monday, Wednesday, Friday, 18:00"."""
    names = dict(DAYS)
    days = ", ".join(str(names[str(day)]) for day in track.weekdays)
    return f"{days}, {track.starts:%H:%M}"


@opens("schedule.read")
def listed(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The clinic's running tracks with their seats today."""
    clinic = _site(request, permit)
    builds = permit.holds(*ACTS[BUILD].roles, clinic=clinic.id)
    rows = [
        {"row": row, "when": days_and_hours(row.track)}
        for row in track_rows(permit, clinic.id, permit.today(clinic.timezone))
    ]
    permit.note("schedule.read", table="programs_track", count=len(rows))
    primary = {"label": _("Build a track"), "url": reverse("schedule:track_new"), "icon": "plus"}
    return render(request, "schedule/tracks.html", {
        "title": _("Tracks"), "facts": [clinic.name], "rows": rows, "builds": builds,
        "primary": primary if builds else None,
    })  # fmt: skip


def _form(permit: Permit, clinic: Any, data: Any = None) -> TrackForm:
    today = permit.today(clinic.timezone)
    return TrackForm(
        data,
        programs=[(each.id, each.name) for each in programs(permit)],
        rooms=[(room.id, f"{room.name} ({room.capacity})")
               for room in access.rooms(permit, clinic.id)],
        staff=[(one.id, f"{one.name} {one.shown(clinic.state, today)}".strip())
               for one in access.staff_at(permit, clinic.id, today, HOLDING)],
        initial={"start_on": today},
    )  # fmt: skip


@opens(BUILD)
def new(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The builder: a draft is checked as often as one likes and built once."""
    clinic = _site(request, permit)
    form = _form(permit, clinic, request.POST or None)
    seen = None
    if request.method == "POST" and form.is_valid():
        if "check" not in request.POST:
            try:
                track = begin_track(permit, form.plan(clinic.id), clinic.timezone)
            except Refused as no:
                show_refusal(permit, form, no)
            else:
                messages.success(request, _("%(name)s is built, and its sessions are laid.") % {
                    "name": form.cleaned_data["name"]})  # fmt: skip
                return redirect("schedule:track", track)
        seen = _seen(permit, clinic, form)
    context = {"title": _("Build a track"), "form": form, "draft": seen}
    return render(request, "schedule/track_new.html", context, status=422 if form.errors else 200)


@require_POST
@opens(BUILD)
def check(request: HttpRequest, permit: Permit) -> HttpResponse:
    """What stands against the draft, as a fragment while it is typed; empty while it is not
    complete."""
    clinic = _site(request, permit)
    form = _form(permit, clinic, request.POST)
    seen = _seen(permit, clinic, form) if form.is_valid() else None
    return render(request, "schedule/track_draft.html", {"draft": seen})


def _seen(permit: Permit, clinic: Any, form: TrackForm) -> Draft:
    return draft(permit, Site(clinic.id, clinic.state, clinic.timezone), form.plan(clinic.id))


@opens("schedule.read")
def track(request: HttpRequest, permit: Permit, track: int) -> HttpResponse:
    """One track: seats, who sits and since when, who waits, the sessions ahead."""
    facts = track_facts(permit, track)
    today = permit.today(facts.timezone)
    held = held_seats(permit, [track], today)[track]
    places, line = track_enrollments(permit, [track], today), waiting_lists(permit, [track])[track]
    known = people(permit, [*(each.record for each in places), *(each.record for each in line)])
    numbers = {seat.enrollment: seat.number for seat in held}
    caps = limits_of(permit, [facts], today)[track]
    ahead = latest(permit, [track]).get(track)
    permit.note("schedule.read", table="programs_track", row=track, count=len(places))
    return render(request, "schedule/track.html", {
        "title": facts.name, "track": facts, "caps": caps, "today": today,
        "facts": [days_and_hours(facts), facts.room_name or _("Video"),
                  _("%(n)s countable minutes a day") % {"n": facts.counted_minutes}],
        "taken": sum(seat.start <= today for seat in held), "unseen": len(places) - sum(
            each.record in known for each in places),
        "rows": [_seat_line(known[each.record], each, numbers.get(each.id))
                 for each in places if each.record in known],
        "ahead": ahead, "steps": steps_of(ahead.weeks) if ahead else (),
        "line": [_waiting_line(known[each.record], each) for each in line if each.record in known],
        "staff": staffing(permit, [track], max(today, facts.start_on))[track],
        "sessions": [each for each in track_sessions(permit, track, today, limit=AHEAD)
                     if each.ends_at > permit.now],
        "primary": {"label": _("Enroll somebody"), "icon": "plus",
                    "url": reverse("schedule:enroll", args=[track])},
    })  # fmt: skip


def _seat_line(person: Any, place: Any, number: int | None) -> dict[str, Any]:
    return {"person": person, "url": person_url(person.number), "place": place, "seat": number}


def _waiting_line(person: Any, waiting: Any) -> dict[str, Any]:
    return {"person": person, "url": person_url(person.number), "entry": waiting}


@opens("schedule.board")
def board(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The week by track and day: seats of each session, who waits, who completes soon."""
    clinic = _site(request, permit)
    today = permit.today(clinic.timezone)
    monday = week_start(_day(request.GET.get("week", "")) or today, MONDAY)
    rows = week_board(permit, clinic.id, monday, today)
    ahead = latest(permit, [row.track.id for row in rows])
    days = [monday + timedelta(days=offset) for offset in range(7)]
    used = [n for n in range(7) if n < 5 or any(row.days[n] for row in rows)]
    permit.note("schedule.board", table="schedule_session", count=len(rows))
    return render(request, "schedule/board.html", {
        "title": _("Track board"),
        "facts": [clinic.name, _("Week of %(day)s") % {"day": date_format(monday, "j F")}],
        "days": [days[n] for n in used], "today": today,
        "rows": [_board_row(row, used, ZoneInfo(clinic.timezone), ahead.get(row.track.id))
                 for row in rows],
        "before": monday - timedelta(days=7), "after": monday + timedelta(days=7),
    })  # fmt: skip


def _board_row(
    row: TrackWeek, used: list[int], zone: ZoneInfo, ahead: Forecast | None
) -> dict[str, Any]:
    """A track's line in plain values: a week has many cells."""
    cap = row.caps.usual
    return {
        "name": row.track.name, "url": reverse("schedule:track", args=[row.track.id]),
        "waiting": row.waiting, "completing": len(row.completing), "cap": cap,
        "ahead": steps_of(ahead.weeks) if ahead and cap else (),
        "days": [[_cell(each, cap, zone) for each in row.days[n]] for n in used],
    }  # fmt: skip


def _cell(each: SessionSeats, cap: int | None, zone: ZoneInfo) -> dict[str, Any]:
    begins = each.starts_at.astimezone(zone)
    strip = str(each.taken) if cap is None else seat_strip(each.taken, cap, each.leaving)
    return {
        "url": f"/desk/sessions/{each.id}/", "at": f"{begins:%H:%M}", "day": day_text(each.on),
        "held": each.held, "strip": strip, "lacks": not (each.placed and each.staffed),
        "placed": each.placed,
    }  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_POST
@opens("schedule.session.write")
def lay(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Lay the coming weeks now, and take days off that were closed since."""
    clinic = _site(request, permit)
    laid = lay_ahead(permit, clinic.id)
    messages.success(request, _("%(n)s sessions are new.") % {"n": laid})
    return redirect("schedule:tracks")


urls = [
    path("desk/tracks/", listed, name="tracks"),
    path("desk/tracks/new/", new, name="track_new"),
    path("desk/tracks/new/check/", check, name="track_check"),
    path("desk/tracks/lay/", lay, name="lay"),
    path("desk/tracks/board/", board, name="board"),
    path("desk/tracks/<int:track>/", track, name="track"),
]
