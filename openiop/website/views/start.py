"""Start: three questions about safety, a free time, who comes; then one's own visit by a link."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import everywhere
from openiop.access.queries import PublicClinic
from openiop.intake.actions.starting import BOOK, OWN, Booked, book_start, cancel_own, move_own
from openiop.intake.queries.starting import answered_at, first_visits, free_times, is_booked
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.actions.holds import hold as keep
from openiop.schedule.queries.appointments import AppointmentFacts, appointment
from openiop.schedule.queries.availability import Slot
from openiop.schedule.queries.feeds import invited
from openiop.schedule.queries.holds import hold
from openiop.schedule.queries.types import type_of
from openiop.schedule.rules.feeds import calendar
from openiop.schedule.rules.times import Time, time_of
from openiop.website.forms.booking import CallerForm
from openiop.website.forms.finding import TimesForm
from openiop.website.frame import Face, own, phone_text, public, show
from openiop.website.slots import Day, by_day, shown

LOOK = "website.look"


@public()
def start(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Step 1: is it safe to wait for a visit? Nothing is sent."""
    face = Face(permit)
    at = answered_at(permit, face.site.clinics)
    return show(request, face, "start", {
        "title": _("Start"), "answers_now": at == permit.now, "answers_at": at,
    })  # fmt: skip


@public()
def times(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Step 2: the free times."""
    return _times(request, permit, Face(permit))


def _times(
    request: HttpRequest, permit: Permit, face: Face, notice: str = "", status: int = 200
) -> HttpResponse:
    with everywhere(permit, permit.act.name) as wide:
        kinds = first_visits(wide)
        form = TimesForm(request.GET or None, kinds=kinds, site=face.site)
        asked = form.asked(kinds, face.site)
        slots = free_times(wide, **asked) if asked else []
    return show(request, face, "times", {
        "title": _("Choose a time"), "form": form,
        "days": _days(slots, permit, asked["kind"] if asked else 0),
        "notice": notice, "narrow": bool(request.GET.get("clinic") or request.GET.get("zip")),
    }, status=status)  # fmt: skip


def _days(slots: Iterable[Slot], permit: Permit, kind: int) -> list[Day]:
    today = permit.today(permit.timezone)
    return by_day(slots, today, timezone.get_current_timezone(), kind=kind)


@require_POST
@public(BOOK)
def choose(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Keep the time for ten minutes, and go on; somebody else's: the list as it is now."""
    time = time_of(request.POST.get("time", ""))
    if time is None:
        return redirect("website:times")
    try:
        with everywhere(permit, BOOK) as wide:
            key = keep(wide, time)
    except Refused as no:
        words = f"{no.sentence} {no.next_step}"
        return _times(request, permit, Face(permit), words, status=422)
    return redirect("website:book", key)


@public(BOOK)
def book(request: HttpRequest, permit: Permit, key: UUID) -> HttpResponse:
    """Step 3: who comes. What was typed stays, whatever becomes of the time."""
    face = Face(permit)
    with everywhere(permit, BOOK) as wide:
        kept = hold(wide, key)
        typed = time_of(request.POST.get("time", request.POST.get("kept", "")))
        time = typed or (kept.time if kept else None)
        if time is None:
            return show(request, face, "over", {"title": _("The ten minutes are over")}, status=404)
        kind, place = type_of(wide, time.type), _place(face, time.clinic)
    form = CallerForm(request.POST or None)
    closest: list[Slot] = []
    if request.method == "POST" and form.is_valid():
        try:
            booked = _book(request, permit, time, form, key)
        except Refused as no:
            with everywhere(permit, BOOK) as wide:
                if is_booked(wide, key):
                    return show(request, face, "already", {"title": _("You have booked this")})
            closest = [each for each in no.choices if isinstance(each, Slot)]
            form.add_error(None, f"{no.sentence} {no.next_step}")
        else:
            return redirect("website:visit", booked.token)
    return show(request, face, "book", {
        "title": _("Who comes?"), "form": form, "time": time, "kind": kind, "clinic": place,
        "at": shown(time.starts_at, place.timezone), "kept": kept, "closest": [
            (Time(time.type, one.clinic, one.staff, one.room, one.starts_at, one.mode).code,
             shown(one.starts_at, place.timezone))
            for one in closest
        ],
    }, status=422 if form.errors else 200)  # fmt: skip


def _book(request: HttpRequest, permit: Permit, time: Time, form: CallerForm, key: UUID) -> Booked:
    def address(token: str) -> str:
        return request.build_absolute_uri(reverse("website:visit", args=[token]))

    with everywhere(permit, BOOK) as wide:
        caller = form.caller(translation.get_language() or "en")
        return book_start(wide, time, caller, address, key=key)


def _place(face: Face, clinic: int) -> PublicClinic:
    return next(each for each in face.site.clinics if each.id == clinic)


# --- one's own visit ---------------------------------------------------------------------------


def _own(permit: Permit, visit: int) -> tuple[Face, AppointmentFacts, PublicClinic]:
    found, face = appointment(permit, visit), Face(permit)
    place = _place(face, found.clinic)
    timezone.activate(place.timezone)
    return face, found, place


@own(OWN)
def visit(request: HttpRequest, permit: Permit, record: int, target: int) -> HttpResponse:
    """What is booked: when, where, how to change it; cancelling is a press of its own."""
    if request.method == "POST" and "cancel" in request.POST:
        try:
            cancel_own(permit, target)
        except Refused as no:
            return _visit(request, permit, target, f"{no.sentence} {no.next_step}", 422)
    return _visit(request, permit, target)


def _visit(
    request: HttpRequest, permit: Permit, target: int, notice: str = "", status: int = 200
) -> HttpResponse:
    face, found, place = _own(permit, target)
    return show(request, face, "visit", {
        "title": _("Your visit"), "visit": found, "clinic": place, "notice": notice,
        "phone": phone_text(place.phone), "at": shown(found.starts_at, place.timezone),
        "past": found.starts_at <= permit.now, "token": request.resolver_match.kwargs["token"]
        if request.resolver_match else "",
    }, status=status)  # fmt: skip


@own(OWN)
def change(request: HttpRequest, permit: Permit, record: int, target: int) -> HttpResponse:
    """Another free time for the same visit."""
    face, found, place = _own(permit, target)
    token = request.resolver_match.kwargs["token"] if request.resolver_match else ""
    time, notice = time_of(request.POST.get("time", "")), ""
    if request.method == "POST" and time:
        try:
            move_own(permit, target, time)
        except Refused as no:
            notice = f"{no.sentence} {no.next_step}"
        else:
            return redirect("website:visit", token)
    slots = []
    if found.type and not found.cancelled_at:
        slots = free_times(
            permit, found.type, clinics=[found.clinic], mode=found.mode, moving=target
        )
    return show(request, face, "change", {
        "title": _("Choose another time"), "visit": found, "notice": notice, "token": token,
        "at": shown(found.starts_at, place.timezone),
        "days": by_day(slots, permit.today(place.timezone), timezone.get_current_timezone(),
                       kind=found.type or 0),
    }, status=422 if notice else 200)  # fmt: skip


@own(OWN)
def visit_file(request: HttpRequest, permit: Permit, record: int, target: int) -> HttpResponse:
    """The visit for one's own calendar; it names no kind of place."""
    zone, entry = invited(permit, target)
    text = calendar("", [entry], zone, permit.now)
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return answer
