"""Keep the on-call rota."""

from datetime import datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.access.queries import clinics
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.models import OnCallShift
from openiop.messaging.queries.oncall import shifts
from openiop.messaging.rules import Level
from openiop.ui.moments import when_text

WRITE, TABLE = "messaging.oncall.write", "messaging_oncallshift"
LONGEST = timedelta(days=14)


@writes(WRITE)
def add_shift(
    permit: Permit, *, clinic: int, staff: int, rank: int, start: datetime, end: datetime
) -> int:
    """Put somebody on call: rank 1 answers first, 2 is the backup; the shift's id. Refused when
    the place is taken, or the same person holds the other rank then."""
    _check(permit, clinic, staff, rank, start, end, besides=None)
    with refusing({"on_call_one_at_a_time": _taken()}):
        shift = OnCallShift.objects.create(
            organization_id=permit.organization, clinic_id=clinic, staff_id=staff, rank=rank,
            during=DateTimeTZRange(start, end),
        )  # fmt: skip
    permit.note(WRITE, table=TABLE, row=shift.id)
    return shift.id


@writes(WRITE)
def change_shift(
    permit: Permit, shift: int, *, staff: int, rank: int, start: datetime, end: datetime
) -> None:
    """Another person, rank or time for a shift; refused as a new one would be."""
    row = _shift(permit, shift)
    _check(permit, row.clinic_id, staff, rank, start, end, besides=shift)
    row.staff_id, row.rank, row.during = staff, rank, DateTimeTZRange(start, end)
    with refusing({"on_call_one_at_a_time": _taken()}):
        row.save(update_fields=["staff", "rank", "during"])
    permit.note(WRITE, table=TABLE, row=shift, fields=("staff", "rank", "during"))


@writes(WRITE)
def remove_shift(permit: Permit, shift: int) -> None:
    """Take a shift out of the rota; `restore_shift` undoes it."""
    row = _shift(permit, shift)
    row.removed_at = permit.now
    row.save(update_fields=["removed_at"])
    permit.note(WRITE, table=TABLE, row=shift, fields=("removed_at",))


@writes(WRITE)
def restore_shift(permit: Permit, shift: int) -> None:
    """Undo a removal; refused when somebody else took the place meanwhile."""
    row = _shift(permit, shift)
    row.removed_at = None
    with refusing({"on_call_one_at_a_time": _taken()}):
        row.save(update_fields=["removed_at"])
    permit.note(WRITE, table=TABLE, row=shift, fields=("removed_at",))


def _shift(permit: Permit, shift: int) -> OnCallShift:
    row = OnCallShift.objects.filter(pk=shift, clinic_id__in=permit.clinics).first()
    if row is None:
        raise Http404("No such shift.")
    return row


def _check(
    permit: Permit, clinic: int, staff: int, rank: int, start: datetime, end: datetime,
    besides: int | None,
) -> None:  # fmt: skip
    if not start < end <= start + LONGEST:
        raise Refused(
            "shift_order", _("A shift ends after it starts, and within two weeks."),
            _("Change the end."), field="end",
        )  # fmt: skip
    near = shifts(permit, [clinic]).filter(during__overlap=(start, end))
    others = [each for each in near.order_by("during") if each.id != besides]
    clash = next((each for each in others if each.rank == rank or each.staff_id == staff), None)
    if clash:
        zone = clinics(permit).get(pk=clinic).timezone
        raise Refused("on_call_taken", _clash(clash, zone), _("Choose another time or person."))


def _clash(shift: OnCallShift, zone: str) -> str:
    with timezone.override(zone):
        return _("%(name)s is %(rank)s on call from %(start)s to %(end)s.") % {
            "name": shift.staff.name,
            "rank": _("first") if shift.rank == Level.FIRST else _("backup"),
            "start": when_text(shift.during.lower),
            "end": when_text(shift.during.upper),
        }


def _taken() -> Refused:
    return Refused(
        "on_call_taken", _("Somebody else was just put on call then."), _("Look at the rota again.")
    )
