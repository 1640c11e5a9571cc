"""Reminders of the demo's last day: those that were due left, the coming ones wait."""

from datetime import datetime, timedelta

from openiop.access import door
from openiop.messaging.actions.delivery import settle_past
from openiop.schedule.actions.reminders import REMIND, queue_reminders
from openiop.schedule.rules.reminders import KIND

AGO = tuple(timedelta(hours=hours) for hours in range(24, -1, -4))


def remind(organization: int, now: datetime) -> int:
    """Run the job as it ran at some hours of the last day; how many reminders the runs saw."""
    due = 0
    for ago in AGO:
        with door.opened_for_job(REMIND, organization, now=now - ago) as permit:
            due += queue_reminders(permit)
        later = min(now, now - ago + timedelta(hours=4))
        with door.opened_for_job("messaging.outbox.send", organization, now=later) as permit:
            settle_past(permit, f"{KIND}:")
    return due
