"""Questionnaires on the person's own phone: staff make a link, the person answers one by one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import opens, opens_link
from openiop.assessments.actions import links
from openiop.assessments.forms import OneForm
from openiop.assessments.queries.asked import AskedRow, asked_by_link
from openiop.assessments.views.asking import opened_record, took
from openiop.assessments.views.responses import kind_of
from openiop.catalog.scoring import asked as all_asked
from openiop.catalog.scoring import next_item
from openiop.kernel.permits import Permit


@require_POST
@opens(links.WRITE)
def ask(request: HttpRequest, permit: Permit, number: str, key: str) -> HttpResponse:
    """A new link, shown this once."""
    opened, page = opened_record(request, permit, number)
    kind = kind_of(key)
    token = links.ask_by_link(permit, record=opened.id, clinic=opened.clinic, instrument=kind)
    page["crumbs"].append({"label": kind.title})
    address = request.build_absolute_uri(reverse("assessments:phone", args=[token]))
    return render(request, "assessments/asked.html", {**page, "kind": kind, "address": address})


@require_POST
@opens(links.WRITE)
def withdraw(request: HttpRequest, permit: Permit, number: str, asked: int) -> HttpResponse:
    """The link stops at once."""
    opened, _page = opened_record(request, permit, number)
    links.withdraw(permit, opened.id, asked)
    messages.success(request, _("The link works no more."))
    return redirect("assessments:record", number)


@opens_link(links.ANSWER)
def phone(request: HttpRequest, permit: Permit, record: int, target: int) -> HttpResponse:
    """The next question, or the one named by `?at=`; at the end the way to send, then thanks."""
    row = asked_by_link(permit, record, target)
    if row.sent:
        return render(request, "assessments/phone_thanks.html", {"title": _("Thank you")})
    if "send" in request.POST:
        links.send(permit, record, target)
        return redirect(request.path)
    key = _key(request, row)
    if key is None:
        return render(request, "assessments/phone_send.html", _page(row, None))
    form = OneForm(
        request.POST or None, kind=row.kind, key=key, initial={"answer": row.draft.get(key)}
    )
    if request.method == "POST" and request.POST.get("at") != key:
        return redirect(request.path)  # an old page, whose question is not asked any more
    if request.method == "POST" and form.is_valid():
        given = None if "skip" in request.POST else form.given()
        if took(permit, form, lambda: links.keep_answer(permit, record, target, key, given)):
            return redirect(request.path)
    return render(
        request, "assessments/phone.html", {**_page(row, key), "form": form},
        status=422 if form.errors else 200,
    )  # fmt: skip


def _key(request: HttpRequest, row: AskedRow) -> str | None:
    """The question to show: the one named, if it is asked after these answers, or the next."""
    named = request.POST.get("at") or request.GET.get("at")
    asked = list(all_asked(row.kind, row.draft))
    known = named in asked and (named in row.draft or named == next_item(row.kind, row.draft))
    return named if known else next_item(row.kind, row.draft)


def _page(row: AskedRow, key: str | None) -> dict[str, Any]:
    asked = list(all_asked(row.kind, row.draft))
    at = asked.index(key) if key else len(asked)
    return {"title": _("Some questions"), "kind": row.kind, "key": key, "at": at + 1,
            "last": len(asked), "before": asked[at - 1] if at else None}  # fmt: skip
