"""What can be done for a session nobody can hold: who could, where its people could go."""

from dataclasses import dataclass

from openiop.access.queries import Colleague, house_values, staff_at
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit
from openiop.patients.queries import apart_pairs
from openiop.schedule.queries.clashes import Wish, clashes
from openiop.schedule.queries.seats import HeldSeat, held_seats, session_limits
from openiop.schedule.queries.sessions import SessionFacts, sessions_on
from openiop.schedule.queries.working import away_of
from openiop.schedule.rules.clashes import hours
from openiop.schedule.rules.substitutes import Candidate, credential_flags, ranked

HOLDING = (Role.CLINICIAN, Role.INTERN, Role.SUPERVISOR, Role.DIRECTOR)
COUNSELORS = (Role.CLINICIAN, Role.INTERN, Role.SUPERVISOR)


def substitutes(permit: Permit, session: SessionFacts) -> list[Candidate]:
    """Colleagues of the clinic who could hold the session, qualified and free first, with why not;
    nobody on leave then. Five statements at most, whatever their number."""
    holding = {holder.id for holder in session.staff}
    known = [
        one for one in staff_at(permit, session.clinic, session.on, HOLDING)
        if one.id not in holding
    ]  # fmt: skip
    leave, busy = _absent(permit, session, [one.id for one in known])
    known = [one for one in known if one.id not in leave]
    wishes = [Wish("staff", one.id, session.starts_at, session.ends_at) for one in known]
    busy |= {
        clash.resource: f"{clash.held_by}, "
        + hours(clash.starts_at, clash.ends_at, session.timezone)
        for clash in clashes(permit, session.clinic, wishes, but=[session.id])
    }
    return ranked(_candidate(one, session, busy.get(one.id, "")) for one in known)


def _absent(
    permit: Permit, session: SessionFacts, staff: list[int]
) -> tuple[set[int], dict[int, str]]:
    """Who is on leave during the session; who has something else by a calendar of their own."""
    found = away_of(permit, staff, session.starts_at, session.ends_at, busy=True)
    busy = {
        each.staff: f"{each.label}, {hours(each.starts_at, each.ends_at, session.timezone)}"
        for each in found if each.kind == "busy"
    }  # fmt: skip
    return {each.staff for each in found if each.kind != "busy"}, busy


def _candidate(one: Colleague, session: SessionFacts, busy: str) -> Candidate:
    flags = credential_flags(
        one.name, one.credentials, [block.kind for block in session.blocks],
        state=session.state, on=session.on, program_kind=session.program_kind,
    )  # fmt: skip
    return Candidate(one.id, one.name, one.phone, one.shown(session.state, session.on), busy, flags)


@dataclass(frozen=True)
class Host:
    """A session of the same day that could take everybody, and how many would sit there then."""

    session: SessionFacts
    would_sit: int


def hosts(permit: Permit, session: SessionFacts) -> list[Host]:
    """Sessions the people of this one could go to, within every limit and kept apart; in order of
    time. Four statements whatever their number."""
    others = [
        each for each in sessions_on(permit, [session.clinic], session.on)
        if each.held and each.id != session.id and each.ends_at > permit.now
    ]  # fmt: skip
    held = held_seats(permit, {session.track, *(each.track for each in others)}, session.on)
    mine = _sitting(session, held[session.track])
    apart = apart_pairs(permit, mine)
    house = house_values(permit, session.clinic, session.on)
    found = []
    for each in others:
        theirs = _sitting(each, held[each.track])
        taken = sum(seat.start <= each.on for seat in held[each.track])
        would_sit = taken + len(mine - theirs)
        usual = session_limits(each, house).usual
        suits = not any(apart.get(record, frozenset()) & theirs for record in mine)
        if suits and (usual is None or would_sit <= usual):
            found.append(Host(each, would_sit))
    return found


def _sitting(session: SessionFacts, held: list[HeldSeat]) -> set[int]:
    """The records expected at a session, by the seats held from its day on."""
    return {
        seat.record for seat in held
        if seat.record is not None
        and ((seat.kind == "enrolled" and seat.start <= session.on) or seat.session == session.id)
    }  # fmt: skip
