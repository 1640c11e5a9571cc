"""Forms of this room. What `cleaned_data` holds are the keywords of the action behind each."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.access.queries import clinics, rooms, staff_at
from openiop.kernel.acts import EVERYONE
from openiop.kernel.permits import Permit
from openiop.messaging.models import Incident, OutboxMessage
from openiop.messaging.rules import FALSE_ALARM, HELP, SNOOZES
from openiop.ui.forms import DeskForm

SNOOZE_WORDS = {
    "hour": _("One hour"), "tomorrow": _("Tomorrow, 09:00"), "monday": _("Next Monday, 09:00"),
}  # fmt: skip
KINDS = [(value, label) for value, label in Incident.KINDS if value != HELP]


def _number(label: Any, empty: Any, choices: list[tuple[Any, Any]]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, coerce=int, empty_value=None, required=False,
        choices=[("", empty), *choices],
    )  # fmt: skip


def _clinic_choices(permit: Permit) -> list[tuple[Any, Any]]:
    return [(each.id, each.name) for each in clinics(permit)]


class TaskWork(DeskForm):
    """What to do with the ticked tasks."""

    outcome = forms.CharField(label=_("Outcome"), max_length=500, required=False)
    until = forms.ChoiceField(
        label=_("Snooze until"), choices=[(key, SNOOZE_WORDS[key]) for key in SNOOZES],
        required=False,
    )  # fmt: skip


class TaskFilter(DeskForm):
    clinic = _number(_("Clinic"), _("All my clinics"), [])

    def __init__(self, *args: Any, permit: Permit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clinic"].choices = [("", _("All my clinics")), *_clinic_choices(permit)]  # type: ignore[attr-defined]


class OutboxFilter(TaskFilter):
    channel = forms.ChoiceField(
        label=_("Channel"), required=False,
        choices=[("", _("Any")), *OutboxMessage._meta.get_field("channel").choices],  # type: ignore[misc]
    )  # fmt: skip

    kind = forms.ChoiceField(
        label=_("About"), required=False,
        choices=[("", _("Anything")), ("remind", _("Reminders")), ("alert", _("Calls for help")),
                 ("reply", _("Answers to texts"))],
    )  # fmt: skip


class IncidentFilter(TaskFilter):
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Any")), *Incident.KINDS]
    )


class ShiftForm(DeskForm):
    """A shift of one clinic; days and times are the clinic's own."""

    staff = forms.TypedChoiceField(label=_("Who"), coerce=int)
    rank = forms.TypedChoiceField(
        label=_("As"), coerce=int, choices=[(1, _("First")), (2, _("Backup"))]
    )
    start = forms.DateTimeField(label=_("From"))
    end = forms.DateTimeField(label=_("To"))

    def __init__(self, *args: Any, permit: Permit, clinic: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = permit.today(clinic.timezone)
        people = staff_at(permit, clinic.id, today, EVERYONE)
        self.fields["staff"].choices = [(each.id, each.name) for each in people]  # type: ignore[attr-defined]


class Told(DeskForm):
    """What an incident was, from whoever was there."""

    kind = forms.ChoiceField(label=_("What happened"), choices=[("", _("Choose one")), *KINDS])
    narrative = forms.CharField(
        label=_("In your words"), widget=forms.Textarea(attrs={"rows": 6}), required=False,
        help_text=_("Facts: who did what, when. Records by number, no names of patients."),
    )  # fmt: skip
    happened_at = forms.DateTimeField(label=_("When"))
    people = forms.IntegerField(
        label=_("People concerned, for a privacy breach"), min_value=0, required=False
    )
    numbers = forms.CharField(
        label=_("Record numbers of those involved"), required=False, max_length=200,
        help_text=_("Separated by spaces."),
    )  # fmt: skip

    def clean_numbers(self) -> list[str]:
        return str(self.cleaned_data["numbers"]).replace(",", " ").split()


class Reported(Told):
    """A new entry for the register."""

    clinic = forms.TypedChoiceField(label=_("Clinic"), coerce=int)
    room = _number(_("Room"), _("Elsewhere"), [])
    field_order = ("clinic", "kind", "happened_at", "room", "narrative", "people", "numbers")

    def __init__(self, *args: Any, permit: Permit, here: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clinic"].choices = _clinic_choices(permit)  # type: ignore[attr-defined]
        self.fields["clinic"].initial = here.id
        places = [(each.id, each.name) for each in rooms(permit, here.id)]
        self.fields["room"].choices = [("", _("Elsewhere")), *places]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose one")),
            *(each for each in KINDS if each[0] != FALSE_ALARM),
        ]


class Words(DeskForm):
    """One line of text: a log line, how a duty was done, why it is not needed. Several stand on
    one page, so each says what it is about (`about` makes its ids)."""

    text = forms.CharField(max_length=500)

    def __init__(self, about: str, label: Any) -> None:
        super().__init__(auto_id=f"{about}-%s")
        self.fields["text"].label = label
