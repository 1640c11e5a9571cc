"""A facilitator falls ill, a session moves, the last seat is given away: each from the page."""

from datetime import timedelta
from typing import Any

import pytest

from journeys.given import Group, a_group, clinic_where_it_is, somebody


@pytest.fixture
def afternoon(own_database: str, network: Any) -> Group:
    """It is past four; Alice's group of six begins at half past five."""
    return a_group(clinic_where_it_is(16), 6)


def test_at_half_past_four_a_colleague_takes_the_group_over(
    afternoon: Group, phone: Any, sign_in: Any, accessible: Any
) -> None:
    # Given a facilitator who falls ill and has a phone
    page = phone
    sign_in(page, "alice")
    page.get_by_role("link", name="Evening A").first.click()
    accessible(page)

    # When she says that she cannot hold the session
    page.get_by_role("link", name="Somebody cannot hold it").first.click()
    accessible(page)

    # Then colleagues stand there, free and qualified ones first, and whom it affects
    first = page.get_by_role("button", name="Bob Brown").first
    assert page.get_by_text("Free and qualified").count() >= 1
    assert page.get_by_text("3 can be texted, 3 must be called.").is_visible()

    # And one tap and a yes let him hold it and write its notes
    page.once("dialog", lambda dialog: dialog.accept())
    first.click()
    page.get_by_text("Bob Brown").first.wait_for()
    page.goto(f"/desk/sessions/{afternoon.session}/")
    assert page.get_by_text("Substitute", exact=True).is_visible()
    accessible(page)


def test_a_session_moves_and_is_back_with_one_click(
    afternoon: Group, desktop: Any, sign_in: Any, accessible: Any
) -> None:
    # Given the front desk at tomorrow's session
    page, tomorrow = desktop, afternoon.today + timedelta(days=1)
    sign_in(page, "fred")
    page.goto(f"/desk/today/?on={tomorrow.isoformat()}")
    page.get_by_role("link", name="Evening A").click()
    page.get_by_text("Change", exact=True).first.click()
    page.get_by_role("link", name="Move the session").click()
    accessible(page)

    # When it is moved by an hour, after a look at whom that affects
    page.get_by_label("Begins at").fill("18:30")
    page.get_by_role("button", name="Look at it before it is done").click()
    assert page.get_by_text("Whom it affects").is_visible()
    accessible(page)
    page.get_by_role("button", name="Move", exact=True).click()

    # Then it begins at the new time, and one click brings it back
    page.get_by_text("18:30 to 21:50").first.wait_for()
    page.get_by_role("button", name="Undo").first.click()
    page.get_by_text("Undone: everything is as it was.").wait_for()
    assert page.get_by_text("17:30 to 20:50").first.is_visible()


@pytest.fixture
def nearly_full(own_database: str, network: Any) -> Group:
    """A virtual group with one seat left under the law's cap."""
    return a_group(clinic_where_it_is(10), 14, mode="virtual", room=None)


def test_the_last_seat_is_taken_and_the_next_person_waits_in_line(
    nearly_full: Group, desktop: Any, sign_in: Any, accessible: Any
) -> None:
    # Given two people who want the last seat
    page, group = desktop, nearly_full
    before = group.at(0, 1)
    one = somebody(group.program, before, 20, legal_first="Rosa", legal_last="Vega")
    two = somebody(group.program, before, 21, legal_first="Omar", legal_last="Said")
    sign_in(page, "dana")
    with page.expect_navigation():
        page.locator("#clinic").select_option("NORTH")

    # When the first is enrolled, over the house's own limit with a reason
    _enroll(page, group, one.number, "Discharged from residential care today.")
    page.get_by_text("Enrolled on seat 15.").wait_for()

    # Then the second is told why not, with the rule, and what to do
    _enroll(page, group, two.number, "Discharged from residential care today.")
    assert page.get_by_text("15 people sit here, and 15 is the most").first.is_visible()
    accessible(page)

    # And gets a place in line
    page.get_by_role("link", name="Put them on the waiting list instead").click()
    page.get_by_role("button", name="Put in line").click()
    page.get_by_role("row", name="Omar Said").wait_for()
    accessible(page)


def _enroll(page: Any, group: Group, number: str, reason: str) -> None:
    page.goto(f"/desk/tracks/{group.track}/enroll/?record={number}")
    page.get_by_label("Reason to go over the house's limit").fill(reason)
    page.get_by_role("button", name="Enroll", exact=True).click()
