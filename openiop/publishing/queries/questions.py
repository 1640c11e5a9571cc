"""Questions: the queue staff look through, and the threads strangers read."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, F, Max, Q, QuerySet
from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.publishing.models import Question, QuestionStep, Reply
from openiop.publishing.rules.guarding import Finding, findings, redacted

READ = "publishing.question.read"


class QuestionRow(NamedTuple):
    """A question in the queue."""

    id: int
    article: str
    alias: str
    text: str
    state: str
    crisis: bool
    found: tuple[str, ...]
    follow_up: bool
    replies: int
    asked_at: datetime
    closed_at: datetime | None


class Answer(NamedTuple):
    """A colleague's answer, with the role it was given in."""

    id: int
    text: str
    by: str
    role: str
    at: datetime


class Line(NamedTuple):
    """What was done with a question."""

    what: str
    at: datetime
    by: str
    reason: str


class QuestionFacts(NamedTuple):
    """One question with what the guard finds in it, a version without that, answers, story."""

    row: QuestionRow
    slug: str
    shown: str
    has_email: bool
    findings: tuple[Finding, ...]
    redacted: str
    answers: tuple[Answer, ...]
    steps: tuple[Line, ...]
    thread: int


class Shown(NamedTuple):
    """A question as strangers read it, with its answers."""

    id: int
    alias: str
    text: str
    asked_at: datetime
    closed: bool
    answers: tuple[Answer, ...]


class Thread(NamedTuple):
    """A question with those that were asked below it."""

    question: Shown
    follow_ups: tuple[Shown, ...]


_IN_USE = Count("replies", filter=Q(replies__removed_at__isnull=True))


def _rows(permit: Permit) -> QuerySet[Question]:
    return (
        Question.objects.filter(organization=permit.organization)
        .annotate(title=F("article__slug"), answered=_IN_USE)
        .order_by("-crisis", "asked_at", "id")
    )


def _row(row: Question) -> QuestionRow:
    return QuestionRow(
        row.id, row.title, row.alias, row.text, row.state, row.crisis, tuple(row.found),  # type: ignore[attr-defined]
        row.thread_id is not None, row.answered, row.asked_at, row.closed_at,  # type: ignore[attr-defined]
    )  # fmt: skip


def queue(permit: Permit, state: str = "waiting") -> list[QuestionRow]:
    """Questions in a state, danger first, then the oldest; one statement. "unanswered" are those
    that are shown, open and without an answer."""
    rows = _rows(permit).filter(state="shown" if state == "unanswered" else state)
    if state == "unanswered":
        rows = rows.filter(Q(answered=0), closed_at__isnull=True)
    found = [_row(row) for row in rows[:200]]
    permit.note(READ, table="publishing_question", count=len(found))
    return found


def waiting_count(permit: Permit) -> int:
    """How many wait to be looked at; one statement."""
    return Question.objects.filter(organization=permit.organization, state="waiting").count()


def question(permit: Permit, question_id: int) -> QuestionFacts:
    """One, or Http404; three statements."""
    row = _rows(permit).filter(pk=question_id).first()
    if row is None:
        raise Http404("No such question.")
    found = findings(row.text)
    steps = QuestionStep.objects.filter(question=question_id).select_related("by")
    permit.note(READ, table="publishing_question", row=question_id)
    return QuestionFacts(
        _row(row), row.title, row.shown, row.sealed is not None, tuple(found),  # type: ignore[attr-defined]
        redacted(row.text, found), _answers([question_id]).get(question_id, ()),
        tuple(
            Line(each.what, each.at, each.by.name if each.by else "", each.reason)
            for each in steps.order_by("id")
        ),
        row.thread_id or row.id,
    )  # fmt: skip


def _answers(questions: Iterable[int]) -> dict[int, tuple[Answer, ...]]:
    rows = Reply.objects.filter(question__in=questions, removed_at__isnull=True)
    found: dict[int, tuple[Answer, ...]] = {}
    for row in rows.select_related("by").order_by("at", "id"):
        answer = Answer(row.id, row.text, row.by.first_name, row.role, row.at)
        found[row.question_id] = (*found.get(row.question_id, ()), answer)
    return found


def threads(permit: Permit, article_id: int) -> list[Thread]:
    """What strangers read below an article, the newest question first; two statements."""
    rows = list(Question.objects.filter(article=article_id, state="shown").order_by("id"))
    answers = _answers([row.id for row in rows])
    shown = {
        row.id: Shown(
            row.id, row.alias, row.shown, row.asked_at, row.closed_at is not None,
            answers.get(row.id, ()),
        )
        for row in rows
    }  # fmt: skip
    below: dict[int, list[Shown]] = {}
    for row in rows:
        if row.thread_id is not None:
            below.setdefault(row.thread_id, []).append(shown[row.id])
    tops = [shown[row.id] for row in reversed(rows) if row.thread_id is None]
    return [Thread(top, tuple(below.get(top.id, ()))) for top in tops]


def by_token(permit: Permit, token: str) -> Question:
    """The question a secret link belongs to, or Http404."""
    digest = hashlib.sha256(token.encode()).digest()
    found = Question.objects.filter(token_hash=digest, organization=permit.organization).first()
    if found is None:
        raise Http404("No such question.")
    return found


def asked_since(permit: Permit, since: datetime) -> int:
    """How many questions came in since; one statement."""
    return Question.objects.filter(organization=permit.organization, asked_at__gte=since).count()


def forgettable(permit: Permit, after: timedelta) -> list[int]:
    """Questions that were not shown, asked so long ago; one statement."""
    rows = Question.objects.filter(organization=permit.organization, state="declined")
    return list(rows.filter(asked_at__lte=permit.now - after).values_list("id", flat=True))


def quiet_threads(permit: Permit, quiet: timedelta) -> list[int]:
    """Open threads in which nobody wrote for so long; one statement."""
    last = permit.now - quiet
    rows = Question.objects.filter(
        organization=permit.organization, state="shown", thread__isnull=True,
        closed_at__isnull=True, asked_at__lte=last,
    )  # fmt: skip
    rows = rows.annotate(answered_at=Max("replies__at"), asked_again_at=Max("follow_ups__asked_at"))
    silent = (Q(answered_at__isnull=True) | Q(answered_at__lte=last)) & (
        Q(asked_again_at__isnull=True) | Q(asked_again_at__lte=last)
    )
    return list(rows.filter(silent).values_list("id", flat=True))
