"""What the tests of this room share: a moment, people on call, records with contacts."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from openiop.access.actions import issue_record
from openiop.access.backend.base import writing
from openiop.access.models import RoleAssignment
from openiop.messaging import actions

NOW = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
NORTH, SOUTH, GULF = 1, 2, 3
# What every request behind the door pays; the bench counts by the same words.
EVERY_REQUEST = ("django_session", "FROM access_user", 'FROM "access_user"', "door.bind(",
                 "INSERT INTO access_auditevent", "SAVEPOINT", "door.set(")  # fmt: skip
ALICE, BOB, CHARLIE, DANA, SAM, FRED = 1, 2, 3, 4, 7, 9


@pytest.fixture
def on_duty(system):
    """`on_duty(first=ALICE, backup=BOB)` at North, from an hour before NOW for a day."""

    def put(clinic: int = NORTH, **ranks: int) -> dict[str, int]:
        with system("messaging.oncall.write", now=NOW) as permit:
            return {
                name: actions.add_shift(
                    permit, clinic=clinic, staff=staff, rank=1 if name == "first" else 2,
                    start=NOW - timedelta(hours=1), end=NOW + timedelta(hours=23),
                )
                for name, staff in ranks.items()
            }  # fmt: skip

    return put


@pytest.fixture
def someone(system):
    """`someone(safe_to_text=True)`: a record at North whose person has one phone."""

    def make(clinic: int = NORTH, value: str = "+13125550199", **safe: bool) -> SimpleNamespace:
        with system("access.record.issue") as permit:
            record = issue_record(permit, clinic)
        with system("messaging.contact.write") as permit:
            contact = actions.add_contact(
                permit, record=record.id, clinic=clinic, name="", relationship="self"
            )
            point = actions.add_contact_point(
                permit, contact=contact, kind="phone", value=value, **safe
            )
        return SimpleNamespace(
            record=record.id, number=record.number, contact=contact, point=point, value=value
        )

    return make


@pytest.fixture
def more_directors(system):
    """`more_directors(4)`: so many directors at North in all."""

    def hire(count: int) -> None:
        with system("access.staff.write"), writing():
            for staff in [ALICE, BOB, FRED][: count - 1]:
                RoleAssignment.objects.create(
                    staff_id=staff, clinic_id=NORTH, role="director",
                    during=(date(2020, 1, 1), None),
                )  # fmt: skip

    return hire
