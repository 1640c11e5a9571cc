"""The floor: the same rows by a bare Django view with one SQL statement and a plain template.

The view does what a view of a new Django project does: it stands behind the middleware that
`startproject` writes, takes Django's connection from a pool, asks by a prepared statement bound by
the server, reads the posted form with its token, and gives the connection back. What it leaves out
is what ours promises: sign-in, roles, row-level security, locks, rules and refusals. Nobody is
signed in, so no session is read. Its connection passes every policy.

A write is one durable statement that leaves the rows ours leaves: enrolling leaves one enrollment,
one seat, the person's time in every session ahead and three audit rows; marking changes one
attendance and leaves its version and three audit rows; booking leaves the visit, its change, what
it takes up and three audit rows. They go into tables with the columns, indexes and constraints of
ours, without triggers.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import Engine
from django.template.context import Context
from django.urls import path

ALIAS = "floor"

ROWS = Engine().from_string(
    "<!doctype html><title>{{ name }}</title><table>{% for row in rows %}<tr>"
    "{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)
_PERSON = "coalesce(nullif(p.preferred_name, ''), p.legal_first), p.legal_last"
READS = {
    "today": f"""
      SELECT '/desk/patients/' || r.number, {_PERSON}, p.pronouns, s.starts_at, a.status,
             a.arrived_at
        FROM schedule_session s
        JOIN schedule_seat seat ON seat.track_id = s.track_id AND seat.released_at IS NULL
             AND seat.kind = 'enrolled' AND seat.during @> s."on"
        JOIN access_record r ON r.id = seat.record_id
        JOIN patients_patient p ON p.record_id = seat.record_id
        LEFT JOIN schedule_attendance a ON a.session_id = s.id AND a.record_id = seat.record_id
       WHERE s.clinic_id = %(clinic)s AND s."on" = %(on)s
       ORDER BY s.starts_at, s.id, p.sort_key""",
    "track board": """
      SELECT t.name, s.id, s."on", s.starts_at, s.status, (
             SELECT count(*) FROM schedule_seat seat WHERE seat.track_id = s.track_id
                AND seat.released_at IS NULL AND seat.during @> s."on")
        FROM schedule_session s JOIN programs_track t ON t.id = s.track_id
       WHERE s.clinic_id = %(clinic)s AND s."on" >= %(monday)s AND s."on" < %(monday)s::date + 7
       ORDER BY t.name, s.starts_at""",
    "patient page": """
      SELECT s."on", s.starts_at, t.name, a.status, a.minutes, a.reason
        FROM schedule_attendance a JOIN schedule_session s ON s.id = a.session_id
        JOIN programs_track t ON t.id = s.track_id JOIN access_record r ON r.id = a.record_id
       WHERE r.number = %(number)s AND s."on" > %(on)s::date - 84
       ORDER BY s.starts_at DESC""",
    "search": f"""
      SELECT '/desk/patients/' || r.number, {_PERSON}, p.birth_on, r.number
        FROM patients_searchkey k JOIN access_record r ON r.id = k.record_id
        JOIN patients_patient p ON p.record_id = k.record_id
       WHERE k.clinic_id = ANY(%(clinics)s) AND k.key >= %(low)s AND k.key < %(high)s
       LIMIT 20""",
    "director's board": """
      SELECT c.name, t.name, t.starts, count(DISTINCT seat.id), count(DISTINCT w.id)
        FROM programs_track t JOIN access_clinic c ON c.id = t.clinic_id
        LEFT JOIN schedule_seat seat ON seat.track_id = t.id AND seat.released_at IS NULL
             AND seat.during @> %(on)s::date
        LEFT JOIN programs_waitingentry w ON w.track_id = t.id AND w.state = 'waiting'
       GROUP BY c.name, t.id ORDER BY c.name, t.starts""",
}
AUDIT = """
      INSERT INTO bench_auditevent (id, organization_id, at, written_at, "user", actor, act, kind,
             outcome, record, "table", fields, reason, request_id, address, xid)
      SELECT %(nth)s * 3 + part, %(organization)s, now(), now(), 1, 'user:1', act, 'write',
             'done', %(nth)s, '', '{}', '', 'bench', '127.0.0.1', 0
        FROM unnest(ARRAY['open', 'write', 'detail']) WITH ORDINALITY told(act, part)"""
TABLES = ("programs_enrollment", "schedule_seat", "schedule_occupancy", "schedule_attendance",
          "schedule_attendanceevent", "access_auditevent", "schedule_appointment",
          "schedule_appointmentchange")  # fmt: skip
WRITES = {
    "enroll": f"""
      WITH place AS (
      INSERT INTO bench_enrollment (organization_id, clinic_id, record_id, episode_id, track_id,
             during, enrolled_at, over_house_reason, ended_reason)
      VALUES (%(organization)s, %(clinic)s, %(nth)s, 1, %(nth)s,
              daterange(%(start_on)s::date, NULL), now(), %(reason)s, '')
      RETURNING id
      ), seat AS (
      INSERT INTO bench_seat (organization_id, clinic_id, track_id, number, kind, record_id,
             enrollment_id, during, taken_at)
      SELECT %(organization)s, %(clinic)s, %(nth)s, 1, 'enrolled', %(nth)s, place.id,
             daterange(%(start_on)s::date, NULL), now() FROM place
      ), times AS (
      INSERT INTO bench_occupancy (organization_id, kind, resource, during, session_id)
      SELECT organization_id, 'record', %(nth)s, tstzrange(starts_at, ends_at), id
        FROM schedule_session
       WHERE track_id = %(track)s AND "on" >= %(start_on)s::date AND status = 'scheduled'
      ), audit AS ({AUDIT}
      ) SELECT id FROM place""",
    "attendance": f"""
      WITH marked AS (
      UPDATE bench_attendance SET status = %(verb)s, recorded_at = now() WHERE id = %(row)s
      RETURNING *
      ), version AS (
      INSERT INTO bench_attendanceevent (pgh_created_at, pgh_label, organization_id, clinic_id,
             record_id, session_id, id, makeup, status, arrived_at, method, virtual, block_minutes,
             minutes, reason, steps, recorded_at, correction, flags, pgh_obj_id)
      SELECT now(), 'update', organization_id, clinic_id, record_id, session_id, id, makeup, status,
             arrived_at, method, virtual, block_minutes, minutes, reason, steps, recorded_at,
             correction, flags, id FROM marked
      ), audit AS ({AUDIT}
      ) SELECT '/desk/patients/' || r.number, {_PERSON}, p.pronouns, a.status, a.arrived_at
          FROM schedule_session s
          JOIN schedule_seat seat ON seat.track_id = s.track_id AND seat.released_at IS NULL
               AND seat.kind = 'enrolled' AND seat.during @> s."on"
          JOIN access_record r ON r.id = seat.record_id
          JOIN patients_patient p ON p.record_id = seat.record_id
          LEFT JOIN schedule_attendance a ON a.session_id = s.id AND a.record_id = seat.record_id
         WHERE s.id = %(session)s ORDER BY p.sort_key""",
}
# Set by the run: what the statements are given.
GIVEN: dict[str, Any] = {"nth": 0}
GIVEN_FOR: dict[str, dict[str, Any]] = {}


def make_tables(connection: Any) -> None:
    """Tables like ours for the bare writes: same columns, indexes and constraints, no triggers."""
    for table in TABLES:
        bare = f"bench_{table.partition('_')[2]}"
        connection.execute(f"DROP TABLE IF EXISTS {bare}")
        connection.execute(f"CREATE TABLE {bare} (LIKE {table} INCLUDING ALL)")
    connection.execute("INSERT INTO bench_attendance SELECT * FROM schedule_attendance LIMIT 1")
    GIVEN["row"] = connection.execute("SELECT id FROM bench_attendance").fetchone()[0]


def connect() -> None:
    """Give Django a second database connection, pooled as ours, which no policy binds."""
    from django.conf import settings
    from django.db import connections

    ours = settings.DATABASES["default"]
    bare = ours | {"ENGINE": "django.db.backends.postgresql", "USER": "postgres",
                   "OPTIONS": {**ours["OPTIONS"]}}  # fmt: skip
    both = connections.configure_settings({"default": ours, ALIAS: bare})
    connections.settings[ALIAS] = both[ALIAS]


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    from django.db import connections

    with connections[ALIAS].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def read(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(
        ROWS.render(
            Context({"rows": _rows(READS[name], GIVEN | GIVEN_FOR.get(name, {})), "name": name})
        )
    )


def write(request: HttpRequest, name: str) -> HttpResponse:
    """Marking shows the group again, from the statement; any other leads on to another page."""
    GIVEN["nth"] += 1
    rows = _rows(WRITES[name], GIVEN | request.POST.dict())
    if name != "attendance":
        return HttpResponse(status=302, headers={"Location": "/"})
    return HttpResponse(ROWS.render(Context({"rows": rows, "name": name})))


urlpatterns = [path("read/<str:name>/", read), path("write/<str:name>/", write)]


def here(get_response: Callable[..., Any]) -> Callable[..., Any]:
    """These addresses instead of ours."""

    def middleware(request: HttpRequest) -> Any:
        request.urlconf = "bench.floor"  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


STARTPROJECT = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def application() -> Any:
    """Django's own handler with what a new project has in front of a view."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import override_settings

    with override_settings(MIDDLEWARE=["bench.floor.here", *STARTPROJECT]):
        return WSGIHandler()
