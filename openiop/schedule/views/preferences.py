"""What somebody takes up one to one instead of in a group, and hours they cannot come: cards of
their page of one-to-ones, and what is posted there."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import admit, opens
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import person
from openiop.schedule.actions import commitments, optouts
from openiop.schedule.actions.moving import WRITE
from openiop.schedule.forms.one_to_ones import WEEKDAYS
from openiop.schedule.forms.preferences import KINDS, CommitmentForm, OptOutForm
from openiop.schedule.queries.commitments import Busy, commitments_of, today_of
from openiop.schedule.queries.needs import need_words, needs_of
from openiop.schedule.queries.optouts import opt_outs_of
from openiop.schedule.views.asking import show_refusal
from openiop.ui.links import link_to


def wants(permit: Permit, number: str, record: int) -> dict[str, Any]:
    """What the cards show; five statements."""
    today = today_of(permit, record)
    return {
        "opt_outs": opt_outs_of(permit, record),
        "busy": [_row(each) for each in commitments_of(permit, record, today)],
        "topic_form": OptOutForm(),
        "hours_form": CommitmentForm(initial={"from_on": today}),
        "needs": {
            "rows": [(each, need_words(each)) for each in needs_of(permit, record, permit.now)],
            "url": reverse("schedule:needs", args=[number]),
        },
    }


def _row(each: Busy) -> dict[str, Any]:
    days = dict(WEEKDAYS)
    return {
        "id": each.id, "kind": dict(KINDS).get(each.kind, each.kind),
        "days": ", ".join(str(days[day]) for day in each.weekdays),
        "starts": each.starts, "ends": each.ends, "from_on": each.from_on,
        "last_on": each.last_on,
    }  # fmt: skip


def _again(
    request: HttpRequest, permit: Permit, number: str, record: int, **typed: forms.Form
) -> HttpResponse:
    """The cards alone, with what was typed and why it was not kept."""
    return render(request, "schedule/preferences.html", {
        "title": _("Topics and hours"), "number": number, "person": person(permit, record),
        **wants(permit, number, record), **typed,
        "crumbs": [
            {"label": number, "url": link_to("desk:patient")(number)},
            {"label": _("One-to-ones"), "url": reverse("schedule:one_to_ones", args=[number])},
            {"label": _("Topics and hours")},
        ],
    }, status=422)  # fmt: skip


def _back(number: str, part: str) -> HttpResponse:
    return redirect(f"{reverse('schedule:one_to_ones', args=[number])}#{part}")


@opens(WRITE)
@require_POST
def opt_out(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """A topic is taken up one to one from now on."""
    record = admit(permit, number, act="schedule.read").id
    form = OptOutForm(request.POST)
    if form.is_valid():
        try:
            curriculum, topic = form.cleaned_data["topic"]
            optouts.opt_out(permit, record, curriculum, topic, form.cleaned_data["reason"])
        except Refused as no:
            show_refusal(permit, form, no)
        else:
            messages.success(request, _("Groups keep this topic from them. Find a time for it."))
            return _back(number, "topics")
    return _again(request, permit, number, record, topic_form=form)


@opens(WRITE)
@require_POST
def end_opt_out(request: HttpRequest, permit: Permit, number: str, topic: int) -> HttpResponse:
    """Groups may take it up again."""
    record = admit(permit, number, act="schedule.read").id
    optouts.end_opt_out(permit, record, topic)
    messages.success(request, _("Groups may take the topic up again."))
    return _back(number, "topics")


@opens(WRITE)
@require_POST
def add_hours(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """Hours somebody cannot come."""
    record = admit(permit, number, act="schedule.read").id
    form = CommitmentForm(request.POST)
    if form.is_valid():
        try:
            commitments.add_commitment(permit, record, **form.cleaned_data)
        except Refused as no:
            show_refusal(permit, form, no)
        else:
            messages.success(request, _("Kept. Free times are looked for around it."))
            return _back(number, "hours")
    return _again(request, permit, number, record, hours_form=form)


@opens(WRITE)
@require_POST
def end_hours(request: HttpRequest, permit: Permit, number: str, hours: int) -> HttpResponse:
    """They can come then again, from today on."""
    record = admit(permit, number, act="schedule.read").id
    commitments.end_commitment(permit, record, hours)
    messages.success(request, _("They can come then again."))
    return _back(number, "hours")


PERSON = "desk/patients/<slug:number>/one-to-ones/"
urls = [
    path(PERSON + "topics/", opt_out, name="opt_out"),
    path(PERSON + "topics/<int:topic>/end/", end_opt_out, name="end_opt_out"),
    path(PERSON + "hours/", add_hours, name="add_commitment"),
    path(PERSON + "hours/<int:hours>/end/", end_hours, name="end_commitment"),
]
