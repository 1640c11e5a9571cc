"""Forms of working hours, leave and types of one-to-ones."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.kernel.acts import CARE, Role
from openiop.kernel.days import local
from openiop.schedule.models import Appointment, WorkingHours
from openiop.schedule.models.appointments import MODES
from openiop.ui.forms import DeskForm

DAYS = [
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")),
    (4, _("Friday")), (5, _("Saturday")), (6, _("Sunday")),
]  # fmt: skip
KINDS = [("leave", _("Leave")), ("sick", _("Sick")), ("training", _("Training"))]


class StretchForm(DeskForm):
    """Hours at a clinic; the fields a week and a single day share."""

    clinic = forms.TypedChoiceField(label=_("Clinic"), coerce=int)
    starts = forms.TimeField(label=_("From"))
    ends = forms.TimeField(label=_("To"))
    use = forms.ChoiceField(label=_("For"), choices=WorkingHours.USES)
    virtual = forms.BooleanField(label=_("From home, by video only"), required=False)

    def __init__(self, *args: Any, places: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clinic"].choices = list(places)  # type: ignore[attr-defined]


class WeekForm(StretchForm):
    """Hours of every week."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("On"), choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    from_on = forms.DateField(label=_("From the day"))
    field_order = ("weekdays", "starts", "ends", "clinic", "use", "virtual", "from_on")


class ExtraForm(StretchForm):
    """Hours of one day more."""

    on = forms.DateField(label=_("Day"))
    field_order = ("on", "starts", "ends", "clinic", "use", "virtual")


class AwayForm(DeskForm):
    """A stretch away: whole days, or from a time to a time."""

    kind = forms.ChoiceField(label=_("Why"), choices=KINDS)
    starts_on = forms.DateField(label=_("First day"))
    ends_on = forms.DateField(label=_("Last day"))
    from_time = forms.TimeField(label=_("From (a part of the first day)"), required=False)
    to_time = forms.TimeField(label=_("Until (a part of the last day)"), required=False)
    reason = forms.CharField(label=_("Note"), max_length=200, required=False)

    def stretch(self, timezone: str) -> tuple[datetime, datetime]:
        """From when until when, on the clocks of the place."""
        typed = self.cleaned_data
        starts = local(typed["starts_on"], typed["from_time"] or time(0), timezone)
        if typed["to_time"]:
            return starts, local(typed["ends_on"], typed["to_time"], timezone)
        return starts, local(typed["ends_on"] + timedelta(days=1), time(0), timezone)


class TypeForm(DeskForm):
    """A type of one-to-one."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=Appointment.KINDS)
    minutes = forms.IntegerField(label=_("Minutes with the person"), min_value=5, max_value=480)
    buffer_minutes = forms.IntegerField(
        label=_("Minutes kept free after it"), min_value=0, max_value=120, initial=10
    )
    holders = forms.MultipleChoiceField(
        label=_("Who may hold it"), widget=forms.CheckboxSelectMultiple,
        choices=[(role.value, role.label) for role in Role if role in CARE],
    )  # fmt: skip
    modes = forms.MultipleChoiceField(
        label=_("Where"), choices=MODES, widget=forms.CheckboxSelectMultiple
    )
    public = forms.BooleanField(label=_("Anybody may book it on the public site"), required=False)
