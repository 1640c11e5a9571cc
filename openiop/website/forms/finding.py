"""Where and when a stranger looks for care."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.access.queries import Site
from openiop.kernel.zips import spot
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
