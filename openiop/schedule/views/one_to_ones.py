"""One person's one-to-ones: how often, what is booked, free times, series, and one press back."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import admit, opens
from openiop.access.queries import clinics, rooms, staff_at
from openiop.access.queries.places import Here, my_clinics
from openiop.kernel.acts import CLINICAL
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import Person, person
from openiop.schedule.actions import appointments as actions
from openiop.schedule.actions import cadence as cadences
from openiop.schedule.actions import series as series_actions
from openiop.schedule.actions.moving import WRITE, Move, move
from openiop.schedule.actions.moving import undo as undo_batch
from openiop.schedule.forms.one_to_ones import (
    EVERYS,
    EndForm,
    SeriesForm,
    SlotsForm,
    chosen_times,
)  # fmt: skip
from openiop.schedule.queries.appointments import (
    AppointmentFacts,
    appointment,
    appointments_of,
    record_of_batch,
)
from openiop.schedule.queries.availability import Asked, Slot, open_slots
from openiop.schedule.queries.cadence import due_list, rhythm_of
from openiop.schedule.queries.earlier import wished
from openiop.schedule.queries.grounds import choices
from openiop.schedule.queries.series import SeriesAsked, preview, proposal, series, series_of
from openiop.schedule.queries.types import TypeFacts, types
from openiop.schedule.views.preferences import wants
from openiop.ui.links import link_to

SHOWN = 60
BACK = timedelta(days=60)
ASKED = ("every", "weekday", "nth", "starts", "minutes", "type", "staff", "room", "mode",
         "from_on", "until_on")  # fmt: skip


@opens(WRITE)
def one_to_ones(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """How often somebody meets one to one, what is booked and what was."""
    record = admit(permit, number, act="schedule.read").id
    rows = appointments_of(permit, record, permit.now - BACK)
    ahead = [row for row in rows if row.ends_at > permit.now and not row.cancelled_at]
    return render(request, "schedule/one_to_ones.html", {
        **_who(permit, number, record), "title": _("One-to-ones"),
        "rhythm": rhythm_of(permit, record), "everys": _everys(number),
        "coming": ahead, "past": [row for row in reversed(rows) if row not in ahead],
        "series": series_of(permit, record), "undo": _batch(request), "number": number,
        "wished": wished(permit, record),
        "now": permit.now, **wants(permit, number, record),
    })  # fmt: skip


def _batch(request: HttpRequest) -> str:
    try:
        return str(UUID(request.GET.get("undo", "")))
    except ValueError:
        return ""


def _who(permit: Permit, number: str, record: int) -> dict[str, Any]:
    return {"person": person(permit, record), "crumbs": _crumbs(number)}


def _crumbs(number: str) -> list[dict[str, str]]:
    return [
        {"label": number, "url": link_to("desk:patient")(number)}, {"label": _("One-to-ones")}
    ]  # fmt: skip


def _everys(number: str) -> list[dict[str, str]]:
    url = reverse("schedule:series", args=[number])
    return [{"every": key, "label": str(name), "url": f"{url}?every={key}"} for key, name in EVERYS]


def _back(number: str, batch: UUID | None = None) -> HttpResponse:
    url = reverse("schedule:one_to_ones", args=[number])
    return redirect(f"{url}?undo={batch}" if batch else url)


# --- a free time, in one press ---


@opens(WRITE)
def find(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """Free times for a person, the first ones of the next days; each is booked by one press, or
    a booked visit is moved there."""
    record = admit(permit, number, act="schedule.read").id
    error = ""
    if request.method == "POST":
        try:
            return _take(request, permit, number, record)
        except Refused as no:
            error = f"{no.sentence} {no.next_step}".strip()
    who, every = person(permit, record), types(permit, retired=True)
    moved = _moved(request, permit)
    form = _slots_form(request, permit, who, every, moved)
    found: list[Slot] = []
    if form.is_valid():
        try:
            found = open_slots(permit, _asked(permit, record, form.cleaned_data), every)
        except Refused as no:
            form.add_error(no.field if no.field in form.fields else None, no.sentence)
    zone = _zone(request, permit, who)
    return render(request, "schedule/one_to_ones_find.html", {
        "person": who, "crumbs": _crumbs(number), "form": form, "error": error, "number": number,
        "days": _by_day(found, zone),
        "zone": zone, "moving": moved, "next_url": _later(request, form, found),
        "title": _("Find a time"),
    }, status=422 if error or (form.errors and request.GET) else 200)  # fmt: skip


def _by_day(found: list[Slot], zone: ZoneInfo) -> list[tuple[date, list[dict[str, str]]]]:
    """Free times in order, by day, each with what its button sends and says."""
    ordered = sorted(found, key=lambda slot: (slot.starts_at, slot.clinic_name, slot.staff_name))
    days = groupby(ordered, lambda slot: slot.starts_at.astimezone(zone).date())
    return [(day, [_button(slot, zone) for slot in slots]) for day, slots in days]


def _button(slot: Slot, zone: ZoneInfo) -> dict[str, str]:
    minutes = int((slot.ends_at - slot.starts_at) / timedelta(minutes=1))
    sent = (slot.clinic, slot.staff, slot.room or 0, minutes, slot.starts_at.isoformat())
    place = [slot.staff_name, slot.clinic_name, slot.room_name]
    if slot.miles is not None:
        place.append(_("%(miles)s miles") % {"miles": slot.miles})
    return {
        "value": "|".join(map(str, sent)), "at": f"{slot.starts_at.astimezone(zone):%H:%M}",
        "words": ", ".join(each for each in place if each),
    }  # fmt: skip


def _later(request: HttpRequest, form: SlotsForm, found: list[Slot]) -> str:
    """The page of the days after those that are shown."""
    if not found:
        return ""
    query = request.GET.copy()
    last = max(slot.starts_at for slot in found)
    query["start"] = last.date().isoformat()
    query["type"] = str(form.cleaned_data["type"])
    return f"?{query.urlencode()}"


def _mine(request: HttpRequest, permit: Permit) -> list[Here]:
    return [each for each in my_clinics(request, permit) if each.id in permit.clinics]


def _zone(request: HttpRequest, permit: Permit, who: Person) -> ZoneInfo:
    zones = {each.id: each.timezone for each in _mine(request, permit)}
    return ZoneInfo(zones.get(who.clinic, permit.timezone))


def _moved(request: HttpRequest, permit: Permit) -> AppointmentFacts | None:
    """The visit that is to move, if one is, or Http404."""
    wanted = request.GET.get("move", "")
    return appointment(permit, int(wanted)) if wanted.isdigit() else None


def _slots_form(
    request: HttpRequest, permit: Permit, who: Person, every: list[TypeFacts],
    moved: AppointmentFacts | None,
) -> SlotsForm:  # fmt: skip
    """The form with what was asked for, or with the usual: the person's counselor and clinic."""
    used, today = [one for one in every if not one.retired], permit.now.date()
    staff = choices(permit, who.record, who.clinic, today, CLINICAL)
    counselor = next((one.id for one in staff if one.counsels), None)
    usual: Mapping[str, Any] = {
        "type": _usual_type(used, moved.kind if moved else "individual"), "clinic": who.clinic,
        "staff": None if request.GET else counselor, "mode": "in_person", "miles": 10,
        "daypart": "", "start": today.isoformat(), "near": "",
    }  # fmt: skip
    data = {name: value for name, value in usual.items() if value is not None}
    data |= {name: value for name, value in request.GET.items() if value or name in usual}
    if data.get("near"):
        data["clinic"] = ""
    return SlotsForm(
        data, types=[(one.id, one.name) for one in used],
        staff=[(one.id, one.name) for one in staff],
        clinics=[(one.id, one.name) for one in _mine(request, permit)],
    )  # fmt: skip


