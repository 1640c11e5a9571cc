"""Doors to other pages: queues, settings, the component preview."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openiop.access.door import opens
from openiop.desk.frame import may
from openiop.kernel.permits import Permit
from openiop.ui.components import preview_context


@dataclass(frozen=True)
class Entry:
    """One page to go to, shown to whoever may do its act."""

    label: Any
    about: Any
    route: str
    act: str


QUEUES = (
    Entry(_("Tasks"), _("Calls, follow-ups and reviews that wait for somebody."),
          "messaging:tasks", "messaging.task.read"),
    Entry(_("Notes I owe"), _("Each with its clock."), "chart:owed", "chart.note.write"),
    Entry(_("Notes to co-sign"), _("Of interns and associates you may co-sign for."),
          "chart:cosign", "chart.note.cosign"),
    Entry(_("Weekly hours"), _("Short weeks, while they can still be mended."),
          "schedule:weeks", "schedule.read"),
    Entry(_("Waiting list"), _("Who waits for a seat, and offers made."),
          "schedule:waiting", "programs.read"),
    Entry(_("Possible duplicates"), _("Two records that may be one person."),
          "patients:duplicates", "patients.merge"),
    Entry(_("Imported people"), _("Who came from a file and needs a clinic."),
          "patients:imported", "patients.import"),
    Entry(_("Outbox"), _("Messages waiting, sent, failed or held."),
          "messaging:outbox", "messaging.outbox.read"),
    Entry(_("Incidents"), _("The register, with its clocks."),
          "messaging:incidents", "messaging.incident.read"),
    Entry(_("Emergency access to review"), _("Every broken glass gets an answer."),
          "access:glass_reviews", "access.glass.review"),
    Entry(_("Credentials that expire"), _("Within 90, 60 and 30 days."),
          "access:expiring", "access.staff.read"),
)  # fmt: skip
SETTINGS = (
    Entry(_("Clinics and rooms"), _("Hours, licenses, capabilities, closures."),
          "access:network", "access.network.read"),
    Entry(_("Tracks"), _("Weekly patterns people join."), "schedule:tracks", "programs.read"),
    Entry(_("Staff"), _("Roles, credentials, supervision, invitations."),
          "access:staff", "access.staff.read"),
    Entry(_("Rules"), _("Every limit and deadline: its value, source and reason."),
          "access:rules", "access.rules.read"),
    Entry(_("On call"), _("Who answers, and who backs them up."),
          "messaging:oncall", "messaging.oncall.read"),
    Entry(_("Who opened a record"), _("The audit, by record or by person."),
          "access:audit_record", "access.audit.read"),
    Entry(_("People I know"), _("Declare kin, friends and neighbors among the people here."),
          "access:known", "access.known.declare"),
    Entry(_("Emergency access"), _("Open one record, with a reason, for an hour."),
          "access:glass", "access.glass.break"),
    Entry(_("Background jobs"), _("What failed, and what waits."),
          "messaging:jobs", "messaging.jobs.read"),
)  # fmt: skip


def _entries(permit: Permit, entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    return [
        {"label": each.label, "about": each.about, "url": reverse(each.route)}
        for each in entries
        if may(permit, each.act)
    ]


@opens("desk.home")
def queues(request: HttpRequest, permit: Permit) -> HttpResponse:
    context = {"title": _("Queues"), "entries": _entries(permit, QUEUES)}
    return render(request, "desk/entries.html", context)


@opens("desk.home")
def settings(request: HttpRequest, permit: Permit) -> HttpResponse:
    context = {"title": _("Settings"), "entries": _entries(permit, SETTINGS)}
    return render(request, "desk/entries.html", context)


@opens("desk.home")
def home(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The first page for each role: today where there is one, else the queues."""
    return redirect("desk:today" if may(permit, "desk.today") else "desk:queues")


@opens("desk.preview")
def preview(request: HttpRequest, permit: Permit) -> HttpResponse:
    return render(request, "ui/preview.html", preview_context())
