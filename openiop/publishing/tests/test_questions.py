"""Questions: looked at before anybody reads them, answered without telling who is in care."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.http import Http404

from openiop.access import door
from openiop.access.models import AuditEvent
from openiop.kernel.permits import NotPermitted, Refused
from openiop.messaging.models import OutboxMessage, Task
from openiop.publishing import jobs
from openiop.publishing.actions import questions as actions
from openiop.publishing.actions.articles import take_questions
from openiop.publishing.actions.questions import Asked
from openiop.publishing.models import Question, Reply
from openiop.publishing.queries.questions import question, queue, threads, waiting_count
from openiop.publishing.rules.asking import MOST_IN_A_WHILE, SLOWEST, is_typed
from openiop.publishing.sealing import opened as unsealed
from openiop.publishing.tests.world import ALICE, DANA, NOW, make_published

SLUG = "what-is-an-iop"
PLAIN = Asked("What if a test is not in line with my plan?", "River")
ANSWER = "publishing.question.answer"


@pytest.fixture
def article(network):
    return make_published()


@pytest.fixture
def asked(article):
    """`asked(PLAIN)`: a stranger asks; the receipt with the question's id."""

    def ask(what: Asked = PLAIN, now: datetime = NOW) -> SimpleNamespace:
        with door.opened_for_public("publishing.ask", now=now) as permit:
            receipt = actions.ask(permit, SLUG, what)
        return SimpleNamespace(id=receipt.question, token=receipt.token, crisis=receipt.crisis)

    return ask


def by_alice(do, *args, now=NOW, **more):
    with door.opened_for(ALICE, ANSWER, now=now) as permit:
        return do(permit, *args, **more)


def read_by_strangers(article: int) -> list[tuple[str, str]]:
    with door.opened_for_public("publishing.withdraw", now=NOW) as permit:
        return [(each.question.alias, each.question.text) for each in threads(permit, article)]


def test_a_question_is_read_by_nobody_until_somebody_looked_at_it(asked, article):
    one = asked()
    assert read_by_strangers(article) == []
    by_alice(actions.show_question, one.id, PLAIN.text)
    assert read_by_strangers(article) == [("River", PLAIN.text)]


def test_what_a_stranger_leaves_is_audited_without_who_they_are(asked, system):
    asked()
    with system("access.audit.verify"):
        rows = AuditEvent.objects.filter(act="publishing.ask")
        assert list(rows.values_list("actor", "address", "fields")) == [("public", "", ["asked"])]


def test_an_email_is_kept_sealed_and_only_a_neutral_letter_goes_there(asked):
    one = asked(PLAIN._replace(email="jo@mail.example.org"))
    with door.opened_for(ALICE, ANSWER, now=NOW) as permit:
        kept = bytes(Question.objects.get(pk=one.id).sealed)
        assert b"jo@mail" not in kept
        assert unsealed(kept) == "jo@mail.example.org"
        assert unsealed(b"of another key") == ""
        actions.show_question(permit, one.id, PLAIN.text)
        actions.reply(permit, one.id, "We look at it together.")
        actions.reply(permit, one.id, "And we add a talk.")
        letters = list(OutboxMessage.objects.values_list("to", "subject", "body"))
    assert letters == [
        ("jo@mail.example.org", "There is an answer",
         "Somebody answered what you asked on our site. You find it where you asked."),
    ]  # fmt: skip


def test_danger_is_told_at_once_and_calls_somebody(asked, system):
    assert asked().crisis is False
    one = asked(Asked("I want to die"))
    assert one.crisis is True
    with system("messaging.task.read"):
        tasks = Task.objects.filter(kind="question_danger")
        assert list(tasks.values_list("clinic", "role", "about_id", "due_at")) == [
            (1, "supervisor", one.id, NOW + timedelta(minutes=15))
        ]
    with door.opened_for(ALICE, ANSWER, now=NOW) as permit:
        assert queue(permit)[0].id == one.id


def test_a_question_that_tells_who_somebody_is_is_not_shown_as_it_stands(asked, article):
    one = asked(Asked("I am Maria Lopez. Do I need a doctor?"))
    with door.opened_for(ALICE, ANSWER, now=NOW) as permit:
        found = question(permit, one.id)
        assert found.row.found == ("name",)
        assert found.redacted == "[a full name]. Do I need a doctor?"
        with pytest.raises(Refused) as no:
            actions.show_question(permit, one.id, found.row.text)
        assert str(no.value) == "“I am Maria Lopez” looks like a full name."
        actions.show_question(permit, one.id, found.redacted)
    assert read_by_strangers(article) == [("", "[a full name]. Do I need a doctor?")]


