"""Calendar feeds: one's own secret addresses, what they answer, one visit as a file."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import opens, opens_link
from openiop.access.queries.links import live_links
from openiop.access.queries.places import my_clinics
from openiop.kernel.permits import Permit
from openiop.schedule.actions.feeds import WRITE, end_feed, make_feed
from openiop.schedule.queries.feeds import READ, entries, invited
from openiop.schedule.rules.feeds import calendar

TYPE = "text/calendar; charset=utf-8"


@opens(WRITE)
def feeds(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The clinics one works at, each with its address or without one."""
    made = {link.clinic: link for link in live_links(permit, READ, target=permit.staff)}
    shown = request.session.pop("feed_address", {})
    return render(request, "schedule/feeds.html", {
        "title": _("Calendar feeds"), "address": shown.get("address", ""),
        "rows": [
            {"id": each.id, "name": each.name, "feed": made.get(each.id),
             "fresh": shown.get("clinic") == each.id}
            for each in my_clinics(request, permit)
        ],
    })  # fmt: skip


@require_POST
@opens(WRITE)
def change(request: HttpRequest, permit: Permit, clinic: int) -> HttpResponse:
    """Make an address anew, or end it."""
    if clinic not in permit.clinics:
        raise Http404("No such clinic.")
    if "end" in request.POST:
        end_feed(permit, clinic)
        messages.success(request, _("That address shows nothing any more."))
    else:
        url = reverse("schedule:feed", args=[make_feed(permit, clinic)])
        request.session["feed_address"] = {
            "clinic": clinic, "address": request.build_absolute_uri(url)
        }  # fmt: skip
    return redirect("schedule:feeds")


@opens_link(READ)
def feed(request: HttpRequest, permit: Permit, record: int | None, target: int) -> HttpResponse:
    """A colleague's time at one clinic, for a calendar elsewhere."""
    zone, found = entries(permit, target)
    permit.note(READ, table="access_staff", row=target, count=len(found))
    text = calendar(_("Work"), found, zone, permit.now)
    answer = HttpResponse(text, content_type=TYPE)
    answer["Cache-Control"] = "private, max-age=300"
    return answer


@opens("schedule.read")
def invitation(request: HttpRequest, permit: Permit, visit: int) -> HttpResponse:
    """One visit as a file for the person's own calendar."""
    zone, entry = invited(permit, visit)
    permit.note("schedule.read", table="schedule_appointment", row=visit)
    answer = HttpResponse(calendar("", [entry], zone, permit.now), content_type=TYPE)
    answer["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return answer


urls = [
    path("desk/feeds/", feeds, name="feeds"),
    path("desk/feeds/<int:clinic>/", change, name="change_feed"),
    path("feeds/<str:token>.ics", feed, name="feed"),
    path("desk/visits/<int:visit>/invitation.ics", invitation, name="invitation"),
]
