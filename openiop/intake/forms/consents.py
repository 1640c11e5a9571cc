"""What is asked when somebody signs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.access.consent_rules import Signing
from openiop.catalog.consent_forms import ConsentForm
from openiop.intake.queries.consenting import Signatory
from openiop.ui.forms import DeskForm

LANGUAGES = [("en", "English"), ("es", "Español")]
SIGNERS = {
    "self": _("The person"), "representative": _("A representative"),
    "both": _("The person and a parent or guardian"),
}  # fmt: skip
IDENTITIES = [
    ("known", _("Known to me")), ("photo", _("Photo ID seen")),
    ("knowledge", _("Birth date and address asked")),
]  # fmt: skip


class SignForm(DeskForm):
    """The fields of a consent, and the signature."""

    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    recipient = forms.CharField(
        label=_("Who may be told"), max_length=200,
        error_messages={"required": _("Say who may be told.")},
    )  # fmt: skip
    what = forms.MultipleChoiceField(
        label=_("What may be told"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what may be told.")},
    )
    purpose = forms.CharField(
        label=_("What it is for"), max_length=300,
        error_messages={"required": _("Say what it is for.")},
    )  # fmt: skip
    expires_on = forms.DateField(label=_("Ends on"), required=False)
    expires_event = forms.CharField(
        label=_("Or ends when"), max_length=200, required=False,
        help_text=_("An event, such as: when my care here ends."),
    )  # fmt: skip
    signer = forms.ChoiceField(label=_("Who signs"))
    relation = forms.CharField(
        label=_("What they are to the person"), max_length=60, required=False,
        help_text=_("Only for a representative or a parent."),
    )  # fmt: skip
    signer_name = forms.CharField(label=_("Name of who signs"), max_length=120)
    signature = forms.CharField(
        label=_("Signature: type the name again"), max_length=20_000, required=False
    )
    drawn = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)
    identity = forms.ChoiceField(label=_("How you know who it is"), choices=IDENTITIES)

    def __init__(self, data: Any, *, form: ConsentForm, who: Signatory, initial: Any) -> None:
        super().__init__(data, initial=initial)
        signer: Any = self.fields["signer"]
        signer.choices = [(each, SIGNERS[each]) for each in who.signers]
        what: Any = self.fields["what"]
        what.choices = [(key, words["en"]) for key, words in form.what.items()]
        if form.kind != "disclosure":
            for name in ("recipient", "what", "purpose", "expires_on", "expires_event"):
                del self.fields[name]

    def signing(self, form: ConsentForm, who: Signatory) -> Signing:
        """What is signed; call after `is_valid`."""
        seen = self.cleaned_data
        drawn = seen["drawn"].strip()
        return Signing(
            form.id, who.person.name, seen["signer"], seen["signer_name"],
            "drawn" if drawn else "typed", drawn or seen["signature"], seen["identity"],
            language=seen["language"], relation=seen["relation"],
            recipient=seen.get("recipient", ""), what=tuple(seen.get("what", ())),
            purpose=seen.get("purpose", ""), expires_on=seen.get("expires_on"),
            expires_event=seen.get("expires_event", ""), age=who.age, alone_from=who.alone_from,
        )  # fmt: skip


class RevokeForm(DeskForm):
    """How a consent was taken back."""

    how = forms.CharField(
        label=_("How it was taken back"), max_length=300, required=False,
        help_text=_("Such as: said so on the phone."),
    )  # fmt: skip
