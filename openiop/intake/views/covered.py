"""Is a plan covered: the answer of the public site, for whoever is on the phone."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openiop.access.door import opens
from openiop.access.queries import site
from openiop.intake.queries.telling import told
from openiop.kernel.permits import Permit
from openiop.ui.forms import DeskForm


class PlanForm(DeskForm):
    """The name of a plan, as people say it."""

    plan = forms.CharField(label=gettext_lazy("Name of the plan"), max_length=80, required=False)
    company = forms.CharField(widget=forms.HiddenInput, required=False)


@opens("intake.contract.read")
def covered(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The answer at one's own clinics."""
    form, found = PlanForm(request.POST or None), None
    if form.is_bound and form.is_valid() and any(form.cleaned_data.values()):
        every = site(permit).clinics
        mine = [each for each in every if each.id in permit.clinics]
        found = told(permit, form.cleaned_data["plan"], form.cleaned_data["company"], mine)
    return render(request, "intake/covered.html", {
        "title": _("Is it covered?"), "form": form, "found": found,
    })  # fmt: skip
