"""Programs and tracks: what is offered, when, where, by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.programs.models import Program, Track, TrackStaff
from openiop.programs.queries.waiting import IN_LINE


@dataclass(frozen=True)
class BlockFacts:
    """One stretch of a track's day; breaks never count toward hours."""

    kind: str
    minutes: int

    @property
    def counts(self) -> bool:
        return self.kind != "break"


@dataclass(frozen=True)
class StaffFacts:
    """Who holds a track during the days [from_on, to_on): part "lead" or "co"."""

    id: int
    name: str
    part: str
    from_on: date
    to_on: date | None

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day < self.to_on)


@dataclass(frozen=True)
class TrackFacts:
    """A track's weekly pattern and place. Weekdays: Monday is 0. `pattern_from`: the first day the
    pattern speaks for; `end_on`: the last day on which it may meet, None while it runs."""

    id: int
    clinic: int
    state: str
    timezone: str
    code: str
    name: str
    program: int
    program_kind: str
    weekdays: tuple[int, ...]
    starts: time
    mode: str
    event: str
    room: int | None
    room_name: str
    room_capacity: int | None
    blocks: tuple[BlockFacts, ...]
    start_on: date
    end_on: date | None
    pattern_from: date

    @property
    def minutes(self) -> int:
        """From the first to the last block, breaks included."""
        return sum(block.minutes for block in self.blocks)

    @property
    def counted_minutes(self) -> int:
        """Minutes a day that count toward hours."""
        return sum(block.minutes for block in self.blocks if block.counts)


_FIELDS = (
    "id", "clinic_id", "clinic__state", "clinic__timezone", "code", "name", "program_id",
    "program__kind", "weekdays", "starts", "mode", "event", "room_id", "room__name",
    "room__capacity", "day", "start_on", "end_on", "pattern_from",
)  # fmt: skip
# Written out: composed from expressions they cost milliseconds each time.
_DAY = RawSQL(
    """SELECT coalesce(jsonb_agg(jsonb_build_object('kind', block.kind, 'minutes', block.minutes)
           ORDER BY block."order"), '[]')
         FROM programs_trackblock block WHERE block.track_id = programs_track.id""",
    (),
    output_field=JSONField(),
)
_HOME = """ARRAY(SELECT record.clinic_id
  FROM programs_episode episode JOIN access_record record ON record.id = episode.record_id
 WHERE episode.id = %s AND episode.record_id = %s AND episode.closed_on IS NULL)"""
_ENTRY = """ARRAY(SELECT entry.id FROM programs_waitingentry entry
  WHERE entry.track_id = programs_track.id AND entry.record_id = %s AND entry.state = ANY(%s))"""


def _with_day(rows: QuerySet[Track]) -> QuerySet[Track]:
    return rows.annotate(day=_DAY)


def _facts(row: tuple[Any, ...]) -> TrackFacts:
    values: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    return TrackFacts(
        id=values["id"], clinic=values["clinic_id"], state=values["clinic__state"],
        timezone=values["clinic__timezone"], code=values["code"], name=values["name"],
        program=values["program_id"], program_kind=values["program__kind"],
        weekdays=tuple(values["weekdays"]), starts=values["starts"], mode=values["mode"],
        event=values["event"], room=values["room_id"], room_name=values["room__name"] or "",
        room_capacity=values["room__capacity"],
        blocks=tuple(BlockFacts(**block) for block in values["day"]),
        start_on=values["start_on"], end_on=values["end_on"],
        pattern_from=values["pattern_from"] or values["start_on"],
    )  # fmt: skip


def tracks(
    permit: Permit, clinic_ids: Iterable[int] | None = None, *, running_on: date | None = None,
    ids: Iterable[int] | None = None, lock: bool = False,
) -> list[TrackFacts]:  # fmt: skip
    """Tracks of the clinics (all of the permit's by default), by clinic and start; one statement.
    `running_on` leaves out those that ended before the day, `ids` all but some; `lock` holds their
    rows, lowest first, until the end of the transaction, so that one writer at a time counts and
    takes the seats of a track."""
    wanted = permit.clinics if clinic_ids is None else permit.clinics.intersection(clinic_ids)
    rows = Track.objects.filter(clinic_id__in=wanted).order_by("clinic__name", "starts", "name")
    if ids is not None:
        rows = rows.filter(id__in=list(ids))
    if running_on:
        rows = rows.exclude(end_on__lt=running_on)
    if lock:
        rows = rows.select_for_update(no_key=True, of=("self",)).order_by("id")
    return [_facts(row) for row in _with_day(rows).values_list(*_FIELDS)]


def track(permit: Permit, track_id: int) -> TrackFacts:
    """One track of the permit's clinics, or Http404."""
    rows = Track.objects.filter(pk=track_id, clinic_id__in=permit.clinics)
    row = _with_day(rows).values_list(*_FIELDS).first()
    if row is None:
        raise Http404("No such track.")
    return _facts(row)


@dataclass(frozen=True)
class Application:
    """What enrolling one person needs to know about them. `home`: the clinic of their record, None
    when the episode is not theirs or not open; `waiting`: their entry in the track's list."""

    home: int | None
    waiting: int | None


def locked_track(
    permit: Permit, track_id: int, *, record: int, episode: int
) -> tuple[TrackFacts, Application]:
    """Hold the track's row and read it together with the person's episode and waiting entry; one
    statement. Http404 when the track is none of the permit's."""
    rows = _with_day(Track.objects.filter(pk=track_id, clinic_id__in=permit.clinics)).annotate(
        home=RawSQL(_HOME, (episode, record)),  # noqa: S611
        entry=RawSQL(_ENTRY, (record, list(IN_LINE))),  # noqa: S611
    )
    locked = rows.select_for_update(no_key=True, of=("self",))
    row = locked.values_list(*_FIELDS, "home", "entry").first()
    if row is None:
        raise Http404("No such track.")
    *facts, home, entry = row
    return _facts(tuple(facts)), Application(next(iter(home), None), next(iter(entry), None))


def staffing(
    permit: Permit, track_ids: Iterable[int], start: date, end: date | None = None
) -> dict[int, list[StaffFacts]]:
    """Who holds each track on the day `start`, or on some day of [start, end), the lead first; one
    statement."""
    found: dict[int, list[StaffFacts]] = {track_id: [] for track_id in track_ids}
    rows = TrackStaff.objects.filter(track_id__in=found)
    if end is None:
        rows = rows.filter(during__contains=start)
    else:
        rows = rows.filter(during__overlap=DateRange(start, max(start, end)))
    for row in rows.select_related("staff").order_by("-part", "id"):
        found[row.track_id].append(
            StaffFacts(row.staff_id, row.staff.name, row.part, row.during.lower, row.during.upper)
        )
    return found


@dataclass(frozen=True)
class ProgramFacts:
    """What the organization offers: kind "substance_use", "mental_health" or "co_occurring"."""

    id: int
    code: str
    name: str
    kind: str
    label: str


def programs(permit: Permit) -> list[ProgramFacts]:
    """Programs offered now, by name."""
    rows = Program.objects.filter(organization_id=permit.organization, retired_on__isnull=True)
    return [
        ProgramFacts(row.id, row.code, row.name, row.kind, row.get_kind_display())
        for row in rows.order_by("name")
    ]
