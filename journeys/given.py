"""What journeys start from, built by the rooms' own actions: a clinic, its hour, a group, people.

The server runs on the real clock, so the clinic is put into the time zone where it is the hour the
journey needs: a session of this evening is then just over, whenever the journeys run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from openiop.access import door
from openiop.access.backend.base import writing
from openiop.access.models import Clinic
from openiop.config.network_for_tests import IDS, NORTH
from openiop.messaging.actions.contacts import add_contact, add_contact_point
from openiop.patients.actions import register
from openiop.programs.actions import TrackPlan, add_program, build_track, open_episode
from openiop.schedule.actions.enrollment import enroll
from openiop.schedule.actions.sessions import materialize
from openiop.schedule.queries.sessions import track_sessions

BLOCKS = (
    ("counseling", 90), ("break", 10), ("education", 60), ("break", 10), ("counseling", 30),
)  # fmt: skip
NAMES = (
    ("Maria", "Gutiérrez de la Fuente", "she/her"), ("Will", "Okafor", "he/him"),
    ("Grace", "Lee", "she/her"), ("Bo", "Ito", "they/them"), ("Ana", "Díaz", "she/her"),
    ("Jo", "Kim", ""), ("Leo", "Ray", "he/him"), ("Kay", "Oz", ""), ("Al", "Po", "he/him"),
    ("Di", "Mann", "she/her"), ("Ty", "Fox", ""), ("Noor", "Haddad", "she/her"),
)  # fmt: skip


@dataclass(frozen=True)
class Somebody:
    """A registered person: record id, number, name as shown, open episode."""

    record: int
    number: str
    name: str
    episode: int


@dataclass(frozen=True)
class Group:
    """A track with the session of today, its days, and who is enrolled."""

    track: int
    session: int
    today: date
    zone: ZoneInfo
    program: int
    people: tuple[Somebody, ...]

    def at(self, hour: int, minute: int) -> datetime:
        """A moment of today on the clinic's clock."""
        return datetime.combine(self.today, time(hour, minute), self.zone)


def clinic_where_it_is(hour: int, clinic: int = NORTH) -> ZoneInfo:
    """Put the clinic where its clock shows this hour now; its zone."""
    behind = (datetime.now(UTC).hour - hour + 12) % 24 - 12
    zone = f"Etc/GMT{behind:+d}"
    with door.opened_for_job("access.network.write", 1), writing():
        Clinic.objects.filter(pk=clinic).update(timezone=zone)
    return ZoneInfo(zone)


def a_group(
    zone: ZoneInfo, people: int, *, name: str = "Evening A", starts: time = time(17, 30),
    room: int | None = 1, lead: str = "alice", program: int | None = None,
    blocks: Sequence[tuple[str, int]] = BLOCKS, mode: str = "in_person",
) -> Group:  # fmt: skip
    """A group that meets every day from today on, three weeks of sessions, with so many people."""
    today = datetime.now(zone).date()
    before = datetime.combine(today, time(0, 1), zone)
    program = program or a_program(before)
    with door.opened_for_job("schedule.track.build", 1, now=before) as permit:
        track = build_track(permit, TrackPlan(
            clinic=NORTH, program=program, code=name.lower().replace(" ", "-"), name=name,
            weekdays=tuple(range(7)), starts=starts, blocks=tuple(blocks), start_on=today,
            mode=mode, room=room, staff=((IDS.staff[lead], "lead"),) if lead else (),
        ))  # fmt: skip
        materialize(permit, NORTH, today, today + timedelta(days=21))
        session = track_sessions(permit, track, today, limit=1)[0].id
    seated = tuple(somebody(program, before, n) for n in range(people))
    for one in seated:
        a_seat(track, one, today, before)
    return Group(track, session, today, zone, program, seated)


def a_program(now: datetime) -> int:
    """An intensive program for substance use."""
    with door.opened_for_job("programs.track.write", 1, now=now) as permit:
        return add_program(permit, code="iop", name="Intensive outpatient", kind="substance_use")


def somebody(program: int, now: datetime, number: int = 0, **facts: Any) -> Somebody:
    """The so-manyeth person of `NAMES`, registered, with an open episode and a safe phone."""
    first, last, pronouns = NAMES[number % len(NAMES)]
    known = {
        "legal_first": first, "legal_last": last, "pronouns": pronouns,
        "birth_on": date(1980 + number, 3, 4),
    } | facts  # fmt: skip
    phone = f"+131255501{number:02d}"
    with door.opened_for_job("patients.patient.write", 1, now=now) as permit:
        ref = register(permit, clinic=NORTH, phones=(phone,), **known)
        contact = add_contact(permit, record=ref.record, clinic=NORTH, name="", relationship="self")
        add_contact_point(
            permit, contact=contact, kind="phone", value=phone,
            safe_to_call=True, safe_to_text=number % 2 == 0,
        )  # fmt: skip
    with door.opened_for_job("programs.episode.write", 1, now=now) as permit:
        episode = open_episode(
            permit, record=ref.record, clinic=NORTH, program=program, opened_on=now.date()
        )
    return Somebody(
        ref.record, ref.number, f"{known['legal_first']} {known['legal_last']}", episode
    )


def a_seat(track: int, one: Somebody, start_on: date, now: datetime) -> None:
    """The person is enrolled in the track from a day on; a director may go over the house's cap."""
    with door.opened_for(IDS.users["dana"], "schedule.over_house", now=now) as permit:
        enroll(
            permit, record=one.record, track=track, start_on=start_on, episode=one.episode,
            over_house_reason="Two people complete this week.",
        )  # fmt: skip
