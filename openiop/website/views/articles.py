"""Articles, the questions below them, and one's own question by a secret link."""

from datetime import datetime
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.kernel.permits import Permit, Refused
from openiop.publishing.actions import questions as actions
from openiop.publishing.queries.pages import disclaimer
from openiop.publishing.queries.published import published, published_article
from openiop.publishing.queries.questions import by_token, threads
from openiop.publishing.queries.rendering import article_html
from openiop.publishing.rules.articles import is_old
from openiop.publishing.rules.asking import MOST_OF_ONE, is_typed
from openiop.publishing.rules.guarding import Finding, findings, in_danger, redacted
from openiop.ui.markup import markup_join
from openiop.ui.prose import prose
from openiop.website.forms.asking import AskForm
from openiop.website.frame import Face, public, show
from openiop.website.sparing import too_many
from openiop.website.structured import article_data, script

ASK, WITHDRAW = "publishing.ask", "publishing.withdraw"
SALT = "a form was shown"
ENTRY = """<entry><title>{}</title><link href="{}"/><id>{}</id><updated>{}</updated>\
<summary>{}</summary><author><name>{}</name></author></entry>"""


@public()
def articles(request: HttpRequest, permit: Permit) -> HttpResponse:
    """All articles, the newest first."""
    context = {
        "title": _("Articles"), "rows": published(permit),
        "description": _("Short texts about this kind of care, each checked by a clinician."),
    }  # fmt: skip
    return show(request, Face(permit), "articles", context)


@public()
def article(request: HttpRequest, permit: Permit, slug: str) -> HttpResponse:
    """One article with its sources, its reviewer, and what people asked."""
    return _article(request, permit, slug, _form(permit, {"thread": request.GET.get("thread")}))


def _form(permit: Permit, initial: dict[str, Any]) -> AskForm:
    shown = signing.dumps(permit.now.isoformat(), salt=SALT)
    return AskForm(initial={**initial, "shown": shown})


def _article(
    request: HttpRequest, permit: Permit, slug: str, form: AskForm, status: int = 200, **more: Any
) -> HttpResponse:
    found, face = published_article(permit, slug), Face(permit)
    note, on = disclaimer(permit), permit.today(permit.timezone)
    context = {
        "title": found.title, "description": found.summary, "found": found,
        "html": article_html(found.body), "threads": threads(permit, found.id), "form": form,
        "sources": [(each, is_old(each, on)) for each in found.sources],
        "overdue": found.next_due_on <= on, "note": note, "note_html": prose(note.page.body),
        "data": script(article_data(found, face.name, _url(request, slug))),
        "feed": reverse("website:feed"), **more,
    }  # fmt: skip
    return show(request, face, "article", context, status=status)


def _url(request: HttpRequest, slug: str) -> str:
    return request.build_absolute_uri(reverse("website:article", args=[slug]))


@require_POST
@public(ASK)
def ask(request: HttpRequest, permit: Permit, slug: str) -> HttpResponse:
    """Take a question. What tells who somebody is is shown first, with a version without it; what
    a machine sent is thanked for and dropped."""
    form = AskForm(request.POST)
    if not form.is_valid():
        return _article(
            request, permit, slug, form, 422, crisis=in_danger(form.data.get("text", ""))
        )
    seen = form.cleaned_data
    found = findings(seen["text"])
    if found and not seen["seen"]:
        return _suggest(request, permit, slug, seen, found)
    if not is_typed(_shown_at(seen["shown"]), permit.now, seen["website"]):
        return show(request, Face(permit), "thanks", {"title": _("Thank you")})
    try:
        if too_many(request, "question", MOST_OF_ONE):
            raise Refused("too_many", _("You asked a lot within an hour."), _("Call us instead."))
        asked = actions.Asked(seen["text"], seen["alias"], seen["email"], seen["thread"])
        receipt = actions.ask(permit, slug, asked)
    except Refused as no:
        form.add_error(None, f"{no.sentence} {no.next_step}")
        return _article(request, permit, slug, form, 422, crisis=in_danger(seen["text"]))
    return redirect("website:asked", token=receipt.token)


def _suggest(
    request: HttpRequest, permit: Permit, slug: str, seen: dict[str, Any], found: list[Finding]
) -> HttpResponse:
    text, told = seen["text"], [actions.sentence(each) for each in found]
    form = _form(permit, {**seen, "text": redacted(text, found), "seen": True})
    return _article(request, permit, slug, form, 422, told=told, typed=text, crisis=in_danger(text))


def _shown_at(signed: str) -> datetime | None:
    try:
        return datetime.fromisoformat(signing.loads(signed, salt=SALT))
    except signing.BadSignature:
        return None


@public(WITHDRAW)
def asked(request: HttpRequest, permit: Permit, token: str) -> HttpResponse:
    """What became of one's question; delete it."""
    if request.method == "POST":
        actions.take_back(permit, token)
        return redirect("website:asked", token=token)
    row = by_token(permit, token)
    context = {"title": _("Your question"), "row": row, "slug": row.article.slug}
    return show(request, Face(permit), "asked", context)


@public()
def feed(request: HttpRequest, permit: Permit) -> HttpResponse:
    """The articles for a feed reader (Atom, RFC 4287)."""
    face, rows = Face(permit), published(permit)
    entries = markup_join(ENTRY, [
        (each.title, url := _url(request, each.slug), url, each.published_at.isoformat(),
         each.summary, each.reviewer)
        for each in rows
    ])  # fmt: skip
    here = request.build_absolute_uri(request.path)
    newest = max((each.published_at for each in rows), default=permit.now)
    head = markup_join(
        '<title>{}</title><id>{}</id><link rel="self" href="{}"/><updated>{}</updated>',
        [(face.name, here, here, newest.isoformat())],
    )
    body = f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>'
    return HttpResponse(
        f'<?xml version="1.0" encoding="utf-8"?>{body}', content_type="application/atom+xml"
    )
