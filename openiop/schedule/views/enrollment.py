"""Places in tracks: enroll, leave, change."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from openiop.access.door import RecordRef, admit, opens
from openiop.access.queries import staff_at
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import Person, person
from openiop.programs.queries import TrackFacts, enrollment, episodes, tracks
from openiop.programs.queries import track as track_facts
from openiop.schedule.actions.enrollment import Enrolled, begin, change_track, enroll, leave_track
from openiop.schedule.forms.enrollment import ChangeForm, EnrollForm, LeaveForm, WhoForm
from openiop.schedule.queries.help import COUNSELORS
from openiop.schedule.queries.seats import FreeTrack, seat_counts
from openiop.schedule.views.asking import show_refusal

ENROLL = "schedule.enroll"


@opens(ENROLL)
def enroll_page(request: HttpRequest, permit: Permit, track: int) -> HttpResponse:
    """Enroll the person whose record number stands in the address."""
    facts = track_facts(permit, track)
    number = request.GET.get("record", "").strip()
    if not number:
        return _who(request, facts)
    record = admit(permit, number)
    today = permit.today(facts.timezone)
    episode = episodes(permit, [record.id], today).get(record.id)
    counselors = None if episode else _counselors(permit, facts)
    form = EnrollForm(
        request.POST or None, counselors=counselors,
        initial={"start_on": max(today, facts.start_on)},
    )  # fmt: skip
    choices: tuple[Any, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            place = _enroll(permit, record, track, form, episode.id if episode else None)
        except Refused as no:
            show_refusal(permit, form, no)
            choices = no.choices
        else:
            messages.success(request, _("Enrolled on seat %(n)s.") % {"n": place.seat_number})
            return redirect("schedule:track", track)
    context = _enroll_context(permit, facts, record, choices) | {"form": form, "episode": episode}
    return render(request, "schedule/enroll.html", context, status=422 if form.errors else 200)


def _who(request: HttpRequest, facts: TrackFacts) -> HttpResponse:
    return render(request, "schedule/who.html", {
        "title": _("Enroll in %(track)s") % {"track": facts.name}, "form": WhoForm(),
    })  # fmt: skip


def _counselors(permit: Permit, facts: TrackFacts) -> list[tuple[int, str]]:
    today = permit.today(facts.timezone)
    return [(one.id, one.name) for one in staff_at(permit, facts.clinic, today, COUNSELORS)]


def _enroll(
    permit: Permit, record: RecordRef, track: int, form: EnrollForm, episode: int | None
) -> Enrolled:
    if episode is None:
        return begin(permit, record=record.id, track=track, **form.place, **form.episode)
    return enroll(permit, record=record.id, track=track, episode=episode, **form.place)


def _enroll_context(
    permit: Permit, facts: TrackFacts, record: RecordRef, choices: tuple[Any, ...]
) -> dict[str, Any]:
    who = person(permit, record.id)
    return {
        "title": _("Enroll in %(track)s") % {"track": facts.name}, "track": facts, "who": who,
        "seats": seat_counts(permit, [facts], permit.today(facts.timezone))[facts.id],
        "choices": [
            {"label": str(choice), "url": f"{reverse('schedule:enroll', args=[choice.id])}"
             f"?record={record.number}"}
            for choice in choices if isinstance(choice, FreeTrack)
        ],
        "wait_url": f"{reverse('schedule:waiting')}?record={record.number}&track={facts.id}",
    }  # fmt: skip


@opens(ENROLL)
def leave(request: HttpRequest, permit: Permit, enrollment_id: int) -> HttpResponse:
    """End a place from a day on."""
    place = enrollment(permit, enrollment_id)
    who = _known(permit, place.record)
    form = LeaveForm(request.POST or None, initial={"on": _today(permit, place.track)})
    if request.method == "POST" and form.is_valid():
        try:
            leave_track(permit, enrollment_id, **form.cleaned_data)
        except Refused as no:
            show_refusal(permit, form, no)
        else:
            messages.success(request, _("The place ends. A seat is free for the next in line."))
            return redirect("schedule:track", place.track)
    return _page(request, form, _("End the place in %(track)s") % {"track": place.track_name}, who,
                 submit=_("End the place"), track=place.track)  # fmt: skip


@opens(ENROLL)
def change(request: HttpRequest, permit: Permit, enrollment_id: int) -> HttpResponse:
    """From one track to another, without a day between."""
    place = enrollment(permit, enrollment_id)
    today = _today(permit, place.track)
    others = [(each.id, each.name) for each in tracks(permit, [place.clinic], running_on=today)
              if each.id != place.track]  # fmt: skip
    form = ChangeForm(request.POST or None, tracks=others, day=today)
    if request.method == "POST" and form.is_valid():
        try:
            seat = change_track(permit, enrollment=enrollment_id, **form.cleaned_data)
        except Refused as no:
            show_refusal(permit, form, no)
        else:
            messages.success(request, _("Changed to seat %(n)s.") % {"n": seat.seat_number})
            return redirect("schedule:track", form.cleaned_data["track"])
    who, title = _known(permit, place.record), _("From %(track)s to another track")
    return _page(request, form, title % {"track": place.track_name}, who,
                 submit=_("Change the track"), track=place.track)  # fmt: skip


def _today(permit: Permit, track: int) -> Any:
    return permit.today(track_facts(permit, track).timezone)


def _known(permit: Permit, record: int) -> Person:
    who = person(permit, record)
    permit.note(ENROLL, record=record, kind="read")
    return who


def _page(
    request: HttpRequest, form: Any, title: str, who: Person, *, submit: str, track: int
) -> HttpResponse:
    context = {
        "title": title, "form": form, "who": who, "submit": submit,
        "cancel_url": reverse("schedule:track", args=[track]),
    }  # fmt: skip
    return render(request, "schedule/place.html", context, status=422 if form.errors else 200)


urls = [
    path("desk/tracks/<int:track>/enroll/", enroll_page, name="enroll"),
    path("desk/enrollments/<int:enrollment_id>/leave/", leave, name="leave"),
    path("desk/enrollments/<int:enrollment_id>/change/", change, name="change_track"),
]
