"""Places in tracks, by day: who has one, who is expected to complete."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.programs.models import Enrollment


@dataclass(frozen=True)
class EnrollmentFacts:
    """A place in a track: the days [start_on, end_on); None: open-ended."""

    id: int
    record: int
    clinic: int
    episode: int
    track: int
    track_name: str
    program_kind: str
    start_on: date
    end_on: date | None
    expected_end_on: date
    counselor: int | None


_ENROLLMENT = (
    "id", "record_id", "clinic_id", "episode_id", "track_id", "track__name",
    "track__program__kind", "during", "episode__expected_end_on", "episode__counselor_id",
)  # fmt: skip


def _enrollment_facts(rows: QuerySet[Enrollment]) -> list[EnrollmentFacts]:
    found: Any = rows.values_list(*_ENROLLMENT)
    return [
        EnrollmentFacts(*(*head, during.lower, during.upper, expected_end_on, counselor))
        for *head, during, expected_end_on, counselor in found
        if not during.isempty
    ]


def enrollments_of(permit: Permit, record: int) -> list[EnrollmentFacts]:
    """Every enrollment of a record, past ones too, newest first; one statement."""
    return _enrollment_facts(Enrollment.objects.filter(record_id=record).order_by("-during"))


def current_enrollments(
    permit: Permit, records: Iterable[int], on: date
) -> dict[int, EnrollmentFacts]:
    """The enrollment of each record that has one on the day; one statement."""
    rows = Enrollment.objects.filter(record_id__in=list(records), during__contains=on)
    return {each.record: each for each in _enrollment_facts(rows)}


def track_enrollments(permit: Permit, track_ids: Iterable[int], on: date) -> list[EnrollmentFacts]:
    """Who is enrolled on the day or later in the tracks, first come first; one statement."""
    rows = Enrollment.objects.filter(
        Q(during__endswith__isnull=True) | Q(during__endswith__gt=on), track_id__in=list(track_ids)
    )
    return _enrollment_facts(rows.order_by("during", "id"))


def enrollment(permit: Permit, enrollment_id: int) -> EnrollmentFacts:
    """One enrollment at the permit's clinics, or Http404."""
    rows = Enrollment.objects.filter(pk=enrollment_id, clinic_id__in=permit.clinics)
    found = _enrollment_facts(rows)
    if not found:
        raise Http404("No such enrollment.")
    return found[0]


def expected_completions(
    permit: Permit, track_ids: Iterable[int], start: date, end: date
) -> dict[int, int]:
    """How many people enrolled on `start` each track expects to complete in [start, end); one
    statement."""
    return {
        track: len(days) for track, days in expected_ends(permit, track_ids, start, end).items()
    }


# Written out: composed from expressions it costs milliseconds each time.
_ENDS = """
SELECT place.track_id, episode.expected_end_on
  FROM programs_enrollment place JOIN programs_episode episode ON episode.id = place.episode_id
 WHERE place.track_id = ANY(%s) AND place.during @> %s::date
   AND episode.expected_end_on >= %s AND episode.expected_end_on < %s
 ORDER BY episode.expected_end_on
"""


def expected_ends(
    permit: Permit, track_ids: Iterable[int], start: date, end: date
) -> dict[int, list[date]]:
    """The days in [start, end) on which people enrolled on `start` are expected to complete, by
    track, in order; one statement."""
    found: dict[int, list[date]] = {track_id: [] for track_id in track_ids}
    with connection.cursor() as cursor:
        cursor.execute(_ENDS, [list(found), start, start, end])
        for track_id, day in cursor.fetchall():
            found[track_id].append(day)
    return found
