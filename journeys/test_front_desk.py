"""The front desk on a phone: arrivals, a slip taken back, who is late, who is in the building."""

from typing import Any

import pytest

from journeys.given import Group, a_group, clinic_where_it_is


@pytest.fixture
def evening(own_database: str, network: Any) -> Group:
    """Six people in a group that began some minutes or an hour ago."""
    return a_group(clinic_where_it_is(18), 6)


def test_people_are_marked_as_they_come_in(
    evening: Group, phone: Any, sign_in: Any, accessible: Any
) -> None:
    # Given the front desk with a phone while people come in
    page = phone
    sign_in(page, "fred")
    page.goto("/desk/front/")
    accessible(page)
    first, second = evening.people[0], evening.people[1]

    # When one is marked as here by one tap, and then another
    page.get_by_role("button", name=f"{first.name} is here").click()
    page.get_by_role("button", name=f"Undo {first.name}").wait_for()
    page.get_by_role("button", name=f"{second.name} is here").click()
    page.get_by_text("2 of 6 here").wait_for()

    # And the second was a slip
    page.get_by_role("button", name=f"Undo {second.name}").click()

    # Then one is here, and the page still needs no reload to say so
    page.get_by_text("1 of 6 here").wait_for()
    accessible(page)


def test_whoever_is_late_stands_with_the_safe_ways_only(
    evening: Group, phone: Any, sign_in: Any
) -> None:
    # Given a group that began more than ten minutes ago
    sign_in(phone, "fred")
    phone.goto("/desk/front/")
    late = phone.get_by_role("heading", name="Not here yet").locator("xpath=ancestor::section")

    # Then each has a number to call, and only those who allowed it one to text
    assert late.locator("li").count() == 6
    assert late.get_by_text("Call, leave no message").count() == 6
    assert late.get_by_text("Text", exact=True).count() == 3


def test_the_list_for_leaving_the_building_names_who_is_in_it(
    evening: Group, phone: Any, sign_in: Any, accessible: Any
) -> None:
    # Given one person who arrived
    one = evening.people[0]
    sign_in(phone, "fred")
    phone.goto("/desk/front/")
    phone.get_by_role("button", name=f"{one.name} is here").click()
    phone.get_by_text("1 of 6 here").wait_for()

    # When the list is opened to print
    phone.get_by_role("link", name="Print the list").click()

    # Then it counts that person and the one who leads
    assert phone.get_by_text("2 people, staff and guests included").is_visible()
    assert phone.get_by_role("row", name=one.name).is_visible()
    accessible(phone)
