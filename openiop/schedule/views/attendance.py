"""The attendance page of a session: who is here, late, absent, unable; guests; corrections."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from openiop.access.door import admit, opens
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit, Refused
from openiop.patients import queries as patients
from openiop.schedule.actions import attendance as actions
from openiop.schedule.actions import makeups
from openiop.schedule.actions.marking import WRITE, Book
from openiop.schedule.forms.attendance import (
    CorrectForm,
    ElsewhereForm,
    ExcuseForm,
    GuestsForm,
    LateForm,
    LeaveForm,
    OnTheDay,
    UnableForm,
)
from openiop.schedule.queries import sessions
from openiop.schedule.queries.attendance import versions
from openiop.schedule.queries.sessions import SessionFacts
from openiop.schedule.queries.sheet import Sheet, SheetRow, sheet, sheet_of
from openiop.schedule.rules.attendance import Status
from openiop.schedule.rules.clashes import hours
from openiop.schedule.views.lines import line_of
from openiop.schedule.views.rows import Moment, Rows, moment, next_after

FOUND, READ = 12, "schedule.read"


@opens(WRITE)
def attendance(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """Everybody expected at a session, with what is recorded of each."""
    return render(request, "schedule/attendance.html", page(request, permit, session))


def page(request: HttpRequest, permit: Permit, session: int, marked: str = "") -> dict[str, Any]:
    """The page's context; `marked`: the number just marked, so that the next one has the focus."""
    place = sessions.session(permit, session)
    found, now, hidden = sheet(permit, place), moment(permit, place), _hidden(request)
    permit.note(READ, table="schedule_session", row=session, count=len(found.rows))
    focus = next_after(found, marked) if marked else ""
    return {
        **_head(permit, found, now), "rows": Rows(request, place, now, hidden).draw(
            found.rows, focus),
        "title": _("Attendance of %(group)s") % {"group": place.track_name},
        "facts": [hours(place.starts_at, place.ends_at, place.timezone), _where(place)],
        "guests_form": _guests_form(found, hidden), "shared_screen": hidden,
    }  # fmt: skip


def _head(permit: Permit, found: Sheet, now: Moment) -> dict[str, Any]:
    """How many are left and what may be done with all: changes with every mark."""
    place = found.session
    return {
        "session": place, "sheet": found, "zone": _zone(place), "today": now.today,
        "begun": now.begun, "open": now.open,
        "writes": permit.holds(*ACTS["chart.note.write"].roles, clinic=place.clinic),
    }  # fmt: skip


def _where(place: SessionFacts) -> str:
    return _("Virtual") if place.mode == "virtual" else place.room_name or _("No room yet")


def _zone(place: SessionFacts) -> ZoneInfo:
    return ZoneInfo(place.timezone)


def _guests_form(found: Sheet, hidden: bool, data: Any = None) -> GuestsForm:
    return GuestsForm(data, people=[(row.number, _called(row, hidden)) for row in found.rows
                                    if row.person])  # fmt: skip


def _called(row: SheetRow, hidden: bool) -> str:
    """What a person is called on this screen."""
    return row.number if hidden or row.person is None else row.person.name


def _hidden(request: HttpRequest) -> bool:
    """Others see this screen: record numbers, no names."""
    return bool(request.session.get("shared_screen"))


# --- one person ---


@opens(WRITE)
def person(request: HttpRequest, permit: Permit, session: int, number: str) -> HttpResponse:
    """One person: marked at once by a button, or late, leaving, excused, unable by a form."""
    record = admit(permit, number, act=READ).id
    verb = request.POST.get("verb", "")
    if verb in actions.PRESSED:
        return _pressed(request, actions.press(permit, session, record, verb), permit, number)
    place = sessions.session(permit, session)
    if request.method != "POST":
        return _person_page(request, permit, place, number, {})
    if verb not in FORMS:
        raise Http404("No such mark.")
    form = FORMS[verb](request.POST, on=place.on, timezone=place.timezone)
    if not form.is_valid():
        return _person_page(request, permit, place, number, {verb: form}, status=422)
    MARKS[verb](permit, session, record, form)
    return _marked(request, permit, session, number)


def _late(permit: Permit, session: int, record: int, form: OnTheDay) -> None:
    virtual = form.cleaned_data["virtual"] or None
    actions.arrive(permit, session, record, at=form.moment("at"), virtual=virtual)


def _leave(permit: Permit, session: int, record: int, form: OnTheDay) -> None:
    actions.leave(permit, session, record, form.moment("left"))


def _excuse(permit: Permit, session: int, record: int, form: OnTheDay) -> None:
    reason = form.cleaned_data["reason"]
    actions.mark_absent(permit, session, record, reason=reason, excused=True)


