"""The safety questions as a form, made from the catalog."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.catalog.prescreen import NO, UNSURE, YES, PreScreen
from openiop.ui.forms import DeskForm

SKIPPED = "skipped"
ANSWERS = [(YES, _("Yes")), (UNSURE, _("Not sure")), (NO, _("No")), (SKIPPED, _("Not asked"))]


class SafetyForm(DeskForm):
    """A field for each question; what was not asked has no answer."""

    def __init__(self, *args: Any, asked: PreScreen, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in asked.questions:
            self.fields[each.id] = (
                forms.IntegerField(label=each.text, min_value=1, max_value=120, required=False)
                if each.kind == "age"
                else forms.ChoiceField(
                    label=each.text, choices=ANSWERS, initial=SKIPPED,
                    widget=forms.RadioSelect(attrs={"class": "row"}),
                )
            )  # fmt: skip
        self.fields["note"] = forms.CharField(
            label=_("In a few words"), max_length=1000, required=False
        )
        self.asked = asked

    @property
    def answers(self) -> dict[str, str | int]:
        """What was answered, by question."""
        given = {each.id: self.cleaned_data.get(each.id) for each in self.asked.questions}
        return {name: answer for name, answer in given.items() if answer not in (SKIPPED, None)}

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if not self.errors and not self.answers:
            self.add_error(None, _("No question is answered."))
        return facts
