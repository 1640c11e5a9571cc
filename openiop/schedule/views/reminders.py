"""Reminders: how one person wants them, and who of the coming day gets none."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from openiop.access.door import admit, opens
from openiop.access.queries import current_clinic
from openiop.kernel.permits import Permit
from openiop.messaging.actions.reminding import choose_reminders
from openiop.messaging.queries.outbox import messages_to
from openiop.patients.queries import people, person
from openiop.schedule.forms.reminders import ReminderForm
from openiop.schedule.queries.reminders import Way, coming, ways
from openiop.schedule.views.asking import person_url


def why_words() -> dict[str, str]:
    return {
        "none": _("Wants no reminders"), "unsafe": _("No safe number or address on file"),
        "stopped": _("Texted STOP, and no safe e-mail"),
    }  # fmt: skip


@opens("messaging.reminder.choose")
def choice(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """By which way, how long before, and the messages this person was sent."""
    record = admit(permit, number)
    chosen, way = ways(permit, [record.id])[record.id]
    now = {"channel": chosen.channel, "leads": list(chosen.leads)}
    form = ReminderForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        choose_reminders(permit, record=record.id, clinic=record.clinic, **form.cleaned_data)
        messages.success(request, _("Saved. Reminders that wait follow it."))
        return redirect("schedule:reminder_choice", number)
    hidden = bool(request.session.get("shared_screen"))
    name = record.number if hidden else person(permit, record.id).name
    return render(request, "schedule/reminder_choice.html", {
        "title": _("Reminders"), "facts": [name], "form": form, "way": way,
        "why": why_words().get(way.why, ""), "rows": messages_to(permit, record.id),
        "crumbs": [{"label": name, "url": person_url(number)}, {"label": _("Reminders")}],
        "contacts_url": reverse("patients:contacts", args=[number]),
    }, status=422 if form.errors else 200)  # fmt: skip


@opens("schedule.reminder.read")
def overview(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Who comes within a day and gets no reminder, to be called by somebody."""
    place = current_clinic(request, permit)
    if place is None:
        raise Http404("No clinic.")
    rows = [row for row in coming(permit) if row.clinic == place.id]
    how = ways(permit, [row.record for row in rows])
    permit.note("schedule.reminder.read", table="schedule_appointment", count=len(rows))
    left_out: dict[int, dict[str, Any]] = {}
    for row in rows:
        way = how[row.record][1]
        if not way.channel:
            left_out.setdefault(row.record, {"starts_at": row.starts_at, "why": way.why})
    who = people(permit, left_out)
    words = why_words()
    return render(request, "schedule/reminders.html", {
        "title": _("Reminders"), "facts": [place.name],
        "stats": _counted([way for _choice, way in how.values()]),
        "rows": [
            {**row, "why": words[row["why"]], "number": who[record].number,
             "name": who[record].name, "url": person_url(who[record].number),
             "choice_url": reverse("schedule:reminder_choice", args=[who[record].number])}
            for record, row in left_out.items()
        ],
        "hidden": bool(request.session.get("shared_screen")),
    })  # fmt: skip


def _counted(found: list[Way]) -> list[dict[str, Any]]:
    """How many people are reminded by which way."""
    names = (("text", _("By text")), ("email", _("By e-mail")), ("", _("No reminder")))
    return [
        {"label": label, "number": sum(way.channel == channel for way in found)}
        for channel, label in names
    ]


urls = [
    path("desk/reminders/", overview, name="reminders"),
    path("desk/patients/<slug:number>/reminders/", choice, name="reminder_choice"),
]
