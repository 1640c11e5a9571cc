"""Pages of questionnaires and of safety evaluations."""

import pytest
from django.urls import reverse

from openiop.assessments.models import Response, SafetyConcern, SafetyEvaluation
from openiop.assessments.tests.conftest import as_job

DARK = (0, 0, 0, 0, 0, 0, 0, 0, 1)
AT = {"taken_at": "2026-11-23T11:30", "mode": "paper"}
EVALUATION = {"evaluate": "1", "found": "No plan.", "disposition": "plan"}
pytestmark = pytest.mark.usefixtures("at_noon")


def given(*values):
    return {f"i{number}": value for number, value in enumerate(values, start=1)}


def rows():
    with as_job("access.audit.verify"):
        return list(Response.objects.order_by("id"))


def the_concern():
    with as_job("access.audit.verify"):
        return SafetyConcern.objects.get()


def test_answers_from_paper_are_kept_and_their_result_is_shown(press, number):
    status, text = press("alice", "take", number, "phq-9", **AT, **given(1, 1, 1, 1, 1, 1, 1, 1, 0))
    assert (status, "8 mild" in text, "Several days (1)" in text) == (200, True, True)
    (row,) = rows()
    assert (row.score, row.mode, f"{row.taken_at:%H:%M}") == (8, "paper", "17:30")


def test_the_record_shows_what_may_be_taken_and_the_history(page, answer, number):
    assert "No questionnaire yet" in page("alice", "record", number)[1]
    answer("GAD-7", 1, 1, 1, 1, 1, 1, 1)
    status, text = page("alice", "record", number)
    assert (status, ">7</td>" in text, "No questionnaire yet" in text) == (200, True, False)
    assert text.count(reverse("assessments:take", args=[number, "dast-10"])) == 1


def test_nothing_answered_is_said_on_the_form(press, number):
    status, text = press("alice", "take", number, "phq-9", **AT)
    assert (status, "No question is answered" in text, rows()) == (422, True, [])


def test_points_only_where_the_wording_is_not_ours_to_show(page, number):
    status, text = page("alice", "take", number, "dast-10")
    assert (status, "enter the points from the paper" in text) == (200, True)
    assert "enter the points from the paper" not in page("alice", "take", number, "gad-7")[1]


def test_a_correction_starts_from_the_old_answers_and_keeps_both(page, press, answer, number):
    old = answer("GAD-7", 1, 1, 1, 1, 1, 1, 1)
    query = f"?corrects={old}"
    assert page("alice", "take", number, "gad-7", query=query)[1].count("checked") == 7
    typed = {**AT, **given(2, 1, 1, 1, 1, 1, 1)}
    assert press("alice", "take", number, "gad-7", query=query, **typed)[0] == 422
    status, _text = press("alice", "take", number, "gad-7", query=query, reason="Misread", **typed)
    assert (status, [(each.score, each.supersedes_id) for each in rows()]) == (
        200, [(7, None), (8, old)],
    )  # fmt: skip
    assert "Newer answers stand" in page("alice", "response", number, old)[1]


@pytest.mark.parametrize("query", ["?corrects=x", "?corrects=999"])
def test_a_correction_of_nothing_is_not_found(page, number, query):
    assert page("alice", "take", number, "gad-7", query=query)[0] == 404


def test_what_is_not_there_is_not_found(page, answer, number):
    row = answer("GAD-7", 1, 1, 1, 1, 1, 1, 1)
    assert page("alice", "take", number, "no-such")[0] == 404
    assert page("alice", "response", number, row + 1)[0] == 404
    assert page("charlie", "response", number, row)[0] == 404
    assert page("charlie", "record", number)[0] == 404
    assert page("fred", "take", number, "gad-7")[0] == 403


def test_a_dangerous_answer_leads_to_the_evaluation_that_closes_it(press, page, number):
    text = press("alice", "take", number, "phq-9", **AT, **given(*DARK))[1]
    concern = the_concern()
    url = reverse("assessments:concern", args=[concern.id])
    assert ("An answer asks for a safety evaluation" in text, url in text) == (True, True)
    assert url in page("alice", "concerns")[1]
    status, text = press("alice", "concern", concern.id, seen=concern.latest_id, **EVALUATION)
    assert (status, "Safety plan made, care goes on here" in text, "Alice Adams" in text) == (
        200,
        True,
        True,
    )
    with as_job("access.audit.verify"):
        assert SafetyEvaluation.objects.get().found == "No plan."
    assert "Nobody waits" in page("alice", "concerns")[1]


def test_an_evaluation_without_words_stays_on_the_page(press, answer, number):
    latest = answer("PHQ-9", *DARK)
    concern = the_concern()
    status, text = press(
        "alice", "concern", concern.id, evaluate="1", seen=latest, found="", disposition="plan"
    )
    assert (status, "Fill this in." in text) == (422, True)
    assert the_concern().closed_at is None


def test_an_answer_that_came_meanwhile_must_be_seen_first(press, answer, number):
    first = answer("PHQ-9", *DARK)
    answer("PHQ-9", *DARK)
    status, text = press("alice", "concern", the_concern().id, seen=first, **EVALUATION)
    assert (status, "Another answer came in meanwhile" in text) == (422, True)


def test_two_people_cancel_and_one_cannot_alone(press, answer, number):
    answer("PHQ-9", *DARK)
    concern = the_concern().id
    typed = {"cancel": "1", "reason": "Wrong sheet"}
    assert "it takes a second person" in press("alice", "concern", concern, **typed)[1]
    status, text = press("alice", "concern", concern, **typed)
    assert (status, "You have said so" in text) == (422, True)
    assert "The concern is closed." in press("bob", "concern", concern, **typed)[1]


def test_the_concern_is_north_s_and_for_clinicians(page, answer, number):
    answer("PHQ-9", *DARK)
    concern = the_concern().id
    assert page("charlie", "concern", concern)[0] == 404
    assert page("fred", "concern", concern)[0] == 403
    assert str(number) not in page("charlie", "concerns")[1]


def test_ten_questionnaires_cost_what_one_costs(
    answer, number, signed_in, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, url = signed_in("alice"), reverse("assessments:record", args=[number])
    answer("PHQ-9", *DARK)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for _again in range(9):
        answer("GAD-7", 1, 1, 1, 1, 1, 1, 1)
    with django_assert_num_queries(len(one)):
        client.get(url)


def test_the_card_of_a_person_s_page_shows_the_newest_of_each(page, answer, number, signed_in):
    assert "None taken yet." in page("alice", "card", number)[1]
    answer("GAD-7", 1, 1, 1, 1, 1, 1, 1)
    newest = answer("GAD-7", 2, 1, 1, 1, 1, 1, 1)
    answer("PHQ-9", *DARK)
    url = reverse("assessments:card", args=[number])
    text = signed_in("alice").get(url, headers={"HX-Request": "true"}).content.decode()
    assert reverse("assessments:response", args=[number, newest]) in text
    assert (text.count("GAD-7"), text.count("PHQ-9"), "<html" in text) == (1, 1, False)
    assert "An answer asks for a safety evaluation" in text
