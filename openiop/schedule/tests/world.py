"""What tests of the schedule stand on: a program, tracks with sessions, people with episodes."""

from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from openiop.access import door
from openiop.config.network_for_tests import GULF, NORTH, SOUTH
from openiop.patients.actions import register
from openiop.programs.actions import add_program, build_track, open_episode
from openiop.programs.rules import TrackPlan
from openiop.schedule.actions.enrollment import enroll
from openiop.schedule.actions.sessions import materialize

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # a Monday, noon in Chicago
TODAY = date(2026, 11, 23)
BLOCKS = (
    ("counseling", 90), ("break", 10), ("education", 60), ("break", 10), ("counseling", 30),
)  # fmt: skip
ROOMS = {NORTH: 1, SOUTH: 3, GULF: 4}
LEADS = {NORTH: 1, SOUTH: 3, GULF: 5}
_serial = count(1)


def as_job(act: str, now: datetime = NOW) -> Any:
    """A job's open door at `NOW`, all clinics of the test organization."""
    return door.opened_for_job(act, 1, now=now)


def make_program(kind: str = "substance_use") -> int:
    with as_job("programs.track.write") as permit:
        return add_program(permit, code=f"iop-{next(_serial)}", name="Evening IOP", kind=kind)


def make_track(
    clinic: int = NORTH, *, weeks: int = 3, now: datetime = NOW, start_on: date = TODAY, **plan: Any
) -> int:
    """A Mon/Wed/Fri evening track from today on, sessions laid for some weeks; its id."""
    program = plan.pop("program", None) or make_program()
    with as_job("schedule.track.build", now) as permit:
        facts: dict[str, Any] = {
            "code": f"track-{next(_serial)}", "name": "Evening A", "weekdays": (0, 2, 4),
            "starts": time(18), "blocks": BLOCKS, "room": ROOMS[clinic],
            "staff": ((LEADS[clinic], "lead"),),
        } | plan  # fmt: skip
        if facts.get("mode") == "virtual":
            facts["room"] = None
        track = build_track(
            permit, TrackPlan(clinic=clinic, program=program, start_on=start_on, **facts)
        )
        materialize(permit, clinic, start_on, date.fromordinal(start_on.toordinal() + 7 * weeks))
        return track


def make_person(clinic: int = NORTH, **facts: Any) -> int:
    """A registered person; the record's id."""
    number = next(_serial)
    with as_job("patients.patient.write") as permit:
        names = {"legal_first": f"Person{number}", "legal_last": "Test", "birth_on": None} | facts
        return register(permit, clinic=clinic, **names).record


def make_episode(record: int, track: int, now: datetime = NOW) -> int:
    """An open episode of the person in the track's program."""
    from openiop.programs.queries import track as track_facts

    with as_job("programs.episode.write", now) as permit:
        facts = track_facts(permit, track)
        return open_episode(
            permit, record=record, clinic=facts.clinic, program=facts.program,
            opened_on=permit.today(facts.timezone),
        )  # fmt: skip


def make_enrolled(track: int, people: int = 1, *, start_on: date = TODAY) -> list[int]:
    """So many new people enrolled in the track; their records."""
    from openiop.programs.queries import track as track_facts

    with as_job("programs.read") as permit:
        clinic = track_facts(permit, track).clinic
    records = [make_person(clinic) for _ in range(people)]
    for record in records:
        episode = make_episode(record, track)
        with as_job("schedule.enroll") as permit:
            enroll(permit, record=record, track=track, start_on=start_on, episode=episode)
    return records


def make_type(organization: int = 1, **facts: Any) -> int:
    """A type of one-to-one that clinicians and supervisors hold in person; its id."""
    from openiop.access.backend.base import writing
    from openiop.schedule.models import AppointmentType

    wanted: dict[str, Any] = {
        "code": f"type-{next(_serial)}", "name": "One-to-one", "kind": "individual",
        "minutes": 50, "holders": ["clinician", "supervisor"], "modes": ["in_person"],
    } | facts  # fmt: skip
    with as_job("schedule.appointment.write"), writing():
        return AppointmentType.objects.create(organization_id=organization, **wanted).pk
