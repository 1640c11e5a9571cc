"""Change who a person is, how they are reached, what covers them, and read how it changed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import RecordRef, admit, opens
from openiop.kernel.permits import Permit, Refused
from openiop.messaging import actions as messaging
from openiop.messaging import queries as reach
from openiop.messaging.queries.contacts import PointRow
from openiop.patients import actions, queries
from openiop.patients.forms import SAFE, CloseOneForm, CoverageForm, IdentityForm, PointForm
from openiop.patients.queries.records import FIELDS
from openiop.patients.views.finding import page_of, today_here


def titled(request: HttpRequest, permit: Permit, record: RecordRef, title: str) -> dict[str, Any]:
    """Title, crumbs and number of a page about one person; no name where others read along."""
    hidden = bool(request.session.get("shared_screen"))
    name = record.number if hidden else queries.person(permit, record.id).name
    crumbs = [{"label": name, "url": page_of(record.number)}, {"label": title}]
    return {"title": title, "crumbs": crumbs, "number": record.number, "facts": [name],
            "page_url": page_of(record.number)}  # fmt: skip


@opens("patients.patient.write")
def edit(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """Change names and facts."""
    record = admit(permit, number)
    now = queries.identity(permit, record.id)
    form = IdentityForm(request.POST or None, initial=now, today=today_here(request, permit))
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in FIELDS}
        changed = actions.update_identity(permit, record.id, **facts)
        messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
        return redirect(page_of(number))
    return render(request, "patients/edit.html", {
        "form": form, "cancel_url": page_of(number),
        **titled(request, permit, record, _("Change name and facts")),
    })  # fmt: skip


@opens("patients.patient.read")
def history(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """How the file changed, newest first, in words."""
    record = admit(permit, number)
    edits = queries.edits(permit, record.id)
    return render(request, "patients/history.html", {
        "edits": edits, **titled(request, permit, record, _("Earlier versions")),
    })  # fmt: skip


# --- contacts ----------------------------------------------------------------------------------


@opens("patients.patient.write")
def contacts(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """How a person is reached and what is safe; who to call in an emergency."""
    record = admit(permit, number)
    wanted = request.POST.get("form")
    own = PointForm(request.POST if wanted == "own" else None, prefix="own")
    close = CloseOneForm(request.POST if wanted == "close" else None, prefix="close")
    if wanted == "own" and own.is_valid():
        actions.reach_self(permit, record=record.id, clinic=record.clinic, point=own.cleaned_data)
        messages.success(request, _("Added."))
        return redirect("patients:contacts", number)
    if wanted == "close" and close.is_valid():
        facts = dict(close.cleaned_data)
        phone = facts.pop("phone")
        actions.reach_other(
            permit, record=record.id, clinic=record.clinic, contact=facts, phone=phone
        )
        messages.success(request, _("Added."))
        return redirect("patients:contacts", number)
    return render(request, "patients/contacts.html", {
        "contacts": _with_words(permit, record.id), "own": own, "close": close,
        **titled(request, permit, record, _("Contacts and safe numbers")),
    })  # fmt: skip


def _with_words(permit: Permit, record: int) -> list[dict[str, Any]]:
    """Contacts with their points, and what is safe there in words."""
    return [
        {"contact": each, "points": [(point, safe_words(point)) for point in each.points]}
        for each in reach.contacts_of(permit, record)
    ]


def safe_words(point: PointRow) -> list[str]:
    return [str(words) for name, words in SAFE.items() if getattr(point, name)]


def _point(permit: Permit, record: int, wanted: int) -> PointRow:
    """One point of a record, or Http404."""
    for contact in reach.contacts_of(permit, record):
        for point in contact.points:
            if point.id == wanted:
                return point
    raise Http404("No such contact.")


@opens("patients.patient.write")
def point(request: HttpRequest, permit: Permit, number: str, point: int) -> HttpResponse:
    """Change one number or address, or what is safe there."""
    record = admit(permit, number)
    row = _point(permit, record.id, point)
    now = {name: getattr(row, name) for name in ("value", "label", "preferred", *SAFE)}
    form = PointForm(request.POST or None, initial=now, change=True)
    if request.method == "POST" and form.is_valid():
        actions.change_point(permit, record=record.id, point=point, facts=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("patients:contacts", number)
    return render(request, "patients/form.html", {
        "form": form, "cancel_url": reverse("patients:contacts", args=[number]),
        **titled(request, permit, record, _("Change a number or address")),
    })  # fmt: skip


@require_POST
@opens("patients.patient.write")
def end_point(request: HttpRequest, permit: Permit, number: str, point: int) -> HttpResponse:
    """A number not in use any more, or back in use: `undo`."""
    record = admit(permit, number)
    undo = "undo" in request.GET
    if not undo:
        _point(permit, record.id, point)
    actions.end_point(permit, record=record.id, point=point, undo=undo)
    if not undo:
        return _with_undo(request, permit, record, "patients:end_point", point)
    return redirect("patients:contacts", number)


@require_POST
@opens("patients.patient.write")
def end_contact(request: HttpRequest, permit: Permit, number: str, contact: int) -> HttpResponse:
    """Somebody who is no contact any more, or is again: `undo`."""
    record = admit(permit, number)
    if "undo" in request.GET:
        messaging.restore_contact(permit, contact)
        return redirect("patients:contacts", number)
    if contact not in {each.id for each in reach.contacts_of(permit, record.id)}:
        raise Http404("No such contact.")
    messaging.end_contact(permit, contact)
    actions.refresh_keys(permit, record.id)
    return _with_undo(request, permit, record, "patients:end_contact", contact)


def _with_undo(
    request: HttpRequest, permit: Permit, record: RecordRef, route: str, row: int
) -> HttpResponse:
    """The contacts again, and on top the way back."""
    return render(request, "patients/contacts.html", {
        "contacts": _with_words(permit, record.id),
        "own": PointForm(prefix="own"), "close": CloseOneForm(prefix="close"),
        "undo_url": reverse(route, args=[record.number, row]) + "?undo=1",
        **titled(request, permit, record, _("Contacts and safe numbers")),
    })  # fmt: skip


# --- coverage ----------------------------------------------------------------------------------


@opens("patients.coverage.write")
def coverage(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """What covers a person, and a form to add one."""
    record = admit(permit, number)
    form = CoverageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_coverage(permit, record=record.id, **form.cleaned_data)
            messages.success(request, _("Added."))
            return redirect("patients:coverage", number)
        except Refused as no:
            form.add_error(no.field, no.sentence)
    return render(request, "patients/coverage.html", {
        "coverages": queries.coverages(permit, record.id), "form": form,
        **titled(request, permit, record, _("Coverage")),
    })  # fmt: skip


@opens("patients.coverage.write")
def coverage_edit(request: HttpRequest, permit: Permit, number: str, row: int) -> HttpResponse:
    """Change one coverage."""
    record = admit(permit, number)
    now = queries.coverage(permit, record.id, row)
    form = CoverageForm(request.POST or None, initial=vars(now))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_coverage(permit, row, record=record.id, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("patients:coverage", number)
        except Refused as no:
            form.add_error(no.field, no.sentence)
    return render(request, "patients/form.html", {
        "form": form, "cancel_url": reverse("patients:coverage", args=[number]),
        **titled(request, permit, record, _("Change the coverage")),
    })  # fmt: skip


@require_POST
@opens("patients.coverage.write")
def coverage_end(request: HttpRequest, permit: Permit, number: str, row: int) -> HttpResponse:
    """Take a coverage out of the list; `undo` brings it back."""
    record = admit(permit, number)
    undo = "undo" in request.GET
    actions.end_coverage(permit, row, record=record.id, undo=undo)
    if undo:
        return redirect("patients:coverage", number)
    return render(request, "patients/coverage.html", {
        "coverages": queries.coverages(permit, record.id), "form": CoverageForm(),
        "undo_url": reverse("patients:coverage_end", args=[number, row]) + "?undo=1",
        **titled(request, permit, record, _("Coverage")),
    })  # fmt: skip
