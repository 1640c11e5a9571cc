"""The page behind a person's secret link: asked where they are, waiting, in, out."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from openiop.access.door import opens_link
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.actions.joining import JOIN, JOIN_VISIT, ask, leave, still_here
from openiop.schedule.forms.joining import JoinForm
from openiop.schedule.queries.joining import JoinFacts, VideoRoom, session_room, visit_room
from openiop.schedule.rules import video
from openiop.schedule.rules.joining import opens_at
from openiop.schedule.views.asking import show_refusal

SIGNS = {"waiting": "every 5s", "in": "every 60s"}
STATUS = {"no_seat": 403}


@opens_link(JOIN)
def join_session(
    request: HttpRequest, permit: Permit, record: int | None, target: int
) -> HttpResponse:
    """Come in to a session."""
    return _join(request, permit, session_room(permit, target), record)


@opens_link(JOIN_VISIT)
def join_visit(
    request: HttpRequest, permit: Permit, record: int | None, target: int
) -> HttpResponse:
    """Come in to a one-to-one."""
    return _join(request, permit, visit_room(permit, target), record)


def _join(
    request: HttpRequest, permit: Permit, room: VideoRoom, record: int | None
) -> HttpResponse:
    """A person's whole way: what they post, the signs their screen gives, the page itself."""
    if record is None:
        raise Http404("This link is nobody's.")
    timezone.activate(room.timezone)
    if request.method == "POST" and "leave" in request.POST:
        leave(permit, room, record)
        return redirect(request.path)
    form = JoinForm(request.POST or None, initial={"state": room.state})
    if request.method == "POST" and form.is_valid():
        try:
            ask(permit, room, record, form.answers())
        except Refused as no:
            show_refusal(permit, form, no)
        else:
            return redirect(request.path)
    state, join = state_of(permit, room, record)
    if request.headers.get("HX-Request"):
        same = request.GET.get("was") == state
        return HttpResponse(status=204) if same else HttpResponseClientRefresh()
    return _page(request, permit, room, state, join, form)


def state_of(permit: Permit, room: VideoRoom, record: int) -> tuple[str, JoinFacts | None]:
    """Which page it is now: no_room, no_seat, early, over, ask, waiting or in; and their join. Who
    is in is seen by it."""
    if not (room.held and room.virtual):
        return "no_room", None
    if record not in room.records:
        return "no_seat", None
    if not room.is_open(permit.now):
        return ("early" if permit.now < room.starts_at else "over"), None
    join = still_here(permit, room, record)
    return (join.place.value, join) if join else ("ask", None)


def _page(
    request: HttpRequest, permit: Permit, room: VideoRoom, state: str, join: JoinFacts | None,
    form: JoinForm,
) -> HttpResponse:  # fmt: skip
    titles = {
        "no_room": _("Not by video"), "no_seat": _("No place is kept for you here"),
        "early": _("You are early"), "over": _("This appointment is over"),
        "ask": _("Come in by video"), "waiting": _("You are in the waiting room"),
        "in": _("You may come in"),
    }  # fmt: skip
    address = video_address(room, f"person {join.record}") if join and state == "in" else ""
    return render(request, "schedule/join.html", {
        "title": titles[state], "state": state, "room": room, "join": join, "form": form,
        "opens_at": opens_at(room.starts_at), "sign": SIGNS.get(state), "address": address,
        "brand": room.clinic_name, "phone": room.phone,
    }, status=422 if form.errors else STATUS.get(state, 200))  # fmt: skip


def video_address(room: VideoRoom, guest: str, *, moderator: bool = False) -> str:
    """Where the room meets: its own address, else the provider's with a token for this guest, else
    "" where no provider is set up."""
    if room.link or not settings.VIDEO_URL:
        return room.link
    table, row = room.table
    name = video.room_name(settings.VIDEO_SECRET, table, row)
    signed = video.token(
        settings.VIDEO_SECRET, name, guest, moderator=moderator, until=room.ends_at
    )
    return video.address(settings.VIDEO_URL, name, signed)


urls = [
    path("join/<str:token>/", join_session, name="join"),
    path("join/one/<str:token>/", join_visit, name="join_visit"),
]
