"""Types of one-to-ones: the list, one of them, the shipped ones."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.actions import types as verbs
from openiop.schedule.forms.working import TypeForm
from openiop.schedule.queries.types import TypeFacts, type_of, types
from openiop.schedule.views.asking import show_refusal


@opens(verbs.WRITE)
def all_types(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Every type, with a form for a new one."""
    form = TypeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.add_type(permit, **form.cleaned_data)
        except Refused as no:
            show_refusal(permit, form, no)
        else:
            messages.success(request, _("The type is there."))
            return redirect("schedule:types")
    return render(request, "schedule/types.html", {
        "title": _("Types of one-to-ones"), "form": form,
        "rows": [(row, _holders(row)) for row in types(permit, retired=True)],
    }, status=422 if form.errors else 200)  # fmt: skip


def _holders(row: TypeFacts) -> str:
    return ", ".join(role.label for role in Role if role in row.holders)


@opens(verbs.WRITE)
def one_type(request: HttpRequest, permit: Permit, type: int) -> HttpResponse:
    """Change a type, or take it out of use."""
    found = type_of(permit, type)
    initial = {name: getattr(found, name) for name in TypeForm.base_fields}
    initial |= {"holders": sorted(found.holders), "modes": list(found.modes)}
    form = TypeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.change_type(permit, type, **form.cleaned_data)
        except Refused as no:
            show_refusal(permit, form, no)
        else:
            messages.success(request, _("Kept. What is booked already keeps its length."))
            return redirect("schedule:types")
    return render(request, "schedule/type.html", {
        "title": found.name, "form": form, "found": found,
        "crumbs": [{"label": _("Types of one-to-ones")}, {"label": found.name}],
    }, status=422 if form.errors else 200)  # fmt: skip


@opens(verbs.WRITE)
@require_POST
def retire(request: HttpRequest, permit: Permit, type: int) -> HttpResponse:
    """Out of use, or back."""
    verbs.retire_type(permit, type, back=type_of(permit, type).retired)
    return redirect("schedule:types")


@opens(verbs.WRITE)
@require_POST
def shipped(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Add the shipped types that are not there."""
    new = verbs.found_types(permit)
    messages.success(request, _("%(n)s types added.") % {"n": new})
    return redirect("schedule:types")


urls = [
    path("desk/types/", all_types, name="types"),
    path("desk/types/shipped/", shipped, name="shipped_types"),
    path("desk/types/<int:type>/", one_type, name="type"),
    path("desk/types/<int:type>/retire/", retire, name="retire_type"),
]
