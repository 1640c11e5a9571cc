"""One inquiry: taken, worked on, told."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.access.queries import current_clinic
from openiop.access.queries.staff import staff_at
from openiop.intake.actions import inquiries as act
from openiop.intake.forms.inquiries import (
    AboutForm,
    ContactForm,
    LostForm,
    NewForm,
    NextForm,
    OwnerForm,
    StageForm,
    about,
)
from openiop.intake.queries.inquiries import InquiryFacts, Twin, alike_inquiries
from openiop.intake.queries.inquiries import inquiry as inquiry_facts
from openiop.intake.queries.screening import newest_screen
from openiop.intake.rules.inquiries import OPEN
from openiop.intake.views.asking import called, is_shared, person_url, sound, took
from openiop.intake.words import CHANNELS, HEADS, OUTCOMES, STAGES, WAYS
from openiop.kernel.acts import CARE
from openiop.kernel.permits import Permit
from openiop.patients.queries import alike as alike_people
from openiop.patients.queries.languages import language_name
from openiop.ui.links import address

READ, WRITE = "intake.inquiry.read", "intake.inquiry.write"
BOARD = "intake:inquiries"
WAY: list[tuple[Any, str]] = [
    (gettext_lazy("Safety questions"), "screen"), (gettext_lazy("Benefits"), "benefits"),
    (gettext_lazy("First visit"), "visit"), (gettext_lazy("Admit"), "admit"),
]  # fmt: skip
BESIDE: list[tuple[Any, str]] = [
    (gettext_lazy("Insurance card"), "cards"), (gettext_lazy("Referrals"), "referrals"),
    (gettext_lazy("Change the facts"), "edit"),
]  # fmt: skip


# --- a new one ---------------------------------------------------------------------------------


@opens(WRITE)
def new(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Take an inquiry; whoever may be here already is shown first."""
    clinic = current_clinic(request, permit)
    form = NewForm(request.POST or None, permit=permit, here=clinic.id if clinic else 0)
    twins: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        twins = _twins(request, permit, form)
        if set(twins["keys"]) <= set(request.POST.getlist("seen")):
            made = act.open_inquiry(permit, **form.cleaned_data)
            messages.success(request, _("The inquiry is on the board."))
            return redirect("intake:inquiry", made)
    return render(request, "intake/new.html", {
        "title": _("New inquiry"), "form": form, **twins, "board_url": address(BOARD),
        "crumbs": [{"label": _("Inquiries"), "url": address(BOARD)}, {"label": _("New")}],
    }, status=422 if form.errors else 200)  # fmt: skip


