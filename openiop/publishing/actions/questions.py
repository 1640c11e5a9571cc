"""Questions: asked by strangers, looked at before anybody reads them, answered, taken back."""

import hashlib
import secrets
from collections.abc import Iterable
from typing import NamedTuple

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import everywhere, writes
from openiop.access.queries import site
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.outbox import queue_message
from openiop.messaging.actions.tasks import open_task
from openiop.publishing.models import Question, QuestionStep, Reply
from openiop.publishing.queries.published import published_article
from openiop.publishing.queries.questions import asked_since, by_token, forgettable, quiet_threads
from openiop.publishing.rules.asking import (
    A_WHILE,
    ANSWER_DANGER_WITHIN,
    FORGOTTEN,
    MOST_IN_A_WHILE,
    QUIET,
)
from openiop.publishing.rules.guarding import (
    CONFIRMS,
    OTHER_NAME,
    WORDS,
    Finding,
    confirmations,
    findings,
    in_danger,
)
from openiop.publishing.sealing import opened, sealed

ASK, WITHDRAW = "publishing.ask", "publishing.withdraw"
ANSWER, CLOSE = "publishing.question.answer", "publishing.question.close"
TABLE = "publishing_question"
# The role an answer is labeled with, when a colleague holds several.
LABELS = (
    Role.PRESCRIBER, Role.NURSE, Role.CLINICIAN, Role.INTERN, Role.SUPERVISOR, Role.INTAKE,
    Role.DIRECTOR, Role.ADMINISTRATOR,
)  # fmt: skip


class Asked(NamedTuple):
    """What a stranger wrote; `thread` the question it is asked below."""

    text: str
    alias: str = ""
    email: str = ""
    thread: int | None = None


class Receipt(NamedTuple):
    """The question's id, the token of the link by which it is taken back, told once; is it about
    danger?"""

    question: int
    token: str
    crisis: bool


@writes(ASK)
def ask(permit: Permit, slug: str, asked: Asked) -> Receipt:
    """Keep a question until somebody looked at it. Http404 where no such article is published;
    Refused where it takes none, the thread is closed, or too many come in."""
    article = published_article(permit, slug)
    if not article.takes_questions:
        raise Refused(
            "questions_closed", _("This article takes no more questions."), _("Call us instead.")
        )
    if asked_since(permit, permit.now - A_WHILE) >= MOST_IN_A_WHILE:
        raise Refused(
            "too_many", _("More questions come in than we can read just now."),
            _("Try again in an hour, or call us."),
        )  # fmt: skip
    token, crisis = secrets.token_urlsafe(24), in_danger(asked.text)
    row = Question.objects.create(
        organization_id=permit.organization, article_id=article.id, alias=asked.alias,
        thread_id=_open_thread(article.id, asked.thread), text=asked.text, crisis=crisis,
        sealed=sealed(asked.email) if asked.email else None, asked_at=permit.now,
        found=sorted({each.kind for each in findings(asked.text)}),
        token_hash=hashlib.sha256(token.encode()).digest(),
    )  # fmt: skip
    _step(permit, row.id, "asked")
    if crisis:
        _call_somebody(permit, row.id)
    return Receipt(row.id, token, crisis)


def _open_thread(article: int, thread: int | None) -> int | None:
    if thread is None:
        return None
    rows = Question.objects.filter(article=article, state="shown", thread__isnull=True, pk=thread)
    found = rows.values_list("closed_at").first()
    if found is None:
        raise Http404("No such question.")
    if found[0] is not None:
        raise Refused(
            "thread_closed", _("This thread is closed."), _("Ask a question of your own.")
        )
    return thread


def _call_somebody(permit: Permit, question: int) -> None:
    """A task for a supervisor, at the first of the clinics: a stranger belongs to none."""
    clinics = sorted(each.id for each in site(permit).clinics)
    if clinics:
        with everywhere(permit, ASK):
            open_task(
                permit, kind="question_danger", clinic=clinics[0], role=Role.SUPERVISOR,
                title=_("A question on the site speaks of danger: look at it now"),
                due_at=permit.now + ANSWER_DANGER_WITHIN, about=(TABLE, question),
            )  # fmt: skip


def _step(permit: Permit, question: int, what: str, reason: str = "") -> None:
    QuestionStep.objects.create(
        organization_id=permit.organization, question_id=question, what=what, at=permit.now,
        by_id=permit.staff, reason=reason[:200],
    )  # fmt: skip
    permit.note(permit.act.name, table=TABLE, row=question, fields=(what,), kind="write")


@writes(WITHDRAW)
def take_back(permit: Permit, token: str) -> None:
    """Delete what somebody asked, by their secret link: words, name and address are gone. Safe to
    repeat; Http404 for an unknown link."""
    row = by_token(permit, token)
    if row.state == "deleted":
        return
    _forget(permit, [row.id], "deleted")


def _forget(permit: Permit, questions: Iterable[int], what: str) -> None:
    Question.objects.filter(pk__in=questions).update(
        state="deleted", alias="", text="", shown="", sealed=None, found=[]
    )
    for each in questions:
        _step(permit, each, what)


