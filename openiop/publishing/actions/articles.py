"""An article's way: written, looked at by a clinician, published, looked at again."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.tasks import close_tasks_about, open_task
from openiop.publishing.models import Article, ArticleStep, ArticleVersion, Citation
from openiop.publishing.queries.articles import ArticleFacts, article, due_articles, held
from openiop.publishing.rules.articles import Source, State, may_become, next_due, problems

WRITE, REVIEW, PUBLISH = "publishing.write", "publishing.review", "publishing.publish"
DUE, TABLE = "publishing.due", "publishing_article"
DUE_TASK, REVIEW_WITHIN = "article_due", timedelta(days=14)


class Draft(NamedTuple):
    """What a version holds; `related` are ids of articles to read next."""

    title: str
    summary: str
    body: str
    change: str
    sources: Sequence[Source] = ()
    related: Sequence[int] = ()


@writes(WRITE)
def begin_article(permit: Permit, slug: str, draft: Draft) -> int:
    """A new article with its first version; its id. Refused when the address is taken."""
    taken = Refused(
        "article_slug", _("Another article has this address."), _("Choose another."), field="slug"
    )
    with refusing({"article_slug_once": taken}):
        row = Article.objects.create(
            organization_id=permit.organization, slug=slug, created_at=permit.now
        )
    _version(permit, row.id, 1, draft)
    return row.id


@writes(WRITE)
def change_article(permit: Permit, article_id: int, draft: Draft, *, after: int) -> int:
    """The next version, a draft again; its number. `after` is the version it began from: a newer
    one is never written over. What is published stays so until this one is."""
    newest = _locked(permit, article_id)
    if newest.number != after:
        raise Refused(
            "article_newer", _("Somebody changed this article meanwhile."),
            _("Open it again in another tab, and add what you wrote."),
        )  # fmt: skip
    _version(permit, article_id, after + 1, draft)
    return after + 1


def _version(permit: Permit, article_id: int, number: int, draft: Draft) -> None:
    known = Article.objects.filter(id__in=draft.related).exclude(id=article_id)
    if known.count() != len(set(draft.related)):
        raise Http404("No such article.")
    row = ArticleVersion.objects.create(
        organization_id=permit.organization, article_id=article_id, number=number,
        title=draft.title, summary=draft.summary, body=draft.body.replace("\r\n", "\n"),
        change=draft.change, related=list(draft.related), written_at=permit.now,
        by_id=permit.staff,
    )  # fmt: skip
    Citation.objects.bulk_create(
        Citation(organization_id=permit.organization, version=row, **source._asdict())
        for source in draft.sources
    )
    _step(permit, article_id, row.id, State.DRAFT)


def _step(permit: Permit, article_id: int, version: int, state: State, **facts: Any) -> None:
    ArticleStep.objects.create(
        organization_id=permit.organization, article_id=article_id, version_id=version,
        state=state, at=permit.now, by_id=permit.staff, **facts,
    )  # fmt: skip
    permit.note(permit.act.name, table=TABLE, row=article_id, fields=("state",), kind="write")


def _locked(permit: Permit, article_id: int) -> ArticleFacts:
    """The article, nobody else changing it meanwhile; or Http404."""
    list(Article.objects.select_for_update().filter(id=article_id).values_list("id"))
    return article(permit, article_id)


def _towards(permit: Permit, article_id: int, number: int, state: State) -> ArticleFacts:
    """The article, if this version of it may become `state`; else Refused."""
    found = _locked(permit, article_id)
    if found.number != number or not may_become(found.state, state):
        raise Refused(
            "article_moved", _("This article has moved on meanwhile."),
            _("Look at it again as it is now."),
        )  # fmt: skip
    return found


def _today(permit: Permit) -> date:
    return permit.today(permit.timezone)


@writes(WRITE)
def ask_review(permit: Permit, article_id: int, number: int) -> None:
    """Give a version to the clinicians. Refused with what still stands in the way."""
    found = _towards(permit, article_id, number, State.REVIEW)
    missing = problems(found.body, found.sources, _today(permit))
    if missing:
        raise Refused("article_unready", " ".join(missing), _("Mend this, then ask again."))
    _step(permit, article_id, found.version, State.REVIEW)


@writes(REVIEW)
def accept_article(permit: Permit, article_id: int, number: int, note: str = "") -> None:
    """A clinician stands for a version with name and credentials. Refused for its own author, and
    for who has no verified credential in force."""
    found = _towards(permit, article_id, number, State.REVIEWED)
    on, staff = _today(permit), permit.staff or 0
    if found.author == staff:
        raise Refused(
            "own_article", _("You wrote this yourself."), _("Ask a colleague to review it.")
        )
    credentials = held(permit, staff, on)
    if not credentials:
        raise Refused(
            "no_credential", _("You have no verified credential in force."),
            _("Ask an administrator to enter and verify it."),
        )  # fmt: skip
    _step(
        permit, article_id, found.version, State.REVIEWED, note=note, reviewer_id=staff,
        credentials=credentials, reviewed_on=on, next_due_on=next_due(on),
    )  # fmt: skip


@writes(REVIEW)
def send_back(permit: Permit, article_id: int, number: int, note: str) -> None:
    """Back to its writer, with what to change."""
    if not note.strip():
        raise Refused("no_note", _("Say what should change."), field="note")
    found = _towards(permit, article_id, number, State.DRAFT)
    _step(permit, article_id, found.version, State.DRAFT, note=note.strip()[:300])


@writes(PUBLISH)
def publish(permit: Permit, article_id: int, number: int) -> None:
    """Let strangers read a reviewed version, under its reviewer's name."""
    found = _towards(permit, article_id, number, State.PUBLISHED)
    review = ArticleStep.objects.filter(version=found.version, state=State.REVIEWED).latest("id")
    _step(
        permit, article_id, found.version, State.PUBLISHED, reviewer_id=review.reviewer_id,
        credentials=review.credentials, reviewed_on=review.reviewed_on,
        next_due_on=review.next_due_on,
    )  # fmt: skip
    close_tasks_about(permit, DUE_TASK, (TABLE, article_id), _("Reviewed and published"))


@writes(PUBLISH)
def withdraw(permit: Permit, article_id: int, note: str) -> None:
    """Take an article from the site, with a reason; whatever state a newer draft is in."""
    found = _locked(permit, article_id)
    if not found.live:
        raise Refused("article_not_live", _("This article is not on the site."))
    if not note.strip():
        raise Refused("no_note", _("Say why it is taken down."), field="note")
    _step(permit, article_id, found.version, State.WITHDRAWN, note=note.strip()[:300])


@writes(PUBLISH)
def take_questions(permit: Permit, article_id: int, *, open_: bool) -> None:
    """Open an article to questions, or close it."""
    closed = None if open_ else permit.now
    if not Article.objects.filter(id=article_id).update(questions_closed_at=closed):
        raise Http404("No such article.")
    permit.note(PUBLISH, table=TABLE, row=article_id, fields=("questions_closed_at",))


@writes(DUE)
def mark_due(permit: Permit) -> int:
    """Published articles whose day has come are due again; how many. Safe to repeat."""
    late = due_articles(permit)
    for row in late:
        _step(permit, row.id, article(permit, row.id).version, State.DUE)
        open_task(
            permit, kind=DUE_TASK, title=_("An article is due for review"), role=Role.DIRECTOR,
            clinic=min(permit.clinics), due_at=permit.now + REVIEW_WITHIN, about=(TABLE, row.id),
        )  # fmt: skip
    return len(late)