def _usual_type(every: list[TypeFacts], kind: str) -> int | None:
    return next((one.id for one in every if one.kind == kind), every[0].id if every else None)


def _asked(permit: Permit, record: int, typed: dict[str, Any]) -> Asked:
    here = [typed["clinic"]] if typed["clinic"] else permit.clinics
    return Asked(
        type=typed["type"], clinics=frozenset(here) & permit.clinics, record=record,
        start=typed["start"] or permit.now.date(), staff=typed["staff"], near=typed["near"],
        daypart=typed["daypart"], miles=typed["miles"] or 10, mode=typed["mode"] or "in_person",
        limit=SHOWN, moving=typed["move"],
    )  # fmt: skip


def _take(request: HttpRequest, permit: Permit, number: str, record: int) -> HttpResponse:
    """Book the pressed time, or move the visit there."""
    try:
        clinic, staff, room, minutes = (int(p) for p in request.POST["slot"].split("|")[:4])
        starts_at = datetime.fromisoformat(request.POST["slot"].split("|")[4])
    except (KeyError, ValueError, IndexError) as error:
        raise Http404("No such time.") from error
    if starts_at.tzinfo is None:
        raise Http404("No such time.")
    if wanted := request.POST.get("move", ""):
        found = appointment(permit, int(wanted) if wanted.isdigit() else 0)
        if found.record != record or found.clinic != clinic:
            raise Refused("clinic", _("This time is at another clinic."),
                          _("Cancel the visit and book it there."))  # fmt: skip
        batch = move(permit, [Move(found.id, starts_at, staff, room or None)])
        messages.success(request, _("The visit is moved."))
        return _back(number, batch)
    kind = request.POST.get("type", "")
    actions.book(
        permit, record=record, clinic=clinic, staff=staff, room=room or None, minutes=minutes,
        starts_at=starts_at, mode=request.POST.get("mode", "in_person"),
        type=int(kind) if kind.isdigit() else 0,
    )  # fmt: skip
    messages.success(request, _("The visit is booked."))
    return _back(number)


