"""Weekly hours: who lacks them, what still fits, what was decided."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import admit, opens, stream
from openiop.access.queries import current_clinic
from openiop.catalog import payers
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.actions import makeups
from openiop.schedule.actions import weeks as actions
from openiop.schedule.actions.enrollment import leave_makeup_seat
from openiop.schedule.forms.weeks import DecisionForm
from openiop.schedule.queries.openings import Fit
from openiop.schedule.queries.sessions import session as session_facts
from openiop.schedule.queries.weeks import WeekFacts, makeups_elsewhere, short_weeks, week_of
from openiop.schedule.rules.clashes import hours
from openiop.schedule.rules.weeks import Decision, WeekState
from openiop.ui.moments import day_text

READ = "schedule.read"
A_WEEK = timedelta(days=7)
COLUMNS = ("record", "track", "week_from", "week_to", "scheduled_minutes", "attended_minutes",
           "missing_minutes", "days_scheduled", "days_attended", "missing_days", "unrecorded",
           "state", "reason")  # fmt: skip


def words() -> dict[WeekState, tuple[str, str]]:
    """What a state is called here, and its tone."""
    return {
        WeekState.ON_TRACK: (_("On track"), "good"),
        WeekState.AT_RISK: (_("At risk"), "watch"),
        WeekState.SHORT: (_("Short"), "watch"),
        WeekState.DOCUMENTED: (_("Documented"), ""),
        WeekState.HELD: (_("Held for decision"), "act"),
        WeekState.DECIDED: (_("Decided"), ""),
    }


def decision_words(*, over: bool = True) -> dict[str, str]:
    """What may be decided, in words; while the week is open, only that there is a reason."""
    words = {
        Decision.DOCUMENTED.value: _("Documented: there is a reason on file"),
        Decision.RELEASED.value: _("Released: the days may be charged"),
        Decision.WITHHELD.value: _("Withheld: the days are not charged"),
        Decision.HELD.value: _("Still held: waiting for an answer"),
    }
    return words if over else {Decision.DOCUMENTED.value: words[Decision.DOCUMENTED.value]}


@opens(READ)
def short(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Weeks that lack hours or days, with what can still be booked."""
    day, clinics, everywhere = _asked(request, permit)
    found = short_weeks(permit, clinics, day)
    state = request.GET.get("state", "")
    return render(request, "schedule/weeks.html", {
        "title": _("Weekly hours"), "facts": [_("Week of %(day)s") % {"day": day_text(day)}],
        "rows": [line(week) for week in found if state in ("", week.state)],
        "states": _state_chips(request, found, state), "when": _week_chips(request, permit, day),
        "where": _where_chips(request, permit, everywhere), "day": day, "any": bool(found),
        "csv_url": f"{reverse('schedule:weeks_csv')}{_query(request)}",
        "may_book": permit.holds(*ACTS[makeups.WRITE].roles),
        "shared_screen": bool(request.session.get("shared_screen")),
    })  # fmt: skip


def _asked(request: HttpRequest, permit: Permit) -> tuple[date, Iterable[int], bool]:
    """The day, the clinics, and whether they are all of the reader's."""
    clinic = current_clinic(request, permit)
    if clinic is None:
        raise Http404("There is no clinic here for you.")
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        day = permit.today(clinic.timezone)
    everywhere = request.GET.get("where") == "all"
    return day, permit.clinics if everywhere else [clinic.id], everywhere


def line(week: WeekFacts) -> dict[str, Any]:
    """A week as a row of the list."""
    word, tone = words()[week.state]
    return {
        "week": week, "word": word, "tone": tone, "zone": ZoneInfo(week.place.timezone),
        "needed": week.marks.minutes, "needed_days": week.marks.days,
        "fits": [(fit, fit_words(fit, week)) for fit in week.fitting_makeups],
        "closed": week.over, "on": week.week.start.isoformat(),
    }  # fmt: skip


def fit_words(fit: Fit, week: WeekFacts) -> str:
    """ "Book Evening B, Thu 26 Nov, 18:00 to 21:20", with the clinic where it is another."""
    where = "" if fit.clinic == week.place.clinic else f", {fit.clinic_name}"
    virtual = f", {_('virtual')}" if fit.virtual else ""
    what = f"{fit.track_name}, {hours(fit.starts_at, fit.ends_at, fit.timezone)}{where}{virtual}"
    return _("Book %(session)s") % {"session": what}


