"""Sending somebody on, what came of it, and word to whoever sent them to us."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.intake.actions.referrals import refer_out, tell_outcome, tell_referrer
from openiop.intake.forms.referrals import OutcomeForm, ReferForm, ToldForm
from openiop.intake.queries.inquiries import InquiryFacts
from openiop.intake.queries.inquiries import inquiry as inquiry_facts
from openiop.intake.queries.referrals import ReferralRow, referrals_of
from openiop.intake.rules.inquiries import OPEN
from openiop.intake.views.asking import called, sound, took
from openiop.intake.words import REFERRAL_OUTCOMES, REFERRAL_WAYS
from openiop.kernel.permits import Permit

WRITE = "intake.inquiry.write"


@opens(WRITE)
def referrals(request: HttpRequest, permit: Permit, inquiry: int) -> HttpResponse:
    """Referrals with their outcomes, a form for another, and word back to the referrer."""
    found = inquiry_facts(permit, inquiry)
    timezone.activate(found.timezone)
    refer = ReferForm(request.POST if "refer" in request.POST else None, permit=permit)
    told = ToldForm(request.POST if "told" in request.POST else None, auto_id="told-%s")
    if _done(permit, inquiry, refer, told):
        messages.success(request, _("It is in the story."))
        return redirect("intake:referrals", inquiry)
    url = reverse("intake:inquiry", args=[inquiry])
    return render(request, "intake/referrals.html", {
        "title": _("Referrals"), "found": found, "refer": refer, "told": told,
        "is_open": found.stage in OPEN, **_history(permit, found),
        "crumbs": [{"label": _("Inquiries"), "url": reverse("intake:inquiries")},
                   {"label": called(request, found), "url": url}, {"label": _("Referrals")}],
    }, status=422 if refer.errors or told.errors else 200)  # fmt: skip


def _done(permit: Permit, inquiry: int, refer: ReferForm, told: ToldForm) -> bool:
    if refer.is_bound and refer.is_valid():
        facts = refer.cleaned_data
        return took(permit, refer, lambda: refer_out(permit, inquiry, **facts))
    if told.is_bound and told.is_valid():
        said = told.cleaned_data
        return took(permit, told, lambda: tell_referrer(permit, inquiry, **said))
    return False


def _history(permit: Permit, found: InquiryFacts) -> dict[str, Any]:
    rows = referrals_of(permit, found.id)
    return {
        "rows": [_row(each, permit) for each in rows],
        "words_back": [each for each in found.steps if each.kind == "told"],
    }


def _row(each: ReferralRow, permit: Permit) -> dict[str, Any]:
    return {
        "row": each, "way": REFERRAL_WAYS[each.way],
        "outcome": REFERRAL_OUTCOMES.get(each.outcome, ""),
        "late": not each.outcome and each.follow_up_at < permit.now,
        "form": OutcomeForm(auto_id=f"outcome-{each.id}-%s"),
    }  # fmt: skip


@require_POST
@opens(WRITE)
def outcome(request: HttpRequest, permit: Permit, inquiry: int, referral: int) -> HttpResponse:
    """What came of a referral."""
    tell_outcome(permit, inquiry, referral, **sound(OutcomeForm(request.POST)))
    messages.success(request, _("It is in the story."))
    return redirect("intake:referrals", inquiry)
