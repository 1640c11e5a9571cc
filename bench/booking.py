"""Booking a visit beside one durable statement, and finding a time across all clinics."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bench.browser import Answer, Browser
from bench.measure import Case, Mark
from bench.site import ZONE, Site

A_DAY = 24  # visits of half an hour from eight on, none in another's way
WRITE = """
      WITH visit AS (
      INSERT INTO bench_appointment (organization_id, clinic_id, record_id, staff_id, kind, type_id,
             mode, starts_at, ends_at, link, cancel_reason, outcome)
      VALUES (%(organization)s, %(clinic)s, %(nth)s, %(nth)s, 'individual', %(type)s, %(mode)s,
              now(), now() + interval '30 minutes', '', '', '')
      RETURNING *
      ), taken AS (
      INSERT INTO bench_occupancy (organization_id, kind, resource, during, appointment_id)
      SELECT visit.organization_id, needs.kind, %(nth)s, tstzrange(starts_at, ends_at), visit.id
        FROM visit, unnest(ARRAY['record', 'staff']) AS needs(kind)
      ), change AS (
      INSERT INTO bench_appointmentchange (organization_id, clinic_id, record_id, batch, kind,
             appointment_id, after, reason, at)
      SELECT organization_id, clinic_id, record_id, gen_random_uuid(), 'book', id,
             to_jsonb(visit.*), '', now() FROM visit
      ), audit AS ({audit}
      ) SELECT id FROM visit"""
FIND = """
      SELECT lower(o.during), upper(o.during), o.kind, o.resource FROM schedule_occupancy o
       WHERE o.kind IN ('staff', 'room')
         AND o.during && tstzrange(now(), now() + interval '14 days')
       ORDER BY 1 LIMIT 60"""


def cases(
    site: Site, browser: Browser, connection: Any,
    reads: Callable[[str], Callable[[], Answer]],
    writes: Callable[[str, dict[str, str]], Callable[[], Answer]],
) -> Iterator[Case]:  # fmt: skip
    """One press books; a person's page of free times looks at all clinics for two weeks."""
    kind, staff = _type_and_holder(connection, site)
    number = site.new[0][2]
    form = {"type": str(kind), "mode": "in_person", "move": ""}
    find = f"/desk/patients/{number}/one-to-ones/find/?type={kind}&clinic=&start={site.on}&staff="
    yield Case("find a time", lambda: browser.get(find), reads("find a time"), 60, Mark(200))
    yield Case("book a visit", _booking(site, browser, form, staff),
               writes("book a visit", form), 1, Mark(share=0.25), 302, browser.follow)  # fmt: skip


def _type_and_holder(connection: Any, site: Site) -> tuple[int, int]:
    """A type of half an hour or so in person, and somebody at the bench's clinic who holds it."""
    return connection.execute(  # type: ignore[no-any-return]
        "SELECT t.id, min(r.staff_id) FROM schedule_appointmenttype t"
        " JOIN access_roleassignment r ON r.role = ANY(t.holders) AND r.clinic_id = %s"
        " WHERE t.organization_id = %s AND 'in_person' = ANY(t.modes) AND t.kind = 'individual'"
        " GROUP BY t.id ORDER BY t.id LIMIT 1", [site.new_clinic, site.organization],
    ).fetchone()  # fmt: skip


def _booking(
    site: Site, browser: Browser, form: dict[str, str], staff: int
) -> Callable[[], Answer]:
    """Each time another of the people and the next free time, months ahead of all others."""
    turns = iter(enumerate(site.new * A_DAY))
    first = site.on + timedelta(days=200 + 10 * (site.run % 50))

    def book() -> Answer:
        nth, (_record, _episode, number) = next(turns)
        day = first + timedelta(days=nth // A_DAY)
        at = datetime.combine(day, time(8), ZoneInfo(ZONE)) + timedelta(minutes=30 * (nth % A_DAY))
        slot = f"{site.new_clinic}|{staff}|0|30|{at.isoformat()}"
        url = f"/desk/patients/{number}/one-to-ones/find/"
        return browser.post(url, form | {"slot": slot})

    return book
