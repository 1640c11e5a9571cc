"""The worklist: opened once, seen where it belongs, closed with an outcome."""

from datetime import timedelta

import pytest
from django.http import Http404

from openiop.access.actions import issue_record
from openiop.access.backend.base import writing
from openiop.access.models import RecordBlock
from openiop.kernel.permits import Refused
from openiop.messaging import actions, queries
from openiop.messaging.models import Task
from openiop.messaging.tests.conftest import ALICE, BOB, DANA, NORTH, NOW


def a_task(permit, **facts):
    given = {"kind": "call", "title": "Call back", "clinic": NORTH, "due_at": NOW}
    return actions.open_task(permit, **{**given, **facts})


def test_the_same_open_task_is_returned_and_not_doubled(opened):
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        first = a_task(permit, about=("schedule_attendance", 7), role="clinician")
        assert a_task(permit, about=("schedule_attendance", 7), role="clinician") == first
        assert a_task(permit, about=("schedule_attendance", 8), role="clinician") != first
        assert len(queries.open_tasks(permit)) == 2


def test_a_closed_task_may_be_opened_anew(opened):
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        first = a_task(permit, about=("schedule_attendance", 7))
        assert actions.close_tasks_about(permit, "call", ("schedule_attendance", 7), "done") == 1
        assert actions.close_tasks_about(permit, "call", ("schedule_attendance", 7), "done") == 0
        assert a_task(permit, about=("schedule_attendance", 7)) != first


def test_closing_twice_is_refused(opened):
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        task = a_task(permit)
        actions.close_task(permit, task, "Reached")
        with pytest.raises(Refused) as no:
            actions.close_task(permit, task, "Reached")
        assert no.value.code == "task_closed"


def test_tasks_for_me_are_mine_and_those_of_my_roles(opened):
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        a_task(permit, staff=1)
        a_task(permit, role="clinician")
        a_task(permit, role="nurse")
        a_task(permit, staff=2, role="clinician")
        assert queries.open_count(permit) == 2


def test_another_clinic_sees_no_task_of_ours(opened):
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        a_task(permit)
    with opened("charlie", "messaging.task.read", now=NOW) as permit:
        assert queries.open_tasks(permit) == []


def test_a_row_shows_the_record_number_and_whether_it_is_late(opened, system):
    with system("access.record.issue") as permit:
        record = issue_record(permit, NORTH)
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        a_task(permit, record=record.id, due_at=NOW - timedelta(minutes=1))
        (row,) = queries.open_tasks(permit, record=record.id)
    assert (row.number, row.overdue, row.clinic_code) == (record.number, True, "NORTH")


def test_a_claimed_task_is_mine_and_nobody_elses(opened):
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        task = a_task(permit, role="clinician")
        actions.claim_task(permit, task)
        assert [row.id for row in queries.worklist(permit, "mine")] == [task]
    with opened("bob", "messaging.task.write", now=NOW) as permit:
        assert queries.worklist(permit, "me") == []
        with pytest.raises(Refused) as no:
            actions.claim_task(permit, task)
        assert no.value.code == "task_taken"


def test_a_claimed_task_can_be_given_back_but_not_a_personal_one(opened):
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        task, own = a_task(permit, role="clinician"), a_task(permit, staff=ALICE)
        actions.claim_task(permit, task)
        actions.unclaim_task(permit, task)
        assert [row.id for row in queries.worklist(permit, "role")] == [task]
        with pytest.raises(Refused) as no:
            actions.unclaim_task(permit, own)
        assert no.value.code == "task_personal"


def test_a_snoozed_task_is_out_of_sight_until_its_time(opened):
    later = NOW + timedelta(hours=1)
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        task = a_task(permit, staff=ALICE)
        actions.snooze_tasks(permit, [task], later)
        assert queries.open_count(permit) == 0
        assert [row.id for row in queries.worklist(permit, "snoozed")] == [task]
    with opened("alice", "messaging.task.read", now=later) as permit:
        assert queries.open_count(permit) == 1
        assert queries.worklist(permit, "snoozed") == []


