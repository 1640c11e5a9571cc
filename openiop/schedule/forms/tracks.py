"""The builder of tracks: days, hours, blocks, place, people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from openiop.programs.rules import TrackPlan
from openiop.ui.forms import DeskForm

BLOCKS = 7
LONGEST = 480
DAYS = [
    ("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday")),
    ("4", _("Friday")), ("5", _("Saturday")), ("6", _("Sunday")),
]  # fmt: skip
KINDS = [
    ("", _("No block")), ("counseling", _("Counseling")), ("education", _("Education")),
    ("family", _("Family")), ("skills", _("Skills")), ("break", _("Break")),
]  # fmt: skip
EVENTS = [
    ("", _("An ordinary group")), ("multi-family-education", _("Multi-family education")),
    ("seminar", _("Seminar")), ("outside-speaker", _("Outside speaker")),
    ("large-event", _("Large event")),
]  # fmt: skip
USUAL = (
    ("counseling", 60), ("break", 10), ("education", 60), ("break", 10), ("counseling", 60),
)  # fmt: skip
Choices = Iterable[tuple[Any, Any]]


class TrackForm(DeskForm):
    """A track to build, three hours and two breaks unless somebody plans otherwise."""

    name = forms.CharField(label=_("Name"), max_length=100)
    program = forms.TypedChoiceField(label=_("Program"), coerce=int)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"), choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple,
        initial=["0", "2", "4"],
    )  # fmt: skip
    starts = forms.TimeField(label=_("Begins at"), initial="09:00")
    start_on = forms.DateField(label=_("First day"))
    end_on = forms.DateField(label=_("Last day"), required=False)
    place = forms.ChoiceField(label=_("Where"))
    lead = forms.TypedChoiceField(
        label=_("Facilitator"), coerce=int, required=False, empty_value=None
    )
    co = forms.TypedChoiceField(
        label=_("Co-facilitator"), coerce=int, required=False, empty_value=None
    )
    event = forms.ChoiceField(
        label=_("Kind of event"), choices=EVENTS, required=False,
        help_text=_("Some group limits do not reach large events."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, programs: Choices, rooms: Choices, staff: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choose("program", programs)
        self._choose("place", [*((str(key), name) for key, name in rooms), ("virtual", _("Video"))])
        for name in ("lead", "co"):
            self._choose(name, [("", _("Nobody yet")), *staff])
        for number in range(1, BLOCKS + 1):
            kind, minutes = USUAL[number - 1] if number <= len(USUAL) else ("", None)
            self.fields[f"kind_{number}"] = forms.ChoiceField(
                label=_("Block %(n)s") % {"n": number}, choices=KINDS, required=False, initial=kind
            )
            self.fields[f"minutes_{number}"] = forms.IntegerField(
                label=_("Minutes of block %(n)s") % {"n": number}, required=False, min_value=5,
                max_value=LONGEST, initial=minutes,
            )  # fmt: skip

    def _choose(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    @property
    def block_fields(self) -> list[tuple[Any, Any]]:
        """The fields of each block: kind and minutes."""
        return [(self[f"kind_{n}"], self[f"minutes_{n}"]) for n in range(1, BLOCKS + 1)]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        blocks = []
        for number in range(1, BLOCKS + 1):
            kind, minutes = facts.get(f"kind_{number}"), facts.get(f"minutes_{number}")
            if kind and not minutes and f"minutes_{number}" not in self.errors:
                self.add_error(f"minutes_{number}", _("Say how long it takes."))
            if kind and minutes:
                blocks.append((kind, minutes))
        if not any(kind != "break" for kind, _minutes in blocks) and not self.errors:
            self.add_error("kind_1", _("A track needs a block that is not a break."))
        if facts.get("lead") and facts.get("lead") == facts.get("co"):
            self.add_error("co", _("Choose somebody else, or nobody."))
        start, end = facts.get("start_on"), facts.get("end_on")
        if start and end and end < start:
            self.add_error("end_on", _("Choose a day after the first one."))
        facts["blocks"] = tuple(blocks)
        return facts

    def plan(self, clinic: int) -> TrackPlan:
        """What was typed, as a plan for the clinic."""
        facts = self.cleaned_data
        virtual = facts["place"] == "virtual"
        people = ((facts["lead"], "lead"), (facts["co"], "co"))
        return TrackPlan(
            clinic=clinic, program=facts["program"], name=facts["name"],
            code=slugify(facts["name"])[:30] or "track", weekdays=tuple(facts["weekdays"]),
            starts=facts["starts"], blocks=facts["blocks"], start_on=facts["start_on"],
            end_on=facts["end_on"], mode="virtual" if virtual else "in_person",
            room=None if virtual else int(facts["place"]), event=facts["event"],
            staff=tuple((member, part) for member, part in people if member),
        )  # fmt: skip
