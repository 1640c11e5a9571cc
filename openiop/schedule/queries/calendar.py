"""The calendar: what is booked, by colleague, room or clinic, in cells of a day or an hour.

A week of 10,000 visits is drawn: the database counts each cell and hands over only what is shown
of it, so that a page is as quick in a large network as in a small one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple

from django.db import connection

from openiop.access.queries import closures_at
from openiop.kernel.days import local
from openiop.kernel.permits import Permit

By = Literal["staff", "room", "clinic"]
SHOWN = {"staff": 6, "room": 6, "clinic": 12}
DENSE = 1500  # visits in the range from which on cells show fewer
SHOWN_DENSE = 3


class Item(NamedTuple):
    """One thing in the calendar. `what` is visit, group or away; `row` the colleague, room or
    clinic it is shown under (0: none), `cell` the day or the hour of the day, `among` how many
    visits its cell holds. `name` is of a person, a track or a kind of absence."""

    what: str
    id: int
    row: int
    on: date
    hour: int
    starts_at: datetime
    ends_at: datetime
    kind: str
    name: str
    number: str
    mode: str
    outcome: str
    staff: int
    room: int
    among: int


class Hours(NamedTuple):
    """When a colleague works on a day, as the clinic's clock shows it."""

    staff: int
    on: date
    starts: time
    ends: time


@dataclass(frozen=True)
class Asked:
    """Days [start, start + days) on the clock of `timezone`, at `clinics`, under each colleague,
    room or clinic, or one of them only; `hourly` counts cells by the hour."""

    by: By
    start: date
    days: int
    timezone: str
    clinics: Collection[int]
    one: int | None = None
    hourly: bool = False

    @property
    def since(self) -> datetime:
        return local(self.start, time(0), self.timezone)

    @property
    def until(self) -> datetime:
        return local(self.start + timedelta(days=self.days), time(0), self.timezone)


@dataclass(frozen=True)
class Calendar:
    """What is shown: rows of the grid by id and name, items in order, hours, closed days."""

    asked: Asked
    rows: tuple[tuple[int, str], ...]
    items: tuple[Item, ...]
    hours: tuple[Hours, ...]
    closed: dict[date, str]


_COLUMN = {"staff": "a.staff_id", "room": "a.room_id", "clinic": "a.clinic_id"}
_VISITS = """
WITH held AS MATERIALIZED (
  SELECT a.id, {column} AS row, a.clinic_id, a.record_id, a.staff_id, a.room_id, a.kind, a.mode,
         a.outcome, a.starts_at, a.ends_at, a.starts_at AT TIME ZONE %(zone)s AS clock
    FROM schedule_appointment a
   WHERE a.cancelled_at IS NULL AND a.starts_at >= %(since)s AND a.starts_at < %(until)s
     AND a.clinic_id = ANY(%(clinics)s) {one}
), placed AS (
  SELECT held.*, count(*) OVER cell AS among, count(*) OVER () AS whole,
         row_number() OVER (cell ORDER BY starts_at, id) AS place
    FROM held WINDOW cell AS (PARTITION BY row, clock::date {hourly})
)
SELECT 'visit', v.id, coalesce(v.row, 0), v.clock::date, extract(hour FROM v.clock)::int,
       v.starts_at, v.ends_at, v.kind,
       coalesce(coalesce(nullif(p.preferred_name, ''), p.legal_first) || ' '
                || left(p.legal_last, 1) || '.', ''),
       r.number, v.mode, v.outcome, v.staff_id, coalesce(v.room_id, 0), v.among
  FROM placed v JOIN access_record r ON r.id = v.record_id
  LEFT JOIN patients_patient p ON p.record_id = v.record_id
 WHERE v.place <= CASE WHEN v.whole > %(dense)s THEN %(few)s ELSE %(shown)s END
 ORDER BY v.starts_at, v.id
"""
_GROUPS = {
    "staff": "JOIN schedule_sessionstaff held ON held.session_id = s.id",
    "room": "", "clinic": "",
}  # fmt: skip
_GROUP_ROW = {"staff": "held.staff_id", "room": "coalesce(s.room_id, 0)", "clinic": "s.clinic_id"}
_OTHERS = """
SELECT 'group', s.id, {row}, (s.starts_at AT TIME ZONE %(zone)s)::date,
       extract(hour FROM s.starts_at AT TIME ZONE %(zone)s)::int, s.starts_at, s.ends_at, 'group',
       t.name, '', s.mode, '', 0, coalesce(s.room_id, 0), 0
  FROM schedule_session s JOIN programs_track t ON t.id = s.track_id {join}
 WHERE s.status = 'scheduled' AND s."on" >= %(from_on)s AND s."on" < %(until_on)s
   AND s.clinic_id = ANY(%(clinics)s) {group_one}
"""
_AWAY = """
UNION ALL
SELECT 'away', w.id, w.staff_id, (begins AT TIME ZONE %(zone)s)::date,
       extract(hour FROM begins AT TIME ZONE %(zone)s)::int, begins, ends, w.kind, w.kind, '', '',
       '', w.staff_id, 0, 0
  FROM generate_series(0, %(days)s - 1) AS n
 CROSS JOIN LATERAL (SELECT
       (%(from_on)s::date + n)::timestamp AT TIME ZONE %(zone)s AS opens,
       (%(from_on)s::date + n + 1)::timestamp AT TIME ZONE %(zone)s AS closes) AS day
  JOIN schedule_away w ON w.ended_at IS NULL AND w.during && tstzrange(day.opens, day.closes)
   AND w.staff_id = ANY(%(staff)s)
 CROSS JOIN LATERAL (SELECT greatest(lower(w.during), day.opens) AS begins,
       least(upper(w.during), day.closes) AS ends) AS part
"""
_STAFF = """
SELECT s.id, s.first_name || ' ' || s.last_name FROM access_staff s
 WHERE {which} ORDER BY s.sort_key
"""
_HERE = """EXISTS (SELECT FROM access_roleassignment r WHERE r.staff_id = s.id
   AND r.clinic_id = ANY(%(clinics)s) AND r.during @> %(from_on)s::date
   AND r.role = ANY(%(roles)s)) AND (s.left_on IS NULL OR s.left_on > %(from_on)s)"""
