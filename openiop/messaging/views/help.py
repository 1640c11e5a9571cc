"""Help, now: one tap on a room; who was called; what happened."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.access.queries import current_clinic, rooms
from openiop.kernel.permits import Permit
from openiop.messaging import actions, queries
from openiop.messaging.forms import Told
from openiop.messaging.views.asking import took, whole
from openiop.messaging.views.incidents import told_facts

REPORT = "messaging.incident.write"


@opens(REPORT)
def call(request: HttpRequest, permit: Permit) -> HttpResponse:
    """A button for each room of my clinic, and the calls that are open."""
    clinic = current_clinic(request, permit)
    if clinic is None:
        raise Http404("No clinic.")
    if request.method == "POST":
        room = request.POST.get("room", "")
        called = actions.call_for_help(permit, clinic=clinic.id, room=whole(room) if room else None)
        return redirect("messaging:help_called", number=called.incident)
    context = {
        "title": _("Call for help"), "facts": [clinic.name],
        "rooms": rooms(permit, clinic.id), "alerts": queries.current_alerts(permit),
        "now": queries.on_call_now(permit, [clinic.id])[clinic.id],
    }  # fmt: skip
    return render(request, "messaging/help.html", context)


@require_POST
@opens("messaging.alert.acknowledge")
def answer(request: HttpRequest, permit: Permit, alert: int) -> HttpResponse:
    """I go: the alert stops climbing."""
    actions.acknowledge(permit, alert)
    messages.success(request, _("You answered the call. It goes to nobody else."))
    return redirect("messaging:help")


@opens(REPORT)
def called(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """My own call or report: who was called and who answered, and what happened, once there is
    time for it."""
    found = queries.own_report(permit, number)
    initial = {"happened_at": found.row.happened_at, "narrative": found.narrative,
               "kind": found.row.kind, "people": found.people}  # fmt: skip
    form = Told(request.POST or None, initial=initial)
    if form.is_valid() and took(form, lambda: _describe(permit, number, form)):
        messages.success(request, _("Thank you. The directors have it now."))
        return redirect("messaging:help_called", number=number)
    context: dict[str, Any] = {
        "title": number, "facts": [found.row.kind_label, found.clinic_name, found.row.room_name],
        "found": found, "form": form, "alerts": queries.alerts_of(permit, found.row.id),
        "crumbs": [
            {"label": _("Call for help"), "url": reverse("messaging:help")}, {"label": number},
        ],
    }  # fmt: skip
    return render(request, "messaging/called.html", context, status=422 if form.errors else 200)


def _describe(permit: Permit, number: str, form: Told) -> None:
    actions.describe_incident(permit, number, **told_facts(permit, form))
