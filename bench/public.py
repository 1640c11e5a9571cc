"""The public pages: a stranger without a session, beside the same rows and nothing else."""

from collections.abc import Callable, Iterator
from typing import Any

from bench import floor
from bench.browser import Answer, Browser
from bench.measure import Case, Mark

READS = {
    "site home": "SELECT code, name, phone, hours FROM access_clinic ORDER BY name",
    "find a clinic": """
      SELECT c.name, t.name, (
             SELECT min(s.starts_at) FROM schedule_session s
              WHERE s.track_id = t.id AND s."on" >= %(on)s), (
             SELECT count(*) FROM schedule_seat seat WHERE seat.track_id = t.id
                AND seat.released_at IS NULL AND seat.during @> %(on)s::date)
        FROM programs_track t JOIN access_clinic c ON c.id = t.clinic_id
       ORDER BY c.name, t.starts""",
    "free times": """
      SELECT h.clinic_id, h.staff_id, h.weekday, h.starts, h.ends FROM schedule_workinghours h
       WHERE h.during @> %(on)s::date ORDER BY h.clinic_id, h.staff_id LIMIT 63""",
    "what it costs": "SELECT from_on, day_printed, talk_printed FROM intake_pricelist",
}  # fmt: skip
PLAN = {"covered": "in", "deductible": "1500", "share": "20", "maximum": "4000"}


def cases(
    application: Any, connection: Any, reads: Callable[[str], Callable[[], Answer]]
) -> Iterator[Case]:
    """What a person at night asks for, in that order."""
    stranger = Browser(application)
    asked: dict[str, Callable[[], Answer]] = {
        "site home": lambda: stranger.get("/"),
        "find a clinic": lambda: stranger.get("/clinics/?zip=60657"),
        "free times": lambda: stranger.get("/start/times/?zip=60657"),
        "what it costs": lambda: stranger.post("/cost/", PLAN),
    }
    for name, ask in asked.items():
        rows = len(connection.execute(READS[name], floor.GIVEN).fetchall())
        yield Case(name, ask, reads(name), rows, Mark(100, share=0.02))
