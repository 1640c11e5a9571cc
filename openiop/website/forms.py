"""What a stranger may ask."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.access.queries import Site
from openiop.kernel.zips import spot
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
