"""One session: what it is, who is expected, how it is changed, who is told, how that is undone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.access.queries import rooms
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import close_task
from openiop.messaging.queries import contact_choices, open_tasks
from openiop.patients.queries import people
from openiop.schedule.actions import sessions as verbs
from openiop.schedule.actions.changes import SESSION, WRITE
from openiop.schedule.actions.substitution import (
    Helped,
    call_off,
    hold_by_video,
    send_to,
    substitute,
)  # fmt: skip
from openiop.schedule.actions.telling import CALL, Told, tell, tell_undone
from openiop.schedule.forms.sessions import (
    CancelForm,
    ChangeForm,
    HelpForm,
    MergeForm,
    MoveForm,
    RoomForm,
    StaffForm,
    TellForm,
    VirtualForm,
)  # fmt: skip
from openiop.schedule.queries.changes import (
    Affected,
    affected,
    affected_by,
    changes_of,
    session_of_change,
)  # fmt: skip
from openiop.schedule.queries.help import hosts, substitutes
from openiop.schedule.queries.seats import limits_here
from openiop.schedule.queries.sessions import SessionFacts, roster
from openiop.schedule.queries.sessions import session as session_facts
from openiop.schedule.rules.clashes import hours
from openiop.schedule.views.asking import person_url, show_refusal

TELLING = {"move", "cancel", "room", "virtual", "merge"}


@dataclass(frozen=True)
class Page:
    """One kind of change: its words, its form, its verb, and what its form offers."""

    title: Any
    submit: Any
    form: type[ChangeForm]
    verb: Callable[..., UUID]
    offered: Callable[[Permit, SessionFacts], list[tuple[Any, str]]] = lambda permit, session: []


def _rooms(permit: Permit, session: SessionFacts) -> list[tuple[Any, str]]:
    return [(room.id, f"{room.name} ({room.capacity})") for room in rooms(permit, session.clinic)
            if room.id != session.room]  # fmt: skip


def _colleagues(permit: Permit, session: SessionFacts) -> list[tuple[Any, str]]:
    known = [(holder.id, holder.name) for holder in session.staff]
    for one in substitutes(permit, session):
        notes = [one.shown, one.busy, _("a credential is missing") if one.flags else ""]
        shown = ", ".join(note for note in notes if note)
        known.append((one.id, f"{one.name} ({shown})" if shown else one.name))
    return known


def _hosts(permit: Permit, session: SessionFacts) -> list[tuple[Any, str]]:
    sentence = _("%(track)s, %(when)s: %(people)s would sit there")
    return [
        (host.session.id, sentence % {
            "track": host.session.track_name, "people": host.would_sit,
            "when": hours(host.session.starts_at, host.session.ends_at, host.session.timezone)})
        for host in hosts(permit, session)
    ]  # fmt: skip


T = gettext_lazy
PAGES = {
    "move": Page(T("Move the session"), T("Move"), MoveForm, verbs.move),
    "cancel": Page(T("Cancel the session"), T("Cancel the session"), CancelForm, verbs.cancel),
    "staff": Page(T("Who holds it"), T("Change who holds it"), StaffForm, verbs.restaff,
                  _colleagues),
    "room": Page(T("Another room"), T("Change the room"), RoomForm, verbs.reroom, _rooms),
    "virtual": Page(T("Hold it by video"), T("Hold it by video"), VirtualForm, verbs.go_virtual),
    "merge": Page(T("Merge into another session"), T("Merge"), MergeForm, verbs.merge, _hosts),
}  # fmt: skip


@opens("schedule.read")
def session(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """What the session is, who is expected, what was changed and may be undone."""
    facts = session_facts(permit, session)
    expected = roster(permit, session)
    known = people(permit, [seated.record for seated in expected])
    done = changes_of(permit, session)
    just = next((each for each in done if str(each.batch) == request.GET.get("done")
                 and not each.undone), None)  # fmt: skip
    permit.note("schedule.read", table=SESSION, row=session, count=len(expected))
    may = permit.holds(*ACTS[WRITE].roles, clinic=facts.clinic)
    open_still = may and facts.held and facts.ends_at > permit.now
    return render(request, "schedule/session.html", {
        "title": facts.track_name, "session": facts, "facts": _about(facts), "may": may,
        "caps": limits_here(permit, facts), "changes": done, "just": just, "open": open_still,
        "rows": [{"person": known[seated.record], "url": person_url(seated.number),
                  "seated": seated} for seated in expected if seated.record in known],
        "expected": len(expected), "unseen": len(expected) - len(known),
        "primary": {"label": _("Attendance"), "icon": "check",
                    "url": reverse("schedule:attendance", args=[session])} if facts.held else None,
        "secondary": _menu(session) if open_still else [], "secondary_label": _("Change"),
    })  # fmt: skip


def _about(facts: SessionFacts) -> list[str]:
    place = facts.room_name or (_("Video") if facts.mode == "virtual" else _("No room yet"))
    return [hours(facts.starts_at, facts.ends_at, facts.timezone), place, facts.clinic_name,
            _("%(n)s countable minutes") % {"n": facts.counted_minutes}]  # fmt: skip


def _menu(session: int) -> list[dict[str, Any]]:
    menu = [
        {"label": _("Somebody cannot hold it"), "url": reverse("schedule:help", args=[session])}
    ]
    return menu + [
        {"label": page.title, "url": reverse(f"schedule:change_{kind}", args=[session]),
         "danger": kind == "cancel"}
        for kind, page in PAGES.items()
    ]  # fmt: skip


@opens(WRITE)
def change(request: HttpRequest, permit: Permit, session: int, kind: str) -> HttpResponse:
    """A change: first whom it affects, then, confirmed, the change itself."""
    page = PAGES.get(kind)
    if page is None:
        raise Http404("No such change.")
    facts = session_facts(permit, session)
    form = page.form(
        request.POST or None, offered=page.offered(permit, facts), initial=_present(facts)
    )
    choices: tuple[Any, ...] = ()
    posted = request.method == "POST" and form.is_valid()
    if posted and "confirmed" in request.POST:
        try:
            return _do(request, permit, facts, kind, form)
        except Refused as no:
            show_refusal(permit, form, no)
            choices = no.choices
    later = bool(form.is_bound and form.data.get("later"))
    context = {
        "title": page.title, "session": facts, "facts": _about(facts), "form": form,
        "affected": affected(permit, session, later=True) if later
        else affected_by(permit, [facts]), "choices": choices,
        "submit": page.submit, "kind": kind, "tells": kind in TELLING, "tell": TellForm(),
        "hidden": [(key, value) for key, values in request.POST.lists() for value in values
                   if key not in ("csrfmiddlewaretoken", "tell", "confirmed")],
    }  # fmt: skip
    if posted and not form.errors:
        return render(request, "schedule/change_confirm.html", context)
    return render(request, "schedule/change.html", context, status=422 if form.errors else 200)


def _present(facts: SessionFacts) -> dict[str, Any]:
    """What the forms begin with: what is."""
    starts = facts.starts_at.astimezone(ZoneInfo(facts.timezone)).time()
    holders = {holder.part: holder.id for holder in facts.staff}
    return {"on": facts.on, "starts": starts, "lead": holders.get("lead"), "co": holders.get("co")}


def _do(
    request: HttpRequest, permit: Permit, facts: SessionFacts, kind: str, form: ChangeForm
) -> HttpResponse:
    batch = PAGES[kind].verb(permit, facts.id, **form.arguments())
    if kind in TELLING and request.POST.get("tell"):
        _say(request, tell(permit, batch))
    return _done(facts.id, batch)


def _say(request: HttpRequest, told: Told) -> None:
    if told.texted or told.to_call:
        messages.success(request, _("%(texted)s texted, %(calls)s to call.") % {
            "texted": told.texted, "calls": told.to_call})  # fmt: skip


def _done(session: int, batch: UUID) -> HttpResponse:
    return redirect(f"{reverse('schedule:session', args=[session])}?done={batch}")


@require_POST
@opens(WRITE)
def undo(request: HttpRequest, permit: Permit, batch: UUID) -> HttpResponse:
    """One click back; whoever was told is told again."""
    first = session_of_change(permit, batch)
    verbs.undo(permit, batch)
    _say(request, tell_undone(permit, batch))
    messages.success(request, _("Undone: everything is as it was."))
    return redirect("schedule:session", first)


@opens(WRITE)
def help_page(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """At 16:30, from a phone: a substitute, another group, video, or not at all."""
    facts = session_facts(permit, session)
    form = HelpForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and "confirmed" in request.POST:
        try:
            helped = _help(permit, session, form.cleaned_data)
        except Refused as no:
            show_refusal(permit, form, no)
        else:
            _say(request, helped.told)
            return _done(session, helped.batch)
    seen = affected_by(permit, [facts])
    context = {"title": _("Somebody cannot hold it"), "session": facts, "facts": _about(facts),
               "affected": seen, "reach": _reach(seen), "form": form}  # fmt: skip
    if request.method == "POST" and not form.errors:
        return render(request, "schedule/help_confirm.html", context | {"answer": _answer(form)})
    context |= {"substitutes": substitutes(permit, facts), "hosts": hosts(permit, facts)}
    return render(request, "schedule/help.html", context, status=422 if form.errors else 200)


def _answer(form: HelpForm) -> dict[str, Any]:
    words = {
        "substitute": _("Let the substitute hold it"), "merge": _("Merge the sessions"),
        "virtual": _("Hold it by video"), "cancel": _("Cancel the session"),
    }  # fmt: skip
    kept = [(key, value) for key, value in form.cleaned_data.items() if value]
    return {"words": words[form.cleaned_data["do"]], "hidden": kept,
            "danger": form.cleaned_data["do"] == "cancel"}  # fmt: skip


def _help(permit: Permit, session: int, facts: dict[str, Any]) -> Helped:
    if facts["do"] == "substitute":
        return substitute(permit, session, facts["staff"])
    if facts["do"] == "merge":
        return send_to(permit, session, facts["into"])
    if facts["do"] == "virtual":
        return hold_by_video(permit, session)
    return call_off(permit, session, facts["reason"])


def _reach(seen: Affected) -> dict[str, int]:
    texts = sum(each.reach.text is not None for each in seen.people)
    return {"texts": texts, "calls": len(seen.people) + seen.unseen - texts}


@opens(WRITE)
def calls(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """The call list of a session: who is left to call, at which number; done one by one."""
    facts = session_facts(permit, session)
    left = [task for task in open_tasks(permit, clinic=facts.clinic, kinds=[CALL])
            if task.about == (SESSION, session)]  # fmt: skip
    told = next((task.id for task in left if str(task.id) == request.POST.get("task")), None)
    if told is not None:
        close_task(permit, told, _("Told."))
        return redirect("schedule:calls", session)
    records = [task.record for task in left if task.record]
    known, reach = people(permit, records), contact_choices(permit, records)
    return render(request, "schedule/calls.html", {
        "title": _("Call list"), "session": facts, "facts": _about(facts),
        "rows": [{"task": task, "person": known[task.record], "reach": reach[task.record],
                  "url": person_url(known[task.record].number)}
                 for task in left if task.record in known],
    })  # fmt: skip


ONE = "desk/sessions/<int:session>/"
urls = [
    path(ONE, session, name="session"),
    path(ONE + "help/", help_page, name="help"),
    path(ONE + "calls/", calls, name="calls"),
    *(path(f"{ONE}{kind}/", change, {"kind": kind}, name=f"change_{kind}") for kind in PAGES),
    path("desk/changes/<uuid:batch>/undo/", undo, name="undo"),
]
