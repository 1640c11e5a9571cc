"""Input about who a person is, turned into clean values."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.catalog import payers
from openiop.patients.models import KeepApart, Patient
from openiop.patients.queries.languages import LANGUAGES
from openiop.patients.queries.records import COVERAGE_FIELDS, FIELDS
from openiop.patients.rules.search import OLDEST
from openiop.ui.forms import DeskForm

SEXES = [
    ("", _("Not asked yet")), ("female", _("Female")), ("male", _("Male")), ("x", _("X")),
    ("unknown", _("Unknown")),
]  # fmt: skip
RELATIONSHIPS = [
    ("self", _("Self")), ("spouse", _("Spouse")), ("child", _("Child")), ("other", _("Other")),
]  # fmt: skip
KINDS = [("phone", _("Phone")), ("email", _("E-mail")), ("address", _("Address"))]
SAFE = {
    "safe_to_call": _("Safe to call"), "safe_to_text": _("Safe to text"),
    "safe_to_leave_message": _("Safe to leave a message"),
}  # fmt: skip


def short(label: Any, length: int = 80, *, required: bool = False, hint: Any = "") -> Any:
    """One line of text, trimmed, as long as its column."""
    return forms.CharField(label=label, max_length=length, required=required, help_text=hint)


def choose(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """The choices of a field that are known only when the form is made."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def check(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class Lines(forms.CharField):
    """One thing a line; a list."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = [" ".join(line.split()) for line in (value or "").splitlines()]
        return [line[:160] for line in lines if line]


class IdentityForm(DeskForm):
    """Who a person is: fields as in the table, so clean values go to the action as they are."""

    legal_first = short(FIELDS["legal_first"], hint=_("As on the ID or the insurance card."))
    legal_middle = short(FIELDS["legal_middle"])
    legal_last = short(FIELDS["legal_last"], required=True)
    birth_on = forms.DateField(label=FIELDS["birth_on"], required=False)
    preferred_name = short(FIELDS["preferred_name"], hint=_("As it should be said in the group."))
    chosen_first = short(FIELDS["chosen_first"], hint=_("Shown instead of the legal name."))
    chosen_last = short(FIELDS["chosen_last"])
    other_names = Lines(
        label=FIELDS["other_names"], required=False,
        help_text=_("Earlier names or nicknames, one a line. The person is found by them too."),
    )  # fmt: skip
    pronouns = short(FIELDS["pronouns"], 30)
    gender = short(FIELDS["gender"], 40)
    legal_sex = forms.ChoiceField(label=FIELDS["legal_sex"], choices=SEXES, required=False)
    languages = forms.MultipleChoiceField(
        label=FIELDS["languages"], required=False, widget=forms.CheckboxSelectMultiple
    )
    interpreter = forms.ChoiceField(label=FIELDS["interpreter"], required=False)
    living = forms.ChoiceField(label=FIELDS["living"], choices=Patient.LIVING, initial="unknown")
    living_note = short(FIELDS["living_note"], 200)
    died_on = forms.DateField(label=FIELDS["died_on"], required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        known = [*(self.initial.get("languages") or []), self.initial.get("interpreter") or ""]
        spoken = [*LANGUAGES, *((code, code) for code in known if code not in dict(LANGUAGES))]
        spoken = [pair for pair in spoken if pair[0]]
        choose(self, "languages", spoken)
        choose(self, "interpreter", [("", _("Not needed")), *spoken])

    def clean_birth_on(self) -> date | None:
        return self._day("birth_on")

    def clean_died_on(self) -> date | None:
        return self._day("died_on")

    def _day(self, name: str) -> date | None:
        value: date | None = self.cleaned_data[name]
        if value and (value > self.today or value.year < OLDEST):
            raise forms.ValidationError(_("This day cannot be right: check the year."))
        return value


class NewPersonForm(IdentityForm):
    """A person to register, with a first way to reach them."""

    phone = short(_("Phone"), 40)
    safe_to_call = check(SAFE["safe_to_call"])
    safe_to_text = check(SAFE["safe_to_text"])
    safe_to_leave_message = check(SAFE["safe_to_leave_message"])
    clinic = forms.ChoiceField(label=_("Clinic"))

    def __init__(self, *args: Any, clinics: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["died_on"]
        choices = list(clinics)
        choose(self, "clinic", choices)
        if len(choices) == 1:
            self.fields["clinic"].widget = forms.HiddenInput()
            self.initial.setdefault("clinic", choices[0][0])

    @property
    def person(self) -> dict[str, Any]:
        """What `register_once` takes."""
        facts = {name: self.cleaned_data[name] for name in FIELDS if name != "died_on"}
        return facts | {"clinic": int(self.cleaned_data["clinic"])}

    @property
    def point(self) -> dict[str, Any]:
        """What `reach_self` takes, when a phone was given."""
        return {"kind": "phone", "value": self.cleaned_data["phone"],
                **{name: self.cleaned_data[name] for name in SAFE}}  # fmt: skip


class ElsewhereForm(DeskForm):
    """A full name and a birth date: what it takes to look beyond the own clinics."""

    first = short(_("First name"), required=True)
    last = short(_("Last name"), required=True)
    birth_on = forms.DateField(label=_("Birth date"))


class PointForm(DeskForm):
    """A way to reach the person, and what is safe there."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    value = short(_("Number or address"), 200, required=True)
    label = short(_("What it is"), 40, hint=_("Mobile, work, mother's house."))
    safe_to_call = check(SAFE["safe_to_call"])
    safe_to_text = check(SAFE["safe_to_text"])
    safe_to_leave_message = check(SAFE["safe_to_leave_message"])
    preferred = check(_("Try this one first"))

    def __init__(self, *args: Any, change: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if change:
            del self.fields["kind"]


class CloseOneForm(DeskForm):
    """Somebody close to the person."""

    name = short(_("Name"), 120, required=True)
    relationship = short(_("Who this is to them"), 40, required=True)
    phone = short(_("Phone"), 40)
    emergency = check(_("Call in an emergency"))
    may_know = check(_("May know about the treatment"))


class CoverageForm(DeskForm):
    """What the person says pays for care."""

    payer_name = short(COVERAGE_FIELDS["payer_name"], 160, required=True)
    rule_pack = forms.ChoiceField(
        label=COVERAGE_FIELDS["rule_pack"], initial="standard-commercial",
        help_text=_("Which hours and days a week this payer asks for."),
    )  # fmt: skip
    member_number = short(COVERAGE_FIELDS["member_number"], 60)
    plan_name = short(COVERAGE_FIELDS["plan_name"], 160)
    relationship = forms.ChoiceField(
        label=COVERAGE_FIELDS["relationship"], choices=RELATIONSHIPS, initial="self"
    )
    start_on = forms.DateField(label=_("First day"), required=False)
    end_on = forms.DateField(label=_("Last day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "rule_pack", sorted(payers().items()))


class ApartForm(DeskForm):
    """Whom to keep this person apart from, and why."""

    number = short(_("Record number of the other person"), 12, required=True)
    reason = forms.ChoiceField(label=_("Why"), choices=KeepApart.REASONS)
    detail = short(_("What to know"), 300, hint=_("Seen only by those who may read this page."))


class NumberForm(DeskForm):
    """The other record to compare with."""

    with_ = short(_("Record number of the other record"), 12, required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"with": self.fields["with_"]}


class MergeForm(DeskForm):
    """Which record to keep, and why they are one person."""

    keep = forms.ChoiceField(label=_("Keep this record"), widget=forms.RadioSelect)
    reason = short(_("How you know it is one person"), 300, required=True)

    def __init__(self, *args: Any, numbers: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "keep", numbers)


class AssignForm(DeskForm):
    """A clinic for imported people."""

    clinic = forms.ChoiceField(label=_("Clinic"))

    def __init__(self, *args: Any, clinics: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "clinic", clinics)