def _query(request: HttpRequest, **changes: str | None) -> str:
    query = request.GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value:
            query[key] = value
    return f"?{query.urlencode()}" if query else "?"


def _state_chips(request: HttpRequest, found: list[WeekFacts], state: str) -> list[dict[str, Any]]:
    chips = [{"label": _("All"), "url": _query(request, state=None), "current": not state,
              "count": len(found)}]  # fmt: skip
    for each, (word, _tone) in words().items():
        count = sum(week.state == each for week in found)
        if count or state == each:
            chips.append({"label": word, "url": _query(request, state=each.value),
                          "current": state == each, "count": count})  # fmt: skip
    return chips


def _week_chips(request: HttpRequest, permit: Permit, day: date) -> list[dict[str, Any]]:
    named = [
        (_("Week before"), day - A_WEEK),
        (_("This week"), None),
        (_("Week after"), day + A_WEEK),
    ]
    return [
        {"label": label, "current": to is None and "on" not in request.GET,
         "url": _query(request, on=to.isoformat() if to else None)}
        for label, to in named
    ]  # fmt: skip


def _where_chips(request: HttpRequest, permit: Permit, everywhere: bool) -> list[dict[str, Any]]:
    if len(permit.clinics) < 2:
        return []
    return [
        {"label": _("This clinic"), "url": _query(request, where=None), "current": not everywhere},
        {"label": _("All my clinics"), "url": _query(request, where="all"), "current": everywhere},
    ]  # fmt: skip


@opens(READ)
def export(request: HttpRequest, permit: Permit) -> StreamingHttpResponse:
    """The list as a file: record numbers, no names."""
    day, clinics, _everywhere = _asked(request, permit)
    state, wanted = request.GET.get("state", ""), list(clinics)

    def rows(inner: Permit) -> Iterator[bytes]:
        yield _csv(COLUMNS)
        for week in short_weeks(inner, wanted, day, makeups=False):
            if state in ("", week.state):
                yield _csv(_cells(week))

    return stream(
        request, READ, rows, content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="weeks-{day.isoformat()}.csv"'},
    )  # fmt: skip


def _cells(week: WeekFacts) -> tuple[object, ...]:
    assert week.person
    return (
        week.person.number, week.track_name, week.week.start, week.week.last,
        week.scheduled_minutes, week.attended_minutes, week.missing_minutes, week.days_scheduled,
        week.days_attended, week.missing_days, week.totals.unrecorded, week.state.value,
        week.reason,
    )  # fmt: skip


def _csv(cells: Iterable[object]) -> bytes:
    """One line; a cell that a spreadsheet would run as a formula gets a quote before it."""
    text, out = [str(cell) for cell in cells], StringIO()
    csv.writer(out).writerow([f"'{t}" if t[:1] in ("=", "+", "-", "@") else t for t in text])
    return out.getvalue().encode()


# --- one person ---


