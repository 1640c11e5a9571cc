"""Input for a good-faith estimate; it is printed and not kept."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.intake.rules.cost import WEEKS
from openiop.ui.forms import DeskForm

FARTHEST = timedelta(days=730)


class EstimateForm(DeskForm):
    """Whom the estimate is for, and for how long a course."""

    name = forms.CharField(label=_("Name"), max_length=120)
    born_on = forms.DateField(label=_("Birth date"), required=False)
    first_on = forms.DateField(label=_("First visit, if it is booked"), required=False)
    weeks = forms.TypedChoiceField(
        label=_("Weeks"), coerce=int, initial=8, choices=[(each, str(each)) for each in WEEKS]
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_first_on(self) -> date | None:
        first: date | None = self.cleaned_data["first_on"]
        if first and not self.today <= first <= self.today + FARTHEST:
            raise forms.ValidationError(_("Give a day from today on, within two years."))
        return first
