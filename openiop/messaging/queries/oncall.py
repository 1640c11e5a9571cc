"""Who is on call, when nobody is, and how fast an alert must be answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import QuerySet, SmallIntegerField, Value
from django.http import Http404

from openiop.access.queries import holders
from openiop.kernel.acts import Role
from openiop.kernel.days import local
from openiop.kernel.intervals import Interval
from openiop.kernel.permits import Permit
from openiop.messaging.models import OnCallShift
from openiop.messaging.queries.clocks import Here
from openiop.messaging.rules import Level, OnCall, gaps

RANKS = (Level.FIRST, Level.BACKUP)


@dataclass(frozen=True)
class Answerer:
    """A colleague on call now."""

    staff: int
    name: str
    phone: str
    until: datetime


@dataclass(frozen=True)
class OnCallNow:
    """Who answers for a clinic now; None is a gap."""

    first: Answerer | None
    backup: Answerer | None


@dataclass(frozen=True)
class Stretch:
    """A piece of one day in the rota: a shift, or a gap when `staff` is None."""

    during: Interval
    shift: int | None
    staff: int | None
    name: str
    whole_day: bool = False

    @property
    def gap(self) -> bool:
        return self.staff is None


@dataclass(frozen=True)
class RotaDay:
    """One local day of the rota, each rank's stretches in order and without holes."""

    day: date
    first: tuple[Stretch, ...]
    backup: tuple[Stretch, ...]


@dataclass(frozen=True)
class Shift:
    """One shift of the rota."""

    id: int
    clinic: int
    staff: int
    name: str
    rank: int
    start: datetime
    end: datetime


def shift(permit: Permit, shift_id: int) -> Shift:
    """One shift of the permit's clinics, or Http404."""
    row = shifts(permit, permit.clinics).filter(pk=shift_id).first()
    if row is None:
        raise Http404("No such shift.")
    return Shift(
        row.id, row.clinic_id, row.staff_id, row.staff.name, row.rank, row.during.lower,
        row.during.upper,
    )  # fmt: skip


def shifts(permit: Permit, clinic_ids: Iterable[int]) -> QuerySet[OnCallShift]:
    """Shifts in force at the clinics, with their staff."""
    return OnCallShift.objects.filter(
        clinic_id__in=[each for each in clinic_ids if each in permit.clinics],
        removed_at__isnull=True,
    ).select_related("staff")  # fmt: skip


def on_call_now(permit: Permit, clinic_ids: Iterable[int]) -> dict[int, OnCallNow]:
    """Who answers at each clinic now; one statement. Every clinic asked for is in the answer."""
    wanted = set(clinic_ids)
    found: dict[tuple[int, int], Answerer] = {
        (row.clinic_id, row.rank): Answerer(
            row.staff_id, row.staff.name, row.staff.phone, row.during.upper
        )
        for row in shifts(permit, wanted).filter(during__contains=permit.now)
    }
    return {
        clinic: OnCallNow(found.get((clinic, Level.FIRST)), found.get((clinic, Level.BACKUP)))
        for clinic in wanted
    }


class Reachable(NamedTuple):
    """A colleague who may be called, and at which step."""

    staff: int
    first_name: str
    last_name: str
    phone: str
    rank: int

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def channel(self) -> str:
        """How a message reaches them soonest."""
        return "text" if self.phone else "email"


def answerers(permit: Permit, clinic_id: int, today: date) -> list[Reachable]:
    """Who can be called at a clinic now, by step and name: on call, backup, each director; one
    statement."""
    person = ("first_name", "last_name", "phone")
    leaders = holders(permit, clinic_id, today, [Role.DIRECTOR])
    found = (
        shifts(permit, [clinic_id])
        .filter(during__contains=permit.now)
        .values_list("staff_id", *(f"staff__{each}" for each in person), "rank")
        .union(
            leaders.values_list("id", *person, Value(Level.DIRECTOR, SmallIntegerField())), all=True
        )
    )
    rows = (Reachable(*row) for row in found)
    return sorted(rows, key=lambda each: (each.rank, each.name))


def on_call(people: Iterable[Reachable]) -> OnCall:
    """The same people as the rules want them."""
    steps: dict[int, list[int]] = {}
    for each in people:
        steps.setdefault(each.rank, []).append(each.staff)
    first, backup = (next(iter(steps.get(rank, ())), None) for rank in RANKS)
    return OnCall(first, backup, tuple(steps.get(Level.DIRECTOR, ())))


def answer_within(here: Here) -> timedelta:
    """Catalog: alert.acknowledge.minutes. With no recorded value an alert goes up at once."""
    clock = here.clock("alert.acknowledge.minutes")
    return timedelta(minutes=clock.amount if clock else 0)


def rota(permit: Permit, clinic: int, timezone: str, start: date) -> list[RotaDay]:
    """Seven local days of a clinic's rota from `start`, gaps included; one statement."""
    # In UTC, or the days the clocks change would count as 24 hours.
    edges = [local(start + timedelta(n), time(), timezone).astimezone(UTC) for n in range(8)]
    rows = list(
        shifts(permit, [clinic]).filter(during__overlap=(edges[0], edges[7])).order_by("during")
    )
    permit.note("messaging.oncall.read", count=len(rows))
    return [
        RotaDay(
            start + timedelta(days=n),
            *(_stretches(Interval(edges[n], edges[n + 1]), rows, rank) for rank in RANKS),
        )
        for n in range(7)
    ]


def _stretches(day: Interval, rows: list[OnCallShift], rank: Level) -> tuple[Stretch, ...]:
    held = [
        Stretch(part, row.id, row.staff_id, row.staff.name, part == day)
        for row in rows
        if row.rank == rank
        and (part := day.intersection(Interval(row.during.lower, row.during.upper)))
    ]
    holes = gaps(day, (each.during for each in held))
    empty = [Stretch(hole, None, None, "", hole == day) for hole in holes]
    return tuple(sorted([*held, *empty], key=lambda each: each.during.start))


def week_gaps(days: Iterable[RotaDay], rank: Level) -> list[Interval]:
    """The gaps of one rank over several days, joined across midnight."""
    joined: list[Interval] = []
    for day in days:
        for each in day.first if rank is Level.FIRST else day.backup:
            if not each.gap:
                continue
            if joined and joined[-1].end == each.during.start:
                joined[-1] = Interval(joined[-1].start, each.during.end)
            else:
                joined.append(each.during)
    return joined
