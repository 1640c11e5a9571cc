"""The worklist: opened once, seen where it belongs, closed with an outcome."""

from datetime import UTC, datetime, timedelta

import pytest

from openiop.access.actions import issue_record
from openiop.kernel.permits import Refused
from openiop.messaging import actions, queries

NOW = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
NORTH, SOUTH = 1, 2


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
