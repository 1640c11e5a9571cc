"""Reminders: derived from the schedule as it is at each run, queued once, taken back when wrong.

Nobody who moves or cancels anything has to tell this file: what waits is compared with the rows at
each run, and asked once more at the moment it leaves (`queries.reminders.still_stands`).
"""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from openiop.access.door import writes
from openiop.access.models import Clinic
from openiop.access.queries import clinics
from openiop.kernel.permits import Permit
from openiop.messaging.actions.delivery import quiet_hours
from openiop.messaging.actions.outbox import (
    new_message,
    queue_each,
    renew_messages,
    withdraw_messages,
)
from openiop.messaging.models import OutboxMessage
from openiop.messaging.queries.clocks import here_of
from openiop.messaging.queries.outbox import waiting_keys
from openiop.messaging.rules import QuietHours
from openiop.patients.queries import people
from openiop.schedule.queries.reminders import Coming, Way, coming, standing, ways
from openiop.schedule.rules.reminders import KIND, key_of, send_at

REMIND = "schedule.remind"


@writes(REMIND)
def queue_reminders(permit: Permit) -> int:
    """Queue what is due and withdraw what no longer holds; how many are due and waiting or gone.
    The statements are as many for one person as for a thousand, but for one a clinic."""
    _withdraw(permit)
    letters = _letters(permit, coming(permit))
    if letters:
        renew_messages(permit, letters)
        queue_each(permit, letters)
    return len(letters)


def _withdraw(permit: Permit) -> None:
    waiting = waiting_keys(permit, f"{KIND}:")
    good = standing(permit, waiting) if waiting else frozenset()
    wrong = [row for key, row in waiting.items() if key not in good]
    if wrong:
        withdraw_messages(permit, wrong, _("What it was about has changed."))


def _letters(permit: Permit, rows: list[Coming]) -> list[OutboxMessage]:
    places = {place.id: place for place in clinics(permit)}
    quiet = {place: _quiet(permit, places[place]) for place in {row.clinic for row in rows}}
    how = ways(permit, [row.record for row in rows])
    who = people(permit, how)
    letters = []
    for row in rows:
        choice, way = how[row.record]
        for lead in choice.leads if way.channel else ():
            leaves = send_at(lead, row.starts_at, permit.now, quiet[row.clinic].over_at)
            if leaves:
                language = who[row.record].languages[:1]
                words = _words(row, places[row.clinic], way, language)
                letters.append(_letter(permit, row, lead, way, words, leaves))
    return letters


def _quiet(permit: Permit, place: Clinic) -> QuietHours:
    here = here_of(permit, place.id, place.name, place.state, place.timezone)
    return quiet_hours(here, place.timezone)


def _letter(
    permit: Permit, row: Coming, lead: str, way: Way, words: tuple[str, str], leaves: datetime
) -> OutboxMessage:
    return new_message(
        permit, key=key_of(row.event, lead), channel=way.channel, clinic=row.clinic,
        record=row.record, to=way.to, send_after=leaves, subject=words[0], body=words[1],
    )  # fmt: skip


def _words(row: Coming, place: Clinic, way: Way, languages: Iterable[str]) -> tuple[str, str]:
    """Subject and body, in the person's language where we speak it: when, by video or not, and a
    phone number. No name, no clinic, no kind of care: anybody may read it."""
    spanish = next(iter(languages), "").partition("-")[0] == "es"
    moment = row.starts_at.astimezone(ZoneInfo(place.timezone))
    with translation.override("es" if spanish else "en"):
        when = formats.date_format(moment, pgettext("day and hour of a reminder", "D, M j, g:i A"))
        sentence = (
            _("Reminder: your appointment by video is on %(when)s.")
            if row.mode == "virtual"
            else _("Reminder: your appointment is on %(when)s.")
        )
        parts = [sentence % {"when": when}, _("Questions: %(phone)s.") % {"phone": place.phone}]
        if way.channel == "text":
            parts.append(_("Text STOP to end these texts."))
        return _("Your appointment"), " ".join(parts)
