"""The topic of one session: its plan and worksheet, and changing it by hand, the cost first."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import people
from openiop.schedule.actions import rotation as actions
from openiop.schedule.forms.rotation import PinForm, ReplaceForm, SwapForm
from openiop.schedule.queries.rotation import Rotation, Weighed, rotation, title_of, weigh
from openiop.schedule.queries.sessions import session as session_facts
from openiop.schedule.queries.topics import chosen
from openiop.schedule.rules.clashes import hours
from openiop.schedule.rules.rotation import OWN, Unit
from openiop.schedule.views.asking import show_refusal
from openiop.ui.forms import DeskForm
from openiop.ui.moments import day_text

WAYS = ("replace", "pin", "swap")


@opens("schedule.read")
def topic(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """What the session is about: objectives, steps of its part, worksheet, who requires it."""
    facts = session_facts(permit, session)
    found = chosen(permit, session)
    permit.note("schedule.read", table="schedule_session", row=session)
    may = permit.holds(*ACTS[actions.WRITE].roles, clinic=facts.clinic)
    return render(request, "schedule/topic.html", {
        "title": facts.topic or _("No topic yet"), "session": facts, "found": found,
        "facts": [facts.track_name, hours(facts.starts_at, facts.ends_at, facts.timezone)],
        "steps": found.topic.plan[found.held.part - 1] if found and found.topic else (),
        "open": may and facts.held and facts.ends_at > permit.now,
    })  # fmt: skip


@opens("schedule.read")
def worksheet(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """The worksheet of the session's topic on paper, one for each person."""
    facts = session_facts(permit, session)
    found = chosen(permit, session)
    if found is None or found.topic is None:
        raise Http404("No worksheet.")
    permit.note("schedule.read", table="schedule_session", row=session)
    return render(request, "schedule/worksheet.html", {
        "title": found.topic.worksheet.title, "sheet": found.topic.worksheet,
        "prompts": [(each, range(each.lines)) for each in found.topic.worksheet.prompts],
        "clinic_name": "", "back_url": reverse("schedule:topic", args=[session]),
        "session": facts,
    })  # fmt: skip


@opens(actions.WRITE)
def change(request: HttpRequest, permit: Permit, session: int, way: str) -> HttpResponse:
    """Replace, pin or swap: first what it costs, then, confirmed, the change."""
    facts = session_facts(permit, session)
    found = rotation(permit, facts.track)
    if found is None or session not in {each.id for each in found.meetings}:
        raise Http404("No topic to change.")
    form = _form(way, request.POST or None, found, session)
    cost: list[str] | None = None
    if request.method == "POST" and form.is_valid():
        if "confirmed" in request.POST:
            try:
                _do(permit, way, session, form.cleaned_data)
            except Refused as no:
                show_refusal(permit, form, no)
            else:
                messages.success(request, _("Changed. The plan mends itself within minutes."))
                return redirect("schedule:rotation", facts.track)
        if not form.errors:
            asked = _asked(way, session, form.cleaned_data, found)
            cost = cost_words(permit, found, weigh(found, asked))
    return render(request, "schedule/topic_change.html", {
        "title": _titles()[way], "session": facts, "form": form, "way": way, "cost": cost,
        "facts": [facts.track_name, hours(facts.starts_at, facts.ends_at, facts.timezone)],
        "hidden": [(key, value) for key, value in request.POST.items()
                   if key not in ("csrfmiddlewaretoken", "confirmed")],
    }, status=422 if form.errors else 200)  # fmt: skip


def _titles() -> dict[str, str]:
    return {"replace": _("Replace the topic on the spot"), "pin": _("Pin a topic here"),
            "swap": _("Swap topics with another session")}  # fmt: skip


def _form(way: str, data: Any, found: Rotation, session: int) -> DeskForm:
    if way == "swap":
        return SwapForm(data, sessions=[
            (each.id, f"{day_text(each.on)}: {found.held[each.id].title}")
            for each in found.meetings if each.id in found.held and each.id != session
        ])  # fmt: skip
    here = [
        one
        for one in found.members
        if any(each.id == session and one.expected(each) for each in found.meetings)
    ]
    sentence = _("%(topic)s: new to %(new)s of %(all)s")
    units = [
        (f"{unit[0]}:{unit[1]}", sentence % {
            "topic": title_of(found.curriculum, unit), "all": len(here),
            "new": sum(unit not in one.had for one in here)})
        for unit in found.ask.units
    ]  # fmt: skip
    return (ReplaceForm if way == "replace" else PinForm)(data, units=units)


def _asked(
    way: str, session: int, asked: dict[str, Any], found: Rotation
) -> Mapping[int, Unit]:  # fmt: skip
    if way == "swap":
        one, other = found.held.get(session), found.held[asked["other"]]
        mine = (one.topic, one.part) if one else OWN
        return {session: (other.topic, other.part), asked["other"]: mine}
    unit: Unit = asked["topic"]
    return {session: OWN if asked.get("title") else unit}


def _do(permit: Permit, way: str, session: int, asked: dict[str, Any]) -> int:
    if way == "swap":
        return actions.swap(permit, session, asked["other"])
    code, part = asked["topic"]
    if way == "pin":
        return actions.pin(permit, session, code, part)
    own = asked["title"].strip()
    return actions.replace(
        permit, session, reason=asked["reason"], title=own, topic="" if own else code, part=part
    )


def cost_words(permit: Permit, found: Rotation, weighed: Weighed) -> list[str]:
    """What a change costs before the plan mends itself, as sentences; none where it is free."""
    told: dict[Unit, set[int]] = {}
    for each in weighed.repeats:
        told.setdefault(each.unit, set()).add(each.person)
    known = people(permit, [each.person for each in weighed.repeats])
    words = []
    for unit, persons in told.items():
        names = sorted(known[one].name for one in persons if one in known)
        sentence = ngettext(
            "%(n)d person would hear %(topic)s again: %(names)s.",
            "%(n)d people would hear %(topic)s again: %(names)s.", len(persons),
        )  # fmt: skip
        words.append(sentence % {
            "n": len(persons), "topic": title_of(found.curriculum, unit),
            "names": ", ".join(names)})  # fmt: skip
    if weighed.landings:
        words.append(ngettext(
            "%(n)d person would sit in a topic without what comes before it.",
            "%(n)d people would sit in a topic without what comes before it.", weighed.landings,
        ) % {"n": weighed.landings})  # fmt: skip
    if weighed.torn:
        words.append(_("A topic of two parts would be torn apart."))
    return words


@require_POST
@opens(actions.WRITE)
def unpin(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """Let a pinned topic move again."""
    actions.unpin(permit, session)
    messages.success(request, _("The topic may move again."))
    return redirect("schedule:topic", session)


ONE = "desk/sessions/<int:session>/topic/"
urls = [
    path(ONE, topic, name="topic"),
    path(ONE + "worksheet/", worksheet, name="worksheet"),
    *(path(f"{ONE}{way}/", change, {"way": way}, name=f"topic_{way}") for way in WAYS),
    path(ONE + "unpin/", unpin, name="topic_unpin"),
]
