"""Today: the sessions of one person or one clinic, and who is expected at each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from openiop.chart.queries.owed import OwedSession, owed_by_session
from openiop.chart.queries.owed import owed as owed_notes
from openiop.kernel.permits import Permit
from openiop.messaging.queries.tasks import my_tasks
from openiop.patients import queries as patients
from openiop.patients.queries import Person
from openiop.patients.rules.search import fold
from openiop.schedule.queries import attendance, sessions
from openiop.schedule.queries.attendance import AttendanceFacts
from openiop.schedule.queries.sessions import Seated, SessionFacts

A_DAY, SOON = timedelta(days=1), timedelta(days=15)
__all__ = ["Expected", "TodaySession", "clinics", "holds", "mine", "my_tasks", "next_session",
           "owed", "with_people"]  # fmt: skip
HERE, ABSENT = ("present", "unable"), ("absent", "excused")


class Expected(NamedTuple):
    """One person of a session as today shows them. `status` is "" while nothing is recorded;
    `new`: the track has not met with them before; `late` in minutes; `called` and `initial` are
    what a sheet on the wall may show."""

    record: int
    number: str
    name: str
    pronouns: str
    status: str
    late: int
    virtual: bool
    new: bool
    missed_last: bool
    makeup: bool
    called: str
    initial: str
    arrived_at: datetime | None
    left_at: datetime | None

    @property
    def here(self) -> bool:
        return self.status in HERE


@dataclass(frozen=True)
class TodaySession:
    """A session with its people; `here` came, `absent` did not, the rest is still expected."""

    session: SessionFacts
    people: tuple[Expected, ...]
    minutes_to_start: int

    @property
    def here(self) -> int:
        return sum(each.status in HERE for each in self.people)

    @property
    def absent(self) -> int:
        return sum(each.status in ABSENT for each in self.people)

    @property
    def expected(self) -> int:
        return len(self.people) - self.here - self.absent

    @property
    def new(self) -> int:
        return sum(each.new for each in self.people)

    @property
    def moment(self) -> str:
        """When it is, seen from now: "cancelled", "before", "now" or "over"."""
        if not self.session.held:
            return "cancelled"
        if self.minutes_to_start > 0:
            return "before"
        length = self.session.ends_at - self.session.starts_at
        return "now" if self.minutes_to_start > -length / timedelta(minutes=1) else "over"


def mine(permit: Permit, day: date) -> list[TodaySession]:
    """The sessions the person holds that day. Five statements."""
    return with_people(permit, sessions.my_sessions(permit, permit.staff or 0, day))


def clinics(permit: Permit, clinic: int, day: date) -> list[TodaySession]:
    """All sessions of a clinic that day. Five statements."""
    return with_people(permit, sessions.sessions_on(permit, [clinic], day))


def with_people(permit: Permit, found: list[SessionFacts]) -> list[TodaySession]:
    """Sessions with everybody expected or recorded; four statements whatever the number."""
    if not found:
        return []
    ids = [each.id for each in found]
    rosters = sessions.rosters(permit, ids)
    recorded = attendance.attendance_of(permit, ids)
    last = attendance.last_times(permit, ids)
    records = {seat.record for roster in rosters.values() for seat in roster}
    records |= {record for marks in recorded.values() for record in marks}
    known = patients.people(permit, records)
    permit.note("patients.patient.read", count=len(known))
    return [
        TodaySession(
            each,
            _people(rosters[each.id], recorded[each.id], last[each.id], known),
            _minutes(permit.now, each.starts_at),
        )
        for each in found
    ]


def _people(
    roster: list[Seated], recorded: Mapping[int, AttendanceFacts], last: Mapping[int, str],
    known: Mapping[int, Person],
) -> tuple[Expected, ...]:  # fmt: skip
    seats = {seat.record: seat.makeup for seat in roster}
    people = [
        _expected(known[record], recorded.get(record), last.get(record), seats.get(record, True))
        for record in {**seats, **recorded}
        if record in known
    ]
    return tuple(sorted(people, key=lambda each: (fold(each.name), each.record)))


def _expected(
    person: Person, marked: AttendanceFacts | None, last: str | None, makeup: bool
) -> Expected:
    return Expected(
        person.record, person.number, person.name, person.pronouns,
        marked.status if marked else "", marked.late if marked else 0,
        bool(marked and marked.virtual), last is None and not makeup, last in ABSENT, makeup,
        person.called, person.last_initial, marked.arrived_at if marked else None,
        marked.left_at if marked else None,
    )  # fmt: skip


def _minutes(now: datetime, start: datetime) -> int:
    return int((start - now) / timedelta(minutes=1))


def next_session(permit: Permit, clinic: int, day: date, *, everyone: bool) -> SessionFacts | None:
    """The first session after a day, mine or the whole clinic's, within two weeks; one
    statement."""
    places = [clinic] if everyone else permit.clinics
    after = sessions.sessions_between(permit, places, day + A_DAY, day + SOON)
    return next((each for each in after if each.held and (everyone or holds(permit, each))), None)


def holds(permit: Permit, session: SessionFacts) -> bool:
    """Is this session the permit's own to hold?"""
    return any(holder.id == permit.staff for holder in session.staff)


def owed(permit: Permit) -> list[OwedSession]:
    """Notes the person still owes, a line a session, the nearest clock first; one statement."""
    return owed_by_session(owed_notes(permit, permit.staff or 0))
