"""What people type, turned into clean values; here what several forms share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.access.queries import clinics
from openiop.kernel.permits import Permit
from openiop.ui.forms import DeskForm


class Permitted(DeskForm):
    """A form that knows for whom it is shown."""

    def __init__(self, *args: Any, permit: Permit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.permit = permit
        field = self.fields.get("clinic")
        if isinstance(field, forms.TypedChoiceField):
            mine = ((clinic.id, clinic.name) for clinic in clinics(permit))
            field.choices = [*field.choices, *mine]  # type: ignore[misc]


def clinic_choice(*, empty: Any = None) -> forms.TypedChoiceField:
    """A choice among the permit's clinics; `empty` words what no clinic means."""
    first = [("", empty)] if empty else []
    return forms.TypedChoiceField(
        label=_("Clinic"), coerce=int, empty_value=None, required=not empty, choices=first
    )


def optional_day(label: Any, hint: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=False, help_text=hint)
