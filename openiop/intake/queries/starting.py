"""First visits a stranger may book: what kinds, when, and when somebody answers the phone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from openiop.access.queries import PublicClinic, closures_at
from openiop.intake.models import Inquiry
from openiop.intake.rules.starting import LEAD, Desk, answers
from openiop.kernel.days import days
from openiop.kernel.permits import Permit
from openiop.schedule.queries.availability import Asked, Slot, open_slots
from openiop.schedule.queries.types import TypeFacts, public_types, types

DAYS, MOST, NEAREST = 7, 600, 3


def first_visits(permit: Permit) -> list[TypeFacts]:
    """Kinds of visit a stranger may book, by name."""
    return public_types(permit)


def free_times(
    permit: Permit, kind: int, *, clinics: Iterable[int], mode: str, near: str = "",
    moving: int | None = None,
) -> list[Slot]:  # fmt: skip
    """Free times of the coming days, day by day, of the nearest three clinics where a ZIP code
    says where; none so soon that nobody could come. The permit reaches the clinics."""
    asked = Asked(
        kind, frozenset(clinics), permit.today(permit.timezone), days=DAYS, mode=mode,
        near=near, miles=100 if near else 10, limit=MOST, moving=moving,
    )  # fmt: skip
    slots = open_slots(permit, asked, types(permit))
    if near:
        miles = {slot.clinic: slot.miles or 0.0 for slot in slots}
        close = sorted(miles, key=lambda clinic: miles[clinic])[:NEAREST]
        slots = [slot for slot in slots if slot.clinic in close]
    return sorted(
        (slot for slot in slots if slot.starts_at >= permit.now + LEAD),
        key=lambda slot: (slot.starts_at, slot.miles or 0.0, slot.clinic_name),
    )


def answered_at(permit: Permit, clinics: Iterable[PublicClinic]) -> datetime | None:
    """When somebody answers the phone next, now included; None within two weeks. One statement."""
    here = list(clinics)
    today = permit.today(permit.timezone)
    closed = closures_at(permit, [each.id for each in here], today, today + timedelta(days=15))
    desks = [
        Desk(
            each.timezone, each.hours,
            frozenset(
                day
                for closure in closed[each.id]
                for day in days(closure.start_on, closure.end_on + timedelta(days=1))
            ),
        )
        for each in here
    ]  # fmt: skip
    return answers(desks, permit.now)


def is_booked(permit: Permit, key: UUID) -> bool:
    """Was the time that this key kept booked by it already? A second press then says so."""
    return Inquiry.objects.filter(booked_by=key).exists()
