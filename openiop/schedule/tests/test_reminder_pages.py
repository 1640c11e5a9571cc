"""The pages of reminders: one person's choice, and who of the coming day gets none."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from openiop.access.models import Record
from openiop.messaging.queries.reminding import Choice, reminder_choices
from openiop.schedule.tests.test_reminders import reachable, remind, tomorrow_at, visit
from openiop.schedule.tests.world import NOW, as_job, make_person


def number_of(record: int) -> str:
    with as_job("messaging.contact.read"):
        return str(Record.objects.get(pk=record).number)


def chosen(record: int) -> Choice:
    with as_job("messaging.contact.read") as permit:
        return reminder_choices(permit, [record])[record]


def test_somebody_writes_down_what_the_person_wants(signed_in):
    record, _point = reachable()
    address = f"/desk/patients/{number_of(record)}/reminders/"
    fred = signed_in("fred")
    assert "Reminders go by text to" in fred.get(address).content.decode()
    told = fred.post(address, {"channel": "", "leads": ["week", "day"]})
    assert (told.status_code, chosen(record)) == (302, Choice("", ("week", "day")))
    fred.post(address, {"channel": "none"})
    assert chosen(record) == Choice("none", ())
    assert "Wants no reminders" in fred.get(address).content.decode()


def test_reminders_without_a_time_are_no_choice(signed_in):
    record, _point = reachable()
    address = f"/desk/patients/{number_of(record)}/reminders/"
    told = signed_in("fred").post(address, {"channel": "text"})
    assert (told.status_code, chosen(record)) == (422, Choice())
    assert "Choose when, or choose no reminders." in told.content.decode()


def test_the_page_shows_what_was_sent_with_a_masked_address(signed_in):
    record, _point = reachable()
    visit(record, tomorrow_at(13))
    remind()
    page = signed_in("fred").get(f"/desk/patients/{number_of(record)}/reminders/").content.decode()
    assert "•••• 0142" in page
    assert "when someone is at risk, call" in page


def test_another_clinic_and_a_biller_see_no_choice(signed_in):
    record, _point = reachable()
    address = f"/desk/patients/{number_of(record)}/reminders/"
    assert [signed_in(who).get(address).status_code for who in ("charlie", "riva", "adam")] == [
        404, 404, 403,
    ]  # fmt: skip


def test_who_cannot_be_reminded_is_listed_once_with_the_reason(signed_in, clock):
    clock(NOW)
    nobody = make_person(legal_first="Rosa", legal_last="Quiet")
    texted, _point = reachable()
    visit(nobody, tomorrow_at(11))
    visit(nobody, tomorrow_at(12) + timedelta(minutes=30))
    visit(texted, tomorrow_at(10))
    page = signed_in("fred").get("/desk/reminders/").content.decode()
    assert page.count("No safe number or address on file") == 1
    assert ("Rosa Quiet" in page, number_of(texted) in page) == (True, False)


def test_the_overview_asks_as_much_for_one_as_for_three(signed_in, clock):
    clock(NOW)
    fred = signed_in("fred")
    fred.get("/desk/reminders/")
    counts = []
    for hour in (10, 11, 12):
        visit(make_person(), tomorrow_at(hour))
        with CaptureQueriesContext(connection) as seen:
            fred.get("/desk/reminders/")
        counts.append(len(seen))
    assert counts[0] == counts[2]
