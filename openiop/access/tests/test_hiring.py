"""A staff file, an account, roles and credentials; each clash is a sentence."""

from datetime import date

import pytest

from openiop.access import hiring
from openiop.access.queries import colleagues
from openiop.kernel.acts import Role
from openiop.kernel.permits import Refused

DAY = date(2026, 1, 5)


def hired(permit) -> int:
    return hiring.hire(permit, first_name="Ángela", last_name="Núñez", joined_on=DAY)


def test_a_new_colleague_signs_in_with_the_roles_given(opened, network):
    with opened("adam", "access.staff.write") as permit:
        staff = hired(permit)
        user = hiring.open_account(permit, staff, email="A.Nunez@example.org", password="x" * 12)
        hiring.give_role(permit, staff, clinic=1, role=Role.NURSE, from_on=DAY)
    network.users["angela"] = user
    try:
        with opened("angela", "access.home") as permit:
            assert permit.roles == {1: frozenset({Role.NURSE})}
            assert permit.staff == staff
    finally:
        del network.users["angela"]


def test_names_sort_without_their_accents():
    assert hiring.sort_key("Ángela", "Núñez") == "nunez angela"


def test_the_same_role_twice_at_once_is_refused(opened):
    with opened("adam", "access.staff.write") as permit:
        staff = hired(permit)
        hiring.give_role(permit, staff, clinic=1, role=Role.NURSE, from_on=DAY)
        with pytest.raises(Refused, match="held at that clinic during these days already"):
            hiring.give_role(permit, staff, clinic=1, role=Role.NURSE, from_on=date(2026, 3, 1))
        hiring.give_role(permit, staff, clinic=1, role=Role.INTERN, from_on=DAY)


def test_a_taken_address_is_refused_at_its_field(opened):
    with opened("adam", "access.staff.write") as permit:
        with pytest.raises(Refused) as no:
            hiring.open_account(permit, hired(permit), email="ALICE@example.org", password=None)
        assert no.value.field == "email"


def test_a_credential_that_ends_before_it_begins_is_refused(opened):
    with opened("adam", "access.staff.write") as permit:
        staff = hired(permit)
        with pytest.raises(Refused, match="ends before it begins"):
            hiring.add_credential(permit, staff, kind="rn", state="IL", number="1",
                                  issued_on=DAY, expires_on=date(2025, 1, 1))  # fmt: skip


def test_credentials_come_with_the_colleague(opened):
    with opened("adam", "access.staff.write") as permit:
        staff = hired(permit)
        hiring.add_credential(permit, staff, kind="cadc", state="IL", number="7", issued_on=DAY,
                              expires_on=date(2028, 1, 1), verified_on=DAY)  # fmt: skip
        assert colleagues(permit, [staff])[staff].shown("IL", date(2027, 1, 1)) == "CADC"
