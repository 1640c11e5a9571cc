"""One-to-one hours of a timetable as colleagues' working hours, and back to the row."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from openiop.access.queries import staff_names
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.actions.working import Week, set_hours
from openiop.schedule.models import WorkingHours
from openiop.schedule.timetable.differences import kept_hours
from openiop.schedule.timetable.facts import Facts, Timetable, Visits

FIELDS = ("id", "clinic_id", "weekday", "starts", "ends", "virtual", "use")
Row = dict[str, Any]


def write_hours(permit: Permit, facts: Facts, timetable: Timetable, on: date) -> list[Row]:
    """Keep the timetable's one-to-one hours free from a day on; what was and what is, for undoing.
    Left as they are: colleagues without hours on file, and those whose hours end or begin later."""
    found = []
    for staff in whose_hours(facts, timetable, on):
        kept = [one for one in timetable.visits if one.staff == staff]
        areas = {clinic.id: clinic.area for clinic in facts.clinics}
        home = next(areas.get(one.home or 0) for one in facts.members if one.id == staff)
        weeks = [
            piece for week in _joined(_standing(staff, on))
            for piece in (_cut(week, kept) if areas.get(week.clinic) == home else [week])
        ]  # fmt: skip
        before = _rows(staff)
        set_hours(permit, staff, weeks, on)
        found.append({"staff": staff, "before": before, "after": _rows(staff)})
    return found


def whose_hours(facts: Facts, timetable: Timetable, on: date) -> list[int]:
    """Colleagues whose weekly hours can follow the timetable from a day on."""
    changed = [one.staff for one in kept_hours(facts, timetable)]
    rows = WorkingHours.objects.filter(staff_id__in=changed)
    stands: set[int] = set()
    other: set[int] = set()
    for staff, during in rows.values_list("staff_id", "during"):
        single = during.upper is not None and (during.upper - during.lower).days == 1
        if single or (during.upper is not None and during.upper <= on):
            continue
        (stands if during.upper is None and during.lower <= on else other).add(staff)
    return [staff for staff in changed if staff in stands - other]


def _standing(staff: int, on: date) -> list[Week]:
    rows = WorkingHours.objects.filter(staff_id=staff, during__contains=on)
    return [
        Week(one.clinic_id, one.weekday, one.starts, one.ends, "any", one.virtual)
        for one in rows.order_by("weekday", "starts") if one.during.upper is None
    ]  # fmt: skip


def _joined(weeks: Iterable[Week]) -> list[Week]:
    """Stretches that follow on each other at one place as one."""
    found: list[Week] = []
    for one in weeks:
        last = found[-1] if found else None
        if (
            last
            and replace(last, starts=one.starts, ends=one.ends) == one
            and (last.ends == one.starts)
        ):
            found[-1] = replace(last, ends=one.ends)
        else:
            found.append(one)
    return found


def _cut(week: Week, kept: Sequence[Visits]) -> Iterator[Week]:
    """A stretch in pieces: those kept for one-to-ones, and those for anything."""
    begins, until = _minutes(week.starts), _minutes(week.ends)
    own = sorted(
        (max(begins, one.starts), min(until, one.ends)) for one in kept
        if (one.clinic, one.weekday) == (week.clinic, week.weekday)
        and one.starts < until and begins < one.ends
    )  # fmt: skip
    pieces: list[tuple[int, int, str]] = []
    for starts, ends in own:
        last = pieces[-1] if pieces else None
        if last and last[1] == starts:
            pieces[-1] = (last[0], ends, "visits")
            continue
        since = last[1] if last else begins
        pieces += [(since, starts, "any"), (starts, ends, "visits")]
    pieces.append((pieces[-1][1] if pieces else begins, until, "any"))
    for starts, ends, use in pieces:
        if starts < ends:
            yield replace(week, starts=_clock(starts), ends=_clock(ends), use=use)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _clock(minutes: int) -> time:
    return time(*divmod(minutes, 60))


def _rows(staff: int) -> list[Row]:
    """All rows of a colleague's hours as plain values."""
    found = []
    for row in WorkingHours.objects.filter(staff_id=staff).order_by("id"):
        values = {name: getattr(row, name) for name in FIELDS}
        found.append(values | {
            "starts": row.starts.isoformat(), "ends": row.ends.isoformat(),
            "from": row.during.lower.isoformat(),
            "until": row.during.upper and row.during.upper.isoformat(),
        })  # fmt: skip
    return found


def restore_hours(permit: Permit, kept: Iterable[Row]) -> None:
    """Every row as it was; refused when somebody's hours were changed since."""
    for one in kept:
        staff, before, after = one["staff"], one["before"], one["after"]
        if _rows(staff) != after:
            name = staff_names(permit, [staff]).get(staff, "")
            raise Refused(
                "hours_since", _("The hours of %(name)s were changed since.") % {"name": name},
                _("Set them as they were after the timetable, then undo it."),
            )  # fmt: skip
        changed = [row for row in after if row not in before]
        WorkingHours.objects.filter(id__in=[row["id"] for row in changed]).delete()
        WorkingHours.objects.bulk_create(
            _row(permit, staff, row) for row in before if row not in after
        )


def _row(permit: Permit, staff: int, values: Row) -> WorkingHours:
    until = values["until"]
    during = DateRange(date.fromisoformat(values["from"]), until and date.fromisoformat(until))
    given = {name: values[name] for name in FIELDS} | {
        "starts": time.fromisoformat(values["starts"]),
        "ends": time.fromisoformat(values["ends"]),
    }
    return WorkingHours(organization_id=permit.organization, staff_id=staff, during=during, **given)
