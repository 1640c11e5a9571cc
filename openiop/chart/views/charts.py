"""The individual chart and one note of it, with what was added later."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from openiop.access.door import RecordRef, admit, opens
from openiop.chart import actions
from openiop.chart.forms import AddForm, StrikeForm
from openiop.chart.queries import ChartNote, note, notes_of
from openiop.chart.views.looks import card_of
from openiop.kernel.acts import ACTS
from openiop.kernel.days import age_on
from openiop.kernel.permits import NotPermitted, Permit, Refused
from openiop.patients.queries import Person, person
from openiop.ui.moments import day_text

READ, AMEND = "chart.note.read", "chart.note.amend"
KINDS = [
    ("", gettext_lazy("All notes")), ("group", gettext_lazy("Group notes")),
    ("outreach", gettext_lazy("Outreach")), ("closing", gettext_lazy("Closing statements")),
    ("unsigned_draft", gettext_lazy("Unsigned drafts")),
]  # fmt: skip


@require_GET
@opens(READ)
def chart(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """One person's notes, newest first, 50 a page."""
    return _chart(request, permit, number, "chart/chart.html")


@require_GET
@opens(READ)
def printed(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """The same page of notes for paper; what is not signed is left out."""
    return _chart(request, permit, number, "chart/print.html")


@require_GET
@opens(READ)
def one(request: HttpRequest, permit: Permit, number: str, note_id: int) -> HttpResponse:
    """One note with everything added to it."""
    record = admit(permit, number)
    return _note(request, permit, record, note(permit, record.id, note_id))


@require_POST
@opens(AMEND)
def add(request: HttpRequest, permit: Permit, number: str, note_id: int) -> HttpResponse:
    """Add an addendum or a late entry."""
    record, form = admit(permit, number), AddForm(request.POST)
    shown = note(permit, record.id, note_id)

    def do(kind: str, text: str, reason: str) -> None:
        write = actions.late_entry if kind == "late_entry" else actions.add_addendum
        write(permit, note_id, text=text, reason=reason)

    if _did(form, do):
        messages.success(request, _("Added under today's date."))
        return redirect("chart:note", number, note_id)
    return _note(request, permit, record, shown, add=form, status=422)


@require_POST
@opens(AMEND)
def strike(request: HttpRequest, permit: Permit, number: str, note_id: int) -> HttpResponse:
    """Strike a note; its text stays, unless it was about somebody else."""
    record, form = admit(permit, number), StrikeForm(request.POST)
    shown = note(permit, record.id, note_id)

    def do(reason: str, wrong_person: bool, belongs_to: str) -> None:
        other = admit(permit, belongs_to).id if belongs_to else None
        actions.strike(
            permit, note_id, reason=reason, belongs_to=other,
            wrong_person=wrong_person or other is not None,
        )  # fmt: skip

    if _did(form, do):
        messages.success(request, _("Struck. Both trails stay in the chart."))
        return redirect("chart:note", number, note_id)
    return _note(request, permit, record, shown, strike=form, status=422)


def _did(form: forms.Form, do: Callable[..., None]) -> bool:
    """Do it with the form's values; a refusal stands at its field."""
    if not form.is_valid():
        return False
    try:
        do(**form.cleaned_data)
    except NotPermitted:
        raise
    except Refused as no:
        field = no.field if no.field in form.fields else None
        form.add_error(field, f"{no.sentence} {no.next_step}".strip())
        return False
    return True


def _chart(request: HttpRequest, permit: Permit, number: str, template: str) -> HttpResponse:
    record = admit(permit, number)
    who = person(permit, record.id)
    kind = request.GET.get("kind", "")
    kind = kind if kind in dict(KINDS) else ""
    found = notes_of(permit, record.id, kind=kind, page=request.GET.get("page", 1))
    url = reverse("chart:chart", args=[number])
    chips = [
        {"label": label, "current": value == kind, "url": f"{url}?kind={value}" if value else url}
        for value, label in KINDS
    ]
    return render(request, template, {
        "person": _header(permit, who), "number": number, "chips": chips, "page": found.page,
        "cards": [card_of(each) for each in found.notes], "kind": kind, "back_url": url,
        "title": _("Chart of %(name)s") % {"name": who.name}, "printed_at": permit.now,
        "crumbs": [{"label": who.name, "url": "../"}, {"label": _("Chart")}],
    })  # fmt: skip


def _note(
    request: HttpRequest, permit: Permit, record: RecordRef, shown: ChartNote, *,
    add: AddForm | None = None, strike: StrikeForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    who = person(permit, record.id)
    here = shown.clinic in permit.clinics  # of another clinic's notes only the words are to be had
    amends = here and permit.holds(*ACTS[AMEND].roles) and shown.signed_at is not None
    return render(request, "chart/note.html", {
        "person": _header(permit, who), "card": card_of(shown), "note": shown,
        "crumbs": [{"label": who.name, "url": "../../"}, {"label": _("Chart"), "url": "../"},
                   {"label": day_text(shown.service_on)}],
        "number": record.number, "open_add": bool(add), "open_strike": bool(strike),
        "add_form": (add or AddForm(auto_id="add_%s")) if amends else None,
        "strike_form": (strike or StrikeForm(auto_id="strike_%s"))
        if amends and not shown.struck else None,
        "writes": shown.in_progress and shown.author == permit.staff and shown.session,
    }, status=status)  # fmt: skip


def _header(permit: Permit, who: Person) -> dict[str, Any]:
    today = permit.today(permit.timezone)
    return {
        "name": who.name, "pronouns": who.pronouns, "record": who.number,
        "age": age_on(who.birth_on, today) if who.birth_on else None,
    }  # fmt: skip
