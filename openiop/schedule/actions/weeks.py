"""Decide on short weeks, and ask for a level-of-care review after several in a row."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import clinics
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import close_tasks_about
from openiop.messaging.actions.tasks import NewTask, open_each
from openiop.schedule.models import WeekDecision, WeeksClosed
from openiop.schedule.queries.weeks import WeekFacts, all_weeks, week_of
from openiop.schedule.rules.weeks import A_WEEK, Decision, WeekState, failing, level_review_due

DECIDE, CLOSE, TABLE = "schedule.week.decide", "schedule.week.close", "schedule_weekdecision"
SHORT, LEVEL = "short_week", "level_of_care"
DECIDE_DUE, REVIEW_DUE = timedelta(days=2), timedelta(days=3)
ONE_DAY = timedelta(days=1)


@writes(DECIDE)
def decide(permit: Permit, *, record: int, day: date, decision: Decision, reason: str) -> int:
    """What becomes of the payer's week holding `day`: documented, released, withheld, or held
    still. Each decision is a new row with its reason; the last one stands. The row's id."""
    if not reason.strip():
        raise Refused("reason", _("A decision needs its reason."), "", field="reason")
    week = week_of(permit, [record], day, makeups=False).get(record)
    if week is None or week.person is None or not week.lacking:
        raise Refused("not_short", _("This week is not short."), _("Reload the page."))
    if not week.over and decision is not Decision.DOCUMENTED:
        raise Refused(
            "open", _("This week is still open: hours can be made up."),
            _("Book a make-up, or write down a reason."), field="decision",
        )  # fmt: skip
    row = WeekDecision.objects.create(
        organization_id=permit.organization, clinic_id=week.place.clinic, record_id=record,
        week_on=week.week.start, decision=decision.value, reason=reason.strip(),
        decided_at=permit.now, decided_by_id=permit.staff,
    )  # fmt: skip
    permit.note(DECIDE, record=record, table=TABLE, row=row.pk, fields=("decision",))
    if decision is not Decision.HELD:
        close_tasks_about(permit, SHORT, ("access_record", record), decision.value)
    return row.pk


@writes(CLOSE)
def close_weeks(permit: Permit) -> int:
    """After the local midnight that ends a week: tasks to decide on weeks held for decision, and a
    level-of-care review for people whose last weeks all fell short. How many tasks. Days on which
    nobody asked are caught up, the oldest first; safe to repeat."""
    count = 0
    for today, here in sorted(_to_close(permit).items()):
        closed = [
            week for week in all_weeks(permit, here, today - ONE_DAY) if week.week.end == today
        ]
        count += _ask_to_decide(permit, closed)
        count += _ask_for_review(permit, closed, today - ONE_DAY)
        _closed(permit, here, today)
    permit.note(CLOSE, table="messaging_task", count=count)
    return count


def _to_close(permit: Permit) -> dict[date, set[int]]:
    """The clinics by local day whose weeks are still to be closed; a new clinic begins today."""
    done = dict(WeeksClosed.objects.values_list("clinic_id", "through"))
    found: dict[date, set[int]] = {}
    for clinic in clinics(permit):
        today = permit.today(clinic.timezone)
        day = done.get(clinic.id, today - ONE_DAY) + ONE_DAY
        while day <= today:
            found.setdefault(day, set()).add(clinic.id)
            day += ONE_DAY
    return found


def _closed(permit: Permit, here: Iterable[int], day: date) -> None:
    rows = [
        WeeksClosed(organization_id=permit.organization, clinic_id=clinic, through=day)
        for clinic in here
    ]
    WeeksClosed.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["clinic"], update_fields=["through"]
    )


def _ask_to_decide(permit: Permit, closed: Iterable[WeekFacts]) -> int:
    tasks = [
        NewTask(
            kind=SHORT, title=_("A short week is held: decide on it"), clinic=week.place.clinic,
            record=week.record, about=("access_record", week.record),
            due_at=permit.now + DECIDE_DUE, role=Role.REVIEWER,
        )
        for week in closed
        if week.state == WeekState.HELD
    ]  # fmt: skip
    open_each(permit, tasks)
    return len(tasks)


def _ask_for_review(permit: Permit, closed: Iterable[WeekFacts], last: date) -> int:
    """A task for each person whose last weeks all failed, as many as the rule names; `last` is the
    day their weeks ended on."""
    weeks = {week.record: week for week in closed if week.episode and _failed(week)}
    failed = {record: [True] for record in weeks}
    for back in range(1, max((week.review_after for week in weeks.values()), default=0)):
        before = week_of(permit, weeks, last - back * A_WEEK, makeups=False)
        for record, row in failed.items():
            row.append(record in before and _failed(before[record]))
    due = [week for record, week in weeks.items()
           if level_review_due(failed[record], week.review_after)]  # fmt: skip
    open_each(permit, [_review(permit, week) for week in due])
    return len(due)


def _failed(week: WeekFacts) -> bool:
    return failing(week.judged, week.decision, week.totals.unrecorded)


def _review(permit: Permit, week: WeekFacts) -> NewTask:
    assert week.episode
    return NewTask(
        kind=LEVEL, title=_("Short weeks in a row: review the level of care"),
        clinic=week.place.clinic, record=week.record, about=("programs_episode", week.episode.id),
        due_at=permit.now + REVIEW_DUE, role=Role.CLINICIAN, staff=week.episode.counselor,
    )  # fmt: skip
