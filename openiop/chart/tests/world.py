"""What tests of the chart stand on: a held session with people who came."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from openiop.access import door
from openiop.chart import actions
from openiop.chart.actions import Typed
from openiop.chart.queries import sheet
from openiop.chart.rules.parts import Part, Shared
from openiop.config.network_for_tests import GULF, IDS, NORTH, SOUTH
from openiop.kernel.permits import Permit
from openiop.schedule.actions import attendance
from openiop.schedule.actions.enrollment import enroll
from openiop.schedule.queries.sessions import SessionFacts, sessions_on
from openiop.schedule.tests.world import make_episode, make_person, make_track

TODAY = date(2026, 11, 16)  # a Monday
MORNING = datetime(2026, 11, 16, 16, 0, tzinfo=UTC)
START = datetime(2026, 11, 17, 0, 0, tzinfo=UTC)  # 18:00 in Chicago
END = START + timedelta(minutes=200)
WRITING = END + timedelta(minutes=10)  # 21:30, when notes are written
STAFF = IDS.staff
SHARED = Shared("Triggers at work", "Role play, CBT worksheet", "Pairs planned a way home.", "")
TEXTS = (
    "Named two triggers at the warehouse and chose the long way home.",
    "Spoke about sleep, waking at four, and wants to try slow breathing.",
    "Practiced saying no to an old friend; voice shook, then steadied.",
    "Asked how to tell the family; wrote the first sentence down.",
    "Described a quiet weekend with cooking, a film and one hard hour.",
    "Compared Friday nights before and after; plans to call somebody at eight.",
    "Laughed at the skit, then said boredom frightens more than stress.",
    "Worked through the cost sheet and was surprised by the yearly sum.",
    "Offered the group a phone number list; keeps it in the wallet.",
    "Stayed quiet until the end and then thanked the room for patience.",
    "Reported a craving on the bus and used the ice technique.",
    "Set a meeting with the landlord to settle what is owed.",
)
OPENED = "chart.note.sign"


@dataclass(frozen=True)
class Held:
    """A session somebody held, and the records of those seated."""

    id: int
    track: int
    records: tuple[int, ...]


def as_staff(
    person: str, act: str = OPENED, now: datetime = WRITING
) -> AbstractContextManager[Permit]:
    return door.opened_for(IDS.users[person], act, now=now)


def make_session(
    people: int = 3, *, clinic: int = NORTH,
    staff: Iterable[tuple[str, str]] = (("alice", "lead"),),
    names: Iterable[tuple[str, str]] = (), arrive: bool = True,
) -> Held:  # fmt: skip
    """An evening group of today with so many people, all of whom came."""
    holders = tuple((STAFF[name], part) for name, part in staff)
    track = make_track(clinic, weeks=1, staff=holders, now=MORNING, start_on=TODAY)
    records = _enrolled(track, clinic, names or [(f"Person{n}", "Test") for n in range(people)])
    lead = next(iter(staff))[0]
    with as_staff(lead, "schedule.attendance.write", START + timedelta(minutes=5)) as permit:
        session = next(each.id for each in sessions_on(permit, [clinic], TODAY)
                       if each.track == track)  # fmt: skip
        if arrive:
            attendance.arrive_all(permit, session)
    return Held(session, track, tuple(records))


def _enrolled(track: int, clinic: int, names: Iterable[tuple[str, str]]) -> list[int]:
    records = [make_person(clinic, legal_first=first, legal_last=last) for first, last in names]
    for record in records:
        episode = make_episode(record, track, MORNING)
        with as_staff("dana", "schedule.over_house", MORNING) as permit:
            enroll(permit, record=record, track=track, start_on=TODAY, episode=episode,
                   over_house_reason="Two people complete this week.")  # fmt: skip
    return records


def part(at: int = 0, **changes: str) -> Part:
    """A complete part with words of its own."""
    fields: dict[str, Any] = {
        "participation": "active", "risk": "none", "response": TEXTS[at % len(TEXTS)],
        "next_step": "Brings the trigger sheet.",
    }  # fmt: skip
    return Part(**(fields | changes))


def write_all(held: Held, person: str = "alice", *, shared: Shared = SHARED) -> None:
    """The shared part and a complete part for each seated person."""
    with as_staff(person) as permit:
        actions.save_shared(permit, held.id, shared, Typed(shared_version(permit, held.id)))
        for at, record in enumerate(held.records):
            actions.save_part(permit, held.id, record, part(at), Typed(0))


def shared_version(permit: Permit, session: int) -> int:
    return sheet(permit, session).shared.version


def make_signed(people: int = 3, **plan: Any) -> Held:
    """A session whose notes are written and signed."""
    held = make_session(people, **plan)
    person = next(iter(plan.get("staff", (("alice", "lead"),))))[0]
    write_all(held, person)
    with as_staff(person) as permit:
        actions.sign(permit, held.id)
    return held


def next_session(held: Held, days: int = 2) -> SessionFacts:
    """The track's session so many days later, at which everyone came too."""
    when = START + timedelta(days=days)
    with as_staff("alice", "schedule.attendance.write", when + timedelta(minutes=5)) as permit:
        found = next(each for each in sessions_on(permit, [NORTH], TODAY + timedelta(days=days))
                     if each.track == held.track)  # fmt: skip
        attendance.arrive_all(permit, found.id)
    return found


__all__ = [
    "END", "GULF", "NORTH", "SHARED", "SOUTH", "STAFF", "TEXTS", "TODAY", "WRITING", "Held",
    "as_staff", "make_session", "make_signed", "next_session", "part", "write_all",
]  # fmt: skip
