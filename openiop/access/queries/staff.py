"""Staff as other rooms know them: names, roles held, credentials."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from openiop.access.credential_rules import CredentialFact
from openiop.access.models import Credential, Staff
from openiop.catalog import credential_kind
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


_COLLEAGUES = """
  SELECT s.id, s.first_name, s.last_name, s.phone, c.kind, c.state, c.number, c.issued_on,
         c.expires_on, c.level, c.verified_on IS NOT NULL
    FROM access_staff s LEFT JOIN access_credential c ON c.staff_id = s.id
   WHERE s.id = ANY(%s)
   ORDER BY c.issued_on, c.id"""


def colleagues(permit: Permit, ids: Iterable[int]) -> dict[int, Colleague]:
    """Staff by id with their credentials, the oldest first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COLLEAGUES, [list(ids)])
        rows = cursor.fetchall()
    facts: dict[int, list[CredentialFact]] = {}
    for staff, _first, _last, _phone, *credential in rows:
        facts.setdefault(staff, []).extend([CredentialFact(*credential)] if credential[0] else [])
    return {
        staff: Colleague(
            staff, f"{first} {last}", (first[:1] + last[:1]).upper(), phone, tuple(facts[staff])
        )
        for staff, first, last, phone, *_ in rows
    }


def fact_of(row: Credential) -> CredentialFact:
    return CredentialFact(
        kind=row.kind, state=row.state, number=row.number, issued_on=row.issued_on,
        expires_on=row.expires_on, level=row.level, verified=row.verified_on is not None,
    )  # fmt: skip


def holders(permit: Permit, clinic_id: int, on: date, roles: Iterable[Role]) -> QuerySet[Staff]:
    """Who holds one of the roles at a clinic on a day, each once and in no order."""
    return Staff.objects.filter(
        Q(left_on__isnull=True) | Q(left_on__gt=on),
        role_assignments__clinic_id=clinic_id,
        role_assignments__role__in=[role.value for role in roles],
        role_assignments__during__contains=on,
    ).distinct()


def staff_at(permit: Permit, clinic_id: int, on: date, roles: Iterable[Role]) -> list[Colleague]:
    """`holders` by name, with credentials; two statements."""
    found = colleagues(permit, holders(permit, clinic_id, on, roles).values_list("id", flat=True))
    return sorted(found.values(), key=lambda each: each.name)


def staff_names(permit: Permit, ids: Iterable[int]) -> Mapping[int, str]:
    """Names of staff by id."""
    return {row.id: row.name for row in Staff.objects.filter(id__in=set(ids))}
