"""How people came in by video: the joins of a clinic's past, and tonight's waiting room.

The past follows its attendance, in one statement: whoever came was let in when they arrived and
left when they left; every sixth lost the connection for a moment and came back. Tonight's people
wait; where the session runs, most are in, and one dropped out while at risk.
"""

from datetime import datetime

from django.db import connection

from openiop.access import door
from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.simulation.network import DemoClinic

COPY = "simulation.copy"

# Street names of no town in particular; numbers of the range that is never given away.
_COLUMNS = """organization_id, clinic_id, session_id, record_id, street, state, call_back, alone,
       asked_at, admitted_at, seen_at, left_at, at_risk_at"""
_SAID = """place.organization_id, place.id, session.id, {record},
       (100 + {record} * 37 %% 8900) || ' ' ||
         (ARRAY['Elm St', 'Lark Ave', 'Quarry Rd', 'Mill Ln', 'Orchard Ct'])[1 + {record} %% 5]
         || ', ' || place.city,
       place.state, '312 555 01' || lpad(({record} %% 100)::text, 2, '0'), {record} %% 7 <> 0"""
_PAST = f"""
  WITH came AS (
    SELECT session.id AS session_id, old.record_id, old.arrived_at AS first,
           CASE WHEN old.left_at IS NULL THEN session.ends_at ELSE old.left_at END AS last,
           (old.record_id + session.id) %% 6 = 0 AS lost
      FROM schedule_attendance old JOIN schedule_session session ON session.id = old.session_id
     WHERE old.clinic_id = %(clinic)s AND old.virtual AND old.status = 'present'),
  stays AS (
    SELECT session_id, record_id, first - interval '4 minutes' AS asked, first,
           CASE WHEN lost THEN least(last, first + interval '50 minutes 10 seconds')
                ELSE last END AS last
      FROM came
     UNION ALL
    SELECT session_id, record_id, first + interval '50 minutes 40 seconds',
           first + interval '50 minutes 40 seconds', last
      FROM came WHERE lost AND last > first + interval '52 minutes')
  INSERT INTO schedule_join ({_COLUMNS})
  SELECT {_SAID.format(record="stays.record_id")}, stays.asked, stays.first, stays.last, stays.last,
         NULL
    FROM stays JOIN schedule_session session ON session.id = stays.session_id
    JOIN access_clinic place ON place.id = session.clinic_id"""  # noqa: S608
# Signs of tonight's people are given ahead, up to the end: nobody sits at their screens.
_TONIGHT = f"""
  WITH seated AS (
    SELECT session.id AS session_id, seat.record_id, session.starts_at <= %(now)s AS begun,
           row_number() OVER (PARTITION BY session.id ORDER BY seat.number) AS nth
      FROM schedule_session session
      JOIN access_clinic place ON place.id = session.clinic_id
      JOIN schedule_seat seat ON seat.track_id = session.track_id AND seat.kind = 'enrolled'
       AND seat.released_at IS NULL AND seat.during @> session."on"
     WHERE session.clinic_id = %(clinic)s AND session.mode = 'virtual'
       AND session.status = 'scheduled' AND session.ends_at > %(now)s
       AND session."on" = (%(now)s AT TIME ZONE place.timezone)::date)
  INSERT INTO schedule_join ({_COLUMNS})
  SELECT {_SAID.format(record="seated.record_id")},
         least(%(now)s, session.starts_at - make_interval(mins => seated.nth::int)),
         CASE WHEN begun AND nth <= 5 THEN session.starts_at END,
         CASE WHEN begun AND nth = 5
              THEN greatest(session.starts_at, %(now)s - interval '4 minutes')
              ELSE session.ends_at END,
         NULL, CASE WHEN begun AND nth = 5 THEN session.starts_at END
    FROM seated JOIN schedule_session session ON session.id = seated.session_id
    JOIN access_clinic place ON place.id = session.clinic_id
   WHERE nth <= CASE WHEN begun THEN 7 ELSE 3 END"""  # noqa: S608


def come_in(organization: int, clinic: DemoClinic, now: datetime) -> int:
    """The clinic's joins of the past and of tonight; how many."""
    with door.opened_for_job(COPY, organization, now=now) as permit:
        return _write(permit, clinic.id)


@writes(COPY)
def _write(permit: Permit, clinic: int) -> int:
    count = 0
    with connection.cursor() as cursor:
        for statement in (_PAST, _TONIGHT):
            cursor.execute(statement, {"clinic": clinic, "now": permit.now})
            count += cursor.rowcount
    permit.note(COPY, table="schedule_join", count=count)
    return count
