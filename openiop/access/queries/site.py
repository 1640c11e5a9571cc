"""What anybody may know of the organization: its name, its phone, its clinics."""

from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection

from openiop.kernel.permits import Permit


class PublicClinic(NamedTuple):
    """A clinic as a stranger may know it. `hours`: weekday number ("0" is Monday) to opening and
    closing time. `licenses`: (kind, number, expires on or None), those in force.
    `languages` besides English that somebody there speaks."""

    id: int
    code: str
    name: str
    state: str
    timezone: str
    street: str
    city: str
    zip_code: str
    phone: str
    hours: dict[str, list[str]]
    capabilities: frozenset[str]
    area: str
    area_code: str
    step_free: bool
    licenses: list[tuple[str, str, date | None]]
    languages: list[str]


class Site:
    """The organization with its open clinics, by area and name."""

    def __init__(self, name: str, phone: str, clinics: list[PublicClinic]) -> None:
        self.name, self.phone, self.clinics = name, phone, clinics

    @cached_property
    def capabilities(self) -> frozenset[str]:
        """What at least one clinic can do: medication, psychiatry, telehealth."""
        return frozenset().union(*(each.capabilities for each in self.clinics))

    @cached_property
    def areas(self) -> dict[str, str]:
        """Areas by code, with their names."""
        return {each.area_code: each.area for each in self.clinics}

    @cached_property
    def states(self) -> list[str]:
        return sorted({each.state for each in self.clinics})

    def clinic(self, code: str) -> PublicClinic | None:
        return next((each for each in self.clinics if each.code.lower() == code.lower()), None)


# One row each; an organization without clinics has one row of nothing.
_SITE = """
SELECT o.name, o.phone, c.id, c.code, c.name, c.state, c.timezone, c.street, c.city, c.zip_code,
       c.phone, c.hours::json, c.capabilities, a.name, a.code,
       coalesce((SELECT bool_and(r.accessible) FROM access_room r
                  WHERE r.clinic_id = c.id AND r.retired_on IS NULL), false),
       (SELECT json_agg(json_build_array(l.kind, l.number, l.expires_on) ORDER BY l.kind, l.number)
          FROM access_cliniclicense l
         WHERE l.clinic_id = c.id AND l.issued_on <= %(on)s
           AND (l.expires_on IS NULL OR l.expires_on > %(on)s)),
       (SELECT array_agg(DISTINCT spoken ORDER BY spoken)
          FROM access_roleassignment r
          JOIN access_staff s ON s.id = r.staff_id AND (s.left_on IS NULL OR s.left_on > %(on)s)
         CROSS JOIN unnest(s.languages) spoken
         WHERE r.clinic_id = c.id AND r.during @> %(on)s::date)
  FROM access_organization o
  LEFT JOIN access_clinic c ON c.organization_id = o.id AND c.opened_on <= %(on)s
   AND (c.closed_on IS NULL OR c.closed_on > %(on)s)
  LEFT JOIN access_area a ON a.id = c.area_id
 WHERE o.id = %(organization)s
 ORDER BY a.name, c.name
"""


def site(permit: Permit) -> Site:
    """The organization as anybody may know it today; one statement."""
    on = permit.today(permit.timezone)
    values: dict[str, Any] = {"organization": permit.organization, "on": on}
    with connection.cursor() as cursor:
        cursor.execute(_SITE, values)
        rows = cursor.fetchall()
    name, phone = rows[0][:2]
    return Site(name, phone, [_clinic(row[2:]) for row in rows if row[2]])


def _clinic(row: tuple[Any, ...]) -> PublicClinic:
    *head, hours, capabilities, area, area_code, step_free, licenses, languages = row
    in_force = [
        (kind, number, date.fromisoformat(until) if until else None)
        for kind, number, until in licenses or ()
    ]
    can = frozenset(capabilities)
    return PublicClinic._make(
        (*head, hours, can, area, area_code, step_free, in_force, languages or [])
    )
