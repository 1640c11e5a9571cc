"""What real carriers answer, and what becomes of the message: a gateway and an SMTP server here."""

from datetime import UTC, timedelta
from email.utils import format_datetime
from functools import partial

import pytest
from django.utils import timezone

from openiop.messaging import actions, jobs
from openiop.messaging.models import OutboxMessage
from openiop.messaging.senders import LONGEST_WAIT, Letter, gateway
from openiop.messaging.sink import Text
from openiop.messaging.tests.carriers import Post, post_office, text_gateway
from openiop.messaging.tests.conftest import BOB, NORTH, NOW

BODY = "Reminder: your appointment is on Tue, Nov 24, 6:00 PM."
LETTER = Letter("remind-me", "text", "(312) 555-0142", "", BODY)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def sink(settings):
    with text_gateway() as one:
        settings.SMS_URL, settings.SMS_TOKEN = one.url, "secret"
        settings.OUTBOX_SENDERS = {
            "text": "openiop.messaging.senders.gateway",
            "email": "openiop.messaging.senders.mail",
        }
        yield one


@pytest.fixture
def by_smtp(settings):
    """`with by_smtp(Post(…)):` mail goes to that server."""

    def use(post: Post):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = "127.0.0.1", False, 2
        settings.OUTBOX_SENDERS = {"email": "openiop.messaging.senders.mail"}
        return post_office(post)

    return use


def queue(system, channel: str = "text") -> None:
    with system("messaging.outbox.queue", now=NOW) as permit:
        actions.queue_message(
            permit, key="remind-me", channel=channel, clinic=NORTH, staff=BOB, body=BODY,
            subject="Your appointment",
        )  # fmt: skip


def deliver(system, after: timedelta = timedelta()) -> OutboxMessage:
    """One try of the job; the message after it."""
    opening = partial(system, "messaging.outbox.send", now=NOW + after)
    with opening() as permit:
        carry = jobs.send_outbox(permit)
    if carry:
        carry(opening)
    with system("messaging.outbox.read"):
        return OutboxMessage.objects.get()


def test_a_text_is_posted_with_its_token_its_key_and_a_dialed_number(sink):
    gateway(LETTER, lambda: None)
    gateway(LETTER, lambda: None)
    assert (sink.asked, sink.tokens) == (2, {"Bearer secret"})
    assert sink.texts == [Text("+13125550142", BODY, LETTER.mark)]


@pytest.mark.parametrize("code", [400, 404, 410, 422, 302])
def test_what_the_gateway_will_never_take_fails_at_once(sink, system, code):
    sink.refusals = [(code, {"Location": "https://example.org/"})]
    queue(system)
    row = deliver(system)
    assert (row.state, row.error, row.attempts) == ("failed", f"HTTP {code}", 1)


@pytest.mark.parametrize("code", [401, 403, 429, 500, 503])
def test_what_it_cannot_take_now_is_tried_again_in_a_minute(sink, system, code):
    sink.refusals = [(code, {})]
    queue(system)
    row = deliver(system)
    assert (row.state, row.error, row.send_after) == (
        "queued", f"HTTP {code}", NOW + timedelta(minutes=1)
    )  # fmt: skip
    assert deliver(system, timedelta(minutes=1)).state == "sent"
    assert [text.key for text in sink.texts] == [LETTER.mark]


@pytest.mark.parametrize(
    ("asked", "wait"),
    [("240", timedelta(seconds=240)), ("5", timedelta(minutes=1)), ("999999", LONGEST_WAIT),
     ("soon", timedelta(minutes=1))],
)  # fmt: skip
def test_a_gateway_that_asks_for_patience_gets_it(sink, system, asked, wait):
    sink.refusals = [(429, {"Retry-After": asked})]
    queue(system)
    assert deliver(system).send_after == NOW + wait


def test_patience_until_a_day_and_hour_is_understood(sink, system):
    until = timezone.now() + timedelta(hours=2)
    sink.refusals = [(503, {"Retry-After": format_datetime(until.astimezone(UTC), usegmt=True)})]
    queue(system)
    waited = deliver(system).send_after - NOW
    assert timedelta(minutes=119) < waited < timedelta(minutes=121)


