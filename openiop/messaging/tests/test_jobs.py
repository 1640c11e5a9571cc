"""Jobs: deferred in a transaction, worked as a named actor, retried, rescued, shown."""

from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, connections, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from openiop.access import door, seals
from openiop.access.models import AuditEvent, Seal
from openiop.kernel.permits import Refused
from openiop.messaging import actions, jobs, queries
from openiop.messaging.actions.jobs import queue_job
from openiop.messaging.models import JobError, Task

NOW = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
LAKESIDE = 1


@pytest.fixture
def declared():
    """Jobs declared for one test; they are forgotten after it."""
    before = dict(app.tasks)
    yield
    app.tasks.clear()
    app.tasks.update(before)


def work_off() -> None:
    """A real worker, until nothing is waiting; its threads' connections are closed."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(wait=False, concurrency=2, install_signal_handlers=False)
    connections.close_all()


def only_job(name: str = "messaging.send_outbox") -> ProcrastinateJob:
    return ProcrastinateJob.objects.get(task_name=name)


def test_a_job_belongs_to_its_room():
    def materialize(permit):
        pass

    materialize.__module__ = "openiop.schedule.jobs"
    assert jobs.name_of(materialize) == "schedule.materialize"


def test_a_job_deferred_in_a_transaction_goes_with_it(db, declared):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue_job("messaging.send_outbox", LAKESIDE)
        raise ZeroDivisionError
    assert ProcrastinateJob.objects.count() == 0


def test_the_same_waiting_job_is_queued_once(db, declared):
    queue_job("messaging.send_outbox", LAKESIDE)
    queue_job("messaging.send_outbox", LAKESIDE)
    queue_job("messaging.send_outbox", 2)
    assert [job.args for job in ProcrastinateJob.objects.order_by("id")] == [
        {"organization": 1}, {"organization": 2},
    ]  # fmt: skip


@pytest.mark.slow
def test_the_role_of_the_pages_defers_and_works_a_job_as_a_named_actor(own_database, declared):
    @jobs.job("messaging.task.write")
    def remind(permit, title):
        actions.open_task(permit, kind="call", title=title, clinic=1, due_at=permit.now)

    with door.opened_for_job("messaging.task.write", LAKESIDE) as permit:
        actions.defer(permit, "messaging.remind", title="Call the lab")
    work_off()
    assert only_job("messaging.remind").status == "succeeded"
    with door.opened_for_job("messaging.task.read", LAKESIDE) as permit:
        assert [row.title for row in queries.open_tasks(permit)] == ["Call the lab"]
        audit = AuditEvent.objects.filter(actor="job:messaging.remind")
        assert list(audit.values_list("act", "table")) == [
            ("messaging.task.write", "messaging_task")
        ]


@pytest.mark.slow
def test_a_failing_job_waits_for_its_next_try_and_leaves_only_the_type_of_its_error(
    own_database, declared
):
    @jobs.job("messaging.task.write")
    def stumble(permit):
        raise LookupError("Maria Lopez was not found")

    queue_job("messaging.stumble", LAKESIDE)
    work_off()
    job = only_job("messaging.stumble")
    assert (job.status, job.attempts) == ("todo", 1)
    assert timedelta(0) < job.scheduled_at - datetime.now(UTC) <= timedelta(seconds=3)
    with door.opened_for_job("messaging.jobs.note", LAKESIDE):
        assert list(JobError.objects.values_list("job", "task", "error")) == [
            (job.id, "messaging.stumble", "LookupError")
        ]


@pytest.mark.slow
def test_a_failed_job_undoes_what_it_wrote(own_database, declared):
    @jobs.job("messaging.task.write")
    def half(permit):
        actions.open_task(permit, kind="call", title="Half", clinic=1, due_at=permit.now)
        raise LookupError

    queue_job("messaging.half", LAKESIDE)
    work_off()
    with door.opened_for_job("messaging.task.read", LAKESIDE):
        assert Task.objects.count() == 0


@pytest.mark.slow
def test_a_run_that_did_nothing_leaves_no_audit_row(own_database, declared):
    @jobs.job("messaging.task.write")
    def idle(permit):
        pass

    queue_job("messaging.idle", LAKESIDE)
    work_off()
    assert only_job("messaging.idle").status == "succeeded"
    with door.opened_for_job("messaging.task.read", LAKESIDE):
        assert AuditEvent.objects.filter(actor="job:messaging.idle").count() == 0


def test_each_organization_gets_its_own_job(db, declared):
    @jobs.each_organization("0 4 * * *", "messaging.task.write")
    def sweep(permit):
        pass

    app.tasks["messaging.sweep.each"](timestamp=0)
    found = ProcrastinateJob.objects.filter(task_name="messaging.sweep").order_by("id")
    assert [job.args["organization"] for job in found] == [1, 2]


def leave_behind(attempts: int = 0) -> int:
    """A job begun by a worker that was killed ten minutes ago."""
    queue_job("messaging.send_outbox", LAKESIDE)
    job = only_job().id
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '10 minutes') RETURNING id"
        )
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s, worker_id = %s",
            [attempts, cursor.fetchone()[0]],
        )
    return job


class Context:
    """What the worker hands to `rescue`."""

    app = app


def test_a_job_whose_worker_was_killed_is_queued_again(db):
    leave_behind()
    async_to_sync(jobs.rescue.func)(Context, timestamp=0)
    assert (only_job().status, only_job().attempts) == ("todo", 1)


def test_a_job_that_kills_every_worker_is_given_up(db):
    leave_behind(attempts=5)
    async_to_sync(jobs.rescue.func)(Context, timestamp=0)
    assert only_job().status == "failed"


def fail(job: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [job])


def test_the_queue_is_counted_for_ones_own_organization(opened, db):
    stuck = leave_behind()
    queue_job("messaging.escalate", LAKESIDE)
    queue_job("messaging.escalate", 2)
    with opened("adam", "messaging.jobs.read") as permit:
        state = queries.queue_state(permit)
    assert (state.failed, state.stuck, state.waiting) == (0, 1, 1)
    assert [(row.id, row.name, row.state) for row in state.rows] == [
        (stuck, "messaging.send_outbox", "doing")
    ]


def test_a_failed_job_can_be_run_again_but_not_a_waiting_or_foreign_one(opened, db):
    queue_job("messaging.escalate", LAKESIDE)
    mine = only_job("messaging.escalate").id
    queue_job("messaging.escalate", 2)
    foreign = ProcrastinateJob.objects.get(args__organization=2).id
    fail(foreign)
    with opened("adam", "messaging.jobs.retry") as permit:
        for job in (mine, foreign):
            with pytest.raises(Refused) as no:
                actions.retry_job(permit, job)
            assert no.value.code == "job_not_failed"
    fail(mine)
    with opened("adam", "messaging.jobs.retry") as permit:
        assert actions.retry_all_jobs(permit) == 1
    assert ProcrastinateJob.objects.get(pk=mine).status == "todo"
    assert ProcrastinateJob.objects.get(pk=foreign).status == "failed"


def test_an_error_is_kept_by_its_type(system, db):
    with system("messaging.jobs.note") as permit:
        actions.note_failure(permit, 7, "messaging.remind", "KeyError")
        assert JobError.objects.get().error == "KeyError"


def test_the_audit_is_sealed_by_its_job_and_not_for_the_jobs_own_sake(own_database, network):
    with door.opened_for(1, "access.home"):
        pass
    for _ in range(2):
        with door.opened_for_job("access.audit.seal", LAKESIDE) as permit:
            jobs.seal_audit(permit)
            assert [seal.rows for seal in Seal.objects.all()] == [1]
    assert seals.verify(LAKESIDE) == []
