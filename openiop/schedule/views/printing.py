"""Paper: the sign-in sheet and the roster for a day without the system."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from openiop.access.door import opens
from openiop.kernel.permits import Permit
from openiop.schedule.queries import sessions
from openiop.schedule.queries.sheet import sheet

BLANK_LINES = range(3)


@opens("schedule.read")
def sign_in(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """A sheet to sign: preferred name and last initial only, no record number."""
    return _paper(request, permit, session, "schedule/attendance_sign_in.html")


@opens("schedule.read")
def downtime(request: HttpRequest, permit: Permit, session: int) -> HttpResponse:
    """The roster to write on when the system is down, and to type in afterwards."""
    return _paper(request, permit, session, "schedule/attendance_downtime.html")


def _paper(request: HttpRequest, permit: Permit, session: int, template: str) -> HttpResponse:
    place = sessions.session(permit, session)
    timezone.activate(place.timezone)
    found = sheet(permit, place)
    permit.note("schedule.read", table="schedule_session", row=session, count=len(found.rows))
    return render(request, template, {
        "session": place, "rows": [row for row in found.rows if row.person],
        "blank": BLANK_LINES, "clinic_name": place.clinic_name, "printed_at": permit.now,
    })  # fmt: skip
