"""What people need to take part: the page of one person, and who provides it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import admit, opens
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import Person, person
from openiop.patients.queries.languages import SIGN, language_name
from openiop.schedule.actions import needs as verbs
from openiop.schedule.forms.needs import ProviderForm, WantForm
from openiop.schedule.queries.appointments import appointments_of
from openiop.schedule.queries.needs import (
    KINDS,
    NeedFacts,
    ProviderFacts,
    fitting,
    need_words,
    needs_of,
    provider,
    providers,
)
from openiop.schedule.queries.planned import plans
from openiop.schedule.views.asking import show_refusal
from openiop.ui.links import link_to

AHEAD = timedelta(days=15)
FAMILY = "family"


@opens(verbs.WRITE)
def needs(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """What one person needs for what is to come, and a form to note more."""
    record = admit(permit, number, act="schedule.read").id
    who = person(permit, record)
    form = _want_form(request, permit, who)
    if request.method == "POST" and form.is_valid():
        try:
            _want(permit, record, form.cleaned_data)
        except Refused as no:
            show_refusal(permit, form, no)
        else:
            messages.success(request, _("It is noted."))
            return redirect("schedule:needs", number)
    return _page(request, permit, who, form)


def _want(permit: Permit, record: int, typed: dict[str, Any]) -> None:
    what, _colon, which = typed["what"].partition(":")
    chosen = {what: int(which)}  # one of the form's own choices
    verbs.want(permit, record, typed["kind"], language=typed["language"], **chosen)


def _want_form(request: HttpRequest, permit: Permit, who: Person) -> WantForm:
    usual = "asl" if who.interpreter == SIGN else "spoken" if who.interpreter else "ride"
    return WantForm(
        request.POST if "what" in request.POST else None, what=_coming(permit, who.record),
        initial={"kind": usual, "language": who.interpreter},
    )  # fmt: skip


def _coming(permit: Permit, record: int) -> Iterable[tuple[str, Any]]:
    """Visits and groups of the next two weeks, as choices."""
    until, today = permit.now + AHEAD, permit.now.date()
    visits = appointments_of(permit, record, permit.now, until)
    plan = plans(permit, today - timedelta(days=1), until.date(), records=[record])
    found = plan.by_record.get(record)
    groups = [each.session for each in found.sessions] if found else []
    rows = [
        (each.starts_at, f"appointment:{each.id}", each.kind_name)
        for each in visits if not each.cancelled_at and each.clinic in permit.clinics
    ] + [
        (each.starts_at, f"session:{each.id}", each.track_name)
        for each in groups
        if each.held and each.ends_at > permit.now and each.clinic in permit.clinics
    ]  # fmt: skip
    return [
        (value, f"{date_format(localtime(at), 'D j M, H:i')} {name}")
        for at, value, name in sorted(rows)
    ]


def _page(
    request: HttpRequest, permit: Permit, who: Person, form: WantForm, error: str = ""
) -> HttpResponse:
    found = needs_of(permit, who.record, permit.now)
    fit = fitting(permit, [each for each in found if each.state == "wanted"])
    return render(request, "schedule/needs.html", {
        "title": _("What they need"), "person": who, "number": who.number, "form": form,
        "error": error, "family": FAMILY,
        "rows": [_row(each, fit.get(each.id, [])) for each in found],
        "crumbs": [
            {"label": who.number, "url": link_to("desk:patient")(who.number)},
            {"label": _("One-to-ones"), "url": reverse("schedule:one_to_ones", args=[who.number])},
            {"label": _("What they need")},
        ],
    }, status=422 if error or form.errors else 200)  # fmt: skip


def _row(each: NeedFacts, free: list[ProviderFacts]) -> dict[str, Any]:
    return {"need": each, "words": need_words(each), "free": free,
            "interprets": each.kind in ("spoken", "asl")}  # fmt: skip


@opens(verbs.WRITE)
@require_POST
def book(request: HttpRequest, permit: Permit, number: str, need: int) -> HttpResponse:
    """Book it with the chosen provider."""
    record = admit(permit, number, act="schedule.read").id
    chosen = request.POST.get("provider", "")
    if not chosen.isdigit() and chosen != FAMILY:
        raise Http404("No such provider.")
    try:
        verbs.book_need(
            permit, record, need, int(chosen) if chosen.isdigit() else None,
            request.POST.get("reference", "")[:60],
        )  # fmt: skip
    except Refused as no:
        who = person(permit, record)
        error = f"{no.sentence} {no.next_step}".strip()
        return _page(request, permit, who, _want_form(request, permit, who), error)
    messages.success(request, _("It is booked."))
    return redirect("schedule:needs", number)


@opens(verbs.WRITE)
@require_POST
def cancel(request: HttpRequest, permit: Permit, number: str, need: int) -> HttpResponse:
    """It is not needed any more."""
    record = admit(permit, number, act="schedule.read").id
    verbs.cancel_need(permit, record, need)
    messages.success(request, _("It is called off here. Tell whoever was booked."))
    return redirect("schedule:needs", number)


# --- who provides ---


@opens(verbs.CHANGE)
def all_providers(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Interpreters, rides and childcare places, with a form for a new one."""
    form = ProviderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.add_provider(permit, **form.cleaned_data)
        except Refused as no:
            show_refusal(permit, form, no)
        else:
            messages.success(request, _("They can be booked now."))
            return redirect("schedule:providers")
    return render(request, "schedule/providers.html", {
        "title": _("Interpreters, rides and childcare"), "form": form,
        "rows": [
            {"facts": each, "kinds": ", ".join(str(name) for key, name in KINDS
                                               if key in each.kinds),
             "languages": ", ".join(sorted(map(language_name, each.languages)))}
            for each in providers(permit, retired=True)
        ],
    }, status=422 if form.errors else 200)  # fmt: skip


@opens(verbs.CHANGE)
@require_POST
def retire(request: HttpRequest, permit: Permit, provider_id: int) -> HttpResponse:
    """Out of use, or back."""
    verbs.retire_provider(permit, provider_id, back=provider(permit, provider_id).retired)
    return redirect("schedule:providers")


PERSON = "desk/patients/<slug:number>/needs/"
urls = [
    path(PERSON, needs, name="needs"),
    path(PERSON + "<int:need>/book/", book, name="book_need"),
    path(PERSON + "<int:need>/cancel/", cancel, name="cancel_need"),
    path("desk/providers/", all_providers, name="providers"),
    path("desk/providers/<int:provider_id>/retire/", retire, name="retire_provider"),
]
