"""Arrival by code: a page for the door, and the page behind the code."""

import hashlib

import segno
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from openiop.access.door import opens, opens_link
from openiop.kernel.permits import Permit
from openiop.schedule.actions.attendance import check_in, open_door
from openiop.schedule.actions.marking import ARRIVE, WRITE
from openiop.schedule.forms.attendance import CheckInForm
from openiop.schedule.queries import sessions

WRONG_TRIES, WINDOW_SECONDS = 10, 600


@opens(WRITE)
def door(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """Show an arrival code for the door; every press makes a new one, good until the end."""
    place = sessions.session(permit, session)
    address = ""
    if request.method == "POST":
        token = open_door(permit, session)
        address = request.build_absolute_uri(reverse("schedule:arrive", args=[token]))
    return render(request, "schedule/attendance_door.html", {
        "session": place, "address": address, "code": code_of(address) if address else "",
        "title": _("Arrival code of %(group)s") % {"group": place.track_name},
        "crumbs": [
            {"label": _("Attendance of %(group)s") % {"group": place.track_name},
             "url": reverse("schedule:attendance", args=[session])},
            {"label": _("Arrival code")},
        ],
    })  # fmt: skip


def code_of(address: str) -> SafeString:
    """The address as a QR picture: black on white in any theme, without style or script. The
    library escapes what it puts in."""
    picture = segno.make(address, error="m").svg_inline(
        scale=6, border=4, light="#fff", svgclass="qr", lineclass=None, title=_("Arrival code")
    )
    return SafeString(picture)


@opens_link(ARRIVE)
def arrive(request: HttpRequest, permit: Permit, record: int | None, target: int) -> HttpResponse:
    """A person says that they are here. The answer is yes or "see the front desk", never a name."""
    place = sessions.session(permit, target)
    timezone.activate(place.timezone)
    form = CheckInForm(request.POST or None)
    blocked = _wrong(request, permit) >= WRONG_TRIES
    if request.method == "POST" and form.is_valid() and not blocked:
        if check_in(permit, target, **form.cleaned_data):
            messages.success(request, _("You are checked in."))
            return redirect(request.path)
        _count_wrong(request, permit)
    failed = request.method == "POST"
    return render(request, "schedule/attendance_arrive.html", {
        "form": CheckInForm(), "session": place, "failed": failed,
        "code": code_of(request.build_absolute_uri(request.path)), "brand": place.clinic_name,
    }, status=429 if failed and blocked else 422 if failed else 200)  # fmt: skip


def _key(request: HttpRequest, permit: Permit) -> str:
    """Counted by link and address, kept as a digest."""
    origin = f"{permit.actor}|{request.META.get('REMOTE_ADDR', '')}"
    return f"arrive:{hashlib.sha256(origin.encode()).hexdigest()[:32]}"


def _wrong(request: HttpRequest, permit: Permit) -> int:
    return int(cache.get(_key(request, permit), 0))


def _count_wrong(request: HttpRequest, permit: Permit) -> None:
    key = _key(request, permit)
    cache.set(key, _wrong(request, permit) + 1, WINDOW_SECONDS)
