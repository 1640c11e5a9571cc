"""Live a network's past: found it, then let every clinic's weeks go by."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from openiop.kernel.days import local_day, week_start
from openiop.simulation import network
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
    built = network.build(Random(seed), start_on=first, now=now - timedelta(weeks=WEEKS))
    steps, total = 0, (WEEKS + 1) * len(built.clinics)
    counts: Counter[str] = Counter(clinics=len(built.clinics))
    for clinic in built.clinics:
        life = ClinicLife(built, clinic, Random(f"{seed} {clinic.code}"), now)
        for _ in live_clinic(life, first, WEEKS + 1):
            steps += 1
            progress(steps, total)
        counts.update(life.counts)
    return {"accounts": built.accounts, "counts": dict(counts)}
