"""The outbox: what waits, what failed, what is held back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.access.queries import current_clinic
from openiop.kernel.permits import Permit
from openiop.messaging import actions, queries
from openiop.messaging.forms import OutboxFilter
from openiop.messaging.views.asking import chips, cleaned, whole


def words() -> dict[str, str]:
    return {
        "": _("All"), "queued": _("Waiting"), "sending": _("Sending"), "sent": _("Sent"),
        "failed": _("Failed"), "held": _("Held"), "dropped": _("Dropped"),
    }  # fmt: skip


TONES = {"sent": "good", "failed": "act", "held": "watch", "queued": "info",
         "sending": "info", "dropped": ""}  # fmt: skip


@opens("messaging.outbox.read")
def outbox(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The newest messages, by state, channel and clinic; never their words."""
    state = request.GET.get("state", "")
    form = OutboxFilter(request.GET or None, permit=permit)
    counts, labels = queries.state_counts(permit), words()
    clinic = current_clinic(request, permit)
    counted = {"": sum(counts.values()), **counts}
    rows = queries.outbox(permit, state=state, **cleaned(form))
    context = {
        "title": _("Outbox"), "form": form, "state": state,
        "rows": [(row, labels[row.state], TONES[row.state]) for row in rows],
        "chips": chips(
            request, "state", [(key, word, counted.get(key, 0)) for key, word in labels.items()],
            state,
        ),
        "safe_mode": clinic is not None and queries.safe_mode(permit, clinic.id),
    }  # fmt: skip
    return render(request, "messaging/outbox.html", context)


@require_POST
@opens("messaging.outbox.retry")
def change(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Send a message again, or drop it."""
    if "retry" in request.POST:
        actions.retry_message(permit, whole(request.POST["retry"]))
        messages.success(request, _("The message is waiting to be sent again."))
    elif "drop" in request.POST:
        actions.drop_message(permit, whole(request.POST["drop"]))
        messages.success(request, _("The message will not be sent."))
    return redirect(f"{reverse('messaging:outbox')}?{request.GET.urlencode()}")
