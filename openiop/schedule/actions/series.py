"""Series of one-to-ones: booked whole, each visit its own; ended, replaced, undone as one act."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.access.queries import clinics
from openiop.kernel.days import local
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.actions.appointments import cancel_each, check
from openiop.schedule.actions.locks import hold_still
from openiop.schedule.actions.moving import WRITE, keep, refuse_any_away, taken
from openiop.schedule.actions.occupancy import occupy_visits
from openiop.schedule.models import Appointment, Series
from openiop.schedule.queries.series import (
    SeriesAsked,
    giving_way,
    preview,
    to_come,
)  # fmt: skip
from openiop.schedule.queries.series import series as series_facts

MOST = 60
LONGEST = timedelta(days=400)


@writes(WRITE)
def start_series(
    permit: Permit, asked: SeriesAsked, times: Mapping[date, time | None] | None = None,
    reason: str = "",
) -> tuple[int, UUID]:  # fmt: skip
    """The visits of a series, all at once, and those it replaces cancelled; its id and the batch to
    undo it by. `times` gives days another start, None leaves a day out.

    Refused when nothing is left, or when a day that was free in the preview is taken since.
    """
    _refuse_odd(asked)
    zone = clinics(permit).get(pk=asked.clinic).timezone
    chosen = dict(times or {})
    starts = {day: local(day, chosen.get(day) or asked.starts, zone)
              for day in asked.days if chosen.get(day, asked.starts)}  # fmt: skip
    if not starts:
        raise Refused("none", _("No day of this series is left."), _("Choose other days."))
    visits = _visits(permit, asked, starts)
    check(permit, visits[0])
    hold_still(asked.needs)
    refuse_any_away(permit, visits)
    batch = uuid4()
    if asked.replaces:
        _end(permit, asked.replaces, giving_way(permit, asked), reason or _("Rhythm changed"),
             batch)  # fmt: skip
    row = Series.objects.create(
        organization_id=permit.organization, clinic_id=asked.clinic, record_id=asked.record,
        type_id=asked.type, staff_id=asked.staff, room_id=asked.room, mode=asked.mode,
        every=asked.every, weekday=asked.weekday, nth=asked.nth, starts=asked.starts,
        minutes=asked.minutes, from_on=asked.from_on, until_on=asked.until_on,
        made_at=permit.now, made_by_id=permit.staff,
    )  # fmt: skip
    _book(permit, asked, row, visits)
    extra = {"ended": asked.replaces} if asked.replaces else None
    keep(permit, visits, {}, batch=batch, reason=reason, extra=extra)
    return row.id, batch


@writes(WRITE)
def end_series(permit: Permit, series: int, from_on: date, reason: str) -> UUID:
    """No visit of a series from a day on takes place; the batch to undo it by. Needs a reason;
    refused when none is left."""
    zone = series_facts(permit, series).timezone
    ahead = to_come(permit, Series.objects.filter(pk=series), local(from_on, time(0), zone))
    ids = list(ahead.order_by("id").values_list("id", flat=True))
    if not ids:
        raise Refused("none", _("No visit of this series is left."), _("Reload the page."))
    batch = uuid4()
    _end(permit, series, ids, reason, batch)
    return batch


def _end(permit: Permit, series: int, ids: list[int], reason: str, batch: UUID) -> None:
    if series_facts(permit, series).ended:
        raise Refused(
            "ended", _("This series is ended already."), _("Cancel the visits that are left.")
        )
    Series.objects.filter(pk=series).update(ended_at=permit.now)
    permit.note(WRITE, table="schedule_series", row=series, fields=("ended_at",))
    if ids:
        cancel_each(permit, ids, reason, batch=batch, ended_series=series)


def _refuse_odd(asked: SeriesAsked) -> None:
    if not timedelta(0) <= asked.until_on - asked.from_on <= LONGEST or len(asked.days) > MOST:
        raise Refused(
            "until", _("A series lasts from a day to a later one, %(days)d days at most.")
            % {"days": LONGEST.days}, _("Choose an earlier last day."), field="until_on",
        )  # fmt: skip
    if (asked.every == "month") != (asked.nth is not None):
        raise Refused("nth", _("Say which week of the month."), "", field="every")


def _visits(
    permit: Permit, asked: SeriesAsked, starts: Mapping[date, datetime]
) -> list[Appointment]:
    length = timedelta(minutes=asked.minutes)
    return [
        Appointment(
            organization_id=permit.organization, clinic_id=asked.clinic, record_id=asked.record,
            type_id=asked.type, staff_id=asked.staff, room_id=asked.room, mode=asked.mode,
            starts_at=at, ends_at=at + length, series_on=day,
        )
        for day, at in starts.items()
    ]  # fmt: skip


def _book(permit: Permit, asked: SeriesAsked, row: Series, visits: list[Appointment]) -> None:
    for visit in visits:
        visit.series, visit.kind = row, visits[0].kind
    try:
        with refusing(taken()), transaction.atomic():
            Appointment.objects.bulk_create(visits)
            occupy_visits(visit.id for visit in visits)
    except Refused as no:
        ways = [day.clash for day in preview(permit, asked) if day.clash]
        raise Refused(
            no.code, " ".join(ways[:3]) or no.sentence, _("Look at the days once more."),
            field="starts",
        ) from no  # fmt: skip
