"""A good-faith estimate for whoever pays without insurance, with its clock."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from openiop.access.door import opens
from openiop.access.queries import current_clinic
from openiop.intake.forms.estimate import EstimateForm
from openiop.intake.queries.contracts import prices
from openiop.intake.queries.estimate import About, due, paper
from openiop.intake.rules.estimate import lines, total
from openiop.kernel.permits import Permit


@opens("intake.contract.read")
def estimate(request: HttpRequest, permit: Permit) -> HttpResponse:
    """What it comes to, and until when it must be given; `print` gives the paper. None is kept."""
    here = current_clinic(request, permit)
    today = permit.today(here.timezone if here else permit.timezone)
    known, form = prices(permit, today), EstimateForm(request.POST or None, today=today)
    found: dict[str, Any] = {}
    if known and here and form.is_bound and form.is_valid():
        said = form.cleaned_data
        weeks, first = said["weeks"], said["first_on"]
        if "print" in request.POST:
            place = f"{here.street}, {here.city}, {here.state} {here.zip_code}"
            about = About(
                today, [here.name, place, here.phone], said["name"], said["born_on"], first
            )
            answer = HttpResponse(paper(about, known.prices, weeks), content_type="application/pdf")
            answer["Content-Disposition"] = 'attachment; filename="estimate.pdf"'
            return answer
        rows = lines(known.prices, weeks)
        found = {"lines": rows, "total": total(rows), "due": due(today, first)}
    return render(request, "intake/estimate.html", {
        "title": _("Good-faith estimate"), "form": form, "prices": known, **found,
    }, status=422 if form.errors else 200)  # fmt: skip
