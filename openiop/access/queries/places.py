"""Clinics, rooms and closures, and the clinic a person works at now."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from openiop.access.models import Clinic, Closure, Organization, Room
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
