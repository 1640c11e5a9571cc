"""A person's visits: those to come and past, booked alone or inside a group, taken off."""

from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import admit, opens
from openiop.access.queries import clinics, current_clinic, rooms, staff_at
from openiop.kernel.acts import CLINICAL
from openiop.kernel.days import local
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import person
from openiop.schedule.actions import appointments as actions
from openiop.schedule.actions.moving import WRITE
from openiop.schedule.forms.appointments import CancelForm, VisitForm
from openiop.schedule.queries.appointments import appointment, appointments_of
from openiop.schedule.queries.planned import plans
from openiop.schedule.rules.clashes import hours

SHOWN_BACK, GROUPS_AHEAD = timedelta(days=28), timedelta(days=15)


@opens(WRITE)
def visits(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """A person's visits of the last weeks and to come, and a form for a new one."""
    record = admit(permit, number, act="schedule.read").id
    form = _form(request, permit, record)
    choices: tuple[object, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            _book(permit, record, form)
        except Refused as no:
            choices = no.choices
            form.add_error(no.field if no.field in form.fields else None,
                           f"{no.sentence} {no.next_step}")  # fmt: skip
        else:
            messages.success(request, _("The visit is booked."))
            return redirect("schedule:visits", number)
    rows = appointments_of(permit, record, permit.now - SHOWN_BACK)
    return render(request, "schedule/attendance_visits.html", {
        "person": person(permit, record), "title": _("Visits"), "form": form, "choices": choices,
        "coming": [row for row in rows if row.ends_at > permit.now and not row.cancelled_at],
        "past": [row for row in reversed(rows) if row.ends_at <= permit.now or row.cancelled_at],
        "now": permit.now,
        "midnight": local(permit.today(form.timezone), time(0), form.timezone),
        "zone": ZoneInfo(form.timezone), "crumbs": [{"label": number}, {"label": _("Visits")}],
        "shared_screen": bool(request.session.get("shared_screen")),
    }, status=422 if form.errors else 200)  # fmt: skip


def _form(request: HttpRequest, permit: Permit, record: int) -> VisitForm:
    """The form with the colleagues, rooms and group sessions of the clinic one works at now."""
    place = current_clinic(request, permit) or clinics(permit)[0]
    today = permit.today(place.timezone)
    plan = plans(permit, today, today + GROUPS_AHEAD, records=[record]).by_record.get(record)
    ahead = (
        [row.session for row in plan.sessions if row.session.ends_at > permit.now] if plan else []
    )
    form = VisitForm(
        request.POST or None, timezone=place.timezone, initial={"on": today},
        staff=[(one.id, one.name) for one in staff_at(permit, place.id, today, CLINICAL)],
        rooms=[(room.id, room.name) for room in rooms(permit, place.id)],
        groups=[(one.id, f"{one.track_name}, {hours(one.starts_at, one.ends_at, one.timezone)}")
                for one in ahead if one.clinic == place.id],
    )  # fmt: skip
    form.clinic = place.id  # type: ignore[attr-defined]
    return form


def _book(permit: Permit, record: int, form: VisitForm) -> None:
    typed: dict[str, Any] = form.cleaned_data
    actions.book(
        permit, record=record, clinic=form.clinic, kind=typed["kind"],  # type: ignore[attr-defined]
        staff=typed["staff"], room=typed["room"], starts_at=form.starts_at,
        minutes=typed["minutes"], nested_in=typed["nested_in"],
    )  # fmt: skip


@opens(WRITE)
@require_POST
def attest(request: HttpRequest, permit: Permit, visit: int) -> HttpResponse:
    """Say in one press what became of a visit, or take that back."""
    actions.attest(permit, visit, request.POST.get("outcome", ""))
    return redirect("schedule:visits", appointment(permit, visit).number)


@opens(WRITE)
def cancel(request: HttpRequest, permit: Permit, visit: int) -> HttpResponse:
    """Take a visit off, with the reason; shows first what it is about."""
    found = appointment(permit, visit)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.cancel(permit, visit, form.cleaned_data["reason"])
        messages.success(request, _("The visit is cancelled."))
        return redirect("schedule:visits", found.number)
    when = hours(found.starts_at, found.ends_at, found.timezone)
    return render(request, "schedule/attendance_cancel_visit.html", {
        "title": _("Cancel the visit?"), "form": form, "found": found,
        "lines": [f"{found.kind_name}, {when}", _("With %(who)s") % {"who": found.staff_name}],
    })  # fmt: skip
