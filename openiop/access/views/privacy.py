"""Privacy: who opened a record, what happened, what was refused, who is kept out."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access import actions
from openiop.access.door import opens, stream
from openiop.access.forms import privacy as forms
from openiop.access.queries import records
from openiop.access.queries.audit import AuditFilters, AuditPage, AuditRow, all_events, events
from openiop.access.views.posting import took, trail
from openiop.kernel.permits import Permit

HEADS = ("when", "who", "role_and_clinic", "act", "kind", "outcome", "record", "table", "row",
         "fields", "count", "reason", "address")  # fmt: skip


def _filters(request: HttpRequest, values: dict[str, Any], **more: Any) -> AuditFilters:
    before = request.GET.get("before", "")
    return AuditFilters(**values, before=int(before) if before.isdigit() else None, **more)


@opens("access.audit.read")
def record(request: HttpRequest, permit: Permit) -> HttpResponseBase:
    """Who opened or changed one record, found by its number."""
    form = forms.RecordFilter(request.GET or None, permit=permit)
    page, found = None, None
    if form.is_bound and form.is_valid():
        values = dict(form.cleaned_data)
        found = records.sought(permit, values.pop("number"))
        if found is None:
            form.add_error("number", _("No record has this number."))
        else:
            wanted = _filters(request, values, record=found.id)
            if "csv" in request.GET:
                return _file(request, wanted, f"record-{found.number}")
            page = events(permit, wanted)
    context = {"title": _("Who opened a record"), "form": form, "found": found}
    return render(request, "access/audit.html", context | _paging(page), status=_status(form))


@opens("access.audit.read")
def everything(request: HttpRequest, permit: Permit) -> HttpResponseBase:
    """All events, by person, act, outcome and day; refusals among them."""
    form = forms.EventFilter(request.GET or None, permit=permit)
    values = form.cleaned_data if form.is_bound and form.is_valid() else {}
    wanted = _filters(request, dict(values))
    if "csv" in request.GET and not form.errors:
        return _file(request, wanted, "events")
    page = None if form.errors else events(permit, wanted)
    context = {"title": _("Everything that happened"), "form": form}
    return render(request, "access/audit.html", context | _paging(page), status=_status(form))


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200


def _paging(page: AuditPage | None) -> dict[str, Any]:
    return {"page": page, "rows": page.rows if page else [], "older": page and page.older}


def _file(request: HttpRequest, wanted: AuditFilters, name: str) -> HttpResponseBase:
    """The same events as a file, under a door of its own."""

    def rows(permit: Permit) -> Iterator[bytes]:
        yield from _lines([HEADS])
        yield from _lines(_cells(row) for row in all_events(permit, wanted))

    attachment = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return stream(request, "access.audit.read", rows, content_type="text/csv", headers=attachment)


class _Echo:
    def write(self, text: str) -> bytes:
        return text.encode()


def _lines(rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    writer = csv.writer(_Echo())
    for row in rows:
        yield writer.writerow([_harmless(cell) for cell in row])


def _harmless(cell: Any) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _cells(row: AuditRow) -> list[Any]:
    return [
        row.at.isoformat(), row.who, row.place, row.words, row.kind,
        "refused" if row.refused else "done", row.number, row.table, row.row,
        " ".join(row.fields), row.count, row.reason, row.address,
    ]  # fmt: skip


# --- keeping people out ------------------------------------------------------------------------


def _crumbs(number: str) -> list[tuple[Any, str]]:
    return [(_("Keep people out of records"), reverse("access:keep_out")),
            (number, reverse("access:record_access", args=[number]))]  # fmt: skip


@opens("access.record.block")
def seek(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Wishes to be kept out, and the way to one record's page of blocks."""
    form = forms.NumberForm(request.GET or None)
    if form.is_bound and form.is_valid():
        number = form.cleaned_data["number"].strip()
        if records.sought(permit, number):
            return redirect("access:record_access", number)
        form.add_error("number", _("No record has this number."))
    context = {
        "title": _("Keep people out of records"), "form": form, "wishes": records.wishes(permit),
    }  # fmt: skip
    return render(request, "access/keep_out.html", context, status=_status(form))


@opens("access.record.block")
def blocks(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """Who is kept out of one record; keep somebody else out."""
    found = _found(permit, number)
    form = forms.BlockForm(request.POST or None, permit=permit)

    def do(user: int, reason: str) -> None:
        actions.block_user(permit, number, user=user, reason=reason)

    if request.method == "POST" and form.is_valid() and took(form, do):
        messages.success(request, _("They are kept out from now on."))
        return redirect("access:record_access", number)
    permit.note("access.record.block", record=found.id, kind="read")
    context = {
        "title": _("Record %(number)s") % {"number": number}, "found": found, "form": form,
        "blocks": records.blocks(permit, found.id),
        "crumbs": trail(*_crumbs(number)[:1], (number, "")),
    }  # fmt: skip
    return render(request, "access/record_access.html", context, status=_status(form))


@opens("access.record.block")
@require_POST
def lift(request: HttpRequest, permit: Permit, number: str, block: int) -> HttpResponse:
    actions.lift_block(permit, block)
    messages.success(request, _("They can open the record again as their role allows."))
    return redirect("access:record_access", number)


@opens("access.record.block")
@require_POST
def answer(request: HttpRequest, permit: Permit, known: int) -> HttpResponse:
    """A wish to be kept out: keep them out, or let it be."""
    wish = next((one for one in records.wishes(permit) if one.id == known), None)
    if wish is None:
        raise Http404("No such wish.")
    if request.POST.get("answer") == "block" and wish.user:
        reason = _("Asked to be kept out: %(relationship)s") % {"relationship": wish.relationship}
        actions.block_user(permit, wish.number, user=wish.user, reason=reason[:300])
    else:
        actions.decline_block(permit, known)
    messages.success(request, _("Answered."))
    return redirect("access:keep_out")


@opens("access.record.restrict")
def restriction(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """Who alone may open one record: somebody who works here is a patient here."""
    found = _found(permit, number)
    standing = [grant.user_id for grant in records.grants(permit, found.id)]
    form = forms.GrantForm(request.POST or None, permit=permit, initial={"users": standing})

    def do(users: list[int]) -> None:
        actions.restrict(permit, number, users)

    if request.method == "POST" and form.is_valid() and took(form, do):
        messages.success(request, _("Saved."))
        return redirect("access:record_restrict", number)
    permit.note("access.record.restrict", record=found.id, kind="read")
    context = {
        "title": _("Restrict record %(number)s") % {"number": number}, "form": form, "found": found,
        "lines": [_("For staff who are patients here. The record keeps an alias, and only the "
                    "people chosen open it. Anybody else needs emergency access.")],
        "crumbs": trail(*_crumbs(number), (_("Restrict"), "")),
        "cancel_url": reverse("access:record_access", args=[number]), "submit": _("Save"),
    }  # fmt: skip
    return render(request, "access/form.html", context, status=_status(form))


def _found(permit: Permit, number: str) -> records.Sought:
    found = records.sought(permit, number)
    if found is None:
        raise Http404("No such record.")
    return found
