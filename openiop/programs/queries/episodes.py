"""Courses of care, with the level of care in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import JSONField, Q, QuerySet
from django.db.models.expressions import RawSQL

from openiop.kernel.permits import Permit
from openiop.programs.models import Episode

# Written out: composed from expressions they cost milliseconds each time.
_LEVEL = """SELECT jsonb_build_array(level.level, level.days_a_week)
  FROM programs_levelofcare level
 WHERE level.episode_id = programs_episode.id AND level.from_on <= %s
 ORDER BY level.from_on DESC, level.id DESC LIMIT 1"""


@dataclass(frozen=True)
class EpisodeFacts:
    """One course of care. `level` and `days_a_week` are those in force on the day asked for."""

    id: int
    record: int
    clinic: int
    program: int
    program_name: str
    program_kind: str
    opened_on: date
    expected_end_on: date
    closed_on: date | None
    close_reason: str
    counselor: int | None
    level: str
    days_a_week: int | None


_EPISODE = (
    "id", "record_id", "clinic_id", "program_id", "program__name", "program__kind", "opened_on",
    "expected_end_on", "closed_on", "close_reason", "counselor_id",
)  # fmt: skip


def episodes(permit: Permit, records: Iterable[int], on: date) -> dict[int, EpisodeFacts]:
    """The open episode of each record that has one, the newest first asked; one statement."""
    rows = Episode.objects.filter(record_id__in=list(records), closed_on__isnull=True)
    return {found.record: found for found in _episode_facts(rows.order_by("opened_on", "id"), on)}


def episodes_during(
    permit: Permit, records: Iterable[int], start: date, end: date
) -> dict[int, EpisodeFacts]:
    """The latest episode of each record open on some day of [start, end), closed ones included,
    with the level in force on its last day there; one statement."""
    rows = Episode.objects.filter(
        Q(closed_on__isnull=True) | Q(closed_on__gte=start),
        record_id__in=list(records), opened_on__lt=end,
    )  # fmt: skip
    last = end - timedelta(days=1)
    return {found.record: found for found in _episode_facts(rows.order_by("opened_on", "id"), last)}


def episodes_of(permit: Permit, record: int, on: date) -> list[EpisodeFacts]:
    """All episodes of a record, newest first."""
    return _episode_facts(
        Episode.objects.filter(record_id=record).order_by("-opened_on", "-id"), on
    )


def _episode_facts(rows: QuerySet[Episode], on: date) -> list[EpisodeFacts]:
    rows = rows.annotate(now=RawSQL(_LEVEL, (on,), output_field=JSONField()))  # noqa: S611
    return [
        EpisodeFacts(*head, *(level or ("", None)))
        for *head, level in rows.values_list(*_EPISODE, "now")
    ]
