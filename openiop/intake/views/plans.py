"""The initial plan of whoever was admitted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.intake.actions.plans import COSIGN, WRITE, cosign_plan, sign_plan
from openiop.intake.queries.inquiries import inquiry as inquiry_facts
from openiop.intake.queries.plans import plans
from openiop.intake.views.asking import called, person_url, took
from openiop.kernel.permits import Permit, Refused
from openiop.ui.forms import DeskForm


class PlanForm(DeskForm):
    """What somebody wants to reach first."""

    objective_1 = forms.CharField(
        label=gettext_lazy("First objective"), max_length=300, required=False,
        help_text=gettext_lazy("Small, in their words: come on Tuesday and stay for the break."),
    )  # fmt: skip
    objective_2 = forms.CharField(
        label=gettext_lazy("Second objective"), max_length=300, required=False
    )
    objective_3 = forms.CharField(
        label=gettext_lazy("Third objective"), max_length=300, required=False
    )
    steps = forms.CharField(
        label=gettext_lazy("What we do for it"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


@opens(WRITE)
def plan(request: HttpRequest, permit: Permit, inquiry: int) -> HttpResponse:
    """Sign one; those signed before stand below."""
    found = inquiry_facts(permit, inquiry)
    timezone.activate(found.timezone)
    form = PlanForm(request.POST or None)
    if (
        form.is_bound
        and form.is_valid()
        and took(permit, form, lambda: _sign(permit, inquiry, form))
    ):
        messages.success(request, _("The initial plan is signed."))
        return redirect("intake:plan", inquiry)
    return render(request, "intake/plan.html", {
        "title": _("Initial plan"), "facts": [called(request, found)], "form": form,
        "plans": plans(permit, inquiry), "inquiry": inquiry,
        "crumbs": [{"label": _("Person"), "url": person_url(found.number)},
                   {"label": _("Admission"), "url": reverse("intake:admit", args=[inquiry])},
                   {"label": _("Initial plan")}],
    }, status=422 if form.errors else 200)  # fmt: skip


def _sign(permit: Permit, inquiry: int, form: forms.Form) -> int:
    typed: dict[str, Any] = form.cleaned_data
    return sign_plan(permit, inquiry, [typed[f"objective_{n}"] for n in (1, 2, 3)], typed["steps"])


@require_POST
@opens(COSIGN)
def cosign(request: HttpRequest, permit: Permit, inquiry: int, plan_id: int) -> HttpResponse:
    """The second signature."""
    try:
        cosign_plan(permit, inquiry, plan_id)
    except Refused as no:
        messages.error(request, f"{no.sentence} {no.next_step}".strip())
    else:
        messages.success(request, _("Co-signed."))
    return redirect("intake:plan", inquiry)
