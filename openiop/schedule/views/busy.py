"""Other calendars as busy time: choose a file, see what was read and each line that was not."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.kernel.permits import NotPermitted, Permit, Refused
from openiop.schedule.actions.busy import import_upload, replace_busy, told
from openiop.schedule.actions.working import FOR_OTHERS, HOURS
from openiop.schedule.forms.busy import CalendarFileForm
from openiop.schedule.queries.busy import other_calendars, zone_of
from openiop.schedule.queries.working import colleague
from openiop.schedule.views.asking import show_refusal


@opens(HOURS)
def calendars(request: HttpRequest, permit: Permit, staff: int) -> HttpResponse:
    """The calendars a colleague has given, a form for one more, and the report of the last file."""
    name = colleague(permit, staff)
    sent = request.method == "POST"
    form = CalendarFileForm(request.POST if sent else None, request.FILES if sent else None)
    report: dict[str, Any] = {}
    if form.is_valid():
        try:
            report = _read(permit, staff, form.cleaned_data["file"])
        except NotPermitted:
            raise
        except Refused as no:
            show_refusal(permit, form, no)
    mine = staff == permit.staff
    title = _("Other calendars") if mine else _("Other calendars of %(name)s") % {"name": name}
    return render(request, "schedule/busy.html", {
        "title": title, "may_change": mine or permit.holds(*FOR_OTHERS),
        "form": form, "found": other_calendars(permit, staff), "who": staff,
        "report": report, "zone": ZoneInfo(zone_of(permit, staff)),
        "crumbs": [
            {"label": _("My hours and leave") if mine else name,
             "url": reverse("schedule:hours", args=[staff])},
            {"label": _("Other calendars")},
        ],
    }, status=422 if form.errors else 200)  # fmt: skip


def _read(permit: Permit, staff: int, file: Any) -> dict[str, Any]:
    """What was read and kept, and what is wrong with the rest, line by line."""
    reading, done = import_upload(permit, staff, file.name, file.read())
    return {
        "name": reading.name or file.name, "problems": [told(each) for each in reading.problems],
        "facts": [
            ngettext("%(n)d event read", "%(n)d events read", reading.events)
            % {"n": reading.events},
            _("%(n)d busy times new") % {"n": done.added},
            _("%(n)d as before") % {"n": done.kept},
            _("%(n)d gone") % {"n": done.ended},
        ],
    }  # fmt: skip


@opens(HOURS)
@require_POST
def remove(request: HttpRequest, permit: Permit, staff: int) -> HttpResponse:
    """All busy time of one calendar is free again."""
    colleague(permit, staff)
    replace_busy(permit, staff, request.POST.get("source", ""), ())
    messages.success(request, _("Removed: its times are free again."))
    return redirect("schedule:busy", staff)


urls = [
    path("desk/hours/<int:staff>/calendars/", calendars, name="busy"),
    path("desk/hours/<int:staff>/calendars/remove/", remove, name="remove_busy"),
]
