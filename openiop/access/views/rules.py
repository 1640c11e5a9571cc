"""Rules: what holds at a clinic on a day, why, what will change; and the house's own values."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access import actions
from openiop.access.door import opens
from openiop.access.forms.places import PolicyForm, RuleFilter
from openiop.access.models import Clinic
from openiop.access.queries import clinics, current_clinic
from openiop.access.queries.policies import (
    kind_of_value,
    policies,
    policy_history,
)
from openiop.access.queries.rule_lines import RuleLine, rule_at, rules_at
from openiop.access.views.posting import one_form, trail
from openiop.catalog import keys
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit


def _asked(request: HttpRequest, permit: Permit) -> tuple[RuleFilter, Clinic, date, str]:
    """The clinic and day asked for; without an answer the own clinic, today."""
    current = current_clinic(request, permit)
    if current is None:
        raise Http404("No clinic.")
    here = clinics(permit).get(pk=current.id)
    today = permit.today(here.timezone)
    first = {"clinic": here.id, "on": today}
    form = RuleFilter(request.GET if "on" in request.GET else first, permit=permit)
    if not form.is_valid():
        return form, here, today, ""
    values = form.cleaned_data
    return form, clinics(permit).get(pk=values["clinic"]), values["on"], values.get("q", "")


def _fits(line: RuleLine, words: str) -> bool:
    text = f"{line.key} {line.title}".casefold()
    return all(word in text for word in words.casefold().split())


@opens("access.rules.read")
def rules(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Every rule's value, source and reason at a clinic on a day."""
    form, clinic, on, words = _asked(request, permit)
    lines = [line for line in rules_at(permit, clinic, on) if _fits(line, words)]
    permit.note("access.rules.read", table="access_housepolicy", count=len(lines))
    unreviewed = sum(not (line.rule and line.rule.reviewed) for line in lines)
    context = {
        "title": _("Rules"), "form": form, "lines": lines, "clinic_asked": clinic, "on": on,
        "facts": [_("%(count)d rules") % {"count": len(lines)},
                  _("%(count)d not reviewed yet") % {"count": unreviewed}],
    }  # fmt: skip
    return render(request, "access/rules.html", context)


@opens("access.rules.read")
def rule(request: HttpRequest, permit: Permit, key: str) -> HttpResponse:
    """One rule: who says what, why one wins, what will change, and the house's own values."""
    _known(key)
    form, clinic, on, _words = _asked(request, permit)
    form.fields.pop("q")
    line = rule_at(permit, clinic, key, on)
    permit.note("access.rules.read", table="access_housepolicy", fields=(key,))
    writes = permit.holds(*ACTS["access.house.write"].roles) and bool(kind_of_value(key))
    context = {
        "title": line.title, "line": line, "form": form, "clinic_asked": clinic, "on": on,
        "policies": policies(permit, key, clinic.id), "history": policy_history(permit, key),
        "writes": writes,
        "primary": _setting(key) if writes else None,
        "crumbs": trail((_("Rules"), reverse("access:rules")), (line.title, "")),
    }  # fmt: skip
    return render(request, "access/rule.html", context)


def _setting(key: str) -> dict[str, Any]:
    return {"label": _("Set our own value"), "url": reverse("access:policy_new", args=[key])}


def _known(key: str) -> None:
    if key not in keys():
        raise Http404("No such rule.")


@opens("access.house.write")
def policy_new(request: HttpRequest, permit: Permit, key: str) -> HttpResponse:
    """Set the house's own value from a day on, with a reason; never looser than the law."""
    _known(key)
    here = current_clinic(request, permit)
    first: dict[str, Any] = {"from_on": permit.today(permit.timezone)}
    form = PolicyForm(
        request.POST or None, permit=permit, initial=first | {"clinic": here and here.id}
    )

    def do(**facts: Any) -> None:
        actions.set_policy(permit, key=key, **facts)

    page = reverse("access:rule", args=[key])
    return one_form(
        request, form, do, title=_("Set our own value"), said=_("Set."), done=page,
        lines=[_("A clinic may be stricter than the law, never looser.")],
        crumbs=[(_("Rules"), reverse("access:rules")), (key, page)],
    )  # fmt: skip


@opens("access.house.write")
@require_POST
def policy_remove(request: HttpRequest, permit: Permit, key: str, policy: int) -> HttpResponse:
    actions.withdraw_policy(permit, policy)
    messages.success(request, _("Taken back. The history keeps it."))
    return redirect("access:rule", key)
