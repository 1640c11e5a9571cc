"""A virtual room as staff see it: who waits, is in, dropped out; links; times to confirm."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openiop.access.door import opens
from openiop.kernel.permits import Permit
from openiop.messaging.queries import emergency_contacts, on_call_now
from openiop.patients.queries import people
from openiop.schedule.actions import joining
from openiop.schedule.actions.appointments import attest
from openiop.schedule.actions.join_confirm import confirm
from openiop.schedule.actions.join_links import join_links, send_links
from openiop.schedule.actions.joining import WRITE
from openiop.schedule.queries.attendance import attendance_of
from openiop.schedule.queries.joining import (
    VideoRoom,
    acceptances,
    joins_of,
    session_room,
    visit_room,
)  # fmt: skip
from openiop.schedule.rules.clashes import hours
from openiop.schedule.rules.joining import Place
from openiop.schedule.views.arrival import code_of
from openiop.schedule.views.joining import video_address
from openiop.schedule.views.virtual_rows import Guest, guests

Verb = Callable[[HttpRequest, Permit, VideoRoom, int], HttpResponse | None]


@opens(WRITE)
def session(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """The virtual room of a session."""
    return _room(request, permit, session_room(permit, session))


@opens(WRITE)
def visit(request: HttpRequest, permit: Permit, visit: int) -> HttpResponse:
    """The virtual room of a one-to-one."""
    return _room(request, permit, visit_room(permit, visit))


def _room(request: HttpRequest, permit: Permit, room: VideoRoom) -> HttpResponse:
    """The page; for htmx the part of it that changes, nothing while it is the same."""
    timezone.activate(room.timezone)
    if request.method == "POST":
        verb, number = _posted(request)
        answer = VERBS[verb](request, permit, room, number)
        if answer is not None:
            return answer
        if not request.headers.get("HX-Request"):
            return redirect(request.path)
    found = page(request, permit, room)
    if not request.headers.get("HX-Request"):
        return render(request, "schedule/virtual.html", found)
    if request.method == "GET" and request.GET.get("seen") == found["seen"]:
        return HttpResponse(status=204)
    return render(request, "schedule/virtual_room.html", found)


def _posted(request: HttpRequest) -> tuple[str, int]:
    """Which button was pressed, and on which join; 0 where it is about all."""
    verb = next((verb for verb in VERBS if verb in request.POST), None)
    number = request.POST.get(verb or "", "")
    if verb is None or not (number == "" or number.isdecimal()):
        raise Http404("No such step.")
    return verb, int(number or 0)


# --- what the page shows ---


def page(request: HttpRequest, permit: Permit, room: VideoRoom) -> dict[str, Any]:
    """The context: twelve statements at most, whatever the number of people."""
    joins = joins_of(permit, room)
    records = room.records.union(each.record for each in joins)
    marked = attendance_of(permit, [room.session])[room.session] if room.session else {}
    rows = guests(
        room, joins, people(permit, records), acceptances(permit, room), marked, permit.now,
        hidden=bool(request.session.get("shared_screen")),
    )  # fmt: skip
    table, number = room.table
    permit.note("schedule.read", table=table, row=number, count=len(rows))
    help_for = [each for each in rows if each.needs_help]
    return {
        "room": room, "title": _("Virtual room of %(name)s") % {"name": room.name},
        "facts": [hours(room.starts_at, room.ends_at, room.timezone), room.clinic_name],
        "path": request.path, "seen": digest(rows), "open": room.is_open(permit.now),
        "over": permit.now >= room.ends_at, "begun": permit.now >= room.starts_at,
        "waiting": [each for each in rows if each.at(Place.WAITING)],
        "inside": [each for each in rows if each.at(Place.IN)],
        "dropped": [each for each in rows if each.at(Place.DROPPED)],
        "away": [each for each in rows if each.away], "came": [each for each in rows if each.times],
        "help": _with_contacts(permit, help_for),
        "confirmable": confirmable(room, rows, permit),
        "on_call": on_call_now(permit, [room.clinic])[room.clinic],
        "address": video_address(room, f"staff {permit.staff}", moderator=True),
        "crumbs": _crumbs(room), "shared_screen": bool(request.session.get("shared_screen")),
    }  # fmt: skip


def confirmable(room: VideoRoom, rows: Iterable[Guest], permit: Permit) -> bool:
    """Is there something to confirm, on the session's own day? Later a mark is corrected."""
    today = permit.today(room.timezone) == room.on and permit.now >= room.starts_at
    over = permit.now >= room.ends_at
    left = any(each.is_new or (over and not each.marked) for each in rows)
    return room.session is not None and today and left


def digest(rows: Iterable[Guest]) -> str:
    """Changes with what the page shows, so that a page that shows the same is left alone."""
    return sha256(repr([each.shown for each in rows]).encode()).hexdigest()[:16]


