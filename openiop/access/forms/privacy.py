"""Forms about who opened, may open and may not open a record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.access.forms import Permitted, optional_day
from openiop.access.queries.audit import actors
from openiop.access.queries.staff_list import accounts
from openiop.kernel.acts import ACTS
from openiop.ui.forms import DeskForm

OUTCOMES = [("", _("Done and refused")), ("done", _("Done")), ("refused", _("Refused"))]
KINDS = [("", _("Looked and changed")), ("read", _("Looked")), ("write", _("Changed"))]


def _who(permit: Any) -> list[tuple[Any, Any]]:
    return [("", _("Anybody")), *((one.user_id, one.name) for one in actors(permit))]


class RecordFilter(Permitted):
    """Who opened one record."""

    number = forms.CharField(label=_("Record number"), max_length=12)
    user = forms.TypedChoiceField(label=_("Who"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label=_("What"), required=False, choices=KINDS)
    first_on = optional_day(_("From"))
    last_on = optional_day(_("To"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = _who(self.permit)  # type: ignore[attr-defined]


class EventFilter(Permitted):
    """What happened in the whole organization."""

    user = forms.TypedChoiceField(label=_("Who"), required=False, coerce=int, empty_value=None)
    act = forms.ChoiceField(label=_("Act"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=OUTCOMES)
    first_on = optional_day(_("From"))
    last_on = optional_day(_("To"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = _who(self.permit)  # type: ignore[attr-defined]
        acts = sorted((act.name, f"{act.about} ({act.name})") for act in ACTS)
        self.fields["act"].choices = [("", _("Any act")), *acts]  # type: ignore[attr-defined]


class GlassForm(DeskForm):
    number = forms.CharField(
        label=_("Record number"), max_length=12, help_text=_("All of it, with its check digit.")
    )
    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What happened, without the person's name. A privacy officer reads it."),
    )  # fmt: skip


class ReviewForm(DeskForm):
    justified = forms.TypedChoiceField(
        label=_("Was it justified?"), coerce=lambda value: value == "yes",
        choices=[("yes", _("Justified")), ("no", _("Not justified"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when it was not justified."),
    )  # fmt: skip


class NumberForm(DeskForm):
    """One record to decide about."""

    number = forms.CharField(label=_("Record number"), max_length=12)


class BlockForm(Permitted):
    user = forms.TypedChoiceField(label=_("Keep out"), coerce=int)
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = accounts(self.permit)  # type: ignore[attr-defined]


class GrantForm(Permitted):
    users = forms.TypedMultipleChoiceField(
        label=_("Only these people may open it"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody chosen: everybody whose role and clinic allow it."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["users"].choices = accounts(self.permit)  # type: ignore[attr-defined]


class KnownForm(DeskForm):
    number = forms.CharField(label=_("Record number"), max_length=12)
    relationship = forms.CharField(
        label=_("How you know each other"), max_length=120,
        help_text=_("Such as sister, neighbor, former partner. No names."),
    )  # fmt: skip
    block_wanted = forms.BooleanField(
        label=_("Please keep me out of this record"), required=False, initial=True
    )
