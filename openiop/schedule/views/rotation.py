"""The topics of a track by week: the plan, its repeats with their causes, what was changed."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.catalog.curriculum import curricula
from openiop.kernel.acts import ACTS
from openiop.kernel.days import MONDAY, week_start
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import people
from openiop.programs.queries import track as track_facts
from openiop.schedule.actions import rotation as actions
from openiop.schedule.forms.rotation import FollowForm
from openiop.schedule.queries.rotation import AUTOMATIC, Rotation, rotation
from openiop.schedule.queries.topics import last_run, runs
from openiop.schedule.rules.rotation import Repeat, causes, wished
from openiop.schedule.views.asking import person_url, show_refusal


def cause_words(cause: str) -> str:
    """Why somebody hears a topic again, as a sentence."""
    words = {
        "finished": _("They have had every required topic."),
        "longer": _("They stay for more sessions than the curriculum has."),
        "pinned": _("Somebody pinned the topic."),
        "replaced": _("The topic was replaced on the spot."),
        "frozen": _("The session was too near to change."),
        "mixed": _("Every topic new to them is one that others there had, or opted out of."),
        "order": _("A topic new to all would begin in its middle or before its prerequisite."),
    }
    return words[cause]


def run_words(cause: str) -> str:
    """What a run was, in a few words."""
    words = {
        "join": _("Mended"), "night": _("Mended at night"), "follow": _("Planned"),
        "replace": _("Replaced on the spot"), "pin": _("Pinned"), "unpin": _("Let go"),
        "swap": _("Swapped"),
    }  # fmt: skip
    return words[cause]


@opens("schedule.read")
def plan(request: HttpRequest, permit: Permit, track: int) -> HttpResponse:
    """The topics of a track's coming weeks."""
    return _plan(request, permit, track, "schedule/rotation.html")


@opens("schedule.read")
def plan_paper(request: HttpRequest, permit: Permit, track: int) -> HttpResponse:
    """The plan of weeks on paper: days and topics, nobody's name."""
    return _plan(request, permit, track, "schedule/rotation_print.html")


def _plan(request: HttpRequest, permit: Permit, track: int, template: str) -> HttpResponse:
    facts = track_facts(permit, track)
    found = rotation(permit, track)
    permit.note("schedule.read", table="programs_track", row=track)
    may = permit.holds(*ACTS[actions.WRITE].roles, clinic=facts.clinic)
    again = causes(found.ask, wished(found.ask)) if found else ()
    return render(request, template, {
        "title": _("Topics of %(track)s") % {"track": facts.name}, "track": facts, "found": found,
        "facts": [found.curriculum.title] if found else [], "may": may,
        "weeks": list(_weeks(found, again)) if found else [],
        "repeats": _repeats(permit, found, again) if found else [],
        "runs": [{"run": run, "words": run_words(run.cause),
                  "hand": run.cause not in AUTOMATIC and not run.undone}
                 for run in runs(permit, track)],
        "last": last_run(permit, track),
        "follows": permit.holds(*ACTS[actions.FOLLOW].roles, clinic=facts.clinic),
        "clinic_name": "", "printed_at": permit.now,
        "back_url": reverse("schedule:rotation", args=[track]),
    })  # fmt: skip


def _weeks(found: Rotation, again: tuple[Repeat, ...]) -> Iterator[dict[str, Any]]:
    """The coming sessions by week, each with its topic and how many hear it again."""
    frozen = {slot.id for slot in found.ask.slots if slot.fixed == "frozen"}
    weeks: dict[date, list[dict[str, Any]]] = {}
    for at, meeting in enumerate(found.meetings):
        weeks.setdefault(week_start(meeting.on, MONDAY), []).append({
            "meeting": meeting, "held": found.held.get(meeting.id),
            "frozen": meeting.id in frozen, "again": sum(each.slot == at for each in again),
            "url": reverse("schedule:topic", args=[meeting.id]),
        })  # fmt: skip
    for monday, rows in weeks.items():
        yield {"label": _("Week of %(day)s") % {"day": date_format(monday, "j F")}, "rows": rows}


def _repeats(permit: Permit, found: Rotation, again: tuple[Repeat, ...]) -> list[dict[str, Any]]:
    known = people(permit, [each.person for each in again])
    return [
        {"person": known[each.person], "url": person_url(known[each.person].number),
         "on": found.meetings[each.slot].on, "topic": found.curriculum.topic(each.unit[0]).title,
         "why": cause_words(each.cause)}
        for each in again if each.person in known
    ]  # fmt: skip


@opens(actions.FOLLOW)
def follow(request: HttpRequest, permit: Permit, track: int) -> HttpResponse:
    """Choose the curriculum a track follows from a day on."""
    facts = track_facts(permit, track)
    today = permit.today(facts.timezone)
    form = FollowForm(
        request.POST or None, initial={"from_on": max(today, facts.start_on)},
        curricula=[(f"{each.id}:{each.version}", each.title) for each in curricula()],
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            code, version = asked["curriculum"]
            actions.follow(permit, track, code, version, asked["from_on"])
        except Refused as no:
            show_refusal(permit, form, no)
        else:
            messages.success(request, _("The topics are planned."))
            return redirect("schedule:rotation", track)
    return render(request, "schedule/rotation_follow.html", {
        "title": _("Choose a curriculum"), "track": facts, "form": form,
        "notes": [each for each in curricula() if not each.reviewed],
    }, status=422 if form.errors else 200)  # fmt: skip


@require_POST
@opens(actions.WRITE)
def replan(request: HttpRequest, permit: Permit, track: int) -> HttpResponse:
    """Mend the plan now, without waiting for the next five minutes."""
    facts = track_facts(permit, track)
    if actions.replan(permit, facts.id, "join") is None:
        raise Http404("No curriculum.")
    messages.success(request, _("The plan is up to date."))
    return redirect("schedule:rotation", track)


@require_POST
@opens(actions.WRITE)
def undo(request: HttpRequest, permit: Permit, run: int) -> HttpResponse:
    """One click back."""
    track = actions.undo(permit, run)
    messages.success(request, _("Undone: the topics are as they were."))
    return redirect("schedule:rotation", track)


ONE = "desk/tracks/<int:track>/topics/"
urls = [
    path(ONE, plan, name="rotation"),
    path(ONE + "print/", plan_paper, name="rotation_print"),
    path(ONE + "curriculum/", follow, name="rotation_follow"),
    path(ONE + "mend/", replan, name="rotation_mend"),
    path("desk/topics/<int:run>/undo/", undo, name="rotation_undo"),
]