def test_a_gateway_that_is_not_there_is_tried_five_times_and_then_shown(settings, system, sink):
    settings.SMS_URL = "http://127.0.0.1:9/"
    queue(system)
    at = [deliver(system, timedelta(minutes=sum((1, 5, 25, 125)[:n]))) for n in range(5)]
    assert [(row.state, row.attempts) for row in at] == [
        ("queued", 1), ("queued", 2), ("queued", 3), ("queued", 4), ("failed", 5),
    ]  # fmt: skip
    assert at[-1].error == "URLError"


def test_a_letter_goes_by_smtp_with_its_dots(settings, system, by_smtp):
    post = Post()
    with system("messaging.outbox.queue", now=NOW) as permit:
        actions.queue_message(
            permit, key="dots", channel="email", clinic=NORTH, staff=BOB, subject="Su cita",
            body=".\nOne line\n..two dots\n.\nlast",
        )  # fmt: skip
    with by_smtp(post) as port:
        settings.EMAIL_PORT = port
        row = deliver(system)
    assert (row.state, row.attempts) == ("sent", 1)
    assert post.texts[0].replace("\r\n", "\n").rstrip("\n") == ".\nOne line\n..two dots\n.\nlast"


@pytest.mark.parametrize(
    ("answers", "state", "error"),
    [
        (["550 no such mailbox"], "failed", "SMTP 550"),
        (["451 try later"], "queued", "SMTP 451"),
        (["250 OK", "554 refused"], "failed", "SMTP 554"),
        (["250 OK", "452 full"], "queued", "SMTP 452"),
    ],
)
def test_a_server_that_says_no_is_believed(settings, system, by_smtp, answers, state, error):
    post = Post("", *answers)
    queue(system, "email")
    with by_smtp(post) as port:
        settings.EMAIL_PORT = port
        row = deliver(system)
        assert (row.state, row.error, row.handed_at is None) == (state, error, True)
        if state == "queued":
            assert deliver(system, timedelta(minutes=1)).state == "sent"
    assert len(post.letters) == (state == "queued")


def test_a_server_that_falls_silent_after_the_dot_leaves_it_to_a_person(settings, system, by_smtp):
    post = Post("DATA")
    queue(system, "email")
    with by_smtp(post) as port:
        settings.EMAIL_PORT = port
        row = deliver(system)
        assert (row.state, len(post.letters)) == ("held", 1)
        assert row.error.startswith("It may have arrived")
        assert deliver(system, timedelta(hours=9)).state == "held"
    assert len(post.letters) == 1


def test_a_worker_whose_claim_ran_out_does_not_send_the_last_dot(settings, system, by_smtp):
    post = Post()
    queue(system, "email")
    with by_smtp(post) as port:
        settings.EMAIL_PORT = port
        slow, late = (partial(system, "messaging.outbox.send", now=at)
                      for at in (NOW, NOW + timedelta(minutes=4)))  # fmt: skip
        with slow() as permit:
            asleep = jobs.send_outbox(permit)
        with late() as permit:
            awake = jobs.send_outbox(permit)
        awake(late)
        asleep(slow)
    with system("messaging.outbox.read"):
        row = OutboxMessage.objects.get()
    assert (len(post.letters), row.state, row.attempts) == (1, "sent", 2)


def test_a_message_that_kills_every_worker_is_given_up(system, sink):
    queue(system)
    at = timedelta()
    for _ in range(6):
        with system("messaging.outbox.send", now=NOW + at) as permit:
            jobs.send_outbox(permit)
        at += timedelta(minutes=4)
    with system("messaging.outbox.read"):
        row = OutboxMessage.objects.get()
    assert (row.state, row.attempts, sink.asked) == ("failed", 5, 0)
    assert row.error == "The worker stopped at every try."


def test_the_same_key_is_the_same_mark_whoever_asks():
    assert LETTER.mark == Letter("remind-me", "email", "", "", "").mark
    assert LETTER.mark != Letter("remind-you", "text", "", "", "").mark