def _with_contacts(permit: Permit, rows: list[Guest]) -> list[dict[str, Any]]:
    """Who needs help, with whom to call who may know."""
    known = emergency_contacts(permit, [each.record for each in rows]) if rows else {}
    return [
        {"guest": each, "contacts": [one for one in known[each.record] if one.may_know]}
        for each in rows
    ]


def _crumbs(room: VideoRoom) -> list[dict[str, str]]:
    label = _("Virtual room")
    if room.session is None:
        return [{"label": label}]
    place = reverse("schedule:session", args=[room.session])
    return [{"label": room.name, "url": place}, {"label": label}]


# --- what can be done there ---


def _on_one(action: Callable[[Permit, VideoRoom, int], object]) -> Verb:
    def verb(request: HttpRequest, permit: Permit, room: VideoRoom, join: int) -> None:
        action(permit, room, join)

    return verb


def _let_in(request: HttpRequest, permit: Permit, room: VideoRoom, join: int) -> None:
    joining.let_in(permit, room, [join])


def _let_all_in(request: HttpRequest, permit: Permit, room: VideoRoom, join: int) -> None:
    waiting = [each for each in joins_of(permit, room) if each.place is Place.WAITING]
    seated = [each.id for each in waiting if each.record in room.records]
    count = joining.let_in(permit, room, seated)
    messages.success(request, ngettext("Let %(n)d person in.", "Let %(n)d people in.", count)
                     % {"n": count})  # fmt: skip


def _no_risk(request: HttpRequest, permit: Permit, room: VideoRoom, join: int) -> None:
    joining.mark_at_risk(permit, room, join, at_risk=False)


def _help(request: HttpRequest, permit: Permit, room: VideoRoom, join: int) -> None:
    joining.call_for_help(permit, room, join)
    messages.success(request, _("The on-call is alerted, and it is written down."))


def _confirm(request: HttpRequest, permit: Permit, room: VideoRoom, join: int) -> None:
    if room.session is None:
        attest(permit, room.visit or 0, "held")
        messages.success(request, _("Recorded as held."))
        return
    done = confirm(permit, room.session, close=permit.now >= room.ends_at)
    came = ngettext("%(n)d person is marked as present", "%(n)d people are marked as present",
                    len(done.present)) % {"n": len(done.present)}  # fmt: skip
    absent = ngettext("%(n)d as absent", "%(n)d as absent", len(done.absent)) % {
        "n": len(done.absent)}  # fmt: skip
    messages.success(request, f"{came}, {absent}." if done.absent else f"{came}.")


def _send(request: HttpRequest, permit: Permit, room: VideoRoom, join: int) -> None:
    told = send_links(
        permit, room, _not_in(permit, room), lambda token: _link(request, room, token)
    )
    messages.success(request, _("%(sent)s links are on their way, %(calls)s to call.") % {
        "sent": len(told.sent), "calls": len(told.to_call)})  # fmt: skip


def _links(request: HttpRequest, permit: Permit, room: VideoRoom, join: int) -> HttpResponse:
    """Links to copy or print, shown this once."""
    tokens = join_links(permit, room, _not_in(permit, room))
    known = people(permit, tokens)
    made = [
        {"name": known[record].name, "address": address, "code": code_of(address)}
        for record, token in tokens.items()
        if record in known and (address := _link(request, room, token))
    ]
    return render(request, "schedule/join_links.html", {
        "title": _("Links for %(name)s") % {"name": room.name}, "room": room, "links": made,
        "clinic_name": room.clinic_name, "printed_at": permit.now, "back_url": request.path,
    })  # fmt: skip


def _not_in(permit: Permit, room: VideoRoom) -> list[int]:
    """Who is expected, is open to this reader, and is not in the room now."""
    here = {each.record for each in joins_of(permit, room) if each.is_open}
    return [record for record, number in room.expected if number and record not in here]


def _link(request: HttpRequest, room: VideoRoom, token: str) -> str:
    route = "schedule:join" if room.session else "schedule:join_visit"
    return request.build_absolute_uri(reverse(route, args=[token]))


# A button called "remove" would hide the form's own method of that name.
VERBS: dict[str, Verb] = {
    "let_in": _let_in, "let_all_in": _let_all_in, "take_out": _on_one(joining.remove),
    "was_here": _on_one(joining.was_here), "risk": _on_one(joining.mark_at_risk),
    "no_risk": _no_risk, "help": _help, "reached": _on_one(joining.reached),
    "confirm": _confirm, "send": _send, "links": _links,
}  # fmt: skip
urls = [
    path("desk/sessions/<int:session>/video/", session, name="virtual"),
    path("desk/visits/<int:visit>/video/", visit, name="virtual_visit"),
]
