"""Weeks as payers count them: hours scheduled, attended, missing, and make-ups that still fit.

Everything is read for many people at once: the statements are as many for one as for a thousand.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from openiop.access.door import everywhere
from openiop.access.queries import closures_at, house_values_at
from openiop.catalog import Answer, HouseValue, resolve
from openiop.kernel.days import age_on
from openiop.kernel.intervals import Interval
from openiop.kernel.permits import Permit
from openiop.patients.queries import Person, apart_pairs, people, rule_packs
from openiop.patients.rules.search import fold
from openiop.programs import queries as programs
from openiop.programs.queries import EpisodeFacts, TrackFacts
from openiop.schedule.queries.openings import (
    Fit,
    busy,
    clinic_phones,
    fit,
    openings,
    sessions_elsewhere,
)  # fmt: skip
from openiop.schedule.queries.planned import Plan, Planned, Plans, plans
from openiop.schedule.rules.weeks import (
    A_WEEK,
    ClosedDay,
    Decision,
    Judged,
    MakeupRules,
    Marks,
    Opening,
    Seeker,
    Totals,
    Week,
    WeekState,
    closes_at,
    judge,
    minutes_by_day,
    obstacle,
    payer_week,
    totals,
)

INTENSIVE = "2"
OFFERED = 4
ONE_DAY = timedelta(days=1)
House = Mapping[str, HouseValue]
Ask = Callable[[str], Answer]


@dataclass(frozen=True)
class Place:
    """The clinic whose rules and clock govern a person's week."""

    clinic: int
    state: str
    timezone: str


@dataclass(frozen=True)
class WeekFacts:
    """One person's week as their payer counts it. `totals.possible_*` adds what is booked and not
    over to what was attended; `missing_*` lacks even then. `person` is None where the record is
    closed to the reader; `planned` holds the sessions of the week; so many short weeks in a row
    as `review_after` says ask for a level-of-care review."""

    record: int
    person: Person | None
    place: Place
    track_name: str
    program_kind: str
    episode: EpisodeFacts | None
    week: Week
    closes_at: datetime
    over: bool
    pack: str
    marks: Marks
    totals: Totals
    judged: Judged
    decision: Decision | None
    review_after: int
    planned: tuple[Planned, ...]
    fitting_makeups: tuple[Fit, ...] = ()

    @property
    def state(self) -> WeekState:
        return self.judged.state

    @property
    def reason(self) -> str:
        return self.judged.reason

    @property
    def missing_minutes(self) -> int:
        return self.judged.missing_minutes

    @property
    def missing_days(self) -> int:
        return self.judged.missing_days

    @property
    def scheduled_minutes(self) -> int:
        return self.totals.scheduled_minutes

    @property
    def attended_minutes(self) -> int:
        return self.totals.attended_minutes

    @property
    def days_scheduled(self) -> int:
        return self.totals.scheduled_days

    @property
    def days_attended(self) -> int:
        return self.totals.attended_days

    @property
    def lacking(self) -> bool:
        return bool(self.missing_minutes or self.missing_days)


def week_of(
    permit: Permit, records: Iterable[int], day: date, *, makeups: bool = True
) -> dict[int, WeekFacts]:
    """The payer's week holding `day`, of each record with a seat about that day. Eight statements
    whatever the number of people; one more in weeks with closures, three more for `makeups`."""
    start, end = day - A_WEEK + ONE_DAY, day + A_WEEK
    found = plans(permit, start, end, records=list(records), all_sessions=makeups)
    return _weeks(permit, found, day, makeups)


def short_weeks(
    permit: Permit, clinics: Iterable[int], day: date, *, makeups: bool = True
) -> list[WeekFacts]:
    """Weeks holding `day` that lack hours or days, of people with a place at some clinics: what
    can still be mended first, then by name. Statements as `week_of`."""
    wanted = permit.clinics.intersection(clinics)
    start, end = day - A_WEEK + ONE_DAY, day + A_WEEK
    found = plans(permit, start, end, clinics=wanted, all_sessions=makeups)
    weeks = _weeks(permit, found, day, makeups)
    lacking = [week for week in weeks.values() if week.lacking and week.person]
    permit.note("schedule.read", table="schedule_attendance", count=len(lacking))
    order = [WeekState.AT_RISK, WeekState.HELD, WeekState.SHORT, *WeekState]
    return sorted(lacking, key=lambda week: (order.index(week.state), _name(week), week.record))


