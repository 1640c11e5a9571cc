"""A first visit, booked with the person on the line."""

import re
from datetime import date, time

import pytest

from openiop.intake.actions.inquiries import lose_inquiry
from openiop.intake.models import Inquiry
from openiop.intake.tests.conftest import NORTH, NOW
from openiop.messaging.models import OutboxMessage
from openiop.patients.models import Patient
from openiop.schedule.actions.working import Week, set_hours
from openiop.schedule.models import Appointment
from openiop.schedule.tests.world import make_type

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def kind(network, system) -> int:
    with system("schedule.hours.write", now=NOW) as permit:
        weeks = [Week(NORTH, day, time(9), time(12)) for day in range(5)]
        set_hours(permit, 1, weeks, date(2026, 11, 24))
    return make_type(name="First visit", minutes=60, public=True, modes=["in_person", "virtual"])


def rows(system, model) -> list:
    with system("schedule.read", now=NOW):
        return list(model.objects.order_by("id"))


def codes(text: str) -> list[str]:
    return re.findall(r'name="time" value="([^"]+)"', text)


def test_one_press_books_and_makes_the_record(page, press, asked, kind, system):
    one = asked("Jo Ann Rivera", phone="+13125550177", safe_to_text=True)
    status, text = page("fred", "visit", one)
    assert status == 200
    assert 'value="Jo Ann"' in text
    _, after = press("fred", "visit", one, first="Jo Ann", last="Rivera", time=codes(text)[0])
    assert "Booked: Tuesday, November 24, 9:00 AM. We send them the time." in after
    (person,), (visit,), (inquiry,) = (rows(system, m) for m in (Patient, Appointment, Inquiry))
    assert (person.legal_first, person.legal_last) == ("Jo Ann", "Rivera")
    assert visit.record_id == person.record_id == inquiry.record_id
    assert inquiry.next_step == "First visit is booked: screen before it"
    assert inquiry.next_due_at == visit.starts_at
    assert [row.to for row in rows(system, OutboxMessage)] == ["+13125550177"]


def test_where_nothing_is_safe_the_desk_is_told_to_say_it(page, press, asked, kind, system):
    one = asked("Jo Rivera", phone="+13125550177")
    code = codes(page("fred", "visit", one)[1])[0]
    _, after = press("fred", "visit", one, first="Jo", last="Rivera", time=code)
    assert "Tell them the time: nothing is safe to send." in after
    assert rows(system, OutboxMessage) == []


def test_who_has_a_record_gets_no_second_one(page, press, asked, kind, system):
    one = asked("Jo Rivera")
    for number in range(2):
        code = codes(page("fred", "visit", one)[1])[number]
        press("fred", "visit", one, first="Jo", last="Rivera", time=code)
    assert (len(rows(system, Patient)), len(rows(system, Appointment))) == (1, 2)


def test_a_time_that_is_gone_keeps_the_names_and_says_so(page, press, asked, kind, system):
    one, other = asked("Jo Rivera"), asked("Al Stone")
    code = codes(page("fred", "visit", one)[1])[0]
    press("fred", "visit", other, first="Al", last="Stone", time=code)
    status, text = press("fred", "visit", one, first="Josefina", last="Rivera", time=code)
    assert status == 422
    assert "Somebody just took this time." in text
    assert 'value="Josefina"' in text
    assert len(rows(system, Patient)) == 1


def test_a_closed_inquiry_books_nothing(page, press, asked, kind, system):
    one = asked("Jo Rivera")
    code = codes(page("fred", "visit", one)[1])[0]
    with system("intake.inquiry.write", now=NOW) as permit:
        lose_inquiry(permit, one, "not_now")
    text = press("fred", "visit", one, first="Jo", last="Rivera", time=code)[1]
    assert "This inquiry is closed." in text


def test_another_clinic_s_inquiry_is_not_there(page, asked, kind):
    assert page("charlie", "visit", asked("Jo Rivera"))[0] == 404
    assert page("adam", "visit", asked("Al Stone"))[0] == 403
