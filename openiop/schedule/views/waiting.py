"""The waiting lists of a clinic: who is next, what is offered, what came of it."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import admit, opens
from openiop.access.queries import current_clinic
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import people, person
from openiop.programs.queries import Waiting, episodes, tracks, waiting_at, waiting_entry
from openiop.programs.queries import track as track_facts
from openiop.schedule.actions.waiting import accept, decline, join, withdraw
from openiop.schedule.forms.enrollment import EnrollForm, JoinForm
from openiop.schedule.views.asking import person_url, show_refusal
from openiop.schedule.views.enrollment import ENROLL


@opens(ENROLL)
def waiting(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Everybody in line at the clinic, by track; and a form to join."""
    clinic = current_clinic(request, permit)
    if clinic is None:
        raise Http404("No clinic.")
    today = permit.today(clinic.timezone)
    running = [(each.id, each.name) for each in tracks(permit, [clinic.id], running_on=today)]
    given = {key: request.GET[key] for key in ("record", "track") if key in request.GET}
    form = JoinForm(request.POST or None, tracks=running, initial=given)
    if request.method == "POST" and form.is_valid() and _join(request, permit, form):
        return redirect("schedule:waiting")
    line = waiting_at(permit, [clinic.id])
    permit.note(ENROLL, kind="read", table="programs_waitingentry", count=len(line))
    context = {"title": _("Waiting lists"), "facts": [clinic.name], "form": form,
               "lines": _lines(permit, line)}  # fmt: skip
    return render(request, "schedule/waiting.html", context, status=422 if form.errors else 200)


def _join(request: HttpRequest, permit: Permit, form: JoinForm) -> bool:
    facts = form.cleaned_data
    try:
        record = admit(permit, facts["record"])
        join(permit, record=record.id, track_id=facts["track"], note=facts["note"])
    except Http404:
        form.add_error("record", _("No record of your clinics has this number."))
    except Refused as no:
        show_refusal(permit, form, no)
    else:
        messages.success(request, _("In line."))
        return True
    return False


def _lines(permit: Permit, line: list[Waiting]) -> list[dict[str, Any]]:
    known = people(permit, [each.record for each in line])
    found: list[dict[str, Any]] = []
    for _track, entries in groupby(line, key=lambda each: each.track):
        rows: list[dict[str, Any]] = [
            {"entry": each, "person": known[each.record], "url": person_url(each.number)}
            for each in entries
            if each.record in known
        ]
        if rows:
            found.append({"name": rows[0]["entry"].track_name, "rows": rows})
    return found


@opens(ENROLL)
def accepted(request: HttpRequest, permit: Permit, entry: int) -> HttpResponse:
    """The person takes the offered seat: a place from a day on."""
    line = waiting_entry(permit, entry)
    facts = track_facts(permit, line.track)
    today = permit.today(facts.timezone)
    episode = episodes(permit, [line.record], today).get(line.record)
    form = EnrollForm(request.POST or None, initial={"start_on": max(today, facts.start_on)})
    if request.method == "POST" and form.is_valid() and episode:
        try:
            place = accept(permit, entry, episode=episode.id, **form.place)
        except Refused as no:
            show_refusal(permit, form, no)
        else:
            messages.success(request, _("Enrolled on seat %(n)s.") % {"n": place.seat_number})
            return redirect("schedule:track", line.track)
    if episode is None:
        return redirect(f"{reverse('schedule:enroll', args=[line.track])}?record={line.number}")
    permit.note(ENROLL, record=line.record, kind="read")
    return render(request, "schedule/place.html", {
        "title": _("Enroll in %(track)s") % {"track": facts.name}, "form": form,
        "who": person(permit, line.record), "submit": _("Enroll"),
        "cancel_url": reverse("schedule:waiting"),
    }, status=422 if form.errors else 200)  # fmt: skip


def _passed(verb: Callable[[Permit, int], list[int]]) -> Callable[..., HttpResponseBase]:
    """A button that takes somebody out of the line, and says whether the next one has an offer."""

    @require_POST
    @opens(ENROLL)
    def view(request: HttpRequest, permit: Permit, entry: int) -> HttpResponse:
        offered = verb(permit, entry)
        said = _("Done. The seat is offered to the next in line.") if offered else _("Done.")
        messages.success(request, said)
        return redirect("schedule:waiting")

    return view


urls = [
    path("desk/waiting/", waiting, name="waiting"),
    path("desk/waiting/<int:entry>/accept/", accepted, name="accept"),
    path("desk/waiting/<int:entry>/decline/", _passed(decline), name="decline"),
    path("desk/waiting/<int:entry>/withdraw/", _passed(withdraw), name="withdraw"),
]
