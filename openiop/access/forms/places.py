"""Forms of the network pages and of the house's own rule values."""

import re
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from openiop.access.forms import Permitted, clinic_choice, optional_day
from openiop.ui.forms import DeskForm

HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")


class ClosureForm(Permitted):
    clinic = clinic_choice(empty=_("The whole network"))
    start_on = forms.DateField(label=_("First day closed"))
    end_on = forms.DateField(label=_("Last day closed"))
    name = forms.CharField(label=_("Why"), max_length=80)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        start, end = found.get("start_on"), found.get("end_on")
        if start and end and end < start:
            self.add_error("end_on", _("The closure ends before it begins."))
        return found


class HolidayForm(DeskForm):
    """Which of a year's public holidays a clinic is closed on."""

    days = forms.MultipleChoiceField(
        label=_("Closed on"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, found: list[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [  # type: ignore[attr-defined]
            (day.isoformat(), f"{name}, {day:%A} {day.day} {day:%B}") for day, name in found
        ]


class RoomForm(DeskForm):
    name = forms.CharField(label=_("Name"), max_length=60)
    capacity = forms.IntegerField(
        label=_("People"), min_value=1, max_value=500,
        help_text=_("Facilitators included."),
    )  # fmt: skip
    accessible = forms.BooleanField(label=_("Reached without steps"), required=False)
    retired_on = optional_day(_("Not used from"), _("Leave empty while it is in use."))


class HoursForm(DeskForm):
    """One field a weekday, as 08:00-21:00; empty where it is closed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in WEEKDAYS.items():
            self.fields[str(number)] = forms.RegexField(
                HOURS, label=name, required=False,
                error_messages={"invalid": _("Write it as 08:00-21:00.")},
            )  # fmt: skip

    def hours(self) -> dict[str, list[str]]:
        """Opening and closing time by weekday number, days that are closed left out."""
        return {day: text.split("-") for day, text in self.cleaned_data.items() if text}


class LicenseForm(DeskForm):
    kind = forms.CharField(label=_("Kind"), max_length=40)
    number = forms.CharField(label=_("Number"), max_length=40)
    issued_on = forms.DateField(label=_("Issued on"))
    expires_on = optional_day(_("Expires on"))


class RuleFilter(Permitted):
    clinic = clinic_choice()
    on = forms.DateField(label=_("Day"))
    q = forms.CharField(label=_("Rule"), required=False)


class PolicyForm(Permitted):
    clinic = clinic_choice(empty=_("The whole network"))
    value = forms.CharField(label=_("Value"), max_length=40)
    from_on = forms.DateField(label=_("Holds from"))
    reason = forms.CharField(label=_("Why"), max_length=300)
