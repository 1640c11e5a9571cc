"""What the catalog and the house say about a clinic today: how much time there is for what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from openiop.access.queries import clinics, house_values
from openiop.catalog import HouseValue, resolve
from openiop.kernel.permits import Permit
from openiop.messaging.rules import Clock


@dataclass(frozen=True)
class Here:
    """A clinic on its own day, with the house's values in force there."""

    clinic: int
    name: str
    state: str
    today: date
    house: Mapping[str, HouseValue]

    def clock(self, key: str) -> Clock | None:
        """The limit that governs `key`; None: nothing is recorded."""
        won = resolve(key, state=self.state, on=self.today, house=self.house).winner
        return Clock(int(str(won.value)), won.unit) if won else None

    def reviewed(self, key: str) -> bool:
        """Has somebody checked what governs `key` against the text it cites?"""
        won = resolve(key, state=self.state, on=self.today, house=self.house).winner
        return won is not None and won.reviewed


def here_at(permit: Permit, clinic_id: int) -> Here:
    """One of the permit's clinics today; two statements."""
    place = clinics(permit).get(pk=clinic_id)
    return here_of(permit, clinic_id, place.name, place.state, place.timezone)


def here_of(permit: Permit, clinic: int, name: str, state: str, timezone: str) -> Here:
    """The same for a clinic that was read before; one statement."""
    today = permit.today(timezone)
    return Here(clinic, name, state, today, house_values(permit, clinic, today))
