"""Staff as lists show them: who works here, and what of theirs runs out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from openiop.access.credential_rules import Alert, CredentialFact, TrainingFact
from openiop.access.credential_rules import expiring as running_out
from openiop.access.models import (
    Credential,
    ExclusionCheck,
    Invitation,
    RoleAssignment,
    Staff,
    Training,
)
from openiop.access.queries.staff import fact_of
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit


@dataclass(frozen=True)
class RoleHeld:
    """A role at a clinic from a day on, up to, not including, `to_on`."""

    id: int
    role: Role
    clinic: int
    clinic_name: str
    from_on: date
    to_on: date | None

    def held_on(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day < self.to_on)


@dataclass(frozen=True)
class StaffRow:
    """A line of the staff list."""

    id: int
    name: str
    email: str
    roles: tuple[RoleHeld, ...]
    credentials: tuple[CredentialFact, ...]
    alerts: tuple[Alert, ...]
    left_on: date | None


@dataclass(frozen=True)
class Filters:
    """What a staff list is narrowed to; empty fields narrow nothing. `stage` 90, 60, 30 or 0."""

    q: str = ""
    clinic: int | None = None
    role: str = ""
    stage: int | None = None
    left: bool = False


@dataclass(frozen=True)
class Running:
    """Something of a staff member that runs out."""

    staff: int
    name: str
    kind: str
    alert: Alert


def visible_staff(permit: Permit) -> QuerySet[Staff]:
    """Staff who hold, held or will hold a role at the permit's clinics, and those without any."""
    roles = RoleAssignment.objects.filter(staff=OuterRef("pk"))
    here = Exists(roles.filter(clinic_id__in=permit.clinics))
    return Staff.objects.filter(here | ~Exists(roles)).order_by("sort_key")


def staff_of(permit: Permit, staff: int) -> Staff:
    """One of them, or Http404."""
    found = visible_staff(permit).select_related("user").filter(pk=staff).first()
    if found is None:
        raise Http404("No such staff file.")
    return found


def staff_list(permit: Permit, wanted: Filters, on: date) -> list[StaffRow]:
    """Staff by name, with roles held on the day, credentials and what runs out; four statements."""
    rows = visible_staff(permit).select_related("user")
    rows = rows.filter(left_on__lte=on) if wanted.left else rows.filter(_here(on))
    if wanted.q:
        for word in wanted.q.casefold().split():
            rows = rows.filter(Q(sort_key__contains=word) | Q(user__email__contains=word))
    held = RoleAssignment.objects.filter(staff=OuterRef("pk"), during__contains=on)
    if wanted.clinic:
        rows = rows.filter(Exists(held.filter(clinic_id=wanted.clinic)))
    if wanted.role:
        rows = rows.filter(Exists(held.filter(clinic_id__in=permit.clinics, role=wanted.role)))
    people = list(rows)
    roles, facts = roles_of(people, on), facts_of(people)
    found = [
        StaffRow(
            one.id, one.name, one.user.email if one.user else "", tuple(roles[one.id]),
            tuple(facts[one.id]), running_out(facts[one.id], on), one.left_on,
        )
        for one in people
    ]  # fmt: skip
    if wanted.stage is not None:
        found = [one for one in found if any(a.stage <= wanted.stage for a in one.alerts)]
    permit.note("access.staff.read", table="access_staff", count=len(found), fields=_named(wanted))
    return found


def _here(on: date) -> Q:
    return Q(left_on__isnull=True) | Q(left_on__gt=on)


def _named(wanted: Filters) -> tuple[str, ...]:
    return tuple(name for name, value in vars(wanted).items() if value not in ("", None, False))


def roles_of(people: Sequence[Staff], on: date | None = None) -> dict[int, list[RoleHeld]]:
    rows = RoleAssignment.objects.filter(staff__in=people).select_related("clinic")
    if on:
        rows = rows.filter(during__contains=on)
    found: dict[int, list[RoleHeld]] = defaultdict(list)
    for row in rows.order_by("clinic__name", "role", "during"):
        found[row.staff_id].append(
            RoleHeld(row.id, Role(row.role), row.clinic_id, row.clinic.name, row.during.lower,
                     row.during.upper)
        )  # fmt: skip
    return found


def facts_of(people: Sequence[Staff]) -> dict[int, list[CredentialFact]]:
    found: dict[int, list[CredentialFact]] = defaultdict(list)
    for row in Credential.objects.filter(staff__in=people).order_by("issued_on", "id"):
        found[row.staff_id].append(fact_of(row))
    return found


def expiring(permit: Permit, clinics: Iterable[int], on: date) -> list[Running]:
    """What of the clinics' staff has run out or does so within 90 days, soonest first.

    Credentials, trainings and exclusion checks; what was renewed is silent. Four statements.
    """
    held = RoleAssignment.objects.filter(
        staff=OuterRef("pk"), clinic_id__in=set(clinics) & permit.clinics, during__contains=on
    )
    people = list(Staff.objects.filter(_here(on), Exists(held)))
    kinds: dict[str, dict[int, list[Any]]] = {
        "credential": dict(facts_of(people)),
        "training": _grouped(Training.objects.filter(staff__in=people), training_fact),
        "exclusion check": _grouped(ExclusionCheck.objects.filter(staff__in=people), check_fact),
    }
    found = [
        Running(one.id, one.name, kind, alert)
        for kind, facts in kinds.items()
        for one in people
        for alert in running_out(facts.get(one.id, ()), on)
    ]
    return sorted(found, key=lambda each: (each.alert.expires_on, each.name))


def _grouped(rows: Iterable[Any], fact: Callable[[Any], TrainingFact]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.staff_id].append(fact(row))
    return found


def training_fact(row: Training) -> TrainingFact:
    return TrainingFact(row.name, row.completed_on, row.expires_on)


def check_fact(row: ExclusionCheck) -> TrainingFact:
    return TrainingFact(row.source, row.checked_on, row.next_due_on)


def accounts(permit: Permit) -> list[tuple[int, str]]:
    """Accounts of staff who work here, by name: what a choice of people takes."""
    rows = Staff.objects.filter(_here(permit.today(permit.timezone)), user__is_active=True)
    found = rows.select_related("user").order_by("sort_key")
    return [(int(row.user_id or 0), row.name) for row in found]


def invited(permit: Permit, staff: int) -> Invitation:
    """The open invitation behind an opened link, or Http404."""
    found = (
        Invitation.objects.filter(staff_id=staff, accepted_at=None)
        .select_related("staff")
        .order_by("-id")
        .first()
    )
    if found is None:
        raise Http404("No such invitation.")
    return found
