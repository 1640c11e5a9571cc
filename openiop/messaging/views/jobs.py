"""Background jobs: what failed, what is stuck, what waits."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.kernel.permits import Permit
from openiop.messaging import actions, queries
from openiop.messaging.queries.jobs import SILENT
from openiop.messaging.views.asking import whole


@opens("messaging.jobs.read")
def jobs(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The queue, with the type of each last error; never its words."""
    state = queries.queue_state(permit)
    silent = state.last_seen is None or permit.now - state.last_seen > SILENT
    context = {"title": _("Background jobs"), "state": state, "silent": silent}
    return render(request, "messaging/jobs.html", context)


@require_POST
@opens("messaging.jobs.retry")
def retry(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Run one job again, or all that failed."""
    if "job" in request.POST:
        actions.retry_job(permit, whole(request.POST["job"]))
        count = 1
    else:
        count = actions.retry_all_jobs(permit)
    text = ngettext("%(count)d job waits again.", "%(count)d jobs wait again.", count)
    messages.success(request, text % {"count": count})
    return redirect("messaging:jobs")
