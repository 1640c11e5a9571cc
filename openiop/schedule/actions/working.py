"""When colleagues work and when they are away: set, added to, ended; nothing is booked then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.db.models import Q
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import clinics, staff_names
from openiop.kernel.acts import Role
from openiop.kernel.days import local, local_day
from openiop.kernel.permits import NotPermitted, Permit, Refused
from openiop.schedule.actions.locks import hold_still
from openiop.schedule.models import Away, WorkingHours
from openiop.schedule.queries.clashes import FreeTime, free_times
from openiop.schedule.queries.working import away as away_facts
from openiop.schedule.queries.working import away_of, colleague, zone_of
from openiop.schedule.rules.clashes import hours

HOURS, AWAY = "schedule.hours.write", "schedule.away.write"
WORKING_TABLE, AWAY_TABLE = "schedule_workinghours", "schedule_away"
FOR_OTHERS = (Role.DIRECTOR, Role.ADMINISTRATOR, Role.SUPERVISOR)
LONGEST_AWAY = timedelta(days=370)


@dataclass(frozen=True)
class Week:
    """One stretch of a colleague's week at a clinic, on its clocks; Monday is 0."""

    clinic: int
    weekday: int
    starts: time
    ends: time
    use: str = "any"
    virtual: bool = False


@writes(HOURS)
def set_hours(permit: Permit, staff: int, weeks: Sequence[Week], from_on: date) -> None:
    """A colleague's week from a day on, in place of what stood from then; what stood before that
    day is kept. Extra hours of single days stay. Refused where stretches overlap."""
    _refuse_others(permit, staff)
    _refuse_weeks(permit, weeks)
    hold_still([("staff", staff)])
    later = WorkingHours.objects.filter(
        Q(during__endswith__isnull=True) | Q(during__endswith__gt=from_on), staff_id=staff
    )
    for row in later:
        if row.during.upper and row.during.upper - row.during.lower == timedelta(days=1):
            continue
        if row.during.lower >= from_on:
            row.delete()
        else:
            row.during = DateRange(row.during.lower, from_on)
            row.save(update_fields=["during"])
    WorkingHours.objects.bulk_create(_row(permit, staff, each, from_on, None) for each in weeks)
    permit.note(HOURS, table=WORKING_TABLE, count=len(weeks))


@writes(HOURS)
def add_extra(permit: Permit, staff: int, on: date, week: Week) -> int:
    """Hours of one single day beside the week's; their id."""
    _refuse_others(permit, staff)
    _refuse_weeks(permit, [week])
    row = _row(permit, staff, week, on, on + timedelta(days=1))
    row.weekday = on.weekday()
    row.save()
    permit.note(HOURS, table=WORKING_TABLE, row=row.pk)
    return row.pk


def _row(
    permit: Permit, staff: int, week: Week, from_on: date, until_on: date | None
) -> WorkingHours:
    return WorkingHours(
        organization_id=permit.organization, staff_id=staff, clinic_id=week.clinic,
        weekday=week.weekday, starts=week.starts, ends=week.ends, virtual=week.virtual,
        use=week.use, during=DateRange(from_on, until_on),
    )  # fmt: skip


def _refuse_weeks(permit: Permit, weeks: Sequence[Week]) -> None:
    here = set(clinics(permit).values_list("id", flat=True))
    for week in weeks:
        if week.clinic not in here:
            raise Refused("clinic", _("Choose one of your clinics."), "", field="clinic")
        if not week.starts < week.ends:
            raise Refused("order", _("Hours end after they begin."), "", field="ends")
        if week.use not in dict(WorkingHours.USES):
            raise Refused("use", _("Choose what the hours are for."), "", field="use")
    ordered = sorted(weeks, key=lambda week: (week.weekday, week.starts))
    for one, next_one in pairwise(ordered):
        if one.weekday == next_one.weekday and next_one.starts < one.ends:
            raise Refused(
                "overlap", _("Two stretches of one day overlap."),
                _("Let one end before the next begins."), field="starts",
            )  # fmt: skip


