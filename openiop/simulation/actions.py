"""Live a network's past: found it, then let every clinic's weeks go by."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from openiop.access import door
from openiop.kernel.acts import Role
from openiop.kernel.days import local_day, week_start
from openiop.schedule.actions import forecast
from openiop.simulation import (
    around,
    articles,
    bulk,
    contracts,
    hours,
    inquiries,
    network,
    one_to_ones,
    reminders,
    topics,
    virtual,
)
from openiop.simulation.side_by_side import each_in_a_process
from openiop.simulation.weeks import ClinicLife, live_clinic

WEEKS = 12
ZONE = "America/Chicago"  # all clinics, and the organization
COPIES = {"small": 0, "medium": 9, "large": 99}
Progress = Callable[[int, int], None]


def live(
    *, size: str, seed: int, progress: Progress = lambda done, total: None,
    processes: int | None = None, clinics: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Fill an empty, migrated database: the accounts to sign in with and counts of what was lived.

    `size` is small, medium (10 times the people) or large (100 times). The same seed on the same
    day gives the same network but for the order of its numbers: clinics live side by side, in as
    many `processes` as there are cores. `clinics` takes the first few only. Under a minute for
    small on two cores.
    """
    now = timezone.now()
    first = week_start(local_day(now, ZONE), first=0) - timedelta(weeks=WEEKS)
    begun = now - timedelta(weeks=WEEKS)
    built = network.build(Random(seed), start_on=first, now=begun, clinics=clinics)
    around.close_on_holidays(built, first, first + timedelta(weeks=2 * WEEKS), begun)
    hours.begin(built, first, begun)
    inquiries.know_places(built, begun)
    contracts.agree(built, first, begun)
    counts: Counter[str] = Counter(clinics=len(built.clinics), articles=articles.write(built, now))
    lives = [(built, clinic, seed, first, now) for clinic in _longest_first(built)]
    total = len(lives) + COPIES[size]
    for done, lived in enumerate(each_in_a_process(live_one, lives, processes), 1):
        counts.update(lived)
        progress(done, total)
    counts.update(reminders=reminders.remind(built.organization, now))
    monday = first + timedelta(weeks=WEEKS)
    copied = bulk.grow(built.organization, ZONE, monday, seed, COPIES[size], processes)
    for done, attendances in enumerate(copied, len(lives) + 1):
        counts.update(copies=1, people=bulk.PEOPLE, attendances=attendances)
        progress(done, total)
    with door.opened_for_job("schedule.forecast.make", built.organization, now=now) as permit:
        counts.update(forecasts=forecast.make(permit))
    with door.opened_for_job("access.network.write", built.organization, now=now) as permit:
        permit.note("access.network.write")  # the one commit that waits for the disk
    return {"accounts": built.accounts, "counts": dict(counts)}


def _longest_first(built: network.Network) -> list[network.DemoClinic]:
    return sorted(built.clinics, key=lambda clinic: -len(clinic.tracks))


def live_one(
    built: network.Network, clinic: network.DemoClinic, seed: int, first: date, now: datetime
) -> dict[str, int]:
    """One clinic's weeks and what surrounds them; counts of what was done."""
    life = ClinicLife(built, clinic, Random(f"{seed} {clinic.code}"), now)
    live_clinic(life, first, WEEKS + 1)
    with life.opened("schedule.rotation.write", now, Role.DIRECTOR) as permit:
        topics.plan(permit, clinic.tracks)
    one_to_ones.meet(life)
    around.rota(clinic, now)
    around.people_wait(life)
    inquiries.ask(life, Random(f"{seed} {clinic.code} asks"))
    firsts = {each.area: each.id for each in reversed(built.clinics)}
    if clinic.id in firsts.values():
        around.keep_two_apart(life)
        around.an_incident(life, life.random)
    around.supervise(built, clinic, first, now)
    hours.leave(clinic, now)
    life.add("joins", virtual.come_in(built.organization, clinic, now))
    return life.counts
