"""Programs and tracks: what is offered, when, where, by whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.programs.models import Program, TrackStaff
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


# Written out: composed from expressions it costs milliseconds each time.
_TRACK = """
SELECT track.id, track.clinic_id, clinic.state, clinic.timezone, track.code, track.name,
       track.program_id, program.kind, track.weekdays, track.starts, track.mode, track.event,
       track.room_id, coalesce(room.name, ''), room.capacity,
       ARRAY(SELECT block.kind FROM programs_trackblock block WHERE block.track_id = track.id
              ORDER BY block."order"),
       ARRAY(SELECT block.minutes FROM programs_trackblock block WHERE block.track_id = track.id
              ORDER BY block."order"),
       track.start_on, track.end_on, coalesce(track.pattern_from, track.start_on){more}
  FROM programs_track track
  JOIN access_clinic clinic ON clinic.id = track.clinic_id
  JOIN programs_program program ON program.id = track.program_id
  LEFT JOIN access_room room ON room.id = track.room_id
 WHERE track.clinic_id = ANY(%(clinics)s)
   AND (%(ids)s::bigint[] IS NULL OR track.id = ANY(%(ids)s))
   AND (%(running_on)s::date IS NULL OR track.end_on IS NULL OR track.end_on >= %(running_on)s)
"""
_LISTED = _TRACK.format(more="") + " ORDER BY clinic.name, track.starts, track.name"
_LOCKED = _TRACK.format(more="") + " ORDER BY track.id FOR NO KEY UPDATE OF track"
_APPLICANT = """,
       (SELECT record.clinic_id FROM programs_episode episode
          JOIN access_record record ON record.id = episode.record_id
         WHERE episode.id = %(episode)s AND episode.record_id = %(record)s
           AND episode.closed_on IS NULL),
       (SELECT entry.id FROM programs_waitingentry entry
         WHERE entry.track_id = track.id AND entry.record_id = %(record)s
           AND entry.state = ANY(%(in_line)s) LIMIT 1)"""
_APPLIED = _TRACK.format(more=_APPLICANT) + " FOR NO KEY UPDATE OF track"


def _read(statement: str, clinics: Iterable[int], **values: Any) -> list[tuple[Any, ...]]:
    asked = {"ids": None, "running_on": None} | values | {"clinics": list(clinics)}
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _facts(row: Sequence[Any]) -> TrackFacts:
    *head, kinds, minutes, start_on, end_on, pattern_from = row
    head[8] = tuple(head[8])
    blocks = tuple(map(BlockFacts, kinds, minutes))
    return TrackFacts(*(*head, blocks, start_on, end_on, pattern_from))


def tracks(
    permit: Permit, clinic_ids: Iterable[int] | None = None, *, running_on: date | None = None,
    ids: Iterable[int] | None = None, lock: bool = False,
) -> list[TrackFacts]:  # fmt: skip
    """Tracks of the clinics (all of the permit's by default), by clinic and start; one statement.
    `running_on` leaves out those that ended before the day, `ids` all but some; `lock` holds their
    rows, lowest first, until the end of the transaction, so that one writer at a time counts and
    takes the seats of a track."""
    wanted = permit.clinics if clinic_ids is None else permit.clinics.intersection(clinic_ids)
    rows = _read(
        _LOCKED if lock else _LISTED, wanted, running_on=running_on,
        ids=None if ids is None else list(ids),
    )  # fmt: skip
    return [_facts(row) for row in rows]


def tracks_on_offer(permit: Permit, clinic_ids: Iterable[int], on: date) -> list[TrackFacts]:
    """Tracks of any clinics of the organization that run on a day, by clinic and start; one
    statement. A timetable names nobody, so anybody may read it."""
    return [_facts(row) for row in _read(_LISTED, clinic_ids, running_on=on, ids=None)]


def track(permit: Permit, track_id: int) -> TrackFacts:
    """One track of the permit's clinics, or Http404."""
    found = tracks(permit, ids=[track_id])
    if not found:
        raise Http404("No such track.")
    return found[0]


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
    rows = _read(
        _APPLIED, permit.clinics, ids=[track_id], record=record, episode=episode,
        in_line=list(IN_LINE),
    )  # fmt: skip
    if not rows:
        raise Http404("No such track.")
    *facts, home, waiting = rows[0]
    return _facts(facts), Application(home, waiting)


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
