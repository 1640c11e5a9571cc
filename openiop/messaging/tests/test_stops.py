"""Texts that come back: STOP at once and everywhere, START, HELP, danger, and everything else."""

from datetime import timedelta

import pytest

from openiop.messaging import jobs, queries
from openiop.messaging.actions.delivery import claim_message
from openiop.messaging.actions.outbox import queue_message
from openiop.messaging.actions.stops import ANSWERS, end_reply_address, make_reply_address
from openiop.messaging.models import Alert, IncomingText, OutboxMessage, TextStop
from openiop.messaging.queries.stops import incoming_texts, whose_number
from openiop.messaging.rules import QuietHours, at_risk, dialed, word_of
from openiop.messaging.tests.conftest import BOB, GULF, NORTH, NOW, SOUTH

PHONE = "+13125550101"


@pytest.fixture
def address(opened):
    """The address of North's gateway."""
    with opened("dana", "messaging.text.link") as permit:
        return f"/texts/{make_reply_address(permit, NORTH)}/"


def come_back(client, address: str, body: str, number: str = "+13125550199", key: str = "t1"):
    told = {"from": number, "body": body, "id": key}
    return client.post(address, told, content_type="application/json").status_code


def sort(system) -> None:
    while True:
        with system("messaging.text.sort", now=NOW) as permit:
            jobs.sort_texts(permit)
            if not permit.trail:
                return


def outgoing(system) -> list[tuple[str, str, str]]:
    with system("messaging.outbox.read"):
        return list(OutboxMessage.objects.order_by("id").values_list("state", "to", "body"))


@pytest.mark.parametrize("said", ["STOP", " stop. ", "Unsubscribe", "opt-out", "ALTO", "Parar!"])
def test_stop_counts_from_the_moment_it_comes_and_is_confirmed_once(client, address, system, said):
    assert come_back(client, address, said) == 204
    assert come_back(client, address, said) == 204
    with system("messaging.text.read"):
        assert list(TextStop.objects.values_list("number", "started_at")) == [
            ("+13125550199", None)
        ]
    assert outgoing(system) == [("queued", "+13125550199", ANSWERS["stop"])]


def test_a_text_queued_before_stop_is_held_after_it_and_the_confirmation_leaves(
    client, address, system, someone, settings
):
    person = someone(value="312-555-0199", safe_to_text=True)
    with system("messaging.outbox.queue", now=NOW) as permit:
        message = queue_message(
            permit, key="a", channel="text", clinic=NORTH, record=person.record, body="Hello"
        )
    come_back(client, address, "stop")
    with system("messaging.outbox.send", now=NOW) as permit:
        assert claim_message(permit, message) is None
        answer = OutboxMessage.objects.get(key__startswith="reply:").id
        assert claim_message(permit, answer).letter.to == "+13125550199"
        row = OutboxMessage.objects.get(pk=message)
        assert (row.state, row.error) == (
            "held", "Somebody at this number asked for no more texts.",
        )  # fmt: skip


def test_start_lets_texts_through_again_and_yes_starts_nothing(client, address, system):
    come_back(client, address, "yes", key="t0")
    come_back(client, address, "STOP", key="t1")
    come_back(client, address, "START", key="t2")
    with system("messaging.text.read"):
        assert TextStop.objects.filter(started_at=None).count() == 0
        assert TextStop.objects.count() == 1
        words = IncomingText.objects.order_by("id").values_list("word", flat=True)
        assert list(words) == ["", "stop", "start"]


def test_help_brings_the_clinics_number_and_no_name(client, address, system):
    come_back(client, address, "Ayuda")
    ((_state, _to, body),) = outgoing(system)
    assert body == ANSWERS["help"].format(phone=PHONE)
    assert [word for word in ("North", "Lakeside", "IOP") if word in body] == []


def test_anything_else_is_a_task_with_the_text_kept_for_those_who_may_read_it(
    client, address, system, opened, someone
):
    person = someone(value="(312) 555-0199", safe_to_text=True)
    come_back(client, address, "Running ten minutes late")
    sort(system)
    with opened("fred", "messaging.task.read") as permit:
        (task,) = queries.open_tasks(permit, kinds=["text_reply"])
        assert (task.record, task.role) == (person.record, "front_desk")
        assert "late" not in task.title
    with opened("fred", "messaging.text.read") as permit:
        (row,) = incoming_texts(permit)
        assert (row.number, row.body, row.sender) == (
            person.number, "Running ten minutes late", "•••• 0199",
        )  # fmt: skip
    with opened("riva", "messaging.text.read") as permit:
        assert incoming_texts(permit) == []


def test_whoever_writes_often_is_answered_once_a_day(client, address, system):
    for number in range(3):
        come_back(client, address, "On my way", key=f"t{number}")
    assert [body for _s, _t, body in outgoing(system)] == [ANSWERS[""].format(phone=PHONE)]
    assert all(each in ANSWERS[""] for each in ("911", "988"))


@pytest.mark.parametrize("said", ["I want to die", "Took too much, OVERDOSE", "voy a matarme"])
def test_words_of_danger_call_whoever_is_on_call_at_any_hour(
    client, address, system, on_duty, said
):
    on_duty(first=BOB)
    come_back(client, address, said)
    sort(system)
    with system("messaging.alert.raise"):
        ((kind, clinic, sentence),) = Alert.objects.values_list("kind", "clinic_id", "sentence")
    assert (kind, clinic) == ("text_at_risk", NORTH)
    assert said not in sentence
    told = OutboxMessage.objects
    with system("messaging.outbox.send", now=NOW.replace(hour=9)) as permit:
        night = told.get(key__startswith="alert:").id  # 03:00 in Chicago
        assert claim_message(permit, night).letter.channel == "text"


