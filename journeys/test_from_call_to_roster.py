"""A coordinator takes a call and has the person on tonight's roster: on a phone, by the rules."""

from typing import Any

import pytest

from journeys.given import Group, a_group, clinic_where_it_is


@pytest.fixture
def noon(own_database: str, network: Any) -> Group:
    """A group with three people that meets this evening; it is noon at the clinic."""
    return a_group(clinic_where_it_is(12), 3)


def test_from_the_call_to_tonights_roster(
    noon: Group, phone: Any, sign_in: Any, accessible: Any
) -> None:
    # Given the front desk with a phone and a caller on the line
    page, today = phone, noon.today.isoformat()
    sign_in(page, "fred")
    page.goto("/desk/inquiries/")
    accessible(page)

    # When the inquiry is taken
    page.get_by_role("link", name="New inquiry").first.click()
    page.get_by_label("Name as given").fill("Jo Rivera")
    page.locator("#id_phone").fill("312 555 0177")
    page.get_by_label("Safe to call").check()
    page.get_by_label("Insurance, as they say it").fill("Aetna")
    page.get_by_role("button", name="Take the inquiry").click()
    page.get_by_text("The inquiry is on the board.").wait_for()
    accessible(page)

    # And the safety questions are asked, none of which stops
    page.get_by_role("link", name="Safety questions").first.click()
    for question in page.locator("main fieldset").all():
        question.get_by_label("No", exact=True).check()
    page.get_by_label("How old are you?").fill("36")
    page.get_by_role("button", name="Keep the answers").click()
    page.get_by_text("The answers are kept.").wait_for()
    accessible(page)

    # And the payer is asked on the phone, under a consent signed today
    page.get_by_role("link", name="Benefits").first.click()
    page.locator("#phone-consent_on").fill(today)
    page.get_by_label("Whom you spoke with").fill("Kim")
    page.get_by_label("Is the coverage active today?").select_option(label="Yes")
    page.get_by_label("Deductible left, $").fill("250")
    page.get_by_role("button", name="Keep the answer").click()
    page.get_by_text("$250.00 left").wait_for()
    accessible(page)

    # And the person is registered, and admitted to the evening group from today on
    page.get_by_role("link", name="Jo Rivera").first.click()
    page.get_by_role("link", name="Admit").first.click()
    page.locator("#id_birth_on").fill("1990-02-28")
    page.get_by_role("button", name="Make the record").click()
    page.locator("#id_track").select_option(index=1)
    page.get_by_label("Consent to treatment, signed on").fill(today)
    page.get_by_label("Program agreement, signed on").fill(today)
    accessible(page)
    page.get_by_role("button", name="Admit").click()

    # Then the first session is tonight's, and the counselor finds the person on its roster
    page.get_by_text("the first session is").wait_for()
    sign_in(page, "alice")
    page.goto(f"/desk/sessions/{noon.session}/attendance/")
    page.get_by_text("Jo Rivera").first.wait_for()
    accessible(page)


def test_a_stop_says_what_to_do_now_and_nobody_is_admitted_over_it(
    noon: Group, phone: Any, sign_in: Any, accessible: Any
) -> None:
    # Given an inquiry
    page = phone
    sign_in(page, "fred")
    page.goto("/desk/inquiries/new/")
    page.get_by_label("Name as given").fill("Sam Ray")
    page.get_by_role("button", name="Take the inquiry").click()

    # When one answer is "not sure"
    page.get_by_role("link", name="Safety questions").first.click()
    page.locator("main fieldset").first.get_by_label("Not sure").check()
    page.get_by_role("button", name="Keep the answers").click()

    # Then the page says what to do now, and the checklist of an admission holds it
    page.get_by_text("Stay with the person").wait_for()
    accessible(page)
    page.get_by_role("link", name="Admit").first.click()
    page.locator("#id_birth_on").fill("1990-02-28")
    page.get_by_role("button", name="Make the record").click()
    page.get_by_text("A safety answer is an emergency").wait_for()
    assert page.get_by_text("Must be there").count() >= 2
