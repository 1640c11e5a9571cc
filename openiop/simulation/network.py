"""The demo's network, built by the rooms' actions from the files in `data`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from random import Random
from typing import Any

import yaml
from django.contrib.auth.hashers import make_password

from openiop.access import door, founding, hiring
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit
from openiop.programs import actions as programs
from openiop.programs.rules import TrackPlan

PASSWORD = "a lamp in the window"  # noqa: S105 - printed for everyone, opens a demo only
R = Role
# role: credentials (kind, level) by state; the number of each role a clinic has.
CREDENTIALS: Mapping[Role, Mapping[str, tuple[tuple[str, int | None], ...]]] = {
    R.CLINICIAN: {"IL": (("lcpc", None), ("cadc", None)), "TX": (("lcdc", None), ("lpc", None))},
    R.INTERN: {"IL": (("lsw", None),), "TX": (("lcdc-intern", 1),)},
    R.SUPERVISOR: {"IL": (("lcpc", None),), "TX": (("lcdc", None), ("lcsw", None))},
    R.DIRECTOR: {"IL": (("lcsw", None),), "TX": (("lcsw", None),)},
    R.PRESCRIBER: {"IL": (("np", None),), "TX": (("np", None),)},
    R.NURSE: {"IL": (("rn", None),), "TX": (("rn", None),)},
}
TEAM = (R.CLINICIAN, R.CLINICIAN, R.CLINICIAN, R.INTERN, R.FRONT_DESK, R.NURSE)
NETWORK_WIDE = (R.PRIVACY_OFFICER, R.ADMINISTRATOR, R.BILLER, R.REVIEWER)
AREA_WIDE = (R.DIRECTOR, R.SUPERVISOR, R.PRESCRIBER, R.INTAKE)


@dataclass(frozen=True)
class DemoTrack:
    """A track of the demo and who holds it; `user` is the lead's account."""

    id: int
    clinic: int
    program: int
    minutes: int
    lead: int
    user: int


@dataclass
class DemoClinic:
    id: int
    code: str
    state: str
    timezone: str
    area: str
    tracks: list[DemoTrack] = field(default_factory=list)
    team: dict[Role, list[tuple[int, int]]] = field(default_factory=dict)


@dataclass
class Network:
    """What was built: ids to live on, and the accounts to sign in with."""

    organization: int
    clinics: list[DemoClinic]
    accounts: list[dict[str, str]]


@cache
def words(name: str) -> Any:
    """One of the data files, read once."""
    file = resources.files("openiop.simulation").joinpath(f"data/{name}.yaml")
    return yaml.safe_load(file.read_text())


def build(random: Random, *, start_on: date, now: datetime, clinics: int | None = None) -> Network:
    """Found the organization and everything that stands before the first person comes."""
    plan = words("network")
    organization = founding.found(**plan["organization"], now=now)
    network = Network(organization, [], [])
    with door.opened_for_job("access.network.write", organization, now=now) as permit:
        areas = {each["code"]: founding.add_area(permit, **each) for each in plan["areas"]}
        chosen = plan["clinics"][:clinics]
        network.clinics = [_clinic(permit, plan, each, areas, start_on) for each in chosen]
        rooms = {each.id: _rooms(permit, plan, each.id) for each in network.clinics}
    with door.opened_for_job("access.staff.write", organization, now=now) as permit:
        _hire_all(permit, random, network, start_on)
    with door.opened_for_job("programs.track.write", organization, now=now) as permit:
        offered = [programs.add_program(permit, **each) for each in plan["programs"]]
        for clinic in network.clinics:
            _tracks(permit, random, plan, clinic, rooms[clinic.id], offered, start_on)
    return network


def _clinic(
    permit: Permit, plan: Any, each: Any, areas: Mapping[str, int], start_on: date
) -> DemoClinic:
    zone = plan["organization"]["timezone"]
    week = {str(day): plan["hours"]["weekdays"] for day in range(5)}
    number = founding.add_clinic(
        permit, area=areas[each["area"]], code=each["code"], name=each["name"],
        state=each["state"], timezone=zone, street=each["street"], city=each["city"],
        zip_code=each["zip"], phone=each["phone"], capabilities=each["capabilities"],
        hours=week | {"5": plan["hours"]["saturday"]}, opened_on=start_on - timedelta(days=900),
    )  # fmt: skip
    return DemoClinic(number, each["code"], each["state"], zone, each["area"])


