"""The front desk: arrivals, late calls, what is due, and sheets to print."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import admit, opens
from openiop.desk.asked import clinic_here, day_asked, names_hidden
from openiop.desk.frame import may
from openiop.desk.queries import frontdesk as queries
from openiop.desk.queries.frontdesk import Late
from openiop.desk.queries.today import Expected, TodaySession
from openiop.desk.views.patient import language
from openiop.desk.views.patient_parts import ways
from openiop.desk.views.session_cards import hours_text, moments, status_words
from openiop.kernel.days import age_on, local
from openiop.kernel.permits import Permit
from openiop.messaging.queries import emergency_contacts
from openiop.patients.queries import people, person
from openiop.patients.queries.records import coverages
from openiop.schedule.actions import attendance
from openiop.schedule.actions.marking import EARLIEST
from openiop.schedule.queries.needs import need_words, needs_between
from openiop.ui.links import address, link_to

A_MINUTE = timedelta(minutes=1)


@opens("desk.frontdesk")
def front(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Today's arrivals at the clinic, who is late, what is due."""
    clinic = clinic_here(request, permit)
    today = permit.today(clinic.timezone)
    found = queries.arrivals(permit, clinic.id, today)
    hidden = names_hidden(request)
    begins, midnight = (
        local(today + timedelta(days=ahead), time(0), clinic.timezone) for ahead in (0, 1)
    )
    marks = may(permit, "schedule.attendance.write")
    return render(request, "desk/front.html", {
        "title": _("Front desk"), "facts": _facts(clinic.name, found),
        "cards": [_card(each, marks, hidden) for each in found],
        "late": [_late(each, hidden) for each in queries.late(permit, found)],
        "due": queries.due(permit, clinic.id, midnight),
        "needs": _needs(permit, clinic.id, (begins, midnight), hidden),
        "heads": sum(room.heads for room in queries.building(permit, found)),
        "building_url": address("desk:building"),
        "sheets": _sheets(), "today_url": address("desk:today"),
    })  # fmt: skip


def _needs(
    permit: Permit, clinic: int, day: tuple[datetime, datetime], hidden: bool
) -> list[dict[str, Any]]:
    """Interpreters, rides and childcare of the day from one midnight to the next; two
    statements."""
    found = needs_between(permit, clinic, *day)
    known = people(permit, [each.record for each in found])
    link = link_to("schedule:needs") if may(permit, "schedule.need.write") else None
    return [
        {
            "need": each, "words": need_words(each), "url": link(one.number) if link else "",
            "name": one.number if hidden else one.name,
        }
        for each in found if (one := known.get(each.record))
    ]  # fmt: skip


def _facts(clinic: str, found: list[TodaySession]) -> list[str]:
    expected = sum(each.expected for each in found)
    here = sum(each.here for each in found)
    return [clinic, _("%(n)d expected") % {"n": expected}, _("%(n)d here") % {"n": here}]


def _sheets() -> list[dict[str, Any]]:
    return [
        {"label": _("Who is in the building"), "url": address("desk:building")},
        {"label": _("Rosters for a day without computers"), "url": address("desk:downtime")},
        {"label": _("Blank note forms"), "url": address("desk:blank_notes")},
    ]


def _card(each: TodaySession, marks: bool, hidden: bool) -> dict[str, Any]:
    link, words = link_to("desk:patient"), status_words()
    session = each.session
    begun = each.moment == "now" or 0 < each.minutes_to_start <= EARLIEST // A_MINUTE
    return {
        "session": session, "hours": hours_text(session), "moment": moments()[each.moment],
        "begun": begun, "here": each.here, "count": len(each.people),
        "open": each.moment != "over",
        "post": reverse("desk:arrive", args=[session.id]) if marks else "",
        "attendance_url": link_to("schedule:attendance")(session.id),
        "rows": [_row(one, link, words, hidden) for one in each.people],
    }  # fmt: skip


def _row(
    one: Expected, link: Any, words: dict[str, tuple[str, str]], hidden: bool
) -> dict[str, Any]:
    word, tone = words[one.status]
    return {
        "number": one.number, "name": one.number if hidden else one.name, "url": link(one.number),
        "aside": "" if hidden else one.number, "status": one.status, "word": word, "tone": tone,
        "arrived_at": one.arrived_at, "new": one.new, "makeup": one.makeup,
    }  # fmt: skip


