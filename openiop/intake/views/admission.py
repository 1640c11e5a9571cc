"""Admission on one page: who it is, what is missing, where they begin."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from openiop.access.door import admit as open_record
from openiop.access.door import opens
from openiop.intake.actions.admission import (
    MAY_WAIVE,
    admit_person,
    link_person,
    register_person,
)
from openiop.intake.forms.admission import AdmitForm, PersonForm
from openiop.intake.queries.admission import Paper, admission_of, counselors, readiness
from openiop.intake.queries.authorization import authorization
from openiop.intake.queries.inquiries import InquiryFacts
from openiop.intake.queries.inquiries import inquiry as inquiry_facts
from openiop.intake.rules.admission import missing
from openiop.intake.views.asking import called, person_url, took
from openiop.intake.words import AUTHORIZATION, MISSING
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import Alike
from openiop.schedule.actions.enrollment import Enrolled
from openiop.schedule.queries.seats import free_tracks
from openiop.schedule.queries.sessions import session
from openiop.ui.moments import when_text

ADMIT = "intake.admit"


@opens(ADMIT)
def admit(request: HttpRequest, permit: Permit, inquiry: int) -> HttpResponse:
    """Without a record first who it is; then the checklist and the place."""
    found = inquiry_facts(permit, inquiry)
    timezone.activate(found.timezone)
    if found.closed_at:
        return _done(request, permit, found)
    return (_place if found.record else _person)(request, permit, found)


def _done(request: HttpRequest, permit: Permit, found: InquiryFacts) -> HttpResponse:
    done, now = admission_of(permit, found.id), ""
    if done:
        held = authorization(permit, found.id, permit.today(found.timezone))
        now = str(AUTHORIZATION[held.shown])
    more = {"done": done, "authorization": now}
    return _page(request, found, "intake/admitted.html", more)


def _page(
    request: HttpRequest, found: InquiryFacts, template: str, more: dict[str, Any], *,
    wrong: bool = False,
) -> HttpResponse:  # fmt: skip
    url, name = reverse("intake:inquiry", args=[found.id]), called(request, found)
    context = {
        "title": _("Admission"), "found": found, "facts": [name, found.clinic_name],
        "cancel_url": url, "called": name, "person_url": person_url(found.number),
        "crumbs": [{"label": _("Inquiries"), "url": reverse("intake:inquiries")},
                   {"label": name, "url": url}, {"label": _("Admission")}],
    }  # fmt: skip
    return render(request, template, context | more, status=422 if wrong else 200)


# --- who it is ---------------------------------------------------------------------------------


def _person(request: HttpRequest, permit: Permit, found: InquiryFacts) -> HttpResponse:
    first, _space, last = found.name.rpartition(" ")
    form = PersonForm(
        request.POST or None,
        initial={"legal_first": first, "legal_last": last, "birth_on": found.birth_on},
    )
    asked: tuple[Any, ...] = ()
    if form.is_valid():
        try:
            _registered(request, permit, found, form)
        except Refused as no:
            if no.code != "same_person":
                raise
            asked = no.choices
        else:
            if not form.errors:
                return redirect("intake:admit", found.id)
    same = [_same(each) for each in asked]
    return _page(request, found, "intake/admit_person.html", {
        "form": form, "same": same,
        "seen": [*request.POST.getlist("seen"), *(each["number"] for each in same)],
    }, wrong=bool(form.errors))  # fmt: skip


def _registered(
    request: HttpRequest, permit: Permit, found: InquiryFacts, form: forms.Form
) -> None:
    said = dict(form.cleaned_data)
    number = said.pop("number")
    if not number:
        number = register_person(permit, found.id, seen=request.POST.getlist("seen"), **said)
    else:
        try:
            record = open_record(permit, number)
        except Http404:
            form.add_error("number", _("There is no record %(n)s here.") % {"n": number})
            return
        link_person(permit, found.id, record.id, record.number)
    messages.success(request, _("Record %(n)s.") % {"n": number})


def _same(choice: Any) -> dict[str, str]:
    """Somebody who may be the same person: here with a name, elsewhere only with a clinic."""
    if isinstance(choice, Alike):
        who = choice.found
        return {"number": who.number, "name": who.name, "url": person_url(who.number)}
    return {"number": choice.number, "name": choice.clinic, "url": ""}


# --- where they begin --------------------------------------------------------------------------


def _place(request: HttpRequest, permit: Permit, found: InquiryFacts) -> HttpResponse:
    facts, newest = readiness(permit, found, Paper())
    people, next_one = counselors(permit, found.clinic, facts.today)
    may = permit.holds(*MAY_WAIVE, clinic=found.clinic)
    form = AdmitForm(
        request.POST or None, people=people, today=facts.today,
        tracks=free_tracks(permit, found.clinic, found.record or 0, facts.today),
        waivable=[each for each in missing(facts) if each.waivable] if may else [],
        initial={"start_on": facts.today, "counselor": next_one},
    )  # fmt: skip
    seats: list[Enrolled] = []
    if form.is_valid() and took(
        permit, form,
        lambda: seats.append(
            admit_person(permit, found.id, form.place, form.paper, form.waivers)
        ),
    ):  # fmt: skip
        messages.success(request, _welcome(permit, seats[0]))
        return redirect(person_url(found.number) or reverse("intake:inquiry", args=[found.id]))
    if form.is_bound:
        facts, newest = readiness(permit, found, form.paper)
    return _page(request, found, "intake/admit.html", {
        "form": form, "newest": newest, "may_waive": may,
        "missing": [(MISSING[each.key], each.waivable) for each in missing(facts)],
        "waivers": [(form[f"reason_{key}"], form[f"due_{key}"]) for key in form.waivable],
    }, wrong=bool(form.errors))  # fmt: skip


def _welcome(permit: Permit, seat: Enrolled) -> str:
    if seat.first_session is None:
        return _("Admitted, on seat %(n)s.") % {"n": seat.seat_number}
    first = when_text(session(permit, seat.first_session).starts_at)
    return _("Admitted, on seat %(n)s; the first session is %(when)s.") % {
        "n": seat.seat_number, "when": first,
    }  # fmt: skip
