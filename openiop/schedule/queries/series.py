"""Series of one-to-ones: what one would take, looked at whole before it is confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.queries import clinics, closures
from openiop.kernel.days import local
from openiop.kernel.intervals import Interval
from openiop.kernel.permits import Permit
from openiop.patients.queries import person
from openiop.programs.queries import episodes
from openiop.schedule.models import Appointment, Away, Occupancy, Series
from openiop.schedule.queries.availability import Asked, open_slots
from openiop.schedule.queries.clashes import FreeTime, Wish, clashes
from openiop.schedule.queries.types import types
from openiop.schedule.rules import series as rules
from openiop.schedule.rules.clashes import Clash, free_starts, hours, sentence

OFFERED = 4


@dataclass(frozen=True)
class SeriesAsked:
    """A wished series; `starts` on the clinic's clock, `until_on` included. `replaces` an older
    series, whose visits from `from_on` on give way."""

    record: int
    clinic: int
    type: int
    staff: int
    every: str
    weekday: int
    starts: time
    minutes: int
    from_on: date
    until_on: date
    nth: int | None = None
    room: int | None = None
    mode: str = "in_person"
    replaces: int | None = None

    @property
    def days(self) -> list[date]:
        return rules.days(self.every, self.weekday, self.nth, self.from_on, self.until_on)

    @property
    def needs(self) -> list[tuple[str, int]]:
        room = [("room", self.room)] if self.room else []
        return [("staff", self.staff), ("record", self.record), *room]


@dataclass(frozen=True)
class SeriesDay:
    """One day of a wished series: `clash` says what stands in the way, "" if nothing does, and
    `choices` when everything is free on that day instead."""

    on: date
    starts_at: datetime
    ends_at: datetime
    clash: str
    choices: tuple[FreeTime, ...] = ()


@dataclass(frozen=True)
class SeriesFacts:
    """A series as it was made; `left` are its visits to come."""

    id: int
    record: int
    clinic: int
    timezone: str
    type: int
    type_name: str
    staff: int
    staff_name: str
    room: int | None
    mode: str
    every: str
    every_name: str
    weekday: int
    nth: int | None
    starts: time
    minutes: int
    until_on: date
    ended: bool
    left: int


def series_of(permit: Permit, record: int) -> list[SeriesFacts]:
    """A person's series with visits to come, the newest first; two statements."""
    rows = Series.objects.filter(record_id=record)
    found = list(rows.select_related("clinic", "type", "staff").order_by("-id"))
    left: dict[int, int] = {}
    for series in to_come(permit, found).values_list("series_id", flat=True):
        left[series] = left.get(series, 0) + 1
    return [_facts(row, left.get(row.id, 0)) for row in found if left.get(row.id)]


def series(permit: Permit, series_id: int) -> SeriesFacts:
    """One series at the permit's clinics, or Http404."""
    rows = Series.objects.filter(pk=series_id, clinic_id__in=permit.clinics)
    row = rows.select_related("clinic", "type", "staff").first()
    if row is None:
        raise Http404("No such series.")
    return _facts(row, to_come(permit, [row]).count())


def to_come(
    permit: Permit, of: Iterable[Series], since: datetime | None = None
) -> QuerySet[Appointment]:
    """Visits of series that lie ahead and stand."""
    return Appointment.objects.filter(
        series__in=list(of), starts_at__gte=max(since or permit.now, permit.now), outcome="",
        cancelled_at__isnull=True,
    )  # fmt: skip


def _facts(row: Series, left: int) -> SeriesFacts:
    return SeriesFacts(
        id=row.id, record=row.record_id, clinic=row.clinic_id, timezone=row.clinic.timezone,
        type=row.type_id, type_name=row.type.name, staff=row.staff_id, staff_name=row.staff.name,
        room=row.room_id, mode=row.mode, every=row.every, every_name=row.get_every_display(),
        weekday=row.weekday, nth=row.nth, starts=row.starts, minutes=row.minutes,
        until_on=row.until_on, ended=row.ended_at is not None, left=left,
    )  # fmt: skip


