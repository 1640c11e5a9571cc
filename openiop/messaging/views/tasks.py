"""The worklist."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.access.queries import current_clinic
from openiop.kernel.permits import Permit
from openiop.messaging import actions, queries
from openiop.messaging.forms import TaskFilter, TaskWork
from openiop.messaging.queries.tasks import WHOSE
from openiop.messaging.rules import SNOOZES, snoozed_until
from openiop.messaging.views.asking import chips, cleaned, undo_in, undo_of, whole


def words() -> dict[str, str]:
    return {
        "me": _("For me"), "mine": _("Taken by me"), "role": _("My role's"),
        "clinic": _("Whole clinic"), "snoozed": _("Snoozed"),
    }  # fmt: skip


@opens("messaging.task.read")
def tasks(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Open tasks, overdue first, by whose they are."""
    which = request.GET.get("show", "me")
    which = which if which in WHOSE else "me"
    form = TaskFilter(request.GET or None, permit=permit)
    clinic = cleaned(form).get("clinic")
    counts, labels = queries.task_counts(permit), words()
    context = {
        "title": _("Tasks"), "which": which, "undo": undo_of(request),
        "rows": queries.worklist(permit, which, clinic=clinic),
        "chips": chips(
            request, "show", [(each, labels[each], counts[each]) for each in WHOSE], which
        ),
        "form": form if len(permit.clinics) > 1 else None,
        "work": TaskWork(), "me": permit.staff,
    }  # fmt: skip
    return render(request, "messaging/tasks.html", context)


@require_POST
@opens("messaging.task.write")
def work(request: HttpRequest, permit: Permit) -> HttpResponse:
    """One button of the worklist: take, give back, close or snooze, one task or the ticked ones."""
    done = next((verb for name, verb in VERBS.items() if name in request.POST), None)
    if done is not None:
        done(request, permit)
    return redirect(f"{reverse('messaging:tasks')}?{request.GET.urlencode()}")


def _claim(request: HttpRequest, permit: Permit) -> None:
    task = whole(request.POST["claim"])
    actions.claim_task(permit, task)
    undo_in(request, _("You took the task."), "messaging:tasks_undo", claimed=task)


def _give_back(request: HttpRequest, permit: Permit) -> None:
    actions.unclaim_task(permit, whole(request.POST["give_back"]))
    messages.success(request, _("The task is its role's again."))


def _wake(request: HttpRequest, permit: Permit) -> None:
    actions.snooze_tasks(permit, [whole(request.POST["wake"])], None)
    messages.success(request, _("The task is back on the list."))


def _close(request: HttpRequest, permit: Permit) -> None:
    chosen = _chosen(request, "close")
    outcome = request.POST.get("outcome", "").strip() or _("Done")
    closed = actions.close_tasks(permit, chosen, outcome[:500])
    text = ngettext("%(count)d task is closed.", "%(count)d tasks are closed.", len(closed))
    if closed:
        undo_in(request, text % {"count": len(closed)}, "messaging:tasks_undo", closed=closed)
    else:
        messages.warning(request, _("Tick the tasks first. Closed ones stay as they are."))


def _snooze(request: HttpRequest, permit: Permit) -> None:
    chosen, until = _chosen(request, "snooze"), request.POST.get("until", "")
    clinic = current_clinic(request, permit)
    moment = snoozed_until(
        until if until in SNOOZES else "hour", permit.now, clinic.timezone if clinic else "UTC"
    )
    if actions.snooze_tasks(permit, chosen, moment):
        undo_in(request, _("Out of sight for now."), "messaging:tasks_undo", snoozed=chosen)
    else:
        messages.warning(request, _("Tick the tasks first."))


def _chosen(request: HttpRequest, button: str) -> list[int]:
    """The row whose own button was pressed, else the ticked rows."""
    one = request.POST[button]
    return [whole(each) for each in ([one] if one else request.POST.getlist("task"))]


VERBS = {
    "claim": _claim, "give_back": _give_back, "wake": _wake, "close": _close, "snooze": _snooze,
}  # fmt: skip


@require_POST
@opens("messaging.task.write")
def undo(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Take back the last change of the worklist."""
    if "closed" in request.GET:
        actions.reopen_tasks(permit, _ids(request, "closed"))
    if "snoozed" in request.GET:
        actions.snooze_tasks(permit, _ids(request, "snoozed"), None)
    for task in _ids(request, "claimed"):
        actions.unclaim_task(permit, task)
    messages.success(request, _("It is as it was before."))
    return redirect("messaging:tasks")


def _ids(request: HttpRequest, name: str) -> list[int]:
    return [whole(each) for each in request.GET.getlist(name)]
