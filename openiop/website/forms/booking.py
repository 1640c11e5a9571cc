"""Who comes, and by what ways it is safe to reach them."""

from typing import Any

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.intake.actions.starting import Caller


class CallerForm(forms.Form):
    """Who comes, and by what ways it is safe to reach them."""

    first = forms.CharField(label=_("First name"), max_length=60)
    last = forms.CharField(label=_("Last name"), max_length=60)
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False,
        help_text=_("Leave it empty if nobody may call you."),
    )  # fmt: skip
    call = forms.BooleanField(label=_("You may call me"), required=False)
    text = forms.BooleanField(label=_("You may text me"), required=False)
    message = forms.BooleanField(label=_("You may leave a voice message"), required=False)
    email = forms.EmailField(label=_("Email"), required=False, max_length=120)
    write = forms.BooleanField(label=_("You may email me"), required=False)
    asks = forms.CharField(
        label=_("Anything we should know?"), required=False, max_length=500,
        help_text=_("An interpreter, a ride, a name you go by. You can leave it empty."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    website = forms.CharField(required=False)  # no person sees it; machines fill it in

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name, filled in {
            "first": "given-name",
            "last": "family-name",
            "phone": "tel",
            "email": "email",
        }.items():
            self.fields[name].widget.attrs["autocomplete"] = filled
        self.fields["phone"].widget.attrs["inputmode"] = "tel"
        for name in ("first", "last"):
            self.fields[name].error_messages["required"] = _("Fill this in.")

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip()
        if not typed:
            return ""
        try:
            number = phonenumbers.parse(typed, "US")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise forms.ValidationError(_("This is no phone number. Write it with its area code."))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def clean(self) -> dict[str, Any]:
        seen = super().clean() or {}
        by_phone = any(seen.get(way) for way in ("call", "text", "message"))
        if by_phone and not seen.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Write the number we may use, or untick the boxes."))
        if seen.get("write") and not seen.get("email") and "email" not in self.errors:
            self.add_error("email", _("Write the address we may use, or untick the box."))
        if seen.get("website"):
            self.add_error(None, _("Leave the last field empty."))
        return seen

    def caller(self, language: str) -> Caller:
        """Who comes; call after `is_valid`."""
        seen = self.cleaned_data
        return Caller(
            first=seen["first"], last=seen["last"], phone=seen["phone"], email=seen["email"],
            language=language.partition("-")[0], call=seen["call"], text=seen["text"],
            write=seen["write"], message=seen["message"], asks=seen["asks"],
        )  # fmt: skip
