"""A visit is cancelled, and whoever would come earlier gets its time by one press."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from openiop.schedule.models import Appointment
from openiop.schedule.tests.test_attendance import after
from openiop.schedule.tests.test_earlier import visit
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_person

from .test_attendance import number_of

WRITE, A_DAY = "schedule.appointment.write", 24 * 60


@pytest.fixture
def booked(own_database, network, monkeypatch):
    """Two people with Bob: one on Tuesday at six, one on Thursday; Monday noon."""
    soon, late = make_person(), make_person()
    with as_job(WRITE) as permit:
        visit(permit, A_DAY, record=soon)
        visit(permit, 3 * A_DAY, record=late)
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    cache.clear()
    return {"soon": number_of(soon), "late": number_of(late), "record": late}


def begins(record: int) -> datetime:
    with as_job("schedule.read"):
        return Appointment.objects.get(record_id=record).starts_at


def in_line(page, number: str) -> None:
    page.goto(f"/desk/patients/{number}/one-to-ones/")
    page.get_by_role("link", name="Earlier…").click()
    page.get_by_label("From the day").fill(f"{TODAY + timedelta(days=1):%Y-%m-%d}")
    page.get_by_label("Evenings").check()
    page.get_by_role("button", name="Put in line").click()
    page.get_by_text("In line for an earlier time.", exact=True).wait_for()


def cancelled(page, number: str) -> None:
    page.goto(f"/desk/patients/{number}/one-to-ones/")
    page.get_by_role("link", name="Cancel…").click()
    page.get_by_label("Reason").first.fill("Has the flu")
    page.get_by_role("button", name="Cancel the visit").click()
    page.wait_for_load_state()


def test_a_time_that_comes_free_is_taken_by_one_press_and_given_back_by_another(
    browser, booked, desktop, sign_in, accessible
):
    sign_in(desktop, "fred")
    in_line(desktop, booked["late"])
    accessible(desktop)
    cancelled(desktop, booked["soon"])
    desktop.goto("/desk/earlier/")
    accessible(desktop)
    desktop.get_by_role("button", name="Accept").click()
    desktop.get_by_text("The visit is moved.").wait_for()
    assert begins(booked["record"]) == after(A_DAY)
    accessible(desktop)
    desktop.get_by_role("button", name="Undo").click()
    desktop.get_by_text("It is as it was.").wait_for()
    assert begins(booked["record"]) == after(3 * A_DAY)


def test_on_a_phone_the_offer_is_declined_and_the_person_stays_in_line(
    browser, booked, phone, sign_in, accessible
):
    sign_in(phone, "fred")
    in_line(phone, booked["late"])
    cancelled(phone, booked["soon"])
    phone.goto("/desk/earlier/")
    accessible(phone)
    phone.get_by_role("button", name="Decline").click()
    phone.get_by_role("button", name="Take out of line").wait_for()
    accessible(phone)
    assert begins(booked["record"]) == after(3 * A_DAY)


def test_another_calendar_is_given_and_taken_away(browser, booked, phone, sign_in, accessible):
    lines = ["BEGIN:VCALENDAR", "X-WR-CALNAME:School", "BEGIN:VEVENT", "UID:1",
             "DTSTART:20261201T150000Z", "DURATION:PT1H", "END:VEVENT", "BEGIN:VEVENT", "UID:2",
             "DTSTART:soon", "END:VEVENT", "END:VCALENDAR"]  # fmt: skip
    sign_in(phone, "bob")
    phone.goto("/desk/hours/")
    phone.get_by_role("link", name="Other calendars").click()
    phone.get_by_label("Calendar file").set_input_files(
        {"name": "a.ics", "mimeType": "text/calendar", "buffer": "\r\n".join(lines).encode()}
    )
    phone.get_by_role("button", name="Read the file").click()
    phone.get_by_text("Line 10:").wait_for()
    accessible(phone)
    phone.get_by_role("button", name="Remove").click()
    phone.get_by_text("Removed: its times are free again.").wait_for()
    accessible(phone)
