"""What is typed to book a visit or take it off."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.kernel.days import local
from openiop.ui.forms import DeskForm

KINDS = [
    ("individual", _("One-to-one")), ("nurse", _("Nurse visit")),
    ("test", _("Drug or alcohol test")), ("psychiatry", _("Psychiatry")),
    ("family", _("Family meeting")),
]  # fmt: skip


class VisitForm(DeskForm):
    """A visit at one clinic, on its clock."""

    kind = forms.ChoiceField(label=_("Kind of visit"), choices=KINDS)
    staff = forms.TypedChoiceField(label=_("With"), coerce=int)
    room = forms.TypedChoiceField(label=_("Room"), coerce=int, required=False, empty_value=None)
    on = forms.DateField(label=_("Day"))
    starts = forms.TimeField(label=_("From"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=480, initial=50)
    nested_in = forms.TypedChoiceField(
        label=_("Inside a group session"), coerce=int, required=False, empty_value=None,
        help_text=_("Its minutes then count as the visit's, not the group's."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, staff: Iterable[tuple[int, str]], rooms: Iterable[tuple[int, str]],
        groups: Iterable[tuple[int, str]], timezone: str, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.timezone = timezone
        none = [("", _("None"))]
        self.fields["staff"].choices = list(staff)  # type: ignore[attr-defined]
        self.fields["room"].choices = [*none, *rooms]  # type: ignore[attr-defined]
        self.fields["nested_in"].choices = [*none, *groups]  # type: ignore[attr-defined]

    @property
    def starts_at(self) -> datetime:
        """The moment it begins."""
        typed = self.cleaned_data
        return local(typed["on"], typed["starts"], self.timezone)


class CancelForm(DeskForm):
    reason = forms.CharField(label=_("Reason"), max_length=200)
