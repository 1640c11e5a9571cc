"""The demo's one-to-ones: some weeks of the past, marked, and series for the weeks to come."""

from datetime import date, datetime, time, timedelta

from openiop.kernel.days import local, local_day
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.actions import appointments
from openiop.schedule.actions.cadence import set_cadence
from openiop.schedule.actions.series import start_series
from openiop.schedule.queries.series import SeriesAsked
from openiop.schedule.queries.types import types
from openiop.simulation.weeks import ClinicLife

TYPE, MINUTES = "therapy-short", 30
WRITE = "schedule.appointment.write"
HOURS = (time(13), time(13, 40), time(14, 20), time(15), time(15, 40), time(9), time(9, 40))
COME = 0.85  # one-to-ones that take place
RHYTHMS = ("month", "fortnight", "fortnight", "week")


def meet(life: ClinicLife) -> None:
    """Everybody here met their counselor in the last weeks, or did not come; for half of them
    one-to-ones repeat from now on."""
    leads = {track.id: track.lead for track in life.clinic.tracks}
    here = [(each.record, leads[track]) for track, people in life.people.items()
            for each in people if not each.left]  # fmt: skip
    today = local_day(life.now, life.clinic.timezone)
    for back in (18, 15, 11, 8, 4):  # days ago, each for a share of the people
        held_on = _workday(today - timedelta(days=back))
        at = local(held_on, time(20), life.clinic.timezone)
        with life.opened(WRITE, at) as permit:
            for record, staff in life.random.sample(here, len(here) // 3):
                _past(life, permit, record, staff, held_on)
    with life.opened(WRITE, life.now) as permit:
        for record, staff in here[::2]:
            _repeat(life, permit, record, staff, today)


def _workday(day: date) -> date:
    return day - timedelta(days=max(day.weekday() - 4, 0))


def _type(permit: Permit) -> int:
    return next(each.id for each in types(permit) if each.code == TYPE)


def _past(life: ClinicLife, permit: Permit, record: int, staff: int, on: date) -> None:
    """A visit at the first hour that is free that day, and what became of it."""
    kind = _type(permit)
    for clock in HOURS:
        at: datetime = local(on, clock, life.clinic.timezone)
        try:
            visit = appointments.book(
                permit, record=record, clinic=life.clinic.id, type=kind, staff=staff,
                starts_at=at, minutes=MINUTES,
            )  # fmt: skip
        except Refused:
            continue
        appointments.attest(permit, visit, "held" if life.random.random() < COME else "no_show")
        life.add("one-to-ones")
        return


def _repeat(life: ClinicLife, permit: Permit, record: int, staff: int, today: date) -> None:
    every = life.random.choice(RHYTHMS)
    weekday, clock = life.random.randrange(5), life.random.choice(HOURS)
    asked = SeriesAsked(
        record=record, clinic=life.clinic.id, type=_type(permit), staff=staff, every=every,
        weekday=weekday, nth=2 if every == "month" else None, starts=clock, minutes=MINUTES,
        from_on=today + timedelta(days=1), until_on=today + timedelta(weeks=6),
    )  # fmt: skip
    try:
        start_series(permit, asked)
    except Refused:
        return
    set_cadence(permit, record, every)
    life.add("series")
