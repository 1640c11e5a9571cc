"""Calendars for others to read (RFC 5545): plain facts in, the text of a calendar out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.enums import STATUS

PRODUCT = "-//OpenIOP//Calendar//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: `uid` stays the same for good, `sequence` grows with each change."""

    uid: str
    summary: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    sequence: int = 0
    cancelled: bool = False
    words: str = ""


def calendar(name: str, entries: Iterable[Entry], timezone: str, now: datetime) -> bytes:
    """The calendar as UTF-8 text with the zone's rules in it; times are local, so that a clock
    change does not move an event. Unnamed (`name` ""), it is one invitation."""
    whole = Calendar()
    whole.add("prodid", PRODUCT)
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    if name:
        whole.add("x-wr-calname", name)
        whole.add("x-published-ttl", "PT1H")
    zone = ZoneInfo(timezone)
    for entry in entries:
        whole.add_component(_event(entry, zone, now))
    whole.add_missing_timezones()
    return bytes(whole.to_ical())


def _event(entry: Entry, zone: ZoneInfo, now: datetime) -> Event:
    return Event.new(
        uid=entry.uid, summary=entry.summary, stamp=now, start=entry.starts_at.astimezone(zone),
        end=entry.ends_at.astimezone(zone), location=entry.place or None,
        description=entry.words or None, sequence=entry.sequence,
        status=STATUS.CANCELLED if entry.cancelled else STATUS.CONFIRMED,
    )  # fmt: skip
