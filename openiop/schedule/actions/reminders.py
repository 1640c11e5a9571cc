"""Reminders: derived from the schedule as it is at each run, queued once, taken back when wrong.

Nobody who moves or cancels anything has to tell this file: what waits is compared with the rows at
each run, and asked once more at the moment it leaves (`queries.reminders.still_stands`).
"""

from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from openiop.access.door import writes
from openiop.access.queries import clinics
from openiop.kernel.permits import Permit
from openiop.messaging.actions.delivery import quiet_hours
from openiop.messaging.actions.outbox import queue_or_renew, withdraw_messages
from openiop.messaging.queries.clocks import here_of
from openiop.messaging.queries.outbox import waiting_keys
from openiop.messaging.rules import Draft, QuietHours
from openiop.patients.queries import people
from openiop.schedule.queries.reminders import Coming, Way, coming, standing, ways
from openiop.schedule.rules.reminders import KIND, key_of, send_at

REMIND = "schedule.remind"


@writes(REMIND)
def queue_reminders(permit: Permit) -> int:
    """Queue what is due and withdraw what no longer holds; how many are due and waiting or gone.
    The statements are as many for one person as for a thousand, but for one a clinic."""
    _withdraw(permit)
    drafts = _drafts(permit, coming(permit))
    if drafts:
        queue_or_renew(permit, drafts)
    return len(drafts)


def _withdraw(permit: Permit) -> None:
    waiting = waiting_keys(permit, f"{KIND}:")
    good = standing(permit, waiting) if waiting else frozenset()
    wrong = [row for key, row in waiting.items() if key not in good]
    if wrong:
        withdraw_messages(permit, wrong, _("What it was about has changed."))


class _Place(NamedTuple):
    phone: str
    timezone: str
    quiet: QuietHours


def _places(permit: Permit, wanted: set[int]) -> dict[int, _Place]:
    found = {}
    for each in clinics(permit):
        if each.id in wanted:
            here = here_of(permit, each.id, each.name, each.state, each.timezone)
            quiet = quiet_hours(here, each.timezone)
            found[each.id] = _Place(each.phone, each.timezone, quiet)
    return found


def _drafts(permit: Permit, rows: list[Coming]) -> list[Draft]:
    places = _places(permit, {row.clinic for row in rows})
    how = ways(permit, [row.record for row in rows])
    who = people(permit, how)
    drafts = []
    for row in rows:
        (choice, way), place = how[row.record], places[row.clinic]
        for lead in choice.leads if way.channel else ():
            leaves = send_at(lead, row.starts_at, permit.now, place.quiet.over_at)
            if leaves:
                subject, body = _words(row, place, way, who[row.record].languages[:1])
                drafts.append(Draft(
                    key_of(row.event, lead), way.channel, row.clinic, row.record, way.to,
                    subject, body, leaves,
                ))  # fmt: skip
    return drafts


def _words(row: Coming, place: _Place, way: Way, languages: Iterable[str]) -> tuple[str, str]:
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
