"""The safety questions, on the phone or at the desk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from openiop.access.door import opens
from openiop.catalog.prescreen import prescreen
from openiop.intake.actions.screening import answer_safety
from openiop.intake.forms.screening import SafetyForm
from openiop.intake.queries.inquiries import inquiry as inquiry_facts
from openiop.intake.views.asking import called, took
from openiop.kernel.permits import Permit


@opens("intake.inquiry.write")
def screen(request: HttpRequest, permit: Permit, inquiry: int) -> HttpResponse:
    """Ask; the inquiry's page then says what to do now."""
    found, asked = inquiry_facts(permit, inquiry), prescreen()
    form = SafetyForm(request.POST if request.method == "POST" else None, asked=asked)
    if form.is_valid() and took(
        permit,
        form,
        lambda: answer_safety(permit, inquiry, form.answers, form.cleaned_data["note"]),
    ):
        messages.success(request, _("The answers are kept."))
        return redirect("intake:inquiry", inquiry)
    url = reverse("intake:inquiry", args=[inquiry])
    return render(request, "intake/screen.html", {
        "title": _("Safety questions"), "form": form, "cancel_url": url,
        "version": _("Version %(version)s of the questions.") % {"version": asked.version},
        "crumbs": [{"label": _("Inquiries"), "url": reverse("intake:inquiries")},
                   {"label": called(request, found), "url": url}, {"label": _("Safety questions")}],
    }, status=422 if form.errors else 200)  # fmt: skip
