"""The group-note screen by keyboard, on a phone, and when the line, the session or a second window
gets in the way: no text is lost."""

import re
from typing import Any

import pytest

from openiop.chart.models import KeptText, Note, Signature
from openiop.chart.tests.world import SHARED, TEXTS, Held, as_staff, make_session
from openiop.patients.queries import people

GROUP = [("Grace", "Kelly"), ("Omar", "Haddad"), ("Ana", "Diaz"), ("Will", "Ford")]


@pytest.fixture
def held(server: str, network: Any) -> Held:
    return make_session(names=GROUP)


def screen(held: Held) -> str:
    return f"/desk/sessions/{held.id}/notes/"


def number_of(held: Held, at: int) -> str:
    with as_staff("alice") as permit:
        return people(permit, held.records)[held.records[at]].number


def written() -> dict[str, str]:
    """What the database has, by called name."""
    with as_staff("alice") as permit:
        rows = list(Note.objects.values_list("record_id", "response"))
        who = people(permit, [record for record, _ in rows])
        return {who[record].called: text for record, text in rows}


def current(page: Any) -> str:
    return page.locator(".people [aria-current] .person").inner_text()


def saved(page: Any) -> None:
    page.locator("form[data-next] [data-saving][data-state=saved]").wait_for()


def test_a_whole_group_is_written_and_signed_by_keyboard(desktop, sign_in, accessible, held):
    page, keys = desktop, 0
    sign_in(page, "alice")
    page.goto(screen(held))
    accessible(page)
    for text in (SHARED.topic, SHARED.interventions, SHARED.narrative, "Bring the sheet."):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/notes/\d+/"))
    for at, name in enumerate(("Ana Diaz", "Grace Kelly", "Omar Haddad", "Will Ford")):
        page.locator(".people [aria-current]", has_text=name).wait_for()
        page.locator("[name=participation]:focus").wait_for()
        page.keyboard.press("1" if at else "3")
        page.keyboard.type(TEXTS[at])
        page.keyboard.press("Enter")
        page.keyboard.press("1")
        keys += 3
    page.get_by_role("heading", name="All notes are written").wait_for()
    accessible(page)
    page.get_by_role("button", name="Sign 4 notes").first.click()
    page.get_by_text("Signed 4 notes.").wait_for()
    accessible(page)
    assert keys / 4 == 3
    with as_staff("alice"):
        assert Signature.objects.count() == 4
        assert sorted(Note.objects.values_list("observation", "response", "next_step")) == sorted(
            [(TEXTS[0], "", ""), *(("", TEXTS[at], "") for at in (1, 2, 3))]
        )


def test_a_dropped_connection_loses_nothing(desktop, sign_in, held):
    page = desktop
    sign_in(page, "alice")
    page.goto(f"{screen(held)}{number_of(held, 1)}/")
    box = page.get_by_label("Response")
    box.fill("Spoke about")
    saved(page)
    page.context.set_offline(True)
    box.fill("Spoke about sleep.")
    page.get_by_text("Not saved, trying again").wait_for()
    page.context.set_offline(False)
    saved(page)
    assert written() == {"Omar": "Spoke about sleep."}


def test_a_page_left_while_the_line_was_down_offers_its_text_again(desktop, sign_in, held):
    page = desktop
    sign_in(page, "alice")
    page.goto(f"{screen(held)}{number_of(held, 1)}/")
    page.route("**/autosave/", lambda route: route.abort())
    page.get_by_label("Response").fill("Spoke about sleep.")
    page.get_by_text("Not saved, trying again").wait_for()
    page.unroute("**/autosave/")
    page.goto(f"{screen(held)}{number_of(held, 0)}/")
    page.goto(f"{screen(held)}{number_of(held, 1)}/")
    page.get_by_text("Text that was not saved before is back in this form.").wait_for()
    saved(page)
    assert written() == {"Omar": "Spoke about sleep."}


def test_after_an_expired_session_the_text_is_offered_back(desktop, sign_in, held):
    page = desktop
    sign_in(page, "alice")
    page.goto(f"{screen(held)}{number_of(held, 1)}/")
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Response").fill("Spoke about sleep.")
    page.get_by_text("Your text is kept in this tab: sign in again to save.").wait_for()
    page.get_by_role("button", name="Save and next").click()
    page.wait_for_url("**/accounts/login/**")
    page.get_by_label("Email").fill("alice@example.org")
    page.get_by_label("Password").fill("a long test password")
    page.get_by_role("button", name="Sign in").first.click()
    page.get_by_text("Text that was not saved before is back in this form.").wait_for()
    saved(page)
    assert written() == {"Omar": "Spoke about sleep."}


