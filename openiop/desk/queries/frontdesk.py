"""The front desk's day: who is due, who is late and how to reach them, who is in the building."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from openiop.desk.queries import today
from openiop.desk.queries.today import Expected, TodaySession
from openiop.kernel.permits import Permit
from openiop.messaging.queries import contact_choices
from openiop.messaging.queries.contacts import ContactChoice
from openiop.messaging.queries.tasks import TaskRow, open_tasks
from openiop.schedule.queries.attendance import guest_counts

DUE_KINDS = ("form.due", "id.due")  # opened by whoever needs a form or an identity card
LATE_AFTER = timedelta(minutes=10)
LEAVING = timedelta(minutes=30)  # after a session people may still be in the building


@dataclass(frozen=True)
class Late:
    """Somebody whose session began and who is not here yet, with the safe ways to reach them."""

    person: Expected
    session: TodaySession
    minutes: int
    reach: ContactChoice


@dataclass(frozen=True)
class Room:
    """One group in the building: who is in it now, by name, and who holds it."""

    session: TodaySession
    people: tuple[Expected, ...]
    guests: int

    @property
    def heads(self) -> int:
        """People, guests and staff."""
        return len(self.people) + self.guests + len(self.session.session.staff)


def arrivals(permit: Permit, clinic: int, day: date) -> list[TodaySession]:
    """The clinic's sessions that are held, those over last; five statements."""
    held = [each for each in today.clinics(permit, clinic, day) if each.session.held]
    return sorted(held, key=lambda each: (each.moment == "over", each.session.starts_at))


def late(permit: Permit, found: Iterable[TodaySession]) -> list[Late]:
    """Who is missing ten minutes after the start, the longest first; one statement."""
    missing = [
        (one, each)
        for each in found
        if each.moment == "now" and each.minutes_to_start <= -LATE_AFTER / timedelta(minutes=1)
        for one in each.people
        if not one.status
    ]
    reach = contact_choices(permit, [one.record for one, _each in missing])
    return sorted(
        (Late(one, each, -each.minutes_to_start, reach[one.record]) for one, each in missing),
        key=lambda row: -row.minutes,
    )


def due(permit: Permit, clinic: int, until: datetime) -> list[TaskRow]:
    """Forms and identity cards due by a moment; one statement."""
    return [t for t in open_tasks(permit, clinic=clinic, kinds=DUE_KINDS) if t.due_at <= until]


def building(permit: Permit, found: Iterable[TodaySession]) -> list[Room]:
    """Who is in the building now: arrived, in person, not gone; guests by number. One statement."""
    inside = [each for each in found if _inside(permit.now, each)]
    guests = guest_counts(permit, [each.session.id for each in inside])
    rooms = [
        Room(
            each, tuple(one for one in each.people if is_in(one, permit.now)),
            guests[each.session.id],
        )
        for each in inside
    ]  # fmt: skip
    return [room for room in rooms if room.people or room.session.moment == "now"]


def _inside(now: datetime, each: TodaySession) -> bool:
    return each.session.mode != "virtual" and now < each.session.ends_at + LEAVING


def is_in(one: Expected, now: datetime) -> bool:
    """Arrived in person and not gone."""
    return one.here and not one.virtual and (one.left_at is None or one.left_at > now)
