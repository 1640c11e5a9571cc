"""Real writers at one time: one slot, one visit, exchanges that cross."""

from collections.abc import Callable

import pytest

from openiop.config.network_for_tests import NORTH
from openiop.schedule.actions import appointments
from openiop.schedule.actions.moving import Move, move, undo
from openiop.schedule.models import Appointment, AppointmentChange, Occupancy
from openiop.schedule.tests.test_attendance import after
from openiop.schedule.tests.test_races import overlaps, together
from openiop.schedule.tests.world import NOW, as_job, make_person

pytestmark = pytest.mark.slow
WRITE = "schedule.appointment.write"


def booking(record: int, staff: int, room: int | None, start: float) -> Callable[[], str]:
    def run() -> str:
        with as_job(WRITE, NOW) as permit:
            appointments.book(
                permit, record=record, clinic=NORTH, kind="individual", staff=staff, room=room,
                starts_at=after(start), minutes=50,
            )  # fmt: skip
        return "done"

    return run


def test_of_64_who_want_one_slot_one_gets_it_and_63_the_sentence(own_database, network):
    people = [make_person() for _ in range(64)]
    assert together([booking(each, 2, 2, 100) for each in people]) == {"done": 1, "clash": 63}
    with as_job("schedule.read"):
        assert (Appointment.objects.count(), Occupancy.objects.count()) == (1, 3)
        assert AppointmentChange.objects.count() == 1


def test_one_person_booked_by_many_desks_with_many_colleagues_comes_once(own_database, network):
    person = make_person()
    came = together([booking(person, staff, None, 100) for staff in (1, 2, 4, 7, 10)] * 6, 30)
    assert came == {"done": 1, "clash": 29}
    assert overlaps() == 0


def test_exchanges_and_bookings_that_cross_leave_nobody_twice(own_database, network):
    people = [make_person() for _ in range(8)]
    assert together([booking(who, 1 + n % 2, None, 60 * n) for n, who in enumerate(people)], 8)[
        "done"
    ] == 8  # fmt: skip
    with as_job("schedule.read"):
        visits = list(Appointment.objects.order_by("starts_at"))

    def exchanging(one: int, other: int) -> Callable[[], str]:
        def run() -> str:
            with as_job(WRITE, NOW) as permit:
                a, b = (Appointment.objects.get(pk=visits[n].pk) for n in (one, other))
                batch = move(permit, [Move(a.pk, b.starts_at, b.staff_id, None),
                                      Move(b.pk, a.starts_at, a.staff_id, None)])  # fmt: skip
            with as_job(WRITE, NOW) as permit:
                undo(permit, batch)
            return "done"

        return run

    works = [exchanging(n % 8, (n * 3 + 1) % 8) for n in range(40) if n % 8 != (n * 3 + 1) % 8]
    came = together([*works, *(booking(make_person(), 1, None, 20 * n) for n in range(20))], 32)
    assert set(came) <= {"done", "clash", "changed_since"}
    assert came["done"] > 5
    assert overlaps() == 0
    with as_job("schedule.read"):
        assert Occupancy.objects.count() == 2 * Appointment.objects.count()
