"""Admission: who it is, what is on paper, where they begin, what is let wait."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.access.queries.staff import Colleague
from openiop.intake.actions.admission import Place
from openiop.intake.forms.inquiries import choose, line, number, tick
from openiop.intake.queries.admission import Paper
from openiop.intake.rules.admission import DAYS_A_WEEK, LEVELS, WAIT_MOST, Item, Waiver
from openiop.intake.words import LEVEL_WORDS, MISSING
from openiop.schedule.queries.seats import FreeTrack
from openiop.ui.forms import DeskForm


class PersonForm(DeskForm):
    """Who it is: a new record, or the number of the one they have."""

    legal_first = line(_("First name, as on the ID"), 80)
    legal_last = line(_("Last name, as on the ID"), 80)
    birth_on = forms.DateField(label=_("Birth date"), required=False)
    number = line(_("Or their record number"), 12, hint=_("When they have a record already."))

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if not facts.get("number") and not facts.get("legal_last"):
            self.add_error("legal_last", _("Fill this in, or give the record number."))
        return facts


class AdmitForm(DeskForm):
    """Where they begin and what was signed; a pair of fields for each item let wait."""

    track = number(_("Group"), required=True)
    start_on = forms.DateField(label=_("First day"))
    level = forms.ChoiceField(
        label=_("Level of care"), choices=[(each, LEVEL_WORDS[each]) for each in LEVELS]
    )
    expected_weeks = forms.IntegerField(
        label=_("Expected length in weeks"), min_value=1, max_value=52, initial=8
    )
    counselor = number(_("Primary counselor"))
    treatment_consent_on = forms.DateField(
        label=_("Consent to treatment, signed on"), required=False
    )
    agreement_on = forms.DateField(label=_("Program agreement, signed on"), required=False)
    self_pay = tick(_("They pay themselves, without a plan"))

    def __init__(
        self, *args: Any, tracks: Iterable[FreeTrack], people: Iterable[Colleague],
        waivable: Iterable[Item], today: date, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        choose(self, "track", [("", _("Choose one")), *((each.id, str(each)) for each in tracks)])
        choose(self, "counselor", [("", _("Nobody yet")), *((e.id, e.name) for e in people)])
        self.waivable = [item.key for item in waivable]
        for key in self.waivable:
            self.fields[f"reason_{key}"] = line(
                _("Let wait: %(what)s") % {"what": MISSING[key]}, 300, hint=_("The reason.")
            )
            self.fields[f"due_{key}"] = forms.DateField(
                label=_("Until"), required=False,
                help_text=_("At most thirty days."), initial=today + WAIT_MOST / 4,
            )  # fmt: skip

    @property
    def paper(self) -> Paper:
        """What was signed, as far as it was understood."""
        said = self.cleaned_data
        return Paper(
            said.get("treatment_consent_on"), said.get("agreement_on"), bool(said.get("self_pay"))
        )

    @property
    def place(self) -> Place:
        said = self.cleaned_data
        return Place(
            said["track"], said["start_on"], said["level"], DAYS_A_WEEK[said["level"]],
            said["expected_weeks"], said["counselor"],
        )  # fmt: skip

    @property
    def waivers(self) -> dict[str, Waiver]:
        """What is let wait: items with a reason and a day."""
        said = self.cleaned_data
        return {
            key: Waiver(key, said[f"reason_{key}"], said[f"due_{key}"])
            for key in self.waivable
            if said.get(f"reason_{key}") and said.get(f"due_{key}")
        }
