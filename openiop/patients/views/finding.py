"""Find people, register them, and sort out who was entered twice or came by a file."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from openiop.access import queries as access
from openiop.access.door import admit, opens
from openiop.access.queries.places import my_clinics
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit, Refused
from openiop.patients import actions, queries
from openiop.patients.forms import AssignForm, ElsewhereForm, NewPersonForm
from openiop.patients.queries import Alike, Found
from openiop.ui.links import address, link_to
from openiop.ui.markup import markup, markup_join
from openiop.ui.templatetags.ui import named, tag

SHOWN = 20


@opens("patients.search")
def search(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The search and its finds; without a line, the people registered last."""
    q = request.GET.get("q", "").strip()
    found = queries.search(permit, q, SHOWN + 1) if q else queries.newest(permit)
    writes = permit.holds(*ACTS["patients.patient.write"].roles)
    return render(request, "patients/search.html", {
        "title": _("Patients"), "q": q,
        "rows": people_rows(lines(request, permit, found[:SHOWN])),
        "more": len(found) > SHOWN, "writes": writes,
        "primary": {"label": _("Register a person"), "url": address("patients:new"),
                    "icon": "plus"} if writes else None,
    })  # fmt: skip


def lines(request: HttpRequest, permit: Permit, found: Iterable[Found]) -> list[dict[str, Any]]:
    """Finds as rows: names only where nobody else reads the screen."""
    codes = {each.id: each.code for each in my_clinics(request, permit)}
    hidden = bool(request.session.get("shared_screen"))
    return [
        {
            "found": each, "name": each.number if hidden else each.name,
            "record": each.number if hidden else "",
            "born": f"{each.birth_on:%m/%d/%Y}" if each.birth_on else _("not known"),
            "pronouns": "" if hidden else each.pronouns,
            "legal": "" if hidden else each.legal, "url": page_of(each.number),
            "found_as": "" if hidden else each.found_as, "clinic": codes.get(each.clinic, ""),
        }
        for each in found
    ]  # fmt: skip


ROW = (
    '<tr><th scope="row"><div>{}{}</div></th><td data-label="{}" class="nowrap">{}</td>'
    '<td data-label="{}" class="nowrap">{}</td><td data-label="{}">{}</td>{}</tr>\n'
)


def people_rows(rows: Iterable[dict[str, Any]]) -> SafeString:
    """`lines` as the rows of `patients/people.html`; with the reasons of those that have some."""
    born, number, clinic, why = _("Born"), _("Record number"), _("Clinic"), _("Why")
    another = _("another")
    return markup_join(ROW, (
        (named(row["name"], row["url"], row["pronouns"], row["record"]), _beside(row),
         born, row["born"], number, row["found"].number, clinic, row["clinic"] or another,
         markup('<td data-label="{}">{}</td>', why, ", ".join(row["reasons"]))
         if "reasons" in row else "")
        for row in rows
    ))  # fmt: skip


def _beside(row: dict[str, Any]) -> SafeString:
    """What few people have: other names, and what became of them."""
    told = []
    if row["legal"]:
        told.append(markup(OTHER, _("Legal name: %(name)s") % {"name": row["legal"]}))
    if row["found_as"]:
        found_as = _("Found as %(name)s, a merged record") % {"name": row["found_as"]}
        told.append(markup(OTHER, found_as))
    if row["found"].died_on:
        told.append(markup(" {}", tag(_("Died"))))
    if row["found"].queue:
        told.append(markup(" {}", tag(_("Waits for a clinic"), "watch")))
    return SafeString("".join(told))


OTHER = '<br><span class="soft">{}</span>'


def page_of(number: str) -> str:
    """The address of a person's page, which stands in a higher room."""
    return _pages()(number)


@cache
def _pages() -> Callable[[str | int], str]:
    try:
        return link_to("desk:patient")
    except NoReverseMatch:
        return link_to("patients:edit")


def today_here(request: HttpRequest, permit: Permit) -> date:
    """The day at the clinic of the switcher."""
    clinic = access.current_clinic(request, permit)
    return permit.today(clinic.timezone) if clinic else permit.now.date()


def clinic_choices(permit: Permit) -> list[tuple[int, str]]:
    return [(each.id, each.name) for each in access.clinics(permit)]