def test_a_snooze_can_be_undone(opened):
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        task = a_task(permit, staff=ALICE)
        actions.snooze_tasks(permit, [task], NOW + timedelta(hours=1))
        actions.snooze_tasks(permit, [task], None)
        assert queries.open_count(permit) == 1


def test_several_tasks_are_closed_at_once_and_opened_again(opened):
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        tasks = [a_task(permit, title=title) for title in ("One", "Two", "Three")]
        actions.close_task(permit, tasks[0], "Done")
        assert actions.close_tasks(permit, tasks, "Not needed") == tasks[1:]
        assert queries.open_tasks(permit) == []
        actions.reopen_tasks(permit, tasks[1:])
        assert [row.title for row in queries.open_tasks(permit)] == ["Two", "Three"]


def test_a_task_opened_anew_is_not_opened_twice_by_undo(opened):
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        first = a_task(permit, about=("schedule_attendance", 7))
        actions.close_task(permit, first, "Done")
        a_task(permit, about=("schedule_attendance", 7))
        with pytest.raises(Refused) as no:
            actions.reopen_tasks(permit, [first])
        assert no.value.code == "task_open"


def test_every_state_of_a_task_is_kept(opened):
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        task = a_task(permit, role="clinician")
        actions.claim_task(permit, task)
        actions.close_task(permit, task, "Done")
        kept = Task.objects.get(pk=task).events.order_by("pgh_id")
        assert list(kept.values_list("staff_id", "outcome")) == [
            (None, ""), (ALICE, ""), (ALICE, "Done"),
        ]  # fmt: skip


def test_the_counts_are_those_of_the_lists(opened):
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        a_task(permit, staff=ALICE)
        a_task(permit, role="clinician")
        a_task(permit, role="nurse")
        actions.snooze_tasks(permit, [a_task(permit, staff=ALICE)], NOW + timedelta(hours=1))
        counts = queries.task_counts(permit)
        assert counts == {"me": 2, "mine": 1, "role": 1, "clinic": 3, "snoozed": 1}
        assert counts == {which: len(queries.worklist(permit, which)) for which in counts}


def test_a_task_about_a_record_closed_to_me_is_not_shown(opened, system, someone):
    person = someone()
    with system("messaging.task.write", now=NOW) as permit:
        task = a_task(permit, record=person.record)
    with system("access.record.block"), writing():
        RecordBlock.objects.create(
            organization_id=1, record_id=person.record, user_id=BOB, reason="kin", set_by_id=DANA,
            set_at=NOW,
        )  # fmt: skip
    with opened("bob", "messaging.task.write", now=NOW) as permit:
        assert queries.open_tasks(permit) == []
        assert queries.task_counts(permit)["clinic"] == 0
        with pytest.raises(Http404):
            actions.close_task(permit, task, "Done")
        assert actions.close_tasks(permit, [task], "Done") == []
    with opened("alice", "messaging.task.read", now=NOW) as permit:
        (row,) = queries.open_tasks(permit)
        assert (row.id, row.number) == (task, person.number)


def test_another_clinic_cannot_touch_our_tasks(opened):
    with opened("alice", "messaging.task.write", now=NOW) as permit:
        task = a_task(permit)
    with opened("charlie", "messaging.task.write", now=NOW) as permit:
        with pytest.raises(Http404):
            actions.claim_task(permit, task)
        assert actions.close_tasks(permit, [task], "Done") == []


def test_the_worklist_takes_one_statement_for_one_and_for_three(
    opened, someone, django_assert_num_queries
):
    for count in (1, 2):
        with opened("alice", "messaging.task.write", now=NOW) as permit:
            for _ in range(count):
                a_task(permit, record=someone().record, staff=ALICE)
            with django_assert_num_queries(1):
                queries.worklist(permit, "me")
            with django_assert_num_queries(1):
                queries.open_count(permit)
