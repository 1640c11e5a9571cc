"""Who would like a call, and by what ways that is safe."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.website.forms.booking import CallerForm


class CallBackForm(CallerForm):
    """Any name will do; at least one way must be safe."""

    clinic = forms.TypedChoiceField(label=_("Which clinic?"), coerce=int)
    when = forms.CharField(
        label=_("When may we reach you?"), max_length=120, required=False,
        help_text=_("For example: after six, not on Fridays."),
    )  # fmt: skip
    payer = forms.CharField(label=_("Insurance, if you like"), max_length=120, required=False)

    def __init__(self, data: Any = None, *, clinics: Iterable[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["first"].label = _("A name we may call you by")
        self.fields["first"].required = self.fields["last"].required = False
        self.fields["asks"].label = _("What would you like to know?")
        self.fields["asks"].help_text = _("You can leave it empty.")
        choice = self.fields["clinic"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = list(clinics)

    def clean(self) -> dict[str, Any]:
        seen = super().clean()
        safe = any(seen.get(way) for way in ("call", "text", "write"))
        if not safe and not self.errors:
            self.add_error(None, _("Tick at least one way we may use to reach you."))
        return seen

    def facts(self, language: str) -> dict[str, Any]:
        """What an inquiry keeps of it; call after `is_valid`."""
        seen = self.cleaned_data
        return {
            "clinic": seen["clinic"], "name": f"{seen['first']} {seen['last']}".strip(),
            "phone": seen["phone"], "email": seen["email"], "safe_to_call": seen["call"],
            "safe_to_text": seen["text"], "safe_to_email": seen["write"],
            "safe_to_leave_message": seen["message"], "reach_when": seen["when"],
            "payer_said": seen["payer"], "asks": seen["asks"],
            "language": language.partition("-")[0],
        }  # fmt: skip
