"""Input about who asked. What `cleaned_data` holds are the keywords of the action behind it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.access.queries import clinics
from openiop.access.queries.staff import Colleague
from openiop.intake.queries.inquiries import NOBODY, InquiryFacts
from openiop.intake.queries.partners import PartnerRow, partners
from openiop.intake.rules.inquiries import OPEN
from openiop.intake.words import CHANNELS, LOST, OUTCOMES, PARTNERS, STAGES, WAYS
from openiop.kernel.permits import Permit
from openiop.patients.queries.languages import LANGUAGES
from openiop.ui.forms import DeskForm

ANY = ("", _("Any"))


def number(label: Any, *, required: bool = False) -> forms.TypedChoiceField:
    """A choice among rows by id; their list is known when the form is made."""
    return forms.TypedChoiceField(label=label, coerce=int, empty_value=None, required=required)


def line(label: Any, length: int, *, required: bool = False, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=required, help_text=hint)


def tick(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class AboutForm(DeskForm):
    """Who asked, how they may be reached, what they want."""

    channel = forms.ChoiceField(label=_("How they came"), choices=list(CHANNELS.items()))
    name = line(_("Name as given"), 120, hint=_("Any name they choose, or none."))
    phone = line(_("Phone"), 40)
    safe_to_call = tick(_("Safe to call"))
    safe_to_leave_message = tick(_("Safe to leave a message"))
    safe_to_text = tick(_("Safe to text"))
    email = forms.EmailField(label=_("E-mail"), required=False)
    safe_to_email = tick(_("Safe to e-mail"))
    asks = forms.CharField(
        label=_("What they ask"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    payer_said = line(_("Insurance, as they say it"), 120)
    reach_when = line(_("Best hours to reach them"), 120)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, initial="en")
    birth_on = forms.DateField(label=_("Birth date"), required=False)
    partner = number(_("Who sent them"))

    def __init__(self, *args: Any, permit: Permit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(each.id, each.name) for each in partners(permit)]
        choose(self, "partner", [("", _("Nobody, or not in the directory")), *known])

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if not facts.get("phone") and (facts.get("safe_to_call") or facts.get("safe_to_text")):
            self.add_error("phone", _("Which number is safe?"))
        facts["partner_id"] = facts.pop("partner", None)
        return facts


class NewForm(AboutForm):
    """An inquiry, taken while the person waits."""

    clinic = number(_("Clinic"), required=True)

    def __init__(self, *args: Any, permit: Permit, here: int, **kwargs: Any) -> None:
        super().__init__(*args, permit=permit, **kwargs)
        choose(self, "clinic", [(each.id, each.name) for each in clinics(permit)])
        self.fields["clinic"].initial = here


class BoardFilter(DeskForm):
    q = line(_("Name or phone"), 60)
    owner = number(_("With"))
    channel = forms.ChoiceField(
        label=_("How they came"), choices=[ANY, *CHANNELS.items()], required=False
    )
    clinic = forms.ChoiceField(label=_("Clinic"), required=False)
    late = tick(_("Late only"))

    def __init__(self, *args: Any, permit: Permit, places: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        mine = [(permit.staff, _("Me"))] if permit.staff else []
        choose(self, "owner", [("", _("Anybody")), *mine, (NOBODY, _("Nobody yet"))])
        choose(self, "clinic", [ANY, *places])
        if len(places) < 2:
            del self.fields["clinic"]


class ContactForm(DeskForm):
    """A call, a message, a talk."""

    way = forms.ChoiceField(label=_("How"), choices=list(WAYS.items()))
    outcome = forms.ChoiceField(label=_("What came of it"), choices=list(OUTCOMES.items()))
    text = line(_("In a few words"), 1000)


class NextForm(DeskForm):
    step = line(_("Next step"), 200)
    due_at = forms.DateTimeField(label=_("Due"), required=False)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if facts.get("step") and not facts.get("due_at"):
            self.add_error("due_at", _("Until when?"))
        return facts


class StageForm(DeskForm):
    stage = forms.ChoiceField(label=_("Stage"), choices=[(each, STAGES[each]) for each in OPEN])


class OwnerForm(DeskForm):
    staff = number(_("With"))

    def __init__(self, *args: Any, people: Iterable[Colleague], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "staff", [("", _("Nobody")), *((each.id, each.name) for each in people)])


class LostForm(DeskForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose one")), *LOST.items()])
    text = line(_("In a few words"), 500)


class PartnerForm(DeskForm):
    """A place that sends people or takes them."""

    name = line(_("Name"), 120, required=True)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(PARTNERS.items()))
    contact = line(_("Whom to ask for"), 120)
    phone = line(_("Phone"), 40)
    email = forms.EmailField(label=_("E-mail"), required=False)
    address = line(_("Address"), 200)
    takes_people = tick(_("Takes people we refer"))
    note = line(_("Note"), 300, hint=_("Hours, what they take, what to send along."))


def choose(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """The choices of a field that are known only when the form is made."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def about(found: InquiryFacts) -> dict[str, Any]:
    """What the form about an inquiry starts with."""
    return {name: getattr(found, name) for name in AboutForm.base_fields}


def of_partner(found: PartnerRow) -> dict[str, Any]:
    return {name: getattr(found, name) for name in PartnerForm.base_fields}
