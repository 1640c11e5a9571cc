"""A counselor marks an evening, a person checks in at the door, a short week gets its make-up."""

import re
from datetime import date, datetime

import pytest
from django.core.cache import cache
from django.utils import timezone

from openiop.patients.actions import register
from openiop.patients.queries import person
from openiop.programs.actions import open_episode
from openiop.programs.queries import track as track_facts
from openiop.schedule.actions import appointments, attendance
from openiop.schedule.actions.enrollment import enroll
from openiop.schedule.queries.sessions import roster, track_sessions
from openiop.schedule.tests.test_attendance import after
from openiop.schedule.tests.world import TODAY, as_job, make_track

PEOPLE = [
    ("Maria", "de la Cruz", "she/her"), ("José", "Ortiz", ""), ("Will", "Grace", "he/him"),
    ("Grace", "Will", "they/them"), ("Anneliese", "Featherstonehaugh-Montgomery", "she/her"),
    ("Lee", "Chan", ""), ("Sam", "Ruiz", ""), ("Ida", "Bell", ""), ("Omar", "Aziz", ""),
    ("Tom", "Fry", ""), ("Ana", "Silva", ""),
]  # fmt: skip


@pytest.fixture
def evening(own_database, network, monkeypatch):
    """Monday's evening session at North, ten minutes in, with eleven people."""
    track = make_track()
    records = [enrolled(track, *names) for names in PEOPLE]
    with as_job("schedule.read") as permit:
        monday, wednesday, *_ = track_sessions(permit, track, TODAY)
    other = make_track(name="Evening B", weekdays=(1, 3), room=2, staff=((2, "lead"),))
    with as_job("schedule.read") as permit:
        tuesday = track_sessions(permit, other, TODAY)[0]
    with as_job("schedule.appointment.write") as permit:
        appointments.book(
            permit, record=records[5], clinic=1, kind="individual", staff=2,
            starts_at=after(30), minutes=30, nested_in=monday.id,
        )  # fmt: skip
    clock = set_clock(monkeypatch)
    clock(after(10))
    cache.clear()
    return {"monday": monday.id, "wednesday": wednesday.id, "tuesday": tuesday.id,
            "records": records, "clock": clock}  # fmt: skip


def set_clock(monkeypatch):
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


def enrolled(track: int, first: str, last: str, pronouns: str) -> int:
    with as_job("patients.patient.write") as permit:
        record = register(
            permit, clinic=1, legal_first=first, legal_last=last, birth_on=date(1990, 5, 1),
            pronouns=pronouns,
        ).record  # fmt: skip
    with as_job("schedule.enroll") as permit:
        facts = track_facts(permit, track)
        episode = open_episode(
            permit, record=record, clinic=1, program=facts.program, opened_on=TODAY
        )
        enroll(permit, record=record, track=track, start_on=TODAY, episode=episode)
    return record


def number_of(record: int) -> str:
    with as_job("schedule.read") as permit:
        return person(permit, record).number


def at(hours: int, minutes: int) -> datetime:
    return after((hours - 18) * 60 + minutes)


def test_every_state_of_attendance_is_open_to_everybodys_senses(
    browser, evening, phone, sign_in, accessible
):
    # The browser is named so that it starts first: it brings an event loop, and Django keeps other
    # connections under one than without.
    sign_in(phone, "alice")
    monday, number = evening["monday"], number_of(evening["records"][3])
    with as_job("schedule.attendance.write", at(18, 12)) as permit:
        attendance.arrive(permit, monday, evening["records"][1], at=at(18, 11))
        attendance.mark_absent(permit, monday, evening["records"][2])
        attendance.mark_unable(
            permit, monday, evening["records"][3], reason="Unwell", steps=["ride"]
        )
    evening["clock"](at(18, 13))
    for address in (f"/desk/sessions/{monday}/attendance/", f"/desk/patients/{number}/visits/"):
        assert phone.goto(address).status == 200
        accessible(phone)


def test_given_eleven_people_when_one_is_late_and_one_absent_then_five_clicks_mark_them(
    evening, desktop, sign_in, accessible
):
    page, monday = desktop, evening["monday"]
    sign_in(page, "alice")
    page.goto(f"/desk/sessions/{monday}/attendance/")
    page.locator("tr", has_text="Fry").get_by_role("button", name="absent").click()
    page.get_by_text("10 of 11 left to mark").wait_for()
    page.locator("tr", has_text="Silva").get_by_role("link", name="Other").click()
    late = page.locator("section", has_text="Came at another time")
    late.get_by_label("Came at").fill("18:07")
    late.get_by_role("button", name="Record the time").click()
    page.get_by_role("button", name="Everyone is here since the start").click()
    page.get_by_text("Everybody is marked").wait_for()
    accessible(page)
    assert page.get_by_role("status").filter(has_text="10 here").count() == 1
    assert "173 min" in page.locator("tr", has_text="Silva").inner_text()
    assert "30 min one-to-one" in page.locator("tr", has_text="Chan").inner_text()
    with as_job("schedule.read") as permit:
        assert len(roster(permit, monday)) == 11


def test_given_no_javascript_then_the_same_forms_work(evening, browser, server, sign_in):
    context = browser.new_context(base_url=server, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "alice")
    page.goto(f"/desk/sessions/{evening['monday']}/attendance/")
    page.get_by_role("button", name="present").first.click()
    page.get_by_text("10 of 11 left to mark").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("11 of 11 left to mark").wait_for()
    page.get_by_role("button", name="Close attendance").click()
    page.get_by_role("heading", name="Close attendance?").wait_for()
    page.get_by_role("button", name="Close attendance").click()
    page.get_by_text("11 follow-up tasks were opened.").wait_for()
    context.close()


def test_given_the_code_at_the_door_when_a_person_types_their_number_then_they_are_in(
    evening, desktop, browser, server, sign_in, accessible
):
    sign_in(desktop, "fred")
    desktop.goto(f"/desk/sessions/{evening['monday']}/door/")
    desktop.get_by_role("button", name="Make an arrival code").click()
    accessible(desktop)
    address = desktop.get_by_role("link", name="Open the check-in page here").get_attribute("href")
    own = browser.new_context(base_url=server, viewport={"width": 390, "height": 844})
    phone = own.new_page()
    phone.goto(re.sub(r"^https?://[^/]+", "", address))
    accessible(phone)
    phone.get_by_label("Your record number").fill(number_of(evening["records"][0]))
    phone.get_by_role("button", name="I am here").click()
    phone.get_by_text("You are checked in.").wait_for()
    accessible(phone)
    own.close()
    desktop.goto(f"/desk/sessions/{evening['monday']}/attendance/")
    assert "Here" in desktop.locator("tr", has_text="Cruz").inner_text()


def test_given_a_missed_monday_when_the_makeup_is_pressed_then_the_week_is_whole(
    evening, phone, sign_in, accessible
):
    with as_job("schedule.attendance.write", at(18, 30)) as permit:
        attendance.mark_absent(permit, evening["monday"], evening["records"][0])
    evening["clock"](at(22, 0))
    sign_in(phone, "alice")
    phone.goto("/desk/weeks/?state=at_risk")
    row = phone.locator("tr", has_text="Cruz")
    row.get_by_role("button", name="Evening B, Tue 24 Nov").click()
    phone.get_by_text("Booked: Evening B, Tue 24 Nov, 18:00 to 21:20.").wait_for()
    accessible(phone)
    phone.get_by_role("button", name="Undo").click()
    phone.get_by_text("The make-up is not booked any more.").wait_for()
