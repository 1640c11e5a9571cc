"""Articles: every version, its sources, and how it came from a draft to the public."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from openiop.access.scope import OrganizationRow, history
from openiop.publishing.models.append_only import append_only
from openiop.publishing.rules.articles import DOI, Kind, State

# Nothing is reviewed by somebody without a verified credential in force, and nothing is published
# that has no source, a claim without one, or no review of this very version.
_IN_ORDER = """
IF NOT EXISTS (SELECT 1 FROM publishing_articleversion v
                WHERE v.id = NEW.version_id AND v.article_id = NEW.article_id) THEN
  RAISE EXCEPTION 'a version of another article' USING ERRCODE='23514', CONSTRAINT='step_version';
END IF;
IF NEW.state = 'reviewed' AND NOT EXISTS (
    SELECT 1 FROM access_credential c
     WHERE c.staff_id = NEW.reviewer_id AND c.verified_on IS NOT NULL
       AND c.issued_on <= NEW.reviewed_on
       AND (c.expires_on IS NULL OR c.expires_on >= NEW.reviewed_on)) THEN
  RAISE EXCEPTION 'a reviewer without a credential' USING ERRCODE='23514',
    CONSTRAINT='step_credential';
END IF;
IF NEW.state = 'published' AND NOT EXISTS (
    SELECT 1 FROM publishing_citation c WHERE c.version_id = NEW.version_id) THEN
  RAISE EXCEPTION 'an article without a source' USING ERRCODE='23514', CONSTRAINT='step_sources';
END IF;
IF NEW.state = 'published' AND EXISTS (
    SELECT 1 FROM publishing_articleversion v,
                  regexp_matches(v.body, '\\[\\^(\\d{1,3})\\]', 'g') AS claim
     WHERE v.id = NEW.version_id AND NOT EXISTS (
       SELECT 1 FROM publishing_citation c
        WHERE c.version_id = v.id AND c.number = claim[1]::int)) THEN
  RAISE EXCEPTION 'a claim without a source' USING ERRCODE='23514', CONSTRAINT='step_claims';
END IF;
IF NEW.state = 'published' AND NOT EXISTS (
    SELECT 1 FROM publishing_articlestep s
     WHERE s.version_id = NEW.version_id AND s.state = 'reviewed'
       AND s.reviewer_id = NEW.reviewer_id AND s.reviewed_on = NEW.reviewed_on
       AND s.credentials = NEW.credentials) THEN
  RAISE EXCEPTION 'an article without a review' USING ERRCODE='23514', CONSTRAINT='step_review';
END IF;
RETURN NEW;
"""
_REVIEWED = Q(
    reviewer__isnull=False, reviewed_on__isnull=False, next_due_on__isnull=False,
    next_due_on__gt=models.F("reviewed_on"),
) & ~Q(credentials="")  # fmt: skip


@history
class Article(OrganizationRow):
    """One article by its address. `questions_closed_at`: from then on it takes no questions."""

    slug = models.SlugField(max_length=80)
    created_at = models.DateTimeField()
    questions_closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "slug", name="article_slug_once")]


class ArticleVersion(OrganizationRow):
    """The text as somebody left it: Markdown, claims marked as [^1]. `change` says what is new, in
    the words of the change log; `related` are ids of articles to read next."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300)
    body = models.TextField()
    related = ArrayField(models.BigIntegerField(), default=list)
    change = models.CharField(max_length=200)
    written_at = models.DateTimeField()
    by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("article", "number", name="article_version_once"),
        ]
        triggers = [append_only("article_version")]


class Citation(OrganizationRow):
    """The source of a version's claim number so-and-so, of one of the kinds allowed."""

    version = models.ForeignKey(ArticleVersion, models.PROTECT, related_name="citations")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    text = models.CharField(max_length=400)
    year = models.PositiveSmallIntegerField()
    doi = models.CharField(max_length=120, blank=True)
    url = models.URLField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("version", "number", name="citation_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Kind]), name="citation_kind"
            ),
            models.CheckConstraint(condition=Q(doi="") | Q(doi__regex=DOI), name="citation_doi"),
        ]
        triggers = [append_only("citation")]


class ArticleStep(OrganizationRow):
    """A line of an article's way: draft, review, reviewed, published, due, withdrawn. The newest
    says where it stands. `credentials` are the reviewer's as they were on that day."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="steps")
    version = models.ForeignKey(ArticleVersion, models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    reviewer = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    credentials = models.CharField(max_length=120, blank=True)
    reviewed_on = models.DateField(null=True)
    next_due_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="step_state"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.REVIEWED, State.PUBLISHED]) | _REVIEWED,
                name="step_reviewer",
            ),
        ]
        indexes = [models.Index(fields=["article", "-id"], name="article_newest_step")]
        triggers = [
            append_only("article_step"),
            pgtrigger.Trigger(
                name="article_step_in_order", when=pgtrigger.Before, operation=pgtrigger.Insert,
                func=_IN_ORDER,
            ),
        ]  # fmt: skip
