"""Keep a time for some minutes while somebody books it, and let it go."""

from datetime import timedelta
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.access.queries import clinics
from openiop.kernel.permits import Permit, Refused
from openiop.schedule.actions import appointments
from openiop.schedule.actions.locks import hold_still
from openiop.schedule.actions.moving import taken
from openiop.schedule.models import Hold, Occupancy
from openiop.schedule.queries.holds import is_open, live_holds, nearest
from openiop.schedule.rules.times import Time

WRITE, RELEASE, TABLE = "schedule.hold.write", "schedule.hold.release", "schedule_hold"
GONE = "gone"
KEPT = timedelta(minutes=10)
MOST = 12  # times kept at one clinic at once: more are no people in need


def _gone(no: Refused, permit: Permit, time: Time, **more: object) -> Refused:
    """The time is somebody else's: those closest to it."""
    if no.code not in (GONE, "clash"):
        return no
    return Refused(
        GONE, _("Somebody just took this time."), _("Choose one of the closest free times."),
        field="time", choices=tuple(nearest(permit, time, _zone(permit, time))),
    )  # fmt: skip


def _zone(permit: Permit, time: Time) -> str:
    place = clinics(permit).filter(pk=time.clinic).first()
    if place is None:
        raise Http404("No such clinic.")
    return place.timezone


@writes(WRITE, explain=_gone)
def hold(permit: Permit, time: Time) -> UUID:
    """Keep a time for ten minutes; its key. Refused ("gone", with the closest free times) where it
    is not truly free, and ("many") while a clinic has as many kept as it may."""
    _still(time)
    release_expired(permit)
    if live_holds(permit, time.clinic) >= MOST:
        raise Refused(
            "many", _("Many people are booking at this moment."),
            _("Try again in some minutes, or call us."),
        )  # fmt: skip
    kind = is_open(permit, time, _zone(permit, time))
    if kind is None:
        raise Refused(GONE, "")
    row = Hold(
        organization_id=permit.organization, clinic_id=time.clinic, type_id=time.type,
        staff_id=time.staff, room_id=time.room, mode=time.mode, starts_at=time.starts_at,
        ends_at=time.starts_at + timedelta(minutes=kind.minutes), expires_at=permit.now + KEPT,
    )  # fmt: skip
    with refusing(taken()):
        row.save(force_insert=True)
        _occupy(permit, row)
    permit.note(WRITE, table=TABLE, row=row.pk)
    return row.key


def _still(time: Time) -> None:
    rooms = [("room", time.room)] if time.room else []
    hold_still([("staff", time.staff), *rooms])


def _occupy(permit: Permit, row: Hold) -> None:
    what = [("staff", row.staff_id)] + ([("room", row.room_id)] if row.room_id else [])
    Occupancy.objects.bulk_create([
        Occupancy(
            organization_id=permit.organization, kind=kind, resource=resource, hold=row,
            during=(row.starts_at, row.ends_at),
        )
        for kind, resource in what
    ])  # fmt: skip


@writes(WRITE, explain=_gone)
def book_time(permit: Permit, time: Time, *, record: int, key: UUID | None = None) -> int:
    """Book a time for a person; the visit's id. What `key` keeps of it is given up for it; without
    it, or once it ran out, the time must still be free. Refused as `hold`."""
    _still(time)
    release_expired(permit)
    if key:
        kept = Hold.objects.filter(key=key, type_id=time.type, staff_id=time.staff)
        kept.filter(starts_at=time.starts_at).delete()
    kind = is_open(permit, time, _zone(permit, time))
    if kind is None:
        raise Refused(GONE, "")
    return appointments.book(
        permit, record=record, clinic=time.clinic, staff=time.staff, room=time.room,
        starts_at=time.starts_at, minutes=kind.minutes, type=time.type, mode=time.mode,
    )  # fmt: skip


@writes(WRITE)
def let_go(permit: Permit, key: UUID) -> None:
    """Give a kept time back; safe to repeat."""
    Hold.objects.filter(key=key).delete()


@writes(WRITE)
def release_expired(permit: Permit) -> int:
    """Times nobody booked in time are free again; how many."""
    rows = Hold.objects.filter(expires_at__lte=permit.now)
    count, _each = rows.delete() if rows.exists() else (0, {})
    return count
