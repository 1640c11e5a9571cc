"""The waiting list of a track: an ordered line, and seats offered for a time."""

from datetime import date

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import close_tasks_about
from openiop.programs.actions import close_entry, wait
from openiop.programs.queries import (
    Waiting,
    current_enrollments,
    expired_offers,
    track,
    waiting_entry,
)  # fmt: skip
from openiop.schedule.actions.enrollment import Enrolled, enroll, leave_track
from openiop.schedule.actions.offers import ENTRY, offer_next, release_hold

ENROLL, EXPIRE = "schedule.enroll", "schedule.offer.expire"


@writes(ENROLL)
def join(permit: Permit, *, record: int, track_id: int, note: str = "") -> int:
    """A place at the end of a track's line; the entry's id. A seat that is free now is offered at
    once."""
    facts = track(permit, track_id)
    entry = wait(permit, record=record, clinic=facts.clinic, track=track_id, note=note)
    offer_next(permit, track_id, max(facts.start_on, permit.today(facts.timezone)))
    return entry


@writes(ENROLL)
def offer(permit: Permit, track_id: int, from_on: date) -> list[int]:
    """Offer the seats that are free from a day on to those next in line; the entries offered."""
    return offer_next(permit, track_id, from_on)


@writes(ENROLL)
def accept(
    permit: Permit, entry: int, *, start_on: date, episode: int, over_house_reason: str = ""
) -> Enrolled:
    """The offered seat becomes a place from `start_on`. A place in another track ends that day."""
    waiting = _offered(permit, entry)
    current = current_enrollments(permit, [waiting.record], start_on).get(waiting.record)
    if current is not None:
        leave_track(permit, current.id, start_on, "changed track")
    return enroll(
        permit, record=waiting.record, track=waiting.track, start_on=start_on, episode=episode,
        over_house_reason=over_house_reason,
    )  # fmt: skip


@writes(ENROLL)
def decline(permit: Permit, entry: int) -> list[int]:
    """The person does not want the seat; it goes to the next in line: their entries."""
    waiting = _offered(permit, entry)
    return _pass_on(permit, waiting, "declined", _("Declined."))


@writes(ENROLL)
def withdraw(permit: Permit, entry: int) -> list[int]:
    """Out of the line at the person's wish; a seat held for them goes to the next in line."""
    return _pass_on(permit, waiting_entry(permit, entry), "withdrawn", _("Withdrawn."))


@writes(EXPIRE)
def expire_offers(permit: Permit) -> int:
    """Take back every offer whose time is over and offer the seat to the next in line; how many."""
    expired = expired_offers(permit)
    for waiting in expired:
        _pass_on(permit, waiting, "expired", _("The offer ended."))
    permit.note(EXPIRE, table=ENTRY, count=len(expired))
    return len(expired)


def _offered(permit: Permit, entry: int) -> Waiting:
    waiting = waiting_entry(permit, entry)
    ends = waiting.offer_expires_at
    if waiting.state != "offered" or ends is None or ends <= permit.now:
        raise Refused(
            "no_offer", _("No seat is offered to this person now."), _("See the waiting list.")
        )
    return waiting


def _pass_on(permit: Permit, waiting: Waiting, state: str, outcome: str) -> list[int]:
    close_entry(permit, waiting.id, state)
    release_hold(permit, waiting.track, waiting.record)
    close_tasks_about(permit, "waiting_offer", (ENTRY, waiting.id), outcome)
    facts = track(permit, waiting.track)
    return offer_next(permit, waiting.track, max(facts.start_on, permit.today(facts.timezone)))
