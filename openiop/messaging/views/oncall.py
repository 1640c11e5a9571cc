"""The on-call rota of a clinic, a week at a time."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.access.queries import clinics, current_clinic
from openiop.kernel.acts import ACTS
from openiop.kernel.days import MONDAY, local_day, week_start
from openiop.kernel.permits import Permit
from openiop.messaging import actions, queries
from openiop.messaging.forms import ShiftForm
from openiop.messaging.pictures import rota_picture
from openiop.messaging.rules import Level
from openiop.messaging.views.asking import took, undo_in, undo_of, whole

WRITE = "messaging.oncall.write"


def _clinic(request: HttpRequest, permit: Permit) -> Any:
    clinic = current_clinic(request, permit)
    if clinic is None:
        raise Http404("No clinic.")
    return clinic


def _week(request: HttpRequest, today: date) -> date:
    """The Monday asked for, else this week's."""
    try:
        asked = date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        asked = today
    return week_start(asked, MONDAY)


@opens("messaging.oncall.read")
def rota(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Who answers each day, and when nobody does."""
    clinic = _clinic(request, permit)
    start = _week(request, permit.today(clinic.timezone))
    days = queries.rota(permit, clinic.id, clinic.timezone, start)
    writes = permit.holds(*ACTS[WRITE].roles, clinic=clinic.id)
    context = {
        "title": _("On call"), "facts": [clinic.name], "days": days, "writes": writes,
        "picture": rota_picture(days, _("Who is on call")),
        "now": queries.on_call_now(permit, [clinic.id])[clinic.id],
        "gaps": [
            (_("First"), queries.week_gaps(days, Level.FIRST)),
            (_("Backup"), queries.week_gaps(days, Level.BACKUP)),
        ],
        "start": start, "before": start - timedelta(7), "after": start + timedelta(7),
        "primary": {"label": _("Put somebody on call"), "url": reverse("messaging:shift_new")}
        if writes else None,
        "undo": undo_of(request),
    }  # fmt: skip
    return render(request, "messaging/oncall.html", context)


@opens(WRITE)
def new(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Put somebody on call."""
    clinic = _clinic(request, permit)
    form = ShiftForm(request.POST or None, permit=permit, clinic=clinic, initial=_proposed(request))
    if form.is_valid() and took(
        form, lambda: actions.add_shift(permit, clinic=clinic.id, **form.cleaned_data)
    ):
        messages.success(request, _("The shift is in the rota."))
        return redirect(_rota_of(form.cleaned_data["start"], clinic.timezone))
    return _form(request, form, _("Put somebody on call"))


def _proposed(request: HttpRequest) -> dict[str, Any]:
    """A gap that was pressed in the picture: its rank and ends."""
    given = {name: request.GET[name] for name in ("start", "end", "rank") if name in request.GET}
    try:
        return {
            name: value if name == "rank" else datetime.fromisoformat(value)
            for name, value in given.items()
        }
    except ValueError:
        return {}


@opens(WRITE)
def edit(request: HttpRequest, permit: Permit, shift: int) -> HttpResponse:
    """Change a shift, or take it out."""
    found = queries.shift(permit, shift)
    clinic = clinics(permit).get(pk=found.clinic)
    timezone.activate(clinic.timezone)
    form = ShiftForm(request.POST or None, permit=permit, clinic=clinic, initial=vars(found))
    if form.is_valid() and took(
        form, lambda: actions.change_shift(permit, shift, **form.cleaned_data)
    ):
        messages.success(request, _("The shift is changed."))
        return redirect(_rota_of(form.cleaned_data["start"], clinic.timezone))
    return _form(
        request, form, _("Change a shift"), reverse("messaging:shift_remove", args=[shift])
    )


def _form(request: HttpRequest, form: ShiftForm, title: str, remove: str = "") -> HttpResponse:
    context = {
        "title": title, "form": form, "submit": _("Save the shift"), "remove_url": remove,
        "cancel_url": reverse("messaging:oncall"),
        "crumbs": [{"label": _("On call"), "url": reverse("messaging:oncall")}, {"label": title}],
    }  # fmt: skip
    return render(request, "messaging/form.html", context, status=422 if form.errors else 200)


def _rota_of(start: datetime, zone: str) -> str:
    """The rota page of the week a shift starts in."""
    week = week_start(local_day(start, zone), MONDAY)
    return f"{reverse('messaging:oncall')}?week={week.isoformat()}"


@require_POST
@opens(WRITE)
def remove(request: HttpRequest, permit: Permit, shift: int) -> HttpResponse:
    """Take a shift out; the next page offers undo."""
    start = queries.shift(permit, shift).start
    actions.remove_shift(permit, shift)
    undo_in(request, _("The shift is out of the rota."), "messaging:shift_restore", shift=shift)
    return redirect(_rota_of(start, permit.timezone))


@require_POST
@opens(WRITE)
def restore(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Undo of taking out."""
    shift = whole(request.GET.get("shift", ""))
    actions.restore_shift(permit, shift)
    messages.success(request, _("The shift is back in the rota."))
    start = queries.shift(permit, shift).start
    return redirect(_rota_of(start, permit.timezone))
