"""What `access` can be asked: places, house values, staff and their credentials."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from openiop.access.credential_rules import CredentialFact
from openiop.access.models import (
    Clinic,
    Closure,
    Credential,
    HousePolicy,
    Organization,
    Room,
    Staff,
)
from openiop.catalog import HouseValue, credential_kind
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit


@dataclass(frozen=True)
class Colleague:
    """A staff member with the credentials they hold: what facilitation and signing rules need."""

    id: int
    name: str
    initials: str
    phone: str
    credentials: tuple[CredentialFact, ...]

    def shown(self, state: str, day: date) -> str:
        """Credential initials valid in `state` on `day`, as they stand after a signature."""
        valid = [c for c in self.credentials if c.state == state and _valid(c, day)]
        kinds = [credential_kind(c.kind, state=state, on=day, level=c.level or 0) for c in valid]
        return ", ".join(kind.initials for kind in kinds if kind)


def _valid(credential: CredentialFact, day: date) -> bool:
    ends = credential.expires_on
    return credential.issued_on <= day and (ends is None or day <= ends)


def clinics(permit: Permit) -> QuerySet[Clinic]:
    """The permit's clinics, by name."""
    return Clinic.objects.filter(id__in=permit.clinics).order_by("name")


def clinic(permit: Permit, code: str) -> Clinic:
    """One of the permit's clinics by code, or Http404."""
    found = Clinic.objects.filter(id__in=permit.clinics, code=code).first()
    if found is None:
        raise Http404("No such clinic.")
    return found


def current_clinic(request: HttpRequest, permit: Permit) -> Clinic | None:
    """The clinic chosen in the switcher, else the first by name; None without any. Times are shown
    in its zone from here on."""
    mine = list(getattr(request, "clinics", None) or all_clinics(permit))
    request.clinics = mine  # type: ignore[attr-defined]
    here = [each for each in mine if each.id in permit.clinics]
    chosen = [each for each in here if each.code == request.session.get("clinic")]
    current = next(iter(chosen or here), None)
    if current:
        timezone.activate(current.timezone)
    return current


def all_clinics(permit: Permit) -> QuerySet[Clinic]:
    """Every clinic where the person holds a role, whatever the act; a job's are the permit's."""
    ids = set(permit.roles) or permit.clinics
    return Clinic.objects.filter(id__in=ids).order_by("name")


def rooms(permit: Permit, clinic: int) -> QuerySet[Room]:
    """Rooms in use at a clinic, by name."""
    return Room.objects.filter(clinic_id=clinic, retired_on__isnull=True).order_by("name")


def closures(permit: Permit, clinic_id: int, start: date, end: date) -> list[Closure]:
    """Closures touching [start, end] at a clinic, organization-wide ones included."""
    return list(
        Closure.objects.filter(
            Q(clinic_id=clinic_id) | Q(clinic__isnull=True),
            organization_id=permit.organization, start_on__lte=end, end_on__gte=start,
        ).order_by("start_on")
    )  # fmt: skip


def house_values(permit: Permit, clinic_id: int | None, on: date) -> dict[str, HouseValue]:
    """The house's own rule values in force at a clinic on a day; a clinic's beats the network's."""
    rows = HousePolicy.objects.filter(
        Q(clinic_id=clinic_id) | Q(clinic__isnull=True), from_on__lte=on
    ).select_related("set_by").order_by("clinic_id", "from_on")  # fmt: skip
    ordered = sorted(rows, key=lambda row: (row.clinic_id is not None, row.from_on))
    return {
        row.key: HouseValue(
            _number(row.value), row.from_on, row.reason, row.set_by.name if row.set_by else ""
        )
        for row in ordered
    }


def _number(text: str) -> int | float | str:
    """A stored value as the number it is, or the word it is."""
    try:
        return int(text)
    except ValueError:
        return text


def colleagues(permit: Permit, ids: Iterable[int]) -> dict[int, Colleague]:
    """Staff by id with their credentials; two statements whatever the number."""
    wanted = list(ids)
    facts: dict[int, list[CredentialFact]] = {}
    for row in Credential.objects.filter(staff_id__in=wanted).order_by("issued_on"):
        facts.setdefault(row.staff_id, []).append(_fact(row))
    return {
        row.id: Colleague(row.id, row.name, row.initials, row.phone, tuple(facts.get(row.id, ())))
        for row in Staff.objects.filter(id__in=wanted)
    }


def _fact(row: Credential) -> CredentialFact:
    return CredentialFact(
        kind=row.kind, state=row.state, number=row.number, issued_on=row.issued_on,
        expires_on=row.expires_on, level=row.level, verified=row.verified_on is not None,
    )  # fmt: skip


def staff_at(permit: Permit, clinic_id: int, on: date, roles: Iterable[Role]) -> list[Colleague]:
    """Who holds one of the roles at a clinic on a day, by name, with credentials."""
    ids = (
        Staff.objects.filter(
            left_on__isnull=True,
            role_assignments__clinic_id=clinic_id,
            role_assignments__role__in=[role.value for role in roles],
            role_assignments__during__contains=on,
        )
        .order_by("sort_key")
        .values_list("id", flat=True)
        .distinct()
    )
    found = colleagues(permit, ids)
    return sorted(found.values(), key=lambda each: each.name)


def staff_names(permit: Permit, ids: Iterable[int]) -> Mapping[int, str]:
    """Names of staff by id."""
    return {row.id: row.name for row in Staff.objects.filter(id__in=set(ids))}


def organization_ids() -> list[int]:
    """Every organization of this installation, for jobs that serve each; needs no open door."""
    return list(Organization.objects.order_by("id").values_list("id", flat=True))
