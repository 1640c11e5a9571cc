"""Who is on call, and how fast an alert must be answered."""

from datetime import timedelta

from openiop.access.queries import clinics, house_values
from openiop.catalog import resolve
from openiop.kernel.permits import Permit


def acknowledge_within(permit: Permit, clinic: int) -> timedelta:
    """How long an alert of this clinic may stay unanswered before it goes up (catalog:
    alert.acknowledge.minutes). With no recorded value it goes up at once."""
    place = clinics(permit).get(pk=clinic)
    today = permit.today(place.timezone)
    house = house_values(permit, clinic, today)
    won = resolve("alert.acknowledge.minutes", state=place.state, on=today, house=house).winner
    return timedelta(minutes=int(str(won.value)) if won else 0)
