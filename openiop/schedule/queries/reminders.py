"""Whom to remind of what: the appointments and sessions of the coming days as they are now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from openiop.kernel.permits import Permit
from openiop.messaging.queries import contact_choices
from openiop.messaging.queries.reminding import Choice, reminder_choices, wanting
from openiop.messaging.queries.stops import stopped
from openiop.patients.queries import people
from openiop.schedule.rules.reminders import FARTHEST, FARTHEST_ASKED, Event, read_key


class Coming(NamedTuple):
    """Somebody expected somewhere; `mode` is "in_person", "virtual" or "hybrid"."""

    what: str
    id: int
    record: int
    clinic: int
    starts_at: datetime
    mode: str

    @property
    def event(self) -> Event:
        return Event(self.what, self.id, self.record, self.starts_at)


# A one-to-one inside a group session is reminded of by the session.
_COMING = """
  SELECT 'appointment', visit.id, visit.record_id, visit.clinic_id, visit.starts_at, visit.mode
    FROM schedule_appointment visit
   WHERE visit.clinic_id = ANY(%(clinics)s) AND visit.cancelled_at IS NULL
     AND visit.nested_in_id IS NULL AND visit.starts_at > %(now)s
     AND {visit}
   UNION ALL
  SELECT 'session', session.id, seat.record_id, session.clinic_id, session.starts_at, session.mode
    FROM schedule_session session
    JOIN schedule_seat seat ON seat.track_id = session.track_id AND seat.released_at IS NULL
     AND (seat.kind = 'enrolled' AND seat.during @> session.on
          OR seat.kind IN ('makeup', 'merged') AND seat.session_id = session.id)
   WHERE session.clinic_id = ANY(%(clinics)s) AND session.status = 'scheduled'
     AND session.starts_at > %(now)s
     AND {session}
   ORDER BY 5, 1, 2, 3"""
_SOON = """({0}.starts_at <= %(soon)s
      OR {0}.starts_at <= %(later)s AND {1}.record_id = ANY(%(early)s))"""
_WITHIN = _COMING.format(
    visit=_SOON.format("visit", "visit"), session=_SOON.format("session", "seat")
)
_NAMED = _COMING.format(
    visit="visit.id = ANY(%(visits)s)", session="session.id = ANY(%(sessions)s)"
)


def coming(permit: Permit, within: timedelta = FARTHEST) -> list[Coming]:
    """Who is expected at the permit's clinics in the time to come, and, where somebody asked to be
    reminded a week before, in the week to come; in order, without people who died or whose record
    was merged into another. Three statements."""
    rows = _asked(
        permit, _WITHIN, soon=permit.now + within, later=permit.now + FARTHEST_ASKED,
        early=wanting(permit, "week") if within >= FARTHEST else [],
    )  # fmt: skip
    who = people(permit, {row.record for row in rows})
    return [
        row for row in rows
        if row.record in who and not who[row.record].died_on and not who[row.record].merged
    ]  # fmt: skip


def _asked(permit: Permit, statement: str, **values: Any) -> list[Coming]:
    given = {"clinics": list(permit.clinics), "now": permit.now, **values}
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [Coming(*row) for row in cursor.fetchall()]


def standing(permit: Permit, keys: Iterable[str]) -> frozenset[str]:
    """Those reminders, by key, of which everything still holds: the appointment or session is at
    that time and to come, the person is expected, and wants to be reminded so. Two statements."""
    asked = {key: read_key(key) for key in keys}
    ids: dict[str, list[int]] = {"appointment": [], "session": []}
    for event, _lead in asked.values():
        ids[event.what].append(event.id)
    rows = _asked(permit, _NAMED, visits=ids["appointment"], sessions=ids["session"])
    events = {row.event for row in rows}
    choices = reminder_choices(permit, [event.record for event, _ in asked.values()])
    return frozenset(
        key
        for key, (event, lead) in asked.items()
        if event in events and _wants(choices[event.record], lead)
    )


def _wants(choice: Choice, lead: str) -> bool:
    return choice.channel != "none" and lead in choice.leads


def still_stands(permit: Permit, key: str) -> bool:
    """`standing` of one reminder, asked at the moment it leaves (settings.OUTBOX_CHECKS)."""
    return key in standing(permit, [key])


@dataclass(frozen=True)
class Way:
    """How somebody is reminded: channel and address, or "" and why they are not ("none",
    "unsafe", "stopped")."""

    channel: str
    to: str = ""
    why: str = ""


def ways(permit: Permit, records: Iterable[int]) -> dict[int, tuple[Choice, Way]]:
    """What each person chose, and the way that follows from it and from what is safe; three
    statements."""
    wanted = list(set(records))
    choices = reminder_choices(permit, wanted)
    safe = contact_choices(permit, wanted)
    silent = stopped(permit, [each.text for each in safe.values() if each.text])
    found = {}
    for record, choice in choices.items():
        text, email = safe[record].text, safe[record].email
        found[record] = choice, _way(choice.channel, text, email, text in silent)
    return found


def _way(channel: str, text: str | None, email: str | None, silent: bool) -> Way:
    if channel == "none":
        return Way("", why="none")
    if channel in ("", "text") and text and not silent:
        return Way("text", text)
    if channel in ("", "email") and email:
        return Way("email", email)
    return Way("", why="stopped" if text and silent and channel != "email" else "unsafe")
