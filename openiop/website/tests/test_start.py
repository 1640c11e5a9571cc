"""From a free time to a booked visit, without an account, without a cookie."""

import re
from datetime import time, timedelta

import pytest
from django.utils import timezone

from openiop.config.network_for_tests import NORTH
from openiop.intake.models import Inquiry
from openiop.kernel.days import local
from openiop.messaging.models import ContactPoint, OutboxMessage
from openiop.patients.models import Patient
from openiop.schedule.actions.appointments import book as book_visit
from openiop.schedule.actions.holds import let_go
from openiop.schedule.actions.reminders import queue_reminders
from openiop.schedule.actions.working import Week, set_hours
from openiop.schedule.models import Appointment, Hold
from openiop.schedule.rules.times import Time
from openiop.schedule.tests.world import make_person, make_type
from openiop.website.tests.conftest import kept

ZONE = "America/Chicago"


@pytest.fixture
def kind(network, system) -> int:
    """Alice works from nine to twelve on every day from tomorrow on."""
    with system("schedule.hours.write") as permit:
        weeks = [Week(NORTH, day, time(9), time(12)) for day in range(7)]
        set_hours(permit, 1, weeks, permit.today(ZONE) + timedelta(days=1))
    return make_type(
        code="assessment", name="First visit", minutes=60, buffer_minutes=15, public=True,
        modes=["in_person", "virtual"],
    )  # fmt: skip


@pytest.fixture
def free(kind) -> Time:
    day = timezone.now().date() + timedelta(days=3)
    return Time(kind, NORTH, 1, 1, local(day, time(9), ZONE), "in_person")


def typed(**facts) -> dict:
    return {"first": "Rosa", "last": "Quill", "phone": "(312) 555-0177", "text": "on"} | facts


def choose(stranger, free: Time) -> str:
    answer = stranger.post("/start/choose/", {"time": free.code})
    assert (answer.status_code, answer.cookies) == (302, {})
    return answer["Location"]


def booked(stranger, free: Time, **facts) -> str:
    answer = stranger.post(choose(stranger, free), typed(kept=free.code, **facts))
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def rows(system, model) -> list:
    with system("schedule.read"):
        return list(model.objects.all())


def test_the_first_page_asks_about_safety_and_sends_nothing(stranger, kind):
    text = kept(stranger.get("/start/"))
    assert "<form" not in text
    assert 'href="tel:988"' in text
    assert 'href="/start/times/"' in text


def test_only_free_times_are_shown_and_today_only_where_it_can_be_booked(stranger, free):
    text = kept(stranger.get("/start/times/"))
    moments = [int(code.split("-")[4]) for code in re.findall(r'name="time" value="([^"]+)"', text)]
    assert int(free.starts_at.timestamp()) in moments
    assert "Tomorrow, " in text
    assert "Today, " not in text


def test_a_time_by_video_needs_no_room(stranger, free):
    text = kept(stranger.get("/start/times/?how=virtual&kind=assessment"))
    codes = re.findall(r'name="time" value="([^"]+)"', text)
    assert free._replace(room=None, mode="virtual").code in codes


def test_nothing_to_book_is_said_with_a_phone_number(stranger):
    text = kept(stranger.get("/start/times/"))
    assert "No free time fits that in the coming days." in text


def test_a_chosen_time_is_kept_and_the_page_says_until_when(stranger, free, system):
    text = kept(stranger.get(choose(stranger, free)))
    assert "We keep this time for you until" in text
    (hold,) = rows(system, Hold)
    assert hold.starts_at == free.starts_at


def test_booking_makes_a_person_a_visit_an_inquiry_and_a_word_in_the_outbox(stranger, free, system):
    page = booked(stranger, free)
    text = kept(stranger.get(page))
    assert "Your visit" in text
    (visit,), (person,), (asked,) = (rows(system, m) for m in (Appointment, Patient, Inquiry))
    assert (visit.starts_at, visit.record_id) == (free.starts_at, person.record_id)
    assert (asked.channel, asked.record_id, asked.safe_to_text) == ("web", person.record_id, True)
    assert rows(system, Hold) == []
    (word,) = rows(system, OutboxMessage)
    assert (word.channel, word.to) == ("text", "+13125550177")
    assert page in word.body
    assert re.search(r"clinic|recover|program|treat|Lakeside", word.body, re.I) is None


def test_nobody_is_written_to_who_did_not_say_so(stranger, free, system):
    booked(stranger, free, text="", phone="", call="")
    assert rows(system, OutboxMessage) == []
    assert rows(system, ContactPoint) == []


def test_the_reminder_goes_the_way_that_was_chosen(stranger, free, system):
    soon = free._replace(starts_at=free.starts_at - timedelta(days=2))
    booked(stranger, soon, text="", email="rosa@mail.example", write="on", call="on")
    with system("schedule.remind", now=soon.starts_at - timedelta(hours=24)) as permit:
        queue_reminders(permit)
    reminders = [row for row in rows(system, OutboxMessage) if row.key.startswith("remind:")]
    assert {(row.channel, row.to) for row in reminders} == {("email", "rosa@mail.example")}


