"""What is typed to find a free time, to start a series, and about what a person needs."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.schedule.models.appointments import EVERY
from openiop.ui.forms import DeskForm

EVERYS = [("week", _("Every week")), ("fortnight", _("Every two weeks")),
          ("month", _("Every month"))]  # fmt: skip
WEEKDAYS = list(enumerate([
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
    _("Sunday"),
]))  # fmt: skip
NTH = [("", _("not monthly")), (1, _("first")), (2, _("second")), (3, _("third")),
       (4, _("fourth")), (5, _("last"))]  # fmt: skip
DAYPARTS = [("", _("Any")), ("morning", _("Morning")), ("afternoon", _("Afternoon")),
            ("evening", _("Evening"))]  # fmt: skip
MODES = [("in_person", _("In person")), ("virtual", _("By video"))]
OUT = "out"
Choices = Iterable[tuple[int, str]]
assert {key for key, _name in EVERYS} == {key for key, _name in EVERY}


class SlotsForm(DeskForm):
    """What a free time is looked for by; every field has a usual value."""

    type = forms.TypedChoiceField(label=_("Type"), coerce=int)
    staff = forms.TypedChoiceField(
        label=_("With"), coerce=int, required=False, empty_value=None
    )  # fmt: skip
    daypart = forms.ChoiceField(label=_("Time of day"), choices=DAYPARTS, required=False)
    mode = forms.ChoiceField(label=_("Held"), choices=MODES, required=False)
    clinic = forms.TypedChoiceField(
        label=_("Clinic"), coerce=int, required=False, empty_value=None
    )  # fmt: skip
    near = forms.RegexField(
        label=_("Near ZIP code"), regex=r"^\d{5}$", required=False, help_text=_("Looks at all your"
        " clinics around it.")
    )  # fmt: skip
    miles = forms.IntegerField(label=_("Miles"), min_value=1, max_value=200, required=False)
    start = forms.DateField(label=_("From"), required=False)
    move = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, types: Choices, staff: Choices, clinics: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = list(types)  # type: ignore[attr-defined]
        self.fields["staff"].choices = [("", _("Anybody")), *staff]  # type: ignore[attr-defined]
        self.fields["clinic"].choices = [("", _("All of mine")), *clinics]  # type: ignore[attr-defined]


class SeriesForm(DeskForm):
    """A series, as its page proposes it."""

    every = forms.ChoiceField(label=_("How often"), choices=EVERYS)
    weekday = forms.TypedChoiceField(label=_("Day"), coerce=int, choices=WEEKDAYS)
    nth = forms.TypedChoiceField(
        label=_("Which of the month"), coerce=int, choices=NTH, required=False, empty_value=None
    )  # fmt: skip
    starts = forms.TimeField(label=_("From"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=480)
    type = forms.TypedChoiceField(label=_("Type"), coerce=int)
    staff = forms.TypedChoiceField(label=_("With"), coerce=int)
    room = forms.TypedChoiceField(label=_("Room"), coerce=int, required=False, empty_value=None)
    mode = forms.ChoiceField(label=_("Held"), choices=MODES)
    from_on = forms.DateField(label=_("First day"))
    until_on = forms.DateField(label=_("Last day"))

    def __init__(
        self, *args: Any, types: Choices, staff: Choices, rooms: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = list(types)  # type: ignore[attr-defined]
        self.fields["staff"].choices = list(staff)  # type: ignore[attr-defined]
        self.fields["room"].choices = [("", _("None")), *rooms]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = dict(super().clean() or {})
        if typed.get("every") != "month":
            typed["nth"] = None
        elif typed.get("nth") is None:
            self.add_error("nth", _("Say which of the month."))
        return typed


def chosen_times(data: Any, days: Iterable[date]) -> dict[date, time | None]:
    """The other starts chosen for single days; None for a day that is left out. What is no time
    is left to the series' own."""
    chosen: dict[date, time | None] = {}
    for day in days:
        value = data.get(f"time-{day.isoformat()}", "")
        if value == OUT:
            chosen[day] = None
        elif value:
            try:
                chosen[day] = time.fromisoformat(value)
            except ValueError:
                continue
    return chosen


class EndForm(DeskForm):
    from_on = forms.DateField(label=_("From this day on"))
    reason = forms.CharField(label=_("Reason"), max_length=200)
