"""A free seat goes to the next in line: held for them while the offer lasts."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import clinics, house_values
from openiop.catalog import resolve
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit
from openiop.messaging.actions import open_task
from openiop.messaging.actions.outbox import queue_texts
from openiop.patients.queries import apart_pairs
from openiop.programs.actions import offer_entry
from openiop.programs.queries import TrackFacts, Waiting, tracks, waiting_lists
from openiop.schedule.actions.seating import take
from openiop.schedule.models import Seat
from openiop.schedule.queries.seats import HeldSeat, held_seats, limits
from openiop.schedule.rules.capacity import Caps
from openiop.schedule.rules.clashes import day_and_hour
from openiop.schedule.rules.seating import place

OFFER, ENTRY = "schedule.offer", "programs_waitingentry"


@writes(OFFER)
def offer_next(permit: Permit, track: int, from_on: date) -> list[int]:
    """Offer every seat that is free from a day on to those next in line; the entries offered.

    Whoever must be kept apart from somebody in the track keeps their place and is passed over.
    """
    facts = tracks(permit, ids=[track], lock=True)[0]
    line = [one for one in waiting_lists(permit, [track])[track] if one.state == "waiting"]
    if not line:
        return []
    house = house_values(permit, facts.clinic, from_on)
    caps = limits(facts, from_on, house)
    hours_held = resolve("waitlist.offer.hours", state=facts.state, on=from_on, house=house).winner
    held_for = timedelta(hours=int(str(hours_held.value)) if hours_held else 24)
    apart = apart_pairs(permit, [entry.record for entry in line])
    offered = []
    for entry in line:
        held = held_seats(permit, [track], from_on)[track]
        if not _room_for(held, from_on, caps):
            break
        if not any(seat.record in apart.get(entry.record, ()) for seat in held):
            _offer(permit, facts, entry, held, from_on, held_for)
            offered.append(entry.id)
    return offered


def _room_for(held: list[HeldSeat], from_on: date, caps: Caps) -> bool:
    found = place([seat.taken for seat in held], from_on, None)
    return caps.usual is None or found.others < caps.usual


def _offer(
    permit: Permit, track: TrackFacts, entry: Waiting, held: list[HeldSeat], from_on: date,
    held_for: timedelta,
) -> None:  # fmt: skip
    take(
        permit, clinic=track.clinic, track=track.id, kind="hold", record=entry.record,
        place=place([seat.taken for seat in held], from_on, None), start=from_on, end=None,
    )  # fmt: skip
    until = permit.now + held_for
    offer_entry(permit, entry.id, until)
    permit.note(OFFER, record=entry.record, table=ENTRY, row=entry.id)
    when = day_and_hour(until, track.timezone)
    open_task(
        permit, kind="waiting_offer", clinic=track.clinic, record=entry.record, due_at=until,
        title=_("Offer the seat in %(track)s, held until %(when)s.") % {
            "track": track.name, "when": when},
        about=(ENTRY, entry.id), role=Role.FRONT_DESK.value,
    )  # fmt: skip
    phone = clinics(permit).values_list("phone", flat=True).get(pk=track.clinic)
    body = _("A time you asked about is open. Please call %(phone)s before %(when)s.")
    key = f"offer-{entry.id}-{until:%Y%m%d%H%M}"
    queue_texts(permit, track.clinic, {entry.record: (key, body % {"phone": phone, "when": when})})


def release_hold(permit: Permit, track: int, record: int) -> None:
    """The seat held for an offer is free again."""
    Seat.objects.filter(
        track_id=track, record_id=record, kind="hold", released_at__isnull=True
    ).update(released_at=permit.now)
