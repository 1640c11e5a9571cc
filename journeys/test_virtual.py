"""A tele-health group: two people come by their own browsers, one facilitator lets them in, follows
the steps when one drops out at risk, and confirms attendance with one press."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from journeys.conftest import PHONE
from journeys.given import somebody
from openiop.config.network_for_tests import IDS, NORTH
from openiop.messaging.actions import add_shift
from openiop.schedule.actions.enrollment import enroll
from openiop.schedule.queries.attendance import attendance_of
from openiop.schedule.queries.sessions import track_sessions
from openiop.schedule.tests.test_attendance import after
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_program, make_track


@pytest.fixture
def group(own_database: str, network: Any, monkeypatch: Any) -> dict[str, Any]:
    """Monday's evening session by video at North, ten minutes before, with Maria and Will; Sam is
    on call. `clock` sets what time it is."""
    program = make_program()
    track = make_track(mode="virtual", program=program)
    people = [somebody(program, NOW, number) for number in range(2)]
    for one in people:
        with as_job("schedule.enroll") as permit:
            enroll(permit, record=one.record, track=track, start_on=TODAY, episode=one.episode)
    with as_job("messaging.oncall.write") as permit:
        add_shift(
            permit, clinic=NORTH, staff=IDS.staff["sam"], rank=1, start=permit.now,
            end=permit.now + timedelta(hours=20),
        )  # fmt: skip
    with as_job("schedule.read") as permit:
        session = track_sessions(permit, track, TODAY, limit=1)[0].id

    def clock(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    clock(after(-10))
    cache.clear()
    return {"session": session, "people": people, "clock": clock}


@pytest.fixture
def contexts(browser: Any, server: str) -> Iterator[Callable[..., Any]]:
    """Browsers of their own, closed before the server is."""
    opened = []

    def another(**options: Any) -> Any:
        context = browser.new_context(base_url=server, **options)
        context.set_default_timeout(8000)
        opened.append(context)
        return context.new_page()

    yield another
    for context in opened:
        context.close()


def links(page: Any, session: int) -> dict[str, str]:
    """Each person's link, by name, as the facilitator prints them."""
    page.goto(f"/desk/sessions/{session}/video/")
    page.get_by_role("button", name="Show their links").click()
    shown = page.get_by_role("textbox")
    labels = [each.get_attribute("aria-label") for each in shown.all()]
    values = [each.input_value() for each in shown.all()]
    return {label.removeprefix("Link for "): re.sub(r"^https?://[^/]+", "", value)
            for label, value in zip(labels, values, strict=True)}  # fmt: skip


def answer(page: Any, street: str, *, alone: str = "Yes, I am alone") -> None:
    page.get_by_label("Where are you right now?").fill(street)
    page.get_by_label("At which number can we call you back?").fill("312 555 0142")
    page.get_by_label(alone).check()
    page.get_by_role("group", name="Are you driving?").get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Ask to come in").click()


