"""What the database itself refuses, whoever asks."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from openiop.access.backend.base import writing
from openiop.publishing.models import Article, ArticleStep, ArticleVersion, Citation, Question

DAY = date(2026, 11, 24)
ALICE, PAULA = 1, 8


@pytest.fixture
def here(opened):
    with opened("dana", "publishing.publish") as permit, writing():
        yield permit


@pytest.fixture
def version(here):
    """`version(body, sources=1)`: an article's version with so many sources."""

    def make(body: str = "True.[^1]", sources: int = 1, slug: str = "one") -> ArticleVersion:
        article = Article.objects.create(organization_id=1, slug=slug, created_at=here.now)
        made = ArticleVersion.objects.create(
            organization_id=1, article=article, number=1, title="T", summary="S", body=body,
            change="New", written_at=here.now,
        )  # fmt: skip
        for number in range(1, sources + 1):
            Citation.objects.create(
                organization_id=1, version=made, number=number, kind="journal", text="A", year=2020
            )
        return made

    return make


def step(version: ArticleVersion, state: str, reviewer: int | None = ALICE, **changed) -> None:
    facts = {
        "credentials": "LCPC (IL)", "reviewed_on": DAY, "next_due_on": DAY + timedelta(days=365),
    } if reviewer else {}  # fmt: skip
    with transaction.atomic():
        ArticleStep.objects.create(
            organization_id=1, version=version, state=state, at=version.written_at,
            reviewer_id=reviewer, **{"article_id": version.article_id, **facts, **changed},
        )  # fmt: skip


def refused(by: str, run, *args, **facts) -> bool:
    with pytest.raises(IntegrityError) as no:
        run(*args, **facts)
    return no.value.__cause__.diag.constraint_name == by


def test_a_reviewed_version_with_sources_is_published(version):
    one = version()
    step(one, "reviewed")
    step(one, "published")
    assert list(ArticleStep.objects.values_list("state", flat=True).order_by("id")) == [
        "reviewed", "published",
    ]  # fmt: skip


def test_nothing_is_published_without_a_review_of_this_version_by_this_person(version):
    one = version()
    assert refused("step_review", step, one, "published")
    step(one, "reviewed")
    assert refused("step_review", step, one, "published", reviewer=4)
    assert refused("step_review", step, version(slug="two"), "published")


def test_nothing_is_published_without_reviewer_credentials_and_days(version):
    one = version()
    step(one, "reviewed")
    assert refused("step_reviewer", step, one, "reviewed", credentials="")
    assert refused("step_reviewer", step, one, "reviewed", next_due_on=DAY)
    assert refused("step_reviewer", step, one, "reviewed", next_due_on=None)


def test_nobody_reviews_without_a_verified_credential_in_force(version):
    one = version()
    assert refused("step_credential", step, one, "reviewed", reviewer=PAULA)
    assert refused("step_credential", step, one, "reviewed", reviewed_on=date(2019, 1, 1))
    assert refused("step_credential", step, one, "reviewed", reviewed_on=date(2036, 1, 1),
                   next_due_on=date(2037, 1, 1))  # fmt: skip


def test_nothing_is_published_without_a_source_for_each_claim(version):
    bare, short = version("No claim.", 0), version("One.[^1] Two.[^2]", 1, slug="short")
    for one, by in ((bare, "step_sources"), (short, "step_claims")):
        step(one, "reviewed")
        assert refused(by, step, one, "published")


def test_a_step_is_about_a_version_of_its_own_article(version):
    one, other = version(), version(slug="two")
    assert refused("step_version", step, one, "draft", reviewer=None, article_id=other.article_id)


def test_only_known_states_and_kinds_of_source_are_taken(version):
    one = version()
    assert refused("step_state", step, one, "live", reviewer=None)
    facts = {"organization_id": 1, "version": one, "number": 2, "text": "A", "year": 2020}
    for by, more in (
        ("citation_kind", {"kind": "blog"}), ("citation_doi", {"kind": "journal", "doi": "x"}),
        ("citation_once", {"kind": "journal", "number": 1}),
    ):  # fmt: skip
        with transaction.atomic():
            assert refused(by, lambda more=more: _in_savepoint({**facts, **more}))


def _in_savepoint(facts) -> None:
    with transaction.atomic():
        Citation.objects.create(**facts)


def test_versions_sources_and_steps_never_change(version):
    one = version()
    step(one, "draft", reviewer=None)
    for by, rows in (
        ("article_version", ArticleVersion), ("citation", Citation), ("article_step", ArticleStep),
    ):  # fmt: skip
        for change in (lambda rows=rows: rows.objects.update(organization_id=1),
                       lambda rows=rows: rows.objects.all()._raw_delete("default")):  # fmt: skip
            with pytest.raises(IntegrityError) as no, transaction.atomic():
                change()
            assert no.value.__cause__.diag.constraint_name == by


def test_a_deleted_question_holds_nothing(version, here):
    facts = {"organization_id": 1, "article_id": version().article_id, "asked_at": here.now}
    for by, more in (
        ("question_deleted_is_empty", {"state": "deleted", "alias": "River"}),
        ("question_deleted_is_empty", {"state": "deleted", "sealed": b"x"}),
        ("question_shown_has_text", {"state": "shown"}),
    ):
        with pytest.raises(IntegrityError) as no, transaction.atomic():
            Question.objects.create(**facts, **more, token_hash=b"1")
        assert no.value.__cause__.diag.constraint_name == by
