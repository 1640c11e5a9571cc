"""An alert is answered, or climbs: first, backup, director, each after fifteen minutes."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.http import Http404

from openiop.access import door
from openiop.kernel.permits import Refused
from openiop.messaging import actions, jobs, queries
from openiop.messaging.models import Alert, OutboxMessage, Task
from openiop.messaging.tests.conftest import BOB, CHARLIE, DANA, NORTH, NOW, SAM

FIFTEEN = timedelta(minutes=15)


def cry(opened, clinic: int = NORTH, person: str = "fred") -> int:
    with opened(person, "messaging.alert.raise", now=NOW) as permit:
        return actions.raise_alert(
            permit, clinic=clinic, kind="help", sentence="Help is needed: Maple.", room=1
        )


def minute(system, after: timedelta) -> None:
    """The job's work at one minute."""
    with system("messaging.alert.escalate", now=NOW + after) as permit:
        jobs.escalate(permit)


def told(system) -> list[int]:
    with system("messaging.outbox.read"):
        return list(OutboxMessage.objects.order_by("id").values_list("staff_id", flat=True))


def test_the_first_on_call_is_told_at_once_by_text_and_task(opened, system, on_duty):
    on_duty(first=SAM, backup=BOB)
    alert = cry(opened)
    with opened("sam", "messaging.task.read", now=NOW) as permit:
        (row,) = queries.open_tasks(permit, staff=SAM)
        assert (row.title, row.due_at) == ("Help is needed: Maple.", NOW + FIFTEEN)
        message = OutboxMessage.objects.get()
        assert (message.staff_id, message.channel) == (SAM, "text")
        assert message.body == "OpenIOP: a call at North waits for your answer. Open the desk."
        assert queries.alert(permit, alert).called == ("Sam Stone",)


def test_one_second_before_fifteen_minutes_nothing_climbs(opened, system, on_duty):
    on_duty(first=SAM, backup=BOB)
    cry(opened)
    minute(system, FIFTEEN - timedelta(seconds=1))
    assert told(system) == [SAM]


def test_at_fifteen_minutes_the_backup_at_thirty_the_director_is_called(opened, system, on_duty):
    on_duty(first=SAM, backup=BOB)
    alert = cry(opened)
    minute(system, FIFTEEN)
    minute(system, FIFTEEN)
    assert told(system) == [SAM, BOB]
    minute(system, 2 * FIFTEEN - timedelta(seconds=1))
    assert told(system) == [SAM, BOB]
    minute(system, 2 * FIFTEEN)
    assert told(system) == [SAM, BOB, DANA]
    with system("messaging.task.read", now=NOW) as permit:
        row = queries.alert(permit, alert)
        assert (row.level, row.called) == (3, ("Sam Stone", "Bob Brown", "Dana Diaz"))
        kinds = {(each.kind, each.staff, each.role) for each in queries.open_tasks(permit)}
    assert kinds == {
        ("alert", SAM, ""),
        ("alert_backup", BOB, ""),
        ("alert_director", None, "director"),
    }


def test_the_director_is_reminded_every_fifteen_minutes(opened, system):
    cry(opened)
    minute(system, FIFTEEN)
    minute(system, 2 * FIFTEEN)
    assert told(system) == [DANA, DANA, DANA]


def test_a_gap_for_the_first_goes_straight_to_the_backup(opened, system, on_duty):
    on_duty(backup=BOB)
    cry(opened)
    assert told(system) == [BOB]


def test_without_anyone_on_call_the_director_is_called_at_once(opened, system):
    cry(opened)
    assert told(system) == [DANA]


def test_a_shift_that_ended_counts_as_a_gap(opened, system, on_duty):
    on_duty(first=SAM)
    with opened("fred", "messaging.alert.raise", now=NOW + timedelta(hours=23)) as permit:
        actions.raise_alert(permit, clinic=NORTH, kind="help", sentence="Help is needed.")
    assert told(system) == [DANA]


def test_an_answered_alert_climbs_no_more_and_its_tasks_are_closed(opened, system, on_duty):
    on_duty(first=SAM, backup=BOB)
    alert = cry(opened)
    with opened("sam", "messaging.alert.acknowledge", now=NOW + timedelta(minutes=3)) as permit:
        actions.acknowledge(permit, alert)
    minute(system, 4 * FIFTEEN)
    assert told(system) == [SAM]
    with system("messaging.task.read"):
        assert list(Task.objects.values_list("closed_by_id", "outcome")) == [(SAM, "Answered")]


def test_the_second_answer_learns_who_was_first(opened, on_duty):
    on_duty(first=SAM)
    alert = cry(opened)
    with opened("sam", "messaging.alert.acknowledge") as permit:
        actions.acknowledge(permit, alert)
    with opened("bob", "messaging.alert.acknowledge") as permit, pytest.raises(Refused) as no:
        actions.acknowledge(permit, alert)
    assert no.value.sentence == "Sam Stone has already answered this call."


def test_another_clinic_neither_sees_nor_answers_it(opened):
    alert = cry(opened)
    with opened("charlie", "messaging.alert.acknowledge") as permit:
        assert queries.current_alerts(permit) == []
        with pytest.raises(Http404):
            actions.acknowledge(permit, alert)


def test_the_shift_of_another_clinic_is_not_called(opened, system, on_duty):
    on_duty(clinic=2, first=CHARLIE)
    cry(opened)
    assert told(system) == [DANA]


@pytest.mark.slow
def test_of_eight_answers_at_once_one_counts(own_database, network):
    with door.opened_for(9, "messaging.alert.raise") as permit:
        alert = actions.raise_alert(permit, clinic=NORTH, kind="help", sentence="Help is needed.")
    outcomes: list[str] = []

    def answer(user: int) -> None:
        try:
            with door.opened_for(user, "messaging.alert.acknowledge") as permit:
                actions.acknowledge(permit, alert)
            outcomes.append("answered")
        except Refused as no:
            outcomes.append(no.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=answer, args=(user,)) for user in (1, 2, 4, 7) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already_answered"] * 7 + ["answered"]


@pytest.mark.slow
def test_two_workers_climb_one_step_together(own_database, network):
    with door.opened_for(9, "messaging.alert.raise", now=NOW) as permit:
        actions.raise_alert(permit, clinic=NORTH, kind="help", sentence="Help is needed.")

    def work() -> None:
        with door.opened_for_job("messaging.alert.escalate", 1, now=NOW + FIFTEEN) as permit:
            jobs.escalate(permit)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with door.opened_for_job("messaging.outbox.read", 1):
        assert OutboxMessage.objects.count() == 2
        assert Alert.objects.get().escalate_at == NOW + 2 * FIFTEEN


@pytest.mark.parametrize("directors", [1, 4])
def test_raising_an_alert_takes_the_same_few_statements_whoever_is_called(
    opened, more_directors, django_assert_num_queries, directors, system
):
    more_directors(directors)
    with opened("fred", "messaging.alert.raise", now=NOW) as permit, django_assert_num_queries(10):
        actions.raise_alert(permit, clinic=NORTH, kind="help", sentence="Help is needed.")
    assert len(told(system)) == directors
