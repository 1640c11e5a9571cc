"""Questions at the desk: the queue, one with what the guard says, the answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.kernel.permits import Permit
from openiop.publishing.actions import questions as actions
from openiop.publishing.forms import Answering, Declining, Showing
from openiop.publishing.queries.questions import QuestionFacts, question, queue, waiting_count
from openiop.publishing.views.asking import chips, took

READ, ANSWER = "publishing.question.read", "publishing.question.answer"
TONES = {"waiting": "watch", "shown": "good", "declined": "", "deleted": ""}


def words() -> dict[str, str]:
    """States as people read them."""
    return {
        "waiting": _("To look at"), "unanswered": _("To answer"), "shown": _("Shown"),
        "declined": _("Not shown"),
    }  # fmt: skip


def steps() -> dict[str, str]:
    """What was done, as people read it."""
    return {
        "asked": _("Asked"), "shown": _("Shown"), "declined": _("Not shown"),
        "answered": _("Answered"), "unanswered": _("Answer taken away"),
        "closed": pgettext("state", "Closed"), "reopened": _("Opened again"),
        "deleted": _("Deleted by who asked"), "forgotten": _("Deleted after ninety days"),
    }  # fmt: skip


@opens(READ)
def question_list(request: HttpRequest, permit: Permit) -> HttpResponse:
    """What people asked, danger first."""
    named = words()
    state = request.GET.get("state", "waiting")
    state = state if state in named else "waiting"
    options = [(key, label, None) for key, label in named.items() if key != "waiting"]
    shown = [("waiting", named["waiting"], waiting_count(permit)), *options]
    context = {
        "title": _("Questions on the site"), "rows": queue(permit, state), "state": state,
        "chips": chips(request, "state", shown, state),
    }  # fmt: skip
    return render(request, "publishing/questions.html", context)


@opens(READ)
def question_page(request: HttpRequest, permit: Permit, question_id: int) -> HttpResponse:
    """One question."""
    found = question(permit, question_id)
    return _page(request, found, {})


def _page(
    request: HttpRequest, found: QuestionFacts, forms: dict[str, Any], status: int = 200
) -> HttpResponse:
    named, told = words(), steps()
    state = found.row.state
    context = {
        "title": _("A question by %(name)s") % {"name": found.row.alias or _("somebody")},
        "found": found, "said": [actions.sentence(each) for each in found.findings],
        "state": named.get(state, state), "tone": TONES[state],
        "steps": [(each, told[each.what]) for each in found.steps],
        "showing": Showing(initial={"text": found.shown or found.redacted}),
        "declining": Declining(), "answering": Answering(), **forms,
        "crumbs": [{"label": _("Questions on the site"), "url": reverse("publishing:questions")},
                   {"label": found.row.alias or _("Somebody")}],
    }  # fmt: skip
    return render(request, "publishing/question.html", context, status=status)


@require_POST
@opens(ANSWER)
def show(request: HttpRequest, permit: Permit, question_id: int) -> HttpResponse:
    form = Showing(request.POST)
    if form.is_valid() and took(
        form, lambda: actions.show_question(permit, question_id, **form.cleaned_data)
    ):
        messages.success(request, _("Everybody can read it now."))
        return redirect("publishing:question", question_id=question_id)
    return _page(request, question(permit, question_id), {"showing": form}, 422)


@require_POST
@opens(ANSWER)
def decline(request: HttpRequest, permit: Permit, question_id: int) -> HttpResponse:
    form = Declining(request.POST)
    if form.is_valid() and took(
        form, lambda: actions.decline(permit, question_id, form.cleaned_data["why"])
    ):
        messages.success(request, _("It is not shown."))
        return redirect("publishing:question", question_id=question_id)
    return _page(request, question(permit, question_id), {"declining": form}, 422)


@require_POST
@opens(ANSWER)
def answer(request: HttpRequest, permit: Permit, question_id: int) -> HttpResponse:
    form = Answering(request.POST)
    if form.is_valid() and took(
        form, lambda: actions.reply(permit, question_id, form.cleaned_data["text"])
    ):
        messages.success(request, _("Your answer is on the site."))
        return redirect("publishing:question", question_id=question_id)
    return _page(request, question(permit, question_id), {"answering": form}, 422)


@require_POST
@opens(ANSWER)
def remove(request: HttpRequest, permit: Permit, answer_id: int) -> HttpResponse:
    """Take an answer away."""
    question_id = actions.remove_reply(permit, answer_id)
    messages.success(request, _("The answer is taken away."))
    return redirect("publishing:question", question_id=question_id)


@require_POST
@opens(ANSWER)
def close(request: HttpRequest, permit: Permit, question_id: int) -> HttpResponse:
    """Close a thread, or open it again."""
    actions.close_thread(permit, question_id, open_="open" in request.POST)
    messages.success(request, _("It is done."))
    return redirect("publishing:question", question_id=question_id)
