"""Parts of a person's page that are read when somebody looks: each a fragment, and a page too."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from openiop.access.door import admit, opens
from openiop.chart.queries.charts import ChartNote, notes_of
from openiop.desk.asked import layout_of
from openiop.desk.frame import may
from openiop.kernel.permits import Permit
from openiop.messaging.queries import contact_choices, emergency_contacts
from openiop.messaging.queries.contacts import ContactChoice
from openiop.patients.queries.records import coverages, merged_here
from openiop.schedule.queries.appointments import appointments_of
from openiop.schedule.queries.cadence import EVERYS, rhythm_of
from openiop.schedule.queries.topics import topics_of
from openiop.ui.links import link_to

MOST_NOTES = 5
MOST_TOPICS = 6


@opens("chart.note.read")
def notes(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """The newest notes of a person, each with its state."""
    record = admit(permit, number)
    shown = notes_of(permit, record.id).notes[:MOST_NOTES]
    lines = [{"note": note, "state": note_state(note)} for note in shown]
    chart = link_to("chart:chart")(number)
    return _part(
        request, "desk/patient_notes.html", number, title=_("Notes"), lines=lines, chart_url=chart
    )


def note_state(note: ChartNote) -> tuple[str, str]:
    """A note's state in words, and its tone."""
    if note.struck:
        return _("Struck"), "watch"
    if note.history:
        return _("Never signed"), ""
    if note.in_progress:
        return _("Not signed yet"), "watch"
    return (_("Signed late"), "info") if note.late else (_("Signed"), "good")


@opens("desk.reach")
def reach(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """How a person may be reached, whom to call in an emergency, who pays."""
    record = admit(permit, number)
    return _part(
        request, "desk/patient_reach.html", number, title=_("Contacts and coverage"),
        ways=ways(contact_choices(permit, [record.id])[record.id]),
        emergency=emergency_contacts(permit, [record.id])[record.id],
        coverages=coverages(permit, record.id), merged=merged_here(permit, record.id),
        contacts_url=link_to("patients:contacts")(number),
    )  # fmt: skip


def ways(choice: ContactChoice) -> list[tuple[str, str]]:
    """The safe ways to a person, as (what may be done, where)."""
    call = _("Call, a message is fine") if choice.may_leave_message else _("Call, leave no message")
    known = [(call, choice.call), (_("Text"), choice.text), (_("E-mail"), choice.email)]
    return [(label, value) for label, value in known if value]


@opens("desk.one_to_ones")
def one_to_ones(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """How often a person meets one to one, the next visit, and one press to change either."""
    record = admit(permit, number)
    ahead = [row for row in appointments_of(permit, record.id, permit.now) if not row.cancelled_at]
    own = "schedule.appointment.write"
    series = link_to("schedule:series")(number) if may(permit, own) else ""
    return _part(
        request, "desk/patient_one_to_ones.html", number, title=_("One-to-ones"),
        rhythm=rhythm_of(permit, record.id), next=ahead[0] if ahead else None,
        all_url=link_to("schedule:one_to_ones")(number) if series else "",
        find_url=link_to("schedule:find_time")(number) if series else "",
        everys=[(str(label), f"{series}?every={every}") for every, label in EVERYS]
        if series else [],
    )  # fmt: skip


@opens("desk.topics")
def topics(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """The topics a person missed, those to come, and those they have had."""
    record = admit(permit, number)
    found = topics_of(permit, record.id)
    link = link_to("schedule:topic")
    groups = [
        (_("Missed and not had since"), found.missed), (_("To come"), found.coming),
        (_("Had"), found.had[::-1]),
    ]  # fmt: skip
    return _part(
        request, "desk/patient_topics.html", number, title=_("Topics"),
        groups=[(label, len(days), [(day, link(day.session)) for day in days[:most]])
                for (label, days), most in zip(groups, (None, MOST_TOPICS, None), strict=True)],
        any=any(days for _label, days in groups), more=max(0, len(found.coming) - MOST_TOPICS),
    )  # fmt: skip


def _part(request: HttpRequest, template: str, number: str, **context: Any) -> HttpResponse:
    """The fragment for htmx; by itself a page under the person's number."""
    context["crumbs"] = [{"label": number, "url": link_to("desk:patient")(number)}]
    return render(request, template, {"layout": layout_of(request), "number": number, **context})
