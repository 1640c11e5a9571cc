"""A visit is moved on the calendar by keys, by dragging and by a form, and put back."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from openiop.kernel.days import local
from openiop.schedule.actions.appointments import book
from openiop.schedule.models import Appointment
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_person, make_track

ALICE, BOB, NORTH, ROOM, ZONE = 1, 2, 1, 2, "America/Chicago"
TOMORROW = TODAY + timedelta(days=1)  # a Tuesday
WEEK = "/desk/calendar/"
NARROW = {"width": 320, "height": 700}
SIZES = (NARROW, {"width": 390, "height": 844}, {"width": 1280, "height": 900})


def clock(hour: int, minute: int = 0, days: int = 1) -> datetime:
    """A moment of tomorrow, or some days on, on the clinic's clock."""
    return local(TODAY + timedelta(days=days), time(hour, minute), ZONE)


@pytest.fixture
def visit(own_database, network, monkeypatch) -> int:
    """Somebody with a long name meets Alice tomorrow at ten; there is a group, too."""
    make_track()
    record = make_person(preferred_name="Wolfeschlegelsteinhausenbergerdorff", legal_last="Ito")
    with as_job("schedule.appointment.write") as permit:
        booked = book(permit, record=record, clinic=NORTH, kind="individual", staff=ALICE,
                      room=ROOM, starts_at=clock(10), minutes=50)  # fmt: skip
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    cache.clear()
    return booked


def stands(visit: int) -> tuple[datetime, int]:
    with as_job("schedule.read"):
        found = Appointment.objects.get(pk=visit)
        return found.starts_at, found.staff_id


def the_visit(page: Any, visit: int) -> Any:
    return page.locator(f"[data-visit='{visit}']")


def says(page: Any, text: str) -> None:
    page.locator("#calendar-said").get_by_text(text).wait_for()


def test_a_visit_is_moved_by_keys_and_put_back(browser, visit, desktop, sign_in, accessible):
    sign_in(desktop, "alice")
    desktop.goto(WEEK)
    # M takes it up, and Escape leaves it where it was
    item = the_visit(desktop, visit)
    item.focus()
    desktop.keyboard.press("m")
    says(desktop, "Taken up.")
    desktop.keyboard.press("ArrowDown")
    says(desktop, "10:15")
    accessible(desktop)
    desktop.keyboard.press("Escape")
    says(desktop, "Left where it was")
    assert stands(visit) == (clock(10), ALICE)
    # a day on and a quarter of an hour earlier, confirmed by Enter
    for key in ("m", "ArrowRight", "ArrowUp"):
        desktop.keyboard.press(key)
    says(desktop, "Wed")
    says(desktop, "09:45")
    desktop.keyboard.press("Enter")
    desktop.get_by_text("The visit is moved.").wait_for()
    assert stands(visit) == (clock(9, 45, days=2), ALICE)
    accessible(desktop)
    desktop.get_by_role("button", name="Undo").click()
    desktop.wait_for_url(lambda url: "moved" not in url)
    assert stands(visit) == (clock(10), ALICE)


def test_a_visit_is_dragged_to_another_colleague_and_day(browser, visit, desktop, sign_in):
    sign_in(desktop, "alice")
    desktop.goto(WEEK)
    thursday = TODAY + timedelta(days=2)
    cell = desktop.locator(f"td[data-on='{thursday}'][data-staff='{BOB}']")
    the_visit(desktop, visit).drag_to(cell)
    desktop.get_by_text("The visit is moved.").wait_for()
    assert stands(visit) == (clock(10, days=2), BOB)


def test_a_visit_is_dragged_to_another_hour_of_the_day(browser, visit, desktop, sign_in):
    sign_in(desktop, "alice")
    desktop.goto(f"{WEEK}?view=day&on={TOMORROW}")
    cell = desktop.locator(f"td[data-hour='11'][data-staff='{ALICE}']")
    the_visit(desktop, visit).drag_to(cell)
    desktop.get_by_text("The visit is moved.").wait_for()
    assert stands(visit) == (clock(11), ALICE)


def test_a_clash_names_what_is_taken_and_free_times(browser, visit, desktop, sign_in, accessible):
    with as_job("schedule.appointment.write") as permit:
        book(permit, record=make_person(), clinic=NORTH, kind="nurse", staff=ALICE, room=None,
             starts_at=clock(11), minutes=60)  # fmt: skip
    sign_in(desktop, "alice")
    desktop.goto(f"{WEEK}?one={ALICE}")
    the_visit(desktop, visit).focus()
    for key in ("m", "ArrowDown", "Enter"):
        desktop.keyboard.press(key)
    desktop.get_by_text("Free times").wait_for()
    assert desktop.get_by_text("Alice Adams has").first.is_visible()
    assert desktop.get_by_role("listitem").filter(has_text="Tue 24 Nov").count() > 0
    assert stands(visit) == (clock(10), ALICE)
    accessible(desktop)


def test_the_form_moves_it_without_any_script(browser, visit, server, sign_in):
    context = browser.new_context(java_script_enabled=False, base_url=server, viewport=NARROW)
    page = context.new_page()
    sign_in(page, "alice")
    page.goto(WEEK)
    the_visit(page, visit).click()
    page.get_by_label("From").fill("14:30")
    page.get_by_label("With").select_option(label="Bob Brown")
    page.get_by_role("button", name="Move the visit").click()
    page.get_by_text("The visit is moved.").wait_for()
    assert stands(visit) == (clock(14, 30), BOB)
    page.get_by_role("button", name="Undo").click()
    assert stands(visit) == (clock(10), ALICE)
    context.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size["width"]))
def test_each_way_to_look_is_accessible(size, browser, visit, desktop, sign_in, accessible):
    desktop.set_viewport_size(size)
    sign_in(desktop, "alice")
    shown = [f"{by}{view}" for by in ("?by=staff", "?by=room", "?by=clinic", f"?one={ALICE}")
             for view in ("", "&view=day")]  # fmt: skip
    for query in shown:
        desktop.goto(f"{WEEK}{query}")
        accessible(desktop)
    desktop.goto(f"{WEEK}visits/{visit}/")
    accessible(desktop)
