"""A safety answer calls a clinician; only an evaluation, or two people, close it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction
from django.http import Http404

from openiop.access import door
from openiop.access.backend.base import writing
from openiop.assessments.actions import record_response
from openiop.assessments.actions.safety import call_again, cancel, evaluate
from openiop.assessments.models import (
    Response,
    SafetyCancel,
    SafetyConcern,
    SafetyEvaluation,
)
from openiop.assessments.queries import concern, open_concern, open_concerns, overdue_concern
from openiop.assessments.tests.conftest import (
    ALICE,
    BOB,
    GULF,
    NORTH,
    NOW,
    as_job,
    make_person,
    taken,
)
from openiop.kernel.permits import NotPermitted, Refused
from openiop.messaging.actions import acknowledge, close_task, snooze_tasks
from openiop.messaging.queries import current_alerts, open_tasks

CLOSE = "assessments.safety.close"
DARK = (0, 0, 0, 0, 0, 0, 0, 0, 1)
FOUND = {"found": "No plan, no means.", "disposition": "plan", "plan": "Calls her sister."}


@pytest.fixture
def dark(answer):
    """A response with a yes to thoughts of death; its id."""
    return answer("PHQ-9", *DARK)


@pytest.fixture
def alice(opened):
    with opened("alice", CLOSE, now=NOW) as permit:
        yield permit


def the_concern():
    return SafetyConcern.objects.values_list("id", flat=True).get()


def test_one_answer_opens_a_concern_a_task_and_a_call_that_name_nobody(alice, dark, person):
    found = open_concern(alice, person)
    assert (found.latest, found.escalate_at) == (dark, NOW + timedelta(minutes=15))
    (call,) = current_alerts(alice)
    assert (call.kind, call.sentence) == (
        "safety", "An answer asks for a safety evaluation now."
    )  # fmt: skip
    (task,) = open_tasks(alice, kinds=["safety"])
    assert (task.record, task.title, task.due_at) == (person, call.sentence, found.escalate_at)


def test_a_second_answer_joins_the_open_concern_and_calls_again(alice, dark, answer, person):
    newest = answer("C-SSRS", 1, 1, 1, 0, 0, 0)
    found, answers = concern(alice, the_concern())
    assert (found.latest, [each.id for each in answers]) == (newest, [newest, dark])
    assert len(current_alerts(alice)) == 2
    assert len(open_tasks(alice, kinds=["safety"])) == 1


def test_the_worklist_neither_closes_nor_snoozes_it(alice, dark):
    (task,) = open_tasks(alice, kinds=["safety"])
    for work in (
        lambda: close_task(alice, task.id, "Done"),
        lambda: snooze_tasks(alice, [task.id], NOW + timedelta(hours=1)),
    ):
        with pytest.raises(Refused, match="clinician's evaluation only"):
            work()
    assert [each.id for each in open_tasks(alice, kinds=["safety"])] == [task.id]


def test_an_evaluation_closes_concern_task_and_calls(alice, dark):
    one = the_concern()
    evaluate(alice, one, seen=dark, **FOUND)
    found = concern(alice, one)[0]
    assert found.closed_at == NOW
    assert found.evaluated == (
        "Alice Adams, CADC, LCPC", "plan", "No plan, no means.", "Calls her sister.", NOW
    )  # fmt: skip
    assert open_tasks(alice, kinds=["safety", "alert"]) == []
    assert [each.answered for each in current_alerts(alice)] == [True]
    with pytest.raises(Refused, match="already"):
        evaluate(alice, one, seen=dark, **FOUND)


def test_an_evaluation_looks_at_the_newest_answer_and_says_what_was_found(alice, dark, answer):
    one = the_concern()
    with pytest.raises(Refused, match="Say what you found"):
        evaluate(alice, one, seen=dark, found=" ", disposition="plan")
    answer("PHQ-9", *DARK)
    with pytest.raises(Refused, match="Another answer came in"):
        evaluate(alice, one, seen=dark, **FOUND)


def test_whoever_has_no_credential_or_needs_a_second_signature_does_not_evaluate(dark, opened):
    one = the_concern_of(dark)
    with opened("nora", CLOSE, now=NOW) as nora, pytest.raises(Refused, match="cannot sign today"):
        evaluate(nora, one, seen=dark, **FOUND)
    with pytest.raises(NotPermitted), opened("fred", CLOSE, now=NOW):
        pass
    record = make_person(GULF)
    with as_job("assessments.response.write") as permit:
        told = taken("PHQ-9", *DARK)
        seen = record_response(permit, record=record, clinic=GULF, taken=told)
    with opened("iris", CLOSE, now=NOW) as iris, pytest.raises(Refused, match="a second one"):
        evaluate(iris, the_concern_of(seen), seen=seen, **FOUND)


def the_concern_of(response):
    with as_job("assessments.response.write"):
        return SafetyConcern.objects.get(first_id=response).pk


def test_cancelling_takes_two_different_people(alice, dark, opened):
    one = the_concern()
    with pytest.raises(Refused, match="Say why"):
        cancel(alice, one, " ")
    assert cancel(alice, one, "Ticked by mistake, asked at once") is False
    with pytest.raises(Refused, match="takes a second person"):
        cancel(alice, one, "Again")
    assert concern(alice, one)[0].closed_at is None
    with opened("bob", CLOSE, now=NOW) as bob:
        assert cancel(bob, one, "I was there") is True
        found = concern(bob, one)[0]
    assert (found.closed_at, [name for name, _why, _at in found.cancels]) == (
        NOW, ["Alice Adams", "Bob Brown"]
    )  # fmt: skip


def test_the_database_lets_nothing_else_close_it(alice, dark):
    rows = SafetyConcern.objects.filter(pk=the_concern())
    with pytest.raises(IntegrityError, match="by an evaluation"), transaction.atomic(), writing():
        rows.update(closed_at=NOW)
    cancel(alice, the_concern(), "By mistake")
    with pytest.raises(IntegrityError, match="by an evaluation"), transaction.atomic(), writing():
        rows.update(closed_at=NOW)
    evaluate(alice, the_concern(), seen=dark, **FOUND)
    for change in (lambda: rows.update(closed_at=None), rows.delete):
        with pytest.raises(IntegrityError), transaction.atomic(), writing():
            change()
    for table in (SafetyEvaluation, SafetyCancel):
        with pytest.raises(IntegrityError, match="only grows"), transaction.atomic(), writing():
            table.objects.update(staff_id=BOB)


def test_nobody_in_time_and_somebody_is_called_again(dark, opened):
    late = NOW + timedelta(minutes=15)
    with as_job("assessments.safety.escalate", NOW) as permit:
        assert overdue_concern(permit) is None
    with opened("bob", "messaging.alert.acknowledge", now=NOW) as bob:
        acknowledge(bob, current_alerts(bob)[0].id)
    with as_job("assessments.safety.escalate", late) as permit:
        call_again(permit, overdue_concern(permit))
        assert overdue_concern(permit) is None
    with opened("alice", CLOSE, now=late) as alice:
        assert [(each.sentence, each.answered) for each in current_alerts(alice)] == [
            ("A safety evaluation is late.", False),
            ("An answer asks for a safety evaluation now.", True),
        ]


def test_a_call_that_still_climbs_is_not_doubled(dark, opened):
    late = NOW + timedelta(minutes=15)
    with as_job("assessments.safety.escalate", late) as permit:
        call_again(permit, overdue_concern(permit))
    with opened("alice", CLOSE, now=late) as alice:
        assert len(current_alerts(alice)) == 1
        assert open_concerns(alice)[0].escalate_at == late + timedelta(minutes=15)


def test_a_concern_of_another_clinic_is_not_there(dark, opened):
    one = the_concern_of(dark)
    with opened("charlie", CLOSE, now=NOW) as charlie:
        assert open_concerns(charlie) == []
        for look in (lambda: concern(charlie, one), lambda: cancel(charlie, one, "No")):
            with pytest.raises(Http404):
                look()


# --- at once -----------------------------------------------------------------------------------


def at_once(count, work):
    def run(number):
        try:
            return work(number)
        except Refused as no:
            return no.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def as_one_of_two(number):
    return door.opened_for((ALICE, BOB)[number % 2], CLOSE, now=NOW)


def tell(record):
    with as_job("assessments.response.write") as permit:
        told = taken("PHQ-9", *DARK)
        return record_response(permit, record=record, clinic=NORTH, taken=told)


def test_eight_answers_at_once_open_one_concern_with_eight_calls(own_database, network):
    record = make_person()
    told = at_once(8, lambda _number: tell(record))
    with as_job("assessments.response.write"):
        row = SafetyConcern.objects.get()
        assert (len(row.alerts), row.latest_id in told) == (8, True)
        assert Response.objects.count() == 8


def test_eight_evaluations_at_once_and_one_counts(own_database, network):
    seen = tell(make_person())

    def close(number):
        with as_one_of_two(number) as permit:
            evaluate(permit, SafetyConcern.objects.get().pk, seen=seen, **FOUND)
            return "done"

    assert sorted(at_once(8, close)) == ["closed"] * 7 + ["done"]


def test_one_person_cancelling_eight_times_at_once_is_one_person(own_database, network):
    tell(make_person())

    def close(_number):
        with as_one_of_two(0) as permit:
            return cancel(permit, SafetyConcern.objects.get().pk, "By mistake")

    assert sorted(at_once(8, close), key=str) == [False] + ["second"] * 7
    with as_job("assessments.response.write"):
        assert SafetyConcern.objects.get().closed_at is None


def test_two_people_cancelling_at_once_close_it_once(own_database, network):
    tell(make_person())

    def close(number):
        with as_one_of_two(number) as permit:
            return cancel(permit, SafetyConcern.objects.get().pk, "By mistake")

    assert sorted(at_once(2, close)) == [False, True]


def test_answers_and_evaluations_at_once_leave_no_answer_unseen(own_database, network):
    record = make_person()
    seen = tell(record)

    def either(number):
        if number % 2:
            return tell(record)
        with as_one_of_two(number) as permit:
            row = SafetyConcern.objects.filter(closed_at__isnull=True).first()
            evaluate(permit, row.pk, seen=seen, **FOUND)
            return "done"

    at_once(8, either)
    with as_job("assessments.response.write"):
        newest = Response.objects.latest("id").pk
        still = SafetyConcern.objects.get(closed_at__isnull=True)
        assert still.latest_id == newest or still.first_id <= newest
