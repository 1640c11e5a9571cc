"""A better timetable: asked for, watched, compared with today's, applied, undone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.kernel.acts import ACTS
from openiop.kernel.days import MONDAY, week_start
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.actions import timetable as verbs
from openiop.schedule.actions import timetable_apply as applying
from openiop.schedule.actions.timetable_hours import whose_hours
from openiop.schedule.forms.timetable import ApplyForm, AskForm
from openiop.schedule.queries.plans import Found, PlanFacts, areas, found_of, plan, plans
from openiop.schedule.timetable.check import check
from openiop.schedule.timetable.differences import (
    Difference,
    counted,
    differences,
    kept_hours,
)  # fmt: skip
from openiop.schedule.timetable.facts import Facts, Timetable, Today, Track, as_it_is
from openiop.schedule.timetable.picture import boxes, weeks
from openiop.schedule.timetable.points import points
from openiop.schedule.views.asking import show_refusal
from openiop.schedule.views.timetable_words import (
    affected_words,
    hours_words,
    minutes_words,
    state_words,
    what_words,
    when_words,
)  # fmt: skip

READ, WRITE, APPLY = "schedule.timetable.read", verbs.WRITE, "schedule.timetable.apply"


def _may(permit: Permit, act: str) -> bool:
    return permit.holds(*ACTS[act].roles)


@opens(READ)
def all_plans(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Every search, newest first, with a form for another one."""
    return _all(request, permit, _ask_form(permit))


def _ask_form(permit: Permit, data: Any = None) -> AskForm:
    monday = week_start(permit.today(permit.timezone), MONDAY) + timedelta(days=7)
    names = [(code, name) for _number, code, name in areas(permit)]
    return AskForm(data, areas=names, initial={"on": monday})


def _all(request: HttpRequest, permit: Permit, form: AskForm) -> HttpResponse:
    rows = [(each, state_words(each), _gap(each)) for each in plans(permit)]
    return render(request, "schedule/timetables.html", {
        "title": _("Timetables"), "rows": rows, "form": form, "may_ask": _may(permit, WRITE),
    }, status=422 if form.errors else 200)  # fmt: skip


