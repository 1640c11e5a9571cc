"""Staff files: who somebody is here, until when, with which roles, credentials and supervision."""

from datetime import date
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.http import Http404

from openiop.access.door import refusing, writes
from openiop.access.hiring import sort_key
from openiop.access.models import (
    Credential,
    ExclusionCheck,
    RoleAssignment,
    Supervision,
    SupervisionEntry,
    Training,
    User,
)
from openiop.access.queries.staff_list import staff_of
from openiop.kernel.permits import Permit, Refused

CREDENTIAL_ORDER = Refused(
    "expires_on", "The credential ends before it begins.", "Check both days.", field="expires_on"
)


def _changed(row: Any, **facts: Any) -> tuple[str, ...]:
    """Set the facts that differ on the row and save it; their names."""
    names = tuple(name for name, value in facts.items() if getattr(row, name) != value)
    for name in names:
        setattr(row, name, facts[name])
    if names:
        row.save(update_fields=names)
    return names


@writes("access.staff.write")
def update_staff(permit: Permit, staff: int, **facts: Any) -> None:
    """Change first_name, last_name, phone or joined_on; the former values stay in the history."""
    row = staff_of(permit, staff)
    first, last = facts.get("first_name", row.first_name), facts.get("last_name", row.last_name)
    names = _changed(row, **facts, sort_key=sort_key(first, last))
    permit.note("access.staff.write", table="access_staff", row=staff, fields=names)


@writes("access.staff.write")
def end_role(permit: Permit, role: int, on: date) -> None:
    """The role is held up to, not including, the day; one that never began is taken back.

    Raises Http404 for a role at a clinic that is not led, Refused for one's own last rights.
    """
    row = RoleAssignment.objects.filter(pk=role, clinic_id__in=permit.clinics).first()
    if row is None:
        raise Http404("No such role.")
    if row.staff_id == permit.staff:
        raise Refused("self", "Nobody takes a role from themself.", "Ask another administrator.")
    if on <= row.during.lower:
        row.delete()
    elif row.during.upper is None or on < row.during.upper:
        row.during = (row.during.lower, on)
        row.save(update_fields=["during"])
    permit.note("access.staff.write", table="access_roleassignment", row=role, fields=("during",))


@writes("access.staff.write")
def update_credential(permit: Permit, credential: int, **facts: Any) -> None:
    """Change number, state, level, days or verification; the former values stay in the history."""
    row = Credential.objects.filter(pk=credential).first()
    if row is None:
        raise Http404("No such credential.")
    staff_of(permit, row.staff_id)
    with refusing({"credential_in_order": CREDENTIAL_ORDER}):
        names = _changed(row, **facts)
    permit.note("access.staff.write", table="access_credential", row=credential, fields=names)


@writes("access.staff.write")
def add_training(
    permit: Permit, staff: int, *, name: str, completed_on: date, expires_on: date | None
) -> int:
    """A training done; its id."""
    row = Training.objects.create(
        organization_id=permit.organization, staff=staff_of(permit, staff), name=name,
        completed_on=completed_on, expires_on=expires_on,
    )  # fmt: skip
    permit.note("access.staff.write", table="access_training", row=row.id)
    return row.id


@writes("access.staff.write")
def add_exclusion_check(
    permit: Permit, staff: int, *, source: str, checked_on: date, next_due_on: date, excluded: bool
) -> int:
    """A look-up in a list of excluded people; its id."""
    row = ExclusionCheck.objects.create(
        organization_id=permit.organization, staff=staff_of(permit, staff), source=source,
        checked_on=checked_on, next_due_on=next_due_on, excluded=excluded,
        checked_by_id=permit.staff,
    )  # fmt: skip
    permit.note("access.staff.write", table="access_exclusioncheck", row=row.id)
    return row.id


@writes("access.staff.write")
def add_supervision(
    permit: Permit, staff: int, *, supervisor: int, from_on: date, to_on: date | None = None
) -> int:
    """Who supervises somebody from a day on; the supervision before ends that day. Its id."""
    if staff == supervisor:
        raise Refused(
            "supervisor", "Nobody supervises themself.", "Choose another.", field="supervisor"
        )
    for earlier in Supervision.objects.filter(staff=staff_of(permit, staff)):
        if earlier.during.lower == from_on:
            earlier.delete()
        elif from_on in earlier.during:
            earlier.during = (earlier.during.lower, from_on)
            earlier.save(update_fields=["during"])
    row = Supervision.objects.create(
        organization_id=permit.organization, staff_id=staff, supervisor_id=supervisor,
        during=(from_on, to_on),
    )  # fmt: skip
    permit.note("access.staff.write", table="access_supervision", row=row.id)
    return row.id


@writes("access.supervision.write")
def log_supervision(
    permit: Permit, staff: int, *, kind: str, held_on: date, minutes: int, note: str = ""
) -> int:
    """An observation, a supervision hour or supervised hours worked, logged by who held it."""
    if permit.staff is None or staff == permit.staff:
        raise Refused("self", "Nobody logs supervision of themself.", "Ask the supervisor.")
    row = SupervisionEntry.objects.create(
        organization_id=permit.organization, staff=staff_of(permit, staff),
        supervisor_id=permit.staff, kind=kind, held_on=held_on, minutes=minutes, note=note,
        created_at=permit.now,
    )  # fmt: skip
    permit.note("access.supervision.write", table="access_supervisionentry", row=row.id)
    return row.id


@writes("access.staff.write")
def mark_left(permit: Permit, staff: int, *, left_on: date) -> None:
    """The first day without access. From today or earlier: signed out everywhere, at once."""
    row = staff_of(permit, staff)
    if staff == permit.staff:
        raise Refused("self", "Nobody ends their own access.", "Ask another administrator.")
    row.left_on = left_on
    row.save(update_fields=["left_on"])
    for role in RoleAssignment.objects.filter(staff=row, during__endswith__isnull=True):
        if role.during.lower < left_on:
            role.during = (role.during.lower, left_on)
            role.save(update_fields=["during"])
        else:
            role.delete()
    if row.user_id and left_on <= permit.today(permit.timezone):
        sign_out(permit, row.user_id)
    permit.note("access.staff.write", table="access_staff", row=staff, fields=("left_on",))


@writes("access.staff.write")
def take_back(permit: Permit, staff: int) -> None:
    """Somebody who left works here again; roles and a new invitation follow."""
    row = staff_of(permit, staff)
    row.left_on = None
    row.save(update_fields=["left_on"])
    permit.note("access.staff.write", table="access_staff", row=staff, fields=("left_on",))


@writes("access.staff.write")
def sign_out(permit: Permit, user: int) -> None:
    """End every session of an account and its password; only an invitation opens it again."""
    account = User.objects.get(pk=user, organization_id=permit.organization)
    account.is_active = False
    account.set_unusable_password()  # a session lives by the password's hash: all of them end
    account.save(update_fields=["is_active", "password"])
    sessions = UserSession.objects.filter(user_id=user)
    Session.objects.filter(session_key__in=sessions.values("session_key")).delete()
    sessions.delete()
    permit.note("access.staff.write", table="access_user", row=user, fields=("is_active",))
