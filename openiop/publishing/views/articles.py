"""Articles at the desk: the list, one with its way, the editor."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.kernel.permits import Permit
from openiop.publishing.actions import articles as actions
from openiop.publishing.forms import KINDS, ArticleForm, Note, Sources
from openiop.publishing.queries.articles import ArticleFacts, article, articles, titles
from openiop.publishing.queries.rendering import article_html
from openiop.publishing.rules.articles import NEXT, Source, State, is_old, problems, warnings
from openiop.publishing.rules.reading import ASKED, grade
from openiop.publishing.views.asking import chips, may, took

READ, WRITE = "publishing.read", "publishing.write"
TONES = {
    State.DRAFT: "", State.REVIEW: "info", State.REVIEWED: "info", State.PUBLISHED: "good",
    State.DUE: "watch", State.WITHDRAWN: "",
}  # fmt: skip


def words() -> dict[State, str]:
    """States as people read them."""
    return {
        State.DRAFT: _("Draft"), State.REVIEW: _("Waits for review"),
        State.REVIEWED: _("Reviewed"), State.PUBLISHED: _("On the site"),
        State.DUE: _("Due for review"), State.WITHDRAWN: _("Taken down"),
    }  # fmt: skip


@opens(READ)
def article_list(request: HttpRequest, permit: Permit) -> HttpResponse:
    """All articles, by where they stand."""
    rows, named = articles(permit), words()
    wanted = request.GET.get("state", "")
    counts = Counter(row.state for row in rows)
    options = [("", _("All"), len(rows)), *((s.value, named[s], counts[s]) for s in State)]
    context = {
        "title": _("Articles"), "chips": chips(request, "state", options, wanted),
        "rows": [
            (row, named[row.state], TONES[row.state])
            for row in rows
            if wanted in ("", row.state.value)
        ],
        "primary": {"label": _("Write an article"), "url": reverse("publishing:article_new")}
        if may(permit, WRITE)
        else None,
    }  # fmt: skip
    return render(request, "publishing/articles.html", context)


@opens(READ)
def article_page(request: HttpRequest, permit: Permit, article_id: int) -> HttpResponse:
    """One article as it would be read, what it lacks, its way, and the next step."""
    found, named = article(permit, article_id), words()
    on = permit.today(permit.timezone)
    context = {
        "title": found.title, "found": found, "html": article_html(found.body),
        "state": named[found.state], "tone": TONES[found.state],
        "sources": _cited(found.sources, on), "can": _can(permit, found), "note": Note(),
        "steps": [(step, named[step.state]) for step in found.steps],
        "read_next": [title for id_, title in titles(permit) if id_ in found.related],
        **_judged(found.body, found.sources, on),
        "crumbs": [{"label": _("Articles"), "url": reverse("publishing:articles")},
                   {"label": found.title}],
    }  # fmt: skip
    return render(request, "publishing/article.html", context)


def _cited(sources: tuple[Source, ...] | list[Source], on: Any) -> list[tuple[Source, Any, bool]]:
    return [(each, KINDS.get(each.kind, each.kind), is_old(each, on)) for each in sources]  # type: ignore[call-overload]


def _judged(body: str, sources: Any, on: Any) -> dict[str, Any]:
    """What the machine says of a text: what stands in the way, what to look at, how it reads."""
    asked = round(grade(body), 1)
    return {
        "problems": problems(body, sources, on), "warnings": warnings(body, sources, on),
        "grade": asked, "hard": asked > ASKED,
    }  # fmt: skip


def _can(permit: Permit, found: ArticleFacts) -> dict[str, bool]:
    """Which buttons this person sees."""
    after = NEXT[found.state]
    reviews = may(permit, "publishing.review") and found.author != permit.staff
    publishes = may(permit, "publishing.publish")
    return {
        "ask": State.REVIEW in after and may(permit, WRITE),
        "accept": State.REVIEWED in after and reviews,
        "back": found.state == State.REVIEW and may(permit, "publishing.review"),
        "publish": State.PUBLISHED in after and publishes, "withdraw": found.live and publishes,
        "questions": publishes, "change": may(permit, WRITE),
    }  # fmt: skip


@opens(WRITE)
def article_new(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Begin an article."""
    made: list[int] = []

    def save(form: ArticleForm, draft: actions.Draft) -> None:
        made.append(actions.begin_article(permit, form.cleaned_data["slug"], draft))

    return _edit(request, permit, None, save, made)


