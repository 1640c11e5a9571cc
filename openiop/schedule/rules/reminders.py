"""Decisions: when somebody is reminded of what, and what the reminder is called."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

KIND = "remind"  # the first word of a reminder's key
QUEUED_AHEAD = timedelta(hours=2)  # a reminder waits in the outbox so long, for people to see
TOO_LATE = timedelta(hours=1)  # who comes within the hour is on the way


@dataclass(frozen=True)
class Lead:
    """So long `before` the start; up to `grace` later it is still worth sending."""

    before: timedelta
    grace: timedelta


LEADS = {
    "week": Lead(timedelta(days=7), timedelta(days=1)),
    "day": Lead(timedelta(hours=24), timedelta(hours=12)),
    "hours": Lead(timedelta(hours=2), timedelta(minutes=45)),
}
FARTHEST = LEADS["day"].before + QUEUED_AHEAD
FARTHEST_ASKED = LEADS["week"].before + QUEUED_AHEAD


def send_at(
    lead: str, starts_at: datetime, now: datetime, after_quiet: Callable[[datetime], datetime]
) -> datetime | None:
    """When the reminder leaves, or None: not yet to be queued, or no longer worth it. Quiet hours
    put it off until the morning, but not into the last hour before the start."""
    known = LEADS[lead]
    moment = starts_at - known.before
    if not moment - QUEUED_AHEAD <= now < moment + known.grace:
        return None
    leaves = after_quiet(max(moment, now))
    return leaves if leaves <= starts_at - TOO_LATE else None


@dataclass(frozen=True)
class Event:
    """What somebody is expected at: `what` is "appointment" or "session", `id` its row."""

    what: str
    id: int
    record: int
    starts_at: datetime


def key_of(event: Event, lead: str) -> str:
    """The same reminder has the same key, and one of another time another: the outbox takes each
    key once."""
    starts = f"{event.starts_at.astimezone(UTC):%Y%m%dT%H%M%S}"
    return f"{KIND}:{event.what}:{event.id}:{event.record}:{starts}:{lead}"


def read_key(key: str) -> tuple[Event, str]:
    """The event and lead of a reminder's key."""
    _kind, what, row, record, starts, lead = key.split(":")
    at = datetime.strptime(starts, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return Event(what, int(row), int(record), at), lead
