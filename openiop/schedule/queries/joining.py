"""Virtual rooms: of a session or of a one-to-one, who may come in, who asked, who is in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.http import Http404

from openiop.access.credential_rules import may_facilitate
from openiop.access.queries import colleagues, house_values
from openiop.catalog import resolve
from openiop.kernel.days import local_day
from openiop.kernel.permits import Permit
from openiop.patients.queries import rule_packs
from openiop.schedule.models import Appointment, Join, Session
from openiop.schedule.queries.sessions import Block, roster
from openiop.schedule.queries.sessions import session as session_facts
from openiop.schedule.rules.joining import Place, Proposal, is_out, opens_at, place, proposal

ACCEPTED = "iop.virtual.accepted"
COUNSELING = frozenset({"individual", "family"})


@dataclass(frozen=True)
class VideoRoom:
    """Where a session or a one-to-one meets by video, and who may come in: `expected` are records
    with their numbers, "" for one closed to the reader. `link` is an address of its own, if any."""

    session: int | None
    visit: int | None
    clinic: int
    clinic_name: str
    phone: str
    state: str
    timezone: str
    name: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    blocks: tuple[Block, ...]
    staff: tuple[int, ...]
    expected: tuple[tuple[int, str], ...]
    link: str
    virtual: bool
    held: bool

    @property
    def on(self) -> date:
        """The clinic's local day."""
        return local_day(self.starts_at, self.timezone)

    @property
    def about(self) -> dict[str, int | None]:
        """The columns of a join that say which room it is of."""
        return {"session_id": self.session, "appointment_id": self.visit}

    @property
    def table(self) -> tuple[str, int]:
        """The row the room belongs to, for the audit."""
        if self.session:
            return "schedule_session", self.session
        return "schedule_appointment", self.visit or 0

    @cached_property
    def records(self) -> frozenset[int]:
        return frozenset(record for record, _ in self.expected)

    def is_open(self, now: datetime) -> bool:
        """May one ask to come in now?"""
        return self.held and self.virtual and opens_at(self.starts_at) <= now < self.ends_at


@dataclass(frozen=True)
class JoinFacts:
    """One person coming in once. `place` is where they are now; `out`: they were in and are gone
    before the end."""

    id: int
    record: int
    street: str
    state: str
    call_back: str
    alone: bool
    asked_at: datetime
    admitted_at: datetime | None
    seen_at: datetime
    left_at: datetime | None
    at_risk_at: datetime | None
    reached_at: datetime | None
    place: Place
    out: bool

    @property
    def is_open(self) -> bool:
        """Neither left nor over."""
        return self.place is not Place.LEFT

    @property
    def needs_help(self) -> bool:
        """Out of the room while at risk, and nobody has reached them yet."""
        return self.out and self.at_risk_at is not None and self.reached_at is None


def session_room(permit: Permit, session_id: int) -> VideoRoom:
    """The room of a session of the permit's clinics, or Http404; three statements."""
    facts = session_facts(permit, session_id)
    link, phone = Session.objects.values_list("link", "clinic__phone").get(pk=session_id)
    return VideoRoom(
        session=session_id, visit=None, clinic=facts.clinic, clinic_name=facts.clinic_name,
        phone=phone, state=facts.state, timezone=facts.timezone, name=facts.track_name,
        kind="group", starts_at=facts.starts_at, ends_at=facts.ends_at, blocks=facts.blocks,
        staff=tuple(holder.id for holder in facts.staff),
        expected=tuple((seat.record, seat.number) for seat in roster(permit, session_id)),
        link=link, virtual=facts.mode == "virtual", held=facts.held,
    )  # fmt: skip


