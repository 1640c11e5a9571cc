"""Every read about programs, tracks, episodes, enrollments and waiting lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import JSONField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.programs.models import (
    Enrollment,
    Episode,
    Program,
    Track,
    TrackStaff,
)  # fmt: skip
from openiop.programs.models import WaitingEntry as Entry

IN_LINE = ("waiting", "offered")


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
_LEVEL = """SELECT jsonb_build_array(level.level, level.days_a_week)
  FROM programs_levelofcare level
 WHERE level.episode_id = programs_episode.id AND level.from_on <= %s
 ORDER BY level.from_on DESC, level.id DESC LIMIT 1"""


def _with_day(rows: QuerySet[Track]) -> QuerySet[Track]:
    return rows.annotate(day=_DAY)


def _facts(row: tuple[object, ...]) -> TrackFacts:
    values = dict(zip(_FIELDS, row, strict=True))
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
    )  # type: ignore[arg-type, call-overload]  # fmt: skip


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
    return [
        EnrollmentFacts(*head, during.lower, during.upper, expected_end_on, counselor)
        for *head, during, expected_end_on, counselor in rows.values_list(*_ENROLLMENT)
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


@dataclass(frozen=True)
class Waiting:
    """A place in line. `place` counts from 1 among those still waiting or holding an offer."""

    id: int
    record: int
    number: str
    track: int
    track_name: str
    clinic: int
    joined_at: datetime
    note: str
    state: str
    offer_expires_at: datetime | None
    place: int


_WAITING = (
    "id", "record_id", "record__number", "track_id", "track__name", "clinic_id", "joined_at",
    "note", "state", "offer_expires_at",
)  # fmt: skip


def _line(rows: QuerySet[Entry]) -> list[Waiting]:
    """Entries in order, numbered by track."""
    places: dict[int, int] = {}
    found = []
    for row in rows.order_by("joined_at", "id").values_list(*_WAITING):
        places[row[3]] = places.get(row[3], 0) + 1
        found.append(Waiting(*row, place=places[row[3]]))
    return found


def waiting_lists(permit: Permit, track_ids: Iterable[int]) -> dict[int, list[Waiting]]:
    """Who waits for each track, in order; one statement. People the permit may not see are left
    out."""
    found: dict[int, list[Waiting]] = {track_id: [] for track_id in track_ids}
    for waiting in _line(Entry.objects.filter(track_id__in=found, state__in=IN_LINE)):
        found[waiting.track].append(waiting)
    return found


def waiting_at(permit: Permit, clinic_ids: Iterable[int]) -> list[Waiting]:
    """Everybody in line at the clinics, by track and place; one statement."""
    wanted = permit.clinics.intersection(clinic_ids)
    found = _line(Entry.objects.filter(clinic_id__in=wanted, state__in=IN_LINE))
    return sorted(found, key=lambda waiting: (waiting.track_name, waiting.track, waiting.place))


def waiting_entry(permit: Permit, entry: int) -> Waiting:
    """One entry still in line at the permit's clinics, or Http404; its `place` is not counted."""
    rows = Entry.objects.filter(pk=entry, clinic_id__in=permit.clinics, state__in=IN_LINE)
    row = rows.values_list(*_WAITING).first()
    if row is None:
        raise Http404("No such entry in line.")
    return Waiting(*row, place=0)


def expired_offers(permit: Permit) -> list[Waiting]:
    """Offers whose time is over; one statement."""
    return _line(Entry.objects.filter(
        clinic_id__in=permit.clinics, state="offered", offer_expires_at__lte=permit.now
    ))  # fmt: skip


def expected_completions(
    permit: Permit, track_ids: Iterable[int], start: date, end: date
) -> dict[int, int]:
    """How many people enrolled on `start` each track expects to complete in [start, end); one
    statement."""
    return {
        track: len(days) for track, days in expected_ends(permit, track_ids, start, end).items()
    }


def expected_ends(
    permit: Permit, track_ids: Iterable[int], start: date, end: date
) -> dict[int, list[date]]:
    """The days in [start, end) on which people enrolled on `start` are expected to complete, by
    track, in order; one statement."""
    found: dict[int, list[date]] = {track_id: [] for track_id in track_ids}
    rows = Enrollment.objects.filter(
        track_id__in=found, during__contains=start, episode__expected_end_on__gte=start,
        episode__expected_end_on__lt=end,
    )  # fmt: skip
    for track_id, day in rows.order_by("episode__expected_end_on").values_list(
        "track_id", "episode__expected_end_on"
    ):
        found[track_id].append(day)
    return found
