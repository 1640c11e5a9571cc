"""Leave with fourteen affected appointments re-homed on one screen; sick at half past four."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from journeys.given import a_group, clinic_where_it_is
from openiop.config.network_for_tests import NORTH
from openiop.schedule.actions.appointments import book
from openiop.schedule.actions.types import found_types
from openiop.schedule.actions.working import Week, set_hours
from openiop.schedule.queries.types import types
from openiop.schedule.tests.world import as_job, make_person

ALICE, BOB = 1, 2


def at_work(now: datetime) -> int:
    """The shipped types; Alice and Bob at North every day; the id of short therapy."""
    from datetime import time

    with as_job("schedule.type.write", now) as permit:
        found_types(permit)
        kind = next(each.id for each in types(permit) if each.code == "therapy-short")
    every_day = [Week(NORTH, day, time(7), time(23)) for day in range(7)]
    with as_job("schedule.hours.write", now) as permit:
        for staff in (ALICE, BOB):
            set_hours(permit, staff, every_day, now.date() - timedelta(days=1))
    return kind


def test_leave_with_fourteen_appointments_is_rehomed_on_one_screen(
    desktop: Any, sign_in: Callable[[Any, str], None], accessible: Callable[[Any], None]
) -> None:
    # given fourteen one-to-ones of Alice's tomorrow and the day after
    zone = clinic_where_it_is(12)
    now = timezone.now()
    kind = at_work(now)
    first = now.astimezone(zone).replace(hour=9, minute=0, second=0, microsecond=0)
    for number in range(14):
        day = first + timedelta(days=1 + number // 7, hours=number % 7)
        with as_job("schedule.appointment.write", now) as permit:
            book(permit, record=make_person(), clinic=NORTH, staff=ALICE, starts_at=day,
                 minutes=30, room=2, type=kind)  # fmt: skip
    # when a director records her leave, then every one of them stands on one screen
    sign_in(desktop, "dana")
    desktop.goto(f"/desk/hours/{ALICE}/")
    accessible(desktop)
    desktop.get_by_label("First day", exact=True).fill(f"{first + timedelta(days=1):%Y-%m-%d}")
    desktop.get_by_label("Last day", exact=True).fill(f"{first + timedelta(days=2):%Y-%m-%d}")
    desktop.get_by_role("button", name="Record", exact=True).click()
    desktop.get_by_role("button", name="Re-home all 14").wait_for()
    assert desktop.get_by_role("combobox", name="Where to").count() == 14
    accessible(desktop)
    # when it is confirmed once, then all of them have a place, and one press undoes it
    desktop.get_by_role("button", name="Re-home all 14").click()
    desktop.get_by_text("14 re-homed. 0 texted, 14 to call.").wait_for()
    desktop.get_by_text("Nothing is left without anybody").wait_for()
    accessible(desktop)
    desktop.get_by_role("button", name="Undo").first.click()
    desktop.get_by_text("Undone: everything is as it was.").wait_for()
    desktop.get_by_role("button", name="Re-home all 14").wait_for()


def test_a_sick_facilitator_at_half_past_four_is_solved_from_a_phone(
    phone: Any, sign_in: Callable[[Any, str], None], accessible: Callable[[Any], None]
) -> None:
    # given that Alice holds a group this evening, and it is four in the afternoon
    zone = clinic_where_it_is(16)
    at_work(timezone.now())
    a_group(zone, 3)
    sign_in(phone, "alice")
    # when she says so from her phone, then tonight's group has a substitute chosen already
    phone.goto("/desk/hours/")
    accessible(phone)
    phone.get_by_role("button", name="I am sick today").click()
    chosen = phone.get_by_role("combobox", name="Who holds Evening A")
    assert chosen.locator("option:checked").inner_text() == "Bob Brown"
    accessible(phone)
    # when it is confirmed, then Bob holds it: two taps from her hours
    phone.get_by_role("button", name="Re-home all 1").click()
    phone.get_by_text("1 re-homed.").wait_for()
    accessible(phone)