@opens("patients.patient.write")
def new(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Register a person; who may already be here is shown first."""
    form = NewPersonForm(
        request.POST or None, today=today_here(request, permit), clinics=clinic_choices(permit)
    )
    asked: tuple[Any, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            return _register(request, permit, form)
        except Refused as no:
            if no.code != "same_person":
                raise
            asked = no.choices
    return render(request, "patients/new.html", {
        "title": _("Register a person"), "form": form, **_asked(request, permit, asked),
        "seen": [*request.POST.getlist("seen"), *map(_number, asked)],
    })  # fmt: skip


def _register(request: HttpRequest, permit: Permit, form: NewPersonForm) -> HttpResponse:
    phone = form.cleaned_data["phone"]
    made = actions.register_once(
        permit, seen=request.POST.getlist("seen"), phones=[phone] if phone else [], **form.person
    )
    if phone:
        clinic = form.person["clinic"]
        actions.reach_self(permit, record=made.record, clinic=clinic, point=form.point)
    messages.success(request, _("Registered under record number %(n)s.") % {"n": made.number})
    return redirect("patients:contacts", made.number)


def _number(choice: Any) -> str:
    return str(choice.found.number if isinstance(choice, Alike) else choice.number)


def _asked(request: HttpRequest, permit: Permit, choices: Iterable[Any]) -> dict[str, Any]:
    """People who may be the same, for the template: here with reasons, elsewhere with a clinic."""
    near = [each for each in choices if isinstance(each, Alike)]
    rows = lines(request, permit, [each.found for each in near]) if near else []
    for row, each in zip(rows, near, strict=True):
        row["reasons"] = reasons(each.likeness.reasons)
    return {
        "alike": people_rows(rows),
        "far": [each for each in choices if not isinstance(each, Alike)],
    }


def reasons(names: Iterable[str]) -> list[str]:
    """Why two records may be one person, in words."""
    words = {
        "name": _("Same name"), "like_name": _("Like name"), "birth": _("Same birth date"),
        "like_birth": _("Birth date one slip away"), "phone": _("Same phone number"),
    }  # fmt: skip
    return [words[name] for name in names]


@require_POST
@opens("patients.search.elsewhere")
def alike(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Who may be the same person as the one being typed: a fragment under the form."""
    form = NewPersonForm(
        request.POST, today=today_here(request, permit), clinics=clinic_choices(permit)
    )
    form.is_valid()
    typed = form.cleaned_data
    first, last, born = (
        typed.get("legal_first", ""),
        typed.get("legal_last", ""),
        typed.get("birth_on"),
    )
    found: list[Any] = []
    if last:
        names = [first, last, typed.get("preferred_name", ""), typed.get("chosen_first", "")]
        phones = [typed.get("phone", "")]
        found += queries.alike(permit, names=names, birth_on=born, phones=phones)
        found += queries.elsewhere(permit, first, last, born) if born else []
    permit.note("patients.search", count=len(found))
    return render(request, "patients/alike.html", _asked(request, permit, found))


@opens("patients.search.elsewhere")
def elsewhere(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Beyond the own clinics: only by full name and birth date, and only number and clinic."""
    form = ElsewhereForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        found = queries.elsewhere(permit, facts["first"], facts["last"], facts["birth_on"])
    return render(request, "patients/elsewhere.html", {
        "title": _("Look at other clinics"), "form": form, "found": found,
        "crumbs": [{"label": _("Patients"), "url": address("patients:search")},
                   {"label": _("Other clinics")}],
    })  # fmt: skip


# --- the same person twice ---------------------------------------------------------------------


@opens("patients.merge")
def duplicates(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Pairs of records that may be one person."""
    pairs = queries.likely_twice(permit)
    rows = lines(request, permit, [found for pair in pairs for found in (pair.one, pair.other)])
    return render(request, "patients/duplicates.html", {
        "title": _("Possible duplicates"),
        "pairs": [
            {"one": rows[2 * n], "other": rows[2 * n + 1],
             "reasons": reasons(pair.likeness.reasons)}
            for n, pair in enumerate(pairs)
        ],
    })  # fmt: skip


@require_POST
@opens("patients.merge")
def two_people(request: HttpRequest, permit: Permit) -> HttpResponse:
    """They only look alike: do not ask again."""
    one, other = (admit(permit, request.POST.get(name, "")) for name in ("one", "other"))
    actions.tell_apart(permit, one.id, other.id)
    messages.success(request, _("Noted as two people."))
    return redirect("patients:duplicates")


@opens("patients.import")
def imported(request: HttpRequest, permit: Permit) -> HttpResponse:
    """People who came by a file without a clinic, to be given one."""
    form = AssignForm(request.POST or None, clinics=clinic_choices(permit))
    if request.method == "POST" and form.is_valid():
        records = [admit(permit, number).id for number in request.POST.getlist("number")]
        count = actions.assign_clinic(permit, records, int(form.cleaned_data["clinic"]))
        said = ngettext("%(n)d person assigned.", "%(n)d people assigned.", count) % {"n": count}
        messages.success(request, said)
        return redirect("patients:imported")
    return render(request, "patients/imported.html", {
        "title": _("Imported people"), "form": form,
        "rows": lines(request, permit, queries.in_queue(permit)),
    })  # fmt: skip
