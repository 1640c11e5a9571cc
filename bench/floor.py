"""The floor: the same rows by a bare Django view with one SQL statement and a plain template.

No middleware, no sign-in, no row-level security, no audit. Writes are one durable INSERT of the
same row into a table with the same columns, indexes and constraints.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import Engine
from django.template.context import Context
from django.urls import path

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
TABLES = {"enroll": "programs_enrollment", "attendance": "schedule_attendance"}
WRITES = {
    "enroll": """
      INSERT INTO bench_enrollment (organization_id, clinic_id, record_id, episode_id, track_id,
             during, enrolled_at, over_house_reason, ended_reason)
      VALUES (%(organization)s, %(clinic)s, %(nth)s, 1, 1, daterange(%(on)s, NULL), now(), '',
             '')""",
    "attendance": """
      INSERT INTO bench_attendance (organization_id, clinic_id, record_id, session_id, makeup,
             status, arrived_at, method, virtual, block_minutes, minutes, reason, steps,
             recorded_at, correction, flags)
      VALUES (%(organization)s, %(clinic)s, %(nth)s, 1, false, 'present', now(), 'facilitator',
             true, '{60,60,60}', 180, '', '{}', now(), '', '{}')""",
}
# Set by the run: a connection without row-level security, and what the statements are given.
GIVEN: dict[str, Any] = {"nth": 0}


def make_tables(connection: Any) -> None:
    """Tables like ours for the bare writes: same columns, indexes and constraints, no triggers."""
    for name, table in TABLES.items():
        bare = WRITES[name].split()[2]
        connection.execute(f"DROP TABLE IF EXISTS {bare}")
        connection.execute(f"CREATE TABLE {bare} (LIKE {table} INCLUDING ALL)")


def read(request: HttpRequest, name: str) -> HttpResponse:
    rows = GIVEN["connection"].execute(READS[name], GIVEN).fetchall()
    return HttpResponse(ROWS.render(Context({"rows": rows, "name": name})))


def write(request: HttpRequest, name: str) -> HttpResponse:
    GIVEN["nth"] += 1
    GIVEN["connection"].execute(WRITES[name], GIVEN)
    return HttpResponse(status=302, headers={"Location": "/"})


urlpatterns = [path("read/<str:name>/", read), path("write/<str:name>/", write)]


def here(get_response: Callable[..., Any]) -> Callable[..., Any]:
    """The one middleware: these addresses instead of ours."""

    def middleware(request: HttpRequest) -> Any:
        request.urlconf = "bench.floor"  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def application() -> Any:
    """Django's own handler with nothing in front of a view."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import override_settings

    with override_settings(MIDDLEWARE=["bench.floor.here"]):
        return WSGIHandler()