def _late(each: Late, hidden: bool) -> dict[str, Any]:
    one = each.person
    return {
        "name": one.number if hidden else one.name, "minutes": each.minutes,
        "url": link_to("desk:patient")(one.number), "ways": ways(each.reach),
        "track": each.session.session.track_name,
    }  # fmt: skip


@opens("schedule.attendance.write")
@require_POST
def arrive(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """Mark one person as here, or take that back; the page again."""
    undone = request.POST.get("undo", "")
    record = admit(permit, undone or request.POST.get("arrived", ""))
    if undone:
        attendance.undo(permit, session, record.id)
        messages.success(request, _("Expected again."))
    else:
        attendance.arrive(permit, session, record.id, method="door")
        messages.success(request, _("Marked as here."))
    return redirect(f"{address('desk:frontdesk')}#session-{session}")


# --- on paper ----------------------------------------------------------------------------------


@opens("desk.frontdesk")
def building(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Who is in the building now, to take along when it must be left."""
    clinic = clinic_here(request, permit)
    found = queries.arrivals(permit, clinic.id, permit.today(clinic.timezone))
    rooms = queries.building(permit, found)
    return render(request, "desk/building.html", {
        "title": _("Who is in the building"), "clinic_name": clinic.name,
        "printed_at": permit.now, "back_url": address("desk:frontdesk"),
        "rooms": [{"hours": hours_text(room.session.session), "room": room} for room in rooms],
        "heads": sum(room.heads for room in rooms),
    })  # fmt: skip


@opens("desk.frontdesk")
def downtime(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The rosters of a day on paper: to record arrivals while the computers are down."""
    clinic = clinic_here(request, permit)
    day = day_asked(request, permit.today(clinic.timezone))
    found = queries.arrivals(permit, clinic.id, day)
    return render(request, "desk/downtime.html", {
        "title": _("Rosters for a day without computers"), "clinic_name": clinic.name, "day": day,
        "printed_at": permit.now, "back_url": address("desk:frontdesk"),
        "sheets": [{"hours": hours_text(each.session), "found": each} for each in found],
    })  # fmt: skip


@opens("desk.frontdesk")
def blank_notes(request: HttpRequest, permit: Permit) -> HttpResponse:
    """An empty note form: the shared part once, then a part a person."""
    clinic = clinic_here(request, permit)
    return render(request, "desk/blank_notes.html", {
        "title": _("Group note on paper"), "clinic_name": clinic.name,
        "back_url": address("desk:frontdesk"), "people": range(1, 13),
        "shared": [_("Day, time, track"), _("Held by"), _("Topic"), _("Interventions"),
                   _("What happened")],
        "parts": [
            (_("Name, record"), ()), (_("Minutes present"), ()),
            (_("Took part"), (_("actively"), _("some"), _("listened"), _("distracted"), _("left"))),
            (_("Observation, response"), ()), (_("Progress, next step"), ()),
            (_("Risk"), (_("none voiced or seen"), _("present"), _("not assessed"))),
        ],
    })  # fmt: skip


@opens("desk.reach")
def emergency(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """One person's sheet for an ambulance."""
    record = admit(permit, number)
    clinic = clinic_here(request, permit)
    who = person(permit, record.id)
    today = permit.today(clinic.timezone)
    age = age_on(who.birth_on, today) if who.birth_on else None
    known = [
        (_("Record"), number),
        (_("Birth date"), date_format(who.birth_on, "j M Y") if who.birth_on else ""),
        (_("Age"), "" if age is None else str(age)),
        (_("Languages"), ", ".join(language(code) for code in who.languages)),
        (_("Interpreter"), language(who.interpreter) if who.interpreter else ""),
    ]
    return render(request, "desk/emergency.html", {
        "title": _("Emergency sheet"), "clinic_name": clinic.name, "clinic": clinic,
        "printed_at": permit.now, "back_url": link_to("desk:patient")(number), "person": who,
        "facts": [(label, value or _("not known")) for label, value in known],
        "contacts": emergency_contacts(permit, [record.id])[record.id],
        "coverages": coverages(permit, record.id),
    })  # fmt: skip
