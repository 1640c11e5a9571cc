"""Make and end the secret addresses of calendar feeds."""

from datetime import timedelta

from openiop.access.actions import revoke_link
from openiop.access.door import make_link, writes
from openiop.access.queries.links import live_links
from openiop.kernel.permits import Permit
from openiop.schedule.queries.feeds import READ

WRITE = "schedule.feed.write"
LASTS = timedelta(days=365)


@writes(WRITE)
def make_feed(permit: Permit, clinic: int) -> str:
    """The token of a new address for one's own time at a clinic, good for a year; an earlier one
    stops working. It is shown once and kept as a hash."""
    assert permit.staff
    end_feed(permit, clinic)
    token, link = make_link(
        permit, READ, clinic=clinic, target=permit.staff, expires_at=permit.now + LASTS
    )
    permit.note(WRITE, table="access_link", row=link.pk)
    return token


@writes(WRITE)
def end_feed(permit: Permit, clinic: int) -> None:
    """Nobody reads one's time at that clinic any more. Safe to repeat."""
    for link in live_links(permit, READ, clinic, target=permit.staff):
        revoke_link(permit, link.id)