def all_weeks(permit: Permit, clinics: Iterable[int], day: date) -> list[WeekFacts]:
    """The week holding `day` of everybody with a place at some clinics, for boards and counts."""
    wanted = permit.clinics.intersection(clinics)
    found = plans(permit, day - A_WEEK + ONE_DAY, day + A_WEEK, clinics=wanted)
    return list(_weeks(permit, found, day, makeups=False).values())


def _name(week: WeekFacts) -> str:
    return fold(week.person.name) if week.person else ""


def _weeks(permit: Permit, found: Plans, day: date, makeups: bool) -> dict[int, WeekFacts]:
    reading = _read(permit, found, day)
    weeks = {
        record: week
        for record, plan in found.by_record.items()
        if (week := _week(permit, reading, record, plan, day))
    }
    lacking = [week for week in weeks.values() if week.lacking and not week.over]
    if not makeups or not lacking:
        return weeks
    return weeks | _with_makeups(permit, reading, found, lacking)


# --- one person ---


def _week(
    permit: Permit, reading: "_Reading", record: int, plan: Plan, day: date
) -> WeekFacts | None:
    own = reading.home(plan)
    if own is None:
        return None
    place, track_name, kind = own
    pack, episode = reading.packs[record], reading.episodes.get(record)
    person, ask = reading.people.get(record), reading.asking(place, pack)
    admitted = episode.opened_on if episode else plan.seats[0].start_on if plan.seats else day
    week = payer_week(_text(ask("iop.week.definition")), day, admitted)
    mine = tuple(row for row in plan.sessions if row.session.on in week)
    summed = totals((row.booked(permit.now) for row in mine), plan.visited(week))
    ends = closes_at(week, place.timezone)
    marks = _marks(ask, episode, person, week) if plan.seats else Marks()
    decision, decided = plan.decisions.get(week.start, (None, ""))
    found = judge(
        summed, marks, over=permit.now >= ends, closed=reading.closed_days(plan, week, mine),
        partial=_partial(episode, week), decision=decision, decided_reason=decided,
    )  # fmt: skip
    return WeekFacts(
        record=record, person=person, place=place, track_name=track_name, program_kind=kind,
        episode=episode, week=week, closes_at=ends,
        over=permit.now >= ends, pack=pack, marks=marks, totals=summed, judged=found,
        decision=decision, planned=mine,
        review_after=_number(ask("iop.week.short_weeks_for_review")) or 0,
    )  # fmt: skip


def _marks(ask: Ask, episode: EpisodeFacts | None, person: Person | None, week: Week) -> Marks:
    """What the week must reach; nothing outside the intensive levels of care."""
    if episode is None or not episode.level.startswith(INTENSIVE):
        return Marks()
    minor = person and person.birth_on and age_on(person.birth_on, week.start) < 18
    minutes = ask("iop.minor.week.min_minutes" if minor else "iop.week.min_minutes")
    days = ask("iop.week.min_days")
    by_payer = any(
        one.source.startswith("payer/") for one in (*minutes.candidates, *days.candidates)
    )
    return Marks(_number(minutes), _number(days), _number(ask("iop.day.min_minutes")), by_payer)


def _partial(episode: EpisodeFacts | None, week: Week) -> str:
    """Why the person was here for part of the week only."""
    if episode and episode.opened_on > week.start:
        return _("Started on %(day)s") % {"day": date_format(episode.opened_on, "D j M")}
    if episode and episode.closed_on and episode.closed_on < week.last:
        return _("Discharged on %(day)s") % {"day": date_format(episode.closed_on, "D j M")}
    return ""


def _number(answer: Answer) -> int | None:
    return int(str(answer.winner.value)) if answer.winner else None


def _text(answer: Answer) -> str:
    return str(answer.winner.value) if answer.winner else ""


