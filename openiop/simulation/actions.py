"""Live a network's past: found it, then let every clinic's weeks go by."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from openiop.kernel.days import local_day, week_start
from openiop.simulation import around, network
from openiop.simulation.weeks import ClinicLife, live_clinic

WEEKS = 12
Progress = Callable[[int, int], None]


def live(*, size: str, seed: int, progress: Progress = lambda done, total: None) -> dict[str, Any]:
    """Fill an empty, migrated database: the accounts to sign in with and counts of what was lived.

    `size` is small, medium (10 times the people) or large (100 times). The same seed on the same
    day gives the same network. Takes about a minute for small.
    """
    now = timezone.now()
    first = week_start(local_day(now, "America/Chicago"), first=0) - timedelta(weeks=WEEKS)
    begun = now - timedelta(weeks=WEEKS)
    built = network.build(Random(seed), start_on=first, now=begun)
    around.close_on_holidays(built, first, first + timedelta(weeks=2 * WEEKS), begun)
    steps, total = 0, (WEEKS + 1) * len(built.clinics)
    counts: Counter[str] = Counter(clinics=len(built.clinics))
    for clinic in built.clinics:
        life = ClinicLife(built, clinic, Random(f"{seed} {clinic.code}"), now)
        for _ in live_clinic(life, first, WEEKS + 1):
            steps += 1
            progress(steps, total)
        _surround(life)
        counts.update(life.counts)
    around.supervise(built, first, now)
    return {"accounts": built.accounts, "counts": dict(counts)}


def _surround(life: ClinicLife) -> None:
    """A clinic's rota, waiting list and, at one clinic of each area, what is rarer."""
    around.rota(life.clinic, life.now)
    around.people_wait(life)
    firsts = {each.area: each.id for each in reversed(life.network.clinics)}
    if life.clinic.id in firsts.values():
        around.keep_two_apart(life)
        around.an_incident(life, life.random)