@opens(WRITE)
@require_POST
def ask(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Ask for a timetable; to its page."""
    form = _ask_form(permit, request.POST)
    if form.is_valid():
        try:
            return redirect("schedule:timetable", verbs.ask(permit, **form.asked()))
        except Refused as no:
            show_refusal(permit, form, no)
    return _all(request, permit, form)


def _gap(found: PlanFacts) -> str:
    if found.gap is None:
        return ""
    return _("%(n).1f %%") % {"n": 100 * found.gap}


@opens(READ)
def one_plan(request: HttpRequest, permit: Permit, plan_id: int) -> HttpResponse:
    """How far a search is; what it found, beside today's."""
    known = plan(permit, plan_id)
    found = None if known.open else found_of(permit, plan_id)
    context: dict[str, Any] = {
        "title": known.area_name or _("All areas"), "plan": known, "gap": _gap(known),
        "state": state_words(known), "may_ask": _may(permit, WRITE),
        "blocking": found.blocking if found else (),
        "may_apply": _may(permit, APPLY), "progress": _progress(known),
        "crumbs": [{"label": _("Timetables")}, {"label": known.area_name or _("All areas")}],
    }  # fmt: skip
    if found is not None and found.timetable is not None:
        context["stay"] = found.applied.get("stay", 0)
        context |= _compared(request, found, found.timetable)
    return render(request, "schedule/timetable.html", context)


def _progress(known: PlanFacts) -> dict[str, Any]:
    seconds = int(known.seconds or 0)
    words = _("%(n)s of %(all)s seconds") % {"n": seconds, "all": known.seconds_given}
    return {"value": min(seconds, known.seconds_given), "text": words}


def _compared(request: HttpRequest, found: Found, timetable: Timetable) -> dict[str, Any]:
    """Points, changes and the picture of one clinic, today beside the plan."""
    facts, every = found.facts, differences(found.facts, timetable)
    here = _clinic(request, facts, every)
    own = [one for one in every if one.group.clinic == here]
    name = next((one.name for one in facts.clinics if one.id == here), "")
    faults = check(facts, timetable)
    return {
        "points": _points(facts, timetable), "counts": _counts(every),
        "faults": [(one.rule.words, one.sentence) for one in faults],
        "rows": [_row(facts, one) for one in own], "clinic": name,
        "chips": [_chip(one.id, one.name, here, every) for one in facts.clinics],
        "picture": weeks(*boxes(own), _("The week at %(clinic)s, today and planned") % {
            "clinic": name}),
        "kept": [(one.name, minutes_words(one.before), minutes_words(one.after),
                  hours_words(one.hours)) for one in kept_hours(facts, timetable)],
    }  # fmt: skip


def _clinic(request: HttpRequest, facts: Facts, every: list[Difference]) -> int:
    """The clinic asked for, else the one with most changes."""
    asked = request.GET.get("clinic", "")
    known = {str(one.id): one.id for one in facts.clinics}
    if asked in known:
        return known[asked]
    changes = {one.id: 0 for one in facts.clinics}
    for one in every:
        changes[one.group.clinic] += bool(one.what)
    return max(changes, key=lambda clinic: changes[clinic], default=0)


def _chip(clinic: int, name: str, here: int, every: list[Difference]) -> dict[str, Any]:
    count = sum(bool(one.what) for one in every if one.group.clinic == clinic)
    return {"label": name, "url": f"?clinic={clinic}#week", "current": clinic == here,
            "count": count or None}  # fmt: skip


def _points(facts: Facts, timetable: Timetable) -> list[dict[str, Any]]:
    now, then = points(facts, as_it_is(facts)), points(facts, timetable)
    weights = facts.weights
    lines = [
        (_("People left waiting"), now.left_waiting, then.left_waiting, weights.waiting),
        (_("People above the size aimed at"), now.too_many, then.too_many, weights.size),
        (_("People with another facilitator"), now.other_facilitator, then.other_facilitator,
         weights.facilitator),
        (_("Groups begun or ended, rooms and co-facilitators changed"), now.changes, then.changes,
         weights.change),
    ]  # fmt: skip
    rows = [{"label": label, "now": a, "then": b, "each": each, "sum": b * each}
            for label, a, b, each in lines]  # fmt: skip
    total = {"label": _("All points"), "now": now.total, "then": then.total, "each": "",
             "sum": then.total, "total": True}  # fmt: skip
    return [*rows, total]


def _counts(every: list[Difference]) -> list[str]:
    number = counted(every)
    words = [
        (number["new"], ngettext("%(n)s group begins", "%(n)s groups begin", number["new"])),
        (number["ended"], ngettext("%(n)s group ends", "%(n)s groups end", number["ended"])),
        (number["changed"], ngettext("%(n)s group changes", "%(n)s groups change",
                                     number["changed"])),
        (number["same"], ngettext("%(n)s group stays", "%(n)s groups stay", number["same"])),
    ]  # fmt: skip
    return [text % {"n": n} for n, text in words if n]


def _row(facts: Facts, one: Difference) -> dict[str, Any]:
    tone = {"new": "info", "ended": "watch"}.get(one.what[0], "good") if one.what else ""
    return {
        "name": one.group.name, "what": what_words(one.what), "tone": tone,
        "before": _lines(facts, one.was), "after": _lines(facts, one.track),
        "people": one.was.people if one.was else 0, "joins": one.track.seated if one.track else 0,
    }  # fmt: skip


def _lines(facts: Facts, group: Today | Track | None) -> list[str]:
    """When and where a group meets and who holds it."""
    if group is None:
        return []
    rooms: Mapping[int, str] = {one.id: one.name for one in facts.rooms}
    names: Mapping[int, str] = {one.id: one.name for one in facts.members}
    place = _("Video") if group.mode == "virtual" else rooms.get(group.room or 0, _("No room"))
    held = [names.get(one, "") for one in (group.lead, group.co) if one]
    return [when_words(group), place, ", ".join(filter(None, held)) or _("Nobody yet")]


@opens(APPLY)
def apply(request: HttpRequest, permit: Permit, plan_id: int) -> HttpResponse:
    """Whom the plan affects, then make it true from a day on."""
    known, found = plan(permit, plan_id), found_of(permit, plan_id)
    if found.timetable is None:
        raise Http404("Nothing was found.")
    form = ApplyForm(request.POST or None, initial={"on": known.on})
    if request.method == "POST" and form.is_valid():
        try:
            applying.apply(permit, plan_id, form.cleaned_data["on"])
        except Refused as no:
            show_refusal(permit, form, no)
        else:
            messages.success(request, _("The timetable is applied."))
            return redirect("schedule:timetable", plan_id)
    every = differences(found.facts, found.timetable)
    return render(request, "schedule/timetable_apply.html", {
        "title": _("Apply this timetable"), "form": form, "plan": known,
        "counts": _counts(every), "lines": affected_words(every),
        "unwritten": _unwritten(permit, found, known), "crumbs": [
            {"label": _("Timetables")}, {"label": known.area_name or _("All areas")},
            {"label": _("Apply")}],
    }, status=422 if form.errors else 200)  # fmt: skip


def _unwritten(permit: Permit, found: Found, known: PlanFacts) -> list[str]:
    """Colleagues whose one-to-one hours the plan shows and applying leaves alone."""
    if found.timetable is None:
        return []
    written = set(whose_hours(found.facts, found.timetable, known.on))
    every = kept_hours(found.facts, found.timetable)
    return [one.name for one in every if one.staff not in written]


@opens(APPLY)
@require_POST
def undo(request: HttpRequest, permit: Permit, plan_id: int) -> HttpResponse:
    """Everything as it was."""
    applying.undo(permit, plan_id)
    messages.success(request, _("The timetable is undone. Everything is as it was."))
    return redirect("schedule:timetable", plan_id)


@opens(WRITE)
@require_POST
def stop(request: HttpRequest, permit: Permit, plan_id: int) -> HttpResponse:
    """End the search; the best so far stays."""
    verbs.stop(permit, plan_id)
    return redirect("schedule:timetable", plan_id)


@opens(WRITE)
@require_POST
def give_up(request: HttpRequest, permit: Permit, plan_id: int) -> HttpResponse:
    """End a search that nothing is heard of."""
    verbs.give_up(permit, plan_id)
    return redirect("schedule:timetable", plan_id)


@opens(WRITE)
@require_POST
def discard(request: HttpRequest, permit: Permit, plan_id: int) -> HttpResponse:
    """Take a plan off the list."""
    verbs.discard(permit, plan_id)
    messages.success(request, _("The plan is discarded."))
    return redirect("schedule:timetables")


PLAN = "desk/timetables/<int:plan_id>/"
urls = [
    path("desk/timetables/", all_plans, name="timetables"),
    path("desk/timetables/ask/", ask, name="ask_timetable"),
    path(PLAN, one_plan, name="timetable"),
    path(PLAN + "apply/", apply, name="apply_timetable"),
    path(PLAN + "undo/", undo, name="undo_timetable"),
    path(PLAN + "stop/", stop, name="stop_timetable"),
    path(PLAN + "give-up/", give_up, name="give_up_timetable"),
    path(PLAN + "discard/", discard, name="discard_timetable"),
]
