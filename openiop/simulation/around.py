"""What surrounds the groups: holidays, the on-call rota, supervision, people waiting, an incident,
two people kept apart. One action each, after or before the weeks are lived."""

from datetime import date, datetime, time, timedelta
from random import Random

from openiop.access import door
from openiop.access.actions.places import add_holidays
from openiop.access.actions.staff import (
    add_exclusion_check,
    add_supervision,
    add_training,
    log_supervision,
)
from openiop.access.queries.places import holidays_of
from openiop.kernel.acts import Role
from openiop.kernel.days import days, local, week_start
from openiop.messaging.actions.incidents import report_incident
from openiop.messaging.actions.oncall import add_shift
from openiop.patients import actions as patients
from openiop.schedule.actions.waiting import join
from openiop.simulation.network import DemoClinic, Network
from openiop.simulation.people import person
from openiop.simulation.weeks import ClinicLife

R = Role
KEPT = ("Labor Day", "Thanksgiving Day", "Thanksgiving", "Christmas Day", "New Year's Day")
ROTA_WEEKS = 5


def close_on_holidays(network: Network, start_on: date, end_on: date, now: datetime) -> None:
    """The clinics keep a handful of public holidays; the schedule skips them."""
    year = range(start_on.year, end_on.year + 1)
    kept = {day for y in year for day, name in holidays_of("IL", y) if name in KEPT}
    closed = [day for day in days(start_on, end_on) if day in kept]
    with door.opened_for_job("access.network.write", network.organization, now=now) as permit:
        for clinic in network.clinics:
            add_holidays(permit, clinic.id, closed)


def supervise(network: Network, clinic: DemoClinic, start_on: date, now: datetime) -> None:
    """A clinic's intern has a supervisor and a log of the last weeks; trainings and checks."""
    with door.opened_for_job("access.staff.write", network.organization, now=now) as permit:
        (intern, _user), (leader, _) = clinic.team[R.INTERN][0], clinic.team[R.SUPERVISOR][0]
        add_supervision(permit, intern, supervisor=leader, from_on=start_on)
        for role in (R.CLINICIAN, R.NURSE, R.INTERN):
            staff = clinic.team[role][0][0]
            add_training(
                permit, staff, name="Confidentiality, 42 CFR Part 2", completed_on=start_on,
                expires_on=start_on + timedelta(days=365),
            )  # fmt: skip
            add_exclusion_check(
                permit, staff, source="OIG LEIE", checked_on=start_on,
                next_due_on=start_on + timedelta(days=100), excluded=False,
            )  # fmt: skip
    _log_supervision(clinic, start_on, now)


def _log_supervision(clinic: DemoClinic, start_on: date, now: datetime) -> None:
    intern, leader = clinic.team[R.INTERN][0][0], clinic.team[R.SUPERVISOR][0][1]
    with door.opened_for(leader, "access.supervision.write", now=now) as permit:
        for week in range((now.date() - start_on).days // 7):
            held = start_on + timedelta(weeks=week, days=3)
            log_supervision(permit, intern, kind="supervision", held_on=held, minutes=60)
            log_supervision(permit, intern, kind="hours", held_on=held, minutes=20 * 60)
            if week % 2:
                log_supervision(permit, intern, kind="observation", held_on=held, minutes=60)


def rota(clinic: DemoClinic, now: datetime) -> None:
    """Counselors take turns by week, the supervisor backs them up."""
    monday = week_start(now.date(), first=0) - timedelta(weeks=1)
    counselors, leader = clinic.team[R.CLINICIAN], clinic.team[R.SUPERVISOR][0][0]
    with door.opened_for(
        clinic.team[R.DIRECTOR][0][1], "messaging.oncall.write", now=now
    ) as permit:
        for week in range(ROTA_WEEKS):
            start, end = (
                local(monday + timedelta(weeks=week + more), time(8), clinic.timezone)
                for more in (0, 1)
            )
            first = counselors[week % len(counselors)][0]
            add_shift(permit, clinic=clinic.id, staff=first, rank=1, start=start, end=end)
            add_shift(permit, clinic=clinic.id, staff=leader, rank=2, start=start, end=end)


def people_wait(life: ClinicLife) -> None:
    """Two people wait for the evening group, where it is popular."""
    clinic, now = life.clinic, life.now
    evening = clinic.tracks[-1]
    with life.opened("patients.patient.write", now) as permit:
        drawn = [
            person(life.random, clinic.id, now.date(), 9_000 + clinic.id * 10 + place)
            for place in range(2)
        ]
        waiting = patients.register_many(permit, drawn)
    with life.opened("schedule.enroll", now) as permit:
        for each in waiting:
            join(permit, record=each.record, track_id=evening.id, note="Works until five")
    life.add("waiting", len(waiting))


def keep_two_apart(life: ClinicLife) -> None:
    """Two people of different tracks must not meet."""
    one, other = (here[0].record for here in list(life.people.values())[:2] if here)
    with life.opened("patients.apart.write", life.now, R.SUPERVISOR) as permit:
        patients.keep_apart(permit, one, other, "former_partner", "Asked for at intake")
    life.add("kept apart")


def an_incident(life: ClinicLife, random: Random) -> None:
    """A medical emergency some days ago, with its duties open."""
    happened = life.now - timedelta(days=random.randint(2, 6))
    with life.opened("messaging.incident.write", happened, R.CLINICIAN) as permit:
        report_incident(
            permit, clinic=life.clinic.id, kind="medical", happened_at=happened,
            narrative="A person felt faint in the lobby; the nurse came, an ambulance was called.",
        )  # fmt: skip
    life.add("incidents")
