"""Somebody would come earlier than booked: the wish, what is offered to it, and the answer."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.access.queries import clinics
from openiop.kernel.days import local_day
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions.tasks import close_tasks_about
from openiop.schedule.actions.freed import TABLE, TASK, Freed, end_wishes, offer_each, offered
from openiop.schedule.actions.moving import WRITE, Move, locked, move, refuse_settled
from openiop.schedule.models import EarlierWish
from openiop.schedule.queries.earlier import stale
from openiop.schedule.rules.availability import DAYPARTS

EXPIRE = "schedule.earlier.expire"


@writes(WRITE)
def wish(
    permit: Permit, visit: int, from_on: date | None = None, dayparts: Collection[str] = ()
) -> int:
    """The person of a visit would come earlier, from a day on (else today) and in these parts of
    the day (else any); the wish's id. Refused for a visit past or settled, and for a second."""
    row = locked(permit, [visit])[visit]
    refuse_settled(row)
    zone = clinics(permit).get(pk=row.clinic_id).timezone
    today = permit.today(zone)
    if row.starts_at <= permit.now or (from_on or today) > local_day(row.starts_at, zone):
        raise Refused(
            "from_on", _("No day before this visit is left."), _("Choose an earlier day."),
            field="from_on",
        )  # fmt: skip
    if set(dayparts) - set(DAYPARTS):
        raise Refused("dayparts", _("Choose parts of the day."), "", field="dayparts")
    again = Refused("wished", _("This visit is in line for an earlier time already."), "")
    with refusing({"wish_once": again}):
        made = EarlierWish.objects.create(
            organization_id=permit.organization, clinic_id=row.clinic_id, record_id=row.record_id,
            appointment=row, from_on=from_on or today, dayparts=sorted(set(dayparts)),
            wished_at=permit.now,
        )  # fmt: skip
    permit.note(WRITE, record=row.record_id, table=TABLE, row=made.pk, fields=("wished_at",))
    return made.pk


@writes(WRITE)
def withdraw(permit: Permit, wish_id: int) -> None:
    """Out of the line; a time that was offered goes to the next."""
    row = _held(permit, wish_id)
    freed = end_wishes(permit, [row.appointment_id], _("Withdrawn."))
    permit.note(WRITE, record=row.record_id, table=TABLE, row=row.id, fields=("state",))
    offer_each(permit, freed)


@writes(WRITE)
def offer(permit: Permit, freed: Freed) -> list[int]:
    """Offer a free time to the first in line whom it fits; the wish, or none."""
    return offer_each(permit, [freed])


@writes(WRITE)
def accept(permit: Permit, wish_id: int) -> UUID:
    """The visit moves to the offered time; the batch, to undo it by. The time it leaves is offered
    on. Refused when nothing is offered, the time has passed, or somebody took it."""
    row, freed = _offered(permit, wish_id)
    if freed.starts_at <= permit.now:
        raise Refused("past", _("This time has passed."), _("The person stays in line."))
    room = (row.offered or {})["room"]
    batch = move(
        permit, [Move(row.appointment_id, freed.starts_at, freed.staff, room)],
        _("An earlier time came free"),
    )  # fmt: skip
    _close(permit, row, "taken", _("Accepted."))
    return batch


@writes(WRITE)
def decline(permit: Permit, wish_id: int) -> list[int]:
    """Not this time: the person stays in line for others, and the next in line is offered it; that
    wish, or none."""
    row, freed = _offered(permit, wish_id)
    _pass(permit, row, freed.staff, freed.starts_at, _("Declined."))
    return offer_each(permit, [freed])


@writes(EXPIRE)
def expire(permit: Permit) -> int:
    """Take back offers that have passed or are taken, end wishes whose visit has begun; how many.
    What is still free goes to the next in line."""
    found, freed = stale(permit), []
    for each in found:
        row = _held(permit, each.wish)
        if row.state == "offered":
            freed.append(offered(row))
        if each.over:
            _close(permit, row, "ended", _("The visit has begun."))
        else:
            _pass(permit, row, freed[-1].staff, freed[-1].starts_at, _("The time is gone."))
    offer_each(permit, freed)
    permit.note(EXPIRE, table=TABLE, count=len(found))
    return len(found)


def _held(permit: Permit, wish_id: int) -> EarlierWish:
    """An open wish, its visit held before it as every act on a visit does, or Http404."""
    here = EarlierWish.objects.filter(pk=wish_id, clinic_id__in=permit.clinics)
    visit = here.values_list("appointment_id", flat=True).first()
    if visit is None:
        raise Http404("No such wish.")
    kept = locked(permit, [visit])[visit]
    row = here.select_for_update(of=("self",)).get()
    if row.state not in ("waiting", "offered"):
        raise Refused("closed", _("This wish is closed already."), _("Reload the page."))
    row.appointment = kept
    return row


def _offered(permit: Permit, wish_id: int) -> tuple[EarlierWish, Freed]:
    row = _held(permit, wish_id)
    if row.state != "offered":
        raise Refused(
            "no_offer", _("No time is offered to this person now."), _("Reload the page.")
        )
    return row, offered(row)


def _pass(permit: Permit, row: EarlierWish, staff: int, at: datetime, outcome: str) -> None:
    """Back into the line; this time is not offered to the same person again."""
    row.offered = {"passed": [*(row.offered or {})["passed"], [staff, at.isoformat()]]}
    row.state, row.offered_at = "waiting", None
    row.save(update_fields=["offered", "state", "offered_at"])
    _told(permit, row, outcome)


def _close(permit: Permit, row: EarlierWish, state: str, outcome: str) -> None:
    row.state, row.closed_at = state, permit.now
    row.save(update_fields=["state", "closed_at"])
    _told(permit, row, outcome)


def _told(permit: Permit, row: EarlierWish, outcome: str) -> None:
    close_tasks_about(permit, TASK, (TABLE, row.id), outcome)
    permit.note(WRITE, record=row.record_id, table=TABLE, row=row.id, fields=("state",))
