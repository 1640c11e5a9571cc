"""Forms of a session's topic and of the curriculum a track follows."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.ui.forms import DeskForm

REASONS = [
    ("A death in the group", _("A death in the group")), ("A crisis", _("A crisis")),
    ("Something that happened outside", _("Something that happened outside")),
    ("The group asked for it", _("The group asked for it")),
]  # fmt: skip
Choices = Iterable[tuple[Any, Any]]


def _unit(value: str) -> tuple[str, int]:
    code, part = value.rsplit(":", 1)
    return code, int(part)


class ReplaceForm(DeskForm):
    """Another topic on the spot: one of the curriculum, or the group's own."""

    reason = forms.ChoiceField(label=_("Why"), choices=REASONS, widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("Your own topic"), max_length=120, required=False,
        help_text=_("Leave it empty to take one of the curriculum."),
    )  # fmt: skip
    topic = forms.TypedChoiceField(
        label=_("Or a topic of the curriculum"), coerce=_unit, required=False,
        empty_value=("", 1),  # type: ignore[arg-type]
    )  # fmt: skip

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = [("", _("None")), *units]  # type: ignore[attr-defined]


class PinForm(DeskForm):
    """A topic that stays in this session."""

    topic = forms.TypedChoiceField(label=_("Topic"), coerce=_unit)

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = list(units)  # type: ignore[attr-defined]


class SwapForm(DeskForm):
    """The session to exchange topics with."""

    other = forms.TypedChoiceField(label=_("With the session of"), coerce=int)

    def __init__(self, *args: Any, sessions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = list(sessions)  # type: ignore[attr-defined]


class FollowForm(DeskForm):
    """The curriculum a track follows from a day on."""

    curriculum = forms.TypedChoiceField(label=_("Curriculum"), coerce=_unit)
    from_on = forms.DateField(label=_("From"))

    def __init__(self, *args: Any, curricula: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["curriculum"].choices = list(curricula)  # type: ignore[attr-defined]
