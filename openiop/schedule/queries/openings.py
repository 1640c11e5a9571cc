"""Sessions in which somebody can still make up what they missed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from openiop.catalog import HouseValue
from openiop.kernel.intervals import Interval
from openiop.kernel.permits import Permit
from openiop.schedule.models import Occupancy, Session
from openiop.schedule.queries.seats import HeldSeat, held_seats, session_limits
from openiop.schedule.queries.sessions import SessionFacts, facts
from openiop.schedule.rules.weeks import Opening, Week

UNLIMITED = 10_000
House = Mapping[str, HouseValue]


@dataclass(frozen=True)
class Fit:
    """A session that fits as a make-up, as lists show it; `free` seats under the house's cap."""

    session: int
    track_name: str
    clinic: int
    clinic_name: str
    timezone: str
    on: date
    starts_at: datetime
    ends_at: datetime
    minutes: int
    virtual: bool
    free: int


def sessions_elsewhere(permit: Permit, state: str, week: Week) -> list[SessionFacts]:
    """Sessions of a week still to come at clinics of a state that are none of the permit's; one
    statement. The timetable names nobody and is read in the whole organization."""
    rows = Session.objects.filter(
        clinic__state=state, on__gte=week.start, on__lt=week.end, starts_at__gt=permit.now,
        status="scheduled",
    ).exclude(clinic_id__in=permit.clinics)  # fmt: skip
    return facts(rows.order_by("starts_at", "id"))


def clinic_phones(permit: Permit, sessions: Iterable[int]) -> dict[int, str]:
    """By session the phone of its clinic; one statement."""
    rows = Session.objects.filter(id__in=list(sessions))
    return dict(rows.values_list("id", "clinic__phone"))


def openings(
    permit: Permit, sessions: Iterable[SessionFacts], house: Mapping[int | None, House]
) -> dict[int, Opening]:
    """Sessions still to come as make-ups, with their free seats and who sits there; one
    statement."""
    ahead = [one for one in sessions if one.held and one.starts_at > permit.now]
    start = min((one.on for one in ahead), default=date.max)
    held = held_seats(permit, {one.track for one in ahead}, start)
    return {one.id: _opening(one, held[one.track], house[one.clinic]) for one in ahead}


def _opening(session: SessionFacts, held: Iterable[HeldSeat], house: House) -> Opening:
    there = [seat for seat in held if _sits(seat, session)]
    usual = session_limits(session, house).usual
    kinds = {block.kind for block in session.blocks if block.counts}
    return Opening(
        session=session.id, track=session.track, clinic=session.clinic, on=session.on,
        during=Interval(session.starts_at, session.ends_at), minutes=session.counted_minutes,
        virtual=session.mode == "virtual", program_kind=session.program_kind,
        education_only=kinds == {"education"},
        free=UNLIMITED if usual is None else max(0, usual - len(there)),
        people=frozenset(seat.record for seat in there if seat.record),
    )  # fmt: skip


def _sits(seat: HeldSeat, session: SessionFacts) -> bool:
    if seat.session:
        return seat.session == session.id
    return seat.start <= session.on and (seat.end is None or session.on < seat.end)


def fit(opening: Opening, session: SessionFacts) -> Fit:
    """An opening as lists show it."""
    return Fit(
        session=session.id, track_name=session.track_name, clinic=session.clinic,
        clinic_name=session.clinic_name, timezone=session.timezone, on=session.on,
        starts_at=session.starts_at, ends_at=session.ends_at, minutes=opening.minutes,
        virtual=opening.virtual, free=opening.free,
    )  # fmt: skip


def busy(
    permit: Permit, records: Iterable[int], start: datetime, end: datetime
) -> dict[int, list[Interval]]:
    """What people are booked for anywhere between two moments; one statement."""
    rows = Occupancy.objects.filter(
        kind="record", resource__in=list(records), ends_at__gt=start,
        during__overlap=DateTimeTZRange(start, end),
    )  # fmt: skip
    found: dict[int, list[Interval]] = {}
    for record, during in rows.values_list("resource", "during"):
        found.setdefault(record, []).append(Interval(during.lower, during.upper))
    return found