def _unable(permit: Permit, session: int, record: int, form: OnTheDay) -> None:
    typed = form.cleaned_data
    actions.mark_unable(permit, session, record, reason=typed["unable"], steps=typed["steps"])


FORMS: dict[str, type[OnTheDay]] = {
    "late": LateForm, "leave": LeaveForm, "excused": ExcuseForm, "unable": UnableForm,
}  # fmt: skip
MARKS: dict[str, Callable[[Permit, int, int, OnTheDay], None]] = {
    "late": _late, "leave": _leave, "excused": _excuse, "unable": _unable,
}  # fmt: skip


def _pressed(request: HttpRequest, book: Book, permit: Permit, number: str) -> HttpResponse:
    """For htmx only what changed: this row first, then the others, the one with the focus, and
    the head of the list; else the page at that person."""
    if not request.headers.get("HX-Request"):
        return _to_person(book.session.id, number)
    found = sheet_of(permit, book.session, book.lines, book.rows)
    now, focus = moment(permit, book.session), next_after(found, number)
    changed = [row for row in found.rows
               if row.record in book.touched or row.number in (number, focus)]  # fmt: skip
    changed.sort(key=lambda row: row.number != number)
    rows = Rows(request, book.session, now, _hidden(request)).draw(changed, focus, beside=number)
    head = {**_head(permit, found, now), "swaps": True, "csrf_token": get_token(request)}
    return HttpResponse(rows + render_to_string("schedule/attendance_head.html", head))


def _person_page(
    request: HttpRequest, permit: Permit, place: SessionFacts, number: str,
    typed: dict[str, OnTheDay], status: int = 200,
) -> HttpResponse:  # fmt: skip
    row = _row(permit, place, number)
    marked = row.marked
    offered = ["late", "excused", "unable"]
    if marked and marked.came:
        offered = ["leave", "late", "unable"]
    made = {verb: FORMS[verb](on=place.on, timezone=place.timezone) for verb in offered}
    words = {
        "late": (_("Came at another time"), _("Record the time")),
        "leave": (_("Left early"), _("Record the leaving")),
        "excused": (_("Excused"), _("Excuse the person")),
        "unable": (_("Came and could not take part"), _("Record what happened")),
    }
    return render(request, "schedule/attendance_person.html", {
        "session": place, "row": row, "line": line_of(row, _zone(place)),
        "forms": [(verb, *words[verb], typed.get(verb, form)) for verb, form in made.items()],
        "crumbs": _crumbs(place, row), "shared_screen": _hidden(request),
        "late_by": late_by(place, permit.now),
    }, status=status)  # fmt: skip


def late_by(place: SessionFacts, now: datetime) -> list[tuple[int, str]]:
    """Usual delays that have passed, as (minutes, the clinic's clock then): one press each."""
    came = [(n, place.starts_at + timedelta(minutes=n)) for n in range(5, 65, 5)]
    zone = _zone(place)
    return [(n, f"{at.astimezone(zone):%H:%M}") for n, at in came if at <= min(now, place.ends_at)]


def _row(permit: Permit, place: SessionFacts, number: str) -> SheetRow:
    rows = sheet(permit, place).rows
    row = next((row for row in rows if row.number == number), None)
    if row is None:
        raise Http404("This person is not on the list.")
    return row


def _crumbs(place: SessionFacts, row: SheetRow) -> list[dict[str, str]]:
    label = _("Attendance of %(group)s") % {"group": place.track_name}
    return [
        {"label": label, "url": reverse("schedule:attendance", args=[place.id])},
        {"label": row.number},
    ]


def _marked(request: HttpRequest, permit: Permit, session: int, number: str) -> HttpResponse:
    """The list again: as a fragment for htmx, else the page at that person."""
    if request.headers.get("HX-Request"):
        return render(request, "schedule/attendance_sheet.html",
                      page(request, permit, session, number))  # fmt: skip
    return _to_person(session, number)


def _to_person(session: int, number: str) -> HttpResponse:
    return redirect(f"{reverse('schedule:attendance', args=[session])}#person-{number}")


@opens(actions.CORRECT)
def correct(request: HttpRequest, permit: Permit, session: int, number: str) -> HttpResponse:
    """Set right what was recorded; the first record stays and stands beside it."""
    record = admit(permit, number, act=READ).id
    place = sessions.session(permit, session)
    form = CorrectForm(request.POST or None, on=place.on, timezone=place.timezone)
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct(permit, session, record, form.mark(), form.cleaned_data["why"])
        except Refused as no:
            form.add_error(CORRECT_FIELDS.get(no.field or ""), f"{no.sentence} {no.next_step}")
        else:
            messages.success(request, _("Corrected. The first record is kept."))
            return redirect("schedule:attendance", session)
    row = _row(permit, place, number)
    return render(request, "schedule/attendance_correct.html", {
        "session": place, "row": row, "form": form, "crumbs": _crumbs(place, row),
        "versions": versions(permit, session, record), "zone": _zone(place),
        "statuses": {each.value: _state_word(each) for each in Status},
        "shared_screen": _hidden(request),
    }, status=422 if form.errors else 200)  # fmt: skip


