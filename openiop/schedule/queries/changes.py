"""Whom a change of sessions affects, and how they can be told; what was changed lately."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.messaging.queries import ContactChoice, contact_choices
from openiop.patients.queries import Person, people
from openiop.schedule.models import Appointment, SessionChange
from openiop.schedule.queries.sessions import Seated, SessionFacts, rosters, this_and_later


@dataclass(frozen=True)
class AffectedPerson:
    """Somebody expected at one of the sessions, and how they may be reached."""

    record: int
    number: str
    name: str
    makeup: bool
    reach: ContactChoice


@dataclass(frozen=True)
class Affected:
    """What a change would touch: sessions in order, people by name, staff by name, visits booked
    inside, and how many people this permit may not see."""

    sessions: tuple[SessionFacts, ...]
    people: tuple[AffectedPerson, ...]
    staff: tuple[str, ...]
    visits: int
    unseen: int


def affected(permit: Permit, session_id: int, *, later: bool = False) -> Affected:
    """Whom a change of this session, or of this and all later ones, affects; five statements
    whatever the number."""
    return affected_by(permit, this_and_later(permit, session_id, later=later))


def affected_by(permit: Permit, sessions: Iterable[SessionFacts]) -> Affected:
    """Whom a change of these sessions affects; four statements."""
    found = list(sessions)
    ids = [each.id for each in found]
    seated: dict[int, Seated] = {}
    for people_of in rosters(permit, ids).values():
        seated |= {each.record: each for each in people_of}
    known = people(permit, seated)
    reach = contact_choices(permit, known)
    names = {holder.name for each in found for holder in each.staff}
    return Affected(
        tuple(found),
        tuple(sorted(
            (_person(known[record], seated[record], reach[record]) for record in known),
            key=lambda person: person.name,
        )),
        tuple(sorted(names)),
        Appointment.objects.filter(nested_in_id__in=ids, cancelled_at__isnull=True).count(),
        len(seated) - len(known),
    )  # fmt: skip


def _person(person: Person, seated: Seated, reach: ContactChoice) -> AffectedPerson:
    return AffectedPerson(person.record, person.number, person.name, seated.makeup, reach)


@dataclass(frozen=True)
class Change:
    """One act on one or more sessions. `undoable` while it was not undone."""

    batch: UUID
    kind: str
    label: str
    at: datetime
    by: str
    undone: bool


def changes_of(permit: Permit, session_id: int) -> list[Change]:
    """What was done with a session, newest first; one statement."""
    rows = SessionChange.objects.filter(session_id=session_id, clinic_id__in=permit.clinics)
    return [
        Change(row.batch, row.kind, row.get_kind_display(), row.at, row.by.name if row.by else "",
               row.undone_at is not None)
        for row in rows.select_related("by").order_by("-id")
    ]  # fmt: skip


def session_of_change(permit: Permit, batch: UUID) -> int:
    """The first session of a batch, or Http404."""
    rows = SessionChange.objects.filter(batch=batch, clinic_id__in=permit.clinics).order_by("id")
    found = rows.values_list("session_id", flat=True).first()
    if found is None:
        raise Http404("No such change.")
    return found
