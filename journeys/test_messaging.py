"""Help in two taps, the worklist by keyboard, an incident worked through; each looked at by axe."""

from datetime import timedelta

import pytest
from django.utils import timezone

from openiop.access import door
from openiop.access.actions import issue_record
from openiop.messaging import actions

NORTH, ALICE, BOB, DANA, SAM = 1, 1, 2, 4, 7


@pytest.fixture
def lived(browser, own_database, network) -> None:
    """A clinic with something on every page. The browser starts first: its event loop must not come
    between the opening and the closing of a database connection."""
    now = timezone.now()
    with door.opened_for_job("access.record.issue", 1) as permit:
        record = issue_record(permit, NORTH)
    with door.opened_for(SAM, "messaging.oncall.write") as permit:
        actions.add_shift(
            permit, clinic=NORTH, staff=SAM, rank=1, start=now, end=now + timedelta(hours=12)
        )
    with door.opened_for(ALICE, "messaging.task.write") as permit:
        for hours in (-2, 3):
            actions.open_task(
                permit, kind="call", title="Call back about a missed session", clinic=NORTH,
                due_at=now + timedelta(hours=hours), record=record.id, role="clinician",
            )  # fmt: skip
    with door.opened_for(ALICE, "messaging.incident.write") as permit:
        actions.report_incident(
            permit, clinic=NORTH, kind="overdose", happened_at=now, room=1,
            narrative="Naloxone was given. The ambulance came at 18:20.", records=[record.id],
        )  # fmt: skip


def test_help_comes_in_two_taps_on_a_phone(lived, phone, sign_in, accessible):
    """Given a counselor's phone, when she opens the page and taps her room, help is called."""
    sign_in(phone, "alice")
    phone.goto("/desk/help/")  # tap one: the link to this page
    phone.get_by_role("button", name="Maple").click()  # tap two
    phone.wait_for_url("**/desk/help/INC-*/")
    phone.get_by_text("Help is needed: Maple.").wait_for()
    phone.get_by_text("Called: Sam Stone.").wait_for()
    accessible(phone)


def test_who_called_sees_the_answer_and_tells_what_happened(lived, desktop, sign_in, accessible):
    sign_in(desktop, "alice")
    desktop.goto("/desk/help/")
    desktop.get_by_role("button", name="Birch").click()
    desktop.get_by_label("What happened").select_option("false_alarm")
    desktop.get_by_label("In your words").fill("The door banged.")
    desktop.get_by_role("button", name="Tell it").click()
    desktop.get_by_text("The directors have it now").wait_for()
    desktop.goto("/desk/help/")
    desktop.get_by_role("button", name="I go").first.click()
    desktop.get_by_text("You answered the call.").wait_for()


def test_the_worklist_works_by_keyboard_and_undo_brings_a_task_back(
    lived, desktop, sign_in, accessible
):
    sign_in(desktop, "alice")
    desktop.goto("/desk/tasks/")
    first = desktop.get_by_label("Tick: Call back about a missed session").first
    first.focus()
    desktop.keyboard.press("Space")
    desktop.get_by_label("Outcome").fill("Reached, comes on Friday")
    desktop.get_by_role("button", name="Close the ticked").focus()
    desktop.keyboard.press("Enter")
    desktop.get_by_text("1 task is closed.").wait_for()
    accessible(desktop)
    desktop.get_by_role("button", name="Undo").click()
    desktop.get_by_text("It is as it was before.").wait_for()
    assert desktop.get_by_label("Tick: Call back about a missed session").count() == 2


def test_a_duty_is_answered_with_words_and_stays_in_the_register(lived, desktop, sign_in):
    sign_in(desktop, "dana")
    desktop.goto("/desk/incidents/INC-00001/")
    duty = desktop.get_by_role("listitem").filter(has_text="Tell the director")
    duty.get_by_label("How, or why it is not needed").fill("By phone, 18:40")
    duty.get_by_role("button", name="Done").click()
    desktop.get_by_text("By phone, 18:40").wait_for()
    desktop.get_by_text("The duty is done.").wait_for()