def test_a_false_alarm_is_shown_with_a_reason_that_is_kept(asked):
    one = asked(Asked("I am Aching All over"))
    by_alice(actions.show_question, one.id, "I am Aching All over", why="No name")
    with door.opened_for(ALICE, ANSWER, now=NOW) as permit:
        assert [(s.what, s.by, s.reason) for s in question(permit, one.id).steps] == [
            ("asked", "", ""), ("shown", "Alice Adams", "No name"),
        ]  # fmt: skip


def test_an_answer_that_tells_who_is_in_care_is_stopped_with_its_reason(asked):
    one = asked()
    by_alice(actions.show_question, one.id, PLAIN.text)
    with pytest.raises(Refused) as no:
        by_alice(actions.reply, one.id, "Hi Maria, ask your counselor.")
    assert str(no.value) == (
        "“Maria” is not what the person called themselves. "
        "“your counselor” tells whether somebody is in our care."
    )
    assert no.value.field == "text"


def test_an_answer_carries_first_name_and_role(asked, article):
    one = asked()
    by_alice(actions.show_question, one.id, PLAIN.text)
    answer = by_alice(actions.reply, one.id, "Hi River, a test is one way to see how you are.")
    with door.opened_for_public("publishing.withdraw") as permit:
        (thread,) = threads(permit, article)
    assert [(each.by, each.role, each.at) for each in thread.question.answers] == [
        ("Alice", "Clinician", NOW)
    ]
    assert by_alice(actions.remove_reply, answer) == one.id
    with door.opened_for_public("publishing.withdraw") as permit:
        assert threads(permit, article)[0].question.answers == ()
    with pytest.raises(Http404):
        by_alice(actions.remove_reply, answer)


def test_questions_below_a_question_stand_below_it_and_threads_close(asked, article):
    one = asked()
    with pytest.raises(Http404):
        asked(Asked("And then?", thread=one.id))
    by_alice(actions.show_question, one.id, PLAIN.text)
    below = asked(Asked("And then?", "Sky", thread=one.id))
    by_alice(actions.show_question, below.id, "And then?")
    with door.opened_for_public("publishing.withdraw") as permit:
        (thread,) = threads(permit, article)
    assert [(each.alias, each.text) for each in thread.follow_ups] == [("Sky", "And then?")]
    by_alice(actions.close_thread, one.id)
    with pytest.raises(Refused, match="This thread is closed"):
        asked(Asked("More?", thread=one.id))
    with pytest.raises(Refused, match="This thread is closed"):
        by_alice(actions.reply, one.id, "Late words.")
    by_alice(actions.close_thread, one.id, open_=True)
    assert by_alice(actions.reply, one.id, "Early words.") > 0


def test_a_thread_in_which_nobody_writes_closes_by_itself(asked, article, system):
    quiet, answered = asked(), asked()
    for one in (quiet, answered):
        by_alice(actions.show_question, one.id, PLAIN.text)
    by_alice(actions.reply, answered.id, "A word.", now=NOW + timedelta(days=30))
    for days, closed in ((59, []), (60, [quiet.id]), (90, [quiet.id, answered.id])):
        with system("publishing.question.close", now=NOW + timedelta(days=days)) as permit:
            jobs.close_quiet_threads(permit)
            shut = Question.objects.filter(closed_at__isnull=False).order_by("id")
            assert list(shut.values_list("id", flat=True)) == closed


def test_who_asked_has_it_deleted_by_their_link_and_nothing_is_left(asked, article, system):
    one = asked(PLAIN._replace(email="jo@mail.example.org"))
    by_alice(actions.show_question, one.id, PLAIN.text)
    for _ in range(2):
        with door.opened_for_public("publishing.withdraw", now=NOW) as permit:
            actions.take_back(permit, one.token)
    with system("access.audit.verify"):
        kept = Question.objects.get(pk=one.id)
        assert (kept.alias, kept.text, kept.shown, kept.sealed) == ("", "", "", None)
    assert read_by_strangers(article) == []
    with pytest.raises(Http404):
        by_alice(actions.show_question, one.id, "back")
    with door.opened_for_public("publishing.withdraw") as permit, pytest.raises(Http404):
        actions.take_back(permit, "another")


