"""Times kept for somebody who is about to book them, and whether a time is truly free."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from openiop.kernel.days import local_day
from openiop.kernel.permits import Permit
from openiop.schedule.models import Hold
from openiop.schedule.queries.availability import Asked, Slot, open_slots, pause_before
from openiop.schedule.queries.grounds import Ground, ground_for
from openiop.schedule.queries.types import TypeFacts, type_of, types
from openiop.schedule.rules.availability import NOTHING, STEP, works
from openiop.schedule.rules.times import Time

NEAREST = 6


@dataclass(frozen=True)
class HoldFacts:
    """A time that is kept until `expires_at` for whoever knows the key."""

    key: UUID
    time: Time
    ends_at: datetime
    expires_at: datetime
    staff_name: str


def hold(permit: Permit, key: UUID) -> HoldFacts | None:
    """A time that is still kept, at the clinics the permit reaches; None once it ran out."""
    row = Hold.objects.filter(
        key=key, expires_at__gt=permit.now, clinic_id__in=permit.clinics
    ).select_related("staff").first()  # fmt: skip
    if row is None:
        return None
    time = Time(row.type_id, row.clinic_id, row.staff_id, row.room_id, row.starts_at, row.mode)
    name = f"{row.staff.first_name} {row.staff.last_name}"
    return HoldFacts(row.key, time, row.ends_at, row.expires_at, name)


def live_holds(permit: Permit, clinic: int) -> int:
    """How many times of a clinic are kept now."""
    return Hold.objects.filter(clinic_id=clinic, expires_at__gt=permit.now).count()


def expired_holds(permit: Permit) -> bool:
    """Is any time still taken that nobody booked in time?"""
    return Hold.objects.filter(expires_at__lte=permit.now).exists()


def is_open(
    permit: Permit, time: Time, timezone: str, moving: Collection[int] = ()
) -> TypeFacts | None:
    """The type of a visit where its time is truly free: within working hours, by a credential that
    counts, colleague and room not taken, on a quarter of an hour, to come; None where it is not.
    Five statements. Ask it holding still colleague and room."""
    every = types(permit)
    kind = next((each for each in every if each.id == time.type), None)
    if kind is None or time.mode not in kind.modes or time.starts_at <= permit.now:
        return None
    day = local_day(time.starts_at, timezone)
    ground = ground_for(
        permit, clinics={time.clinic}, start=day, days=1, holders=kind.holders, staff=time.staff,
        pause=pause_before(kind, every), moving=moving, in_person=time.mode == "in_person",
    )  # fmt: skip
    return kind if _fits(ground, time, kind, day) else None


def _fits(ground: Ground, time: Time, kind: TypeFacts, day: date) -> bool:
    place, start = ground.places.get(time.clinic), int(time.starts_at.timestamp())
    end, in_person = start + 60 * kind.minutes, time.mode == "in_person"
    if place is None or start % STEP or in_person != (time.room is not None):
        return False
    if time.room is not None:
        known = time.room in place.rooms
        if not known or not ground.taken.rooms.get(time.room, NOTHING).free(start, end):
            return False
    after = end + 60 * kind.buffer_minutes
    return (
        works(ground.hours, place, start, after, day, in_person=in_person)
        and ground.may_hold(kind.kind, time.staff, time.clinic, day)
        and ground.taken.staff.get(time.staff, NOTHING).free(start, after)
    )


def nearest(
    permit: Permit, time: Time, timezone: str, known: Sequence[TypeFacts] = ()
) -> list[Slot]:
    """Free times of the same type and clinic closest to one that is gone; none where the type is
    not booked any more."""
    if type_of(permit, time.type).retired:
        return []
    today = permit.today(timezone)
    first = max(today, local_day(time.starts_at, timezone) - timedelta(days=1))
    slots = open_slots(
        permit,
        Asked(time.type, frozenset({time.clinic}), first, days=14, mode=time.mode, limit=60),
        known,
    )  # fmt: skip
    by_distance = sorted(slots, key=lambda slot: abs(slot.starts_at - time.starts_at))
    return sorted(by_distance[:NEAREST], key=lambda slot: slot.starts_at)
