"""The next step of an authorization."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.intake.forms.inquiries import choose, line
from openiop.intake.words import AUTHORIZATION
from openiop.ui.forms import DeskForm


class AuthorizationForm(DeskForm):
    state = forms.ChoiceField(label=_("Now"))
    accepted_by = line(_("Who at the payer said so"), 120)
    reference = line(_("Number of the authorization or request"), 60)
    until_on = forms.DateField(label=_("Last day"), required=False)
    days = forms.IntegerField(label=_("Days granted"), min_value=1, max_value=366, required=False)
    note = line(_("Note"), 500)

    def __init__(self, *args: Any, states: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "state", [(each, AUTHORIZATION[each]) for each in states])
