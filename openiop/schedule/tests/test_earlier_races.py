"""Real writers at one time: two in line for an earlier time, one time, and one of them has it."""

from collections.abc import Callable
from typing import Any

import pytest

from openiop.schedule.actions import appointments, earlier
from openiop.schedule.models import Appointment, EarlierWish
from openiop.schedule.tests.test_attendance import after
from openiop.schedule.tests.test_booking_races import booking
from openiop.schedule.tests.test_earlier import A_DAY, BOB, in_line, visit
from openiop.schedule.tests.test_races import overlaps, together
from openiop.schedule.tests.world import as_job, make_person

pytestmark = pytest.mark.slow
WRITE = "schedule.appointment.write"


def doing(act: Callable[..., Any], *arguments: Any) -> Callable[[], str]:
    def run() -> str:
        with as_job(WRITE) as permit:
            act(permit, *arguments)
        return "done"

    return run


def holders() -> list[int]:
    """Whose visits begin at the free time."""
    with as_job(WRITE):
        rows = Appointment.objects.filter(
            starts_at=after(A_DAY), staff_id=BOB, cancelled_at__isnull=True
        )
        return list(rows.values_list("record_id", flat=True))


def test_of_two_in_line_and_many_desks_that_accept_one_has_the_time(own_database, network):
    with as_job(WRITE) as permit:
        first, second = in_line(permit), in_line(permit, 4 * A_DAY)
        appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    came = together([doing(earlier.accept, wish) for wish in (first, second)] * 12, 24)
    assert came.keys() <= {"done", "closed", "no_offer"}
    with as_job(WRITE):
        record = EarlierWish.objects.get(pk=first).record_id
        assert EarlierWish.objects.get(pk=first).state == "taken"
    assert (holders(), overlaps()) == ([record], 0)


def test_accept_decline_and_a_booking_of_the_same_time_leave_one_holder(own_database, network):
    with as_job(WRITE) as permit:
        first, second = in_line(permit), in_line(permit, 4 * A_DAY)
        appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    desks = [doing(verb, wish) for wish in (first, second)
             for verb in (earlier.accept, earlier.decline)]  # fmt: skip
    desks.append(booking(make_person(), BOB, 2, A_DAY))
    came = together(desks * 6, 30)
    assert came.keys() <= {"done", "closed", "no_offer", "clash"}
    assert (len(holders()), overlaps()) == (1, 0)


def test_many_cancelled_at_once_offer_each_time_to_one_and_each_person_once(own_database, network):
    with as_job(WRITE) as permit:
        for day in (6, 7, 8):
            in_line(permit, day * A_DAY)
        free = [visit(permit, A_DAY + 60 * n, room=None) for n in range(8)]
    came = together([doing(appointments.cancel, each, "Ill") for each in free], 8)
    assert came == {"done": 8}
    with as_job(WRITE):
        found = [row.offered["starts_at"] for row in EarlierWish.objects.filter(state="offered")]
    assert len(found) == len(set(found)) <= 3
