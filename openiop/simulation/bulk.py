"""Medium and large networks: copies of what was lived, each twelve weeks further back.

A copy takes place in the same clinics and tracks, with the same staff, but with other people: they
are registered by the same action as anybody, under new names, numbers and phones, together with
people who asked once and never started. What happened to them is copied by one INSERT … SELECT a
table, in the order of foreign keys, as the role that runs the pages and under a job's permit: no
constraint, trigger or policy is switched off. Ids move by a stride, days by whole weeks, times so
that the local clock stays. Everybody's course and task has ended by the end of a copy. The audit
tells of each registration and each copy; what it tells of the first weeks is not copied.
"""

# ruff: noqa: S608 - statements are put together from the names of our own tables and columns.

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from random import Random
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField
from django.db import connection
from django.db.models import DateField, DateTimeField, Field, ForeignKey

from openiop.access import door
from openiop.access.door import writes
from openiop.kernel.days import local
from openiop.kernel.permits import Permit
from openiop.patients import actions as patients
from openiop.programs import actions as programs
from openiop.programs.rules import TrackPlan
from openiop.simulation.people import person
from openiop.simulation.side_by_side import each_in_a_process

WEEKS = 12
PEOPLE = 1000  # a copy brings so many, those who never started included
COPY = "simulation.copy"
VISITS, VISITS_TRACK = 1000, "weekend"


@dataclass(frozen=True)
class Table:
    """A table with what of it is copied; `old` is a row, `person` whom its record became.
    `instead` names what is not shifted by its type."""

    label: str
    where: str = "true"
    instead: Mapping[str, str] = field(default_factory=dict)
    people: str = "JOIN person ON person.old = old.record_id"

    @property
    def name(self) -> str:
        return str(apps.get_model(self.label)._meta.db_table)

    @property
    def fields(self) -> "list[Field[Any, Any]]":
        """All but what the database works out."""
        columns = apps.get_model(self.label)._meta.concrete_fields
        return [column for column in columns if not column.generated]


def _back(moment: str) -> str:
    """A time moved back by the copy's days on the local clock."""
    there = f"({moment}) AT TIME ZONE %(zone)s"
    return f"(({there} - make_interval(days => shift.days)) AT TIME ZONE %(zone)s)"


def _back_in(column: str, *names: str) -> str:
    """The times told in a JSON column, moved back."""
    told = (f"'{name}', {_back(f'({column}->>{name!r})::timestamptz')}" for name in names)
    return f"{column} || jsonb_build_object({', '.join(told)})"


_OF_SESSIONS = "old.session_id = ANY(%(sessions)s)"
_SIGNED = "old.kind = 'group' AND old.signed_at IS NOT NULL AND " + _OF_SESSIONS
_OF_SIGNED = (
    "EXISTS (SELECT FROM chart_note note WHERE note.id = old.note_id AND note.kind = 'group'"
    " AND note.session_id = ANY(%(sessions)s))"
)
_OF_ATTENDANCE = (
    "old.about_table = 'schedule_attendance' AND EXISTS (SELECT FROM schedule_attendance came"
    " WHERE came.id = old.about_id AND came.session_id = ANY(%(sessions)s))"
)
_BEGUN = "lower(old.during) < %(until)s"
_DURING = (
    "daterange(lower(old.during) - shift.days,"
    " least(upper(old.during), %(until)s::date) - shift.days)"
)
_CLOSED = _back("coalesce(old.closed_at, old.due_at)")
_ENDED = "coalesce(nullif(old.{}, ''), 'completed')"
_IF_PERSON = "LEFT JOIN person ON old.kind = 'record' AND person.old = old.resource"

