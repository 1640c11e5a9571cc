"""A calendar file that is chosen to be read."""

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.ui.forms import DeskForm


class CalendarFileForm(DeskForm):
    """One file, as calendars export it."""

    file = forms.FileField(
        label=_("Calendar file"), help_text=_("Ends in .ics. Most calendars call it Export."),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"}),
    )  # fmt: skip