def _rooms(permit: Permit, plan: Any, clinic: int) -> list[int]:
    return [founding.add_room(permit, clinic=clinic, **room) for room in plan["rooms"]]


def _hire_all(permit: Permit, random: Random, network: Network, start_on: date) -> None:
    """A team for each clinic, leaders for each area, and a few for the whole network."""
    staff = words("people")
    names = [(a, b) for b in staff["staff_last"] for a in staff["staff_first"]]
    random.shuffle(names)
    secret = make_password(PASSWORD)
    crews = [(role, [clinic], clinic.code) for clinic in network.clinics for role in TEAM]
    by_area: dict[str, list[DemoClinic]] = {}
    for clinic in network.clinics:
        by_area.setdefault(clinic.area, []).append(clinic)
    crews += [(role, group, group[0].code) for group in by_area.values() for role in AREA_WIDE]
    crews += [(role, network.clinics, network.clinics[0].code) for role in NETWORK_WIDE]
    used: dict[tuple[str, str], int] = {}
    for role, clinics, code in crews:
        nth = used[role, code] = used.get((role, code), 0) + 1
        email = f"{role.value.replace('_', '-')}{nth if nth > 1 else ''}@{code.lower()}.example"
        member = _hire(permit, names.pop(), role, clinics, email, secret, start_on)
        for clinic in clinics:
            clinic.team.setdefault(role, []).append(member)
        if nth == 1:
            network.accounts.append(
                {"role": role.value, "clinic": code, "email": email, "password": PASSWORD}
            )


def _hire(
    permit: Permit, name: tuple[str, str], role: Role, clinics: list[DemoClinic], email: str,
    secret: str, start_on: date,
) -> tuple[int, int]:  # fmt: skip
    """One colleague with account, roles and credentials; staff and user id."""
    joined = start_on - timedelta(days=400)
    staff = hiring.hire(
        permit, first_name=name[0], last_name=name[1], joined_on=joined,
        phone="+13125550199",
    )  # fmt: skip
    user = hiring.open_account(permit, staff, email=email, password=None, encoded=secret)
    for clinic in clinics:
        hiring.give_role(permit, staff, clinic=clinic.id, role=role, from_on=joined)
    for state in sorted({clinic.state for clinic in clinics}):
        for kind, level in CREDENTIALS.get(role, {}).get(state, ()):
            hiring.add_credential(
                permit, staff, kind=kind, state=state, level=level, number=f"{kind}-{staff}",
                issued_on=joined, expires_on=start_on + timedelta(days=400 + staff % 300),
                verified_on=joined + timedelta(days=3),
            )  # fmt: skip
    return staff, user


def _tracks(
    permit: Permit, random: Random, plan: Any, clinic: DemoClinic, rooms: list[int],
    offered: list[int], start_on: date,
) -> None:  # fmt: skip
    counselors = clinic.team[R.CLINICIAN]
    for place, (code, room) in enumerate(zip(_codes(plan, clinic), rooms, strict=False)):
        pattern = plan["patterns"][code]
        blocks = [(each["kind"], each["minutes"]) for each in plan["days"][pattern["day"]]]
        program = random.choice(offered[:2]) if place else offered[0]
        # an intern leads the virtual group, so that notes wait for a co-signature
        lead, user = clinic.team[R.INTERN][0] if code == "virtual" else counselors[place]
        intern = [(clinic.team[R.INTERN][0][0], "co")] if code == "morning" else []
        track = programs.build_track(
            permit,
            TrackPlan(
                clinic=clinic.id, program=program, code=code, name=pattern["name"],
                weekdays=tuple(pattern["weekdays"]), starts=time.fromisoformat(pattern["starts"]),
                mode=pattern["mode"], room=None if pattern["mode"] == "virtual" else room,
                blocks=tuple(blocks), start_on=start_on, staff=((lead, "lead"), *intern),
            ),
        )  # fmt: skip
        minutes = sum(length for _, length in blocks)
        clinic.tracks.append(DemoTrack(track, clinic.id, program, minutes, lead, user))


def _codes(plan: Any, clinic: DemoClinic) -> list[str]:
    return next(each["tracks"] for each in plan["clinics"] if each["code"] == clinic.code)
