"""The job queue: what failed, what is stuck, what waits, when a worker was last seen.

Jobs carry ids only; of an error its type is shown, never its words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinateWorker,
)

from openiop.kernel.permits import Permit
from openiop.messaging.models import JobError

FAILED, DOING, TODO = "failed", "doing", "todo"
SILENT = timedelta(seconds=60)  # a worker tells that it lives every ten seconds


@dataclass(frozen=True)
class JobRow:
    """A job that failed or is stuck; `error` is the type of its last error."""

    id: int
    name: str
    state: str
    attempts: int
    error: str
    at: datetime | None


@dataclass(frozen=True)
class QueueState:
    """The queue as the page shows it."""

    failed: int
    stuck: int
    waiting: int
    last_seen: datetime | None
    rows: list[JobRow]


def own_jobs(permit: Permit) -> QuerySet[ProcrastinateJob]:
    """Jobs of this organization, and those of none."""
    return ProcrastinateJob.objects.filter(
        Q(args__organization=permit.organization) | ~Q(args__has_key="organization")
    )


def stuck(permit: Permit) -> Q:
    """Begun by a worker that fell silent."""
    alive = Q(worker__last_heartbeat__gte=permit.now - SILENT)
    return Q(status=DOING) & (Q(worker__isnull=True) | ~alive)


def queue_state(permit: Permit, limit: int = 200) -> QueueState:
    """Counts, and the newest failed and stuck jobs with the type of their last error."""
    jobs, bad = own_jobs(permit), Q(status=FAILED) | stuck(permit)
    counts = jobs.aggregate(
        failed=Count("id", filter=Q(status=FAILED)), stuck=Count("id", filter=stuck(permit)),
        waiting=Count("id", filter=Q(status=TODO)),
    )  # fmt: skip
    rows = list(jobs.filter(bad).order_by("-id")[:limit])
    errors = {
        error.job: error
        for error in JobError.objects.filter(job__in=[row.id for row in rows]).order_by("id")
    }
    shown = [_row(row, errors.get(row.id)) for row in rows]
    permit.note("messaging.jobs.read", table="procrastinate_jobs", count=len(shown))
    return QueueState(**counts, last_seen=_last_seen(), rows=shown)


def _row(job: ProcrastinateJob, error: JobError | None) -> JobRow:
    return JobRow(
        job.id, job.task_name, job.status, job.attempts,
        error.error if error else "", error.at if error else None,
    )  # fmt: skip


def _last_seen() -> datetime | None:
    """The last sign of life of any worker; one that ended leaves only the events of its jobs."""
    heartbeat: datetime | None = ProcrastinateWorker.objects.aggregate(at=Max("last_heartbeat"))[
        "at"
    ]
    if heartbeat is None:
        done = ProcrastinateEvent.objects.filter(type__in=["started", "succeeded", "failed"])
        heartbeat = done.aggregate(at=Max("at"))["at"]
    return heartbeat
