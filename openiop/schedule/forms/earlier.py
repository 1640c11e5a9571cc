"""What suits somebody who would come earlier."""

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.schedule.queries.earlier import PARTS
from openiop.ui.forms import DeskForm


class EarlierForm(DeskForm):
    """From which day on, and in which parts of the day."""

    from_on = forms.DateField(label=_("From the day"))
    dayparts = forms.MultipleChoiceField(
        label=_("What suits"), choices=PARTS, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None checked: any time of day."),
    )  # fmt: skip
