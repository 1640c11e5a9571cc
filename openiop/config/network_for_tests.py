"""The small network every test stands on: fixed ids, so that a test can name them.

Two organizations. Lakeside has three clinics: North and South in Chicago (Illinois), Gulf in
Houston (Texas). Alice and Bob work at North, Charlie at South, Dana leads all three, Tess at Gulf.
Rival is another organization with Riva. No patients: tests make their own by the rooms' actions.
"""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from openiop.kernel.acts import Role

IDS = SimpleNamespace(
    organizations={"lakeside": 1, "rival": 2},
    clinics={"north": 1, "south": 2, "gulf": 3, "rival": 4},
    rooms={"maple": 1, "birch": 2, "cedar": 3, "palm": 4, "rival": 5},
    users={
        name: number
        for number, name in enumerate(
            ["alice", "bob", "charlie", "dana", "tess", "iris", "sam", "paula", "fred", "nora",
             "adam", "riva"],
            start=1,
        )
    },
    staff={},
)  # fmt: skip
IDS.staff = dict(IDS.users)
NORTH, SOUTH, GULF, RIVAL = 1, 2, 3, 4
R = Role

# name: (last name, {clinic: roles}, credentials as (kind, state, level))
PEOPLE: dict[str, tuple[str, dict[int, list[Role]], list[tuple[str, str, int | None]]]] = {
    "alice": ("Adams", {NORTH: [R.CLINICIAN]}, [("cadc", "IL", None), ("lcpc", "IL", None)]),
    "bob": ("Brown", {NORTH: [R.CLINICIAN]}, [("cadc", "IL", None)]),
    "charlie": ("Clark", {SOUTH: [R.CLINICIAN]}, [("cadc", "IL", None)]),
    "dana": ("Diaz", {NORTH: [R.DIRECTOR], SOUTH: [R.DIRECTOR], GULF: [R.DIRECTOR]},
             [("lcpc", "IL", None)]),
    "tess": ("Tran", {GULF: [R.CLINICIAN]}, [("lcdc", "TX", None)]),
    "iris": ("Ito", {GULF: [R.INTERN]}, [("lcdc-intern", "TX", 1)]),
    "sam": ("Stone", {NORTH: [R.SUPERVISOR], GULF: [R.SUPERVISOR]},
            [("lcpc", "IL", None), ("lcdc", "TX", None)]),
    "paula": ("Park", {NORTH: [R.PRIVACY_OFFICER], SOUTH: [R.PRIVACY_OFFICER],
                       GULF: [R.PRIVACY_OFFICER]}, []),
    "fred": ("Frost", {NORTH: [R.FRONT_DESK]}, []),
    "nora": ("Nash", {NORTH: [R.NURSE]}, [("rn", "IL", None)]),
    "adam": ("Abbott", {NORTH: [R.ADMINISTRATOR], SOUTH: [R.ADMINISTRATOR],
                        GULF: [R.ADMINISTRATOR]}, []),
    "riva": ("Rossi", {RIVAL: [R.CLINICIAN, R.DIRECTOR, R.FRONT_DESK, R.ADMINISTRATOR,
                               R.PRIVACY_OFFICER]}, [("cadc", "IL", None)]),
}  # fmt: skip


def build() -> None:
    """Fill an empty, migrated database; called once, as the owner."""
    from openiop.access import models

    for number, (code, name) in enumerate(
        [("lakeside", "Lakeside Recovery"), ("rival", "Rival Recovery")], start=1
    ):
        models.Organization.objects.create(id=number, code=code, name=name, phone="+13125550100")
        models.Area.objects.create(id=number, organization_id=number, code="area", name="Area")
    _clinics(models)
    for number, (first, (last, roles, credentials)) in enumerate(PEOPLE.items(), start=1):
        organization = 2 if first == "riva" else 1
        _person(models, number, organization, first, last, roles, credentials)
    _restart_sequences()


def _clinics(models: Any) -> None:
    places = [
        (NORTH, 1, "NORTH", "IL", "America/Chicago"), (SOUTH, 1, "SOUTH", "IL", "America/Chicago"),
        (GULF, 1, "GULF", "TX", "America/Chicago"), (RIVAL, 2, "RIVAL", "IL", "America/Chicago"),
    ]  # fmt: skip
    for number, organization, code, state, zone in places:
        models.Clinic.objects.create(
            id=number, organization_id=organization, area_id=organization, code=code,
            name=code.title(), state=state, timezone=zone, street="1 Main St", city="Town",
            zip_code="60601", phone="+13125550101", opened_on=date(2020, 1, 1),
            hours={str(day): ["08:00", "21:00"] for day in range(6)},
            capabilities=["medication", "telehealth"],
        )  # fmt: skip
    rooms = [(1, NORTH, "Maple"), (2, NORTH, "Birch"), (3, SOUTH, "Cedar"), (4, GULF, "Palm"),
             (5, RIVAL, "Oak")]  # fmt: skip
    for number, clinic, name in rooms:
        models.Room.objects.create(id=number, clinic_id=clinic, name=name, capacity=18)


def _person(
    models: Any, number: int, organization: int, first: str, last: str,
    roles: dict[int, list[Role]], credentials: list[tuple[str, str, int | None]],
) -> None:  # fmt: skip
    models.User.objects.create_user(
        f"{first}@example.org", "a long test password", id=number, organization_id=organization
    )
    models.Staff.objects.create(
        id=number, organization_id=organization, user_id=number, first_name=first.title(),
        last_name=last, sort_key=f"{last} {first}".lower(), joined_on=date(2020, 1, 1),
        phone="+13125550110",
    )  # fmt: skip
    for clinic, held in roles.items():
        for role in held:
            models.RoleAssignment.objects.create(
                staff_id=number, clinic_id=clinic, role=role, during=(date(2020, 1, 1), None)
            )
    for kind, state, level in credentials:
        models.Credential.objects.create(
            organization_id=organization, staff_id=number, kind=kind, state=state, level=level,
            number=f"{kind}-{number}", issued_on=date(2020, 1, 1), expires_on=date(2035, 1, 1),
            verified_on=date(2026, 1, 2),
        )  # fmt: skip


def _restart_sequences() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("organization", "area", "clinic", "room", "user", "staff"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('access_{table}', 'id'), 1000)")


NOW = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
