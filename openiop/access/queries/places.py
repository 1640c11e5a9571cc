"""Clinics, rooms and closures, and the clinic a person works at now."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from openiop.access.models import Clinic, ClinicLicense, Closure, Organization, Room
from openiop.kernel.permits import Permit


def clinics(permit: Permit) -> QuerySet[Clinic]:
    """The permit's clinics, by name."""
    return Clinic.objects.filter(id__in=permit.clinics).order_by("name")


def clinic(permit: Permit, code: str) -> Clinic:
    """One of the permit's clinics by code, or Http404."""
    found = Clinic.objects.filter(id__in=permit.clinics, code=code).first()
    if found is None:
        raise Http404("No such clinic.")
    return found


class Here(NamedTuple):
    """A clinic somebody works at, as every page may show it."""

    id: int
    code: str
    name: str
    state: str
    timezone: str
    street: str
    city: str
    zip_code: str
    phone: str
    area: str
    area_code: str


def current_clinic(request: HttpRequest, permit: Permit) -> Here | None:
    """The clinic chosen in the switcher, else the first by name; None without any. Times are shown
    in its zone from here on."""
    here = [each for each in my_clinics(request, permit) if each.id in permit.clinics]
    chosen = [each for each in here if each.code == request.session.get("clinic")]
    current = next(iter(chosen or here), None)
    if current:
        timezone.activate(current.timezone)
    return current


# Written out, since every page asks.
_MINE = """
  SELECT clinic.id, clinic.code, clinic.name, clinic.state, clinic.timezone, clinic.street,
         clinic.city, clinic.zip_code, clinic.phone, area.name, area.code
    FROM access_clinic clinic JOIN access_area area ON area.id = clinic.area_id
   WHERE clinic.id = ANY(%s) ORDER BY clinic.name"""


def my_clinics(request: HttpRequest, permit: Permit) -> list[Here]:
    """`all_clinics` by name; one statement a request."""
    if not hasattr(request, "clinics"):
        with connection.cursor() as cursor:
            cursor.execute(_MINE, [list(permit.roles or permit.clinics)])
            request.clinics = list(map(Here._make, cursor.fetchall()))  # type: ignore[attr-defined]
    found: list[Here] = request.clinics  # type: ignore[attr-defined]
    return found


def all_clinics(permit: Permit) -> QuerySet[Clinic]:
    """Every clinic where the person holds a role, whatever the act; a job's are the permit's."""
    ids = set(permit.roles) or permit.clinics
    return Clinic.objects.filter(id__in=ids).order_by("name")


def rooms(permit: Permit, clinic: int) -> QuerySet[Room]:
    """Rooms in use at a clinic, by name."""
    return Room.objects.filter(clinic_id=clinic, retired_on__isnull=True).order_by("name")


def closures(permit: Permit, clinic_id: int, start: date, end: date) -> list[Closure]:
    """Closures touching [start, end] at a clinic, organization-wide ones included."""
    return closures_at(permit, [clinic_id], start, end)[clinic_id]


def closures_at(
    permit: Permit, clinic_ids: Iterable[int], start: date, end: date
) -> dict[int, list[Closure]]:
    """`closures` of several clinics; one statement."""
    wanted = list(clinic_ids)
    rows = list(
        Closure.objects.filter(
            Q(clinic_id__in=wanted) | Q(clinic__isnull=True),
            organization_id=permit.organization, start_on__lte=end, end_on__gte=start,
        ).order_by("start_on")
    )  # fmt: skip
    return {clinic: [row for row in rows if row.clinic_id in (None, clinic)] for clinic in wanted}


def organization_ids() -> list[int]:
    """Every organization of this installation, for jobs that serve each; needs no open door."""
    return list(Organization.objects.order_by("id").values_list("id", flat=True))


def holidays_of(state: str, year: int) -> list[tuple[date, str]]:
    """Public holidays of a state in a year, in order, with their names."""
    import holidays  # a second to load, and few pages need it

    found = holidays.country_holidays("US", subdiv=state, years=[year])
    return sorted((day, found.get(day)) for day in found)


@dataclass(frozen=True)
class ClinicRow:
    """A clinic in the list of all."""

    clinic: Clinic
    rooms: int
    seats: int
    next_closure: Closure | None


@dataclass(frozen=True)
class Place:
    """Everything a clinic's page shows."""

    clinic: Clinic
    licenses: list[ClinicLicense]
    rooms: list[Room]
    closures: list[Closure]


def network(permit: Permit, on: date) -> tuple[list[ClinicRow], list[Closure]]:
    """The permit's clinics by name with rooms and the next closure, and closures to come of them
    and of the whole network; three statements."""
    here = list(clinics(permit).select_related("area"))
    closed = list(
        Closure.objects.filter(
            Q(clinic__in=here) | Q(clinic=None), organization_id=permit.organization,
            end_on__gte=on,
        ).select_related("clinic").order_by("start_on", "clinic__name")
    )  # fmt: skip
    used = Room.objects.filter(clinic__in=here, retired_on=None).values_list("clinic", "capacity")
    seats: dict[int, list[int]] = defaultdict(list)
    for clinic_id, capacity in used:
        seats[clinic_id].append(capacity)
    rows = [
        ClinicRow(
            one, len(seats[one.id]), sum(seats[one.id]),
            next((each for each in closed if each.clinic_id in (None, one.id)), None),
        )
        for one in here
    ]  # fmt: skip
    permit.note("access.network.read", table="access_clinic", count=len(rows))
    return rows, closed


def place(permit: Permit, code: str, on: date) -> Place:
    """One of the permit's clinics with its licenses, rooms and closures to come, or Http404."""
    found = clinic(permit, code)
    permit.note("access.network.read", table="access_clinic", row=found.id)
    return Place(
        found,
        list(found.licenses.order_by("kind", "number")),
        list(found.rooms.order_by("retired_on", "name")),
        closures(permit, found.id, on, date.max),
    )


def closure_of(permit: Permit, closure: int) -> Closure:
    """A closure of one of the permit's clinics or of the whole network, or Http404."""
    here = Q(clinic_id__in=permit.clinics) | Q(clinic=None)
    found = Closure.objects.filter(here, pk=closure, organization_id=permit.organization).first()
    if found is None:
        raise Http404("No such closure.")
    return found


def room_of(permit: Permit, room: int) -> Room:
    """A room of one of the permit's clinics, or Http404."""
    found = Room.objects.filter(pk=room, clinic_id__in=permit.clinics).first()
    if found is None:
        raise Http404("No such room.")
    return found