# --- reading for all ---


@dataclass(frozen=True)
class _Reading:
    """What was read about everybody in few statements."""

    people: dict[int, Person]
    packs: dict[int, str]
    episodes: dict[int, EpisodeFacts]
    house: Mapping[int | None, House]
    closures: dict[int, dict[date, str]]
    tracks: dict[int, TrackFacts]
    asked: Callable[[str, Place, str], Answer]

    def asking(self, place: Place, pack: str) -> Ask:
        """The catalog as it governs a person of that clinic and payer."""
        return lambda key: self.asked(key, place, pack)

    def home(self, plan: Plan) -> tuple[Place, str, str] | None:
        """Where the person belongs, with the track's name and program kind."""
        own = {seat.track for seat in plan.seats}
        for row in sorted(plan.sessions, key=lambda row: row.session.track not in own):
            one = row.session
            return Place(one.clinic, one.state, one.timezone), one.track_name, one.program_kind
        for track in (self.tracks[each] for each in own if each in self.tracks):
            return Place(track.clinic, track.state, track.timezone), track.name, track.program_kind
        return None

    def closed_days(self, plan: Plan, week: Week, mine: Iterable[Planned]) -> list[ClosedDay]:
        """Closures of the week on days the person's track would have met, and did not."""
        met = {row.session.on for row in mine}
        return [
            ClosedDay(day, track.counted_minutes, name)
            for seat in plan.seats
            if (track := self.tracks.get(seat.track))
            for day, name in self.closures.get(seat.clinic, {}).items()
            if day in week and day not in met and day.weekday() in track.weekdays
            and seat.holds_on(day)
        ]  # fmt: skip


def _read(permit: Permit, found: Plans, day: date) -> _Reading:
    start, end = day - A_WEEK + ONE_DAY, day + A_WEEK
    records = list(found.by_record)
    places = permit.clinics.union(one.clinic for one in found.sessions.values())
    house = house_values_at(permit, places, day)
    closed = {
        clinic: {
            each: row.name
            for row in rows
            for each in _days(max(row.start_on, start), min(row.end_on, end - ONE_DAY))
        }
        for clinic, rows in closures_at(permit, places, start, end - ONE_DAY).items()
    }
    bare = [plan for plan in found.by_record.values() if not plan.sessions]
    wanted = found.by_record.values() if any(closed.values()) else bare
    tracks = {seat.track for plan in wanted for seat in plan.seats}

    @cache
    def asked(key: str, place: Place, pack: str) -> Answer:
        return resolve(key, state=place.state, on=day, payer=pack, house=house[place.clinic])

    return _Reading(
        people(permit, records), rule_packs(permit, records),
        programs.episodes_during(permit, records, start, end), house, closed,
        {t.id: t for t in programs.tracks(permit, ids=tracks)} if tracks else {}, asked,
    )  # fmt: skip


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


# --- make-ups ---


def _with_makeups(
    permit: Permit, reading: _Reading, found: Plans, lacking: list[WeekFacts]
) -> dict[int, WeekFacts]:
    """The weeks with the sessions that fit: at the own clinic first, then the soonest."""
    here = (one for one in found.sessions.values() if one.clinic in permit.clinics)
    open_ones = openings(permit, here, reading.house)
    seekers = _seekers(permit, reading, found, lacking)
    done = {}
    for week in lacking:
        seeker, rules = seekers[week.record]
        fits = [
            fit(one, found.sessions[one.session])
            for one in open_ones.values()
            if found.sessions[one.session].state == week.place.state
            and not obstacle(seeker, one, rules, permit.now)
        ]
        fits.sort(key=lambda each: (each.clinic != week.place.clinic, each.starts_at))
        done[week.record] = replace(week, fitting_makeups=tuple(fits[:OFFERED]))
    return done


