"""One staff file: what its page shows, what the person may do, and every version kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from openiop.access.credential_rules import (
    Alert,
    CredentialFact,
    Document,
    Verdict,
    may_facilitate,
    may_sign,
)
from openiop.access.credential_rules import expiring as running_out
from openiop.access.models import (
    Credential,
    ExclusionCheck,
    Invitation,
    RoleAssignment,
    Staff,
    Supervision,
    SupervisionEntry,
    Training,
)
from openiop.access.queries.policies import house_values
from openiop.access.queries.staff import fact_of
from openiop.access.queries.staff_list import (
    RoleHeld,
    check_fact,
    facts_of,
    roles_of,
    staff_of,
    training_fact,
)
from openiop.access.supervision_rules import (
    Due,
    SupervisionFact,
    SupervisionKind,
    supervision_due,
)
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit

BLOCKS = ("counseling", "education", "family", "skills")


@dataclass(frozen=True)
class Answer:
    """What somebody may do: the question in words and the verdict."""

    question: str
    verdict: Verdict


@dataclass(frozen=True)
class Version:
    """One earlier state of a file or credential: when, what kind of change, the values then."""

    at: datetime
    words: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class StaffFile:
    """Everything a staff file shows."""

    staff: Staff
    roles: tuple[RoleHeld, ...]
    credentials: tuple[tuple[int, CredentialFact, date | None], ...]
    supervisions: tuple[Supervision, ...]
    entries: tuple[SupervisionEntry, ...]
    minutes: dict[str, int]
    due: tuple[Due, ...]
    trainings: tuple[Training, ...]
    checks: tuple[ExclusionCheck, ...]
    invitation: Invitation | None
    alerts: tuple[Alert, ...]

    @property
    def excluded(self) -> bool:
        """Does the newest check of any list say that nobody may bill for them?"""
        newest = {check.source: check for check in reversed(self.checks)}
        return any(check.excluded for check in newest.values())


def staff_file(permit: Permit, staff: int, on: date) -> StaffFile:
    """One file, or Http404; nine statements whatever its length."""
    row = staff_of(permit, staff)
    credentials = list(Credential.objects.filter(staff=row).order_by("-issued_on", "id"))
    facts = [fact_of(each) for each in credentials]
    entries = tuple(
        SupervisionEntry.objects.filter(staff=row).select_related("supervisor").order_by("-held_on")
    )
    trainings = tuple(Training.objects.filter(staff=row).order_by("-completed_on"))
    checks = tuple(ExclusionCheck.objects.filter(staff=row).order_by("-checked_on"))
    permit.note("access.staff.read", table="access_staff", row=staff)
    return StaffFile(
        staff=row,
        roles=tuple(roles_of([row])[staff]),
        credentials=tuple(
            (each.id, fact, each.verified_on) for each, fact in zip(credentials, facts, strict=True)
        ),
        supervisions=tuple(
            Supervision.objects.filter(staff=row).select_related("supervisor").order_by("-during")
        ),
        entries=entries,
        minutes=_minutes(entries),
        due=_due(permit, facts, entries, on),
        trainings=trainings,
        checks=checks,
        invitation=Invitation.objects.filter(staff=row)
        .select_related("link")
        .order_by("-id")
        .first(),
        alerts=(
            *running_out(facts, on),
            *running_out(map(training_fact, trainings), on),
            *running_out(map(check_fact, checks), on),
        ),
    )


def _minutes(entries: Iterable[SupervisionEntry]) -> dict[str, int]:
    totals = dict.fromkeys([kind for kind, _ in SupervisionEntry.KINDS], 0)
    for entry in entries:
        totals[entry.kind] += entry.minutes
    return totals


def _due(
    permit: Permit,
    facts: Sequence[CredentialFact],
    entries: Iterable[SupervisionEntry],
    on: date,
) -> tuple[Due, ...]:
    log = [SupervisionFact(SupervisionKind(e.kind), e.held_on, e.minutes) for e in entries]
    house = house_values(permit, None, on)
    return tuple(due for fact in facts for due in supervision_due(fact, log, on, house=house))


def may(permit: Permit, staff: int, state: str, on: date) -> list[Answer]:
    """May they lead each kind of block and sign each document, in that state on that day?"""
    facts = facts_of([staff_of(permit, staff)])[staff]
    house = house_values(permit, None, on)
    leads = [
        Answer(block, may_facilitate(facts, block_kind=block, state=state, on=on))
        for block in BLOCKS
    ]
    signs = [
        Answer(
            document.replace("_", " "),
            may_sign(facts, document=document, state=state, on=on, house=house),
        )
        for document in Document
    ]
    return leads + signs


def supervisors(permit: Permit, on: date) -> list[Staff]:
    """Who may be named as a supervisor: supervisors and directors of the permit's clinics."""
    held = RoleAssignment.objects.filter(
        staff=OuterRef("pk"), clinic_id__in=permit.clinics, during__contains=on,
        role__in=[Role.SUPERVISOR, Role.DIRECTOR],
    )  # fmt: skip
    return list(Staff.objects.filter(Exists(held)).order_by("sort_key"))


SHOWN = {
    "staff": ("first_name", "last_name", "phone", "joined_on", "left_on"),
    "credential": ("kind", "state", "number", "level", "issued_on", "expires_on", "verified_on"),
}
WORDS = {
    ("staff", "insert"): _("File opened"), ("staff", "update"): _("File changed"),
    ("staff", "delete"): _("File removed"), ("credential", "insert"): _("Credential added"),
    ("credential", "update"): _("Credential changed"),
    ("credential", "delete"): _("Credential removed"),
}  # fmt: skip


def versions(permit: Permit, staff: int) -> list[Version]:
    """Every version of a file and its credentials that the database kept, newest first."""
    staff_of(permit, staff)
    files = Staff.pgh_event_model.objects.filter(pgh_obj_id=staff)  # type: ignore[attr-defined]
    held = Credential.pgh_event_model.objects.filter(staff_id=staff)  # type: ignore[attr-defined]
    kept = [("staff", row) for row in files] + [("credential", row) for row in held]
    found = [
        Version(row.pgh_created_at, str(WORDS[what, row.pgh_label]), _values(row, SHOWN[what]))
        for what, row in kept
    ]
    return sorted(found, key=lambda version: version.at, reverse=True)


def _values(row: Any, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """What a version held, in words; empty fields are left out."""
    shown = ((name, getattr(row, name)) for name in names)
    return tuple(
        (name.replace("_", " "), str(value)) for name, value in shown if value not in (None, "")
    )
