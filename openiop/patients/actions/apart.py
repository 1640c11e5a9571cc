"""Keep two people apart for good, and end it."""

from datetime import timedelta

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import open_task
from openiop.patients.models import KeepApart
from openiop.patients.queries.apart import records_of
from openiop.patients.queries.people import people

WRITE, TABLE = "patients.apart.write", "patients_keepapart"
LOOK_WITHIN = timedelta(days=1)


@writes(WRITE)
def keep_apart(permit: Permit, one: int, other: int, reason: str, detail: str = "") -> int:
    """From now on these two never share a room: tracks, make-ups and virtual; the pair's id.

    Only those who may read pairs learn why; a task asks a supervisor of each clinic to look at
    what is booked already, in words that tell the worklist nothing.
    """
    if other in records_of(permit, one):
        raise Refused("same", _("This is one and the same person."), _("Choose another person."))
    both = people(permit, [one, other])
    if len(both) < 2:
        raise Http404("No such person.")
    first, second = sorted((one, other))
    there = Refused("there", _("These two are kept apart already."), _("See the list below."))
    with refusing({"keep_apart_once": there}):
        pair = KeepApart.objects.create(
            organization_id=permit.organization, one_id=first, other_id=second, reason=reason,
            detail=detail, set_at=permit.now, set_by_id=permit.staff,
        )  # fmt: skip
    for record, person in both.items():
        permit.note(WRITE, record=record, table=TABLE, row=pair.id)
        open_task(
            permit, kind="patients.look", title=_("Look at this person's bookings"),
            clinic=person.clinic, due_at=permit.now + LOOK_WITHIN, record=record,
            about=(TABLE, pair.id), role=Role.SUPERVISOR.value,
        )  # fmt: skip
    return pair.id


@writes(WRITE)
def end_apart(permit: Permit, pair: int) -> None:
    """They may meet again. The pair stays in the list as ended."""
    row = KeepApart.objects.filter(pk=pair, ended_at__isnull=True).first()
    if row is None:
        raise Http404("No such pair.")
    row.ended_at = permit.now
    row.save(update_fields=["ended_at"])
    for record in (row.one_id, row.other_id):
        permit.note(WRITE, record=record, table=TABLE, row=pair, fields=("ended_at",))
