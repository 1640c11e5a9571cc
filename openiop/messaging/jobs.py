"""Jobs: how every room declares its own, and those of this room.

A room's `jobs.py` declares a job for one organization with `@job(act)`, or one that each
organization runs at set times with `@each_organization(cron, act)`; both get an open door as a
named system actor. Actions queue one by name with `actions.defer`, inside their transaction.
Every job is safe to repeat: one whose worker died is run again.

A run may return what comes after it: it is called when the run is committed, with the way to open
further doors for the same job.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import Any

from django.db import DatabaseError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.jobs import Status

from openiop.access import door, seals
from openiop.access.queries import organization_ids
from openiop.kernel.permits import Permit
from openiop.messaging.actions.alerts import escalate_alert
from openiop.messaging.actions.delivery import (
    Claim,
    Lost,
    carried,
    claim_message,
    mark_handed,
    settle,
)
from openiop.messaging.actions.jobs import note_failure, queue_job
from openiop.messaging.actions.stops import SORT, sort_text
from openiop.messaging.queries.alerts import overdue_alert
from openiop.messaging.queries.outbox import due_message
from openiop.messaging.queries.stops import unsorted_text

RETRIES = RetryStrategy(max_attempts=5, exponential_wait=3)  # after 3, 9, 27, 81, 243 seconds
SILENT_SECONDS = 60
KEPT_HOURS, FAILED_KEPT_HOURS = 48, 30 * 24
Opening = Callable[[], AbstractContextManager[Permit]]
After = Callable[[Opening], None]
Work = Callable[..., After | None]


def name_of(work: Work) -> str:
    """`openiop.schedule.jobs.materialize` is the job "schedule.materialize"."""
    return f"{work.__module__.split('.')[1]}.{work.__name__}"


def job(act: str, *, until_idle: bool = False) -> Callable[[Work], Work]:
    """Declare `work(permit, **arguments)` as a job: one organization, retried five times.

    `until_idle` runs it again and again, each time in a transaction of its own, until a run did
    nothing: what one run did outside stays done when the next one fails.
    """

    def declare(work: Work) -> Work:
        name = name_of(work)

        @app.task(name=name, retry=RETRIES, pass_context=True)
        def run(context: JobContext, /, organization: int, **arguments: Any) -> None:
            try:
                while _work(work, act, organization, f"job:{name}", arguments) and until_idle:
                    pass
            except Exception as error:
                _write_down(context, organization, name, error)
                raise

        return work

    return declare


def each_organization(cron: str, act: str, *, until_idle: bool = False) -> Callable[[Work], Work]:
    """Declare `work(permit)` as a job that every organization runs at each tick of `cron`."""

    def declare(work: Work) -> Work:
        job(act, until_idle=until_idle)(work)
        name = name_of(work)

        @app.periodic(cron=cron)
        @app.task(name=f"{name}.each")
        def tick(timestamp: int) -> None:
            for organization in organization_ids():
                queue_job(name, organization)

        return work

    return declare


class _Idle(Exception):
    """Nothing was done."""


def _work(work: Work, act: str, organization: int, actor: str, arguments: dict[str, Any]) -> bool:
    """Run under an open door; whether it did anything. A run that noted nothing did nothing, and
    leaves no audit row: some look each minute."""
    after, opening = None, partial(door.opened_for_job, act, organization, actor=actor)
    try:
        with opening() as permit:
            after = work(permit, **arguments)
            if not permit.trail:
                raise _Idle
    except _Idle:
        return False
    if after:
        after(opening)
    return True


def _write_down(context: JobContext, organization: int, name: str, error: Exception) -> None:
    """The type of the error, in a transaction of its own; a lost database keeps the first error."""
    opened = door.opened_for_job("messaging.jobs.note", organization)
    with suppress(DatabaseError), opened as permit:
        note_failure(permit, context.job.id or 0, name, type(error).__name__)


# --- this room's -------------------------------------------------------------------------------


@app.periodic(cron="* * * * *")
@app.task(name="messaging.rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> None:
    """Queue again what a killed worker left half done; give up after the same number of tries."""
    manager = context.app.job_manager
    await manager.prune_stalled_workers(SILENT_SECONDS)
    for left in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        if left.attempts < (RETRIES.max_attempts or 0):
            with suppress(ConnectorException):  # another worker was faster
                await manager.retry_job(left)
        else:
            await manager.finish_job(left, status=Status.FAILED, delete_job=False)


@app.periodic(cron="15 3 * * *")
@app.task(name="messaging.tidy", pass_context=True)
async def tidy(context: JobContext, timestamp: int) -> None:
    """Drop finished jobs after two days, failed ones after thirty."""
    manager = context.app.job_manager
    await manager.delete_old_jobs(nb_hours=KEPT_HOURS)
    await manager.delete_old_jobs(nb_hours=FAILED_KEPT_HOURS, include_failed=True)


@each_organization("* * * * *", "messaging.alert.escalate", until_idle=True)
def escalate(permit: Permit) -> None:
    """Send the alert that has waited longest past its time one step up."""
    alert = overdue_alert(permit)
    if alert:
        escalate_alert(permit, alert)


@each_organization("* * * * *", "messaging.outbox.send", until_idle=True)
def send_outbox(permit: Permit) -> After | None:
    """Claim the next message that is due; it is carried once the claim is committed."""
    message = due_message(permit)
    claim = claim_message(permit, message) if message else None
    return partial(carry, claim) if claim else None


def carry(claim: Claim, opening: Opening) -> None:
    """Carry a claimed message, in no transaction, and write down what became of it."""

    def handing() -> None:
        with opening() as permit:
            mark_handed(permit, claim)

    with suppress(Lost):
        outcome = carried(claim.letter, handing)
        with opening() as permit:
            settle(permit, claim, outcome)


@each_organization("*/5 * * * *", SORT, until_idle=True)
def sort_texts(permit: Permit) -> None:
    """See to the next text that came back."""
    text = unsorted_text(permit)
    if text:
        sort_text(permit, text)


@each_organization("*/10 * * * *", "access.audit.seal")
def seal_audit(permit: Permit) -> None:
    """Seal what was written down since the last seal."""
    if seals.pending(permit):
        seals.seal(permit)
