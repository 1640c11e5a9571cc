"""The network: clinics with hours, licenses, rooms, closures and holidays."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access import actions, founding
from openiop.access.door import opens
from openiop.access.forms import places as forms
from openiop.access.models import Clinic
from openiop.access.queries import clinic as clinic_of
from openiop.access.queries.places import closure_of, holidays_of, network, place, room_of
from openiop.access.views.posting import one_form, trail
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit


def _today(permit: Permit) -> date:
    return permit.today(permit.timezone)


def _writes(permit: Permit) -> bool:
    return permit.holds(*ACTS["access.network.write"].roles)


def _crumbs(clinic: Clinic) -> list[tuple[Any, str]]:
    return [(_("Clinics and rooms"), reverse("access:network")), (clinic.name, _page(clinic))]


def _page(clinic: Clinic) -> str:
    return reverse("access:place", args=[clinic.code])


@opens("access.network.read")
def clinics(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Every clinic of one's own, with what it holds, and closures of the whole network."""
    rows, closed = network(permit, _today(permit))
    context = {
        "title": _("Clinics and rooms"), "rows": rows, "closed": closed, "writes": _writes(permit),
        "primary": {"label": _("Add a closure"), "url": reverse("access:closure_new")}
        if _writes(permit) else None,
    }  # fmt: skip
    return render(request, "access/network.html", context)


@opens("access.network.read")
def clinic(request: HttpRequest, permit: Permit, code: str) -> HttpResponse:
    """One clinic."""
    found = place(permit, code, _today(permit))
    hours = [(name, found.clinic.hours.get(str(number))) for number, name in WEEKDAYS.items()]
    context = {
        "title": found.clinic.name, "place": found, "hours": hours, "writes": _writes(permit),
        "years": [_today(permit).year, _today(permit).year + 1],
        "crumbs": trail(_crumbs(found.clinic)[0], (found.clinic.name, "")),
    }  # fmt: skip
    return render(request, "access/place.html", context)


def _on_place(
    request: HttpRequest, clinic: Clinic, form: Any, do: Any, title: Any, **more: Any
) -> HttpResponse:
    return one_form(
        request, form, do, title=title, said=_("Saved."), done=_page(clinic),
        crumbs=_crumbs(clinic), **more,
    )  # fmt: skip


@opens("access.network.write")
def closure_new(request: HttpRequest, permit: Permit) -> HttpResponse:
    form = forms.ClosureForm(request.POST or None, permit=permit)

    def do(**facts: Any) -> None:
        actions.add_closure(permit, **facts)

    lines = [_("Sessions laid out on these days stay until they are moved or cancelled.")]
    return one_form(
        request, form, do, title=_("Add a closure"), said=_("Added."), lines=lines,
        done=reverse("access:network"), submit=_("Close on these days"),
        crumbs=[(_("Clinics and rooms"), reverse("access:network"))],
    )  # fmt: skip


@opens("access.network.write")
def closure_edit(request: HttpRequest, permit: Permit, closure: int) -> HttpResponse:
    row = closure_of(permit, closure)
    names = ("start_on", "end_on", "name")
    first = {name: getattr(row, name) for name in names} | {"clinic": row.clinic_id or ""}
    form = forms.ClosureForm(request.POST or None, permit=permit, initial=first)

    def do(**facts: Any) -> None:
        actions.update_closure(permit, closure, **facts)

    return one_form(
        request, form, do, title=_("Change a closure"), said=_("Saved."),
        done=reverse("access:network"), template="access/closure.html", closure=row,
        crumbs=[(_("Clinics and rooms"), reverse("access:network"))],
    )  # fmt: skip


@opens("access.network.write")
@require_POST
def closure_remove(request: HttpRequest, permit: Permit, closure: int) -> HttpResponse:
    actions.remove_closure(permit, closure)
    messages.success(request, _("The closure is taken back."))
    return redirect("access:network")


@opens("access.network.write")
def holidays(request: HttpRequest, permit: Permit, code: str, year: int) -> HttpResponse:
    """Public holidays of a year, to close on."""
    here = clinic_of(permit, code)
    if not 2000 <= year <= 2100:
        raise Http404("No such year.")
    found = holidays_of(here.state, year)
    form = forms.HolidayForm(
        request.POST or None,
        found=found,
        initial={"days": [day.isoformat() for day, _name in found]},
    )

    def do(days: list[str]) -> None:
        actions.add_holidays(permit, here.id, [date.fromisoformat(day) for day in days])

    title = _("Holidays of %(year)d") % {"year": year}
    return _on_place(request, here, form, do, title, submit=_("Close on these days"))


@opens("access.network.write")
def room_new(request: HttpRequest, permit: Permit, code: str) -> HttpResponse:
    here = clinic_of(permit, code)
    form = forms.RoomForm(request.POST or None, initial={"accessible": True})

    def do(**facts: Any) -> None:
        room = founding.add_room(
            permit, clinic=here.id, name=facts["name"], capacity=facts["capacity"]
        )
        actions.update_room(permit, room, **facts)

    return _on_place(request, here, form, do, _("Add a room"))


@opens("access.network.write")
def room_edit(request: HttpRequest, permit: Permit, code: str, room: int) -> HttpResponse:
    here, row = clinic_of(permit, code), room_of(permit, room)
    names = ("name", "capacity", "accessible", "retired_on")
    form = forms.RoomForm(
        request.POST or None, initial={name: getattr(row, name) for name in names}
    )

    def do(**facts: Any) -> None:
        actions.update_room(permit, room, **facts)

    return _on_place(request, here, form, do, _("Change a room"))


@opens("access.network.write")
def hours(request: HttpRequest, permit: Permit, code: str) -> HttpResponse:
    here = clinic_of(permit, code)
    first = {day: "-".join(times) for day, times in here.hours.items()}
    form = forms.HoursForm(request.POST or None, initial=first)

    def do(**_fields: Any) -> None:
        actions.set_hours(permit, here.id, form.hours())

    return _on_place(request, here, form, do, _("Opening hours"))


@opens("access.network.write")
def license_new(request: HttpRequest, permit: Permit, code: str) -> HttpResponse:
    here = clinic_of(permit, code)
    form = forms.LicenseForm(request.POST or None)

    def do(**facts: Any) -> None:
        actions.add_license(permit, here.id, **facts)

    return _on_place(request, here, form, do, _("Add a license"))