def preview(permit: Permit, asked: SeriesAsked) -> tuple[SeriesDay, ...]:
    """Every day of a wished series with what stands in its way and what is free instead; at most
    eight statements however long it is."""
    place = clinics(permit).filter(pk=asked.clinic).first()
    if place is None:
        raise Http404("No such clinic.")
    length = timedelta(minutes=asked.minutes)
    wanted = {day: local(day, asked.starts, place.timezone) for day in asked.days}
    stretches = {day: Interval(at, at + length) for day, at in wanted.items()}
    if not stretches:
        return ()
    ways = _in_the_way(permit, asked, stretches, place.timezone)
    free = _Free(
        asked, stretches, place.timezone, place.hours, giving_way(permit, asked, stretches)
    )
    return tuple(
        SeriesDay(day, at, at + length, ways.get(day, ""), free.on(day) if day in ways else ())
        for day, at in wanted.items()
    )


def giving_way(
    permit: Permit, asked: SeriesAsked, stretches: dict[date, Interval] | None = None
) -> list[int]:
    """Visits of the series that a wished one replaces, from its first day on."""
    if asked.replaces is None:
        return []
    old = Series.objects.filter(pk=asked.replaces, record_id=asked.record)
    zone = clinics(permit).get(pk=asked.clinic).timezone
    since = local(asked.from_on, time(0), zone)
    return list(to_come(permit, old, since).order_by("id").values_list("id", flat=True))


def _in_the_way(
    permit: Permit, asked: SeriesAsked, stretches: dict[date, Interval], timezone: str
) -> dict[date, str]:
    """What stands in the way on each day, as sentences."""
    wishes = [
        Wish(*need, stretch.start, stretch.end)
        for stretch in stretches.values()
        for need in asked.needs
    ]
    found = clashes(permit, asked.clinic, wishes, but_visits=giving_way(permit, asked))
    whole = Interval(min(s.start for s in stretches.values()),
                     max(s.end for s in stretches.values()))  # fmt: skip
    away = [
        Interval(during.lower, during.upper)
        for during in away_during([asked.staff], whole).values_list("during", flat=True)
    ]
    closed = closures(permit, asked.clinic, min(stretches), max(stretches) + timedelta(days=1))
    ways: dict[date, str] = {}
    for day, stretch in stretches.items():
        words = [_("The clinic is closed: %(why)s.") % {"why": each.name}
                 for each in closed if each.start_on <= day <= each.end_on]  # fmt: skip
        words += [_("The colleague is away then.") for each in away if each.overlaps(stretch)][:1]
        there = [c for c in found if stretch.overlaps(Interval(c.starts_at, c.ends_at))]
        words += _sentences(there, timezone)
        if words:
            ways[day] = " ".join(words)
    return ways


def away_during(staff: Iterable[int], whole: Interval) -> QuerySet[Away]:
    """Stretches in which colleagues are away, none that was taken back."""
    return Away.objects.filter(
        staff_id__in=staff, ended_at__isnull=True,
        during__overlap=DateTimeTZRange(whole.start, whole.end),
    )  # fmt: skip


def _sentences(found: list[Clash], timezone: str) -> list[str]:
    others = sentence([clash for clash in found if clash.kind != "record"], timezone)
    own = [
        _("This person has %(what)s on %(when)s.")
        % {"what": clash.held_by, "when": hours(clash.starts_at, clash.ends_at, timezone)}
        for clash in found
        if clash.kind == "record"
    ]
    return [words for words in [others, *own] if words]