@require_POST
@opens(WRITE)
def alike(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Who may be the one being typed: a fragment under the form."""
    form = NewForm(request.POST, permit=permit, here=0)
    form.is_valid()
    return render(request, "intake/alike.html", _twins(request, permit, form))


def _twins(request: HttpRequest, permit: Permit, form: forms.Form) -> dict[str, Any]:
    """Inquiries and people that may be the same, and their keys for `seen`."""
    typed, hidden = form.cleaned_data, is_shared(request)
    name, phone = typed.get("name", ""), typed.get("phone", "")
    asked: list[Twin] = alike_inquiries(
        permit, name=name, phone=phone, email=typed.get("email", "")
    )
    known: list[dict[str, Any]] = [
        {
            "found": each.found,
            "url": person_url(each.found.number),
            "name": "" if hidden else each.found.name,
        }
        for each in alike_people(
            permit, names=[name], birth_on=typed.get("birth_on"), phones=[phone]
        )
    ]
    return {
        "twins": [
            {"row": each, "stage": STAGES[each.stage], "name": "" if hidden else each.name}
            for each in asked
        ],
        "people": known,
        "keys": [
            *(f"i{each.id}" for each in asked), *(f"p{each['found'].number}" for each in known)
        ],
    }  # fmt: skip


# --- its page ----------------------------------------------------------------------------------


@opens(READ)
def inquiry(request: HttpRequest, permit: Permit, inquiry: int) -> HttpResponse:
    """One inquiry: what to do next at the left, who it is at the right, its story below."""
    found = inquiry_facts(permit, inquiry)
    timezone.activate(found.timezone)
    people = staff_at(permit, found.clinic, permit.today(found.timezone), CARE)
    name = called(request, found)
    return render(request, "intake/inquiry.html", {
        "title": name, "found": found, "is_open": found.stage in OPEN, "now": permit.now,
        "stage": STAGES[found.stage],
        "facts": [STAGES[found.stage], found.clinic_name, CHANNELS[found.channel]],
        "language": language_name(found.language), "safe": _safe(found),
        "story": [(each, _told(each.kind, each.way, each.outcome)) for each in found.steps],
        "contact": ContactForm(auto_id="contact-%s"),
        "following": NextForm(
            auto_id="next-%s", initial={"step": found.next_step, "due_at": found.next_due_at}
        ),
        "staging": StageForm(auto_id="stage-%s", initial={"stage": found.stage}),
        "owning": OwnerForm(auto_id="owner-%s", people=people, initial={"staff": found.owner}),
        "losing": LostForm(auto_id="lost-%s"), "mine": found.owner == permit.staff,
        "person_url": person_url(found.number),
        "screened": newest_screen(permit, inquiry), **_ways_on(found),
        "crumbs": [{"label": _("Inquiries"), "url": address(BOARD)}, {"label": name}],
    })  # fmt: skip


def _ways_on(found: InquiryFacts) -> dict[str, Any]:
    """The way to admission with what is done, the next of it as the button; the rest a menu."""
    done = {
        "screen": found.screened_at is not None,
        "benefits": any(each.kind == "benefits" for each in found.steps),
        "visit": found.stage in ("scheduled", "admitted"), "admit": found.stage == "admitted",
    }  # fmt: skip
    coming = next((route for _label, route in WAY if not done[route]), "admit")
    way = [
        {"label": label, "url": reverse(f"intake:{route}", args=[found.id]),
         "state": "done" if done[route] else "current" if route == coming else "todo"}
        for label, route in WAY
    ]  # fmt: skip
    return {
        "way": way,
        "primary": next((e for e in way if e["state"] == "current"), None)
        if found.stage in OPEN else None,
        "secondary": [
            {"label": label, "url": reverse(f"intake:{route}", args=[found.id])}
            for label, route in BESIDE
        ],
    }  # fmt: skip


def _safe(found: InquiryFacts) -> list[str]:
    """What is safe, in words; nothing is unless they said so."""
    said = [
        (found.safe_to_call, _("Call")), (found.safe_to_leave_message, _("Leave a message")),
        (found.safe_to_text, _("Text")), (found.safe_to_email, _("E-mail")),
    ]  # fmt: skip
    return [word for safe, word in said if safe]


def _told(kind: str, way: str, outcome: str) -> str:
    """The head of a line in the story."""
    if kind == "contact":
        return f"{WAYS[way]}: {OUTCOMES[outcome]}"
    return str(HEADS.get(kind, kind))


@opens(WRITE)
def edit(request: HttpRequest, permit: Permit, inquiry: int) -> HttpResponse:
    """Change what is known about who asked."""
    found = inquiry_facts(permit, inquiry)
    form = AboutForm(request.POST or None, permit=permit, initial=about(found))
    if form.is_valid() and took(
        permit, form, lambda: act.change_inquiry(permit, inquiry, **form.cleaned_data)
    ):
        messages.success(request, _("Changed."))
        return redirect("intake:inquiry", inquiry)
    url = reverse("intake:inquiry", args=[inquiry])
    return render(request, "intake/form.html", {
        "title": _("Change the facts"), "form": form, "submit": _("Save"), "cancel_url": url,
        "crumbs": [{"label": _("Inquiries"), "url": address(BOARD)},
                   {"label": called(request, found), "url": url}, {"label": _("Facts")}],
    }, status=422 if form.errors else 200)  # fmt: skip


@require_POST
@opens(WRITE)
def work(request: HttpRequest, permit: Permit, inquiry: int) -> HttpResponse:
    """One button of an inquiry's page."""
    found = inquiry_facts(permit, inquiry)
    timezone.activate(found.timezone)
    verb = next((verb for name, verb in VERBS.items() if name in request.POST), None)
    if verb is None:
        raise Http404("No such button.")
    verb(request, permit, found)
    return redirect("intake:inquiry", inquiry)


@require_POST
@opens(WRITE)
def undo(request: HttpRequest, permit: Permit, inquiry: int, step: int) -> HttpResponse:
    """Take the newest change back."""
    act.undo_step(permit, inquiry, step)
    messages.success(request, _("It is as it was before."))
    return redirect("intake:inquiry", inquiry)


def _contact(request: HttpRequest, permit: Permit, found: InquiryFacts) -> None:
    act.note_contact(permit, found.id, **sound(ContactForm(request.POST)))
    messages.success(request, _("It is in the story."))


def _plan(request: HttpRequest, permit: Permit, found: InquiryFacts) -> None:
    facts = sound(NextForm(request.POST))
    act.plan_next(permit, found.id, facts["step"], facts["due_at"])
    messages.success(request, _("The next step is planned."))


def _move(request: HttpRequest, permit: Permit, found: InquiryFacts) -> None:
    stage = sound(StageForm(request.POST))["stage"]
    act.move_inquiry(permit, found.id, stage)
    messages.success(request, _("Now at “%(stage)s”.") % {"stage": STAGES[stage]})


def _take(request: HttpRequest, permit: Permit, found: InquiryFacts) -> None:
    act.assign_inquiry(permit, found.id, permit.staff)
    messages.success(request, _("It is yours."))


def _give(request: HttpRequest, permit: Permit, found: InquiryFacts) -> None:
    people = staff_at(permit, found.clinic, permit.today(found.timezone), CARE)
    act.assign_inquiry(permit, found.id, sound(OwnerForm(request.POST, people=people))["staff"])
    messages.success(request, _("It is given on."))


def _lose(request: HttpRequest, permit: Permit, found: InquiryFacts) -> None:
    act.lose_inquiry(permit, found.id, **sound(LostForm(request.POST)))
    messages.success(request, _("Closed, with its reason. Everything stays."))


def _reopen(request: HttpRequest, permit: Permit, found: InquiryFacts) -> None:
    act.reopen_inquiry(permit, found.id)
    messages.success(request, _("The inquiry is open again."))


VERBS: dict[str, Callable[[HttpRequest, Permit, InquiryFacts], None]] = {
    "contact": _contact, "plan": _plan, "move": _move, "take": _take, "give": _give,
    "lose": _lose, "reopen": _reopen,
}  # fmt: skip
