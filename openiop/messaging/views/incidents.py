"""The incident register: the list, an entry, a new one, paper and file."""

import csv
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from openiop.access.door import admit, opens, stream
from openiop.access.queries import current_clinic
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit, Refused
from openiop.messaging import actions, queries
from openiop.messaging.forms import IncidentFilter, Reported, Told, Words
from openiop.messaging.queries.incidents import IncidentRow
from openiop.messaging.views.asking import chips, cleaned, took, undo_in, undo_of, whole

READ, REPORT, MANAGE = (
    "messaging.incident.read", "messaging.incident.write", "messaging.incident.manage",
)  # fmt: skip


def states() -> list[tuple[str, str]]:
    return [("", _("All")), ("open", pgettext("state", "Open")), ("late", _("A duty is late")),
            ("closed", _("Closed"))]  # fmt: skip


def _wanted(request: HttpRequest, permit: Permit) -> tuple[IncidentFilter, dict[str, Any]]:
    form = IncidentFilter(request.GET or None, permit=permit)
    state = request.GET.get("state", "")
    known = state if state in dict(states()) else ""
    return form, {"state": known, **cleaned(form)}


@opens(READ)
def register(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The register, newest first."""
    form, wanted = _wanted(request, permit)
    context = {
        "title": _("Incidents"), "form": form, "state": wanted["state"],
        "rows": queries.register(permit, **wanted),
        "chips": chips(
            request, "state", [(key, word, None) for key, word in states()], wanted["state"]
        ),
        "primary": {"label": _("Report an incident"), "url": reverse("messaging:incident_new")},
        "secondary": [
            {"label": _("Save as CSV"),
             "url": f"{reverse('messaging:incidents_csv')}?{request.GET.urlencode()}"}
        ],
    }  # fmt: skip
    return render(request, "messaging/incidents.html", context)


COLUMNS = ("number", "kind", "clinic_code", "room_name", "happened_at", "reported_at",
           "reported_by", "open_duties", "next_due_at", "closed_at")  # fmt: skip


@opens(READ)
def register_csv(request: HttpRequest, permit: Permit) -> HttpResponseBase:
    """The same rows as a file, sent as they are read."""
    _form, wanted = _wanted(request, permit)

    def lines(inner: Permit) -> Iterator[bytes]:
        yield _csv_line(COLUMNS)
        for row in queries.register_stream(inner, **wanted):
            yield _csv_line(_cells(row))

    headers = {"Content-Disposition": 'attachment; filename="incidents.csv"'}
    return stream(request, READ, lines, content_type="text/csv; charset=utf-8", headers=headers)


def _cells(row: IncidentRow) -> list[Any]:
    values = [getattr(row, name) for name in COLUMNS]
    return [each.isoformat() if hasattr(each, "isoformat") else each for each in values]


def _csv_line(cells: Any) -> bytes:
    line = StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


@opens(READ)
def incident(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """One entry: what happened, its duties with their clocks, its log."""
    found = queries.incident(permit, number)
    timezone.activate(found.timezone)
    manages = permit.holds(*ACTS[MANAGE].roles, clinic=found.clinic)
    context = {
        "title": number, "found": found, "alerts": queries.alerts_of(permit, found.row.id),
        "facts": [found.row.kind_label, found.clinic_name, found.row.room_name],
        "manages": manages and found.row.closed_at is None,
        "duties": [
            (duty, Words(f"duty-{duty.id}", _("How, or why it is not needed")))
            for duty in found.duties
        ],
        "line": Words("line", _("New line")), "closing": Words("closing", _("Outcome")),
        "told": _told(found), "undo": undo_of(request),
        "secondary": [
            {"label": _("Print"), "url": reverse("messaging:incident_print", args=[number])}
        ],
        "crumbs": [
            {"label": _("Incidents"), "url": reverse("messaging:incidents")}, {"label": number},
        ],
    }  # fmt: skip
    return render(request, "messaging/incident.html", context)


def _told(found: queries.IncidentFacts) -> Told:
    return Told(initial={
        "kind": found.row.kind, "narrative": found.narrative, "people": found.people,
        "happened_at": found.row.happened_at,
    })  # fmt: skip


@opens(READ)
def paper(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """One entry to print."""
    found = queries.incident(permit, number)
    timezone.activate(found.timezone)
    context = {
        "title": f"{number}, {found.row.kind_label}", "found": found, "printed_at": permit.now,
        "clinic_name": found.clinic_name,
        "back_url": reverse("messaging:incident", args=[number]),
    }  # fmt: skip
    return render(request, "messaging/incident_print.html", context)


@opens(REPORT)
def new(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Enter what happened."""
    clinic = current_clinic(request, permit)
    if clinic is None:
        raise Http404("No clinic.")
    form = Reported(
        request.POST or None, permit=permit, here=clinic, initial={"happened_at": permit.now}
    )
    numbers: list[str] = []
    if form.is_valid() and took(form, lambda: numbers.append(_report(permit, form))):
        messages.success(request, _("%(number)s is in the register.") % {"number": numbers[0]})
        return redirect("messaging:help_called", number=numbers[0])
    context = {
        "title": _("Report an incident"), "form": form, "submit": _("Report it"),
        "cancel_url": reverse("messaging:help"),
        "lines": [_("For help right now, use “Call for help”.")],
    }  # fmt: skip
    return render(request, "messaging/form.html", context, status=422 if form.errors else 200)


def _report(permit: Permit, form: Reported) -> str:
    facts = told_facts(permit, form)
    room, clinic = form.cleaned_data["room"], form.cleaned_data["clinic"]
    return actions.report_incident(permit, clinic=clinic, room=room, **facts)


def told_facts(permit: Permit, form: Told) -> dict[str, Any]:
    """What the form says, as the actions want it: record numbers become records one may open."""
    names = ("kind", "narrative", "happened_at", "people")
    facts = {name: form.cleaned_data[name] for name in names}
    return {**facts, "records": [_record(permit, each) for each in form.cleaned_data["numbers"]]}


def _record(permit: Permit, number: str) -> int:
    try:
        return admit(permit, number).id
    except Http404 as no:
        raise Refused(
            "no_record", _("There is no record %(number)s here.") % {"number": number},
            _("Check the number."), field="numbers",
        ) from no  # fmt: skip


@require_POST
@opens(MANAGE)
def work(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """One button of an entry's page: describe, log, a duty, close, open again."""
    verb = next((verb for name, verb in VERBS.items() if name in request.POST), None)
    if verb is not None:
        verb(request, permit, number)
    return redirect("messaging:incident", number=number)


def _words(request: HttpRequest) -> str:
    text = request.POST.get("text", "").strip()
    if not text:
        raise Refused("no_words", _("Nothing was written."), _("Say it in a few words."))
    return text[:500]


def _describe(request: HttpRequest, permit: Permit, number: str) -> None:
    form = Told(request.POST)
    if not form.is_valid():
        raise Refused("not_told", _("Something is missing."), _("Choose what happened, and when."))
    actions.describe_incident(permit, number, **told_facts(permit, form))
    messages.success(request, _("The entry is changed; its duties follow."))


def _line(request: HttpRequest, permit: Permit, number: str) -> None:
    actions.add_line(permit, number, _words(request))


def _duty(do: Callable[[Permit, str, int, str], None], name: str, said: Any) -> Callable[..., None]:
    def run(request: HttpRequest, permit: Permit, number: str) -> None:
        step = whole(request.POST[name])
        do(permit, number, step, _words(request))
        undo_in(request, str(said), "messaging:incident_undo", number=number, step=step)

    return run


def _close(request: HttpRequest, permit: Permit, number: str) -> None:
    actions.close_incident(permit, number, _words(request))
    undo_in(request, _("The incident is closed."), "messaging:incident_undo", number=number)


VERBS: dict[str, Callable[[HttpRequest, Permit, str], None]] = {
    "describe": _describe, "line": _line, "close": _close,
    "done": _duty(actions.finish_duty, "done", gettext_lazy("The duty is done.")),
    "waive": _duty(actions.waive_duty, "waive", gettext_lazy("The duty is set aside.")),
}  # fmt: skip


@require_POST
@opens(MANAGE)
def undo(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Take back the last answer to a duty, or the closing."""
    number = request.GET.get("number", "")
    if "step" in request.GET:
        actions.reopen_duty(permit, number, whole(request.GET["step"]))
    else:
        actions.reopen_incident(permit, number)
    messages.success(request, _("It is as it was before."))
    return redirect("messaging:incident", number=number)
