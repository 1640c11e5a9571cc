"""Questionnaires of one person: choose one, enter the answers, read what they came to."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from openiop.access.door import opens
from openiop.assessments.actions import Taken, record_response
from openiop.assessments.forms import AnswersForm
from openiop.assessments.queries import ResponseRow, open_concern, responses_of
from openiop.assessments.queries import response as response_of
from openiop.assessments.queries.asked import asked_of
from openiop.assessments.views.asking import opened_record, took
from openiop.assessments.words import MODES
from openiop.catalog.instrument import Instrument, find_instrument, instruments
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit

READ, WRITE = "assessments.response.read", "assessments.response.write"
CLOSE = "assessments.safety.close"


@opens(READ)
def record(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """An open safety concern, what may be taken, and what was taken, newest first."""
    opened, page = opened_record(request, permit, number)
    concern = open_concern(permit, opened.id)
    page["crumbs"][-1].pop("url")
    return render(request, "assessments/record.html", {
        **page, "concern": concern, "concern_url": _concern_url(permit, concern),
        "kinds": [(each, reverse("assessments:take", args=[number, each.id]))
                  for each in instruments()],
        "waiting": asked_of(permit, opened.id),
        "taken": histories(responses_of(permit, opened.id), number),
    })  # fmt: skip


@opens(READ)
def card(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """The newest result of each questionnaire, for a person's page; a page by itself too."""
    opened, page = opened_record(request, permit, number)
    newest = {row.instrument: row for row in reversed(responses_of(permit, opened.id))}
    concern = open_concern(permit, opened.id)
    fragment = bool(request.headers.get("HX-Request"))
    return render(request, "assessments/card.html", {
        **page, "title": _("Questionnaires"), "concern": concern,
        "concern_url": _concern_url(permit, concern),
        "layout": "assessments/bare.html" if fragment else "ui/desk.html",
        "rows": [(row, "watch" if row.danger or row.alerts else "") for row in newest.values()],
        "all_url": reverse("assessments:record", args=[number]),
    })  # fmt: skip


def _concern_url(permit: Permit, concern: Any) -> str:
    may = concern and permit.holds(*ACTS[CLOSE].roles)
    return reverse("assessments:concern", args=[concern.id]) if may else ""


def histories(rows: list[ResponseRow], number: str) -> list[dict[str, Any]]:
    """By questionnaire: its scores from the oldest to the newest, and its rows with their pages."""
    by_kind = groupby(sorted(rows, key=lambda row: row.instrument), lambda row: row.instrument)
    grouped = [list(group) for _kind, group in by_kind]
    return [
        {"title": each[0].title,
         "scores": [row.score for row in each[::-1] if not row.replaced],
         "scored": any(row.score is not None for row in each),
         "rows": [(row, reverse("assessments:response", args=[number, row.id])) for row in each]}
        for each in grouped
    ]  # fmt: skip


@opens(WRITE)
def take(request: HttpRequest, permit: Permit, number: str, key: str) -> HttpResponse:
    """All questions on one page, from paper or asked here; `?corrects=` takes the answers of an
    earlier row and keeps both."""
    opened, page = opened_record(request, permit, number)
    kind = kind_of(key)
    before = _corrected(request, permit, opened.id, kind)
    form = AnswersForm(
        request.POST or None, instrument=kind, corrects=before is not None,
        initial=_initial(permit, before),
    )  # fmt: skip
    kept: list[int] = []

    def keep() -> None:
        typed = form.cleaned_data
        taken = Taken(
            kind, form.answers(), typed["taken_at"], typed["mode"], form.facts(),
            before.id if before else None, typed.get("reason", ""),
        )  # fmt: skip
        kept.append(record_response(permit, record=opened.id, clinic=opened.clinic, taken=taken))

    if request.method == "POST" and form.is_valid() and took(permit, form, keep):
        messages.success(request, _("The answers are kept."))
        return redirect("assessments:response", number, kept[0])
    page["crumbs"].append({"label": kind.title})
    return render(
        request, "assessments/take.html", {**page, "kind": kind, "form": form},
        status=422 if form.errors else 200,
    )  # fmt: skip


def kind_of(key: str) -> Instrument:
    """The questionnaire of an address, or Http404."""
    kind = find_instrument(key)
    if kind is None:
        raise Http404("No such questionnaire.")
    return kind


def _corrected(
    request: HttpRequest, permit: Permit, record: int, kind: Instrument
) -> ResponseRow | None:
    wanted = request.GET.get("corrects", "")
    if not wanted:
        return None
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        raise Http404("No such answers.")
    before = response_of(permit, record, int(wanted))
    if before.instrument != kind.id:
        raise Http404("No such answers.")
    return before


def _initial(permit: Permit, before: ResponseRow | None) -> dict[str, Any]:
    if before is None:
        return {"taken_at": permit.now, "mode": "paper"}
    given = {f"i{number}": value for number, value in before.answers.items()}
    beside = {f"fact_{name}": value for name, value in before.facts.items()}
    return {"taken_at": before.taken_at, "mode": "paper", **given, **beside}


@opens(READ)
def response(request: HttpRequest, permit: Permit, number: str, response: int) -> HttpResponse:
    """One questionnaire as answered: result, alerts, every answer, and the way to correct it."""
    opened, page = opened_record(request, permit, number)
    rows = responses_of(permit, opened.id)
    row = next((each for each in rows if each.id == response), None)
    if row is None:
        raise Http404("No such answers.")
    concern = open_concern(permit, opened.id)
    page["crumbs"].append({"label": row.title})
    correct = reverse("assessments:take", args=[number, row.instrument]) + f"?corrects={row.id}"
    same = [each for each in rows if each.instrument == row.instrument and not each.replaced]
    return render(request, "assessments/response.html", {
        **page, "row": row, "lines": lines(row), "mode": MODES[row.mode], "concern": concern,
        "concern_url": _concern_url(permit, concern),
        "scores": [each.score for each in same[::-1]],
        "correct_url": correct if row.kind and not row.replaced else "",
        "subscores": list(row.subscores.items()),
    })  # fmt: skip


def lines(row: ResponseRow) -> list[tuple[str, str]]:
    """Each question as asked, with the answer given; a dash where it was left open."""
    kind = row.kind
    if kind is None:
        return [(number, _said(value)) for number, value in row.answers.items()]
    said = kind.questions or kind.items
    found = [(said[int(n) - 1], _answer(kind, int(n), value)) for n, value in row.answers.items()]
    beside = [
        (fact.get("question") or name.capitalize(), _fact(fact, row.facts.get(name)))
        for name, fact in kind.facts.items()
    ]
    return found + beside


def _answer(kind: Instrument, number: int, value: int | None) -> str:
    if value is None or not kind.questions:
        return _said(value)
    at = kind.answers[number].index(value)
    return f"{kind.options[number][at]} ({value})"


def _fact(fact: Any, value: str | int | None) -> str:
    known = {str(each): at for at, each in enumerate(fact["answers"])}
    at = known.get(str(value))
    return str((fact.get("options") or fact["answers"])[at]) if at is not None else "—"


def _said(value: str | int | None) -> str:
    return "—" if value is None else str(value)
