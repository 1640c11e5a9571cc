"""Put jobs into the queue, write down their failures, run failed ones again."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from openiop.access.door import writes
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.models import JobError
from openiop.messaging.queries.jobs import FAILED, own_jobs, stuck

RETRY, TABLE = "messaging.jobs.retry", "procrastinate_jobs"


def defer(permit: Permit, name: str, *, again: bool = False, **arguments: Any) -> None:
    """Queue the job `name` ("<room>.<function>") for the permit's organization, in the caller's
    transaction: it runs only if that commits."""
    queue_job(name, permit.organization, again=again, **arguments)
    permit.note(permit.act.name, table=TABLE)


def queue_job(name: str, organization: int, *, again: bool = False, **arguments: Any) -> None:
    """Queue a job from outside any door. While the same job with the same arguments waits,
    nothing is added, unless `again`: jobs are safe to repeat, so one run serves both."""
    given = {"organization": organization, **arguments}
    waiting = ProcrastinateJob.objects.filter(status="todo", task_name=name, args=given)
    if again or not waiting.exists():
        app.configure_task(name).defer(**given)


@writes("messaging.jobs.note")
def note_failure(permit: Permit, job: int, task: str, error: str) -> None:
    """Keep what kind of error stopped a job: the type's name, never its words."""
    JobError.objects.create(
        organization_id=permit.organization, job=job, task=task, error=error[:120], at=permit.now
    )


@writes(RETRY)
def retry_job(permit: Permit, job: int) -> None:
    """Queue a failed or stuck job of this organization again."""
    stopped = Q(status=FAILED) | stuck(permit)
    if not own_jobs(permit).filter(stopped, pk=job).exists():
        raise Refused("job_not_failed", _("That job is not stopped."), _("Look at the list again."))
    app.job_manager.retry_job_by_id(job, permit.now)
    permit.note(RETRY, table=TABLE, row=job)


@writes(RETRY)
def retry_all_jobs(permit: Permit) -> int:
    """Queue every failed job of this organization again; how many."""
    jobs = list(own_jobs(permit).filter(status=FAILED).values_list("id", flat=True))
    for job in jobs:
        app.job_manager.retry_job_by_id(job, permit.now)
    permit.note(RETRY, table=TABLE, count=len(jobs))
    return len(jobs)
