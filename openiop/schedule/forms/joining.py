"""What a person answers each time they come in by video."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.schedule.actions.joining import Answers
from openiop.schedule.rules.joining import Alone
from openiop.ui.forms import DeskForm

# USPS Publication 28, appendix B: states, the District of Columbia and territories.
_STATES = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|"
    "DE Delaware|DC District of Columbia|FL Florida|GA Georgia|GU Guam|HI Hawaii|ID Idaho|"
    "IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|"
    "MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|"
    "NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|"
    "NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|"
    "PR Puerto Rico|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|"
    "UT Utah|VT Vermont|VI Virgin Islands|VA Virginia|WA Washington|WV West Virginia|"
    "WI Wisconsin|WY Wyoming"
)
STATES = [(each[:2], each[3:]) for each in _STATES.split("|")]
ALONE = [
    (Alone.YES.value, _("Yes, I am alone")),
    (Alone.COVERED.value, _("Somebody is near, but hears and sees nothing: I wear headphones")),
    (Alone.NO.value, _("No, others could hear")),
]
DRIVING = [("no", _("No")), ("yes", _("Yes"))]
DIGITS = 10


class JoinForm(DeskForm):
    """Asked anew each time: only the clinic's state is filled in before."""

    street = forms.CharField(
        label=_("Where are you right now? Street and town"), max_length=200,
        help_text=_("If you need help, it is sent there. Others in the session do not see it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    state = forms.ChoiceField(label=_("In which state?"), choices=STATES)
    call_back = forms.CharField(
        label=_("At which number can we call you back?"), max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    alone = forms.ChoiceField(label=_("Are you alone?"), choices=ALONE, widget=forms.RadioSelect)
    driving = forms.ChoiceField(
        label=_("Are you driving?"), choices=DRIVING, widget=forms.RadioSelect
    )

    def clean_call_back(self) -> str:
        """A number one can dial: ten digits at least."""
        number = str(self.cleaned_data["call_back"])
        if sum(each.isdigit() for each in number) < DIGITS:
            raise forms.ValidationError(_("Give the number with its area code."))
        return number

    def answers(self) -> Answers:
        """What was answered, for the action."""
        typed: dict[str, Any] = self.cleaned_data
        return Answers(
            typed["street"], typed["state"], typed["call_back"], Alone(typed["alone"]),
            typed["driving"] == "yes",
        )  # fmt: skip
