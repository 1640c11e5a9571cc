"""How somebody comes to work here: a staff file, an account, roles by clinic, credentials."""

import unicodedata
from datetime import date

from allauth.account.models import EmailAddress

from openiop.access.door import refusing, writes
from openiop.access.models import Credential, RoleAssignment, Staff, User
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused


def sort_key(first_name: str, last_name: str) -> str:
    """Last name, then first, folded so that accents and case do not part a list."""
    text = unicodedata.normalize("NFKD", f"{last_name} {first_name}")
    return "".join(char for char in text if not unicodedata.combining(char)).casefold()[:130]


@writes("access.staff.write")
def hire(
    permit: Permit, *, first_name: str, last_name: str, joined_on: date, phone: str = "",
) -> int:  # fmt: skip
    """A staff file; its id. An account comes with an invitation or `open_account`."""
    staff = Staff.objects.create(
        organization_id=permit.organization, first_name=first_name, last_name=last_name,
        sort_key=sort_key(first_name, last_name), joined_on=joined_on, phone=phone,
    )  # fmt: skip
    permit.note("access.staff.write", table="access_staff", row=staff.id)
    return staff.id


@writes("access.staff.write")
def open_account(
    permit: Permit, staff: int, *, email: str, password: str | None, encoded: str = ""
) -> int:
    """A sign-in account for a staff member; its id. Without a password nobody can sign in yet. The
    address counts as verified: whoever leads the clinic gave it.

    `encoded` is a password already hashed: the demo's accounts share one, and a hash takes 0.3 s.
    """
    taken = Refused(
        "email", "Somebody signs in with this address already.", "Use another address.",
        field="email",
    )  # fmt: skip
    with refusing({"access_user_email_key": taken}):
        user = User.objects.create_user(
            email, password, organization_id=permit.organization, date_joined=permit.now
        )
    if encoded:
        User.objects.filter(pk=user.pk).update(password=encoded)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Staff.objects.filter(pk=staff).update(user=user)
    permit.note("access.staff.write", table="access_user", row=user.pk)
    return int(user.pk)


@writes("access.staff.write")
def give_role(
    permit: Permit, staff: int, *, clinic: int, role: Role, from_on: date, to_on: date | None = None
) -> int:
    """A role at a clinic from a day on, up to, not including, `to_on`; its id.

    Nobody gives a role to themself, nor at a clinic they do not lead.
    """
    if staff == permit.staff:
        raise Refused("self", "Nobody gives a role to themself.", "Ask another administrator.")
    if clinic not in permit.clinics:
        raise Refused("clinic", "You do not lead that clinic.", "Ask who does.", field="clinic")
    held = Refused(
        "role", "This role is held at that clinic during these days already.",
        "End the one that stands, or choose other days.", field="role",
    )  # fmt: skip
    with refusing({"role_held_once": held}):
        given = RoleAssignment.objects.create(
            staff_id=staff, clinic_id=clinic, role=role.value, during=(from_on, to_on)
        )
    permit.note("access.staff.write", table="access_roleassignment", row=given.id)
    return given.id


@writes("access.staff.write")
def add_credential(
    permit: Permit, staff: int, *, kind: str, state: str, number: str, issued_on: date,
    expires_on: date | None, level: int | None = None, verified_on: date | None = None,
) -> int:  # fmt: skip
    """A licence or certificate; its id. It counts for rules once verified."""
    order = Refused(
        "expires_on", "The credential ends before it begins.", "Check both days.",
        field="expires_on",
    )  # fmt: skip
    with refusing({"credential_in_order": order}):
        credential = Credential.objects.create(
            organization_id=permit.organization, staff_id=staff, kind=kind, state=state,
            number=number, issued_on=issued_on, expires_on=expires_on, level=level,
            verified_on=verified_on,
        )  # fmt: skip
    permit.note("access.staff.write", table="access_credential", row=credential.id)
    return credential.id
