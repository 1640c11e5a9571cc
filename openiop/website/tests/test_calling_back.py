"""A stranger asks for a call: nothing is kept before, and only what they said after."""

import pytest
from django.core.cache import cache

from openiop.access.models import AuditEvent
from openiop.config.network_for_tests import NORTH, RIVAL
from openiop.intake.models import Inquiry
from openiop.messaging.models import Task
from openiop.patients.models import Patient
from openiop.website.tests.conftest import kept

URL = "/call-back/"


@pytest.fixture(autouse=True)
def uncounted_calls():
    cache.clear()


def typed(**facts) -> dict:
    return {"first": "Rosa", "clinic": NORTH, "phone": "(312) 555-0177", "call": "on"} | facts


def inquiries(system) -> list[Inquiry]:
    with system("intake.inquiry.read"):
        return list(Inquiry.objects.order_by("id"))


def test_the_page_keeps_nothing_of_who_looks(stranger, system):
    text = kept(stranger.get(URL))
    assert "Nothing is kept before you send it" in text
    assert inquiries(system) == []


def test_what_was_sent_is_an_inquiry_with_what_is_safe(stranger, system):
    answer = stranger.post(URL, typed(when="after six", payer="Aetna", asks="Evenings?"))
    assert (answer.status_code, answer["Location"], answer.cookies) == (302, f"{URL}?sent=1", {})
    (row,) = inquiries(system)
    assert (row.name, row.clinic_id, row.channel, row.stage, row.phone) == (
        "Rosa", NORTH, "web", "new", "+13125550177"
    )  # fmt: skip
    assert (row.safe_to_call, row.safe_to_text, row.safe_to_leave_message, row.safe_to_email) == (
        True, False, False, False
    )  # fmt: skip
    assert (row.reach_when, row.payer_said, row.asks, row.language) == (
        "after six", "Aetna", "Evenings?", "en"
    )  # fmt: skip
    assert "Thank you. We have it." in kept(stranger.get(answer["Location"]))


def test_the_clinic_gets_a_task_with_its_clock_and_nobody_gets_a_record(stranger, system):
    stranger.post(URL, typed())
    with system("messaging.task.read"):
        (task,) = Task.objects.filter(kind="inquiry_screen")
        assert (task.clinic_id, "Rosa" in task.title) == (NORTH, False)
    with system("patients.patient.read"):
        assert Patient.objects.count() == 0


def test_the_audit_holds_that_it_was_left_and_not_from_where(stranger, system):
    stranger.post(URL, typed())
    with system("access.home"):
        events = AuditEvent.objects.filter(actor="public")
        assert {"intake.inquiry.write"} <= set(events.values_list("act", flat=True))
        assert set(events.values_list("address", flat=True)) == {""}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"call": ""}, "Tick at least one way"),
        ({"phone": ""}, "Write the number we may use"),
        ({"phone": "12"}, "This is no phone number"),
        ({"write": "on"}, "Write the address we may use"),
        ({"website": "http://x"}, "Leave the last field empty"),
        ({"clinic": RIVAL}, "Select a valid choice"),
    ],
)
def test_what_is_missing_is_said_and_all_that_was_typed_stays(stranger, system, facts, said):
    answer = stranger.post(URL, typed(asks="Evenings?", **facts))
    assert answer.status_code == 422
    text = kept(answer)
    assert said in text
    assert "Evenings?" in text
    assert inquiries(system) == []


def test_nobody_has_to_give_a_name(stranger, system):
    stranger.post(URL, typed(first=""))
    assert [row.name for row in inquiries(system)] == [""]


def test_a_flood_from_one_place_is_stopped(stranger, system):
    codes = [stranger.post(URL, typed()).status_code for _ in range(7)]
    assert codes == [302] * 5 + [422] * 2
    assert len(inquiries(system)) == 5


def test_the_first_step_leads_there(stranger):
    assert URL in stranger.get("/start/").content.decode()
