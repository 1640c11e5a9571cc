"""What a stranger may ask."""

from collections.abc import Sequence
from typing import Any

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.access.queries import Site
from openiop.intake.actions.starting import Caller
from openiop.kernel.zips import spot
from openiop.publishing.rules.guarding import findings
from openiop.schedule.queries.types import TypeFacts
from openiop.website.finding import Looked

ANY = ("", _("Any"))


class FindForm(forms.Form):
    """Where and when somebody could come."""

    zip = forms.CharField(label=_("ZIP code"), required=False, max_length=10)
    area = forms.ChoiceField(label=_("Area"), required=False)
    time = forms.ChoiceField(
        label=_("Time"), required=False,
        choices=[ANY, ("morning", _("Morning")), ("evening", _("Evening")), ("video", _("Video"))],
    )  # fmt: skip
    service = forms.ChoiceField(label=_("With"), required=False)

    def __init__(self, data: Any, *, site: Site) -> None:
        super().__init__(data)
        offered = {"medication": _("Medicine"), "psychiatry": _("Psychiatry")}
        services = [each for each in offered.items() if each[0] in site.capabilities]
        for name, choices in (("area", site.areas.items()), ("service", services)):
            self.fields[name] = forms.ChoiceField(
                label=self.fields[name].label, required=False, choices=[ANY, *choices]
            )
        self.fields["zip"].widget.attrs = {
            "inputmode": "numeric", "autocomplete": "postal-code", "maxlength": 10,
        }  # fmt: skip

    def clean_zip(self) -> str:
        typed = self.cleaned_data["zip"].strip()
        if typed and spot(typed) is None:
            raise forms.ValidationError(_("We do not know this ZIP code. Check the five digits."))
        return str(typed)

    @property
    def looked(self) -> Looked:
        """What is looked for; call after `is_valid`."""
        seen = self.cleaned_data
        return Looked(seen["zip"], seen["area"], seen["time"], seen["service"])


class TimesForm(forms.Form):
    """What first visit somebody wants, and where."""

    kind = forms.ChoiceField(label=_("What for"), required=False)
    clinic = forms.ChoiceField(label=_("Clinic"), required=False)
    how = forms.ChoiceField(
        label=_("How"), required=False,
        choices=[("in_person", _("At the clinic")), ("virtual", _("By video"))],
    )  # fmt: skip
    zip = forms.CharField(label=_("ZIP code"), required=False, max_length=10)

    def __init__(self, data: Any, *, kinds: Sequence[TypeFacts], site: Site) -> None:
        super().__init__(data)
        chosen = [(each.code, each.name) for each in kinds]
        places = [ANY, *((each.code.lower(), each.name) for each in site.clinics)]
        for name, choices in (("kind", chosen), ("clinic", places)):
            self.fields[name] = forms.ChoiceField(
                label=self.fields[name].label, required=False, choices=choices
            )
        self.fields["zip"].widget.attrs = {
            "inputmode": "numeric", "autocomplete": "postal-code", "maxlength": 10,
        }  # fmt: skip

    def clean_zip(self) -> str:
        typed = self.cleaned_data["zip"].strip()
        if typed and spot(typed) is None:
            raise forms.ValidationError(_("We do not know this ZIP code. Check the five digits."))
        return str(typed)

    def asked(self, kinds: Sequence[TypeFacts], site: Site) -> dict[str, Any] | None:
        """What to look for; None where nothing can be booked."""
        seen = self.cleaned_data if self.is_valid() else {}
        kind = next((each for each in kinds if each.code == seen.get("kind")), None)
        kind = kind or next((each for each in kinds if each.kind == "individual"), None)
        kind = kind or next(iter(kinds), None)
        if kind is None:
            return None
        here = site.clinic(seen.get("clinic") or "")
        how = seen.get("how") or "in_person"
        return {
            "kind": kind.id, "mode": how if how in kind.modes else kind.modes[0],
            "near": seen.get("zip", ""),
            "clinics": [here.id] if here else [each.id for each in site.clinics],
        }  # fmt: skip


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
