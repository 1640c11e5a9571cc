"""The staff list, what runs out, and one staff file with what is added to it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access import actions, hiring
from openiop.access.door import opens
from openiop.access.forms import staff as forms
from openiop.access.models import Staff
from openiop.access.queries import current_clinic
from openiop.access.queries.staff_file import may, staff_file, versions
from openiop.access.queries.staff_list import Filters, expiring, staff_list, staff_of
from openiop.access.views.posting import one_form, trail
from openiop.kernel.acts import ACTS, Role
from openiop.kernel.permits import Permit


def _today(permit: Permit) -> Any:
    return permit.today(permit.timezone)


def _may_write(permit: Permit, act: str = "access.staff.write") -> bool:
    return permit.holds(*ACTS[act].roles)


def _crumbs(staff: Staff) -> list[tuple[Any, str]]:
    return [(_("Staff"), reverse("access:staff")),
            (staff.name, reverse("access:staff_file", args=[staff.id]))]  # fmt: skip


@opens("access.staff.read")
def people(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Who works here, narrowed by name, clinic, role and what runs out."""
    form = forms.StaffFilter(request.GET or None, permit=permit)
    wanted = Filters(**form.cleaned_data) if form.is_bound and form.is_valid() else Filters()
    rows = staff_list(permit, wanted, _today(permit))
    primary = {"label": _("Add somebody"), "url": reverse("access:staff_new")}
    context = {
        "title": _("Staff"), "form": form, "rows": rows,
        "facts": [_("%(count)d people") % {"count": len(rows)}],
        "primary": primary if _may_write(permit) else None,
        "secondary": [{"label": _("What runs out"), "url": reverse("access:expiring")}],
    }  # fmt: skip
    return render(request, "access/staff.html", context)


