"""The floor: the same rows by a bare view with one SQL statement; no sign-in, scope or audit."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path

TABLE = Engine().from_string(
    "<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>"
    "{% endfor %}</table>"
)
STATEMENTS = {
    "today": """
        SELECT s.starts_at, s.ends_at, r.name, p.legal_first, p.legal_last, p.pronouns, a.status
          FROM schedule_session s JOIN schedule_seat seat ON seat.track_id = s.track_id
               AND seat.during @> s.on AND seat.released_at IS NULL
          JOIN patients_patient p ON p.record_id = seat.record_id
          LEFT JOIN access_room r ON r.id = s.room_id
          LEFT JOIN schedule_attendance a ON a.session_id = s.id AND a.record_id = seat.record_id
         WHERE s.clinic_id = %(clinic)s AND s.on = %(day)s ORDER BY s.starts_at, p.sort_key""",
    "track board": """
        SELECT t.name, s.on, s.starts_at, s.ends_at, s.status, count(seat.id)
          FROM schedule_session s JOIN programs_track t ON t.id = s.track_id
          LEFT JOIN schedule_seat seat ON seat.track_id = s.track_id AND seat.during @> s.on
               AND seat.released_at IS NULL
         WHERE s.clinic_id = %(clinic)s AND s.on BETWEEN %(day)s - 6 AND %(day)s + 6
         GROUP BY t.id, s.id ORDER BY t.name, s.starts_at""",
    "patient page": """
        SELECT s.on, s.starts_at, a.status, a.minutes, n.participation, n.signed_at
          FROM schedule_attendance a JOIN schedule_session s ON s.id = a.session_id
          LEFT JOIN chart_note n ON n.attendance_id = a.id
         WHERE a.record_id = %(record)s ORDER BY s.starts_at DESC LIMIT 60""",
    "search": """
        SELECT p.legal_first, p.legal_last, p.birth_on, r.number
          FROM patients_patient p JOIN access_record r ON r.id = p.record_id
         WHERE p.clinic_id = %(clinic)s AND p.sort_key >= 'garcia' AND p.sort_key < 'garcib'
         ORDER BY p.sort_key LIMIT 20""",
}  # fmt: skip
# Set by the run: a connection as the owner and the arguments of the statements.
GIVEN: dict[str, Any] = {}


def page(request: HttpRequest, name: str) -> HttpResponse:
    rows = GIVEN["connection"].execute(STATEMENTS[name], GIVEN).fetchall()
    return HttpResponse(TABLE.render(Context({"rows": rows})))


urlpatterns = [path("floor/<str:name>", page)]