def test_a_text_to_one_clinic_of_somebody_of_another_is_read_there(
    client, address, system, opened, someone
):
    person = someone(clinic=GULF, value="713-555-0123", safe_to_text=True)
    come_back(client, address, "Where is it?", number="+17135550123")
    sort(system)
    with opened("tess", "messaging.text.read") as permit:
        assert [row.number for row in incoming_texts(permit)] == [person.number]
    with opened("fred", "messaging.text.read") as permit:
        assert incoming_texts(permit) == []


def test_a_phone_that_two_people_share_is_nobodys(client, address, system, someone):
    for _ in range(2):
        someone(value="3125550199", safe_to_text=True)
    with system("messaging.text.sort") as permit:
        assert whose_number(permit, "+13125550199") is None
    come_back(client, address, "Hello")
    sort(system)
    with system("messaging.text.read"):
        row = IncomingText.objects.get()
        assert (row.record_id, row.clinic_id) == (None, NORTH)


def test_a_form_is_understood_as_well(client, address, system):
    given = {"From": "+13125550199", "Body": "Stop", "MessageSid": "SM1"}
    assert client.post(address, given).status_code == 204
    with system("messaging.text.read"):
        assert TextStop.objects.get().number == "+13125550199"


@pytest.mark.parametrize("body", ["{", "[]", '{"body": "hi"}', '{"from": "x", "body": "hi"}'])
def test_what_is_no_text_is_refused(client, address, body):
    assert client.post(address, body, content_type="application/json").status_code == 400


def test_an_address_that_was_made_anew_or_ended_takes_nothing(client, address, opened, system):
    with opened("dana", "messaging.text.link") as permit:
        second = f"/texts/{make_reply_address(permit, NORTH)}/"
        other = f"/texts/{make_reply_address(permit, SOUTH)}/"
    assert [come_back(client, each, "hi") for each in (address, second, other)] == [404, 204, 204]
    with system("messaging.text.read"):
        assert IncomingText.objects.count() == 1
    with opened("dana", "messaging.text.link") as permit:
        end_reply_address(permit, NORTH)
    assert [come_back(client, each, "hi", key="t2") for each in (second, other)] == [404, 204]
    assert client.get(other).status_code == 405


# --- the page ----------------------------------------------------------------------------------


def test_the_page_makes_an_address_and_shows_it_once(signed_in, opened):
    dana = signed_in("dana")
    page = dana.get("/desk/texts/").content.decode()
    assert "has no address for replies yet" in page
    shown = dana.post("/desk/texts/address/", {"make": "1"}, follow=True).content.decode()
    address = shown.partition("<code>http://testserver")[2].partition("</code>")[0]
    assert come_back(dana, address, "STOP") == 204
    again = dana.get("/desk/texts/").content.decode()
    assert (address in again, "STOP" in again) == (False, True)


def test_the_front_desk_reads_and_makes_no_address(signed_in):
    fred = signed_in("fred")
    assert "Make an address" not in fred.get("/desk/texts/").content.decode()
    assert fred.post("/desk/texts/address/", {"make": "1"}).status_code == 403


def test_the_page_asks_as_much_for_one_text_as_for_three(
    client, address, system, opened, django_assert_num_queries
):
    for count in (1, 3):
        for number in range(count):
            come_back(client, address, "hi", key=f"{count}-{number}")
        with opened("fred", "messaging.text.read") as permit, django_assert_num_queries(1):
            incoming_texts(permit)


# --- rules -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "word"),
    [("Stop", "stop"), ("opt out", "stop"), ("please stop by at six", ""), ("sí", "start"),
     ("HELP!", "help"), ("I need help with the ride", ""), ("", "")],
)  # fmt: skip
def test_a_word_counts_only_alone(said, word):
    assert word_of(said) == word


@pytest.mark.parametrize(
    ("said", "risk"), [("I want  to\ndie", True), ("this traffic kills me", False), ("ok", False)]
)
def test_words_of_danger_are_found_in_a_sentence(said, risk):
    assert at_risk(said) is risk


@pytest.mark.parametrize(
    ("typed", "number"),
    [("(312) 555-0199", "+13125550199"), ("1-312-555-0199", "+13125550199"),
     ("+52 55 1234 5678", "+525512345678")],
)  # fmt: skip
def test_a_number_is_dialed_in_one_way(typed, number):
    assert dialed(typed) == number


@pytest.mark.parametrize(
    ("hour", "quiet_then"),
    [(20, False), (21, True), (23, True), (24, True), (31, True), (32, False)],
)
def test_quiet_hours_go_through_the_night(hour, quiet_then):
    midnight = NOW.replace(hour=6, minute=0)  # of the 23rd, in Chicago
    moment = midnight + timedelta(hours=hour)
    quiet = QuietHours(21, 8, "America/Chicago")
    over = midnight + timedelta(hours=32) if quiet_then else moment
    assert quiet.over_at(moment) == over


def test_quiet_hours_end_by_the_wall_clock_on_the_day_the_clocks_change():
    quiet = QuietHours(21, 8, "America/Chicago")
    late = NOW.replace(month=11, day=1, hour=3, minute=0)  # October 31, 22:00
    assert quiet.over_at(late) == NOW.replace(month=11, day=1, hour=14, minute=0)
    assert QuietHours(9, 17, "America/Chicago").over_at(NOW.replace(hour=20)).hour == 23
    assert QuietHours(0, 0, "America/Chicago").over_at(late) == late
