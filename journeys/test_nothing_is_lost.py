"""What was typed survives a dropped connection, a second window and an expired session."""

from typing import Any

import pytest

from journeys.given import Group, a_group, clinic_where_it_is
from openiop.access import door
from openiop.config.network_for_tests import IDS
from openiop.schedule.actions.attendance import arrive

WORDS = "Named work parties as the hardest moment and practiced leaving early."


@pytest.fixture
def evening(own_database: str, network: Any) -> Group:
    """Two people who came to a group that is over; nothing is written yet."""
    group = a_group(clinic_where_it_is(21), 2)
    with door.opened_for(IDS.users["alice"], "schedule.attendance.write") as permit:
        for one in group.people:
            arrive(permit, group.session, one.record, from_start=True)
    return group


@pytest.fixture
def writing(evening: Group, desktop: Any, sign_in: Any) -> Any:
    """The counselor's page of the first person, the cursor in Response."""
    sign_in(desktop, "alice")
    open_part(desktop, evening)
    return desktop


def open_part(page: Any, group: Group) -> None:
    page.goto(f"/desk/sessions/{group.session}/notes/{group.people[0].number}/")


def response(page: Any) -> Any:
    return page.locator("form[id^=part-]").get_by_label("Response")


def saving(page: Any) -> Any:
    return page.locator("form[id^=part-] [data-saving]")


def test_typing_is_saved_by_itself(evening: Group, writing: Any) -> None:
    # When somebody types and waits a second
    response(writing).fill(WORDS)
    saving(writing).get_by_text("Saved").wait_for()

    # Then it is there after a reload, without any button
    open_part(writing, evening)
    assert response(writing).input_value() == WORDS


def test_text_typed_offline_is_saved_when_the_connection_is_back(
    evening: Group, writing: Any
) -> None:
    # Given a dropped connection
    writing.context.set_offline(True)
    response(writing).fill(WORDS)
    saving(writing).get_by_text("Not saved, trying again").wait_for()

    # When it is back
    writing.context.set_offline(False)

    # Then the text is saved by itself
    saving(writing).get_by_text("Saved").wait_for()
    open_part(writing, evening)
    assert response(writing).input_value() == WORDS


def test_text_that_never_arrived_is_there_after_the_page_was_loaded_anew(
    evening: Group, writing: Any
) -> None:
    # Given text that never reached the server
    writing.route("**/autosave/", lambda route: route.abort())
    response(writing).fill(WORDS)
    saving(writing).get_by_text("Not saved, trying again").wait_for()

    # When the page is opened again in the same tab
    open_part(writing, evening)

    # Then the text is back in the form
    assert response(writing).input_value() == WORDS


def test_two_windows_never_write_over_each_other(evening: Group, writing: Any) -> None:
    # Given the same note open in a second window, where something is saved
    second = writing.context.new_page()
    open_part(second, evening)
    response(second).fill("From the second window.")
    saving(second).get_by_text("Saved").wait_for()

    # When the first window types too
    response(writing).fill(WORDS)

    # Then it says so, nothing is written over, and both texts are on the page after a reload
    saving(writing).get_by_text("Changed in another window").wait_for()
    open_part(writing, evening)
    assert response(writing).input_value() == "From the second window."
    assert WORDS in writing.locator("main").inner_text()
    second.close()


def test_an_expired_session_keeps_the_text_until_the_next_sign_in(
    evening: Group, writing: Any, sign_in: Any
) -> None:
    # Given a session that ended while somebody was typing
    writing.context.clear_cookies(name="sessionid")
    response(writing).fill(WORDS)
    saving(writing).get_by_text("signed out").wait_for()

    # When they sign in again in the same tab
    sign_in(writing, "alice")
    open_part(writing, evening)

    # Then their words stand in the form and are saved
    assert response(writing).input_value() == WORDS
    saving(writing).get_by_text("Saved").wait_for()
