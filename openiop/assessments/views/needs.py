"""The need profile of one person: rate each area on its own, sign, co-sign."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.assessments.actions.needs import COSIGN, WRITE, Needs, cosign_needs, sign_needs
from openiop.assessments.forms_needs import NeedsForm
from openiop.assessments.queries.needs import Profile, profiles_of
from openiop.assessments.views.asking import opened_record, took
from openiop.assessments.views.responses import READ
from openiop.assessments.words import DIFFERS
from openiop.catalog.needs import editions
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit


@opens(READ)
def needs(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """Every profile that was signed, the newest first."""
    opened, page = opened_record(request, permit, number)
    page["crumbs"].append({"label": _("Need profile")})
    return render(request, "assessments/needs.html", {
        **page, "profiles": [_shown(each) for each in profiles_of(permit, opened.id)],
        "editions": [(each, reverse("assessments:rate", args=[number, each.id]))
                     for each in editions().values()] if permit.holds(*ACTS[WRITE].roles) else [],
        "may_cosign": permit.holds(*ACTS[COSIGN].roles),
    })  # fmt: skip


def _shown(each: Profile) -> dict[str, Any]:
    """A profile by area, in the words of its own edition."""
    known = each.edition
    titles = {**known.rated, **known.told} if known else {}
    keys = list(titles) or [*each.risks, *each.notes]
    return {
        "profile": each, "why": DIFFERS.get(each.differs, ""),
        "lines": [(titles.get(key, key), each.risks.get(key), each.notes.get(key, ""))
                  for key in keys],
        "levels": [f"{code} {known.levels.get(code, '') if known else ''}".strip()
                   for code in (each.recommended, each.actual)],
    }  # fmt: skip


@opens(WRITE)
def rate(request: HttpRequest, permit: Permit, number: str, edition: str) -> HttpResponse:
    """One page with every area of the edition; signing keeps it."""
    opened, page = opened_record(request, permit, number)
    kind = editions().get(edition)
    if kind is None:
        raise Http404("No such edition.")
    form = NeedsForm(request.POST or None, edition=kind)

    def keep() -> None:
        typed = form.cleaned_data
        told = Needs(
            kind, form.risks(), form.notes(), typed["recommended"], typed["actual"],
            typed["differs"], typed["interim"],
        )  # fmt: skip
        sign_needs(permit, record=opened.id, clinic=opened.clinic, needs=told)

    if request.method == "POST" and form.is_valid() and took(permit, form, keep):
        messages.success(request, _("The need profile is signed."))
        return redirect("assessments:needs", number)
    page["crumbs"].append({"label": _("Need profile")})
    return render(
        request, "assessments/rate.html", {**page, "edition": kind, "form": form},
        status=422 if form.errors else 200,
    )  # fmt: skip


@require_POST
@opens(COSIGN)
def cosign(request: HttpRequest, permit: Permit, number: str, profile: int) -> HttpResponse:
    """The second signature."""
    opened, _page = opened_record(request, permit, number)
    cosign_needs(permit, opened.id, profile)
    messages.success(request, _("Co-signed."))
    return redirect("assessments:needs", number)
