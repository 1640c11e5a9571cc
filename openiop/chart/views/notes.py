"""The group-note screen: roster left, the person's part center, the shared note right."""

from collections.abc import Mapping
from dataclasses import asdict
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from openiop.access.door import admit, opens
from openiop.chart import actions
from openiop.chart.actions import Conflict, Saved, Typed
from openiop.chart.forms import AsideForm, DraftForm, PartForm, ReasonForm, SharedForm
from openiop.chart.queries.sheet import KeptWords, Line, Sheet, kept_words, sheet
from openiop.chart.views.looks import (
    due_of,
    facts_of,
    findings_shown,
    held_of,
    label_of,
    roster_of,
    said,
    shown_name,
    state_word,
    words_of,
)
from openiop.kernel.permits import NotPermitted, Permit, Refused
from openiop.schedule.queries import sessions
from openiop.ui.moments import day_text

WRITE, READ = "chart.note.write", "chart.note.read"


@require_GET
@opens(WRITE)
def notes(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """Whoever is to be written about next; when all are, what is left to sign."""
    page = sheet(permit, session)
    return show(request, permit, page, None if request.GET.get("done") else page.next_after(None))


@opens(WRITE)
def part(request: HttpRequest, permit: Permit, session: int, number: str) -> HttpResponse:
    """One person's part: shown, or saved and on to the next person."""
    record = admit(permit, number)
    if request.method != "POST":
        page = sheet(permit, session)
        return show(request, permit, page, _line(page, number))
    form = PartForm(request.POST)
    if not form.is_valid():
        page = sheet(permit, session)
        return show(request, permit, page, _line(page, number), form=form, status=422)
    try:
        actions.save_part(permit, session, record.id, form.part(), _typed(request, form))
    except Conflict as newer:
        actions.keep_text(permit, session, record.id, asdict(form.part()))
        page = sheet(permit, session)
        return show(request, permit, page, _line(page, number), mine=form.part(), newer=newer)
    return redirect(after(session, form.cleaned_data["next"], saved=number))


@require_POST
@opens(WRITE)
def autosave_part(request: HttpRequest, permit: Permit, session: int, number: str) -> HttpResponse:
    """Save a part while it is typed; JSON."""
    record, form = admit(permit, number), PartForm(request.POST)
    if not form.is_valid():
        return _unclean(permit, session, form)
    text = form.part()
    return _autosaved(
        permit, session, record.id, asdict(text),
        lambda typed: actions.save_part(permit, session, record.id, text, typed),
        _typed(request, form),
    )  # fmt: skip


@require_POST
@opens(WRITE)
def shared(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """Save the shared part and go on with the first person to write about."""
    form = SharedForm(request.POST)
    page = sheet(permit, session)
    line = page.line(request.POST.get("beside", "")) or page.next_after(None)
    if not form.is_valid():
        return show(request, permit, page, line, shared_form=form, status=422)
    try:
        actions.save_shared(permit, session, form.shared(), _typed(request, form))
    except Conflict as newer:
        actions.keep_text(permit, session, None, asdict(form.shared()))
        page = sheet(permit, session)
        return show(request, permit, page, line, mine_shared=form.shared(), newer_shared=newer)
    return redirect(after(session, line.number if line else "", saved="shared"))


@require_POST
@opens(WRITE)
def autosave_shared(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """Save the shared part while it is typed; JSON."""
    form = SharedForm(request.POST)
    if not form.is_valid():
        return _unclean(permit, session, form)
    text = form.shared()
    return _autosaved(
        permit, session, None, asdict(text),
        lambda typed: actions.save_shared(permit, session, text, typed), _typed(request, form),
    )  # fmt: skip


@require_POST
@opens("chart.note.sign")
def sign(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """Sign everything of mine that is ready; say what is held."""
    try:
        result = actions.sign(permit, session)
    except NotPermitted:
        raise
    except Refused as no:
        page = sheet(permit, session)
        return show(request, permit, page, page.next_after(None), refused=no, status=422)
    count = len(result.signed)
    if count:
        messages.success(
            request, ngettext("Signed %(n)d note.", "Signed %(n)d notes.", count) % {"n": count}
        )
    else:
        messages.info(request, _("There was nothing to sign."))
    return redirect(f"{reverse('chart:notes', args=[session])}?done=1")


@require_POST
@opens(WRITE)
def override(
    request: HttpRequest, permit: Permit, session: int, number: str = ""
) -> HttpResponse:  # fmt: skip
    """Keep a finding as it is, with a reason; without a number it is the shared part's."""
    record = admit(permit, number).id if number else None
    sessions.session(permit, session)
    form = ReasonForm(request.POST)
    if form.is_valid():
        actions.override(permit, session, record, **form.cleaned_data)
        messages.success(request, _("Kept, with your reason in the note."))
    else:
        messages.error(request, _("Say why this is right as it is."))
    return redirect(back_to(request, session, number))


@require_POST
@opens(WRITE)
def drop_kept(
    request: HttpRequest, permit: Permit, session: int, number: str = ""
) -> HttpResponse:  # fmt: skip
    """The writer has what they need of the text put aside."""
    actions.drop_kept_text(permit, session, admit(permit, number).id if number else None)
    return redirect(back_to(request, session, number))


@require_POST
@opens(WRITE)
def aside(request: HttpRequest, permit: Permit, session: int, number: str) -> HttpResponse:
    """Keep a draft as unsigned history: the person had not taken part."""
    record, form = admit(permit, number), AsideForm(request.POST)
    sessions.session(permit, session)
    if form.is_valid():
        actions.set_aside(permit, session, record.id, form.cleaned_data["reason"])
        messages.success(request, _("Set aside. No note is owed for this person."))
        return redirect(after(session, ""))
    messages.error(request, _("Say why it is set aside."))
    return redirect(back_to(request, session, number))


# --- parts of the page -------------------------------------------------------------------------


def show(
    request: HttpRequest, permit: Permit, page: Sheet, line: Line | None, *,
    form: PartForm | None = None, shared_form: SharedForm | None = None,
    mine: Any = None, newer: Conflict | None = None, mine_shared: Any = None,
    newer_shared: Conflict | None = None, refused: Refused | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The screen with one person's part open, or none. After a conflict the form holds what was
    typed, from the newer version on, and the newer text stands beside it."""
    hidden = bool(request.session.get("shared_screen"))
    kept = kept_words(permit, page.session.id)
    following = page.next_after(line.record) if line else None
    typed = _part_form(line, form, mine, newer, following)
    if line:
        permit.note(READ, record=line.record, table="chart_note", row=line.note)
    permit.note(READ, table="chart_note", count=len(page.lines))
    return render(request, "chart/notes.html", {
        "crumbs": [{"label": f"{page.session.track_name}, {day_text(page.session.on)}",
                    "url": reverse("schedule:session", args=[page.session.id])},
                   {"label": _("Notes")}],
        "attendance_url": reverse("schedule:attendance", args=[page.session.id]),
        "sheet": page, "session": page.session, "line": line, "due": due_of(page, permit.now),
        "next": shown_name(following, hidden), "facts": facts_of(page), "hidden": hidden,
        "roster": roster_of(page, line, hidden), "held": held_of(page, hidden),
        "word": state_word(line) if line else None, "aside_form": AsideForm(),
        "words": words_of(line.part) if line else [],
        "last_words": words_of(line.last) if line and line.last else [],
        "shared_words": words_of(page.shared.text),
        "zone": ZoneInfo(page.session.timezone), "refused": refused,
        "form": typed,
        "shared_form": _shared_form(page, shared_form, mine_shared, newer_shared),
        "newer": newer and _pairs(newer.theirs, PartForm, asdict(mine)),
        "newer_shared": newer_shared and _pairs(newer_shared.theirs, SharedForm,
                                                asdict(mine_shared)),
        "kept": _kept(kept, line, newer, PartForm),
        "kept_shared": None if newer_shared else _words(kept.get(None), SharedForm),
        "findings": findings_shown(page, line, hidden) if line else [],
        "shared_findings": findings_shown(page, None, hidden),
        "saved": request.GET.get("saved", ""), "back": _back(request, page, hidden),
        "steps_open": _steps_open(page, typed),
        "first": page.shared.missing and page.holds and not page.shared.signed_at,
    }, status=409 if newer or newer_shared else status)  # fmt: skip


def _back(request: HttpRequest, page: Sheet, hidden: bool) -> tuple[str, str] | None:
    """The way back to whoever was just saved, as (address, name)."""
    line = page.line(request.GET.get("saved", ""))
    url = line and reverse("chart:part", args=[page.session.id, line.number])
    return (url, shown_name(line, hidden)) if url else None


def _steps_open(page: Sheet, form: PartForm | None) -> bool:
    """Do objective and next step stand open? When there are any, or an own one is asked for."""
    written = form and any(form[name].value() for name in ("objective", "progress", "next_step"))
    return bool(written) or not page.shared.text.next_step


def after(session: int, number: str, *, saved: str = "") -> str:
    """The address of who comes next; the whole session's when nobody does."""
    if number.isdigit():
        url = reverse("chart:part", args=[session, number])
    else:
        url = reverse("chart:notes", args=[session])
    return f"{url}?saved={saved}" if saved else url


def back_to(request: HttpRequest, session: int, number: str) -> str:
    """The person's page the small form stood on."""
    return after(session, number or request.POST.get("beside", ""))


def _line(page: Sheet, number: str) -> Line:
    line = page.line(number)
    if line is None:
        raise Http404("Nobody of that number took part.")
    return line


def _typed(request: HttpRequest, form: DraftForm) -> Typed:
    final = request.headers.get("X-Autosave") is None
    return Typed(form.cleaned_data["version"], form.cleaned_data["page"], final)


def _part_form(
    line: Line | None, form: PartForm | None, mine: Any, newer: Conflict | None,
    following: Line | None,
) -> PartForm | None:  # fmt: skip
    if line is None or form is not None:
        return form
    initial = asdict(mine or line.part) | {
        "version": newer.version if newer else line.version, "page": token_hex(8),
        "next": following.number if following else "",
    }  # fmt: skip
    if line.part.untouched and mine is None and line.last:
        initial["objective"] = line.last.objective
    return PartForm(initial=initial, kind=line.kind)


def _shared_form(
    page: Sheet, form: SharedForm | None, mine: Any, newer: Conflict | None
) -> SharedForm:
    if form is not None:
        return form
    initial = asdict(mine or page.shared.text) | {
        "version": newer.version if newer else page.shared.version, "page": token_hex(8),
    }  # fmt: skip
    if page.shared.version == 0 and not page.shared.text.topic:
        initial["topic"] = page.session.topic
    return SharedForm(initial=initial, auto_id="shared_%s")


def _pairs(
    theirs: Mapping[str, str], form: type[DraftForm], mine: Mapping[str, str]
) -> list[tuple[Any, str]]:
    """What stands there and differs from what was typed, as (label, text)."""
    return [
        (label_of(form, name), said(form, name, text))
        for name, text in theirs.items()
        if text != mine[name]
    ]


def _kept(
    kept: Mapping[int | None, KeptWords], line: Line | None, newer: Conflict | None,
    form: type[DraftForm],
) -> dict[str, Any] | None:  # fmt: skip
    return _words(kept.get(line.record), form) if line and not newer else None


def _words(kept: KeptWords | None, form: type[DraftForm]) -> dict[str, Any] | None:
    if kept is None:
        return None
    words = [(label_of(form, name), said(form, name, text)) for name, text in kept.fields.items()]
    return {"at": kept.at, "words": words}


def _autosaved(
    permit: Permit, session: int, record: int | None, text: Mapping[str, str], save: Any,
    typed: Typed,
) -> HttpResponse:  # fmt: skip
    try:
        done: Saved = save(typed)
    except Conflict as newer:
        actions.keep_text(permit, session, record, text)
        return JsonResponse(
            {"version": newer.version, "theirs": newer.theirs, "yours": dict(text)}, status=409
        )
    return JsonResponse({"saved": f"{localtime(done.at):%H:%M}", "version": done.version})


def _unclean(permit: Permit, session: int, form: DraftForm) -> HttpResponse:
    sessions.session(permit, session)  # another clinic's is not there, whatever was typed
    return JsonResponse({"errors": form.errors}, status=422)