class _Free:
    """Free starts on any of the days, from two reads for all of them."""

    def __init__(
        self, asked: SeriesAsked, stretches: dict[date, Interval], timezone: str,
        opening: dict[str, list[str]], but: list[int],
    ) -> None:  # fmt: skip
        self.asked, self.zone, self.opening = asked, timezone, opening
        first, last = min(stretches), max(stretches) + timedelta(days=1)
        self.whole = Interval(local(first, time(0), timezone), local(last, time(0), timezone))
        self.but = but
        self._busy: list[Interval] | None = None

    def on(self, day: date) -> tuple[FreeTime, ...]:
        if self._busy is None:
            self._busy = self._read()
        opens = self.opening.get(str(day.weekday()))
        if opens is None:
            return ()
        begin, end = (local(day, time.fromisoformat(clock), self.zone) for clock in opens)
        open_hours = Interval(begin, end)
        busy = [each for each in self._busy if each.overlaps(open_hours)]
        starts = free_starts(open_hours, busy, timedelta(minutes=self.asked.minutes))
        wanted = local(day, self.asked.starts, self.zone)
        near = sorted(starts, key=lambda start: abs(start - wanted))[:OFFERED]
        zone = ZoneInfo(self.zone)
        return tuple(FreeTime(day, start.astimezone(zone).time()) for start in near)

    def _read(self) -> list[Interval]:
        whole = DateTimeTZRange(self.whole.start, self.whole.end)
        needed = Q()
        for kind, resource in self.asked.needs:
            needed |= Q(kind=kind, resource=resource)
        rows = Occupancy.objects.filter(
            needed, ends_at__gt=self.whole.start, during__overlap=whole
        ).exclude(appointment_id__in=self.but)
        away = away_during([self.asked.staff], self.whole)
        return [
            Interval(during.lower, during.upper)
            for during in [*rows.values_list("during", flat=True),
                           *away.values_list("during", flat=True)]
        ]  # fmt: skip


SPAN = timedelta(weeks=12)


def proposal(permit: Permit, record: int, every: str) -> SeriesAsked | None:
    """The series one would ask for: with the person's counselor or whom they met last, at their
    usual time, to the expected end of care, in place of the series that runs; else at the first
    free time. None where no type of one-to-one fits or nobody is free."""
    who = person(permit, record)
    place = clinics(permit).filter(pk=who.clinic).first()
    if place is None:
        raise Http404("No such clinic.")
    today = permit.today(place.timezone)
    episode = episodes(permit, [record], today).get(record)
    running = next((each for each in series_of(permit, record) if not each.ended), None)
    usual = running or _usual(permit, record, episode.counselor if episode else None, place, today)
    if usual is None:
        return None
    from_on = today + timedelta(days=1)
    until_on = max(episode.expected_end_on if episode else from_on + SPAN, from_on + SPAN)
    first = next(iter(rules.days("week", usual.weekday, None, from_on, until_on)))
    return SeriesAsked(
        record=record, clinic=usual.clinic, type=usual.type, staff=usual.staff, every=every,
        weekday=usual.weekday, starts=usual.starts, minutes=usual.minutes, room=usual.room,
        nth=rules.nth_of(first) if every == "month" else None, mode=usual.mode, from_on=from_on,
        until_on=min(until_on, from_on + timedelta(days=365)),
        replaces=running.id if running else None,
    )  # fmt: skip


@dataclass(frozen=True)
class _Usual:
    clinic: int
    type: int
    staff: int
    room: int | None
    mode: str
    weekday: int
    starts: time
    minutes: int


def _usual(
    permit: Permit, record: int, counselor: int | None, place: Any, today: date
) -> _Usual | None:
    """The latest one-to-one of a type, else the first free time with the counselor."""
    last = Appointment.objects.filter(
        record_id=record, kind="individual", type__isnull=False, cancelled_at__isnull=True,
        nested_in__isnull=True, type__retired_on__isnull=True, clinic_id=place.id,
    ).order_by("-starts_at").first()  # fmt: skip
    zone = ZoneInfo(place.timezone)
    if last and last.type_id:
        at = last.starts_at.astimezone(zone)
        length = int((last.ends_at - last.starts_at) / timedelta(minutes=1))
        return _Usual(place.id, last.type_id, counselor or last.staff_id, last.room_id, last.mode,
                      at.weekday(), at.time(), length)  # fmt: skip
    kind = next((each for each in types(permit) if each.kind == "individual"), None)
    if kind is None:
        return None
    asked = Asked(type=kind.id, clinics=frozenset([place.id]), start=today + timedelta(days=1),
                  staff=counselor, record=record, mode=kind.modes[0], limit=1)  # fmt: skip
    slot = next(iter(open_slots(permit, asked)), None)
    if slot is None:
        return None
    at = slot.starts_at.astimezone(zone)
    return _Usual(slot.clinic, kind.id, slot.staff, slot.room, slot.mode, at.weekday(), at.time(),
                  kind.minutes)  # fmt: skip
