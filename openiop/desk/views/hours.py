"""Weekly hours as parts of other pages, each a page by itself too."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openiop.access.door import admit, opens
from openiop.desk.asked import clinic_here, day_asked, layout_of, names_hidden
from openiop.desk.frame import may
from openiop.desk.queries import hours as queries
from openiop.desk.views.director import chosen_places
from openiop.kernel.permits import Permit
from openiop.schedule.queries.weeks import WeekFacts, week_of
from openiop.schedule.rules.weeks import WeekState
from openiop.ui.links import address, link_to
from openiop.ui.moments import minutes_text

A_WEEK = timedelta(weeks=1)


def state_words() -> dict[WeekState, tuple[str, str]]:
    """What the state of a week is called, and its tone."""
    return {
        WeekState.ON_TRACK: (_("On track"), "good"),
        WeekState.AT_RISK: (_("Short so far"), "watch"),
        WeekState.SHORT: (_("Short"), "act"),
        WeekState.DOCUMENTED: (_("Short, reason on file"), ""),
        WeekState.HELD: (_("Held for decision"), "act"),
        WeekState.DECIDED: (_("Decided"), ""),
    }


def lacking(week: WeekFacts) -> str:
    """ "2 h 10 and 1 day missing"; "" when nothing is."""
    words = []
    if week.missing_minutes:
        words.append(minutes_text(week.missing_minutes))
    if week.missing_days:
        days = ngettext("%(n)d day", "%(n)d days", week.missing_days) % {"n": week.missing_days}
        words.append(days)
    return _("%(what)s missing") % {"what": _(" and ").join(words)} if words else ""


@opens("desk.today")
def danger(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Whose week will fall short, while it can still be mended."""
    clinic = clinic_here(request, permit)
    day = day_asked(request, permit.today(clinic.timezone))
    everyone = request.GET.get("all") == "1"
    found = queries.of_clinic(permit, clinic.id, day) if everyone else queries.of_mine(permit, day)
    hidden, link = names_hidden(request), link_to("desk:patient")
    return render(request, "desk/hours_danger.html", {
        "layout": layout_of(request), "title": _("Weekly hours in danger"),
        "weeks_url": address("schedule:weeks"),
        "lines": [
            {"name": week.person.number if hidden else week.person.name,
             "url": link(week.person.number), "lacking": lacking(week), "until": week.closes_at}
            for week in found if week.person
        ],
    })  # fmt: skip


@opens("desk.hours")
def of_person(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """A person's hours this week, and the make-ups that fit where they will fall short."""
    record = admit(permit, number)
    day = permit.today(clinic_here(request, permit).timezone)
    week = week_of(permit, [record.id], day).get(record.id)
    books = may(permit, "schedule.makeup.write")
    return render(request, "desk/patient_hours.html", {
        "layout": layout_of(request), "title": _("This week"), "number": number, "week": week,
        "crumbs": [{"label": number, "url": link_to("desk:patient")(number)}],
        "word": state_words()[week.state] if week else None, "day": day,
        "lacking": lacking(week) if week else "", "week_url": link_to("schedule:week")(number),
        "book_url": link_to("schedule:book_makeup")(number) if books else "",
    })  # fmt: skip


@opens("desk.director.hours")
def of_network(request: HttpRequest, permit: Permit) -> HttpResponse:
    """What share of people reach their weekly hours, by clinic, this week or so many weeks back."""
    places = chosen_places(request, permit)
    back = 1 if request.GET.get("back") == "1" else 0
    day = permit.today(clinic_here(request, permit).timezone) - back * A_WEEK
    found = queries.compliance(permit, [place.id for place in places], day)
    names = {place.id: place.name for place in places}
    met, people = sum(each.met for each in found), sum(each.people for each in found)
    return render(request, "desk/director_hours.html", {
        "layout": layout_of(request), "back": back, "met": met, "people": people,
        "title": _("Weekly hours last week") if back else _("Weekly hours this week"),
        "percent": round(100 * met / people) if people else None,
        "rows": [(names[each.clinic], each.percent) for each in found if each.people],
        "weeks_url": address("schedule:weeks"),
    })  # fmt: skip
