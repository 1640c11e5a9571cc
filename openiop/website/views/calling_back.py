"""Rather a call: a stranger leaves a way that is safe. Before that nothing is kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from openiop.access.door import everywhere
from openiop.intake.actions.calling_back import ASK, ask_for_call
from openiop.intake.queries.starting import answered_at
from openiop.kernel.permits import Permit, Refused
from openiop.website.forms.calling_back import CallBackForm
from openiop.website.frame import Face, public, show
from openiop.website.sparing import too_many

MOST_OF_ONE = 5


@public(ASK)
def call_back(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The form, and when somebody calls."""
    face = Face(permit)
    posted = request.method == "POST"
    places = [(each.id, f"{each.name}, {each.city}") for each in face.site.clinics]
    form = CallBackForm(request.POST if posted else None, clinics=places)
    if form.is_valid():
        if too_many(request, "call", MOST_OF_ONE):
            raise Refused("too_many", _("You asked a lot within an hour."), _("Call us instead."))
        with everywhere(permit, ASK) as wide:
            ask_for_call(wide, **form.facts(translation.get_language() or "en"))
        return redirect(f"{reverse('website:call_back')}?sent=1")
    at = answered_at(permit, face.site.clinics)
    return show(request, face, "call_back", {
        "title": _("We call you"), "form": form, "answers_now": at == permit.now,
        "answers_at": at, "sent": "sent" in request.GET and not posted,
    }, status=422 if form.errors else 200)  # fmt: skip