_ROOMS = """
SELECT r.id, r.name FROM access_room r
 WHERE r.clinic_id = ANY(%(clinics)s) AND r.retired_on IS NULL {which} ORDER BY r.name
"""
_CLINICS = "SELECT c.id, c.name FROM access_clinic c WHERE c.id = ANY(%(clinics)s) ORDER BY c.name"
_HOURS = """
SELECT w.staff_id, %(from_on)s::date + n, w.starts, w.ends
  FROM generate_series(0, %(days)s - 1) AS n
  JOIN schedule_workinghours w ON w.weekday = extract(isodow FROM %(from_on)s::date + n) - 1
   AND w.during @> %(from_on)s::date + n
 WHERE w.staff_id = ANY(%(staff)s) AND w.clinic_id = ANY(%(clinics)s) ORDER BY w.starts
"""
ROLES = ["clinician", "intern", "supervisor", "prescriber", "nurse", "director"]


def calendar(permit: Permit, asked: Asked) -> Calendar:
    """The calendar of some days; five statements at most, whatever it holds."""
    given = _given(permit, asked)
    rows = _rows(asked, given)
    given["staff"] = [row for row, _name in rows] if asked.by == "staff" else []
    one = f"AND {_COLUMN[asked.by]} = %(one)s" if asked.one else ""
    visits = _VISITS.format(
        column=_COLUMN[asked.by], one=one,
        hourly=", extract(hour FROM clock)" if asked.hourly else "",
    )  # fmt: skip
    items = [*_items(_others(asked), given), *_items(visits, given)]
    items.sort(key=lambda item: item.starts_at)
    hours = _fetched(_HOURS, given) if asked.by == "staff" else []
    return Calendar(
        asked, tuple(_with_others(rows, items, asked)), tuple(items),
        tuple(map(Hours._make, hours)), _closed(permit, asked),
    )  # fmt: skip


def _given(permit: Permit, asked: Asked) -> dict[str, Any]:
    return {
        "zone": asked.timezone, "since": asked.since, "until": asked.until, "one": asked.one,
        "clinics": sorted(permit.clinics.intersection(asked.clinics)), "from_on": asked.start,
        "until_on": asked.start + timedelta(days=asked.days), "days": asked.days,
        "shown": SHOWN[asked.by] if not asked.one else 500, "dense": DENSE,
        "few": SHOWN_DENSE if not asked.one else 500, "roles": ROLES,
    }  # fmt: skip


def _others(asked: Asked) -> str:
    """Group sessions, and under colleagues what keeps them away."""
    row = _GROUP_ROW[asked.by]
    one = f"AND {row} = %(one)s" if asked.one else ""
    groups = _OTHERS.format(row=row, join=_GROUPS[asked.by], group_one=one)
    return groups + (_AWAY if asked.by == "staff" else "") + " ORDER BY 6, 2"


def _rows(asked: Asked, given: dict[str, Any]) -> list[tuple[int, str]]:
    if asked.by == "staff":
        which = "s.id = %(one)s" if asked.one else _HERE
        return _fetched(_STAFF.format(which=which), given)
    if asked.by == "room":
        which = "AND r.id = %(one)s" if asked.one else ""
        return _fetched(_ROOMS.format(which=which), given)
    return _fetched(_CLINICS, given)


def _with_others(
    rows: Sequence[tuple[int, str]], items: Sequence[Item], asked: Asked
) -> list[tuple[int, str]]:
    """The rows, and one more without a name for what has no room or somebody from elsewhere."""
    known = {row for row, _name in rows}
    apart = not asked.one and any(item.row not in known for item in items)
    return [*rows, *([(0, "")] if apart else [])]


def _closed(permit: Permit, asked: Asked) -> dict[date, str]:
    last = asked.start + timedelta(days=asked.days - 1)
    found: dict[date, str] = {}
    for rows in closures_at(permit, asked.clinics, asked.start, last).values():
        for row in rows:
            for n in range(asked.days):
                day = asked.start + timedelta(days=n)
                if row.start_on <= day <= row.end_on:
                    found[day] = row.name
    return found


def _items(statement: str, given: dict[str, Any]) -> list[Item]:
    return [Item._make(row) for row in _fetched(statement, given)]


def _fetched(statement: str, given: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())
