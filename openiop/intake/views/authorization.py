"""The authorization behind an admission."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from openiop.access.door import opens
from openiop.intake.actions.authorization import set_authorization
from openiop.intake.forms.authorization import AuthorizationForm
from openiop.intake.queries.authorization import authorization as authorization_of
from openiop.intake.queries.inquiries import inquiry as inquiry_facts
from openiop.intake.views.asking import called, person_url, took
from openiop.intake.words import AUTHORIZATION
from openiop.kernel.permits import Permit


@opens("intake.authorization.write")
def authorization(request: HttpRequest, permit: Permit, inquiry: int) -> HttpResponse:
    """Where it stands, every step, and the next."""
    found = inquiry_facts(permit, inquiry)
    timezone.activate(found.timezone)
    held = authorization_of(permit, inquiry, permit.today(found.timezone))
    form = AuthorizationForm(request.POST or None, states=held.next)
    if form.is_valid() and took(
        permit, form, lambda: set_authorization(permit, inquiry, **form.cleaned_data)
    ):
        messages.success(request, _("The step is kept."))
        return redirect("intake:authorization", inquiry)
    return render(request, "intake/authorization.html", {
        "title": _("Authorization"), "facts": [called(request, found), AUTHORIZATION[held.shown]],
        "held": held, "now": AUTHORIZATION[held.shown], "form": form,
        "steps": [(each, AUTHORIZATION[each.state]) for each in held.steps],
        "crumbs": [{"label": _("Person"), "url": person_url(found.number)},
                   {"label": _("Admission"), "url": reverse("intake:admit", args=[inquiry])},
                   {"label": _("Authorization")}],
    }, status=422 if form.errors else 200)  # fmt: skip