def test_the_loser_keeps_what_was_typed_and_is_offered_the_closest(stranger, free, system):
    page = choose(stranger, free)
    with system("schedule.hold.write") as permit:
        let_go(permit, page.strip("/").split("/")[-1])
        book_visit(
            permit, record=make_person(NORTH), clinic=NORTH, staff=1,
            starts_at=free.starts_at, minutes=60, type=free.type,
        )  # fmt: skip
    answer = stranger.post(page, typed(kept=free.code, asks="A ride <b>please</b>"))
    text = kept(answer)
    assert answer.status_code == 422
    assert "Somebody just took this time." in text
    assert 'value="Rosa"' in text
    assert "A ride &lt;b&gt;please&lt;/b&gt;" in text
    other = re.findall(r'name="time" value="([^"]+)"', text)
    assert other
    again = stranger.post(page, typed(kept=free.code, time=other[0]))
    assert again.status_code == 302
    assert len(rows(system, Patient)) == 2  # the one before, and Rosa once


def test_a_time_that_is_taken_when_chosen_shows_the_list_as_it_is_now(stranger, free):
    choose(stranger, free)
    answer = stranger.post("/start/choose/", {"time": free.code})
    assert answer.status_code == 422
    assert "Somebody just took this time." in kept(answer)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"first": " "}, "Fill this in."),
        ({"phone": "12"}, "This is no phone number. Write it with its area code."),
        ({"phone": ""}, "Write the number we may use, or untick the boxes."),
        ({"write": "on"}, "Write the address we may use, or untick the box."),
        ({"email": "rosa"}, "Enter a valid email address."),
        ({"website": "https://spam.example"}, "Leave the last field empty."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nobody_is_registered(
    stranger, free, system, facts, sentence
):
    answer = stranger.post(choose(stranger, free), typed(kept=free.code, **facts))
    assert answer.status_code == 422
    assert sentence in kept(answer)
    assert rows(system, Patient) == []


@pytest.mark.parametrize("name", ["O’Neil-Žižek", "李", "<script>", "Robert'); --", "a" * 60])
def test_any_name_is_a_name(stranger, free, system, name):
    booked(stranger, free, first=name)
    (person,) = rows(system, Patient)
    assert person.legal_first == name


def test_an_unknown_key_and_a_broken_code_lead_back_to_the_times(stranger, free):
    answer = stranger.get("/start/00000000-0000-4000-8000-000000000000/")
    assert answer.status_code == 404
    assert "It may still be free." in kept(answer)
    assert stranger.post("/start/choose/", {"time": "x"})["Location"] == "/start/times/"


def test_a_time_of_another_organization_is_not_there(stranger, free):
    assert (
        stranger.post("/start/choose/", {"time": free._replace(clinic=4).code}).status_code == 404
    )


def test_the_link_cancels_once_and_says_so(stranger, free, system):
    page = booked(stranger, free)
    text = kept(stranger.post(page, {"cancel": "1"}))
    assert "Your visit is cancelled" in text
    (visit,) = rows(system, Appointment)
    assert visit.cancel_reason == "Cancelled by the person"
    assert stranger.post(page, {"cancel": "1"}).status_code in (200, 422)


def test_the_link_moves_the_visit_to_a_time_that_is_free(stranger, free, system):
    page = booked(stranger, free)
    text = kept(stranger.get(page + "change/"))
    code = re.findall(r'name="time" value="([^"]+)"', text)[0]
    assert stranger.post(page + "change/", {"time": code}).status_code == 302
    (visit,) = rows(system, Appointment)
    assert int(visit.starts_at.timestamp()) == int(code.split("-")[4])


def test_the_link_never_moves_it_to_a_time_that_is_not(stranger, free, system):
    page = booked(stranger, free)
    wrong = free._replace(starts_at=free.starts_at + timedelta(hours=10))
    answer = stranger.post(page + "change/", {"time": wrong.code})
    assert answer.status_code == 422
    (visit,) = rows(system, Appointment)
    assert visit.starts_at == free.starts_at


def test_the_file_for_a_calendar_names_no_kind_of_place(stranger, free):
    answer = stranger.get(booked(stranger, free) + "appointment.ics")
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/calendar")
    assert re.search(r"First visit|recover|treat", text, re.I) is None
    assert "BEGIN:VEVENT" in text


def test_another_s_token_opens_nothing(stranger, free):
    booked(stranger, free)
    assert stranger.get("/visit/wrong/").status_code == 404


def test_pressing_twice_books_once_and_says_so(stranger, free, system):
    page = choose(stranger, free)
    assert stranger.post(page, typed(kept=free.code)).status_code == 302
    again = stranger.post(page, typed(kept=free.code))
    assert "it counts once: your visit is booked." in kept(again)
    assert (len(rows(system, Patient)), len(rows(system, Appointment))) == (1, 1)
