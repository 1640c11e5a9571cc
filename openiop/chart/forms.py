"""What is typed about a session and its people. A draft may lack anything; signing asks."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.chart.rules.parts import PART_FIELDS, SHARED_FIELDS, NoteKind, Part, Shared
from openiop.ui.forms import DeskForm

PARTICIPATION = [
    ("active", _("Took an active part")), ("some", _("Took some part")),
    ("listened", _("Listened")), ("distracted", _("Had a hard time staying with it")),
    ("left", _("Left during the session")),
]  # fmt: skip
RISK = [
    ("none", _("No risk voiced or seen")), ("present", _("Risk present")),
    ("not_assessed", _("Not assessed")),
]  # fmt: skip


class Later:
    """A field that must be filled before signing, not before saving."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)  # type: ignore[misc]


class Words(Later, forms.CharField):
    """Text to be signed; blank lines at its ends are nobody's words."""

    def __init__(self, rows: int = 2, **options: Any) -> None:
        area = forms.Textarea(attrs={"rows": rows, "placeholder": " ", "autocomplete": "off"})
        options = {"widget": area, "max_length": 20_000, **options}
        super().__init__(**options)


class OneOf(Later, forms.ChoiceField):
    widget = forms.RadioSelect


class DraftForm(DeskForm):
    """Saves whatever stands in it."""

    use_required_attribute = False
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    page = forms.CharField(
        max_length=24, required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
    )


class SharedForm(DraftForm):
    """The session once: read-only in every attendee's chart, so without names."""

    topic = Words(label=_("Topic"), max_length=120, widget=forms.TextInput)
    interventions = Words(label=_("What was done"))
    narrative = Words(rows=4, label=_("How the session went"))
    next_step = Words(required=False, label=_("Next step for everyone"))

    def shared(self) -> Shared:
        """The cleaned texts."""
        return Shared(**{name: self.cleaned_data[name] for name in SHARED_FIELDS})


class PartForm(DraftForm):
    """One person's part. `next` is who the page shows after this one."""

    participation = OneOf(label=_("Took part"), choices=PARTICIPATION)
    risk = OneOf(label=_("Risk"), choices=RISK)
    risk_detail = Words(label=_("What the risk is and what was done, or why not assessed"))
    observation = Words(label=_("What you saw"))
    response = Words(rows=3, label=_("Response"))
    objective = Words(required=False, label=_("Objective worked on"), max_length=300,
                      widget=forms.TextInput(attrs={"placeholder": " "}))  # fmt: skip
    progress = Words(label=_("Progress on it"))
    next_step = Words(label=_("Next step"))
    next = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)

    LABELS = {
        NoteKind.CLOSING: {"response": _("Closing statement")},
        NoteKind.OUTREACH: {"response": _("What happened and what was done")},
    }  # fmt: skip
    HINTS = {
        NoteKind.CLOSING: _("Say what the attendance record shows, and that the session's own"
                            " account is missing. Claim nothing you did not see."),
    }  # fmt: skip

    def __init__(self, *args: Any, kind: str = NoteKind.GROUP, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in self.LABELS.get(NoteKind(kind), {}).items():
            self.fields[name].label = label
        if kind in self.HINTS:
            self.fields["response"].help_text = self.HINTS[NoteKind(kind)]

    def part(self) -> Part:
        """The cleaned texts."""
        return Part(**{name: self.cleaned_data[name] for name in PART_FIELDS})


class ReasonForm(DeskForm):
    """Why something is right as it is."""

    key = forms.CharField(max_length=16, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=300, label=_("Keep it, because"))


class AddForm(DeskForm):
    """What is added to a signed note."""

    kind = forms.ChoiceField(
        label=_("What it is"), widget=forms.RadioSelect, initial="addendum",
        choices=[("addendum", _("Addendum: something new")),
                 ("late_entry", _("Late entry: it should have been in the note"))],
    )  # fmt: skip
    text = forms.CharField(label=_("What to add"), widget=forms.Textarea(attrs={"rows": 3}))
    reason = forms.CharField(max_length=300, label=_("Why it is added now"))


class StrikeForm(DeskForm):
    """Why a note is struck, and about whom it was when it was not this person."""

    reason = forms.CharField(max_length=300, label=_("What is wrong with it"))
    wrong_person = forms.BooleanField(
        required=False, label=_("It is about somebody else: keep its text out of this chart")
    )
    belongs_to = forms.CharField(
        required=False, max_length=12, label=_("Whom it is about"),
        help_text=_("Their record number, if they were at the same session: the text becomes an"
                    " unsigned note there."),
    )  # fmt: skip


class ReturnForm(DeskForm):
    """What the author should add."""

    comment = forms.CharField(
        max_length=500, label=_("What the author should add"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class AsideForm(DeskForm):
    """Why a draft is set aside."""

    reason = forms.CharField(max_length=300, label=_("Why it is set aside"))


class HandOverForm(DeskForm):
    """Whose unsigned notes go to whom, and why."""

    staff_from = forms.TypedChoiceField(coerce=int, label=_("Whose notes"))
    to = forms.TypedChoiceField(coerce=int, label=_("Who writes them now"))
    reason = forms.CharField(max_length=300, label=_("Why"))

    def __init__(
        self, *args: Any, owing: Iterable[tuple[int, str]], writers: Iterable[tuple[int, str]],
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.fields["staff_from"].choices = list(owing)  # type: ignore[attr-defined]
        self.fields["to"].choices = list(writers)  # type: ignore[attr-defined]
