"""How large groups really were: who came, counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from openiop.kernel.permits import Permit
from openiop.schedule.models import Attendance
from openiop.schedule.rules.attendance import Status


@dataclass(frozen=True)
class GroupSize:
    """The sessions of a track in some days: how many were held, people on average and at most."""

    sessions: int
    average: float
    largest: int


def group_sizes(
    permit: Permit, clinics: Iterable[int], start: date, end: date
) -> dict[int, GroupSize]:
    """By track, how many people came to its sessions on days of [start, end); tracks where nobody
    came are left out. One statement."""
    rows = Attendance.objects.filter(
        session__clinic_id__in=permit.clinics.intersection(clinics), status=Status.PRESENT,
        session__on__gte=start, session__on__lt=end,
    ).order_by()  # fmt: skip
    came: dict[int, list[int]] = {}
    for track, people in (
        rows.values("session")
        .annotate(people=Count("id"))
        .values_list("session__track_id", "people")
    ):
        came.setdefault(track, []).append(people)
    return {
        track: GroupSize(len(each), sum(each) / len(each), max(each))
        for track, each in came.items()
    }
