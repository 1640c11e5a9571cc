"""The outbox: only where it is safe, once, again after a failure, and never in safe mode."""

import threading
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.db import connections

from openiop.access import door
from openiop.access.actions.policies import set_policy
from openiop.kernel.permits import NotPermitted, Refused
from openiop.messaging import actions, jobs, queries
from openiop.messaging.models import OutboxMessage
from openiop.messaging.senders import Handing, Letter, NotSetUp, console
from openiop.messaging.tests.conftest import BOB, NORTH, NOW, SAM

SENT: list[str] = []
BODY = "The place and time of your next appointment are in the portal."


def keep(letter: Letter, handing: Handing) -> None:
    """A sender that remembers."""
    SENT.append(letter.key)


def break_down(letter: Letter, handing: Handing) -> None:
    """A sender whose line is cut."""
    raise ConnectionResetError("to +13125550199")


def unset(letter: Letter, handing: Handing) -> None:
    """A channel nobody connected."""
    raise NotSetUp


@pytest.fixture(autouse=True)
def senders(settings):
    """Remember what leaves; `senders(break_down)` takes another sender for texts."""
    SENT.clear()

    def use(sender) -> None:
        settings.OUTBOX_SENDERS = {
            "email": "openiop.messaging.senders.mail",
            "text": f"{__name__}.{sender.__name__}",
        }

    use(keep)
    return use


def queue(opened, key: str = "a", **facts) -> int:
    given = {"channel": "text", "clinic": NORTH, "body": BODY, **facts}
    with opened("alice", "messaging.outbox.queue", now=NOW) as permit:
        return actions.queue_message(permit, key=key, **given)


def deliver(system, after: timedelta = timedelta()) -> None:
    """The job's work at one minute."""
    opening = partial(system, "messaging.outbox.send", now=NOW + after)
    while True:
        with opening() as permit:
            carry = jobs.send_outbox(permit)
            if not permit.trail:
                return
        if carry:
            carry(opening)


def states(system) -> list[tuple[str, int, str]]:
    with system("messaging.outbox.read"):
        rows = OutboxMessage.objects.order_by("id")
        return list(rows.values_list("state", "attempts", "error"))


def test_a_message_goes_to_the_number_the_person_called_safe(opened, system, someone):
    person = someone(safe_to_text=True)
    queue(opened, record=person.record)
    deliver(system)
    assert SENT == ["a"]
    with system("messaging.outbox.read"):
        row = OutboxMessage.objects.get()
        assert (row.to, row.state, row.sent_at) == (person.value, "sent", NOW)


@pytest.mark.parametrize("facts", [{}, {"to": "+13125550199"}, {"to": "+13125550000"}])
def test_a_channel_the_person_did_not_call_safe_is_refused(opened, someone, facts):
    person = someone(safe_to_call=True)
    with pytest.raises(Refused) as no:
        queue(opened, record=person.record, **facts)
    assert no.value.code == "unsafe_channel"


def test_a_number_of_somebody_close_is_never_the_persons(opened, system, someone):
    person = someone()
    with system("messaging.contact.write") as permit:
        mother = actions.add_contact(
            permit, record=person.record, clinic=NORTH, name="Rosa", relationship="mother"
        )
        actions.add_contact_point(
            permit, contact=mother, kind="phone", value="+13125550177", safe_to_text=True
        )
    with pytest.raises(Refused):
        queue(opened, record=person.record, to="+13125550177")


def test_a_message_without_anyone_to_go_to_is_refused(opened):
    with pytest.raises(Refused) as no:
        queue(opened)
    assert no.value.code == "no_address"


def test_the_same_key_is_one_message(opened, system):
    assert queue(opened, staff=BOB) == queue(opened, staff=BOB)
    deliver(system)
    deliver(system)
    assert SENT == ["a"]


def test_a_message_waits_for_its_time(opened, system):
    queue(opened, staff=BOB, send_after=NOW + timedelta(hours=1))
    deliver(system, timedelta(minutes=59))
    assert SENT == []
    deliver(system, timedelta(minutes=60))
    assert SENT == ["a"]


def test_an_address_that_is_no_longer_safe_holds_the_message(opened, system, someone):
    person = someone(safe_to_text=True)
    queue(opened, record=person.record)
    with system("messaging.contact.write") as permit:
        actions.change_contact_point(
            permit, person.point, value=person.value, safe_to_call=True, safe_to_text=False,
            safe_to_leave_message=False, preferred=False,
        )  # fmt: skip
    deliver(system)
    assert SENT == []
    assert states(system) == [("held", 0, "The person no longer marks this address as safe.")]


def test_a_cut_line_is_tried_again_ever_more_slowly_and_then_shown(opened, system, senders):
    senders(break_down)
    queue(opened, staff=BOB)
    at = timedelta()
    for wait in (1, 5, 25, 125):
        deliver(system, at)
        at += timedelta(minutes=wait)
        deliver(system, at - timedelta(seconds=1))
    assert states(system) == [("queued", 4, "ConnectionResetError")]
    deliver(system, at)
    assert states(system) == [("failed", 5, "ConnectionResetError")]


