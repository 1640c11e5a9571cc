"""A worker is killed with -9 at the worst moment: nothing is lost unseen, nothing arrives twice.

The worker is the real one, as a process of its own; so are the SMTP server and the HTTP gateway.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from openiop.access import door
from openiop.access.backend.base import writing
from openiop.messaging import actions
from openiop.messaging.actions.jobs import queue_job
from openiop.messaging.models import OutboxMessage
from openiop.messaging.tests.carriers import (
    TOKEN,
    Post,
    kill,
    post_office,
    text_gateway,
    until,
    worker,
)
from openiop.messaging.tests.conftest import BOB, NORTH

BODY = "Reminder: your appointment is on Tue, Nov 24, 6:00 PM."
pytestmark = pytest.mark.slow


def queue(channel: str) -> None:
    """A message to a colleague, whom no quiet hours keep from it, whatever the hour of the test."""
    with door.opened_for_job("messaging.outbox.queue", 1) as permit:
        actions.queue_message(
            permit, key="remind-me", channel=channel, clinic=NORTH, staff=BOB, body=BODY,
            subject="Your appointment",
        )  # fmt: skip


def start() -> None:
    """What the clock does each minute."""
    queue_job("messaging.send_outbox", 1)


def state() -> tuple[str, int, str]:
    with door.opened_for_job("messaging.outbox.read", 1):
        row = OutboxMessage.objects.get()
        return row.state, row.attempts, row.error


def lease_runs_out() -> None:
    """Three minutes go by."""
    with door.opened_for_job("messaging.outbox.send", 1), writing():
        OutboxMessage.objects.filter(state="sending").update(
            send_after=timezone.now() - timedelta(seconds=1)
        )


def test_a_text_taken_by_the_gateway_and_not_yet_written_down_arrives_once(cluster, own_database):
    queue("text")
    with text_gateway(pause=5) as sink, post_office(Post()) as port:
        start()
        with worker(cluster, own_database, sink, port) as first:
            assert sink.taken.wait(40)
            kill(first)
        assert state() == ("sending", 1, "")
        lease_runs_out()
        sink.pause = 0
        start()
        with worker(cluster, own_database, sink, port):
            assert until(lambda: state()[0] == "sent")
        assert (state(), sink.asked) == (("sent", 2, ""), 2)
        assert [(text.to, text.body) for text in sink.texts] == [("+13125550110", BODY)]
        assert sink.tokens == {f"Bearer {TOKEN}"}


def test_a_letter_cut_off_before_its_last_dot_is_tried_again_and_arrives_once(
    cluster, own_database
):
    queue("email")
    post = Post("RCPT")
    with text_gateway() as sink, post_office(post) as port:
        start()
        with worker(cluster, own_database, sink, port) as first:
            assert post.reached.wait(40)
            kill(first)
        assert (state(), post.letters) == (("sending", 1, ""), [])
        lease_runs_out()
        start()
        with worker(cluster, own_database, sink, port):
            assert until(lambda: state()[0] == "sent")
        assert (state(), len(post.letters)) == (("sent", 2, ""), 1)


def test_a_letter_delivered_and_not_yet_written_down_is_held_for_somebody_to_decide(
    cluster, own_database
):
    queue("email")
    post = Post("DATA")
    with text_gateway() as sink, post_office(post) as port:
        start()
        with worker(cluster, own_database, sink, port) as first:
            assert post.reached.wait(40)
            kill(first)
        assert (state(), len(post.letters)) == (("sending", 1, ""), 1)
        lease_runs_out()
        start()
        with worker(cluster, own_database, sink, port):
            assert until(lambda: state()[0] == "held")
        assert state() == (
            "held", 1, "It may have arrived: the carrier had it, and its answer did not come.",
        )  # fmt: skip
        assert len(post.letters) == 1
        send_anyway()
        start()
        with worker(cluster, own_database, sink, port):
            assert until(lambda: state()[0] == "sent")
    # Whoever sends it again sends the same letter: mailboxes that compare its name show one.
    assert (len(post.letters), len(set(post.letters))) == (2, 1)


def send_anyway() -> None:
    with door.opened_for(4, "messaging.outbox.retry") as permit:
        actions.retry_message(permit, OutboxMessage.objects.get().id)


def test_while_a_worker_carries_a_message_another_leaves_it_alone(cluster, own_database):
    queue("text")
    with text_gateway(pause=4) as sink, post_office(Post()) as port:
        start()
        with worker(cluster, own_database, sink, port):
            assert sink.taken.wait(40)
            start()
            with worker(cluster, own_database, sink, port):
                assert until(lambda: state()[0] == "sent")
        assert (sink.asked, state()) == (1, ("sent", 1, ""))
