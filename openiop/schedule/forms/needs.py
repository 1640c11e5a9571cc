"""What is typed about needs, and about who provides for them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.patients.queries.languages import SPOKEN
from openiop.schedule.queries.needs import KINDS
from openiop.ui.forms import DeskForm


class WantForm(DeskForm):
    """What is needed for one visit or group; the choice says which."""

    what = forms.ChoiceField(label=_("For"))
    kind = forms.ChoiceField(label=_("What is needed"), choices=KINDS)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("None")), *SPOKEN], required=False,
        help_text=_("Of the interpreter."),
    )  # fmt: skip

    def __init__(self, *args: Any, what: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = list(what)  # type: ignore[attr-defined]


class ProviderForm(DeskForm):
    """An interpreter, ride service or childcare place."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kinds = forms.MultipleChoiceField(
        label=_("Provides"), choices=KINDS, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=SPOKEN, widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("For interpreters."),
    )  # fmt: skip
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