def visit_room(permit: Permit, visit_id: int) -> VideoRoom:
    """The room of a one-to-one of the permit's clinics, or Http404; one statement."""
    rows = Appointment.objects.select_related("clinic", "record")
    row = rows.filter(pk=visit_id, clinic_id__in=permit.clinics).first()
    if row is None:
        raise Http404("No such visit.")
    return VideoRoom(
        session=None, visit=visit_id, clinic=row.clinic_id, clinic_name=row.clinic.name,
        phone=row.clinic.phone, state=row.clinic.state, timezone=row.clinic.timezone,
        name=row.get_kind_display(), kind=row.kind, starts_at=row.starts_at, ends_at=row.ends_at,
        blocks=(Block("counseling", row.starts_at, row.ends_at, True),), staff=(row.staff_id,),
        expected=((row.record_id, row.record.number),), link=row.link,
        virtual=row.mode == "virtual", held=row.cancelled_at is None,
    )  # fmt: skip


def joins_of(permit: Permit, room: VideoRoom, record: int | None = None) -> list[JoinFacts]:
    """Every time somebody asked to come in, in order; of one person where `record` is given. One
    statement."""
    rows = Join.objects.filter(**room.about, clinic_id=room.clinic)
    if record is not None:
        rows = rows.filter(record_id=record)
    return [_facts(row, permit.now, room.ends_at) for row in rows.order_by("asked_at", "id")]


def join_in(permit: Permit, room: VideoRoom, join: int) -> JoinFacts:
    """One join of this very room, its row locked, or Http404; inside an open action."""
    rows = Join.objects.select_for_update().filter(**room.about, clinic_id=room.clinic, pk=join)
    row = rows.first()
    if row is None:
        raise Http404("No such join.")
    return _facts(row, permit.now, room.ends_at)


def _facts(row: Join, now: datetime, ends_at: datetime) -> JoinFacts:
    return JoinFacts(
        row.pk, row.record_id, row.street, row.state, row.call_back, row.alone, row.asked_at,
        row.admitted_at, row.seen_at, row.left_at, row.at_risk_at, row.reached_at,
        place(row, now, ends_at), is_out(row, now, ends_at),
    )  # fmt: skip


def current(joins: Sequence[JoinFacts]) -> JoinFacts | None:
    """The join of one person that is still open: the newest; None when they are out."""
    return next((each for each in reversed(joins) if each.is_open), None)


def by_record(joins: Iterable[JoinFacts]) -> dict[int, list[JoinFacts]]:
    """Joins by person, in order."""
    found: dict[int, list[JoinFacts]] = {}
    for each in joins:
        found.setdefault(each.record, []).append(each)
    return found


def proposals(room: VideoRoom, joins: Iterable[JoinFacts], now: datetime) -> dict[int, Proposal]:
    """What each person's times in the room come to, by record."""
    found = {
        record: proposal(theirs, room.starts_at, room.ends_at, now)
        for record, theirs in by_record(joins).items()
    }
    return {record: each for record, each in found.items() if each is not None}


def may_be_seen_in(permit: Permit, room: VideoRoom, state: str) -> bool:
    """May somebody who holds this session see a person who is in that state today? By their
    credentials valid there: to lead counseling, or for other visits any at all. One statement,
    none in the clinic's own state."""
    if state == room.state:
        return True
    holding = colleagues(permit, room.staff).values()
    if room.session is None and room.kind not in COUNSELING:
        return any(each.shown(state, room.on) for each in holding)
    return any(
        may_facilitate(
            each.credentials, block_kind="counseling", state=state, on=room.on
        ).allowed
        for each in holding
    )  # fmt: skip


@dataclass(frozen=True)
class Acceptance:
    """Does the payer accept tele-health? None: nothing is recorded."""

    accepted: bool | None
    reviewed: bool


def acceptances(permit: Permit, room: VideoRoom) -> dict[int, Acceptance]:
    """What the rules of each expected person's payer say of tele-health; two statements."""
    packs = rule_packs(permit, room.records)
    house = house_values(permit, room.clinic, room.on)
    said = {
        pack: resolve(ACCEPTED, state=room.state, on=room.on, payer=pack, house=house).winner
        for pack in set(packs.values())
    }
    answers = {
        pack: Acceptance(rule.value is True, rule.reviewed) if rule else Acceptance(None, False)
        for pack, rule in said.items()
    }
    return {record: answers[pack] for record, pack in packs.items()}