@opens(WRITE)
def article_edit(request: HttpRequest, permit: Permit, article_id: int) -> HttpResponse:
    """Write the next version."""
    found = article(permit, article_id)

    def save(form: ArticleForm, draft: actions.Draft) -> None:
        after = request.POST.get("after", "")
        number = int(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0
        actions.change_article(permit, article_id, draft, after=number)

    return _edit(request, permit, found, save, [article_id])


def _edit(
    request: HttpRequest, permit: Permit, found: ArticleFacts | None,
    save: Callable[[ArticleForm, actions.Draft], None], made: list[int],
) -> HttpResponse:  # fmt: skip
    """The editor: look at a preview as often as you like, then save."""
    data = request.POST or None
    form = ArticleForm(
        data, new=found is None, initial=_written(found),
        others=[each for each in titles(permit) if found is None or each[0] != found.id],
    )  # fmt: skip
    rows = Sources(data, prefix="source", initial=_rows(found))
    whole = form.is_valid() and rows.is_valid()
    if (
        whole
        and "preview" not in request.POST
        and took(form, lambda: save(form, _draft(form, rows)))
    ):
        messages.success(request, _("It is kept as a draft."))
        return redirect("publishing:article", article_id=made[-1])
    context = {
        "title": found.title if found else _("Write an article"), "form": form, "rows": rows,
        "after": request.POST.get("after") or (found.number if found else 0),
        "back_url": reverse("publishing:article", args=[found.id]) if found
        else reverse("publishing:articles"),
        **(_preview(permit, form, rows) if whole and "preview" in request.POST else {}),
    }  # fmt: skip
    status = 422 if form.errors or any(rows.errors) or rows.non_form_errors() else 200
    return render(request, "publishing/article_edit.html", context, status=status)


def _written(found: ArticleFacts | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {"title": found.title, "summary": found.summary, "body": found.body,
            "related": found.related}  # fmt: skip


def _rows(found: ArticleFacts | None) -> list[dict[str, Any]]:
    return [
        {**each._asdict(), "place": each.doi or each.url}
        for each in (found.sources if found else ())
    ]


def _draft(form: ArticleForm, rows: Any) -> actions.Draft:
    seen = form.cleaned_data
    return actions.Draft(
        seen["title"], seen["summary"], seen["body"], seen["change"], rows.sources(),
        seen.get("related", ()),
    )  # fmt: skip


def _preview(permit: Permit, form: ArticleForm, rows: Any) -> dict[str, Any]:
    body, sources = form.cleaned_data["body"], rows.sources()
    on = permit.today(permit.timezone)
    judged = _judged(body, sources, on)
    return {"preview": article_html(body), "sources": _cited(sources, on), **judged}


def _number(request: HttpRequest) -> int:
    text = request.POST.get("number", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@require_POST
@opens(WRITE)
def ask_review(request: HttpRequest, permit: Permit, article_id: int) -> HttpResponse:
    actions.ask_review(permit, article_id, _number(request))
    messages.success(request, _("It waits for a clinician now."))
    return redirect("publishing:article", article_id=article_id)


@require_POST
@opens("publishing.review")
def review(request: HttpRequest, permit: Permit, article_id: int) -> HttpResponse:
    """A clinician accepts a version, or sends it back."""
    note = request.POST.get("note", "")[:300]
    if "back" in request.POST:
        actions.send_back(permit, article_id, _number(request), note)
        messages.success(request, _("It is a draft again, with your words."))
    else:
        actions.accept_article(permit, article_id, _number(request), note)
        messages.success(request, _("You reviewed it; your name and credentials stand with it."))
    return redirect("publishing:article", article_id=article_id)


@require_POST
@opens("publishing.publish")
def publish(request: HttpRequest, permit: Permit, article_id: int) -> HttpResponse:
    """Publish, take down, open or close it to questions."""
    if "withdraw" in request.POST:
        actions.withdraw(permit, article_id, request.POST.get("note", ""))
        messages.success(request, _("It is taken from the site."))
    elif "questions" in request.POST:
        open_ = request.POST["questions"] == "open"
        actions.take_questions(permit, article_id, open_=open_)
        messages.success(
            request, _("It takes questions.") if open_ else _("It takes no more questions.")
        )
    else:
        actions.publish(permit, article_id, _number(request))
        messages.success(request, _("It is on the site."))
    return redirect("publishing:article", article_id=article_id)
