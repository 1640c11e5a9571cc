"""Leave recorded while others book: whoever books after it sees it, whoever booked before it is on
the list of what it leaves."""

from collections.abc import Callable

import pytest

from openiop.config.network_for_tests import NORTH
from openiop.schedule.actions.appointments import book
from openiop.schedule.actions.working import add_away
from openiop.schedule.models import Appointment
from openiop.schedule.queries.rehoming import stranded_visits
from openiop.schedule.queries.working import away as away_facts
from openiop.schedule.tests.test_availability import ALICE, at
from openiop.schedule.tests.test_races import together
from openiop.schedule.tests.world import as_job, make_person

pytestmark = pytest.mark.slow


def test_of_what_is_booked_while_leave_is_recorded_nothing_is_lost(
    own_database: str, network: object
) -> None:
    records = [make_person() for _ in range(15)]
    recorded: list[int] = []

    def booking(number: int) -> Callable[[], str]:
        def run() -> str:
            with as_job("schedule.appointment.write") as permit:
                book(permit, record=records[number], clinic=NORTH, kind="individual",
                     staff=ALICE, starts_at=at(8 + number % 12, 30 * (number // 12)),
                     minutes=30)  # fmt: skip
            return "done"

        return run

    def leaving() -> str:
        with as_job("schedule.away.write") as permit:
            recorded.append(add_away(permit, ALICE, "leave", at(0), at(23)))
        return "left"

    works = [*map(booking, range(7)), leaving, *map(booking, range(7, 15))]
    ends = together(works, threads=16)
    assert (ends["left"], ends["done"] + ends["away"]) == (1, 15)
    with as_job("schedule.rehome") as permit:
        left = stranded_visits(permit, away_facts(permit, recorded[0]))
        assert (len(left), Appointment.objects.count()) == (ends["done"], ends["done"])
