"""What is decided about a short week."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.ui.forms import DeskForm


class DecisionForm(DeskForm):
    """A decision with its reason; `on` is any day of the week it is about."""

    on = forms.DateField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, choices: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = list(choices.items())  # type: ignore[attr-defined]
