"""The board and the pages of inquiries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from openiop.intake.models import Inquiry, Partner
from openiop.intake.queries.inquiries import inquiry
from openiop.intake.tests.conftest import ALICE, FRED, NORTH, SOUTH

pytestmark = pytest.mark.usefixtures("at_noon")
FACTS = {"channel": "phone", "clinic": NORTH, "language": "en", "name": "Jo Rivera"}


def read(system, one: int):
    with system("intake.inquiry.read") as permit:
        return inquiry(permit, one)


def newest(system) -> Inquiry:
    with system("intake.inquiry.read"):
        return Inquiry.objects.order_by("-id")[0]


# --- the board ---------------------------------------------------------------------------------


def test_the_board_shows_who_asked_by_when_and_who_has_it(page, asked):
    asked("Jo Rivera", channel="hospital")
    status, text = page("fred", "inquiries")
    assert status == 200
    for said in ("Jo Rivera", "Hospital or detox", "Mon 23 Nov, 16:00", "Nobody yet",
                 "No safe contact"):  # fmt: skip
        assert said in text


def test_an_empty_board_says_what_comes_here(page, network):
    assert "No open inquiry" in page("fred", "inquiries")[1]
    assert "Nothing fits" in page("fred", "inquiries", query="?q=nobody")[1]


def test_a_late_one_says_so(page, asked, monkeypatch):
    asked("Jo Rivera")
    from datetime import timedelta

    from django.utils import timezone

    from openiop.intake.tests.conftest import NOW

    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=5))
    assert ">Late<" in page("fred", "inquiries")[1]
    assert "Jo Rivera" in page("fred", "inquiries", query="?late=on")[1]


def test_stages_and_filters_stay_together_in_the_address(page, asked):
    asked("Jo Rivera")
    text = page("fred", "inquiries", query="?channel=phone")[1]
    assert "?channel=phone&amp;stage=lost" in text
    assert "Jo Rivera" not in page("fred", "inquiries", query="?channel=web")[1]
    assert "Jo Rivera" not in page("fred", "inquiries", query="?stage=screened")[1]


def test_where_others_read_the_screen_there_are_no_names(signed_in, asked):
    one = asked("Jo Rivera")
    fred = signed_in("fred")
    session = fred.session
    session["shared_screen"] = True
    session.save()
    pages = ("inquiry", "edit", "screen", "benefits", "cards", "referrals", "admit")
    urls = [reverse(f"intake:{each}", args=[one]) for each in pages]
    for url in (reverse("intake:inquiries"), *urls):
        text = fred.get(url).content.decode()
        assert f"#{one}" in text
        assert "Jo Rivera" not in text.replace('value="Jo Rivera"', "")


def test_a_page_of_an_inquiry_asks_no_more_for_a_long_story(signed_in, asked, press):
    fred, one, counts = signed_in("fred"), asked(), []
    fred.get(reverse("intake:inquiry", args=[one]))
    for _more in range(2):
        with CaptureQueriesContext(connection) as seen:
            fred.get(reverse("intake:inquiry", args=[one]))
        counts.append(len(seen))
        for _again in range(5):
            press("fred", "work", one, contact="1", way="call", outcome="no_answer")
    assert counts[0] == counts[1]


def test_a_task_of_the_worklist_leads_to_its_inquiry(signed_in, asked):
    one = asked()
    text = signed_in("fred").get(reverse("messaging:tasks") + "?show=clinic").content.decode()
    assert f'<a href="{reverse("intake:inquiry", args=[one])}">Screen inquiry {one}</a>' in text


def test_one_row_and_many_cost_the_same(signed_in, asked):
    fred, counts = signed_in("fred"), []
    fred.get(reverse("intake:inquiries"))
    for names in ("A", "BCDEFG"):
        for name in names:
            asked(f"{name} Test")
        with CaptureQueriesContext(connection) as seen:
            fred.get(reverse("intake:inquiries"))
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_other_clinic_sees_nothing(page, asked):
    one = asked("Jo Rivera")
    assert "Jo Rivera" not in page("charlie", "inquiries")[1]
    assert page("charlie", "inquiry", one)[0] == 404
    assert page("riva", "inquiry", one)[0] == 404


@pytest.mark.parametrize("name", ["inquiries", "new", "partners"])
def test_a_stranger_is_sent_to_sign_in(client, db, name):
    assert client.get(reverse(f"intake:{name}")).url.split("?")[0] == "/accounts/login/"


def test_who_keeps_the_audit_works_on_no_inquiry(page, network):
    assert page("paula", "inquiries")[0] == 403


# --- a new one ---------------------------------------------------------------------------------


def test_an_inquiry_is_taken_in_one_form(press, system):
    status, text = press("fred", "new", **FACTS, phone="312 555 0100", safe_to_call="on",
                         asks="Evening groups?")  # fmt: skip
    assert (status, "The inquiry is on the board." in text) == (200, True)
    row = newest(system)
    assert (row.name, row.phone, row.safe_to_call, row.safe_to_text, row.asks, row.clinic_id) == (
        "Jo Rivera", "312 555 0100", True, False, "Evening groups?", NORTH
    )  # fmt: skip


def test_nobody_has_to_give_a_name(press, system):
    press("fred", "new", **{**FACTS, "name": ""})
    row = newest(system)
    assert row.name == ""
    assert read(system, row.id).called == f"#{row.id}"


def test_safe_to_call_needs_a_number(press, network):
    status, text = press("fred", "new", **FACTS, safe_to_call="on")
    assert (status, "Which number is safe?" in text) == (422, True)


def test_somebody_else_with_that_phone_is_shown_before_and_again_allowed(press, asked, system):
    one = asked("J. Rivera", phone="312 555 0100")
    text = press("fred", "new", **FACTS, phone="(312) 555-0100")[1]
    assert "Possibly the same person" in text
    assert newest(system).id == one
    press("fred", "new", **FACTS, phone="(312) 555-0100", seen=[f"i{one}"])
    assert newest(system).id > one


def test_a_person_on_file_is_found_by_name_and_phone(press, system):
    from openiop.patients.actions import register

    with system("patients.patient.write") as permit:
        known = register(permit, clinic=NORTH, legal_first="Jo", legal_last="Rivera",
                         birth_on=None, phones=["312 555 0100"])  # fmt: skip
    text = press("fred", "alike", **FACTS, phone="3125550100")[1]
    assert known.number in text
    assert "Has a record" in text


def test_while_typing_nothing_is_kept(press, system):
    press("fred", "alike", **FACTS)
    with system("intake.inquiry.read"):
        assert Inquiry.objects.count() == 0


def test_it_cannot_be_taken_for_a_clinic_one_does_not_work_at(press, system):
    status, _ = press("fred", "new", **{**FACTS, "clinic": SOUTH})
    assert status == 422


# --- its page ----------------------------------------------------------------------------------


def test_its_page_says_how_to_reach_them_and_that_no_message_is_left(page, asked):
    one = asked(phone="312 555 0100", safe_to_call=True, reach_when="after 6 pm", language="es")
    text = page("alice", "inquiry", one)[1]
    for said in ("312 555 0100", "Leave no message", "after 6 pm", "Spanish"):
        assert said in text


def test_talk_plan_stage_and_owner_are_one_press_each(press, asked, system):
    one = asked()
    press("fred", "work", one, contact="1", way="call", outcome="reached", text="Evenings.")
    press("fred", "work", one, plan="1", step="Call the plan", due_at="2026-11-24T09:30")
    press("fred", "work", one, move="1", stage="benefits")
    press("fred", "work", one, take="1")
    found = read(system, one)
    assert (found.stage, found.next_step, f"{found.next_due_at:%H:%M}", found.owner) == (
        "benefits", "Call the plan", "15:30", FRED
    )  # fmt: skip
    press("fred", "work", one, give="1", staff=ALICE)
    assert read(system, one).owner == ALICE


def test_lost_without_a_reason_is_refused(press, asked, system):
    one = asked()
    assert press("fred", "work", one, lose="1", reason="")[0] == 422
    assert read(system, one).stage == "new"
    press("fred", "work", one, lose="1", reason="hours")
    assert read(system, one).lost_reason == "hours"
    press("fred", "work", one, reopen="1")
    assert read(system, one).stage == "contacted"


def test_undo_stands_beside_the_newest_change(press, page, asked, system):
    one = asked()
    press("fred", "work", one, move="1", stage="screened")
    step = read(system, one).steps[0].id
    assert reverse("intake:undo", args=[one, step]) in page("fred", "inquiry", one)[1]
    press("fred", "undo", one, step)
    assert read(system, one).screened_at is None


def test_a_button_that_is_not_there_is_404(press, asked):
    assert press("fred", "work", asked(), something="1")[0] == 404


def test_facts_are_changed_and_told_in_the_story(press, asked, system):
    one = asked()
    press("fred", "edit", one, channel="web", name="Joan Rivera", language="en")
    found = read(system, one)
    assert (found.name, found.channel, found.steps[0].kind) == ("Joan Rivera", "web", "changed")


def test_nothing_of_an_inquiry_can_be_changed_from_another_clinic(press, asked, system):
    one = asked()
    for name, args in (("work", (one,)), ("edit", (one,)), ("undo", (one, 1))):
        assert press("charlie", name, *args, take="1")[0] == 404
    assert read(system, one).owner is None


# --- places outside ----------------------------------------------------------------------------


def test_the_directory_is_kept_by_the_desk(press, page, system):
    press("fred", "partner_new", name="County Detox", kind="detox", takes_people="on")
    assert "County Detox" in page("alice", "partners")[1]
    with system("intake.inquiry.read"):
        one = Partner.objects.get().id
    press("fred", "partner", one, name="County Detox", kind="detox", phone="312 555 0100")
    assert "312 555 0100" in page("alice", "partners")[1]
    press("fred", "partner", one, retire="1")
    assert "County Detox" not in page("alice", "partners")[1]
    assert "County Detox" in page("alice", "partners", query="?retired=1")[1]
    assert page("alice", "partner", one)[0] == 403
    assert page("riva", "partner", one)[0] == 404


def test_the_same_place_twice_is_said_at_the_name(press, network):
    facts = {"name": "Drug Court", "kind": "court"}
    press("fred", "partner_new", **facts)
    status, text = press("fred", "partner_new", **facts)
    assert (status, "This place is in the directory already." in text) == (422, True)