CORRECT_FIELDS = {"at": "arrived", "left": "left", "why": "why"}


def _state_word(status: Status) -> str:
    return {"present": _("Present"), "unable": _("Came and could not take part"),
            "absent": _("Absent"), "excused": _("Absent, excused")}[status.value]  # fmt: skip


# --- the whole session ---


@opens(WRITE)
@require_POST
def everyone(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """Everyone still expected is here: since the start, or as of now."""
    from_start = request.POST.get("since") != "now"
    here = actions.arrive_all(permit, session, from_start=from_start)
    if not request.headers.get("HX-Request"):
        messages.success(
            request, ngettext("Marked %(n)d person as here.", "Marked %(n)d people as here.",
                              len(here)) % {"n": len(here)}
        )  # fmt: skip
    return _marked(request, permit, session, "")


@opens(WRITE)
@require_POST
def close(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """Close attendance; whoever is left becomes absent, after a question."""
    found = sheet(permit, sessions.session(permit, session))
    if found.left and request.POST.get("confirmed") != "1":
        left = [row for row in found.rows if row.person and row.marked is None]
        return render(request, "ui/confirm.html", {
            "title": _("Close attendance?"),
            "affected": [_called(row, _hidden(request)) for row in left],
            "lines": [_("These people did not come. Each gets a follow-up task, and no note.")],
            "submit": _("Close attendance"),
            "cancel_url": reverse("schedule:attendance", args=[session]),
        })  # fmt: skip
    closed = actions.close_attendance(permit, session)
    count, text = len(closed.absent), _("Attendance is closed.")
    if count:
        opened = ngettext("%(n)d follow-up task was opened.",
                          "%(n)d follow-up tasks were opened.", count)  # fmt: skip
        text = f"{text} {opened % {'n': count}}"
    messages.success(request, text)
    return redirect("schedule:attendance", session)


@opens(WRITE)
@require_POST
def reopen(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """Open attendance again on its own day."""
    actions.reopen(permit, session)
    return redirect("schedule:attendance", session)


@opens(WRITE)
@require_POST
def guests(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """Family and guests of one person, by number."""
    form = _guests_form(
        sheet(permit, sessions.session(permit, session)), _hidden(request), request.POST
    )
    if form.is_valid():
        typed = form.cleaned_data
        try:
            actions.record_guests(
                permit, session, admit(permit, typed["number"], act=READ).id, count=typed["count"],
                forms_signed=typed["forms_signed"], consented=typed["consented"],
            )  # fmt: skip
        except Refused as no:
            form.add_error(no.field, f"{no.sentence} {no.next_step}")
        else:
            messages.success(request, _("Guests are counted."))
            return redirect("schedule:attendance", session)
    context = page(request, permit, session) | {"guests_form": form}
    return render(request, "schedule/attendance.html", context, status=422)


# --- somebody who was not expected ---


@opens(WRITE)
def add(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """Somebody of another track came to make up a session: find them in the own clinics."""
    place = sessions.session(permit, session)
    if request.method == "POST":
        record = admit(permit, request.POST.get("number", ""), act=READ).id
        actions.walk_in(permit, session, record)
        return _marked(request, permit, session, request.POST.get("number", ""))
    return _add_page(request, permit, place)


def _add_page(
    request: HttpRequest, permit: Permit, place: SessionFacts, form: ElsewhereForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    q = request.GET.get("q", "").strip()
    here = {seat.record for seat in sessions.roster(permit, place.id)} if q else set()
    found = patients.search(permit, q, FOUND) if q else []
    return render(request, "schedule/attendance_add.html", {
        "session": place, "q": q, "form": form or ElsewhereForm(),
        "title": _("Add somebody to %(group)s") % {"group": place.track_name},
        "found": [each for each in found if each.record not in here],
        "crumbs": [
            {"label": _("Attendance of %(group)s") % {"group": place.track_name},
             "url": reverse("schedule:attendance", args=[place.id])},
            {"label": _("Add somebody")},
        ],
    }, status=status)  # fmt: skip


@opens(WRITE)
@require_POST
def add_elsewhere(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """Somebody of another clinic, by full name and birth date: their record is opened here."""
    place = sessions.session(permit, session)
    form = ElsewhereForm(request.POST)
    if form.is_valid():
        try:
            record = makeups.bring(permit, clinic=place.clinic, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, f"{no.sentence} {no.next_step}")
        else:
            actions.walk_in(permit, session, record)
            return redirect("schedule:attendance", session)
    return _add_page(request, permit, place, form, status=422)
