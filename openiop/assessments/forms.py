"""Answers of a questionnaire on one page; what a clinician found about safety."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.assessments.words import DISPOSITIONS
from openiop.catalog.instrument import Instrument
from openiop.ui.forms import DeskForm

MODES = [("paper", _("On paper")), ("screen", _("On this screen"))]


class AnswersForm(DeskForm):
    """Every item of one questionnaire, each of which may stay open; the rules say what that costs.

    `corrects` asks for a reason as well."""

    taken_at = forms.DateTimeField(label=_("Answered at"))
    mode = forms.ChoiceField(label=_("How"), choices=MODES)

    def __init__(
        self, *args: Any, instrument: Instrument, corrects: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.instrument = instrument
        for number in instrument.answers:
            self.fields[f"i{number}"] = _item(instrument, number)
        for name, fact in instrument.facts.items():
            self.fields[f"fact_{name}"] = _fact(name, fact)
        if corrects:
            self.fields["reason"] = forms.CharField(
                label=_("What was wrong"), max_length=300, required=False
            )

    @property
    def items(self) -> Iterator[forms.BoundField]:
        """The fields of the questionnaire itself."""
        for name in self.fields:
            if name.startswith(("i", "fact_")):
                yield self[name]

    def answers(self) -> dict[str, int | None]:
        """By item number as text; None where left open."""
        typed = self.cleaned_data
        return {str(n): _number(typed[f"i{n}"]) for n in self.instrument.answers}

    def facts(self) -> dict[str, str | int | None]:
        """What was asked beside, by name."""
        return {name: self.cleaned_data[f"fact_{name}"] or None for name in self.instrument.facts}


def _number(text: str) -> int | None:
    return int(text) if text else None


def _item(instrument: Instrument, number: int) -> forms.ChoiceField:
    said = instrument.questions or instrument.items
    points = instrument.answers[number]
    texts = instrument.options[number] if instrument.questions else tuple(map(str, points))
    before = instrument.asked_after.get(number)
    hint = _("Only after a yes to question %(n)s.") % {"n": before} if before else ""
    return _radio(f"{number}. {said[number - 1]}", list(zip(points, texts, strict=True)), hint)


def _fact(name: str, fact: Any) -> forms.ChoiceField:
    """Asked beside the items; without an answer the careful one counts."""
    texts = fact.get("options") or [str(each).capitalize() for each in fact["answers"]]
    label = fact.get("question") or name.capitalize()
    return _radio(label, list(zip(fact["answers"], texts, strict=True)), "")


def _radio(label: str, choices: list[tuple[Any, str]], hint: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=forms.RadioSelect, help_text=hint
    )


class EvaluationForm(DeskForm):
    """A clinician's evaluation; `seen` is the newest response that stood on the page."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    found = forms.CharField(
        label=_("What you found"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Thoughts, plan, means, what protects; said by whom, seen or on the phone."),
    )  # fmt: skip
    disposition = forms.ChoiceField(
        label=_("What follows"), choices=[("", ""), *DISPOSITIONS.items()]
    )
    plan = forms.CharField(
        label=_("The way on"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


class CancelForm(DeskForm):
    reason = forms.CharField(label=_("Why no evaluation is needed"), max_length=300)


class OneForm(DeskForm):
    """One question of a questionnaire; open where it is left open on purpose."""

    at = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: Instrument, key: str, **kwargs: Any) -> None:
        kwargs["initial"] = {"at": key, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        asked = _item(kind, int(key)) if key.isdigit() else _fact(key, kind.facts[key])
        asked.help_text = ""
        asked.required = "skip" not in self.data
        asked.error_messages["required"] = _("Choose one.")
        self.fields["answer"] = asked

    def given(self) -> int | None:
        """The points chosen."""
        return _number(self.cleaned_data["answer"])
