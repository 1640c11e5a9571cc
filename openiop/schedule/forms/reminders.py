"""How somebody wants to be reminded."""

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.ui.forms import DeskForm

CHANNELS = [
    ("", _("Whichever is safe, a text first")), ("text", _("Text")), ("email", _("E-mail")),
    ("none", _("No reminders")),
]  # fmt: skip
LEADS = [
    ("week", _("A week before")), ("day", _("The day before")), ("hours", _("Two hours before")),
]  # fmt: skip


class ReminderForm(DeskForm):
    """What they said when somebody asked them."""

    channel = forms.ChoiceField(label=_("By"), choices=CHANNELS, required=False)
    leads = forms.MultipleChoiceField(
        label=_("When"), choices=LEADS, required=False, widget=forms.CheckboxSelectMultiple
    )

    def clean_leads(self) -> list[str]:
        """Reminders without a time would never come."""
        chosen: list[str] = self.cleaned_data["leads"]
        if not chosen and self.cleaned_data.get("channel") != "none":
            raise forms.ValidationError(_("Choose when, or choose no reminders."))
        return chosen
