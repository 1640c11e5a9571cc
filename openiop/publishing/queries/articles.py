"""Articles as staff see them: where each stands, its versions, sources and steps."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.http import Http404

from openiop.access.queries import Colleague, colleagues
from openiop.kernel.permits import Permit
from openiop.publishing.models import ArticleStep, ArticleVersion, Citation
from openiop.publishing.rules.articles import Source, State

READ = "publishing.read"


class ArticleRow(NamedTuple):
    """An article in the list. `live`: strangers read a version of it; `waiting` questions nobody
    looked at yet."""

    id: int
    slug: str
    title: str
    number: int
    state: State
    since: datetime
    live: bool
    reviewer: str
    reviewed_on: date | None
    next_due_on: date | None
    waiting: int


class Step(NamedTuple):
    """A line of an article's way."""

    state: State
    number: int
    at: datetime
    by: str
    note: str
    reviewer: str
    credentials: str
    next_due_on: date | None


class ArticleFacts(NamedTuple):
    """One article with its newest version; `version` its id, `author` who wrote it."""

    id: int
    slug: str
    state: State
    live: bool
    version: int
    number: int
    title: str
    summary: str
    body: str
    change: str
    related: tuple[int, ...]
    author: int | None
    written_by: str
    questions_closed_at: datetime | None
    sources: tuple[Source, ...]
    steps: tuple[Step, ...]


# The version strangers read: the last one published, unless it was withdrawn since.
LIVE = """
  LATERAL (SELECT p.version_id, p.at, p.reviewed_on, p.next_due_on, p.credentials,
                  concat_ws(' ', r.first_name, r.last_name) AS reviewer
             FROM publishing_articlestep p JOIN access_staff r ON r.id = p.reviewer_id
            WHERE p.article_id = a.id AND p.state = 'published' AND NOT EXISTS (
              SELECT 1 FROM publishing_articlestep w
               WHERE w.article_id = a.id AND w.state = 'withdrawn' AND w.id > p.id)
            ORDER BY p.id DESC LIMIT 1) live"""
_ROWS = f"""
SELECT a.id, a.slug, v.title, v.number, s.state, s.at, live.version_id IS NOT NULL,
       coalesce(live.reviewer, ''), live.reviewed_on, live.next_due_on,
       (SELECT count(*) FROM publishing_question q
         WHERE q.article_id = a.id AND q.state = 'waiting')
  FROM publishing_article a
  JOIN LATERAL (SELECT state, at, version_id FROM publishing_articlestep
                 WHERE article_id = a.id ORDER BY id DESC LIMIT 1) s ON true
  JOIN publishing_articleversion v ON v.id = s.version_id
  LEFT JOIN {LIVE} ON true
 WHERE a.organization_id = %(organization)s
   AND (%(state)s = '' OR s.state = %(state)s)
 ORDER BY s.at DESC, a.id DESC"""  # noqa: S608 - no value is written into it


def articles(permit: Permit, state: str = "") -> list[ArticleRow]:
    """All articles, the one that moved last first, or those in one state; one statement."""
    found = _rows(permit, state)
    permit.note(READ, table="publishing_article", count=len(found))
    return found


def _rows(permit: Permit, state: str) -> list[ArticleRow]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"organization": permit.organization, "state": state})
        return [ArticleRow(*row)._replace(state=State(row[4])) for row in cursor.fetchall()]


def due_articles(permit: Permit) -> list[ArticleRow]:
    """Published ones whose next review has come; one statement, and no line in the audit."""
    on = permit.today(permit.timezone)
    rows = _rows(permit, State.PUBLISHED)
    return [row for row in rows if row.next_due_on is not None and row.next_due_on <= on]


def article(permit: Permit, article_id: int) -> ArticleFacts:
    """One article, or Http404; three statements."""
    version = (
        ArticleVersion.objects.filter(article=article_id, organization=permit.organization)
        .select_related("article", "by").order_by("-number").first()
    )  # fmt: skip
    if version is None:
        raise Http404("No such article.")
    steps = steps_of(permit, article_id)
    return ArticleFacts(
        article_id, version.article.slug, steps[0].state, _is_live(steps), version.id,
        version.number, version.title, version.summary, version.body, version.change,
        tuple(version.related), version.by_id, version.by.name if version.by else "",
        version.article.questions_closed_at, tuple(sources_of(permit, version.id)), tuple(steps),
    )  # fmt: skip


def _is_live(steps: Sequence[Step]) -> bool:
    told = [s.state for s in steps if s.state in (State.PUBLISHED, State.WITHDRAWN)]
    return told[:1] == [State.PUBLISHED]


def steps_of(permit: Permit, article_id: int) -> list[Step]:
    """An article's way, the newest step first."""
    rows = ArticleStep.objects.filter(article=article_id).select_related(
        "version", "by", "reviewer"
    )
    return [
        Step(
            State(row.state), row.version.number, row.at, row.by.name if row.by else "", row.note,
            row.reviewer.name if row.reviewer else "", row.credentials, row.next_due_on,
        )
        for row in rows.order_by("-id")
    ]  # fmt: skip


def sources_of(permit: Permit, version: int) -> list[Source]:
    """A version's sources by number."""
    rows = Citation.objects.filter(version=version).order_by("number")
    return [Source(*each) for each in rows.values_list(*Source._fields)]


def titles(permit: Permit) -> list[tuple[int, str]]:
    """Every article by id with its newest title, to choose what to read next."""
    rows = ArticleVersion.objects.filter(organization=permit.organization)
    newest = rows.order_by("article_id", "-number").distinct("article_id")
    return sorted(newest.values_list("article_id", "title"), key=lambda each: each[1].lower())


def held(permit: Permit, staff: int, on: date) -> str:
    """Credentials of a colleague that were verified and are in force, "CADC, LCPC (IL)"; "" where
    there is none."""
    known = colleagues(permit, [staff]).get(staff)
    if known is None:
        return ""
    verified = tuple(fact for fact in known.credentials if fact.verified)
    person = Colleague(known.id, known.name, known.initials, known.phone, verified)
    by_state = [
        (person.shown(state, on), state) for state in sorted({f.state for f in verified})
    ]  # fmt: skip
    return "; ".join(f"{initials} ({state})" for initials, state in by_state if initials)[:120]