def _locked(permit: Permit, question: int, states: Iterable[str]) -> Question:
    rows = Question.objects.select_for_update().filter(organization=permit.organization)
    row = rows.filter(pk=question).exclude(state="deleted").first()
    if row is None:
        raise Http404("No such question.")
    if row.state not in states:
        raise Refused(
            "question_moved", _("Somebody looked at this question meanwhile."),
            _("Look at it again as it is now."),
        )  # fmt: skip
    return row


@writes(ANSWER)
def show_question(
    permit: Permit, question: int, text: str, *, why: str = "", nameless: bool = False
) -> None:
    """Let strangers read a question in these words, `nameless` without the name that was given.
    Refused while they still tell who somebody is, unless `why` says why they do not."""
    row = _locked(permit, question, ("waiting", "declined"))
    found = findings(text)
    if found and not why.strip():
        raise Refused(
            "tells_who", said(found), _("Take it out, or say why it tells nobody."), field="text"
        )
    row.state, row.shown = "shown", text.strip()
    row.alias = "" if nameless else row.alias
    row.save(update_fields=["state", "shown", "alias"])
    _step(permit, question, "shown", why.strip())


def said(found: Iterable[Finding]) -> str:
    """What a guard found, in words."""
    return " ".join(sentence(each) for each in found)


def sentence(each: Finding) -> str:
    """One thing a guard found, in words."""
    words = {"text": " ".join(each.text.split())}
    if each.kind == CONFIRMS:
        return _("“%(text)s” tells whether somebody is in our care.") % words
    if each.kind == OTHER_NAME:
        return _("“%(text)s” is not what the person called themselves.") % words
    return _("“%(text)s” looks like %(what)s.") % {**words, "what": WORDS[each.kind]}


@writes(ANSWER)
def decline(permit: Permit, question: int, why: str) -> None:
    """Do not show a question, with a reason for colleagues; one shown before is hidden again."""
    row = _locked(permit, question, ("waiting", "shown"))
    if not why.strip():
        raise Refused("no_reason", _("Say why it is not shown."), field="why")
    row.state = "declined"
    row.save(update_fields=["state"])
    _step(permit, question, "declined", why.strip())


@writes(ANSWER)
def reply(permit: Permit, question: int, text: str) -> int:
    """Answer a shown question under one's first name and role; the answer's id. Refused where it
    would tell that somebody is or was in care here; that stands above any reason."""
    row = _locked(permit, question, ("shown",))
    if row.closed_at is not None:
        raise Refused("thread_closed", _("This thread is closed."), _("Open it again first."))
    told = confirmations(text, row.alias)
    if told:
        raise Refused(
            "confirms", said(told), _("Answer for everybody who reads this."), field="text"
        )
    made = Reply.objects.create(
        organization_id=permit.organization, question=row, text=text.strip(),
        by_id=permit.staff or 0, role=_role(permit), at=permit.now,
    )  # fmt: skip
    _step(permit, question, "answered")
    if row.sealed is not None and not row.replies.exclude(pk=made.id).exists():
        _tell(permit, row)
    return made.id


def _role(permit: Permit) -> str:
    held = frozenset().union(*permit.roles.values())
    return next((role.label for role in LABELS if role in held), _("Staff"))


def _tell(permit: Permit, row: Question) -> None:
    """A letter that names neither the article nor what it is about."""
    address = opened(bytes(row.sealed or b""))
    if address and permit.clinics:
        queue_message(
            permit, key=f"question-{row.id}", channel="email", clinic=min(permit.clinics),
            to=address, subject=_("There is an answer"),
            body=_("Somebody answered what you asked on our site. You find it where you asked."),
        )  # fmt: skip


@writes(ANSWER)
def remove_reply(permit: Permit, answer: int) -> int:
    """Take an answer away; the id of its question."""
    rows = Reply.objects.filter(organization=permit.organization, removed_at__isnull=True)
    row = rows.filter(pk=answer).first()
    if row is None:
        raise Http404("No such answer.")
    row.removed_at = permit.now
    row.save(update_fields=["removed_at"])
    _step(permit, row.question_id, "unanswered")
    return row.question_id


@writes(ANSWER)
def close_thread(permit: Permit, question: int, *, open_: bool = False) -> None:
    """Close a question to answers and to questions below it, or open it again."""
    row = _locked(permit, question, ("shown",))
    row.closed_at = None if open_ else permit.now
    row.save(update_fields=["closed_at"])
    _step(permit, question, "reopened" if open_ else "closed")


@writes(CLOSE)
def close_quiet(permit: Permit) -> int:
    """Close threads in which nobody wrote for long; how many. Safe to repeat."""
    silent = quiet_threads(permit, QUIET)
    Question.objects.filter(pk__in=silent).update(closed_at=permit.now)
    for each in silent:
        _step(permit, each, "closed")
    return len(silent)


@writes(CLOSE)
def forget_declined(permit: Permit) -> int:
    """Delete what was not shown long ago; how many. Safe to repeat."""
    old = forgettable(permit, FORGOTTEN)
    _forget(permit, old, "forgotten")
    return len(old)
