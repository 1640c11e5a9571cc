"""The calendar of a clinic of its own with 10,080 visits in each of six weeks, and its floor.

The visits are written by one statement: bookings one by one would take an hour.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bench import floor
from bench.browser import Answer, Browser
from bench.measure import Case, Mark
from bench.site import ZONE, Job, Site

CLINIC = "BENCH-CAL"
COLLEAGUES, A_DAY = 40, 36  # a visit each quarter of an hour from seven on
BEFORE = timedelta(weeks=5)
VISITS = COLLEAGUES * A_DAY * (BEFORE.days + 7)

_PERSON = "coalesce(nullif(p.preferred_name, ''), p.legal_first) || ' ' || left(p.legal_last, 1)"
_READ = f"""
      SELECT a.staff_id, a.starts_at, a.ends_at, a.kind, a.mode, a.outcome, r.number, {_PERSON}
        FROM schedule_appointment a JOIN access_record r ON r.id = a.record_id
        JOIN patients_patient p ON p.record_id = a.record_id
       WHERE a.clinic_id = %(calendar)s AND a.cancelled_at IS NULL
         AND a.starts_at >= %(since)s AND a.starts_at < %(until)s {{which}}
       ORDER BY a.starts_at, a.id"""
READS = {
    # What a week of cells shows: three visits of each colleague's day and how many there are.
    "calendar week": f"""
      SELECT * FROM (
      SELECT a.staff_id, a.starts_at, a.ends_at, a.kind, r.number, {_PERSON},
             count(*) OVER cell, row_number() OVER (cell ORDER BY a.starts_at, a.id) AS place
        FROM schedule_appointment a JOIN access_record r ON r.id = a.record_id
        JOIN patients_patient p ON p.record_id = a.record_id
       WHERE a.clinic_id = %(calendar)s AND a.cancelled_at IS NULL
         AND a.starts_at >= %(since)s AND a.starts_at < %(until)s
      WINDOW cell AS (PARTITION BY a.staff_id, (a.starts_at AT TIME ZONE '{ZONE}')::date)) shown
       WHERE place <= 3 ORDER BY starts_at""",
    "clinician's day": _READ.format(which="AND a.staff_id = %(staff)s"),
    "clinic's day": _READ.format(which=""),
}  # fmt: skip


def fill(job: Job, clinic: int, monday: date) -> None:
    """This week and five before it, with 40 colleagues; nothing where this week has visits."""
    held = job.rows(
        "SELECT count(*) FROM schedule_appointment WHERE clinic_id = %s AND starts_at >= %s::date",
        clinic, monday,
    )  # fmt: skip
    if held[0][0]:
        return
    from openiop.access.backend.base import writing

    with job("schedule.appointment.write"), writing():
        _write(clinic, monday - BEFORE)


def hire(job: Job, clinic: int, count: int) -> None:
    """So many colleagues of other clinics hold a role here too: they are only there to be read."""
    from openiop.access import hiring
    from openiop.kernel.acts import Role

    staff = job.rows(
        "SELECT s.id FROM access_staff s WHERE s.left_on IS NULL ORDER BY EXISTS (SELECT FROM"
        " access_roleassignment r WHERE r.staff_id = s.id AND r.clinic_id = %s"
        " AND r.role = 'clinician') DESC, s.id LIMIT %s", clinic, count,
    )  # fmt: skip
    held = job.rows(
        "SELECT staff_id FROM access_roleassignment WHERE clinic_id = %s AND role = 'clinician'",
        clinic,
    )
    with job("access.staff.write") as permit:
        for (each,) in sorted(set(staff) - set(held)):
            hiring.give_role(permit, each, clinic=clinic, role=Role.CLINICIAN,
                             from_on=permit.today(ZONE) - timedelta(days=7))  # fmt: skip


_WRITE = """
INSERT INTO schedule_appointment (organization_id, clinic_id, record_id, staff_id, kind, mode,
       starts_at, ends_at, link, cancel_reason, outcome)
SELECT c.organization_id, c.id, people.ids[1 + n %% cardinality(people.ids)],
       team.ids[1 + n %% %(colleagues)s],
       (ARRAY['individual', 'nurse', 'test', 'psychiatry', 'family', 'medication', 'case'])
         [1 + n %% 7], 'in_person', at.starts_at, at.starts_at + interval '10 minutes', '', '', ''
  FROM access_clinic c, generate_series(0, %(visits)s - 1) AS n,
       (SELECT array_agg(record_id ORDER BY record_id) AS ids FROM patients_patient) people,
       (SELECT array_agg(DISTINCT staff_id) AS ids FROM access_roleassignment
         WHERE clinic_id = %(clinic)s AND role = 'clinician') team,
 LATERAL (SELECT (%(begins)s::date + time '07:00' + make_interval(
       days => n / %(colleagues)s / %(a_day)s,
       mins => 15 * (n / %(colleagues)s %% %(a_day)s))) AT TIME ZONE %(zone)s AS starts_at) at
 WHERE c.id = %(clinic)s
"""


def _write(clinic: int, begins: date) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {
            "clinic": clinic, "begins": begins, "visits": VISITS, "colleagues": COLLEAGUES,
            "a_day": A_DAY, "zone": ZONE,
        })  # fmt: skip


def cases(
    site: Site, browser: Browser, connection: Any,
    reads: Callable[[str], Callable[[], Answer]],
) -> Iterator[Case]:  # fmt: skip
    """A week of 10,000 visits; one colleague's day and the clinic's own."""
    monday = site.on - timedelta(days=site.on.weekday())
    day = monday + timedelta(days=1)
    staff = connection.execute(
        "SELECT min(staff_id) FROM schedule_appointment WHERE clinic_id = %s", [site.calendar]
    ).fetchone()[0]
    for name, url, first, days, mark in (
        ("calendar week", f"/desk/calendar/?on={monday}", monday, 7, Mark(100)),
        ("clinician's day", f"/desk/calendar/?on={day}&view=day&one={staff}", day, 1,
         Mark(share=0.30)),
        ("clinic's day", f"/desk/calendar/?on={day}&view=day", day, 1, Mark(share=0.40)),
    ):  # fmt: skip
        given = {
            "calendar": site.calendar,
            "staff": staff,
            "since": midnight(first),
            "until": midnight(first + timedelta(days=days)),
        }
        rows = len(connection.execute(READS[name], given).fetchall())
        floor.GIVEN_FOR[name] = given
        yield Case(name, lambda u=url: browser.get(u), reads(name), rows, mark)  # type: ignore[misc]


def midnight(on: date) -> datetime:
    """When a day begins on the clinic's clock."""
    return datetime.combine(on, time(0), ZoneInfo(ZONE))
