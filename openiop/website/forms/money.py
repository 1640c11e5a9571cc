"""What a stranger may tell of a plan: nothing of it is kept."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.intake.rules.cost import Plan
from openiop.website.forms.finding import ANY

MOST = Decimal(100_000)
WAIVED = {"": None, "no": True, "yes": False}


class PlanNameForm(forms.Form):
    """Whose insurance it is, and where care is wanted."""

    plan = forms.CharField(
        label=_("Name of your plan"), max_length=80,
        help_text=_("As it stands on the card, such as Aetna or BCBS. Write “none” without one."),
    )  # fmt: skip
    area = forms.ChoiceField(label=_("Area"), required=False)

    def __init__(self, data: Any, *, areas: dict[str, str]) -> None:
        super().__init__(data)
        self.fields["area"] = forms.ChoiceField(
            label=_("Area"), required=False, choices=[ANY, *areas.items()]
        )
        self.fields["plan"].widget.attrs["autocomplete"] = "off"
        self.fields["plan"].error_messages["required"] = _("Write the name of your plan.")


def dollars(label: Any, hint: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=hint, required=False, min_value=0, max_value=MOST, decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip


def percent(label: Any, hint: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=hint, required=False, min_value=0, max_value=100, decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip


class PlanForm(forms.Form):
    """The few numbers of a plan; each may be left out."""

    COVERED = [
        ("in", _("My plan covers it in network")), ("out", _("My plan, out of network")),
        ("none", _("Without insurance, or without using it")),
    ]  # fmt: skip
    covered = forms.ChoiceField(label=_("How would you pay?"), choices=COVERED)
    deductible = dollars(
        _("Deductible left, in dollars"), _("What you still pay before the plan pays.")
    )
    waived = forms.ChoiceField(
        label=_("Does the deductible count for visits?"), required=False,
        choices=[("", _("I do not know")), ("no", _("No, visits are paid before it is met")),
                 ("yes", _("Yes"))],
    )  # fmt: skip
    family = forms.ChoiceField(
        label=_("Whose numbers are these?"), required=False,
        choices=[("", _("Mine alone")), ("yes", _("My family's together"))],
    )  # fmt: skip
    copay = dollars(_("Copay for a visit, in dollars"), _("If your plan has one."))
    share = percent(_("Coinsurance, in percent"), _("Your share after the deductible, such as 20."))
    tier = percent(_("Coinsurance at the second tier, in percent"), _("Only if you know of tiers."))
    maximum = dollars(_("Out-of-pocket maximum, in dollars"), _("The most you pay in a year."))
    met = dollars(_("Paid toward it so far, in dollars"))

    def clean(self) -> dict[str, Any]:
        seen = super().clean() or {}
        maximum, met = seen.get("maximum"), seen.get("met")
        if maximum is not None and met is not None and met > maximum:
            self.add_error("met", _("You cannot have paid more than the maximum. Check both."))
        return seen

    @property
    def plan(self) -> Plan | None:
        """The plan as told, None without one; call after `is_valid`."""
        seen = self.cleaned_data
        if seen["covered"] == "none":
            return None
        left = None if seen["maximum"] is None else seen["maximum"] - (seen["met"] or 0)
        return Plan(
            deductible_left=seen["deductible"], copay=seen["copay"], share=_share(seen["share"]),
            tier_share=_share(seen["tier"]), left=left, network=seen["covered"],
            waived=WAIVED[seen["waived"]], family=bool(seen["family"]),
        )  # fmt: skip


def _share(percents: Decimal | None) -> Decimal | None:
    return None if percents is None else percents / 100
