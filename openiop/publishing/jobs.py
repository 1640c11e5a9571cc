"""Jobs of the articles and of the questions below them."""

from openiop.kernel.permits import Permit
from openiop.messaging.jobs import each_organization
from openiop.publishing.actions.articles import mark_due
from openiop.publishing.actions.questions import close_quiet, forget_declined
from openiop.publishing.queries.articles import due_articles
from openiop.publishing.queries.questions import forgettable, quiet_threads
from openiop.publishing.rules.asking import FORGOTTEN, QUIET


@each_organization("30 9 * * *", "publishing.due")
def mark_due_articles(permit: Permit) -> None:
    """Each morning: articles to review again. A look that finds none is no line in the audit."""
    if due_articles(permit):
        mark_due(permit)


@each_organization("40 9 * * *", "publishing.question.close")
def close_quiet_threads(permit: Permit) -> None:
    """Each morning: threads in which nobody wrote for long take no more questions, and what was
    not shown long ago is deleted."""
    if quiet_threads(permit, QUIET):
        close_quiet(permit)
    if forgettable(permit, FORGOTTEN):
        forget_declined(permit)
