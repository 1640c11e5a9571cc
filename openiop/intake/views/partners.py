"""The directory of places outside: who sends people, who takes them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openiop.access.door import opens
from openiop.intake.actions.partners import add_partner, change_partner
from openiop.intake.forms.inquiries import PartnerForm, of_partner
from openiop.intake.queries import partners as queries
from openiop.intake.views.asking import took
from openiop.intake.words import PARTNERS
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit
from openiop.ui.links import address

WRITE = "intake.partner.write"
LIST = "intake:partners"


@opens("intake.inquiry.read")
def partners(request: HttpRequest, permit: Permit) -> HttpResponse:
    """All places by name."""
    found = queries.partners(permit, retired="retired" in request.GET)
    writes = permit.holds(*ACTS[WRITE].roles)
    return render(request, "intake/partners.html", {
        "title": _("Places outside"),
        "rows": [(each, PARTNERS.get(each.kind, each.kind)) for each in found],
        "writes": writes,
        "primary": {"label": _("Add a place"), "url": address("intake:partner_new"),
                    "icon": "plus"} if writes else None,
        "crumbs": [{"label": _("Inquiries"), "url": address("intake:inquiries")},
                   {"label": _("Places outside")}],
    })  # fmt: skip


@opens(WRITE)
def new(request: HttpRequest, permit: Permit) -> HttpResponse:
    """A place for the directory."""
    form = PartnerForm(request.POST or None)
    if form.is_valid() and took(permit, form, lambda: add_partner(permit, **form.cleaned_data)):
        messages.success(request, _("The place is in the directory."))
        return redirect(LIST)
    return _page(request, form, _("Add a place"))


@opens(WRITE)
def edit(request: HttpRequest, permit: Permit, partner: int) -> HttpResponse:
    """Change a place, or take it out of the lists."""
    found = queries.partner(permit, partner)
    if "retire" in request.POST:
        today = None if found.retired_on else permit.today(permit.timezone)
        change_partner(permit, partner, retired_on=today)
        messages.success(request, _("Changed."))
        return redirect(LIST)
    form = PartnerForm(request.POST or None, initial=of_partner(found))
    if form.is_valid() and took(
        permit, form, lambda: change_partner(permit, partner, **form.cleaned_data)
    ):
        messages.success(request, _("Changed."))
        return redirect(LIST)
    retire = _("Put it back into the lists") if found.retired_on else _("Take it out of the lists")
    return _page(request, form, found.name, retire=retire)


def _page(request: HttpRequest, form: forms.Form, title: str, **more: Any) -> HttpResponse:
    return render(request, "intake/form.html", {
        "title": title, "form": form, "submit": _("Save"), "cancel_url": address(LIST), **more,
        "crumbs": [{"label": _("Places outside"), "url": address(LIST)}, {"label": title}],
    }, status=422 if form.errors else 200)  # fmt: skip
