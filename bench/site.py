"""What is measured: a demo of its own under `.cache`, and beside it a clinic with a full day."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parent.parent
SIZES = {"small": 1, "medium": 10, "large": 100}
ZONE = "America/Chicago"
DAY_TRACKS, A_TRACK = 32, 9  # 288 people on one clinic's day
NEW_TRACKS = 8
AHEAD = timedelta(weeks=6)
DIRECTOR = "director@chi-lake.example"


def folder(size: str) -> Path:
    return ROOT / ".cache" / f"bench-{size}"


def is_filled(size: str) -> bool:
    """Has the demo of this size been filled before?"""
    marker = folder(size) / "demo.json"
    return marker.exists() and bool(json.loads(marker.read_text()).get("filled"))


def fill(size: str) -> float:
    """Fill the demo if that is not done, by the command anybody uses; the seconds it took."""
    command = [sys.executable, "-m", "openiop.config.cli", "demo", "--no-server", "--json",
               "--size", size, "--seed", "1", "--data", str(folder(size))]  # fmt: skip
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return float(json.loads(done.stdout)["seconds"])


def migrate(size: str) -> None:
    """Bring a demo that was filled before up to this release."""
    command = [sys.executable, "-m", "openiop.config.cli", "--data", str(folder(size)), "--json",
               "migrate"]  # fmt: skip
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


@dataclass
class Site:
    """Ids and numbers the pages are asked with; `new` are people with an open episode and no place
    yet, `today` the record numbers of one group of the full day."""

    size: str
    organization: int
    people: int
    user: int
    day_clinic: int
    lake: int
    visits: str
    session: int
    today: list[str]
    tracks: list[int]
    new: list[tuple[int, int, str]]
    on: date
    calendar: int
    new_clinic: int
    run: int


def prepare(size: str) -> Site:
    """Add what only the bench needs, by actions: a person with 1,000 visits, a clinic with 288
    people today, one with 10,080 visits a week, people to enroll. Asked again,
    only the last are added anew."""
    from bench import calendar
    from openiop.simulation import bulk

    organization = int(_rows("SELECT id FROM access_organization WHERE code = 'lantern'")[0][0])
    job = Job(organization)
    visits = bulk.long_course(organization, ZONE)
    clinics = _clinics(job)
    with job("schedule.read") as permit:
        today = permit.today(ZONE)
    _full_day(job, clinics["BENCH-DAY"], today)
    session, group = _group_today(job, clinics["BENCH-DAY"], today)
    calendar.hire(job, clinics["BENCH-NEW"], 1)
    calendar.hire(job, clinics[calendar.CLINIC], calendar.COLLEAGUES)
    calendar.fill(job, clinics[calendar.CLINIC], today - timedelta(days=today.weekday()))
    run = job.rows(
        "SELECT count(*) FROM programs_track WHERE clinic_id = %s", clinics["BENCH-NEW"]
    )[0][0]
    tracks, new = _to_enroll(job, clinics["BENCH-NEW"], today)
    ((people, user),) = job.rows(
        "SELECT count(*), (SELECT id FROM access_user WHERE email = %s) FROM patients_patient",
        DIRECTOR,
    )
    return Site(
        size, organization, people, user, clinics["BENCH-DAY"], clinics["CHI-LAKE"], visits,
        session, group, tracks, new, today,
        clinics[calendar.CLINIC], clinics["BENCH-NEW"], run // NEW_TRACKS,
    )  # fmt: skip


def _rows(statement: str, *given: Any) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


@dataclass(frozen=True)
class Job:
    """Opens the door for what is prepared."""

    organization: int

    def __call__(self, act: str) -> Any:
        from openiop.access.door import opened_for_job

        return opened_for_job(act, self.organization)

    def rows(self, statement: str, *given: Any) -> list[tuple[Any, ...]]:
        with self("simulation.copy"):
            return _rows(statement, *given)


def _clinics(job: Job) -> dict[str, int]:
    """Clinics by code: those of the bench are founded once, and the director gets them all."""
    from bench import calendar
    from openiop.access import founding, hiring
    from openiop.kernel.acts import Role

    rows = job.rows("SELECT code, id, area_id, opened_on FROM access_clinic ORDER BY id")
    clinics = {code: clinic for code, clinic, *_ in rows}
    _code, _clinic, area, opened_on = rows[0]
    with job("access.network.write") as permit:
        for code in sorted({"BENCH-DAY", "BENCH-NEW", calendar.CLINIC} - set(clinics)):
            clinics[code] = founding.add_clinic(
                permit, area=area, code=code, name=code.title(), state="IL", timezone=ZONE,
                street="1 Bench St", city="Chicago", zip_code="60601", phone="+13125550100",
                capabilities=["telehealth"], hours={}, opened_on=opened_on,
            )  # fmt: skip
    held = job.rows(
        "SELECT s.id, held.clinic_id FROM access_staff s JOIN access_user u ON u.id = s.user_id"
        " JOIN access_roleassignment held ON held.staff_id = s.id AND held.role = 'director'"
        " WHERE u.email = %s", DIRECTOR,
    )  # fmt: skip
    with job("access.staff.write") as permit:
        for clinic in set(clinics.values()) - {clinic for _, clinic in held}:
            hiring.give_role(permit, held[0][0], clinic=clinic, role=Role.DIRECTOR,
                             from_on=permit.today(ZONE))  # fmt: skip
    return clinics


def _track(permit: Any, program: int, clinic: int, code: str, start_on: date) -> int:
    from openiop.programs.actions import build_track
    from openiop.programs.rules import TrackPlan

    return build_track(permit, TrackPlan(
        clinic=clinic, program=program, code=code, name=code.title(), mode="virtual", room=None,
        weekdays=(0, 2, 4) if code.startswith("new") else tuple(range(7)),
        starts=time(9) if code.startswith("new") else time(0),  # attendance at any hour of the day
        blocks=(("counseling", 60), ("break", 10), ("skills", 60), ("education", 60)),
        start_on=start_on, staff=(),
    ))  # fmt: skip


def _full_day(job: Job, clinic: int, today: date) -> None:
    """32 groups of nine that meet every day, laid from today on."""
    from openiop.schedule.actions.enrollment import begin
    from openiop.schedule.actions.laying import materialize

    counted = "SELECT count(*), min(program_id) FROM programs_track WHERE clinic_id = %s"
    new = job.rows(counted, clinic)[0][0] == 0
    program = job.rows("SELECT min(id) FROM programs_program")[0][0]
    with job("schedule.lay_ahead") as permit:
        tracks = [
            _track(permit, program, clinic, f"day-{n}", today) for n in range(DAY_TRACKS * new)
        ]
        materialize(permit, clinic, today, today + AHEAD)
    people = _people(job, clinic, len(tracks) * A_TRACK, "day")
    with job("schedule.enroll") as permit:
        for place, (record, _number) in enumerate(people):
            begin(permit, record=record, track=tracks[place // A_TRACK], start_on=today)


def _people(job: Job, clinic: int, count: int, seed: str) -> list[tuple[int, str]]:
    from openiop.patients.actions import register_many
    from openiop.simulation.people import person

    random = Random(f"bench {seed}")
    with job("patients.patient.write") as permit:
        drawn = [person(random, clinic, permit.now.date(), n) for n in range(count)]
        return [(each.record, each.number) for each in register_many(permit, drawn)]


def _group_today(job: Job, clinic: int, today: date) -> tuple[int, list[str]]:
    from openiop.schedule.queries.sessions import roster, sessions_on

    with job("schedule.read") as permit:
        session = sessions_on(permit, [clinic], today)[0]
        return session.id, [seat.number for seat in roster(permit, session.id)]


def _to_enroll(job: Job, clinic: int, today: date) -> tuple[list[int], list[tuple[int, int, str]]]:
    """New tracks, and for each of their seats somebody with an open episode."""
    from openiop.programs.actions import open_episode
    from openiop.schedule.actions.laying import materialize

    run = job.rows("SELECT count(*) FROM programs_track WHERE clinic_id = %s", clinic)[0][0]
    program = job.rows("SELECT min(id) FROM programs_program")[0][0]
    with job("schedule.lay_ahead") as permit:
        tracks = [
            _track(permit, program, clinic, f"new-{run + n}", today) for n in range(NEW_TRACKS)
        ]
        materialize(permit, clinic, today, today + AHEAD)
    people = _people(job, clinic, NEW_TRACKS * A_TRACK, f"new {run}")
    with job("programs.episode.write") as permit:
        return tracks, [
            (record, open_episode(permit, record=record, clinic=clinic, program=program,
                                  opened_on=today), number)
            for record, number in people
        ]  # fmt: skip


@contextmanager
def superuser(server: Any) -> Iterator[Any]:
    """A connection without row-level security, for the floor and for looking at tables."""
    import psycopg

    url = server.urls.owner.replace("openiop_owner@", "postgres@")
    with psycopg.connect(url, autocommit=True, prepare_threshold=3) as connection:
        yield connection
