"""Am I covered, what will it cost: answered without a name, nothing kept, nothing in an address."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from openiop.intake.queries.contracts import prices
from openiop.intake.queries.telling import told
from openiop.intake.rules.cost import WEEKS, Costs, costs
from openiop.intake.rules.estimate import DISPUTE, lines, total
from openiop.kernel.permits import Permit
from openiop.ui.pdf import typeset
from openiop.ui.prose import prose
from openiop.website.forms.money import PlanForm, PlanNameForm
from openiop.website.frame import Face, public, show
from openiop.website.words import ASSUMED, UNKNOWN


@public()
def insurance(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The name of a plan in, the answer by clinic and service out."""
    face = Face(permit)
    page, found = face.page("insurance"), None
    form = PlanNameForm(request.POST or None, areas=face.site.areas)
    if form.is_bound and form.is_valid():
        area = form.cleaned_data["area"]
        here = [each for each in face.site.clinics if not area or each.area_code == area]
        found = told(permit, form.cleaned_data["plan"], request.POST.get("company", ""), here)
    return show(request, face, "insurance", {
        "title": page.title, "description": page.description, "body": prose(page.body),
        "form": form, "found": found,
    }, status=422 if form.errors else 200)  # fmt: skip


@public()
def cost(request: HttpRequest, permit: Permit) -> HttpResponse:
    """A few numbers in, what a course may cost out."""
    face = Face(permit)
    page, known = face.page("cost"), prices(permit, permit.today(permit.timezone))
    form = PlanForm(request.POST or None)
    found = None
    if known and form.is_bound and form.is_valid():
        found = costs(form.plan, known.prices)
    return show(request, face, "cost", {
        "title": page.title, "description": page.description, "body": prose(page.body),
        "form": form, "prices": known, **(_shown(found) if found else {}),
    }, status=422 if form.errors else 200)  # fmt: skip


def _shown(found: Costs) -> dict[str, Any]:
    rows = [(_("The first day"), found.day), (_("The first week"), found.week)]
    rows += [(_("%(n)s weeks in all") % {"n": each}, found.courses[each]) for each in WEEKS]
    return {
        "rows": rows, "whole": found.courses[8], "capped": found.capped,
        "assumed": [ASSUMED[each] for each in found.assumed],
        "unknown": [UNKNOWN[each] for each in found.unknown],
    }  # fmt: skip


ESTIMATE = """
#let d = data
#set page(paper: "us-letter", margin: 1in)
#set text(size: 11pt)
= #d.title
#d.organization, #d.phone \\ #d.day
#v(1em)
#table(columns: (1fr, auto, auto, auto, auto), align: (left, left, right, right, right),
  ..d.head, ..d.cells.flatten())
#align(right)[*#d.total*]
#for line in d.words [#par(line)]
"""


@public()
def estimate(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The printed prices of a course, to keep; it names nobody."""
    face = Face(permit)
    day = permit.today(permit.timezone)
    known, asked = prices(permit, day), request.GET.get("weeks", "8")
    if known is None or asked not in {str(each) for each in WEEKS}:
        raise Http404("No such estimate.")
    rows = lines(known.prices, int(asked))
    printed = typeset(ESTIMATE, {
        "title": _("Estimate of costs without insurance, %(n)s weeks") % {"n": asked},
        "organization": face.name, "phone": face.phone_shown, "day": f"{day:%B %d, %Y}",
        "head": [_("Service"), _("Code"), _("Count"), _("Price"), _("Total")],
        "cells": [[line.name, line.code, str(line.count), f"${line.price:,.2f}",
                   f"${line.total:,.2f}"] for line in rows],
        "total": _("Together: $%(sum)s") % {"sum": f"{total(rows):,.2f}"},
        "words": [
            _("This is an estimate. What you really need may differ: your plan of care says."),
            _("With your name and your first visit you get a good-faith estimate in writing:"
              " within one business day where the visit is three to nine business days away,"
              " else within three. If a bill is $%(much)s or more above it, you may have the bill"
              " looked at. Keep a copy.") % {"much": DISPUTE},
        ],
    })  # fmt: skip
    answer = HttpResponse(printed, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="estimate-{asked}-weeks.pdf"'
    return answer