def test_a_failed_message_sent_again_has_all_its_tries(opened, system, senders):
    senders(break_down)
    message = queue(opened, staff=BOB)
    for hours in range(5):
        deliver(system, timedelta(hours=3 * hours))
    senders(keep)
    with opened("dana", "messaging.outbox.retry", now=NOW) as permit:
        actions.retry_message(permit, message)
    deliver(system)
    assert (SENT, states(system)) == (["a"], [("sent", 1, "")])


def test_a_channel_nobody_connected_holds_the_message(opened, system, senders):
    senders(unset)
    queue(opened, staff=BOB)
    deliver(system)
    assert states(system) == [
        ("held", 1, "Nothing is set up that could carry this message.")
    ]  # fmt: skip


def set_safe_mode(opened, value: str, after: int = 0) -> None:
    with opened("dana", "access.house.write", now=NOW) as permit:
        set_policy(
            permit, clinic=None, key="messaging.safe_mode", value=value, reason="a rehearsal",
            from_on=NOW.date() - timedelta(days=1 - after),
        )  # fmt: skip


@pytest.mark.parametrize("value", ["on", "On", "rehearsal"])
def test_any_value_but_off_is_safe_mode(opened, value):
    set_safe_mode(opened, value)
    with opened("dana", "messaging.outbox.read", now=NOW) as permit:
        assert queries.safe_mode(permit, NORTH)


def test_in_safe_mode_nothing_leaves_and_it_can_be_let_go_later(opened, system):
    set_safe_mode(opened, "on")
    message = queue(opened, staff=BOB)
    deliver(system)
    assert states(system) == [("held", 0, "Safe mode is on: nothing leaves the house.")]
    set_safe_mode(opened, "off", after=1)
    deliver(system)
    assert SENT == []
    with opened("dana", "messaging.outbox.retry", now=NOW) as permit:
        actions.retry_message(permit, message)
    deliver(system)
    assert SENT == ["a"]


def test_a_dropped_message_does_not_leave_and_a_sent_one_cannot_be_dropped(opened, system):
    message, other = queue(opened, staff=BOB), queue(opened, key="b", staff=SAM)
    with opened("dana", "messaging.outbox.retry", now=NOW) as permit:
        actions.drop_message(permit, message)
    deliver(system)
    assert SENT == ["b"]
    with opened("dana", "messaging.outbox.retry", now=NOW) as permit:
        for verb in (actions.drop_message, actions.retry_message):
            with pytest.raises(Refused) as no:
                verb(permit, other)
            assert no.value.code == "message_state"


def test_an_e_mail_keeps_its_message_id_over_tries(opened, system):
    queue(opened, staff=BOB, channel="email", subject="A task waits")
    deliver(system)
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["bob@example.org"], "A task waits")
    assert letter.extra_headers["Message-ID"].startswith("<ca978112ca1bbdcafac231b39a23dc4d@")


def test_the_list_shows_a_masked_address_and_no_words(opened, system, someone):
    person = someone(safe_to_text=True)
    queue(opened, record=person.record)
    with opened("dana", "messaging.outbox.read", now=NOW) as permit:
        (row,) = queries.outbox(permit)
        assert (row.to, row.number, row.staff_name) == ("•••• 0199", person.number, "")
        assert BODY not in repr(row)
        assert queries.outbox(permit, state="sent") == []
        assert queries.state_counts(permit) == {"queued": 1}


def test_another_clinic_sees_no_message_and_a_counselor_no_outbox(opened, someone):
    queue(opened, record=someone(safe_to_text=True).record)
    with opened("riva", "messaging.outbox.read") as permit:
        assert queries.outbox(permit) == []
    with pytest.raises(NotPermitted), opened("charlie", "messaging.outbox.read"):
        pass


@pytest.mark.slow
def test_two_workers_deliver_each_message_exactly_once(own_database, network):
    with door.opened_for(1, "messaging.outbox.queue") as permit:
        for number in range(40):
            actions.queue_message(
                permit, key=f"m{number}", channel="text", clinic=NORTH, staff=BOB, body=BODY
            )

    opening = partial(door.opened_for_job, "messaging.outbox.send", 1)

    def work() -> None:
        while True:
            with opening() as permit:
                carry = jobs.send_outbox(permit)
                if not permit.trail:
                    break
            if carry:
                carry(opening)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(SENT) == {f"m{number}": 1 for number in range(40)}
    with door.opened_for_job("messaging.outbox.read", 1):
        assert set(OutboxMessage.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_the_list_takes_one_statement_for_one_and_for_three(opened, django_assert_num_queries):
    for count in (1, 3):
        for number in range(count):
            queue(opened, key=f"{count}-{number}", staff=BOB)
        with opened("dana", "messaging.outbox.read") as permit, django_assert_num_queries(1):
            queries.outbox(permit)


def test_the_console_prints_a_text_in_a_demo_only_and_refuses_with_real_people(settings, capsys):
    letter = Letter("a", "text", "+13125550199", "", "Your place is kept.")
    settings.DEMO, settings.PRODUCTION = True, False
    console(letter, lambda: None)
    assert capsys.readouterr().out == "text to +13125550199:  Your place is kept.\n"
    settings.DEMO = False
    console(letter, lambda: None)
    assert capsys.readouterr().out == ""
    settings.PRODUCTION = True
    with pytest.raises(NotSetUp):
        console(letter, lambda: None)
