"""Am I covered, what will it cost: answered without a name, nothing kept, nothing in an address."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from openiop.access.queries import PublicClinic
from openiop.catalog.payer_directory import Company, company, find_payers
from openiop.intake.queries.contracts import answers, prices
from openiop.intake.rules.cost import WEEKS, Costs, costs
from openiop.intake.rules.coverage import Coverage
from openiop.intake.rules.estimate import DISPUTE, lines, total
from openiop.kernel.permits import Permit
from openiop.ui.pdf import typeset
from openiop.ui.prose import prose
from openiop.website.forms.money import PlanForm, PlanNameForm
from openiop.website.frame import Face, public, show
from openiop.website.words import ASSUMED, SERVICE, STATUS, UNKNOWN, WHY

UNLIKELY = 6  # more companies than this are a guess, not an answer


@public()
def insurance(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The name of a plan in, the answer by clinic and service out."""
    face = Face(permit)
    page = face.page("insurance")
    form = PlanNameForm(request.POST or None, areas=face.site.areas)
    context: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        context = _answer(permit, face, form, request.POST.get("company", ""))
    return show(request, face, "insurance", {
        "title": page.title, "description": page.description, "body": prose(page.body),
        "form": form, **context,
    }, status=422 if form.errors else 200)  # fmt: skip


def _answer(permit: Permit, face: Face, form: PlanNameForm, chosen: str) -> dict[str, Any]:
    area, typed = form.cleaned_data["area"], form.cleaned_data["plan"]
    here = [each for each in face.site.clinics if not area or each.area_code == area]
    state = here[0].state if area and here else ""
    payer = company(chosen)
    found = [] if payer else [match.company for match in find_payers(typed, state=state)]
    if len(found) > 1:
        return {"choices": found[:UNLIKELY]}
    payer = payer or next(iter(found), None)
    day = permit.today(permit.timezone)
    covered = answers(permit, payer, [each.id for each in here], day)
    return {
        "answered": True, "payer": payer, "said": payer.name if payer else typed,
        "run_by": company(payer.run_by) if payer else None,
        "rows": [(each, _services(each, covered[each.id])) for each in here],
        "why": _why(payer, covered), "self_pay": payer is not None and payer.kind == "self_pay",
        "public": payer is not None and payer.kind == "medicaid",
    }  # fmt: skip


def _services(clinic: PublicClinic, covered: dict[str, Coverage]) -> list[tuple[Any, Any, str]]:
    """What the clinic offers: service, answer, and when it changes."""
    offered = {"iop", "individual", "testing", *clinic.capabilities}
    return [
        (SERVICE[service], STATUS[each.status], _change(each))
        for service, each in covered.items()
        if service in offered
    ]


def _change(each: Coverage) -> str:
    if each.changes_on is None:
        return ""
    return _("from %(day)s: %(status)s") % {
        "day": f"{each.changes_on:%Y-%m-%d}", "status": STATUS[each.changes_to],
    }  # fmt: skip


def _why(payer: Company | None, covered: dict[int, dict[str, Coverage]]) -> list[Any]:
    reasons = {each.why for by_service in covered.values() for each in by_service.values()}
    return [WHY[each] for each in WHY if each in reasons and WHY[each]]


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
