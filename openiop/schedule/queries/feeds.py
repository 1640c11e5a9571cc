"""What a calendar elsewhere may show of a colleague's time: initials and rooms, nothing of care."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.queries import clinics
from openiop.access.queries.staff import holders
from openiop.kernel.acts import EVERYONE
from openiop.kernel.permits import Permit
from openiop.patients.queries import Person, people
from openiop.schedule.queries.appointments import appointment
from openiop.schedule.rules.feeds import Entry

READ = "schedule.feed.read"
BACK, AHEAD = timedelta(days=30), timedelta(days=180)


class _Row(NamedTuple):
    kind: str
    id: int
    record: int | None
    starts_at: datetime
    ends_at: datetime
    room: str
    cancelled: bool
    changes: int


# A change undone is a change too: the number only grows, as calendars ask.
_ROWS = """
  SELECT 'visit', a.id, a.record_id, a.starts_at, a.ends_at, coalesce(r.name, ''),
         a.cancelled_at IS NOT NULL,
         (SELECT count(*) + count(c.undone_at) FROM schedule_appointmentchange c
           WHERE c.appointment_id = a.id)
    FROM schedule_appointment a LEFT JOIN access_room r ON r.id = a.room_id
   WHERE a.staff_id = %(staff)s AND a.clinic_id = ANY(%(clinics)s)
     AND a.starts_at >= %(start)s AND a.starts_at < %(end)s
  UNION ALL
  SELECT 'group', s.id, NULL, s.starts_at, s.ends_at, coalesce(r.name, ''),
         s.status <> 'scheduled',
         (SELECT count(*) + count(c.undone_at) FROM schedule_sessionchange c
           WHERE c.session_id = s.id)
    FROM schedule_sessionstaff h JOIN schedule_session s ON s.id = h.session_id
    LEFT JOIN access_room r ON r.id = s.room_id
   WHERE h.staff_id = %(staff)s AND s.clinic_id = ANY(%(clinics)s)
     AND s.starts_at >= %(start)s AND s.starts_at < %(end)s
   ORDER BY 4, 1, 2
"""


def entries(permit: Permit, staff: int) -> tuple[str, list[Entry]]:
    """The zone of the permit's one clinic, and a colleague's visits and groups there, from 30 days
    back to 180 ahead, cancelled ones too. Http404 when they work there no more. Five statements."""
    place = clinics(permit).get()
    if not holders(permit, place.id, permit.today(place.timezone), EVERYONE).filter(pk=staff):
        raise Http404("Nobody's feed.")
    values: dict[str, Any] = {
        "staff": staff, "clinics": list(permit.clinics), "start": permit.now - BACK,
        "end": permit.now + AHEAD,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, values)
        rows = [_Row(*row) for row in cursor.fetchall()]
    who = people(permit, {row.record for row in rows if row.record})
    return place.timezone, [
        _entry(permit.organization, row, who.get(row.record or 0)) for row in rows
    ]


def _entry(organization: int, row: _Row, person: Person | None) -> Entry:
    return Entry(
        uid=f"{row.kind}-{row.id}@{organization}.openiop", sequence=row.changes,
        summary=_("Group") if row.kind == "group" else initials(person),
        starts_at=row.starts_at, ends_at=row.ends_at, place=row.room, cancelled=row.cancelled,
    )  # fmt: skip


def initials(person: Person | None) -> str:
    """ "M. G."; "Visit" for whoever may not be shown."""
    if person is None:
        return _("Visit")
    return f"{person.called[:1]}. {person.last_initial[:1]}.".upper()


def invited(permit: Permit, visit: int) -> tuple[str, Entry]:
    """One visit for the person's own calendar: its zone and the entry. It names nobody and no care:
    a calendar is seen by others."""
    facts = appointment(permit, visit)
    place = clinics(permit).get(pk=facts.clinic)
    street = f"{place.street}, {place.city}, {place.state} {place.zip_code}"
    entry = Entry(
        uid=f"visit-{facts.id}@{permit.organization}.openiop", summary=_("Appointment"),
        starts_at=facts.starts_at, ends_at=facts.ends_at,
        place="" if facts.mode == "virtual" else street,
        sequence=_changes(facts.id), cancelled=facts.cancelled_at is not None,
        words=_("Questions? Call %(phone)s.") % {"phone": place.phone},
    )  # fmt: skip
    return facts.timezone, entry


def _changes(visit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) + count(undone_at) FROM schedule_appointmentchange"
            " WHERE appointment_id = %s", [visit],
        )  # fmt: skip
        return int(cursor.fetchone()[0])
