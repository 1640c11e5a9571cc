"""Answers that ask for a clinician: the list of them, and the evaluation of one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from openiop.access.door import opens
from openiop.assessments.actions.safety import cancel, evaluate
from openiop.assessments.forms import CancelForm, EvaluationForm
from openiop.assessments.queries import Concern, open_concerns
from openiop.assessments.queries import concern as concern_of
from openiop.assessments.views.asking import took
from openiop.assessments.views.responses import CLOSE, READ, lines
from openiop.assessments.words import DISPOSITIONS
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit


@opens(READ)
def concerns(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Whoever waits for a safety evaluation at the own clinics, the oldest first."""
    may = permit.holds(*ACTS[CLOSE].roles)
    rows = [
        (each, reverse("assessments:concern" if may else "assessments:record",
                       args=[each.id if may else each.number]))
        for each in open_concerns(permit)
    ]  # fmt: skip
    return render(request, "assessments/concerns.html", {
        "title": _("Safety evaluations"), "rows": rows,
        "crumbs": [{"label": _("Safety evaluations")}],
    })  # fmt: skip


@opens(CLOSE)
def concern(request: HttpRequest, permit: Permit, concern: int) -> HttpResponse:
    """The answers, and the evaluation that closes it; or the reason of one of two people."""
    found, answers = concern_of(permit, concern)
    evaluating = "evaluate" in request.POST
    form = EvaluationForm(
        request.POST if evaluating else None, initial={"seen": found.latest}, auto_id="found-%s"
    )
    other = CancelForm(request.POST if "cancel" in request.POST else None, auto_id="cancel-%s")
    if _done(request, permit, found, form, other):
        return redirect("assessments:concern", concern)
    return render(request, "assessments/concern.html", {
        "title": _("Safety evaluation"), "found": found, "form": form, "other": other,
        "disposition": DISPOSITIONS.get(found.evaluated[1], "") if found.evaluated else "",
        "answers": [(row, lines(row)) for row in answers],
        "record_url": reverse("assessments:record", args=[found.number]),
        "crumbs": [{"label": _("Safety evaluations"), "url": reverse("assessments:concerns")},
                   {"label": found.number}],
    }, status=422 if form.errors or other.errors else 200)  # fmt: skip


def _done(
    request: HttpRequest, permit: Permit, found: Concern, form: EvaluationForm, other: CancelForm
) -> bool:
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        if took(permit, form, lambda: evaluate(permit, found.id, **typed)):
            messages.success(request, _("The evaluation is kept; the concern is closed."))
            return True
    closes: list[bool] = []
    if other.is_bound and other.is_valid():
        reason = other.cleaned_data["reason"]
        if took(permit, other, lambda: closes.append(cancel(permit, found.id, reason))):
            said = _("The concern is closed.") if closes[0] else _("Now it takes a second person.")
            messages.success(request, said)
            return True
    return False
