"""Two records: kept apart, or merged because they are one person."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import RecordRef, admit, opens
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit, Refused
from openiop.patients import actions, queries
from openiop.patients.forms import ApartForm, MergeForm, NumberForm
from openiop.patients.queries.records import FIELDS, said
from openiop.patients.views.finding import lines, page_of, reasons
from openiop.patients.views.identity import titled


@opens("patients.apart.read")
def apart(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """Whom a person is kept apart from, and why."""
    record = admit(permit, number)
    return _apart(request, permit, record, ApartForm())


@opens("patients.apart.write")
def apart_new(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """Keep two people apart."""
    record = admit(permit, number)
    form = ApartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            other = admit(permit, facts["number"].strip().zfill(8))
            actions.keep_apart(permit, record.id, other.id, facts["reason"], facts["detail"])
            messages.success(request, _("Kept apart from now on."))
            return redirect("patients:apart", number)
        except Http404:
            form.add_error("number", _("No record of your clinics has this number."))
        except Refused as no:
            form.add_error("number", no.sentence)
    return _apart(request, permit, record, form)


def _apart(
    request: HttpRequest, permit: Permit, record: RecordRef, form: ApartForm
) -> HttpResponse:
    writes = permit.holds(*ACTS["patients.apart.write"].roles)
    return render(request, "patients/apart.html", {
        "rows": queries.apart_list(permit, record.id), "form": form if writes else None,
        "action": reverse("patients:apart_new", args=[record.number]),
        **titled(request, permit, record, _("Kept apart")),
    })  # fmt: skip


@require_POST
@opens("patients.apart.write")
def apart_end(request: HttpRequest, permit: Permit, number: str, pair: int) -> HttpResponse:
    """They may meet again; asked once more first."""
    record = admit(permit, number)
    if pair not in {row.id for row in queries.apart_list(permit, record.id)}:
        raise Http404("No such pair.")
    if "confirmed" not in request.POST:
        return render(request, "ui/confirm.html", {
            "title": _("Let these two meet again?"), "submit": _("End keeping apart"),
            "lines": [_("From now on they may be seated together.")], "danger": True,
            "cancel_url": reverse("patients:apart", args=[number]),
        })  # fmt: skip
    actions.end_apart(permit, pair)
    messages.success(request, _("No longer kept apart."))
    return redirect("patients:apart", number)


# --- merging -----------------------------------------------------------------------------------


@opens("patients.merge")
def merge(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """Compare two records side by side and merge them; first choose the other one."""
    record = admit(permit, number)
    if "with" not in request.GET:
        return _choose(request, permit, record, NumberForm())
    try:
        other = admit(permit, request.GET["with"].strip().zfill(8))
    except Http404:
        asked = NumberForm(request.GET)
        if asked.is_valid():
            asked.add_error("with", _("No record of your clinics has this number."))
        return _choose(request, permit, record, asked)
    numbers = [(each.number, each.number) for each in (record, other)]
    form = MergeForm(request.POST or None, numbers=numbers)
    if request.method == "POST" and form.is_valid():
        kept, gone = (record, other) if form.cleaned_data["keep"] == number else (other, record)
        try:
            actions.merge(permit, kept=kept.id, merged=gone.id, reason=form.cleaned_data["reason"])
            messages.success(request, _("Merged into %(n)s.") % {"n": kept.number})
            return redirect("patients:merge", kept.number)
        except Refused as no:
            form.add_error(None, f"{no.sentence} {no.next_step}")
    return render(request, "patients/merge.html", {
        "rows": _side_by_side(permit, record.id, other.id), "one": record, "other": other,
        "form": form, "cancel_url": page_of(number),
        **titled(request, permit, record, _("Merge two records")),
    })  # fmt: skip


def _side_by_side(permit: Permit, one: int, other: int) -> list[dict[str, Any]]:
    """Each fact of both records, in words; `differs` where both say something and not the same."""
    left, right = (queries.identity(permit, record) for record in (one, other))
    for side in (left, right):
        side["living"] = "" if side["living"] == "unknown" else side["living"]
    rows = [
        (label, said(name, left[name]), said(name, right[name])) for name, label in FIELDS.items()
    ]
    return [
        {"label": label, "one": a, "other": b, "differs": bool(a and b and a != b)}
        for label, a, b in rows
        if a or b
    ]


def _choose(
    request: HttpRequest, permit: Permit, record: RecordRef, form: NumberForm
) -> HttpResponse:
    """Who may be the same person, a field for any other number, and merges that stand."""
    me = queries.identity(permit, record.id)
    names = [me[name] for name in ("legal_first", "legal_last", "preferred_name", "chosen_first")]
    near = queries.alike(permit, names=names, birth_on=me["birth_on"], besides=record.id)
    rows = lines(request, permit, [each.found for each in near])
    for row, each in zip(rows, near, strict=True):
        row["reasons"] = reasons(each.likeness.reasons)
    return render(request, "patients/merge_choose.html", {
        "alike": rows, "form": form, "here": queries.merged_here(permit, record.id),
        "into": queries.merged_into(permit, record.id) if me["merged_into_id"] else None,
        **titled(request, permit, record, _("Merge with another record")),
    })  # fmt: skip


@require_POST
@opens("patients.merge")
def unmerge(request: HttpRequest, permit: Permit, number: str, done: int) -> HttpResponse:
    """Undo a merge."""
    record = admit(permit, number)
    into = queries.merged_into(permit, record.id)
    known = {each.id for each in queries.merged_here(permit, record.id)} | {into.id if into else 0}
    if done not in known:
        raise Http404("No such merge.")
    actions.undo_merge(permit, done)
    messages.success(request, _("The records stand for themselves again."))
    return redirect("patients:merge", number)
