"""What strangers read: published articles, with who reviewed them and when."""

from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.publishing.queries.articles import LIVE, sources_of
from openiop.publishing.rules.articles import Source


class Teaser(NamedTuple):
    """An article in the list of articles."""

    slug: str
    title: str
    summary: str
    published_at: datetime
    reviewer: str
    credentials: str
    reviewed_on: date


class Change(NamedTuple):
    """A line of the change log."""

    on: datetime
    text: str


class Published(NamedTuple):
    """One article as it is shown. `related` are those to read next that are published too;
    `written_at` the day the text was last changed."""

    id: int
    slug: str
    title: str
    summary: str
    body: str
    written_at: datetime
    published_at: datetime
    reviewer: str
    credentials: str
    reviewed_on: date
    next_due_on: date
    takes_questions: bool
    sources: tuple[Source, ...]
    changes: tuple[Change, ...]
    related: tuple[tuple[str, str], ...]


_TEASERS = f"""
SELECT a.slug, v.title, v.summary, live.at, live.reviewer, live.credentials, live.reviewed_on
  FROM publishing_article a JOIN {LIVE} ON true
  JOIN publishing_articleversion v ON v.id = live.version_id
 WHERE a.organization_id = %(organization)s
 ORDER BY live.at DESC, a.id DESC"""  # noqa: S608 - no value is written into it
_ONE = f"""
SELECT a.id, a.slug, v.title, v.summary, v.body, v.written_at, live.at, live.reviewer,
       live.credentials, live.reviewed_on, live.next_due_on, a.questions_closed_at IS NULL,
       v.id, v.related
  FROM publishing_article a JOIN {LIVE} ON true
  JOIN publishing_articleversion v ON v.id = live.version_id
 WHERE a.organization_id = %(organization)s AND a.slug = %(slug)s"""  # noqa: S608 - likewise
_CHANGES = """
SELECT min(s.at), v.change FROM publishing_articlestep s
  JOIN publishing_articleversion v ON v.id = s.version_id
 WHERE s.article_id = %s AND s.state = 'published' GROUP BY v.id, v.change ORDER BY v.id DESC"""
_RELATED = f"""
SELECT a.slug, v.title FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS chosen(id, place)
  JOIN publishing_article a ON a.id = chosen.id JOIN {LIVE} ON true
  JOIN publishing_articleversion v ON v.id = live.version_id
 ORDER BY chosen.place"""  # noqa: S608 - likewise


def published(permit: Permit) -> list[Teaser]:
    """All published articles, the newest first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TEASERS, {"organization": permit.organization})
        return [Teaser(*row) for row in cursor.fetchall()]


def published_article(permit: Permit, slug: str) -> Published:
    """One by its address, or Http404 where nobody published it; four statements."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, {"organization": permit.organization, "slug": slug})
        row = cursor.fetchone()
        if row is None:
            raise Http404("No such article.")
        *facts, version, related = row
        cursor.execute(_CHANGES, [facts[0]])
        changes = tuple(Change(*each) for each in cursor.fetchall())
        cursor.execute(_RELATED, {"ids": related})
        others = tuple(cursor.fetchall())
    sources = tuple(sources_of(permit, version))
    return Published._make([*facts, sources, changes, others])