def _seekers(
    permit: Permit, reading: _Reading, found: Plans, weeks: list[WeekFacts]
) -> dict[int, tuple[Seeker, MakeupRules]]:
    """What the make-up rules must know of each person; two statements."""
    records = [week.record for week in weeks]
    apart = apart_pairs(permit, records)
    last = max(week.closes_at for week in weeks)
    taken = busy(permit, records, permit.now, max(last, permit.now))
    return {
        week.record: (
            _seeker(permit, reading, week, found.by_record[week.record],
                    apart.get(week.record, frozenset()), taken.get(week.record, [])),
            _makeup_rules(reading.asking(week.place, week.pack)),
        )
        for week in weeks
    }  # fmt: skip


def _seeker(
    permit: Permit, reading: _Reading, week: WeekFacts, plan: Plan, apart: frozenset[int],
    taken: list[Interval],
) -> Seeker:  # fmt: skip
    made_up = [row for row in plan.sessions if row.makeup]
    accepted = reading.asking(week.place, week.pack)("iop.virtual.accepted").winner
    return Seeker(
        record=week.record, week=week.week, program_kind=week.program_kind,
        booked=frozenset(row.session.id for row in plan.sessions), busy=tuple(taken),
        days=minutes_by_day(row.booked(permit.now) for row in plan.sessions), apart=apart,
        recent=tuple(row.education_only for row in reversed(made_up)),
        virtual_accepted=bool(accepted and accepted.value is True),
        day_minutes=week.marks.day_minutes,
    )  # fmt: skip


def _makeup_rules(ask: Ask) -> MakeupRules:
    return MakeupRules(
        same_week=_is_true(ask("enrollment.makeup.same_week")),
        education_one_in=_number(ask("enrollment.makeup.education_one_in")) or 1,
        units_a_day=_number(ask("enrollment.makeup.units_a_day")) or 1,
        virtual_needs_payer=_is_true(ask("enrollment.makeup.virtual_needs_payer")),
    )


def _is_true(answer: Answer) -> bool:
    """A rule nobody recorded is kept, not dropped."""
    return answer.winner is None or answer.winner.value is True


def makeups_elsewhere(permit: Permit, record: int, day: date) -> list[tuple[Fit, str]]:
    """Sessions that fit as make-ups at clinics of the same state where the permit books nothing,
    the soonest first, each with the phone to call. Nothing for a week that is whole or over."""
    start, end = day - A_WEEK + ONE_DAY, day + A_WEEK
    found = plans(permit, start, end, records=[record])
    if record not in found.by_record:
        return []
    reading = _read(permit, found, day)
    week = _week(permit, reading, record, found.by_record[record], day)
    if week is None or week.over or not week.lacking:
        return []
    there = {one.id: one for one in sessions_elsewhere(permit, week.place.state, week.week)}
    house = house_values_at(permit, {one.clinic for one in there.values()}, day)
    with everywhere(permit, "schedule.makeup.elsewhere"):
        open_ones = openings(permit, there.values(), house)
    permit.note("schedule.makeup.elsewhere", record=record, count=len(open_ones))
    seeker, rules = _seekers(permit, reading, found, [week])[record]
    fits = [fit(one, there[one.session]) for one in open_ones.values()
            if not obstacle(seeker, one, rules, permit.now)]  # fmt: skip
    fits.sort(key=lambda each: (each.starts_at, each.session))
    phones = clinic_phones(permit, [each.session for each in fits[:OFFERED]])
    return [(each, phones[each.session]) for each in fits[:OFFERED]]


def makeup_obstacle(permit: Permit, record: int, session: int, day: date) -> str:
    """Why a session is no make-up for the week of a person that holds `day`, as a code; "" when it
    fits. For the action that books it."""
    start, end = day - A_WEEK + ONE_DAY, day + A_WEEK
    found = plans(permit, start, end, records=[record], all_sessions=True)
    if record not in found.by_record or session not in found.sessions:
        return "unknown"
    if found.sessions[session].clinic not in permit.clinics:
        return "unknown"
    reading = _read(permit, found, day)
    week = _week(permit, reading, record, found.by_record[record], day)
    one: Opening | None = openings(permit, [found.sessions[session]], reading.house).get(session)
    if week is None or one is None:
        return "over"
    seeker, rules = _seekers(permit, reading, found, [week])[record]
    return obstacle(seeker, one, rules, permit.now)