@writes(AWAY)
def add_away(
    permit: Permit, staff: int, kind: str, starts_at: datetime, ends_at: datetime, reason: str = ""
) -> int:
    """A colleague is away then; its id. Nothing new is booked then; what stands waits to be
    re-homed. A booking that runs at the same moment waits for this, or this for it."""
    _refuse_others(permit, staff, front_desk=True)
    if kind not in ("leave", "sick", "training"):
        raise Refused("kind", _("Choose why the colleague is away."), "", field="kind")
    if not starts_at < ends_at <= starts_at + LONGEST_AWAY:
        raise Refused("order", _("Leave ends after it begins, within a year."), "", field="ends_on")
    if ends_at <= permit.now:
        raise Refused("past", _("This time has passed."), _("Give a later one."), field="ends_on")
    hold_still([("staff", staff)])
    row = Away.objects.create(
        organization_id=permit.organization, staff_id=staff, kind=kind,
        during=DateTimeTZRange(starts_at, ends_at), reason=reason.strip(),
        recorded_at=permit.now, recorded_by_id=permit.staff,
    )  # fmt: skip
    permit.note(AWAY, table=AWAY_TABLE, row=row.pk)
    return row.pk


@writes(AWAY)
def end_away(permit: Permit, away: int) -> None:
    """Take it back: the colleague is there. What was re-homed stays where it is."""
    found = away_facts(permit, away)
    _refuse_others(permit, found.staff, front_desk=True)
    hold_still([("staff", found.staff)])
    done = Away.objects.filter(pk=away, ended_at__isnull=True).update(ended_at=permit.now)
    if not done:
        raise Refused("ended", _("This is taken back already."), _("Reload the page."))
    permit.note(AWAY, table=AWAY_TABLE, row=away, fields=("ended_at",))


def _refuse_others(permit: Permit, staff: int, *, front_desk: bool = False) -> None:
    """Everybody says when they themselves work; leaders say it for others at their clinics, and
    the front desk takes the call of somebody who is ill."""
    if staff == permit.staff:
        return
    colleague(permit, staff)
    roles = (*FOR_OTHERS, *([Role.FRONT_DESK] if front_desk else []))
    if permit.user and not permit.holds(*roles):
        raise NotPermitted(
            "own", _("You say only when you yourself work."), _("Ask a supervisor or director.")
        )


_AWAY = """
SELECT kind, lower(during), upper(during) FROM schedule_away
 WHERE staff_id = %s AND ended_at IS NULL AND during && tstzrange(%s, %s) ORDER BY during LIMIT 1
"""


def refuse_away(permit: Permit, staff: int, starts_at: datetime, ends_at: datetime) -> None:
    """Refused where the colleague is away in the stretch, with free times of that day; one
    statement when they are there. Call it holding still ("staff", id): leave that is being
    recorded is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(_AWAY, [staff, starts_at, ends_at])
        row = cursor.fetchone()
    if row is not None:
        raise away_then(permit, staff, starts_at, ends_at, row)


def away_then(
    permit: Permit, staff: int, starts_at: datetime, ends_at: datetime,
    row: tuple[str, datetime, datetime],
) -> Refused:  # fmt: skip
    """The refusal of a time in which the colleague is away: of what kind, from when, to when."""
    zone, (kind, begins, ends) = zone_of(permit, staff), row
    words = {"name": staff_names(permit, [staff]).get(staff, ""), "when": hours(begins, ends, zone)}
    if kind == "busy":
        sentence = _("%(name)s has something else on %(when)s.") % words
    else:
        sentence = _("%(name)s is away on %(when)s.") % words
    return Refused(
        "away", sentence, _("Choose another time or colleague."), field="starts",
        choices=tuple(_free(permit, staff, starts_at, ends_at, zone)),
    )  # fmt: skip


def _free(
    permit: Permit, staff: int, starts_at: datetime, ends_at: datetime, zone: str
) -> list[FreeTime]:
    """Times of the same day when the colleague is neither taken nor away; six at most."""
    day = local_day(starts_at, zone)
    length = int((ends_at - starts_at) / timedelta(minutes=1))
    found = free_times(
        permit,
        [("staff", staff)],
        day=day,
        minutes=length,
        timezone=zone,
        opens=time(8),
        closes=time(20),
    )
    around = timedelta(days=1)
    gone = away_of(permit, [staff], starts_at - around, ends_at + around, busy=True)
    length_at = ends_at - starts_at
    return [
        free for free in found
        for begins in [local(free.on, free.starts, zone)]
        if begins >= permit.now
        and not any(a.starts_at < begins + length_at and begins < a.ends_at for a in gone)
    ][:6]  # fmt: skip
