"""Jobs of the articles."""

from openiop.kernel.permits import Permit
from openiop.messaging.jobs import each_organization
from openiop.publishing.actions.articles import mark_due
from openiop.publishing.queries.articles import due_articles


@each_organization("30 9 * * *", "publishing.due")
def mark_due_articles(permit: Permit) -> None:
    """Each morning: articles to review again. A look that finds none is no line in the audit."""
    if due_articles(permit):
        mark_due(permit)