def test_a_second_window_writes_nothing_over_and_both_texts_are_kept(desktop, sign_in, held):
    one, address = desktop, f"{screen(held)}{number_of(held, 1)}/"
    sign_in(one, "alice")
    one.goto(address)
    other = one.context.new_page()
    other.goto(address)
    other.get_by_label("Response").fill("From the second window.")
    saved(other)
    one.get_by_label("Response").fill("From the first window.")
    one.get_by_text(re.compile("Changed in another window")).wait_for()
    assert written() == {"Omar": "From the second window."}
    with as_staff("alice"):
        assert KeptText.objects.get().fields == {"response": "From the first window."}
    one.get_by_label("Response").fill("From the first window, and more.")
    one.wait_for_timeout(1200)
    one.reload()
    one.get_by_text("A text of yours from another window").wait_for()
    assert one.locator("form[data-autosave] .notice").count() == 0
    assert one.get_by_text("From the first window, and more.").count() == 1
    assert one.get_by_label("Response").input_value() == "From the second window."
    one.get_by_role("button", name="I have what I need").click()
    one.wait_for_load_state()
    assert one.get_by_text("A text of yours from another window").count() == 0


def test_enter_pressed_while_a_save_is_under_way_is_no_conflict_with_oneself(
    desktop, sign_in, held
):
    page, address = desktop, f"{screen(held)}{number_of(held, 1)}/"
    sign_in(page, "alice")
    page.goto(address)
    page.get_by_label("Took some part").check()
    page.get_by_label("No risk voiced or seen").check()
    page.get_by_label("Next step", exact=True).fill("Calls on Friday.")
    page.route("**/autosave/", lambda route: (page.wait_for_timeout(500), route.continue_()))
    page.get_by_label("Response").press_sequentially("Spoke about sleep")
    page.wait_for_timeout(900)
    page.get_by_label("Response").press_sequentially(" and work.")
    page.get_by_label("Response").press("Enter")
    page.locator(".people [aria-current]", has_text="Will Ford").wait_for()
    assert written()["Omar"] == "Spoke about sleep and work."
    page.unroute_all(behavior="wait")


def test_without_javascript_the_screen_works_by_its_buttons(browser, server, sign_in, held):
    context = browser.new_context(java_script_enabled=False, base_url=server)
    page = context.new_page()
    sign_in(page, "alice")
    page.goto(f"{screen(held)}{number_of(held, 1)}/")
    page.get_by_label("Took some part").check()
    page.get_by_label("No risk voiced or seen").check()
    page.get_by_label("Response").fill(TEXTS[1])
    page.get_by_role("button", name="Save and next").click()
    assert current(page) == "Will Ford"
    assert written() == {"Omar": TEXTS[1]}
    context.close()


def test_a_changed_answer_stays_and_only_the_last_open_one_leads_on(desktop, sign_in, held):
    page = desktop
    sign_in(page, "alice")
    page.goto(f"{screen(held)}{number_of(held, 1)}/")
    page.get_by_label("Next step", exact=True).fill("Calls on Friday.")
    page.get_by_label("Response").fill(TEXTS[1])
    page.get_by_label("Risk present").click()
    assert page.evaluate("document.activeElement.name") == "participation"
    page.keyboard.press("2")
    assert page.evaluate("document.activeElement.name") == "risk_detail"
    page.get_by_label("No risk voiced or seen").click()
    page.get_by_label("Took an active part").click()
    saved(page)
    assert current(page) == "Omar Haddad"
    page.get_by_role("button", name="Save and next").click()
    page.locator(".people [aria-current]", has_text="Will Ford").wait_for()
    page.get_by_role("link", name="Back to Omar Haddad").click()
    page.locator(".people [aria-current]", has_text="Omar Haddad").wait_for()
    assert page.get_by_label("Took an active part").is_checked()


def test_arrow_keys_choose_and_stay_as_everywhere(desktop, sign_in, held):
    page = desktop
    sign_in(page, "alice")
    page.goto(f"{screen(held)}{number_of(held, 1)}/")
    page.get_by_label("Took an active part").focus()
    page.keyboard.press("ArrowDown")
    assert page.get_by_label("Took some part").is_checked()
    assert page.evaluate("document.activeElement.name") == "participation"


def test_on_a_phone_two_taps_lead_to_the_text(phone, sign_in, accessible, held):
    page = phone
    sign_in(page, "alice")
    page.goto(f"{screen(held)}{number_of(held, 1)}/")
    accessible(page)
    page.get_by_label("Took an active part").click()
    page.get_by_label("No risk voiced or seen").click()
    assert page.evaluate("document.activeElement.name") == "response"
    page.keyboard.type(TEXTS[1])
    page.get_by_role("button", name="Save and next").click()
    page.locator(".people [aria-current]", has_text="Will Ford").wait_for()
    assert written() == {"Omar": TEXTS[1]}
