"""What payers answered about an inquiry, and asking again."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from openiop.access.door import opens
from openiop.intake.actions.benefits import check_by_file, check_by_phone
from openiop.intake.forms.benefits import FileForm, PhoneForm
from openiop.intake.queries.benefits import Check, checks_of
from openiop.intake.queries.inquiries import InquiryFacts
from openiop.intake.queries.inquiries import inquiry as inquiry_facts
from openiop.intake.views.asking import called, took
from openiop.kernel.permits import Permit
from openiop.ui.moments import day_text

WRITE = "intake.inquiry.write"


@opens(WRITE)
def benefits(request: HttpRequest, permit: Permit, inquiry: int) -> HttpResponse:
    """The newest answer, where it differs, the ones before, and two ways to ask."""
    found = inquiry_facts(permit, inquiry)
    timezone.activate(found.timezone)
    phone, file = _forms(request, found)
    if _kept(permit, inquiry, phone, file):
        messages.success(request, _("The answer is kept as it was given."))
        return redirect("intake:benefits", inquiry)
    checks = checks_of(permit, inquiry)
    url, name = reverse("intake:inquiry", args=[inquiry]), called(request, found)
    return render(request, "intake/benefits.html", {
        "title": _("Benefits"), "facts": [name, found.payer_said or _("No payer said")],
        "newest": _shown(checks[0]) if checks else None, "older": checks[1:],
        "phone": phone, "file": file, "typed": phone.is_bound,
        "crumbs": [{"label": _("Inquiries"), "url": reverse("intake:inquiries")},
                   {"label": name, "url": url}, {"label": _("Benefits")}],
    }, status=422 if phone.errors or file.errors else 200)  # fmt: skip


def _forms(request: HttpRequest, found: InquiryFacts) -> tuple[PhoneForm, FileForm]:
    """The two forms; the one whose button was pressed holds what was typed."""
    phoned, filed = "phone" in request.POST, "upload" in request.POST
    return (
        PhoneForm(
            request.POST if phoned else None, auto_id="phone-%s",
            initial={"payer": found.payer_said},
        ),
        FileForm(
            request.POST if filed else None, request.FILES if filed else None, auto_id="file-%s"
        ),
    )  # fmt: skip


def _kept(permit: Permit, inquiry: int, phone: PhoneForm, file: FileForm) -> bool:
    if phone.is_bound and phone.is_valid():
        facts = phone.cleaned_data
        return took(permit, phone, lambda: check_by_phone(permit, inquiry, **facts))
    if file.is_bound and file.is_valid():
        return took(permit, file, lambda: _read(permit, inquiry, file))
    return False


def _read(permit: Permit, inquiry: int, form: forms.Form) -> None:
    typed = form.cleaned_data
    check_by_file(permit, inquiry, consent_on=typed["consent_on"], text=typed["file"])


def _shown(check: Check) -> dict[str, Any]:
    """An answer as the page shows it: the figures in words, what differs beside what was said."""
    yes_no = {True: _("Yes"), False: _("No"), None: _("Not said")}
    figures = [
        (_("Covered"), yes_no[check.active]), (_("Plan"), check.plan or "—"),
        (_("Member number"), check.member or "—"),
        (_("From"), _day(check.begins_on)), (_("Until"), _day(check.ends_on)),
        (_("In network"), yes_no[check.in_network]),
        (_("Authorization needed"), yes_no[check.authorization]),
        (_("Deductible"), _left(check.deductible, check.deductible_left)),
        (_("Out-of-pocket maximum"), _left(check.out_of_pocket, check.out_of_pocket_left)),
        (_("Copay a day"), money(check.copay)), (_("Coinsurance"), percent(check.coinsurance)),
        (_("Limits"), check.limits or "—"),
    ]  # fmt: skip
    return {"check": check, "figures": figures, "differs": _differs(check),
            "lines": [_line(each) for each in check.lines]}  # fmt: skip


def _differs(check: Check) -> list[str]:
    said = check.said
    words = {
        "payer": _("They said %(said)s, the answer comes from %(payer)s.")
        % {"said": said.get("payer", ""), "payer": check.payer},
        "name": _("The plan holds another name than %(name)s.") % {"name": said.get("name", "")},
        "birth": _("The plan holds another birth date than %(day)s.")
        % {"day": said.get("birth_on", "")},
        "active": _("They said they are covered; the payer says not now."),
    }
    return [words[each] for each in check.differs]


def _line(each: dict[str, Any]) -> tuple[str, ...]:
    amount = money(Decimal(each["amount"])) if each["amount"] is not None else ""
    share = percent(Decimal(each["share"])) if each["share"] is not None else ""
    network = {True: _("In network"), False: _("Out of network"), None: ""}[each["in_network"]]
    words = (each["kind"], each["level"], each["period"])
    return (*(word.replace("_", " ") for word in words), " ".join(each["services"]),
            amount or share, network, " ".join(each["messages"]))  # fmt: skip


def _left(total: Decimal | None, left: Decimal | None) -> str:
    if left is None:
        return money(total)
    return _("%(total)s, %(left)s left") % {"total": money(total), "left": money(left)}


def money(amount: Decimal | None) -> str:
    """Dollars as "$1,250.00"; a dash for nothing."""
    if amount is None:
        return "—"
    return f"${number_format(amount, 2, force_grouping=True)}"


def percent(share: Decimal | None) -> str:
    """A share as "20 %"; a dash for nothing."""
    return "—" if share is None else f"{(share * 100).normalize():f} %"


def _day(value: Any) -> str:
    return day_text(value) if value else "—"
