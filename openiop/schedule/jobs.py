"""Jobs of the schedule: the coming weeks each night, offers that end, weeks that closed,
reminders."""

from datetime import timedelta
from functools import partial

from procrastinate.contrib.django import app

from openiop.access.door import opened_for_job
from openiop.kernel.permits import Permit
from openiop.messaging.jobs import each_organization
from openiop.programs.queries import expired_offers
from openiop.schedule.actions import (
    cadence,
    closing,
    earlier,
    forecast,
    holds,
    reminders,
    rotation,
    timetable,
    waiting,
    weeks,
)  # fmt: skip
from openiop.schedule.queries.earlier import stale
from openiop.schedule.queries.holds import expired_holds
from openiop.schedule.queries.rotation import stale_track, unplanned_track

A_NIGHT = timedelta(hours=12)


@each_organization("10 2 * * *", "schedule.lay_ahead")
def lay_ahead(permit: Permit) -> None:
    """Lay the sessions of the coming weeks; take days off that were closed since."""
    closing.lay_ahead(permit)


@each_organization("*/5 * * * *", "schedule.offer.expire")
def expire_offers(permit: Permit) -> None:
    """Take back offers whose time is over; the seats go to the next in line. It looks every five
    minutes: a look that finds nothing is no line in the audit."""
    if expired_offers(permit):
        waiting.expire_offers(permit)


@each_organization("* * * * *", holds.RELEASE)
def release_holds(permit: Permit) -> None:
    """Times somebody began to book and did not are free again; a look that finds none is no line
    in the audit."""
    if expired_holds(permit):
        holds.release_expired(permit)


@each_organization("*/5 * * * *", earlier.EXPIRE)
def expire_earlier_times(permit: Permit) -> None:
    """Take back earlier times that have passed or are taken; a look that finds none is no line in
    the audit."""
    if stale(permit):
        earlier.expire(permit)


@each_organization("15 10 * * *", "schedule.week.close")
def close_weeks(permit: Permit) -> None:
    """Each morning, once it is past midnight everywhere: tasks about weeks that closed short,
    those of days on which no worker ran included."""
    weeks.close_weeks(permit)


@each_organization("40 2 * * *", "schedule.forecast.make")
def forecast_seats(permit: Permit) -> None:
    """Each night, after the coming weeks are laid: how many seats each track will have free."""
    forecast.make(permit)


@each_organization("*/15 * * * *", reminders.REMIND)
def remind(permit: Permit) -> None:
    """Queue the reminders that are due; take back those of which something changed."""
    reminders.queue_reminders(permit)


@each_organization("40 10 * * *", "schedule.cadence.remind")
def remind_overdue(permit: Permit) -> None:
    """Each morning: a task for everybody whose one-to-one is overdue and not booked."""
    cadence.remind_overdue(permit)


@each_organization("*/5 * * * *", "schedule.rotation.mend", until_idle=True)
def mend_topics(permit: Permit) -> None:
    """Choose the topics of the next track anew where somebody joined, missed or left since."""
    track = stale_track(permit)
    if track is not None:
        rotation.replan(permit, track, "join")


@each_organization("30 2 * * *", "schedule.rotation.mend", until_idle=True)
def plan_topics(permit: Permit) -> None:
    """Each night, after the coming weeks are laid, every track once: stays end, days go by."""
    track = unplanned_track(permit, permit.now - A_NIGHT)
    if track is not None:
        rotation.replan(permit, track, "night")


@app.task(name=timetable.JOB)
def search_timetable(organization: int, plan: int) -> None:
    """Search for the timetable of a plan, a minute or more: not in one transaction as other jobs,
    or nobody would see how far it is."""
    opening = partial(opened_for_job, timetable.SEARCH, organization, actor=f"job:{timetable.JOB}")
    timetable.search(opening, plan)
