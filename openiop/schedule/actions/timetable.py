"""Ask for a better timetable; the search, which runs in the worker and tells how far it is."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import date

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.jobs import queue_job
from openiop.schedule.models import TimetablePlan
from openiop.schedule.queries.plans import OPEN, areas, plan
from openiop.schedule.queries.timetable import facts as facts_on
from openiop.schedule.timetable.facts import Facts, Weights, from_json, to_json
from openiop.schedule.timetable.solve import Best, blocking, solve

WRITE, SEARCH = "schedule.timetable.write", "schedule.timetable.search"
TABLE, JOB = "schedule_timetableplan", "schedule.search_timetable"
EACH_SECONDS = 1.0
MOST_SECONDS = 600
Opening = Callable[[], AbstractContextManager[Permit]]


@writes(WRITE)
def ask(permit: Permit, *, area: str, on: date, seconds: int, weights: Weights) -> int:
    """Ask for a timetable of an area (its code; "" for all) that holds from a day on, and queue the
    search for it; its id. What is true now is written down with the question."""
    known = {code: number for number, code, _name in areas(permit)}
    if area and area not in known:
        raise Refused("area", _("Choose one of your areas."), "", field="area")
    if on <= permit.today(permit.timezone):
        raise Refused("past", _("A timetable begins tomorrow at the earliest."),
                      _("Choose a later day."), field="on")  # fmt: skip
    asked = facts_on(permit, on, area, weights)
    if not asked.today and not asked.demand:
        raise Refused("empty", _("No groups run there and nobody waits."),
                      _("Build the first track by hand."), field="area")  # fmt: skip
    row = TimetablePlan.objects.create(
        organization_id=permit.organization, area_id=known.get(area), facts=to_json(asked),
        weights=asdict(weights), asked_at=permit.now, asked_by_id=permit.staff,
        seconds_given=min(seconds, MOST_SECONDS), applied_from=on,
    )  # fmt: skip
    queue_job(JOB, permit.organization, plan=row.pk)
    permit.note(WRITE, table=TABLE, row=row.pk)
    return row.pk


@writes(WRITE)
def stop(permit: Permit, number: int) -> None:
    """End the search at the next second; the best found so far stays."""
    plan(permit, number)
    rows = TimetablePlan.objects.filter(pk=number)
    rows.filter(state="queued").update(state="done")
    rows.filter(state="running").update(state="stopping")
    permit.note(WRITE, table=TABLE, row=number, fields=("state",))


@writes(WRITE)
def give_up(permit: Permit, number: int) -> None:
    """Take the word of a search that nothing is heard of any more: it ends with what it found."""
    if not plan(permit, number).silent:
        raise Refused("open", _("The search is still at work."), _("Stop it first."))
    TimetablePlan.objects.filter(pk=number).update(state="failed")
    permit.note(WRITE, table=TABLE, row=number, fields=("state",))


@writes(WRITE)
def discard(permit: Permit, number: int) -> None:
    """Take a plan off the list. Refused while it is searched for, and for ever once applied."""
    found = plan(permit, number)
    if found.open:
        raise Refused("open", _("The search is still at work."), _("Stop it first."))
    if found.applied_at:
        raise Refused("applied", _("This plan was applied; what it changed is kept with it."), "")
    TimetablePlan.objects.filter(pk=number).delete()
    permit.note(WRITE, table=TABLE, row=number, fields=("discarded",))


# --- in the worker -------------------------------------------------------------------------------


@dataclass
class _Searching:
    """What the search, in a thread of its own, and its watch tell each other."""

    best: Best | None = None
    error: BaseException | None = None

    def __post_init__(self) -> None:
        self.ended, self.stopped = threading.Event(), threading.Event()

    def run(self, facts: Facts, seconds: float, workers: int) -> None:
        try:
            self.best = solve(
                facts, seconds, heard=self.hear, stopped=self.stopped.is_set, workers=workers
            )
        except BaseException as error:  # told by the watch, which has the database
            self.error = error
        finally:
            self.ended.set()

    def hear(self, best: Best) -> None:
        self.best = best


def search(opening: Opening, number: int, *, workers: int = 2) -> None:
    """Search for a plan's timetable, with a short open door each second: what is found is kept, and
    whether to stop is looked up. A search whose worker died begins again."""
    with opening() as permit:
        asked = _begin(permit, number)
    if asked is None:
        return
    facts, seconds = asked
    found = _Searching()
    threading.Thread(target=found.run, args=(facts, seconds, workers), daemon=True).start()
    try:
        while not found.ended.wait(EACH_SECONDS):
            with opening() as permit:
                if _keep(permit, number, found.best) != "running":
                    found.stopped.set()
    finally:
        found.stopped.set()
        found.ended.wait()
    with opening() as permit:
        _end(permit, number, found.best, failed=found.error is not None)
    if found.error is not None:
        raise found.error


@writes(SEARCH)
def _begin(permit: Permit, number: int) -> tuple[Facts, int] | None:
    """The question; None when there is nothing to search for any more."""
    row = TimetablePlan.objects.select_for_update().filter(pk=number).first()
    if row is None or row.state not in OPEN:
        return None
    row.state = "done" if row.state == "stopping" else "running"
    row.save(update_fields=["state"])
    permit.note(SEARCH, table=TABLE, row=number, fields=("state",))
    return (from_json(Facts, row.facts), row.seconds_given) if row.state == "running" else None


@writes(SEARCH)
def _keep(permit: Permit, number: int, best: Best | None) -> str:
    """Write the best so far down; the plan's state, "" when it is gone."""
    row = TimetablePlan.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if row is None:
        return ""
    if best is not None:
        _write(row, best)
        row.save(update_fields=["seconds", "objective", "bound", "best"])
    permit.note(SEARCH, table=TABLE, row=number, fields=("best",))
    return row.state


def _write(row: TimetablePlan, best: Best) -> None:
    row.seconds, row.objective, row.bound = best.seconds, best.objective, best.bound
    row.best = to_json(best.timetable) if best.objective is not None else None


@writes(SEARCH)
def _end(permit: Permit, number: int, best: Best | None, *, failed: bool) -> None:
    row = TimetablePlan.objects.filter(pk=number).first()
    if row is None:
        return
    row.state = "failed" if failed else "done"
    if best is not None:
        _write(row, best)
        row.blocking = [told for one in best.conflicts for told in blocking(one)]
        if best.status == "infeasible" and not failed:
            row.state = "impossible"
    row.save()
    permit.note(SEARCH, table=TABLE, row=number, fields=("state",))