def test_given_two_people_at_home_when_one_leaves_and_one_drops_then_times_are_confirmed(
    browser: Any, group: dict[str, Any], desktop: Any, contexts: Any, sign_in: Any, accessible: Any
) -> None:
    session, clock = group["session"], group["clock"]
    sign_in(desktop, "alice")
    desktop.goto(f"/desk/sessions/{session}/video/")
    accessible(desktop)
    made = links(desktop, session)
    accessible(desktop)
    assert len(made) == 2

    # Each in a browser of their own: Maria on a phone, Will at a screen.
    maria, will = contexts(viewport=PHONE), contexts()
    for page, name in ((maria, "Maria"), (will, "Will")):
        page.goto(next(link for who, link in made.items() if who.startswith(name)))
        accessible(page)

    # Maria is driving: she pulls over first.
    maria.get_by_label("Where are you right now?").fill("I-90")
    maria.get_by_label("At which number can we call you back?").fill("312 555 0142")
    maria.get_by_label("Yes, I am alone").check()
    maria.get_by_role("group", name="Are you driving?").get_by_label("Yes", exact=True).check()
    maria.get_by_role("button", name="Ask to come in").click()
    maria.get_by_text("Please pull over first.").first.wait_for()
    accessible(maria)
    answer(maria, "12 Elm St, Town")
    maria.get_by_role("heading", name="You are in the waiting room").wait_for()
    accessible(maria)
    answer(will, "4 Lark Ave, Town", alone="Somebody is near")

    # The facilitator sees both wait, without reloading, and lets them in.
    desktop.goto(f"/desk/sessions/{session}/video/")
    desktop.get_by_text("2 waiting, 0 in the room").first.wait_for()
    assert "wears headphones" in desktop.locator("tr", has_text="Okafor").inner_text()
    accessible(desktop)
    clock(after(0))
    desktop.get_by_role("button", name="Let all 2 in").click()
    desktop.get_by_text("0 waiting, 2 in the room").first.wait_for()
    accessible(desktop)
    for page in (maria, will):
        page.get_by_role("heading", name="You may come in").wait_for(timeout=15000)
        accessible(page)

    # Will leaves after half an hour and comes back ten minutes later.
    for minute in range(2, 31, 2):
        clock(after(minute))
        for page in (maria, will):
            sign(page)
    will.get_by_role("button", name="Leave", exact=True).click()
    will.get_by_role("heading", name="Come in by video").wait_for()
    for minute in range(32, 41, 2):
        clock(after(minute))
        sign(maria)
    answer(will, "4 Lark Ave, Town")
    will.get_by_role("heading", name="You are in the waiting room").wait_for()
    desktop.get_by_role("button", name="Let in Will Okafor").click(timeout=15000)
    will.get_by_role("heading", name="You may come in").wait_for(timeout=15000)

    # Maria is at risk, and her screen goes dark.
    desktop.get_by_role("button", name="At risk Maria").click()
    desktop.get_by_role("button", name="Not at risk any more Maria").wait_for()
    maria.close()
    clock(after(44))
    desktop.reload()
    desktop.get_by_text("dropped out while at risk").first.wait_for()
    accessible(desktop)
    steps = desktop.locator(".notice", has_text="dropped out while at risk")
    call = steps.get_by_role("link", name="312 555 0142")
    assert call.get_attribute("href") == "tel:312 555 0142"
    assert "12 Elm St, Town, IL" in steps.inner_text()
    assert "Alert Sam Stone, who is on call" in steps.inner_text()
    steps.get_by_role("button", name="Alert the on-call and record it").click()
    desktop.get_by_text("The on-call is alerted, and it is written down.").wait_for()
    steps.get_by_role("button", name="Reached").click()
    steps.wait_for(state="detached")

    # Will stays to the end; one press confirms the times, and what was between does not count.
    for minute in range(42, 200, 2):
        clock(after(minute))
        sign(will)
    will.close()
    clock(after(201))
    desktop.goto(f"/desk/sessions/{session}/video/")
    accessible(desktop)
    desktop.get_by_role("button", name="Confirm attendance and close").click()
    desktop.get_by_text("2 people are marked as present.").wait_for()
    accessible(desktop)
    assert marked(group) == {"Maria": ("present", 40, 160), "Will": ("present", 170, 0)}


def sign(page: Any) -> None:
    """What the page sends by itself every minute."""
    page.evaluate("fetch(location.pathname + '?was=in', {headers: {'HX-Request': 'true'}})")


def marked(group: dict[str, Any]) -> dict[str, tuple[str, int, int]]:
    """By first name what is marked: status, minutes, minutes left early."""
    with as_job("schedule.read", after(202)) as permit:
        found = attendance_of(permit, [group["session"]])[group["session"]]
    return {one.name.split()[0]: (mark.status, mark.minutes, mark.left_early)
            for one in group["people"] if (mark := found.get(one.record))}  # fmt: skip


def test_given_no_javascript_then_both_sides_work_by_plain_pages(
    browser: Any, group: dict[str, Any], contexts: Any, sign_in: Any
) -> None:
    session, clock = group["session"], group["clock"]
    desk, maria = (contexts(java_script_enabled=False) for _ in range(2))
    sign_in(desk, "alice")
    made = links(desk, session)
    maria.goto(next(link for who, link in made.items() if who.startswith("Maria")))
    answer(maria, "12 Elm St, Town")
    maria.get_by_role("heading", name="You are in the waiting room").wait_for()
    desk.goto(f"/desk/sessions/{session}/video/")
    clock(after(0))
    desk.get_by_role("button", name="Let in Maria").click()
    desk.get_by_text("0 waiting, 1 in the room").first.wait_for()
    clock(after(1))
    maria.get_by_role("link", name="Look again").click()
    maria.get_by_role("heading", name="You may come in").wait_for()
    clock(after(2))
    maria.get_by_role("button", name="Leave", exact=True).click()
    maria.get_by_role("heading", name="Come in by video").wait_for()
    desk.get_by_role("link", name="Look again").click()
    desk.get_by_role("button", name="Confirm attendance").click()
    desk.get_by_text("1 person is marked as present.").wait_for()
    assert marked(group) == {"Maria": ("present", 2, 198)}
