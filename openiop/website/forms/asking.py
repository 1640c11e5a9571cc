"""A question under an article."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.publishing.rules.guarding import findings


class AskForm(forms.Form):
    """A question under an article. `seen`: the person was told what it tells of them; `shown` when
    they got the form, signed."""

    text = forms.CharField(
        label=_("Your question"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Everybody can read it later. Leave out names, dates, phone numbers, and where "
                    "somebody is in care."),
    )  # fmt: skip
    alias = forms.CharField(
        label=_("A name to show (optional)"), max_length=40, required=False,
        help_text=_("A first name or one you make up. You can leave it empty."),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Email (optional)"), max_length=120, required=False,
        help_text=_("Only to tell you that there is an answer. It is locked away and never shown."),
    )  # fmt: skip
    thread = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.BooleanField(required=False, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(required=False)  # no person sees it; machines fill it in

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].error_messages["required"] = _("Write what you would like to know.")
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_alias(self) -> str:
        alias = " ".join(self.cleaned_data["alias"].split())
        if findings(alias):
            raise forms.ValidationError(_("Choose a name that tells nobody who you are."))
        return alias
