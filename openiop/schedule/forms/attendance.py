"""What is typed about arrivals, absences, guests and corrections."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.kernel.days import local
from openiop.schedule.actions.marking import Mark
from openiop.schedule.rules.attendance import Status
from openiop.ui.forms import DeskForm

STEPS = [
    ("private_room", _("Private room")),
    ("safety_check", _("Safety check")),
    ("ride", _("Ride home arranged")),
    ("follow_up", _("Follow-up agreed with the person")),
]
STATUSES = [
    (Status.PRESENT.value, _("Present")),
    (Status.UNABLE.value, _("Came and could not take part")),
    (Status.ABSENT.value, _("Absent")),
    (Status.EXCUSED.value, _("Absent, excused")),
]


class OnTheDay(DeskForm):
    """A form about one session; its clock times are the clinic's on the session's day."""

    def __init__(self, *args: Any, on: date, timezone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on, self.timezone = on, timezone

    def moment(self, name: str) -> datetime | None:
        """The time of a field as a moment, or None when it is empty."""
        clock: time | None = self.cleaned_data.get(name)
        return local(self.on, clock, self.timezone) if clock else None


class LateForm(OnTheDay):
    at = forms.TimeField(label=_("Came at"))
    virtual = forms.BooleanField(label=_("By video"), required=False)


class LeaveForm(OnTheDay):
    left = forms.TimeField(label=_("Left at"))


class ExcuseForm(OnTheDay):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class UnableForm(OnTheDay):
    unable = forms.CharField(label=_("Why they could not take part"), max_length=200)
    steps = forms.MultipleChoiceField(
        label=_("What was done"), choices=STEPS, required=False, widget=forms.CheckboxSelectMultiple
    )


class CorrectForm(OnTheDay):
    """The whole mark anew, with what was wrong."""

    status = forms.ChoiceField(label=_("What really happened"), choices=STATUSES)
    arrived = forms.TimeField(label=_("Came at"), required=False)
    left = forms.TimeField(label=_("Left before the end, at"), required=False)
    virtual = forms.BooleanField(label=_("By video"), required=False)
    reason = forms.CharField(label=_("Reason of an absence"), max_length=200, required=False)
    why = forms.CharField(
        label=_("What was wrong"), max_length=300,
        help_text=_("The first record is kept and shown beside this one."),
    )  # fmt: skip

    def mark(self) -> Mark:
        """What is attested now."""
        return Mark(
            Status(self.cleaned_data["status"]), self.moment("arrived"), self.moment("left"),
            virtual=self.cleaned_data["virtual"], reason=self.cleaned_data["reason"].strip(),
        )  # fmt: skip


class GuestsForm(DeskForm):
    """Family or guests whom one person brought."""

    number = forms.ChoiceField(label=_("Guests of"))
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=20, initial=1)
    forms_signed = forms.BooleanField(
        label=_("Each of them signed the confidentiality form"), required=False
    )
    consented = forms.BooleanField(label=_("The person consents to their coming"), required=False)

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = list(people)  # type: ignore[attr-defined]


class ElsewhereForm(DeskForm):
    """Somebody of another clinic, found only by the full name and birth date."""

    first = forms.CharField(label=_("First name"), max_length=80)
    last = forms.CharField(label=_("Last name"), max_length=80)
    birth_on = forms.DateField(label=_("Birth date"))


class CheckInForm(DeskForm):
    """A person's own arrival: the record number, or birth date and initials."""

    number = forms.CharField(
        label=_("Your record number"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    birth_on = forms.DateField(label=_("Or your birth date"), required=False)
    initials = forms.CharField(
        label=_("and your initials"), max_length=5, required=False,
        help_text=_("First letter of the name we call you by, then of your last name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
