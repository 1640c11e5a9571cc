"""What clinics' public pages say beside the schedule; how often pages are looked at."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.access.queries import clinic as clinic_of
from openiop.access.queries import clinics
from openiop.kernel.permits import Permit
from openiop.publishing.actions.clinics import WRITE, add_photo, describe_clinic, remove_photo
from openiop.publishing.queries.clinics import clinic_facts, looks
from openiop.publishing.views.asking import took
from openiop.ui.forms import DeskForm


class FactsForm(DeskForm):
    """What the schedule does not know."""

    about = forms.CharField(
        label=gettext_lazy("About the place"), max_length=600, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    getting_here = forms.CharField(
        label=gettext_lazy("Getting here"), max_length=400, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Bus, train, parking, the door, who opens it."),
    )  # fmt: skip
    checked = forms.BooleanField(
        label=gettext_lazy("I checked all of the page today: hours, care, licenses, pictures"),
        required=False,
    )  # fmt: skip


class PhotoForm(DeskForm):
    """A picture of a room, without people in it."""

    picture = forms.FileField(label=gettext_lazy("Picture of a room, without people"))
    alt = forms.CharField(
        label=gettext_lazy("What is seen, in words"), max_length=200,
        help_text=gettext_lazy("Such as: a room with ten chairs in a circle and a window."),
    )  # fmt: skip


@opens(WRITE)
def clinic_list(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Clinics one leads, with when their pages were checked."""
    rows = [(each, clinic_facts(permit, each.id)) for each in clinics(permit)]
    return render(request, "publishing/clinics.html", {
        "title": _("Clinics on the site"), "rows": rows,
    })  # fmt: skip


@opens(WRITE)
def clinic_page(request: HttpRequest, permit: Permit, code: str) -> HttpResponse:
    """What is said of one clinic, its pictures, and that somebody checked it."""
    here = clinic_of(permit, code)
    return _page(request, permit, code, _facts_form(request, permit, here.id), PhotoForm())


def _facts_form(request: HttpRequest, permit: Permit, clinic: int) -> FactsForm:
    facts = clinic_facts(permit, clinic)
    start = {"about": facts.about, "getting_here": facts.getting_here}
    return FactsForm(request.POST if "about" in request.POST else None, initial=start)


def _page(
    request: HttpRequest, permit: Permit, code: str, form: FactsForm, photo: PhotoForm
) -> HttpResponse:
    here = clinic_of(permit, code)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        today = permit.today(here.timezone) if typed["checked"] else None
        describe_clinic(
            permit, here.id, about=typed["about"], getting_here=typed["getting_here"],
            verified_on=today,
        )  # fmt: skip
        messages.success(request, _("The site says so now."))
        return redirect("publishing:clinic", code)
    return render(request, "publishing/clinic.html", {
        "title": here.name, "clinic": here, "form": form, "photo": photo,
        "said": clinic_facts(permit, here.id, by=True),
        "crumbs": [{"label": _("Clinics on the site"), "url": reverse("publishing:clinics")},
                   {"label": here.name}],
    }, status=422 if form.errors or photo.errors else 200)  # fmt: skip


@require_POST
@opens(WRITE)
def photo(request: HttpRequest, permit: Permit, code: str) -> HttpResponse:
    """A picture more, or one less."""
    here = clinic_of(permit, code)
    if "remove" in request.POST or "undo" in request.POST:
        number = request.POST.get("remove") or request.POST.get("undo", "")
        known = number.isascii() and number.isdigit() and len(number) < 19
        remove_photo(permit, int(number) if known else 0, undo="undo" in request.POST)
        messages.success(request, _("Done."))
        return redirect("publishing:clinic", code)
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid() and took(form, lambda: add_photo(
        permit, here.id, data=form.cleaned_data["picture"].read(), alt=form.cleaned_data["alt"]
    )):  # fmt: skip
        messages.success(request, _("The picture is on the site."))
        return redirect("publishing:clinic", code)
    return _page(request, permit, code, _facts_form(request, permit, here.id), form)


@opens(WRITE)
def looked(request: HttpRequest, permit: Permit) -> HttpResponse:
    """How often each page was shown in four weeks: counts, and nobody behind them."""
    found = looks(permit, permit.today(permit.timezone))
    most = max((each.total for each in found), default=1)
    return render(request, "publishing/looks.html", {
        "title": _("Looks at the site"), "rows": found, "most": most,
    })  # fmt: skip
