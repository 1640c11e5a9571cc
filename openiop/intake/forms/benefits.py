"""What a payer answers, on the phone or by a file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.intake.forms.inquiries import line
from openiop.ui.forms import DeskForm

MOST_BYTES = 1_000_000  # a 271 about one person has a few kilobytes
ANSWERS = [("", _("Not said")), ("yes", _("Yes")), ("no", _("No"))]


def answer(label: Any) -> forms.TypedChoiceField:
    """Yes, no, or nothing was said."""
    return forms.TypedChoiceField(
        label=label, choices=ANSWERS, required=False, empty_value=None,
        coerce=lambda value: value == "yes",
    )  # fmt: skip


def dollars(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_digits=9, decimal_places=2, required=False
    )


class ConsentForm(DeskForm):
    """Who may ask a payer: whoever has the person's signature for it."""

    consent_on = forms.DateField(
        label=_("Consent to ask this payer, signed on"), required=False,
        help_text=_("You have seen the signed consent. Without it nobody asks."),
    )  # fmt: skip


class PhoneForm(ConsentForm):
    """The call with the payer, in the order they answer."""

    payer = line(_("Payer"), 120, required=True)
    spoke_with = line(_("Whom you spoke with"), 120, required=True)
    reference = line(_("Reference number of the call"), 60)
    plan = line(_("Plan"), 120)
    member = line(_("Member number"), 40)
    active = answer(_("Is the coverage active today?"))
    begins_on = forms.DateField(label=_("Covered from"), required=False)
    ends_on = forms.DateField(label=_("Covered until"), required=False)
    in_network = answer(_("Are we in network for this plan?"))
    authorization = answer(_("Is an authorization needed?"))
    deductible = dollars(_("Deductible a year, $"))
    deductible_left = dollars(_("Deductible left, $"))
    out_of_pocket = dollars(_("Out-of-pocket maximum, $"))
    out_of_pocket_left = dollars(_("Out-of-pocket left, $"))
    copay = dollars(_("Copay a day, $"))
    coinsurance = forms.DecimalField(
        label=_("Coinsurance, % they pay"), min_value=0, max_value=100, decimal_places=2,
        required=False,
    )  # fmt: skip
    limits = line(_("Limits: days, visits, exclusions"), 300)
    note = line(_("Note"), 1000)

    def clean_coinsurance(self) -> Any:
        percent = self.cleaned_data["coinsurance"]
        return None if percent is None else percent / 100


class FileForm(ConsentForm):
    file = forms.FileField(label=_("The payer's answer (X12 271)"))

    def clean_file(self) -> str:
        """The text of the file; the rules say what is wrong in it."""
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 1 MB: no answer is."))
        try:
            return str(given.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(_("This is no text file.")) from None
