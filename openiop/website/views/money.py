"""Am I covered, what will it cost: answered without a name, nothing kept, nothing in an address."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from openiop.intake.queries.contracts import prices
from openiop.intake.queries.estimate import About, paper
from openiop.intake.queries.telling import told
from openiop.intake.rules.cost import WEEKS, Costs, costs
from openiop.kernel.permits import Permit
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


@public()
def estimate(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The printed prices of a course, to keep; it names nobody."""
    face = Face(permit)
    day = permit.today(permit.timezone)
    known, asked = prices(permit, day), request.GET.get("weeks", "8")
    if known is None or asked not in {str(each) for each in WEEKS}:
        raise Http404("No such estimate.")
    about = About(day, [face.name, face.phone_shown])
    printed = paper(about, known.prices, int(asked))
    answer = HttpResponse(printed, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="estimate-{asked}-weeks.pdf"'
    return answer
