"""Emergency access: breaking the glass, and the review that follows each time."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from openiop.access import actions
from openiop.access.door import opens
from openiop.access.forms.privacy import GlassForm, ReviewForm
from openiop.access.queries import records
from openiop.access.views.posting import took, trail
from openiop.kernel.permits import Permit


@opens("access.glass.break")
def glass(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Open one record by its number, with a reason, for an hour."""
    form = GlassForm(request.POST or None, initial={"number": request.GET.get("number", "")})

    def do(number: str, reason: str) -> None:
        actions.break_glass(permit, number.strip(), reason)

    if request.method == "POST" and form.is_valid() and took(form, do):
        messages.warning(request, _("The record is open to you. A privacy officer is told why."))
        return redirect(record_page(form.cleaned_data["number"].strip()))
    context = {
        "title": _("Emergency access"), "form": form, "open": records.open_emergencies(permit),
        "search_url": _page("patients:elsewhere"),
    }  # fmt: skip
    return render(request, "access/glass.html", context, status=422 if form.errors else 200)


def record_page(number: str) -> str:
    """The record's page, where there is one; else this page, which lists what is open."""
    return _page("desk:patient", number) or reverse("access:glass")


def _page(name: str, *args: str) -> str:
    """A page of a room to the right, by the name of its address; "" where there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@opens("access.glass.review")
def reviews(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Broken glasses that wait for an answer, and those answered."""
    past = request.GET.get("show") == "reviewed"
    rows = records.emergencies(permit, reviewed=past)
    waiting = sum(one.overdue for one in rows) if not past else 0
    context = {
        "title": _("Emergency access to review"), "rows": rows, "past": past,
        "facts": [_("%(count)d overdue") % {"count": waiting}] if waiting else [],
        "tabs": [
            {"label": _("To review"), "url": reverse("access:glass_reviews"), "current": not past},
            {"label": _("Reviewed"), "url": "?show=reviewed", "current": past},
        ],
    }  # fmt: skip
    return render(request, "access/glass_reviews.html", context)


@opens("access.glass.review")
def review(request: HttpRequest, permit: Permit, emergency: int) -> HttpResponse:
    """Answer one: justified or not."""
    found = next((one for one in records.emergencies(permit) if one.id == emergency), None)
    if found is None:
        raise Http404("No such emergency access to review.")
    form = ReviewForm(request.POST or None)

    def do(justified: bool, note: str) -> None:
        actions.review_glass(permit, emergency, justified=justified, note=note)

    if request.method == "POST" and form.is_valid() and took(form, do):
        messages.success(request, _("Reviewed."))
        return redirect("access:glass_reviews")
    title = _("Review emergency access")
    context = {
        "title": title, "found": found, "form": form,
        "crumbs": trail((_("Emergency access to review"), reverse("access:glass_reviews")),
                        (title, "")),
    }  # fmt: skip
    return render(request, "access/glass_review.html", context, status=422 if form.errors else 200)
