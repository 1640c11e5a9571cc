"""What people have planned about a day: seats, the sessions behind them, what was recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from openiop.kernel.days import local_day
from openiop.kernel.permits import Permit
from openiop.schedule.models import Appointment, Attendance, Seat, Session, WeekDecision
from openiop.schedule.queries.attendance import AttendanceFacts
from openiop.schedule.queries.attendance import facts as attendance_facts
from openiop.schedule.queries.sessions import SessionFacts
from openiop.schedule.queries.sessions import facts as session_facts
from openiop.schedule.rules.attendance import visit_minutes
from openiop.schedule.rules.weeks import Booked, Decision, Week

MAKEUPS_BACK, ONE_DAY = timedelta(days=60), timedelta(days=1)


@dataclass(frozen=True)
class Planned:
    """A session a person has a seat in, or came to without one."""

    session: SessionFacts
    makeup: bool
    marked: AttendanceFacts | None

    def booked(self, now: datetime) -> Booked:
        """As the week's rules count it."""
        return Booked(
            self.session.id, self.session.on, self.session.counted_minutes,
            self.marked.program_minutes if self.marked else None,
            ended=self.session.ends_at <= now, makeup=self.makeup,
        )  # fmt: skip

    @property
    def education_only(self) -> bool:
        """Nothing but teaching: no counseling, family or skills block."""
        return {block.kind for block in self.session.blocks if block.counts} == {"education"}


@dataclass(frozen=True)
class TrackSeat:
    """A place in a track for the days [start_on, end_on); None: for good."""

    track: int
    clinic: int
    start_on: date
    end_on: date | None

    def holds_on(self, day: date) -> bool:
        return self.start_on <= day and (self.end_on is None or day < self.end_on)


@dataclass(frozen=True)
class Plan:
    """One person's: sessions in order (make-ups of the last 60 days included), places in tracks,
    the last decision about each week by its first day, minutes of visits held outside groups."""

    sessions: tuple[Planned, ...]
    seats: tuple[TrackSeat, ...]
    decisions: dict[date, tuple[Decision, str]]
    visits: dict[date, int]

    def visited(self, week: Week) -> int:
        """Minutes of the week in visits outside groups."""
        return sum(minutes for day, minutes in self.visits.items() if day in week)


@dataclass(frozen=True)
class Plans:
    """Everybody's plans, and every session read for them."""

    by_record: dict[int, Plan]
    sessions: dict[int, SessionFacts]


def plans(
    permit: Permit, start: date, end: date, *, records: Iterable[int] | None = None,
    clinics: Iterable[int] = (), all_sessions: bool = False,
) -> Plans:  # fmt: skip
    """Plans on days of [start, end) of some records, or of everybody with a place at some clinics;
    three statements. `all_sessions` reads every session of the permit's clinics in those days;
    what a person attends at another clinic is read wherever it is."""
    seats = _seats(start, end, records, clinics)
    came = _came(seats, start, end)
    single = {seat.session for held in seats.values() for seat in held if seat.session}
    near = Q(track_id__in={seat.track for held in seats.values() for seat in held})
    if all_sessions:
        near |= Q(clinic_id__in=permit.clinics)
    wanted = Q(near, on__gte=start, on__lt=end) | Q(id__in=single.union(*came.values()))
    rows = Session.objects.filter(wanted).order_by("starts_at", "id")
    sessions = {one.id: one for one in session_facts(rows)}
    on_track: dict[int, list[SessionFacts]] = {}
    for one in sessions.values():
        if start <= one.on < end and one.held:
            on_track.setdefault(one.track, []).append(one)
    found = {
        record: _plan(held, came.get(record, {}), sessions, on_track)
        for record, held in seats.items()
    }
    return Plans(found, sessions)


@dataclass(frozen=True)
class _Seat:
    kind: str
    track: int
    clinic: int
    session: int | None
    start_on: date
    end_on: date | None
    decided: list[dict[str, str]]
    held: list[dict[str, str]]


