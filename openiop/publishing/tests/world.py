"""What the tests of this room start from: articles on their way, written by Bob, reviewed by
Alice, published by Dana."""

from datetime import UTC, datetime
from typing import Any

from openiop.access import door
from openiop.publishing.actions import articles as actions
from openiop.publishing.actions.articles import Draft
from openiop.publishing.rules.articles import Kind, Source

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
ALICE, BOB, DANA, PAULA = 1, 2, 4, 8
JOURNAL = Source(1, Kind.JOURNAL, "A study of day programs", 2019, "10.1176/appi.ps.201300249")
BODY = "Groups help many people.[^1]\n\n## What to expect\n\nYou come three days a week."


def draft(**changed: Any) -> Draft:
    """A version that could be published."""
    whole = Draft("What is an IOP?", "Care while you live at home.", BODY, "First text", [JOURNAL])
    return whole._replace(**changed)


def make_article(slug: str = "what-is-an-iop", *, now: datetime = NOW, **changed: Any) -> int:
    """A draft of Bob's."""
    with door.opened_for(BOB, "publishing.write", now=now) as permit:
        return actions.begin_article(permit, slug, draft(**changed))


def make_asked(slug: str = "what-is-an-iop", *, now: datetime = NOW, **changed: Any) -> int:
    """One that waits for a clinician."""
    made = make_article(slug, now=now, **changed)
    with door.opened_for(BOB, "publishing.write", now=now) as permit:
        actions.ask_review(permit, made, 1)
    return made


def make_published(slug: str = "what-is-an-iop", *, now: datetime = NOW, **changed: Any) -> int:
    """One that strangers read."""
    made = make_asked(slug, now=now, **changed)
    with door.opened_for(ALICE, "publishing.review", now=now) as permit:
        actions.accept_article(permit, made, 1)
    with door.opened_for(DANA, "publishing.publish", now=now) as permit:
        actions.publish(permit, made, 1)
    return made
