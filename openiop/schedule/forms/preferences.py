"""What is typed about topics taken up one to one and about hours somebody cannot come."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.schedule.forms.one_to_ones import WEEKDAYS
from openiop.schedule.queries.optouts import newest_curricula
from openiop.ui.forms import DeskForm

KINDS = [
    ("work", _("Work")), ("court", _("Court")), ("childcare", _("Childcare")),
    ("school", _("School")), ("other", _("Something else")),
]  # fmt: skip


class OptOutForm(DeskForm):
    """A topic, of any curriculum, and why; the choice carries both codes."""

    topic = forms.ChoiceField(label=_("Topic"))
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False,
        help_text=_("Stays with this person's record."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="topic_%s", **kwargs)
        self.fields["topic"].choices = [("", _("Choose one")), *(  # type: ignore[attr-defined]
            (each.title, [(f"{each.id}:{topic.code}", topic.title) for topic in each.topics])
            for each in newest_curricula().values()
        )]  # fmt: skip

    def clean_topic(self) -> tuple[str, str]:
        curriculum, _colon, topic = self.cleaned_data["topic"].partition(":")
        return curriculum, topic


class CommitmentForm(DeskForm):
    """Hours of some weekdays, from a day on."""

    kind = forms.ChoiceField(label=_("What it is"), choices=KINDS)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"), choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    starts = forms.TimeField(label=_("From"))
    ends = forms.TimeField(label=_("To"))
    from_on = forms.DateField(label=_("First day"))
    last_on = forms.DateField(label=_("Last day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="hours_%s", **kwargs)
