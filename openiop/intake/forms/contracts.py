"""Input about contracts with payers and about prices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.catalog.payer_directory import companies
from openiop.intake.models.contracts import SERVICES, STATUSES
from openiop.ui.forms import DeskForm


class ContractForm(DeskForm):
    """What holds with a company for some services from a day on."""

    company = forms.ChoiceField(label=_("Payer, administrator or network"))
    services = forms.MultipleChoiceField(
        label=_("Services"), choices=SERVICES, widget=forms.CheckboxSelectMultiple
    )
    status = forms.ChoiceField(label=_("What holds"), choices=STATUSES)
    from_on = forms.DateField(label=_("From"))
    to_on = forms.DateField(
        label=_("Until, without this day"), required=False, help_text=_("Empty: until further.")
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["company"]
        field.choices = [
            ("", _("Choose")), *((each.id, each.name) for each in companies().values()
                                 if each.kind != "self_pay")
        ]  # fmt: skip


def dollars(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=9, decimal_places=2)


class PriceForm(DeskForm):
    """Prices from a day on, in dollars."""

    from_on = forms.DateField(label=_("From"))
    day_printed = dollars(_("A day of groups: printed price"))
    day_least = dollars(_("Plans allow at least"))
    day_usual = dollars(_("Usually"))
    day_most = dollars(_("At most"))
    talk_printed = dollars(_("A talk one-to-one: printed price"))
    talk_least = dollars(_("Plans allow at least"))
    talk_usual = dollars(_("Usually"))
    talk_most = dollars(_("At most"))


class FileForm(DeskForm):
    """Contracts as CSV."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Columns: clinic, company, service, status, from, to. Days as 2026-11-24."),
    )
    whole = forms.BooleanField(label=_("Take all lines or none"), required=False, initial=True)
