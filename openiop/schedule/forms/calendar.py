"""What is typed to move a visit."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.kernel.days import local
from openiop.ui.forms import DeskForm


class MoveForm(DeskForm):
    """Where a visit goes, on its clinic's clock."""

    on = forms.DateField(label=_("Day"))
    starts = forms.TimeField(label=_("From"))
    staff = forms.TypedChoiceField(label=_("With"), coerce=int)
    room = forms.TypedChoiceField(label=_("Room"), coerce=int, required=False, empty_value=None)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    back = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, staff: Iterable[tuple[int, str]], rooms: Iterable[tuple[int, str]],
        timezone: str, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.timezone = timezone
        self.fields["staff"].choices = list(staff)  # type: ignore[attr-defined]
        self.fields["room"].choices = [("", _("None")), *rooms]  # type: ignore[attr-defined]

    @property
    def starts_at(self) -> datetime:
        """The moment it begins."""
        typed = self.cleaned_data
        return local(typed["on"], typed["starts"], self.timezone)
