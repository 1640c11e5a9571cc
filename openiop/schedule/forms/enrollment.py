"""Forms of places in tracks: enroll, leave, change, join and accept."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.ui.forms import DeskForm

REASONS = [
    ("completed", _("Completed the program")), ("transferred", _("Goes to other care")),
    ("left", _("Wants to stop for now")), ("moved_away", _("Moves away")),
    ("no_contact", _("Could not be reached")), ("other", _("Another reason")),
]  # fmt: skip


class WhoForm(DeskForm):
    """Whose place it is."""

    record = forms.CharField(label=_("Record number"), max_length=12)


class EnrollForm(DeskForm):
    """A place from a day on. Without an open episode, what opens one."""

    start_on = forms.DateField(label=_("First day"))
    over_house_reason = forms.CharField(
        label=_("Reason to go over the house's limit"), required=False, max_length=300,
        help_text=_("Needed when the group is full by house policy; a supervisor or director."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, counselors: Iterable[tuple[int, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if counselors is None:
            return
        self.fields["expected_weeks"] = forms.IntegerField(
            label=_("Expected length in weeks"), min_value=1, max_value=52, initial=8
        )
        self.fields["days_a_week"] = forms.IntegerField(
            label=_("Days a week"), min_value=1, max_value=7, initial=3
        )
        self.fields["counselor"] = forms.TypedChoiceField(
            label=_("Counselor"), coerce=int, required=False, empty_value=None,
            choices=[("", _("Nobody yet")), *counselors],
        )  # fmt: skip
        self.order_fields(["start_on", "expected_weeks", "days_a_week", "counselor"])

    @property
    def place(self) -> dict[str, Any]:
        return {key: self.cleaned_data[key] for key in ("start_on", "over_house_reason")}

    @property
    def episode(self) -> dict[str, Any]:
        names = ("expected_weeks", "days_a_week", "counselor")
        return {key: self.cleaned_data[key] for key in names}


class LeaveForm(DeskForm):
    """The end of a place."""

    on = forms.DateField(label=_("First day without the place"))
    reason = forms.ChoiceField(label=_("Why"), choices=REASONS)


class ChangeForm(DeskForm):
    """From one track to another."""

    track = forms.TypedChoiceField(label=_("To which track"), coerce=int)
    on = forms.DateField(label=_("First day in the new track"))
    over_house_reason = forms.CharField(
        label=_("Reason to go over the house's limit"), required=False, max_length=300
    )

    def __init__(
        self, *args: Any, tracks: Iterable[tuple[int, str]], day: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"on": day}, **kwargs)
        field = self.fields["track"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(tracks)


class JoinForm(DeskForm):
    """A place in line."""

    record = forms.CharField(label=_("Record number"), max_length=12)
    track = forms.TypedChoiceField(label=_("Track"), coerce=int)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, tracks: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["track"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(tracks)
