"""At 16:30, when somebody who holds the evening cannot: substitute, merge, go virtual or cancel.

Each answer is one act: the session changed, people told or put on a call list, others offered."""

from dataclasses import dataclass
from uuid import UUID

from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.schedule.actions.changes import WRITE, naming_clashes
from openiop.schedule.actions.sessions import cancel, go_virtual, merge, restaff
from openiop.schedule.actions.telling import Told, tell
from openiop.schedule.queries.sessions import session as session_facts


@dataclass(frozen=True)
class Helped:
    """The batch to undo, and how many were texted and must be called."""

    batch: UUID
    told: Told


@naming_clashes
@writes(WRITE)
def substitute(permit: Permit, session: int, staff: int) -> Helped:
    """Somebody else holds the session and owes its notes; co-facilitators stay. Never blocked for a
    credential: a missing one is flagged, and a supervisor reviews it."""
    facts = session_facts(permit, session)
    stay = [(holder.id, "co") for holder in facts.staff if holder.part == "co"]
    others = [each for each in stay if each[0] != staff]
    return Helped(restaff(permit, session, [(staff, "substitute"), *others]), Told(0, 0))


@naming_clashes
@writes(WRITE)
def send_to(permit: Permit, session: int, into: int) -> Helped:
    """Everybody goes to another session of the day and is told."""
    batch = merge(permit, session, into)
    return Helped(batch, tell(permit, batch))


@writes(WRITE)
def hold_by_video(permit: Permit, session: int) -> Helped:
    """The session is by video, and everybody is told."""
    batch = go_virtual(permit, session)
    return Helped(batch, tell(permit, batch))


@writes(WRITE)
def call_off(permit: Permit, session: int, reason: str) -> Helped:
    """The session is cancelled, everybody is told, and other sessions are to be offered."""
    batch = cancel(permit, session, reason=reason)
    return Helped(batch, tell(permit, batch))
