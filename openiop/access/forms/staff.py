"""Forms of the staff pages. `clean` gives the keywords of the action behind each."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.access.forms import Permitted, clinic_choice, optional_day
from openiop.access.queries.staff_file import supervisors
from openiop.catalog import credential_kinds
from openiop.kernel.acts import Role
from openiop.ui.forms import DeskForm

ROLES = [(role.value, role.label) for role in Role]
STAGES = [("90", _("90 days")), ("60", _("60 days")), ("30", _("30 days")), ("0", _("expired"))]
LOG_KINDS = [
    ("supervision", _("Supervision hour")),
    ("observation", _("Observation of a session")),
    ("hours", _("Supervised hours worked")),
]
LISTS = [
    ("OIG LEIE", "OIG LEIE"), ("SAM.gov", "SAM.gov"), ("Texas HHSC OIG", "Texas HHSC OIG"),
    ("Illinois HFS OIG", "Illinois HFS OIG"),
]  # fmt: skip


class StaffFilter(Permitted):
    q = forms.CharField(label=_("Name or e-mail"), required=False)
    clinic = clinic_choice(empty=_("All my clinics"))
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("Any role")), *ROLES])
    stage = forms.TypedChoiceField(
        label=_("Runs out within"), required=False, coerce=int, empty_value=None,
        choices=[("", _("Any time")), *STAGES],
    )  # fmt: skip
    left = forms.BooleanField(label=_("Those who left"), required=False)


class StaffForm(DeskForm):
    first_name = forms.CharField(label=_("First name"), max_length=60)
    last_name = forms.CharField(label=_("Last name"), max_length=60)
    phone = forms.CharField(label=_("Work phone"), max_length=20, required=False)
    joined_on = forms.DateField(label=_("Works here from"))


class HireForm(Permitted, StaffForm):
    clinic = clinic_choice()
    role = forms.ChoiceField(label=_("Role there"), choices=ROLES)
    email = forms.EmailField(
        label=_("E-mail for an invitation"), required=False,
        help_text=_("They choose a password by a link that works for a week."),
    )  # fmt: skip


class RoleForm(Permitted):
    clinic = clinic_choice()
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    from_on = forms.DateField(label=_("From"))
    to_on = optional_day(_("Up to, not including"), _("Leave empty when it has no end."))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("role"):
            found["role"] = Role(found["role"])
        start, end = found.get("from_on"), found.get("to_on")
        if start and end and end <= start:
            self.add_error("to_on", _("The end is not after the beginning."))
        return found


class EndForm(DeskForm):
    on = forms.DateField(label=_("First day without the role"))


class CredentialForm(DeskForm):
    """`what` names a kind in a state at a level, as the catalog lists them."""

    what = forms.ChoiceField(label=_("Credential"))
    number = forms.CharField(label=_("Number"), max_length=40)
    issued_on = forms.DateField(
        label=_("Issued on"), help_text=_("For a level: the day it began at this level.")
    )
    expires_on = optional_day(_("Expires on"), _("Leave empty when it does not expire."))
    verified_on = optional_day(
        _("Verified with the board on"), _("A credential counts once it is verified.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = sorted(  # type: ignore[attr-defined]
            {
                (f"{kind.state}:{kind.kind}:{kind.level}", f"{kind.state}: {kind.title}")
                for kind in credential_kinds()
            },
            key=lambda choice: choice[1],
        )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if what := found.pop("what", ""):
            state, kind, level = what.split(":")
            found |= {"state": state, "kind": kind, "level": int(level) or None}
        return found


class SupervisionForm(Permitted):
    supervisor = forms.TypedChoiceField(label=_("Supervisor"), coerce=int)
    from_on = forms.DateField(label=_("From"))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = supervisors(self.permit, on)
        self.fields["supervisor"].choices = [(one.id, one.name) for one in people]  # type: ignore[attr-defined]


class LogForm(DeskForm):
    kind = forms.ChoiceField(label=_("What"), choices=LOG_KINDS)
    held_on = forms.DateField(label=_("Day"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=24 * 60)
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False,
        help_text=_("About the work, without a patient's name."),
    )  # fmt: skip


class TrainingForm(DeskForm):
    name = forms.CharField(label=_("Training"), max_length=120)
    completed_on = forms.DateField(label=_("Completed on"))
    expires_on = optional_day(_("Valid until"))


class ExclusionForm(DeskForm):
    source = forms.ChoiceField(label=_("List"), choices=LISTS)
    checked_on = forms.DateField(label=_("Looked up on"))
    next_due_on = forms.DateField(label=_("Next look-up due on"))
    excluded = forms.BooleanField(label=_("The person is on the list"), required=False)


class InviteForm(DeskForm):
    email = forms.EmailField(label=_("E-mail"))


class LeaveForm(DeskForm):
    left_on = forms.DateField(label=_("First day without access"))


class MayForm(DeskForm):
    state = forms.ChoiceField(label=_("State"))
    on = forms.DateField(label=_("Day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = sorted({kind.state for kind in credential_kinds()})
        self.fields["state"].choices = [(state, state) for state in states]  # type: ignore[attr-defined]
