"""A first visit, booked with the person on the line."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openiop.access.door import opens
from openiop.access.queries import clinics
from openiop.intake.actions.starting import PHONE, book_for
from openiop.intake.queries.inquiries import InquiryFacts
from openiop.intake.queries.inquiries import inquiry as inquiry_facts
from openiop.intake.queries.starting import first_visits, free_times
from openiop.intake.views.asking import called, took
from openiop.kernel.permits import Permit
from openiop.schedule.queries.types import TypeFacts
from openiop.schedule.rules.times import Time, time_of
from openiop.ui.forms import DeskForm

LIMIT = 24  # times on one page: more are not read to anybody on the phone


class LookForm(DeskForm):
    """Which visit, where, how."""

    kind = forms.TypedChoiceField(label=gettext_lazy("Visit"), coerce=int, required=False)
    clinic = forms.TypedChoiceField(
        label=gettext_lazy("Clinic"), coerce=int, required=False, empty_value=None
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How"), required=False,
        choices=[("in_person", gettext_lazy("In person")), ("virtual", gettext_lazy("Virtual"))],
    )  # fmt: skip

    def __init__(self, data: Any, *, permit: Permit, kinds: list[TypeFacts], clinic: int) -> None:
        super().__init__({"clinic": clinic, **data.dict()})
        places = [("", _("All of mine")), *((each.id, each.name) for each in clinics(permit))]
        for name, choices in (("kind", [(each.id, each.name) for each in kinds]),
                              ("clinic", places)):  # fmt: skip
            field: Any = self.fields[name]
            field.choices = choices


class NameForm(DeskForm):
    """The name a new record gets; times are chosen by their button."""

    first = forms.CharField(label=gettext_lazy("First name"), max_length=60)
    last = forms.CharField(label=gettext_lazy("Last name"), max_length=60)


@opens(PHONE)
def visit(request: HttpRequest, permit: Permit, inquiry: int) -> HttpResponse:
    """Free times as buttons; one press books."""
    found, kinds = inquiry_facts(permit, inquiry), first_visits(permit)
    timezone.activate(found.timezone)
    look = LookForm(request.GET, permit=permit, kinds=kinds, clinic=found.clinic)
    form = NameForm(request.POST or None, initial=_names(found))
    time = time_of(request.POST.get("time", ""))
    if form.is_bound and form.is_valid() and time and _booked(request, permit, found, form, time):
        return redirect("intake:inquiry", inquiry)
    url = reverse("intake:inquiry", args=[inquiry])
    return render(request, "intake/visit.html", {
        "title": _("First visit of %(name)s") % {"name": called(request, found)}, "found": found,
        "look": look, "form": form, "days": _days(permit, look, kinds, found.timezone),
        "crumbs": [{"label": _("Inquiries"), "url": reverse("intake:inquiries")},
                   {"label": called(request, found), "url": url}, {"label": _("First visit")}],
    }, status=422 if form.errors else 200)  # fmt: skip


def _names(found: InquiryFacts) -> dict[str, str]:
    first, _space, last = found.name.rpartition(" ")
    return {"first": first or last, "last": last if first else ""}


def _booked(
    request: HttpRequest, permit: Permit, found: InquiryFacts, form: NameForm, time: Time
) -> bool:
    def address(token: str) -> str:
        return request.build_absolute_uri(reverse("website:visit", args=[token]))

    names = form.cleaned_data
    if not took(permit, form, lambda: book_for(
        permit, found.id, time, names["first"], names["last"], address
    )):  # fmt: skip
        return False
    at = date_format(time.starts_at.astimezone(ZoneInfo(found.timezone)), "l, F j, g:i A")
    safe = found.safe_to_text or found.safe_to_email
    told = (
        _("We send them the time.") if safe else _("Tell them the time: nothing is safe to send.")
    )
    messages.success(request, _("Booked: %(at)s. %(told)s") % {"at": at, "told": told})
    return True


def _days(
    permit: Permit, look: LookForm, kinds: list[TypeFacts], zone: str
) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Days with their times: code, clock, where and with whom."""
    seen = look.cleaned_data if look.is_valid() else {}
    kind = next((each for each in kinds if each.id == seen.get("kind")), None)
    kind = kind or next((each for each in kinds if each.kind == "individual"), None)
    if kind is None:
        return []
    here = [seen["clinic"]] if seen.get("clinic") else sorted(permit.clinics)
    slots = free_times(permit, kind.id, clinics=here, mode=seen.get("how") or kind.modes[0])
    days: dict[str, list[tuple[str, str, str]]] = {}
    for slot in slots[:LIMIT]:
        at = slot.starts_at.astimezone(ZoneInfo(zone))
        code = Time(kind.id, slot.clinic, slot.staff, slot.room, slot.starts_at, slot.mode).code
        line = (code, date_format(at, "g:i A"), f"{slot.clinic_name}, {slot.staff_name}")
        days.setdefault(date_format(at, "l, F j"), []).append(line)
    return list(days.items())
