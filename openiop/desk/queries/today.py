"""Today: the sessions of one person or one clinic, and who is expected at each."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from openiop.kernel.permits import Permit
from openiop.patients import queries as patients
from openiop.patients.queries import Person
from openiop.schedule.queries import attendance, sessions
from openiop.schedule.queries.attendance import AttendanceFacts
from openiop.schedule.queries.sessions import Seated, SessionFacts

NEW_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Expected:
    """One person of a roster as today shows them."""

    person: Person
    status: str  # "" while nothing is recorded
    new: bool
    missed_last: bool
    makeup: bool


@dataclass(frozen=True)
class TodaySession:
    """A session with its people; `here` came, `absent` did not, the rest is still expected."""

    session: SessionFacts
    people: tuple[Expected, ...]
    minutes_to_start: int

    @property
    def here(self) -> int:
        return sum(each.status in ("present", "unable") for each in self.people)

    @property
    def absent(self) -> int:
        return sum(each.status in ("absent", "excused") for each in self.people)

    @property
    def expected(self) -> int:
        return len(self.people) - self.here - self.absent

    @property
    def moment(self) -> str:
        """"before", "now" or "over"."""
        if self.minutes_to_start > 0:
            return "before"
        length = self.session.ends_at - self.session.starts_at
        return "now" if self.minutes_to_start > -length / timedelta(minutes=1) else "over"


def mine(permit: Permit, day: date) -> list[TodaySession]:
    """The sessions the person holds that day. Five statements."""
    return _with_people(permit, sessions.my_sessions(permit, permit.staff or 0, day))


def clinics(permit: Permit, clinic: int, day: date) -> list[TodaySession]:
    """All sessions of a clinic that day. Five statements."""
    return _with_people(permit, sessions.sessions_on(permit, [clinic], day))


def _with_people(permit: Permit, found: list[SessionFacts]) -> list[TodaySession]:
    ids = [each.id for each in found]
    rosters = sessions.rosters(permit, ids)
    recorded = attendance.attendance_of(permit, ids)
    last = attendance.last_times(permit, ids)
    records = {seat.record for roster in rosters.values() for seat in roster}
    records |= {record for marks in recorded.values() for record in marks}
    known = patients.people(permit, records)
    permit.note(permit.act.name, count=len(known))
    return [
        TodaySession(
            each,
            _people(each, rosters.get(each.id, []), recorded.get(each.id, {}), last.get(each.id, {}), known),
            _minutes(permit.now, each.starts_at),
        )
        for each in found
    ]  # fmt: skip


def _people(
    session: SessionFacts, roster: list[Seated], recorded: dict[int, AttendanceFacts],
    last: dict[int, str], known: dict[int, Person],
) -> tuple[Expected, ...]:  # fmt: skip
    seats = {seat.record: seat for seat in roster}
    people = [
        Expected(
            known[record],
            recorded[record].status if record in recorded else "",
            record in seats and session.on - seats[record].since < NEW_FOR,
            last.get(record) == "absent",
            seats[record].makeup if record in seats else True,
        )
        for record in seats.keys() | recorded.keys()
        if record in known
    ]
    return tuple(sorted(people, key=lambda each: (each.person.called, each.person.record)))


def _minutes(now: datetime, start: datetime) -> int:
    return int((start - now) / timedelta(minutes=1))