# --- series ---


@opens(WRITE)
def repeat(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """A series as proposed or as typed, every day of it checked, and one press to confirm."""
    record = admit(permit, number, act="schedule.read").id
    data = request.POST or request.GET
    first = proposal(permit, record, _every(data)) if "weekday" not in data else None
    form = _series_form(permit, record, data, first)
    asked = _series_asked(permit, record, form)
    if asked and request.method == "POST":
        try:
            batch = _confirm(permit, request, asked)
        except Refused as no:
            form.add_error(no.field if no.field in form.fields else None,
                           f"{no.sentence} {no.next_step}")  # fmt: skip
        else:
            messages.success(request, _("The series is booked."))
            return _back(number, batch)
    days = preview(permit, asked) if asked else ()
    return render(request, "schedule/one_to_ones_series.html", {
        **_who(permit, number, record), "title": _("One-to-ones that repeat"), "form": form,
        "days": days, "clashes": sum(bool(day.clash) for day in days), "asked": asked,
        "kept": [(name, _sent(form[name].value())) for name in ASKED] if asked else [],
        "zone": ZoneInfo(clinics(permit).get(pk=asked.clinic).timezone) if asked else None,
        "number": number, "everys": _everys(number), "every": _every(data), "found": first or data,
    }, status=422 if request.method == "POST" else 200)  # fmt: skip


def _sent(value: Any) -> str:
    """A field's value as its control sends it, whatever the reader's language writes."""
    return "" if value is None else str(value)


def _every(data: Mapping[str, Any]) -> str:
    return data.get("every") if data.get("every") in dict(EVERYS) else "week"  # type: ignore[return-value]


def _series_form(permit: Permit, record: int, data: Any, first: SeriesAsked | None) -> SeriesForm:
    clinic, today = person(permit, record).clinic, permit.now.date()
    values: Any = data
    if first:
        values = {name: getattr(first, name) for name in ASKED}
        values = {name: value for name, value in values.items() if value is not None}
    return SeriesForm(
        values or None, types=[(one.id, one.name) for one in types(permit)],
        staff=[(one.id, one.name) for one in staff_at(permit, clinic, today, CLINICAL)],
        rooms=[(room.id, room.name) for room in rooms(permit, clinic)],
    )  # fmt: skip


def _series_asked(permit: Permit, record: int, form: SeriesForm) -> SeriesAsked | None:
    """What the form asks for, in place of the series that runs; None while it is incomplete."""
    if not form.is_valid():
        return None
    running = next((each.id for each in series_of(permit, record) if not each.ended), None)
    return SeriesAsked(
        record=record, clinic=person(permit, record).clinic, replaces=running, **form.cleaned_data
    )


def _confirm(permit: Permit, request: HttpRequest, asked: SeriesAsked) -> UUID:
    times = chosen_times(request.POST, asked.days)
    _series, batch = series_actions.start_series(permit, asked, times)
    now = rhythm_of(permit, asked.record)
    if now is None or now.every != asked.every:
        cadences.set_cadence(permit, asked.record, asked.every)
    return batch


@opens(WRITE)
def end(request: HttpRequest, permit: Permit, series_id: int) -> HttpResponse:
    """End a series from a day on, with the reason; what stands before stays."""
    found = series(permit, series_id)
    number = _number(permit, found.record)
    form = EndForm(request.POST or None, initial={"from_on": permit.today(found.timezone)})
    if request.method == "POST" and form.is_valid():
        try:
            batch = series_actions.end_series(
                permit, series_id, form.cleaned_data["from_on"], form.cleaned_data["reason"]
            )
        except Refused as no:
            form.add_error(None, f"{no.sentence} {no.next_step}")
        else:
            messages.success(request, _("The series is ended."))
            return _back(number, batch)
    return render(request, "schedule/one_to_ones_end.html", {
        "title": _("End the series?"), "form": form, "back": number,
        "lines": [f"{found.every_name}, {found.type_name}",
                  _("With %(who)s") % {"who": found.staff_name},
                  _("%(left)d to come") % {"left": found.left}],
    }, status=422 if form.errors else 200)  # fmt: skip


def _number(permit: Permit, record: int) -> str:
    return person(permit, record).number


@opens(WRITE)
@require_POST
def undo(request: HttpRequest, permit: Permit, batch: UUID) -> HttpResponse:
    """Take one act back: every visit is what it was."""
    number = _number(permit, record_of_batch(permit, batch))
    undo_batch(permit, batch)
    messages.success(request, _("It is as it was."))
    return _back(number)


@opens("schedule.one_to_ones")
def overdue(request: HttpRequest, permit: Permit) -> HttpResponse:
    """One-to-ones that are due or overdue at the clinics, and the share that is in time."""
    mine = list(clinics(permit))
    chosen = [each for each in mine if each.code == request.GET.get("clinic")]
    found = due_list(permit, [each.id for each in chosen or mine])
    permit.note("schedule.one_to_ones", table="schedule_cadence", count=len(found.lines))
    return render(request, "schedule/one_to_ones_due.html", {
        "title": _("One-to-ones due"), "found": found,
        "in_time": "–" if found.in_time is None else f"{found.in_time} %",
        "in_time_note": _("of %(count)d people in care") % {"count": found.everybody},
        "chips": [{"label": _("All clinics"), "url": "?", "current": not chosen}, *(
            {"label": each.name, "url": f"?clinic={each.code}", "current": each in chosen}
            for each in mine)],
    })  # fmt: skip


PERSON = "desk/patients/<slug:number>/one-to-ones/"
urls = [
    path(PERSON, one_to_ones, name="one_to_ones"),
    path(PERSON + "find/", find, name="find_time"),
    path(PERSON + "series/", repeat, name="series"),
    path("desk/series/<int:series_id>/end/", end, name="end_series"),
    path("desk/visits/undo/<uuid:batch>/", undo, name="undo_visits"),
    path("desk/one-to-ones/", overdue, name="one_to_ones_due"),
]
