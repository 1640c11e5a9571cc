"""The timetables that were asked for: how far each search is, what it found, what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404

from openiop.access.queries import clinics
from openiop.kernel.permits import Permit
from openiop.schedule.models import Attendance, Session, TimetablePlan
from openiop.schedule.queries.sessions import SessionFacts, facts
from openiop.schedule.timetable.facts import Facts, Timetable, from_json
from openiop.schedule.timetable.solve import gap

GRACE = timedelta(minutes=2)  # how long after its time a search may still be heard of
OPEN = ("queued", "running", "stopping")
# A plan of a clinic that the reader does not work at is not there for them.
_ELSEWHERE = """EXISTS (SELECT 1 FROM jsonb_array_elements(facts -> 'clinics') place
                         WHERE (place ->> 'id')::bigint <> ALL(%s))"""


@dataclass(frozen=True)
class PlanFacts:
    """One search. `on` is the day it is made for; `gap` what could still be gained at most, as a
    share of the objective; `silent`: nothing was heard of it for longer than it was given."""

    id: int
    area: str
    area_name: str
    state: str
    on: date
    asked_at: datetime
    asked_by: str
    seconds_given: int
    seconds: float | None
    objective: float | None
    bound: float | None
    found: bool
    applied_at: datetime | None
    undone_at: datetime | None
    silent: bool

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def applied(self) -> bool:
        return self.applied_at is not None and self.undone_at is None

    @property
    def gap(self) -> float | None:
        return gap(*(None if each is None else round(each)
                     for each in (self.objective, self.bound)))  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What was asked, and the best answer (None where there is none) or the rules in conflict."""

    facts: Facts
    timetable: Timetable | None
    blocking: tuple[dict[str, Any], ...]
    applied: dict[str, Any]

    @cached_property
    def areas(self) -> dict[int, str]:
        return {clinic.id: clinic.area for clinic in self.facts.clinics}


def _seen(permit: Permit) -> QuerySet[TimetablePlan]:
    rows = TimetablePlan.objects.select_related("area", "asked_by")
    elsewhere = RawSQL(_ELSEWHERE, [list(permit.clinics)])  # noqa: S611
    return rows.annotate(
        elsewhere=elsewhere, found=RawSQL("best IS NOT NULL", [])
    ).filter(elsewhere=False)  # fmt: skip


def plans(permit: Permit, limit: int = 30) -> list[PlanFacts]:
    """The latest searches, newest first; one statement."""
    rows = _seen(permit).defer("facts", "best", "applied").order_by("-asked_at", "-id")[:limit]
    return [_told(permit, row) for row in rows]


def plan(permit: Permit, number: int) -> PlanFacts:
    """One search; 404 where there is none at the reader's clinics."""
    row = _seen(permit).defer("facts", "best", "applied").filter(pk=number).first()
    if row is None:
        raise Http404("No such plan.")
    return _told(permit, row)


def found_of(permit: Permit, number: int) -> Found:
    """What a plan asked and found; 404 as `plan`."""
    row = _seen(permit).filter(pk=number).first()
    if row is None:
        raise Http404("No such plan.")
    best = row.best and from_json(Timetable, row.best)
    return Found(from_json(Facts, row.facts), best or None, tuple(row.blocking), row.applied or {})


def _told(permit: Permit, row: Any) -> PlanFacts:
    until = row.asked_at + timedelta(seconds=row.seconds_given) + GRACE
    return PlanFacts(
        row.pk, row.area.code if row.area else "", row.area.name if row.area else "", row.state,
        row.applied_from, row.asked_at, row.asked_by.name if row.asked_by else "",
        row.seconds_given, row.seconds, row.objective, row.bound, row.found, row.applied_at,
        row.undone_at, row.state in OPEN and permit.now > until,
    )  # fmt: skip


def coming(permit: Permit, tracks: Iterable[int], on: date) -> list[SessionFacts]:
    """Sessions of these tracks by their pattern from a day on, on the calendar, to which nobody
    came yet; one statement."""
    attended = Attendance.objects.filter(session=OuterRef("pk"))
    rows = Session.objects.filter(
        ~Exists(attended), track_id__in=list(tracks), clinic_id__in=permit.clinics,
        pattern_on__gte=on, status="scheduled", starts_at__gt=permit.now,
    )  # fmt: skip
    return facts(rows.order_by("starts_at", "id"))


def speaks_from(tracks: Iterable[int]) -> dict[int, date | None]:
    """From when each track's pattern speaks, None where from its first day; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, pattern_from FROM programs_track WHERE id = ANY(%s)", [list(tracks)]
        )
        return dict(cursor.fetchall())


def areas(permit: Permit) -> list[tuple[int, str, str]]:
    """Areas of the reader's clinics: id, code and name, in order."""
    rows: Iterable[Any] = clinics(permit).values_list("area_id", "area__code", "area__name")
    return sorted(set(rows), key=lambda each: each[2])
