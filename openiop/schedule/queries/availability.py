"""Free times for a one-to-one across clinics: who, where, when, in a few statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import islice

from django.utils.translation import gettext as _

from openiop.kernel.permits import Permit, Refused
from openiop.schedule.queries.grounds import Ground, ground_for, moment
from openiop.schedule.queries.types import TypeFacts, types
from openiop.schedule.rules.availability import DAYPARTS, Offer, Wanted, offers


@dataclass(frozen=True)
class Asked:
    """What is looked for. `clinics` empty: all of the organization. `near` a ZIP code, `miles`
    around it. `daypart` morning, afternoon or evening. `language` besides English. `record`: also
    free for that person. `moving` an appointment that gives up its own time."""

    type: int
    clinics: frozenset[int]
    start: date
    days: int = 14
    staff: int | None = None
    role: str = ""
    language: str = ""
    daypart: str = ""
    near: str = ""
    miles: int = 10
    mode: str = "in_person"
    step_free: bool = False
    record: int | None = None
    limit: int = 20
    moving: int | None = None


@dataclass(frozen=True)
class Slot:
    """A free time with a colleague, and a room where one is needed."""

    clinic: int
    clinic_name: str
    staff: int
    staff_name: str
    room: int | None
    room_name: str
    starts_at: datetime
    ends_at: datetime
    miles: float | None
    mode: str


def open_slots(permit: Permit, asked: Asked, known: Sequence[TypeFacts] = ()) -> list[Slot]:
    """Free times by day: hours kept for one-to-ones first, then earlier before later, near before
    far. Nobody offered is away, taken or without a credential; what stays free after a visit of
    the type stays free. Four statements, five where the organization's types, retired ones too,
    are not `known`; `permit` sees no name of a person by it.

    Refused for an unknown ZIP code, and where the type is never held that way.
    """
    every = known or types(permit, retired=True)
    wanted = next((each for each in every if each.id == asked.type), None)
    if wanted is None or wanted.retired:
        raise Refused("type", _("Choose a type of appointment."), "", field="type")
    if asked.mode not in wanted.modes:
        raise Refused(
            "mode", _("%(type)s is not held that way.") % {"type": wanted.name},
            _("Choose another."), field="mode",
        )  # fmt: skip
    holders = wanted.holders & {asked.role} if asked.role else wanted.holders
    ground = ground_for(
        permit, clinics=asked.clinics, start=asked.start, days=asked.days, holders=holders,
        staff=asked.staff, language=asked.language, near=asked.near, miles=asked.miles,
        records=[asked.record] if asked.record else [], step_free=asked.step_free,
        pause=pause_before(wanted, every), moving=[asked.moving] if asked.moving else [],
        in_person=asked.mode == "in_person",
    )  # fmt: skip
    signs = cache(ground.may_hold)
    found = offers(
        _wanted(permit, asked, wanted),
        ground.places,
        ground.hours,
        ground.taken,
        lambda staff, clinic, day: signs(wanted.kind, staff, clinic, day),
    )
    return [_slot(ground, offer, asked.mode) for offer in islice(found, asked.limit)]


def _wanted(permit: Permit, asked: Asked, wanted: TypeFacts) -> Wanted:
    return Wanted(
        seconds=wanted.minutes * 60, free_after=wanted.buffer_minutes * 60,
        start_on=asked.start, days=asked.days, not_before=int(permit.now.timestamp()) + 1,
        in_person=asked.mode == "in_person",
        daypart=asked.daypart if asked.daypart in DAYPARTS else "",
    )  # fmt: skip


def _slot(ground: Ground, offer: Offer, mode: str) -> Slot:
    room = ground.rooms.get(offer.room or 0)
    return Slot(
        clinic=offer.clinic, clinic_name=ground.clinics[offer.clinic].name, staff=offer.staff,
        staff_name=ground.names[offer.staff], room=offer.room, room_name=room.name if room else "",
        starts_at=moment(offer.start), ends_at=moment(offer.end), miles=offer.miles, mode=mode,
    )  # fmt: skip


def pause_before(wanted: TypeFacts, every: Iterable[TypeFacts]) -> int:
    """Seconds that stay free after any visit the same colleagues may hold: a visit does not show
    its type everywhere, so the longest counts."""
    return 60 * max(
        (each.buffer_minutes for each in every if each.holders & wanted.holders),
        default=wanted.buffer_minutes,
    )
