"""Doors to other pages: queues, settings, the component preview."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openiop.access.door import opens
from openiop.assessments.queries import open_concerns
from openiop.chart.queries.owed import owed
from openiop.desk.asked import clinic_here
from openiop.desk.frame import may
from openiop.kernel.permits import Permit
from openiop.messaging.queries.incidents import register
from openiop.messaging.queries.tasks import open_count
from openiop.programs.queries import waiting_at
from openiop.publishing.queries.questions import waiting_count
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
    Entry(_("Notes to hand over"), _("Of people who left or are away; nobody signs for them."),
          "chart:hand_over", "chart.note.reassign"),
    Entry(_("Signed in a lapse"), _("Notes signed while a credential had run out."),
          "chart:lapses", "chart.lapse.read"),
    Entry(_("Weekly hours"), _("Short weeks, while they can still be mended."),
          "schedule:weeks", "schedule.read"),
    Entry(_("One-to-ones due"), _("Who is due or overdue, and none is booked."),
          "schedule:one_to_ones_due", "schedule.one_to_ones"),
    Entry(_("Earlier times"), _("Who would come earlier, and what came free."),
          "schedule:earlier", "schedule.appointment.write"),
    Entry(_("Waiting list"), _("Who waits for a seat, and offers made."),
          "schedule:waiting", "programs.read"),
    Entry(_("Possible duplicates"), _("Two records that may be one person."),
          "patients:duplicates", "patients.merge"),
    Entry(_("Imported people"), _("Who came from a file and needs a clinic."),
          "patients:imported", "patients.import"),
    Entry(_("Outbox"), _("Messages waiting, sent, failed or held."),
          "messaging:outbox", "messaging.outbox.read"),
    Entry(_("Reminders"), _("Who of the coming day nobody reminds."),
          "schedule:reminders", "schedule.reminder.read"),
    Entry(_("Texts that came back"), _("What people answered, with STOP, START and HELP."),
          "messaging:texts", "messaging.text.read"),
    Entry(_("Safety evaluations"), _("Whose answer asks for a clinician now."),
          "assessments:concerns", "assessments.response.read"),
    Entry(_("Questions on the site"), _("Asked under an article; nobody reads them before you."),
          "publishing:questions", "publishing.question.read"),
    Entry(_("Call for help"), _("One tap names the room and calls who is on duty."),
          "messaging:help", "messaging.incident.write"),
    Entry(_("Report an incident"), _("What happened, outside every chart."),
          "messaging:incident_new", "messaging.incident.write"),
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
    Entry(_("Timetables"), _("A better week: searched, checked, compared, applied."),
          "schedule:timetables", "schedule.timetable.read"),
    Entry(_("Types of one-to-ones"), _("How long, who may hold them, in person or virtual."),
          "schedule:types", "schedule.type.write"),
    Entry(_("Interpreters, rides and childcare"), _("Who is booked for what people need."),
          "schedule:providers", "schedule.provider.write"),
    Entry(_("Programs"), _("What is offered: substance use, mental health, both."),
          "programs:offered", "programs.read"),
    Entry(_("Staff"), _("Roles, credentials, supervision, invitations."),
          "access:staff", "access.staff.read"),
    Entry(_("Rules"), _("Every limit and deadline: its value, source and reason."),
          "access:rules", "access.rules.read"),
    Entry(_("Contracts with payers"), _("In network, out or not accepted: by clinic and service."),
          "intake:contracts", "intake.contract.read"),
    Entry(_("Prices"), _("Printed prices, and what plans allow."),
          "intake:prices", "intake.contract.write"),
    Entry(_("Articles"), _("Written, reviewed by a clinician, published, due again."),
          "publishing:articles", "publishing.read"),
    Entry(_("Text of the site"), _("Every public page, in your words."),
          "publishing:pages", "publishing.page.write"),
    Entry(_("Clinics on the site"), _("Pictures, how to get there, when it was checked."),
          "publishing:clinics", "publishing.page.write"),
    Entry(_("Looks at the site"), _("How often each page was shown; nobody behind it."),
          "publishing:looks", "publishing.page.write"),
    Entry(_("On call"), _("Who answers, and who backs them up."),
          "messaging:oncall", "messaging.oncall.read"),
    Entry(_("Who opened a record"), _("The audit, by record or by person."),
          "access:audit_record", "access.audit.read"),
    Entry(_("Everything that happened"), _("The audit across records, refusals among it."),
          "access:audit", "access.audit.read"),
    Entry(_("Keep somebody out of a record"), _("Blocks, restrictions and wishes."),
          "access:keep_out", "access.record.block"),
    Entry(_("People I know"), _("Declare kin, friends and neighbors among the people here."),
          "access:known", "access.known.declare"),
    Entry(_("Emergency access"), _("Open one record, with a reason, for an hour."),
          "access:glass", "access.glass.break"),
    Entry(_("Background jobs"), _("What failed, and what waits."),
          "messaging:jobs", "messaging.jobs.read"),
)  # fmt: skip


def _entries(
    permit: Permit, entries: tuple[Entry, ...],
    counts: Mapping[str, tuple[int, Any]] = MappingProxyType({}),
) -> list[dict[str, Any]]:  # fmt: skip
    unknown = (None, "")
    return [
        {
            "label": each.label,
            "about": each.about,
            "url": reverse(each.route),
            "count": counts.get(each.route, unknown)[0],
            "of": counts.get(each.route, unknown)[1],
        }
        for each in entries
        if may(permit, each.act)
    ]


def _counts(request: HttpRequest, permit: Permit) -> dict[str, tuple[int, Any]]:
    """How much waits, by route, where one statement tells."""
    here = [clinic_here(request, permit).id]
    ask: dict[str, tuple[str, Callable[[], int], Any]] = {
        "messaging:tasks": ("messaging.task.read", lambda: open_count(permit), _("for me")),
        "chart:owed": ("chart.note.write", lambda: len(owed(permit, permit.staff or 0)),
                       _("to write and sign")),
        "schedule:waiting": ("programs.read", lambda: len(waiting_at(permit, here)),
                             _("in line at this clinic")),
        "assessments:concerns": ("assessments.response.read",
                                 lambda: len(open_concerns(permit)), _("open")),
        "publishing:questions": ("publishing.question.read", lambda: waiting_count(permit),
                                 _("to look at")),
        "messaging:incidents": ("messaging.incident.read",
                                lambda: len(register(permit, state="open")), _("open")),
    }  # fmt: skip
    return {
        route: (count(), words) for route, (act, count, words) in ask.items() if may(permit, act)
    }


@opens("desk.home")
def queues(request: HttpRequest, permit: Permit) -> HttpResponse:
    counts = _counts(request, permit)
    context = {"title": _("Queues"), "entries": _entries(permit, QUEUES, counts)}
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