def test_a_declined_question_is_hidden_with_a_reason(asked, article):
    one = asked()
    by_alice(actions.show_question, one.id, PLAIN.text)
    with pytest.raises(Refused, match="Say why it is not shown"):
        by_alice(actions.decline, one.id, "")
    by_alice(actions.decline, one.id, "An advertisement")
    assert read_by_strangers(article) == []
    with pytest.raises(Refused, match="Somebody looked at this question meanwhile"):
        by_alice(actions.decline, one.id, "Again")


def test_what_was_not_shown_is_deleted_after_ninety_days(asked, system):
    one, shown = asked(PLAIN._replace(email="jo@mail.example.org")), asked()
    by_alice(actions.decline, one.id, "Selling")
    by_alice(actions.show_question, shown.id, PLAIN.text)
    for days, state in ((89, "declined"), (90, "deleted"), (91, "deleted")):
        with system("publishing.question.close", now=NOW + timedelta(days=days)) as permit:
            jobs.close_quiet_threads(permit)
            kept = Question.objects.get(pk=one.id)
            assert kept.state == state
    assert (kept.text, kept.alias, kept.sealed) == ("", "", None)
    with door.opened_for(ALICE, ANSWER, now=NOW) as permit:
        assert question(permit, shown.id).row.state == "shown"


def test_a_name_is_shown_as_it_was_given_or_not_at_all(asked, article):
    one = asked(PLAIN._replace(alias="Maria from Chicago"))
    by_alice(actions.show_question, one.id, PLAIN.text, nameless=True)
    assert read_by_strangers(article) == [("", PLAIN.text)]


def test_no_more_comes_in_than_staff_can_read(asked, article):
    with door.opened_for_public("publishing.ask", now=NOW) as permit:
        for _ in range(MOST_IN_A_WHILE):
            actions.ask(permit, SLUG, PLAIN)
    with pytest.raises(Refused, match="More questions come in than we can read just now"):
        asked()
    assert asked(now=NOW + timedelta(hours=2)).crisis is False


def test_a_closed_or_unknown_article_takes_none(asked, article):
    with door.opened_for(DANA, "publishing.publish", now=NOW) as permit:
        take_questions(permit, article, open_=False)
    with pytest.raises(Refused, match="This article takes no more questions"):
        asked()
    with door.opened_for_public("publishing.ask") as permit, pytest.raises(Http404):
        actions.ask(permit, "unknown", PLAIN)


def test_another_organization_and_the_front_desk_see_no_question(asked, opened):
    one = asked()
    with opened("riva", "publishing.question.read") as permit:
        assert (queue(permit), waiting_count(permit)) == ([], 0)
        with pytest.raises(Http404):
            question(permit, one.id)
    with pytest.raises(NotPermitted), opened("fred", "publishing.question.read"):
        pass


def test_the_queue_tells_waiting_from_unanswered(asked):
    first, second = asked(), asked()
    by_alice(actions.show_question, first.id, PLAIN.text)
    with door.opened_for(ALICE, ANSWER, now=NOW) as permit:
        assert [row.id for row in queue(permit)] == [second.id]
        assert [row.id for row in queue(permit, "unanswered")] == [first.id]
        actions.reply(permit, first.id, "Yes.")
        assert queue(permit, "unanswered") == []
        assert [(row.id, row.replies) for row in queue(permit, "shown")] == [(first.id, 1)]


@pytest.mark.parametrize("count", [1, 3])
def test_queues_and_threads_take_the_same_statements(
    asked, article, count, django_assert_num_queries
):
    made = [asked() for _ in range(count)]
    for one in made:
        by_alice(actions.show_question, one.id, PLAIN.text)
        by_alice(actions.reply, one.id, "Yes.")
    with door.opened_for(ALICE, ANSWER, now=NOW) as permit:
        with django_assert_num_queries(1):
            queue(permit, "shown")
        with django_assert_num_queries(3):
            question(permit, made[0].id)
        with django_assert_num_queries(2):
            threads(permit, article)
        assert Reply.objects.count() == count


@pytest.mark.parametrize(
    ("seconds", "trap", "typed"),
    [(2, "", False), (3, "", True), (600, "", True), (600, "x", False),
     (SLOWEST.total_seconds() + 1, "", False), (None, "", False)],
)  # fmt: skip
def test_only_what_a_person_typed_is_taken(seconds, trap, typed):
    sent = datetime(2026, 11, 24, tzinfo=UTC)
    shown = None if seconds is None else sent - timedelta(seconds=seconds)
    assert is_typed(shown, sent, trap) is typed