@opens("access.staff.read")
def running_out(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Credentials, trainings and exclusion checks that expired or do so within 90 days."""
    rows = expiring(permit, permit.clinics, _today(permit))
    stages = [(0, _("Expired")), (30, _("30 days")), (60, _("60 days")), (90, _("90 days"))]
    counts = [(name, sum(row.alert.stage == stage for row in rows)) for stage, name in stages]
    permit.note("access.staff.read", table="access_credential", count=len(rows))
    context = {
        "title": _("What runs out"), "rows": rows, "counts": counts,
        "crumbs": trail((_("Staff"), reverse("access:staff")), (_("What runs out"), "")),
    }  # fmt: skip
    return render(request, "access/expiring.html", context)


@opens("access.staff.read")
def file(request: HttpRequest, permit: Permit, staff: int) -> HttpResponse:
    """One staff file."""
    found = staff_file(permit, staff, _today(permit))
    account = found.staff.user
    context = {
        "title": found.staff.name, "file": found, "today": _today(permit),
        "writes": _may_write(permit), "logs": _may_write(permit, "access.supervision.write"),
        "crumbs": trail(*_crumbs(found.staff)[:1], (found.staff.name, "")),
        "account": account if account and account.is_active else None,
        "may_url": reverse("access:staff_may", args=[staff]),
        "add": _adding(staff),
        "totals": [(label, found.minutes[kind]) for kind, label in forms.LOG_KINDS],
    }  # fmt: skip
    return render(request, "access/staff_file.html", context)


def _adding(staff: int) -> dict[str, str]:
    """Addresses that add something to a file, by what."""
    kinds = ("role", "credential", "supervision", "training", "exclusion")
    adding = {kind: reverse("access:staff_add", args=[staff, kind]) for kind in kinds}
    return adding | {"log": reverse("access:staff_log", args=[staff])}


@opens("access.staff.read")
def allowed(request: HttpRequest, permit: Permit, staff: int) -> HttpResponse:
    """May they lead, sign, and need a co-signature, in a state on a day; with reasons."""
    row = staff_of(permit, staff)
    here = current_clinic(request, permit)
    first = {"state": here.state if here else "", "on": _today(permit)}
    form = forms.MayForm(request.GET if "state" in request.GET else first)
    answers = may(permit, staff, **form.cleaned_data) if form.is_valid() else []
    permit.note("access.staff.read", table="access_staff", row=staff)
    context = {
        "title": _("What %(name)s may do") % {"name": row.name}, "form": form, "answers": answers,
        "crumbs": trail(*_crumbs(row), (_("May do"), "")),
    }  # fmt: skip
    return render(request, "access/may.html", context)


@opens("access.staff.read")
def history(request: HttpRequest, permit: Permit, staff: int) -> HttpResponse:
    """Every version of the file and its credentials."""
    row = staff_of(permit, staff)
    kept = versions(permit, staff)
    permit.note("access.staff.read", table="access_staffevent", row=staff, count=len(kept))
    context = {
        "title": _("Earlier versions"), "versions": kept,
        "crumbs": trail(*_crumbs(row), (_("Earlier versions"), "")),
    }  # fmt: skip
    return render(request, "access/staff_history.html", context)


# --- changes -----------------------------------------------------------------------------------


@opens("access.staff.write")
def new(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Somebody begins here: a file, a first role, and an invitation where an address is given."""
    form = forms.HireForm(
        request.POST or None, permit=permit, initial={"joined_on": _today(permit)}
    )
    made: list[int] = []

    def do(clinic: int, role: str, email: str, **facts: Any) -> None:
        made.append(hiring.hire(permit, **facts))
        hiring.give_role(
            permit, made[0], clinic=clinic, role=Role(role), from_on=facts["joined_on"]
        )
        if email:
            actions.invite(permit, made[0], email=email)

    crumbs = [(_("Staff"), reverse("access:staff"))]
    answer = one_form(
        request, form, do, title=_("Add somebody who works here"), said=_("Added."),
        submit=_("Add them"), done=reverse("access:staff"), crumbs=crumbs,
    )  # fmt: skip
    return redirect("access:staff_file", made[0]) if made and answer.status_code == 302 else answer


def _on_file(
    request: HttpRequest, permit: Permit, staff: int, form: Any, do: Any, title: Any, **more: Any
) -> HttpResponse:
    """A form about one staff file, which comes back to it."""
    row = staff_of(permit, staff)
    return one_form(
        request, form, do, title=title, said=more.pop("said", _("Saved.")), crumbs=_crumbs(row),
        done=reverse("access:staff_file", args=[staff]), **more,
    )  # fmt: skip


@opens("access.staff.write")
def edit(request: HttpRequest, permit: Permit, staff: int) -> HttpResponse:
    row = staff_of(permit, staff)
    names = ("first_name", "last_name", "phone", "joined_on")
    form = forms.StaffForm(
        request.POST or None, initial={name: getattr(row, name) for name in names}
    )

    def do(**facts: Any) -> None:
        actions.update_staff(permit, staff, **facts)

    return _on_file(request, permit, staff, form, do, _("Change the file"))


@opens("access.staff.write")
def add(request: HttpRequest, permit: Permit, staff: int, what: str) -> HttpResponse:
    """Add a role, credential, supervision, training or exclusion check."""
    staff_of(permit, staff)
    today, data = _today(permit), request.POST or None
    kinds: dict[str, tuple[Any, Any, Any]] = {
        "role": (forms.RoleForm(data, permit=permit, initial={"from_on": today}),
                 hiring.give_role, _("Give a role")),
        "credential": (forms.CredentialForm(data), hiring.add_credential, _("Add a credential")),
        "supervision": (forms.SupervisionForm(data, permit=permit, on=today,
                                              initial={"from_on": today}),
                        actions.add_supervision, _("Name a supervisor")),
        "training": (forms.TrainingForm(data), actions.add_training, _("Add a training")),
        "exclusion": (forms.ExclusionForm(data, initial={"checked_on": today}),
                      actions.add_exclusion_check, _("Record an exclusion check")),
    }  # fmt: skip
    form, action, title = kinds[what]

    def do(**facts: Any) -> None:
        action(permit, staff, **facts)

    return _on_file(request, permit, staff, form, do, title)


@opens("access.staff.write")
def end_role(request: HttpRequest, permit: Permit, staff: int, role: int) -> HttpResponse:
    form = forms.EndForm(request.POST or None, initial={"on": _today(permit)})

    def do(on: Any) -> None:
        actions.end_role(permit, role, on)

    return _on_file(request, permit, staff, form, do, _("End a role"), submit=_("End the role"))


@opens("access.staff.write")
def credential(request: HttpRequest, permit: Permit, staff: int, credential: int) -> HttpResponse:
    """Change a credential: a renewal, a new level, a verification."""
    found = staff_file(permit, staff, _today(permit))
    facts = {key: (fact, verified) for key, fact, verified in found.credentials}
    if credential not in facts:
        return redirect("access:staff_file", staff)
    fact, verified_on = facts[credential]
    first = {
        "what": f"{fact.state}:{fact.kind}:{fact.level or 0}", "number": fact.number,
        "issued_on": fact.issued_on, "expires_on": fact.expires_on, "verified_on": verified_on,
    }  # fmt: skip

    def do(**changed: Any) -> None:
        actions.update_credential(permit, credential, **changed)

    form = forms.CredentialForm(request.POST or None, initial=first)
    return _on_file(request, permit, staff, form, do, _("Change a credential"))


@opens("access.supervision.write")
def log(request: HttpRequest, permit: Permit, staff: int) -> HttpResponse:
    """Log an observation, a supervision hour or hours worked."""
    form = forms.LogForm(request.POST or None, initial={"held_on": _today(permit), "minutes": 60})

    def do(**facts: Any) -> None:
        actions.log_supervision(permit, staff, **facts)

    return _on_file(request, permit, staff, form, do, _("Log supervision"), submit=_("Log it"))


@opens("access.staff.write")
def invite(request: HttpRequest, permit: Permit, staff: int) -> HttpResponse:
    row = staff_of(permit, staff)
    first = {"email": row.user.email if row.user else ""}
    form = forms.InviteForm(request.POST or None, initial=first)

    def do(email: str) -> None:
        actions.invite(permit, staff, email=email)

    return _on_file(
        request, permit, staff, form, do, _("Invite to sign in"), submit=_("Send the invitation"),
        said=_("The invitation is on its way. Its link works for a week."),
    )  # fmt: skip


@opens("access.staff.write")
def leave(request: HttpRequest, permit: Permit, staff: int) -> HttpResponse:
    form = forms.LeaveForm(request.POST or None, initial={"left_on": _today(permit)})
    lines = [
        _("Access ends at the beginning of that day; from today or earlier it ends at once, and "
          "every device is signed out."),
        _("Notes they still owe stay owed: a supervisor hands them over, and nobody signs for "
          "them."),
    ]  # fmt: skip

    def do(left_on: Any) -> None:
        actions.mark_left(permit, staff, left_on=left_on)

    return _on_file(
        request, permit, staff, form, do, _("End access"), submit=_("End their access"),
        lines=lines,
    )  # fmt: skip


@opens("access.staff.write")
@require_POST
def back(request: HttpRequest, permit: Permit, staff: int) -> HttpResponse:
    """Somebody who left works here again."""
    actions.take_back(permit, staff)
    return redirect("access:staff_file", staff)
