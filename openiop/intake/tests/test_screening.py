"""The safety questions stop the way to a group, say what to do now, and call a person."""

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from openiop.access.backend.base import writing
from openiop.intake.actions.inquiries import lose_inquiry, move_inquiry, undo_step
from openiop.intake.actions.screening import answer_safety
from openiop.intake.models import PreScreen
from openiop.intake.queries.inquiries import inquiry
from openiop.intake.queries.screening import newest_screen
from openiop.intake.tests.conftest import NORTH, NOW
from openiop.kernel.permits import Refused
from openiop.messaging.queries import current_alerts, open_tasks

WELL: dict[str, str | int] = {
    "suicide": "no", "withdrawal_now": "no", "alcohol": "no", "sedatives": "no",
    "psychosis": "no", "pregnancy": "no", "age": 34,
}  # fmt: skip


SKIPPED = dict.fromkeys(WELL.keys() - {"age"}, "skipped")


@pytest.fixture
def fred(opened):
    with opened("fred", "intake.inquiry.write", now=NOW) as permit:
        yield permit


def test_answers_without_a_stop_screen_the_inquiry(fred, asked):
    one = asked()
    assert answer_safety(fred, one, WELL) == ()
    found = inquiry(fred, one)
    assert (found.stage, found.screened_at, found.steps[0].text) == ("screened", NOW, "No stop")
    assert [each.kind for each in open_tasks(fred)] == []


def test_thoughts_of_suicide_call_whoever_is_on_call_and_name_nobody(fred, asked):
    one = asked("Jo Rivera")
    (stop,) = answer_safety(fred, one, {**WELL, "suicide": "unsure"})
    assert (stop.id, stop.level) == ("suicide", "emergency")
    (alert,) = current_alerts(fred)
    assert alert.sentence == f"Inquiry {one}: an answer asks for a clinician now."


def test_daily_drinking_stops_without_waking_anybody(fred, asked):
    one = asked()
    assert [each.id for each in answer_safety(fred, one, {**WELL, "alcohol": "yes"})] == ["alcohol"]
    assert current_alerts(fred) == []
    assert inquiry(fred, one).steps[0].text == (
        "Stops: Alcohol every day, or shakes and sweats when stopping"
    )


def test_the_newest_answers_count_and_the_older_ones_stay(fred, asked):
    one = asked()
    answer_safety(fred, one, {"alcohol": "yes"})
    answer_safety(fred, one, WELL, note="Came back from detox.")
    found = newest_screen(fred, one)
    assert (found.stops, found.times, found.unanswered, found.note) == (
        (), 2, 0, "Came back from detox."
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic(), writing():
        PreScreen.objects.filter(inquiry_id=one).update(stops=[])


def test_what_was_not_asked_is_counted(fred, asked):
    one = asked()
    answer_safety(fred, one, {"suicide": "no", "unknown": "yes"})
    found = newest_screen(fred, one)
    assert (found.unanswered, {q.id: a for q, a in found.answers}["suicide"]) == (6, "no")


def test_who_is_scheduled_stays_scheduled(fred, asked):
    one = asked()
    move_inquiry(fred, one, "scheduled")
    answer_safety(fred, one, WELL)
    assert inquiry(fred, one).stage == "scheduled"


def test_undo_puts_the_stage_back_and_keeps_the_answers(fred, asked):
    one = asked()
    answer_safety(fred, one, WELL)
    undo_step(fred, one, inquiry(fred, one).steps[0].id)
    assert (inquiry(fred, one).stage, inquiry(fred, one).screened_at) == ("new", None)
    assert newest_screen(fred, one).times == 1


def test_a_closed_inquiry_is_opened_first(fred, asked):
    one = asked()
    lose_inquiry(fred, one, "cost")
    with pytest.raises(Refused, match="closed"):
        answer_safety(fred, one, WELL)


def test_an_inquiry_of_another_clinic_is_not_there(asked, opened):
    one = asked(clinic=NORTH)
    with opened("charlie", "intake.inquiry.write", now=NOW) as charlie, pytest.raises(Http404):
        answer_safety(charlie, one, WELL)


# --- the page ----------------------------------------------------------------------------------


def test_the_page_asks_every_question_and_shows_the_numbers_to_call(page, asked, at_noon):
    status, text = page("fred", "screen", asked())
    assert status == 200
    assert text.count('type="radio"') == 6 * 4
    assert ("911" in text, "988" in text) == (True, True)


def test_a_stop_says_on_the_inquirys_page_what_to_do_now(press, page, asked, at_noon):
    one = asked()
    text = press("fred", "screen", one, **{**SKIPPED, "withdrawal_now": "yes"})[1]
    assert "Withdrawal right now" in text
    assert "Call 911 for the place where they are" in text
    assert "6 questions are not answered." in text
    assert page("charlie", "screen", one)[0] == 404


def test_no_answer_at_all_is_not_kept(press, asked, at_noon):
    status, text = press("fred", "screen", asked(), **SKIPPED)
    assert (status, "No question is answered." in text) == (422, True)
