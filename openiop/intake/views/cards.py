"""Pictures of insurance cards, shown only behind the door."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.intake.actions.cards import keep_card, remove_card
from openiop.intake.forms.cards import SIDES, CardForm
from openiop.intake.queries.cards import card_picture, cards_of
from openiop.intake.queries.inquiries import inquiry as inquiry_facts
from openiop.intake.views.asking import called, took
from openiop.kernel.permits import Permit

READ, WRITE = "intake.inquiry.read", "intake.inquiry.write"


@opens(WRITE)
def cards(request: HttpRequest, permit: Permit, inquiry: int) -> HttpResponse:
    """The pictures, and a form for another."""
    found = inquiry_facts(permit, inquiry)
    timezone.activate(found.timezone)
    posted = request.method == "POST"
    form = CardForm(request.POST if posted else None, request.FILES if posted else None)
    if form.is_valid() and took(
        permit,
        form,
        lambda: keep_card(
            permit, inquiry, side=form.cleaned_data["side"], data=form.cleaned_data["photo"]
        ),
    ):
        messages.success(request, _("The picture is kept, encrypted."))
        return redirect("intake:cards", inquiry)
    kept = cards_of(permit, inquiry)
    url = reverse("intake:inquiry", args=[inquiry])
    return render(request, "intake/cards.html", {
        "title": _("Insurance card"), "form": form, "found": found,
        "shown": [(each, SIDES[each.side]) for each in kept if not each.removed_at],
        "removed": [(each, SIDES[each.side]) for each in kept if each.removed_at],
        "crumbs": [{"label": _("Inquiries"), "url": reverse("intake:inquiries")},
                   {"label": called(request, found), "url": url}, {"label": _("Insurance card")}],
    }, status=422 if form.errors else 200)  # fmt: skip


@opens(READ)
def picture(request: HttpRequest, permit: Permit, inquiry: int, card: int) -> HttpResponse:
    """One picture; no browser and no proxy keeps it."""
    return HttpResponse(
        card_picture(permit, inquiry, card), content_type="image/jpeg",
        headers={"Cache-Control": "private, no-store", "Content-Disposition": "inline"},
    )  # fmt: skip


@require_POST
@opens(WRITE)
def change(request: HttpRequest, permit: Permit, inquiry: int, card: int) -> HttpResponse:
    """Take a picture out of sight, or bring it back."""
    remove_card(permit, inquiry, card, undo="back" in request.POST)
    messages.success(request, _("Changed."))
    return redirect("intake:cards", inquiry)