@opens(READ)
def week(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """One person's week: its sessions, make-ups that fit, and the decision."""
    record = admit(permit, number, act=READ).id
    return _week_page(request, permit, record, _day(request.GET.get("on"), permit, request))


def _day(text: str | None, permit: Permit, request: HttpRequest) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        clinic = current_clinic(request, permit)
        return permit.today(clinic.timezone) if clinic else permit.now.date()


def _week_page(
    request: HttpRequest, permit: Permit, record: int, day: date, form: DecisionForm | None = None
) -> HttpResponse:
    found = week_of(permit, [record], day).get(record)
    if found is None or found.person is None:
        raise Http404("There is no week of this person here.")
    may_decide = permit.holds(*ACTS[actions.DECIDE].roles)
    return render(request, "schedule/weeks_person.html", {
        "found": found, **line(found), "row": line(found), "person": found.person,
        "title": _("Week of %(day)s") % {"day": day_text(found.week.start)},
        "form": (form or DecisionForm(choices=decision_words(over=found.over), initial={"on": day}))
        if may_decide and found.lacking else None,
        "may_book": permit.holds(*ACTS[makeups.WRITE].roles),
        "booked": _booked(request, found), "facts": _facts(found),
        "crumbs": [{"label": _("Weekly hours"), "url": reverse("schedule:weeks")},
                   {"label": found.person.number}],
        "shared_screen": bool(request.session.get("shared_screen")),
    }, status=422 if form else 200)  # fmt: skip


def _booked(request: HttpRequest, found: WeekFacts) -> dict[str, Any] | None:
    """The make-up just booked, in words, with the way to take it back."""
    for row in found.planned:
        one = row.session
        if request.GET.get("booked") == str(one.id) and row.makeup and found.person:
            when = hours(one.starts_at, one.ends_at, one.timezone)
            return {
                "text": _("Booked: %(group)s, %(when)s.") % {"group": one.track_name, "when": when},
                "url": reverse("schedule:leave_makeup", args=[found.person.number, one.id]),
            }
    return None


def _facts(found: WeekFacts) -> list[tuple[str, str]]:
    unrecorded = found.totals.unrecorded
    facts = [
        (_("Scheduled"), _("%(minutes)d min on %(days)d days") % {
            "minutes": found.scheduled_minutes, "days": found.days_scheduled}),
        (_("Attended"), _("%(minutes)d min on %(days)d days") % {
            "minutes": found.attended_minutes, "days": found.days_attended}),
        (_("Needed"), _("%(minutes)d min on %(days)d days") % {
            "minutes": found.marks.minutes or 0, "days": found.marks.days or 0}),
        (_("Still missing"), _("%(minutes)d min, %(days)d days") % {
            "minutes": found.missing_minutes, "days": found.missing_days}),
        (_("Payer rules"), payers().get(found.pack, found.pack)),
    ]  # fmt: skip
    if unrecorded:
        facts.append((_("Sessions without attendance"), str(unrecorded)))
    return [*facts, (_("Reason"), found.reason)] if found.reason else facts


@opens(READ)
def elsewhere(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """Sessions that fit at clinics where the reader books nothing, and whom to call."""
    record = admit(permit, number, act=READ).id
    day = _day(request.GET.get("on"), permit, request)
    found = makeups_elsewhere(permit, record, day)
    url = f"{reverse('schedule:week', args=[number])}?on={day}"
    fragment = bool(request.headers.get("HX-Request"))
    return render(request, "schedule/weeks_elsewhere.html", {
        "layout": "schedule/bare.html" if fragment else "ui/desk.html",
        "lines": [_("%(session)s: call %(clinic)s, %(phone)s.") % {
            "session": f"{fit.track_name}, {hours(fit.starts_at, fit.ends_at, fit.timezone)}",
            "clinic": fit.clinic_name, "phone": phone} for fit, phone in found],
        "title": _("Make-ups at other clinics"), "week_url": url,
        "crumbs": [{"label": _("Weekly hours"), "url": reverse("schedule:weeks")},
                   {"label": number, "url": url}, {"label": _("Other clinics")}],
    })  # fmt: skip


@opens(actions.DECIDE)
@require_POST
def decide(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """Decide on a short week, with a reason."""
    record = admit(permit, number, act=READ).id
    form = DecisionForm(request.POST, choices=decision_words())
    if form.is_valid():
        typed = form.cleaned_data
        try:
            actions.decide(permit, record=record, day=typed["on"], reason=typed["reason"],
                           decision=Decision(typed["decision"]))  # fmt: skip
        except Refused as no:
            form.add_error(no.field, f"{no.sentence} {no.next_step}")
        else:
            messages.success(request, _("The decision is kept."))
            return redirect(f"{reverse('schedule:week', args=[number])}?on={typed['on']}")
    return _week_page(request, permit, record, _day(request.POST.get("on"), permit, request), form)


@opens(makeups.WRITE)
@require_POST
def book(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """Book a make-up in one click; the answer offers to take it back."""
    record = admit(permit, number, act=READ).id
    day = _day(request.POST.get("on"), permit, request)
    wanted = request.POST.get("session", "")
    if not wanted.isdigit():
        raise Http404("No such session.")
    makeups.book(permit, record=record, session=int(wanted), for_day=day)
    return redirect(f"{reverse('schedule:week', args=[number])}?on={day}&booked={wanted}")


@opens(makeups.WRITE)
@require_POST
def leave(request: HttpRequest, permit: Permit, number: str, session: int) -> HttpResponse:
    """Give a make-up seat back."""
    record = admit(permit, number, act=READ).id
    leave_makeup_seat(permit, record=record, session=session)
    messages.success(request, _("The make-up is not booked any more."))
    on = session_facts(permit, session).on
    return redirect(f"{reverse('schedule:week', args=[number])}?on={on}")