CONTENT = (
    Table("schedule.Session", "old.id = ANY(%(sessions)s)", people=""),
    Table("schedule.SessionStaff", _OF_SESSIONS, people=""),
    Table("schedule.Attendance", _OF_SESSIONS),
    Table("chart.GroupNote", _OF_SESSIONS, people=""),
    Table("chart.Note", _SIGNED, {
        "shared": _back_in("old.shared", "starts_at", "ends_at", "arrived_at", "left_at"),
    }),
    Table("chart.Signature", _OF_SIGNED),
)  # fmt: skip
TABLES = (
    Table("messaging.Contact"),
    Table("messaging.ContactPoint", "old.kind = 'phone'", {"value": "person.phone"}),
    Table("patients.Coverage"),
    Table("programs.Episode", "true", {
        "closed_on": "least(old.closed_on, %(until)s::date) - shift.days",
        "close_reason": _ENDED.format("close_reason"),
    }),
    Table("programs.LevelOfCare"),
    Table("programs.Enrollment", _BEGUN, {
        "during": _DURING, "ended_at": _back("least(old.ended_at, %(ended_at)s::timestamptz)"),
        "ended_reason": _ENDED.format("ended_reason"),
    }),
    Table("schedule.Seat", "old.kind = 'enrolled' AND " + _BEGUN, {"during": _DURING}),
    *CONTENT,
    Table("schedule.SessionTopic", _OF_SESSIONS, people=""),
    Table("schedule.Occupancy", _OF_SESSIONS + " AND (old.kind <> 'record' OR person.new > 0)", {
        "resource": "CASE old.kind WHEN 'record' THEN person.new ELSE old.resource END",
    }, _IF_PERSON),
    Table("chart.CosignRequest", _OF_SIGNED, {"closed_at": _CLOSED}),
    Table("messaging.Task", _OF_ATTENDANCE, {
        "about_id": "{attendance}", "closed_at": _CLOSED,
        "outcome": "coalesce(nullif(old.outcome, ''), 'Reached by phone')",
    }),
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What is copied: courses begun before the day `until`, of each table the ids below `most`. New
    ids are the old ones plus, for each copy, a stride, plus an offset."""

    organization: int
    timezone: str
    until: date
    most: Mapping[str, int]
    strides: Mapping[str, int]
    offsets: Mapping[str, int]
    seed: int = 0

    def moved(self, column: str, table: str) -> str:
        """An id of a copied table, as the copy has it."""
        return f"{column} + shift.copy * {self.strides[table]} + {self.offsets[table]}"


def grow(
    organization: int, timezone: str, until: date, seed: int, copies: int,
    processes: int | None = None,
) -> Iterator[int]:  # fmt: skip
    """Copy what was lived before `until` so many times; the attendances of each copy when done.

    Several seconds a copy on each of the processes.
    """
    if not copies:
        return
    with door.opened_for_job(COPY, organization) as permit:
        begin_earlier(permit, copies * WEEKS * 7)
        most = _next_ids()
    plan = Plan(organization, timezone, until, most, most, dict.fromkeys(most, 0), seed)
    numbers = range(1, copies + 1)
    yield from each_in_a_process(copy_once, [(plan, number) for number in numbers], processes)
    with door.opened_for_job(COPY, organization) as permit:
        use_up_ids(permit)


def copy_once(plan: Plan, number: int) -> int:
    """One copy in a transaction of its own; its attendances."""
    then = local(plan.until - timedelta(weeks=WEEKS * number), time(18), plan.timezone)
    with door.opened_for_job(COPY, plan.organization, now=then) as permit:
        return copy_people(permit, plan, number)


@writes(COPY)
def copy_people(permit: Permit, plan: Plan, number: int) -> int:
    """New people live what the first ones did, `number` times twelve weeks earlier."""
    since = {"until": plan.until, **_bounds(plan)}
    homes = dict(_rows(_PEOPLE, since))
    clinics = sorted(permit.clinics)
    idle = [clinics[place % len(clinics)] for place in range(PEOPLE - len(homes))]
    random, day = Random(f"{plan.seed} copy {number}"), permit.today(plan.timezone)
    drawn = [
        person(random, clinic, day, number * PEOPLE + place)
        for place, clinic in enumerate([*homes.values(), *idle])
    ]
    new = [each.record for each in patients.register_many(permit, drawn)]
    done = _copy(plan, TABLES, {
        "copies": [number], "days": [number * WEEKS * 7],
        "sessions": [row[0] for row in _rows(_SESSIONS, since)],
        "until": plan.until, "ended_at": local(plan.until, time(18), plan.timezone),
        "old": list(homes), "new": new[: len(homes)],
        "phones": [facts["phones"][0] for facts in drawn[: len(homes)]],
    })  # fmt: skip
    for table in TABLES:
        permit.note(COPY, table=table.name, count=done[table.label])
    return done["schedule.Attendance"]


_PEOPLE = """
  SELECT record_id, min(clinic_id) FROM programs_enrollment
   WHERE lower(during) < %(until)s AND id < %(enrollments)s GROUP BY record_id ORDER BY record_id"""
_SESSIONS = """
  SELECT session.id FROM schedule_session session
    JOIN chart_groupnote note ON note.session_id = session.id AND note.signed_at IS NOT NULL
   WHERE session."on" < %(until)s AND session.status = 'scheduled' AND session.id < %(sessions)s"""
_GIVEN = """
  WITH person AS MATERIALIZED (
         SELECT * FROM unnest(%(old)s::bigint[], %(new)s::bigint[], %(phones)s::text[])
                AS person(old, new, phone)),
       shift AS MATERIALIZED (
         SELECT * FROM unnest(%(copies)s::int[], %(days)s::int[]) AS shift(copy, days))"""


def _bounds(plan: Plan) -> dict[str, int]:
    return {"enrollments": plan.most["programs.Enrollment"],
            "sessions": plan.most["schedule.Session"]}  # fmt: skip


def _copy(plan: Plan, tables: tuple[Table, ...], given: Mapping[str, Any]) -> dict[str, int]:
    """Copy the tables one after the other; the rows of each."""
    done = {}
    for table in tables:
        columns = {each.column: _moved(plan, table, each) for each in table.fields}
        named = ", ".join(f'"{column}"' for column in columns)
        statement = (
            f"{_GIVEN} INSERT INTO {table.name} ({named}) SELECT {', '.join(columns.values())}"
            f" FROM {table.name} old {table.people} CROSS JOIN shift"
            f" WHERE old.id < %(most)s AND {table.where}"
        )
        with connection.cursor() as cursor:
            most = plan.most[table.label]
            cursor.execute(statement, {**given, "zone": plan.timezone, "most": most})
            done[table.label] = cursor.rowcount
    return done


def _moved(plan: Plan, table: Table, column: "Field[Any, Any]") -> str:
    """What a copy has in a column."""
    old = f'old."{column.column}"'
    if column.name in table.instead:
        return table.instead[column.name].replace(
            "{attendance}", plan.moved("old.about_id", "schedule.Attendance")
        )
    if column.primary_key:
        return plan.moved(old, table.label)
    if isinstance(column, ForeignKey):
        target = column.related_model._meta.label
        if target == "access.Record":
            return "person.new"
        return plan.moved(old, target) if target in plan.strides else old
    return _earlier(old, column)


def _earlier(old: str, column: "Field[Any, Any]") -> str:
    """A day or time moved back; anything else as it is."""
    if isinstance(column, DateTimeField):
        return _back(old)
    if isinstance(column, DateField):
        return f"{old} - shift.days"
    if isinstance(column, DateTimeRangeField):
        return f"tstzrange({_back(f'lower({old})')}, {_back(f'upper({old})')})"
    if isinstance(column, DateRangeField):
        return f"daterange(lower({old}) - shift.days, upper({old}) - shift.days)"
    return old


def _rows(statement: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def _next_ids() -> dict[str, int]:
    """Of each table, the first id nobody has."""
    return {
        table.label: _rows(f"SELECT coalesce(max(id), 0) + 1 FROM {table.name}", {})[0][0]
        for table in TABLES
    }


@writes(COPY)
def use_up_ids(permit: Permit) -> None:
    """Let each table's counter go on behind the ids that were given by hand."""
    for table in TABLES:
        counter = f"pg_get_serial_sequence('{table.name}', 'id')"
        _rows(
            f"SELECT max(nextval({counter})) FROM generate_series("
            f" (SELECT coalesce(pg_sequence_last_value({counter}::regclass), 0)),"
            f" (SELECT max(id) FROM {table.name}))", {},
        )  # fmt: skip
    permit.note(COPY)


_BEGINNINGS = (
    "UPDATE access_clinic SET opened_on = opened_on - %(days)s",
    "UPDATE access_staff SET joined_on = joined_on - %(days)s",
    "UPDATE access_credential SET issued_on = issued_on - %(days)s",
    "UPDATE access_roleassignment SET during = daterange(lower(during) - %(days)s, upper(during))",
    "UPDATE programs_track SET start_on = start_on - %(days)s",
    "UPDATE programs_trackstaff SET during = daterange(lower(during) - %(days)s, upper(during))",
)


@writes(COPY)
def begin_earlier(permit: Permit, days: int) -> None:
    """Clinics, staff and tracks have been here so much longer."""
    with connection.cursor() as cursor:
        for statement in _BEGINNINGS:
            cursor.execute(statement.replace("%(days)s", f"{days:d}"))
    permit.note(COPY, fields=("opened_on", "joined_on", "issued_on", "during", "start_on"))


def long_course(organization: int, timezone: str) -> str:
    """Give one person a thousand signed visits, in a weekend track; their record's number.

    For the bench. The person is who has the most notes; asked again, nothing is added.
    """
    with door.opened_for_job(COPY, organization) as permit:
        found = _rows(_LONGEST, {"track": VISITS_TRACK})
        number, record, session, clinic, program, on, track = found[0]
        if track is None:
            visit_often(permit, timezone, record, session, (clinic, program, on))
    return str(number)


_LONGEST = """
  SELECT record.number, note.record_id, max(session.id), session.clinic_id, track.program_id,
         max(session."on"),
         (SELECT id FROM programs_track WHERE code = %(track)s AND clinic_id = session.clinic_id)
    FROM chart_note note
    JOIN access_record record ON record.id = note.record_id
    JOIN schedule_session session ON session.id = note.session_id
    JOIN programs_track track ON track.id = session.track_id
   WHERE note.signed_at IS NOT NULL AND note.kind = 'group' AND 1 = (
         SELECT count(*) FROM schedule_sessionstaff held WHERE held.session_id = session.id)
   GROUP BY record.number, note.record_id, session.clinic_id, track.program_id
   ORDER BY count(*) DESC, note.record_id LIMIT 1"""


_NOTE_OF_ONE = """old.session_id = %(session)s AND old.record_id = %(record)s
    AND old.kind = 'group'"""
_OF_ONE = {
    "schedule.SessionStaff": "old.session_id = %(session)s",
    "schedule.Attendance": "old.session_id = %(session)s AND old.record_id = %(record)s",
    "chart.GroupNote": "old.session_id = %(session)s",
    "chart.Note": _NOTE_OF_ONE,
    "chart.Signature": f"old.note_id = (SELECT id FROM chart_note old WHERE {_NOTE_OF_ONE})",
}


@writes(COPY)
def visit_often(
    permit: Permit, timezone: str, record: int, session: int, where: tuple[int, int, date]
) -> None:
    """A thousand weekends, each like one session the person came to."""
    clinic, program, on = where
    saturdays = (on.weekday() + 2) % 7  # days back from the session to a Saturday
    days = [saturdays - day + 7 * week for week in range(1, VISITS // 2 + 1) for day in (0, 1)]
    track = programs.build_track(permit, TrackPlan(
        clinic=clinic, program=program, code=VISITS_TRACK, name="Weekend", weekdays=(5, 6),
        starts=time(9), mode="virtual", room=None, blocks=(("counseling", 180),),
        start_on=on - timedelta(days=max(days)), staff=(),
    ))  # fmt: skip
    free = _next_ids()
    one = {"schedule.Session": session} | {
        table.label: _rows(
            f"SELECT max(id) FROM {table.name} old WHERE {_OF_ONE[table.label]}",
            {"session": session, "record": record},
        )[0][0]
        for table in CONTENT[1:]
    }
    plan = Plan(
        permit.organization,
        timezone,
        on,
        free,
        dict.fromkeys(free, 1),
        {label: free[label] - row - 1 for label, row in one.items()},
    )
    here = {"track": str(track), "room": "NULL", "mode": "'virtual'"}
    tables = (replace(CONTENT[0], instead=here), *CONTENT[1:])
    _copy(plan, tables, {
        "copies": list(range(1, len(days) + 1)), "days": days, "sessions": [session],
        "old": [record], "new": [record], "phones": [""],
    })  # fmt: skip
    use_up_ids(permit)
