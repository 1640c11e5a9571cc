"""Forms of a change to a session; each says its change as the arguments of its verb."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.ui.forms import DeskForm
from openiop.ui.moments import day_text

REASONS = [
    ("Nobody can hold it", _("Nobody can hold it")), ("Weather", _("Weather")),
    ("Building", _("Something with the building")), ("Too few people", _("Too few people")),
]  # fmt: skip
Choices = Iterable[tuple[Any, Any]]


class ChangeForm(DeskForm):
    """A change of one session, or of it and all later ones; `offered` are the page's choices."""

    offers = ""
    later = forms.BooleanField(label=_("This and all later ones"), required=False)

    def __init__(self, *args: Any, offered: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.offers:
            field = self.fields[self.offers]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(offered)
        self.order_fields([name for name in self.fields if name != "later"])

    def arguments(self) -> dict[str, Any]:
        """What the verb is called with, beside permit and session."""
        return dict(self.cleaned_data)

    def summary(self) -> list[tuple[Any, str]]:
        """What was chosen, in the words it was chosen by."""
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if isinstance(field, forms.ChoiceField):
                offered: Any = field.choices
                value = {str(key): label for key, label in offered}.get(str(value))
            if value:
                found.append((field.label, _written(value)))
        return found


def _written(value: Any) -> str:
    if value is True:
        return str(_("Yes"))
    if isinstance(value, date):
        return day_text(value)
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


class MoveForm(ChangeForm):
    on = forms.DateField(label=_("To the day"))
    starts = forms.TimeField(label=_("Begins at"))


class CancelForm(ChangeForm):
    reason = forms.CharField(label=_("Why"), max_length=200)


class RoomForm(ChangeForm):
    offers = "room"
    room = forms.TypedChoiceField(label=_("Into which room"), coerce=int)


class VirtualForm(ChangeForm):
    pass


class StaffForm(ChangeForm):
    offers = "lead"
    lead = forms.TypedChoiceField(label=_("Facilitator"), coerce=int)
    co = forms.TypedChoiceField(
        label=_("Co-facilitator"), coerce=int, required=False, empty_value=None
    )

    def __init__(self, *args: Any, offered: Choices = (), **kwargs: Any) -> None:
        known = list(offered)
        super().__init__(*args, offered=known, **kwargs)
        field = self.fields["co"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Nobody")), *known]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if facts.get("co") and facts.get("co") == facts.get("lead"):
            self.add_error("co", _("Choose somebody else, or nobody."))
        return facts

    def arguments(self) -> dict[str, Any]:
        facts = self.cleaned_data
        co = [(facts["co"], "co")] if facts["co"] else []
        return {"staff": [(facts["lead"], "lead"), *co], "later": facts["later"]}


class MergeForm(ChangeForm):
    offers = "into"
    into = forms.TypedChoiceField(label=_("Into which session"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["later"]


class TellForm(DeskForm):
    """Whether people are told at once."""

    tell = forms.BooleanField(
        label=_("Text those who may be texted, and make a call list of the others"),
        required=False, initial=True,
    )  # fmt: skip


class HelpForm(DeskForm):
    """What is done for a session nobody can hold."""

    do = forms.ChoiceField(
        choices=[("substitute", ""), ("merge", ""), ("virtual", ""), ("cancel", "")]
    )
    staff = forms.IntegerField(required=False)
    into = forms.IntegerField(required=False)
    reason = forms.CharField(label=_("Why"), max_length=200, required=False,
                             initial=_("Nobody can hold it"))  # fmt: skip

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        needed = {"substitute": "staff", "merge": "into", "cancel": "reason"}.get(
            facts.get("do", "")
        )
        if needed and not facts.get(needed):
            self.add_error(None, _("Choose one of the ways."))
        return facts
