"""People who work here, from a table: many at once, nobody twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.hiring import sort_key
from openiop.access.models import Credential, RoleAssignment, Staff, User
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit

WRITE = "access.staff.write"


@dataclass(frozen=True)
class Held:
    """A credential as a table gives it."""

    kind: str
    state: str
    number: str
    issued_on: date
    expires_on: date | None = None
    level: int | None = None
    verified_on: date | None = None


@dataclass(frozen=True)
class Joining:
    """Somebody who works here. Several rows may tell of one: roles and credentials add up."""

    first_name: str
    last_name: str
    joined_on: date
    email: str = ""
    phone: str = ""
    roles: tuple[tuple[Role, int], ...] = ()
    credentials: tuple[Held, ...] = ()

    @property
    def name_key(self) -> str:
        return sort_key(self.first_name, self.last_name)


@dataclass(frozen=True)
class Joined:
    """Whose staff file a row became, or why it was left out."""

    staff: int | None
    created: bool = False
    problem: str = ""


@writes(WRITE)
def keep_staff(permit: Permit, rows: Sequence[Joining]) -> list[Joined]:
    """Staff files, sleeping accounts (an invitation wakes them), roles and credentials.

    Known by e-mail address, else by exact name; whoever is here only gains what is missing. The
    same statements for one row and for a thousand.
    """
    taken = _addresses_elsewhere(permit, rows)
    known = _known(permit, rows)
    files: list[tuple[Joining, Staff | None, bool]] = []
    for row in rows:
        found = None if row.email.lower() in taken else _recognized(known, row)
        made = found is None and row.email.lower() not in taken
        if made:
            found = _file(permit, row)
            known |= {row.name_key: found} | ({row.email.lower(): found} if row.email else {})
        files.append((row, found, made))
    _create([staff for _row, staff, made in files if staff and made])
    _open_accounts(permit, [(row, staff) for row, staff, _made in files if staff])
    _add_roles([(row, staff) for row, staff, _made in files if staff])
    _add_credentials(permit, [(row, staff) for row, staff, _made in files if staff])
    permit.note(WRITE, table="access_staff", count=sum(made for _row, _staff, made in files))
    taken_words = _("Somebody else signs in with this address already.")
    return [
        Joined(staff.id, made) if staff else Joined(None, problem=taken_words)
        for _row, staff, made in files
    ]


def _recognized(known: dict[str, Staff], row: Joining) -> Staff | None:
    """Who this is: by e-mail address; by name, unless that person signs in with another one."""
    found = known.get(row.email.lower()) if row.email else None
    named = known.get(row.name_key)
    same = named and (not row.email or named.user is None or named.user.email == row.email.lower())
    return found or (named if same else None)


def _addresses_elsewhere(permit: Permit, rows: Sequence[Joining]) -> set[str]:
    """E-mail addresses with which people of other organizations, or no staff, sign in."""
    users = User.objects.filter(email__in={row.email.lower() for row in rows if row.email})
    ours = Staff.objects.filter(user__in=users).values("user")
    return set(users.exclude(pk__in=ours).values_list("email", flat=True))


def _known(permit: Permit, rows: Sequence[Joining]) -> dict[str, Staff]:
    """Staff here by e-mail address and by name."""
    mails = {row.email.lower() for row in rows if row.email}
    wanted = Q(user__email__in=mails) | Q(
        sort_key__in={row.name_key for row in rows}, left_on__isnull=True
    )
    here = list(Staff.objects.filter(wanted).select_related("user").order_by("-id"))
    return {staff.sort_key: staff for staff in here} | {
        staff.user.email: staff for staff in here if staff.user
    }


def _file(permit: Permit, row: Joining) -> Staff:
    return Staff(
        organization_id=permit.organization, user=_account(permit, row) if row.email else None,
        first_name=row.first_name, last_name=row.last_name, sort_key=row.name_key,
        joined_on=row.joined_on, phone=row.phone,
    )  # fmt: skip


def _account(permit: Permit, row: Joining) -> User:
    """An account that sleeps: no password opens it."""
    return User(
        organization_id=permit.organization, email=row.email.lower(), password=make_password(None)
    )


def _create(files: Sequence[Staff]) -> None:
    User.objects.bulk_create([staff.user for staff in files if staff.user])
    for staff in files:
        staff.user = staff.user  # now that the account has its number
    Staff.objects.bulk_create(files)


def _open_accounts(permit: Permit, kept: Sequence[tuple[Joining, Staff]]) -> None:
    """An account for whoever was here without one."""
    waiting = {
        row.email.lower(): (row, staff) for row, staff in kept if row.email and not staff.user_id
    }
    users = User.objects.bulk_create([_account(permit, row) for row, _staff in waiting.values()])
    for user, (_row, staff) in zip(users, waiting.values(), strict=True):
        staff.user = user
    Staff.objects.bulk_update([staff for _row, staff in waiting.values()], ["user"])


def _add_roles(kept: Sequence[tuple[Joining, Staff]]) -> None:
    """Roles not held there on the day they begin or later, from the day of joining on."""
    wanted: dict[tuple[int, int, str], date] = {}
    for row, staff in kept:
        for role, clinic in row.roles:
            wanted.setdefault((staff.id, clinic, role.value), row.joined_on)
    held = RoleAssignment.objects.filter(staff_id__in={staff for staff, _c, _r in wanted})
    there = {
        (staff, clinic, role)
        for staff, clinic, role, during in held.values_list(
            "staff_id", "clinic_id", "role", "during"
        )
        if (day := wanted.get((staff, clinic, role)))
        and (during.upper is None or during.upper > day)
    }
    RoleAssignment.objects.bulk_create(
        RoleAssignment(staff_id=staff, clinic_id=clinic, role=role, during=(day, None))
        for (staff, clinic, role), day in wanted.items()
        if (staff, clinic, role) not in there
    )


def _add_credentials(permit: Permit, kept: Sequence[tuple[Joining, Staff]]) -> None:
    wanted: dict[Any, Credential] = {}
    for row, staff in kept:
        for held in row.credentials:
            wanted[staff.id, held.kind, held.state, held.number] = Credential(
                organization_id=permit.organization, staff=staff, **vars(held)
            )
    rows = Credential.objects.filter(staff_id__in={key[0] for key in wanted})
    there = set(rows.values_list("staff_id", "kind", "state", "number"))
    Credential.objects.bulk_create(one for key, one in wanted.items() if key not in there)
