"""Sending somebody on, and what came of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.intake.forms.inquiries import choose, line, number, tick
from openiop.intake.queries.partners import partners
from openiop.intake.words import REFERRAL_OUTCOMES, REFERRAL_WAYS
from openiop.kernel.permits import Permit
from openiop.ui.forms import DeskForm


def signed() -> forms.DateField:
    return forms.DateField(
        label=_("Consent to tell them, signed on"), required=False,
        help_text=_("Not needed where the person calls or goes themselves."),
    )  # fmt: skip


class ReferForm(DeskForm):
    partner = number(_("To"), required=True)
    reason = line(_("Why"), 500, required=True)
    way = forms.ChoiceField(label=_("How"), choices=list(REFERRAL_WAYS.items()))
    consent_on = signed()
    follow_up_at = forms.DateTimeField(
        label=_("Ask what came of it"), required=False,
        help_text=_("After two days, if nothing is chosen."),
    )  # fmt: skip
    closes = tick(_("The inquiry rests until then"))

    def __init__(self, *args: Any, permit: Permit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taking = [(each.id, each.name) for each in partners(permit, taking=True)]
        choose(self, "partner", [("", _("Choose one")), *taking])
        self.fields["closes"].initial = True


class OutcomeForm(DeskForm):
    outcome = forms.ChoiceField(
        label=_("What came of it"), choices=[("", _("Choose one")), *REFERRAL_OUTCOMES.items()]
    )
    text = line(_("In a few words"), 500)


class ToldForm(DeskForm):
    text = line(_("What they are told"), 500, required=True)
    way = forms.ChoiceField(
        label=_("How"), choices=[(key, REFERRAL_WAYS[key]) for key in ("call", "send", "together")]
    )
    consent_on = signed()
