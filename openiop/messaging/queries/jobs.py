"""The job queue: what failed, what is stuck, what waits, when a worker was last seen.

Jobs carry ids only; of an error its type is shown, never its words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q, QuerySet
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


def unfinished(permit: Permit, states: Iterable[str]) -> QuerySet[ProcrastinateJob]:
    """Jobs of this organization, and those of none, in the given states."""
    own = Q(args__organization=permit.organization) | ~Q(args__has_key="organization")
    return ProcrastinateJob.objects.filter(own, status__in=list(states))


def stuck(permit: Permit) -> QuerySet[ProcrastinateJob]:
    """Jobs that were begun by a worker that fell silent."""
    alive = ProcrastinateWorker.objects.filter(last_heartbeat__gte=permit.now - SILENT)
    return unfinished(permit, [DOING]).exclude(worker__in=alive)


def queue_state(permit: Permit, limit: int = 200) -> QueueState:
    """Counts, and the newest failed and stuck jobs with the type of their last error."""
    failed, stalled = unfinished(permit, [FAILED]), stuck(permit)
    waiting = unfinished(permit, [TODO])
    rows = [*stalled.order_by("-id")[:limit], *failed.order_by("-id")[:limit]]
    errors = {
        error.job: error
        for error in JobError.objects.filter(job__in=[row.id for row in rows]).order_by("id")
    }
    return QueueState(
        failed=failed.count(), stuck=stalled.count(), waiting=waiting.count(),
        last_seen=_last_seen(), rows=[_row(row, errors.get(row.id)) for row in rows],
    )  # fmt: skip


def _row(job: ProcrastinateJob, error: JobError | None) -> JobRow:
    return JobRow(
        job.id, job.task_name, job.status, job.attempts,
        error.error if error else "", error.at if error else None,
    )  # fmt: skip


def _last_seen() -> datetime | None:
    """The last sign of life of any worker; one that ended leaves only the events of its jobs."""
    heartbeat = ProcrastinateWorker.objects.aggregate(at=Max("last_heartbeat"))["at"]
    if heartbeat:
        return heartbeat
    done = ProcrastinateEvent.objects.filter(type__in=["started", "succeeded", "failed"])
    return done.aggregate(at=Max("at"))["at"]
