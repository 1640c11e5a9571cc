"""Forms of timetables: what to ask for, and from when to apply it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.schedule.timetable.facts import Weights
from openiop.ui.forms import DeskForm

SECONDS = [(20, _("20 seconds")), (60, _("One minute")), (180, _("3 minutes")),
           (600, _("10 minutes"))]  # fmt: skip
MOST = 100


def _points(label: Any, initial: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST, initial=initial)


class AskForm(DeskForm):
    """Where, from when, how long to search, and what matters how much."""

    area = forms.ChoiceField(label=_("Area"), required=False)
    on = forms.DateField(label=_("For the weeks from"))
    seconds = forms.TypedChoiceField(label=_("Search for"), choices=SECONDS, coerce=int, initial=60)
    waiting = _points(_("Points for each person left waiting"), Weights.waiting)
    size = _points(_("Points for each person above the size aimed at"), Weights.size)
    facilitator = _points(_("Points for each person with another facilitator"), Weights.facilitator)
    change = _points(_("Points for each group, room or helper changed"), Weights.change)

    def __init__(self, *args: Any, areas: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", _("All areas")), *areas]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        """What was typed, as `actions.timetable.ask` takes it."""
        typed = self.cleaned_data
        names = ("waiting", "size", "facilitator", "change")
        weights = Weights(**{name: typed[name] for name in names})
        return {"area": typed["area"], "on": typed["on"], "seconds": typed["seconds"],
                "weights": weights}  # fmt: skip


class ApplyForm(DeskForm):
    """The day from which a plan is true."""

    on = forms.DateField(label=_("From the day"))