def _seats(
    start: date, end: date, records: Iterable[int] | None, clinics: Iterable[int]
) -> dict[int, list[_Seat]]:
    held = Seat.objects.filter(released_at__isnull=True)
    in_track = Q(kind="enrolled", during__overlap=DateRange(start, end))
    single = Q(
        kind__in=["makeup", "merged"], during__overlap=DateRange(start - MAKEUPS_BACK, end)
    )  # fmt: skip
    placed = held.filter(in_track, clinic_id__in=list(clinics)).values("record_id")
    who = Q(record_id__in=placed if records is None else list(records))
    rows = held.filter(in_track | single, who).annotate(
        decided=ArraySubquery(_decided(start, end)), held=ArraySubquery(_held(start, end))
    )
    found: dict[int, list[_Seat]] = {}
    for record, kind, track, clinic, session, during, *more in rows.order_by("id").values_list(
        "record_id", "kind", "track_id", "clinic_id", "session_id", "during", "decided", "held"
    ):
        seat = _Seat(kind, track, clinic, session, during.lower, during.upper, *more)
        found.setdefault(record, []).append(seat)
    return found


def _decided(start: date, end: date) -> QuerySet[WeekDecision, Any]:
    rows = WeekDecision.objects.filter(
        record=OuterRef("record"), week_on__gte=start, week_on__lt=end
    ).order_by("decided_at", "id")
    return rows.values(json=JSONObject(week="week_on", decision="decision", reason="reason"))


def _held(start: date, end: date) -> QuerySet[Appointment, Any]:
    """Visits outside groups that were held, a day about the edges too: days are the clinics'."""
    rows = Appointment.objects.filter(
        record=OuterRef("record"), outcome="held", starts_at__date__gte=start - ONE_DAY,
        starts_at__date__lte=end,
    ).order_by("starts_at")  # fmt: skip
    return rows.values(
        json=JSONObject(
            id="id", kind="kind", starts_at="starts_at", ends_at="ends_at",
            timezone="clinic__timezone",
        )
    )  # fmt: skip


def _came(records: Iterable[int], start: date, end: date) -> dict[int, dict[int, AttendanceFacts]]:
    recent = Q(session__on__gte=start) | Q(makeup=True, session__on__gte=start - MAKEUPS_BACK)
    rows = Attendance.objects.filter(recent, record_id__in=list(records), session__on__lt=end)
    found: dict[int, dict[int, AttendanceFacts]] = {}
    for row in attendance_facts(rows):
        found.setdefault(row.record, {})[row.session] = row
    return found


def _plan(
    held: list[_Seat], came: dict[int, AttendanceFacts], sessions: dict[int, SessionFacts],
    on_track: dict[int, list[SessionFacts]],
) -> Plan:  # fmt: skip
    """Expected by seat, or there without one; a session once, however it came about."""
    places = [TrackSeat(s.track, s.clinic, s.start_on, s.end_on) for s in held if not s.session]
    own = {
        one.id for place in places for one in on_track.get(place.track, ())
        if place.holds_on(one.on)
    }  # fmt: skip
    single = {
        seat.session: seat.kind == "makeup" for seat in held
        if seat.session in sessions and sessions[seat.session].held
    }  # fmt: skip
    there = {each: row.makeup for each, row in came.items() if each in sessions}
    makeups = {**there, **single, **dict.fromkeys(own, False)}
    rows = [
        Planned(sessions[each], makeup, came.get(each)) for each, makeup in makeups.items()
    ]  # fmt: skip
    decided = {
        date.fromisoformat(each["week"]): (Decision(each["decision"]), each["reason"])
        for seat in held
        for each in seat.decided
    }
    return Plan(tuple(sorted(rows, key=_when)), tuple(places), decided, _visits(held))


def _visits(seats: list[_Seat]) -> dict[date, int]:
    """Counted minutes by local day; every seat of a person brings the same visits."""
    found: dict[date, int] = {}
    for each in {visit["id"]: visit for seat in seats for visit in seat.held}.values():
        starts_at, ends_at = map(datetime.fromisoformat, (each["starts_at"], each["ends_at"]))
        day = local_day(starts_at, each["timezone"])
        minutes = visit_minutes(each["kind"], starts_at, ends_at, "held")
        found[day] = found.get(day, 0) + minutes
    return found


def _when(row: Planned) -> tuple[datetime, int]:
    return (row.session.starts_at, row.session.id)
