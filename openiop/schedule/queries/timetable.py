"""The question a timetable answers, built from the rows: who is where, who wants a seat, what is
allowed. And the plans asked for."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from django.db import connection

from openiop.access.credential_rules import CredentialFact, may_facilitate
from openiop.access.queries import colleagues, house_values_at
from openiop.catalog import HouseValue, credential_kind, resolve
from openiop.kernel.permits import Permit
from openiop.programs.queries import TrackFacts, programs, staffing, tracks
from openiop.schedule.rules.capacity import caps
from openiop.schedule.timetable.facts import (
    Clinic,
    Demand,
    Facts,
    Hours,
    Limits,
    Member,
    Pattern,
    Program,
    Room,
    Shift,
    Today,
    Weights,
    daypart,
)  # fmt: skip

HORIZON = timedelta(weeks=4)  # who leaves and who comes within these weeks
PAST = timedelta(weeks=8)
USUAL_DAYS = ((0, 2, 4), (0, 2, 3), (1, 2, 3), (0, 1, 3), (1, 3, 4))
USUAL_STARTS = (9 * 60, 13 * 60, 17 * 60 + 30)
BLOCK_KINDS = ("counseling", "education", "family", "skills")
A_VISIT = 60
WEEKS_BETWEEN = {"week": 1.0, "fortnight": 2.0, "month": 52 / 12}
House = Mapping[str, HouseValue]

_CLINICS = """
SELECT clinic.id, clinic.name, area.code, clinic.state, clinic.hours
  FROM access_clinic clinic JOIN access_area area ON area.id = clinic.area_id
 WHERE clinic.id = ANY(%(clinics)s) AND (%(area)s = '' OR area.code = %(area)s)
   AND (clinic.closed_on IS NULL OR clinic.closed_on > %(on)s) ORDER BY area.code, clinic.name"""
_ROOMS = """
SELECT id, clinic_id, name, capacity, accessible FROM access_room
 WHERE clinic_id = ANY(%(clinics)s) AND retired_on IS NULL ORDER BY clinic_id, name"""
_STAFF = """
SELECT staff.id, staff.languages, staff.caseload_max,
       array_agg(DISTINCT assigned.clinic_id),
       (SELECT count(*) FROM programs_episode episode
         WHERE episode.counselor_id = staff.id AND episode.closed_on IS NULL)
  FROM access_staff staff
  JOIN access_roleassignment assigned ON assigned.staff_id = staff.id
 WHERE assigned.clinic_id = ANY(%(clinics)s) AND assigned.during @> %(on)s
   AND (staff.left_on IS NULL OR staff.left_on > %(on)s)
 GROUP BY staff.id ORDER BY staff.id"""
_SHIFTS = """
SELECT staff_id, clinic_id, weekday, starts, ends, use FROM schedule_workinghours
 WHERE clinic_id = ANY(%(clinics)s) AND during @> %(on)s
   AND (upper(during) IS NULL OR upper(during) - lower(during) > 1)
 ORDER BY staff_id, weekday, starts"""
_CADENCES = """
SELECT episode.counselor_id, latest.every, count(*)
  FROM programs_episode episode
  JOIN LATERAL (SELECT cadence.every FROM schedule_cadence cadence
                 WHERE cadence.record_id = episode.record_id AND cadence.from_on <= %(on)s
                 ORDER BY cadence.set_at DESC LIMIT 1) latest ON true
 WHERE episode.clinic_id = ANY(%(clinics)s) AND episode.closed_on IS NULL
   AND episode.counselor_id IS NOT NULL AND latest.every <> 'month'
 GROUP BY 1, 2"""
_PLACES = """
SELECT place.track_id, place.record_id, episode.expected_end_on > %(later)s,
       CASE WHEN patient.step_free THEN true ELSE false END
  FROM programs_enrollment place
  JOIN programs_episode episode ON episode.id = place.episode_id
  LEFT JOIN patients_patient patient ON patient.record_id = place.record_id
 WHERE place.track_id = ANY(%(tracks)s) AND place.during && daterange(%(on)s, NULL)"""
_WAITING = """
SELECT entry.track_id, entry.record_id, false,
       CASE WHEN patient.step_free THEN true ELSE false END
  FROM programs_waitingentry entry
  LEFT JOIN patients_patient patient ON patient.record_id = entry.record_id
 WHERE entry.track_id = ANY(%(tracks)s) AND entry.state IN ('waiting', 'offered')"""
_BUSY = """
SELECT record_id, weekdays, starts, ends FROM schedule_commitment
 WHERE record_id = ANY(%(records)s) AND during @> %(on)s ORDER BY id"""
_ARRIVED = """
SELECT track_id, count(*) FROM programs_enrollment
 WHERE track_id = ANY(%(tracks)s) AND lower(during) >= %(since)s AND lower(during) <= %(on)s
 GROUP BY track_id"""
_FOR_WHOM = "SELECT id, focus, language FROM programs_track WHERE id = ANY(%(tracks)s)"


def _rows(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def facts(permit: Permit, on: date, area: str = "", weights: Weights | None = None) -> Facts:
    """Everything to be planned at the permit's clinics (of an area) as it stands on a day, without
    any name of a person in care; some fifteen statements, however many rows."""
    places = _clinics(permit, on, area)
    here = [clinic.id for clinic in places]
    running = [one for one in tracks(permit, here, running_on=on) if one.blocks]
    offered = [Program(one.id, one.kind, one.name) for one in programs(permit)]
    rooms = [Room(*row) for row in _rows(_ROOMS, clinics=here)]
    house = house_values_at(permit, [None], on)[None]
    return Facts(
        tuple(places), tuple(rooms), tuple(_members(permit, places, offered, on)),
        tuple(offered), *_people(permit, running, places, on), _patterns(running),
        _limits(house, on), weights or Weights(),
    )  # fmt: skip


def _clinics(permit: Permit, on: date, area: str) -> list[Clinic]:
    rows = _rows(_CLINICS, clinics=list(permit.clinics), area=area, on=on)
    house = house_values_at(permit, [row[0] for row in rows], on)
    found = []
    for number, name, code, state, opened in rows:
        limits = caps(["counseling"], state=state, on=on, house=house[number])
        hours = tuple(
            Hours(int(day), _minutes(time.fromisoformat(times[0])),
                  _minutes(time.fromisoformat(times[1])))
            for day, times in sorted(json.loads(opened).items())
        )  # fmt: skip
        found.append(Clinic(number, name, code, state, hours, limits.house, limits.legal))
    return found


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _limits(house: House, on: date) -> Limits:
    def number(key: str) -> int:
        rule = resolve(key, state="", on=on, house=house).winner
        return int(str(rule.value)) if rule else 0

    return Limits(
        rest_minutes=60 * number("staff.rest.min_hours"),
        day_minutes=60 * number("staff.group.max_hours_a_day"),
        week_minutes=60 * number("staff.group.max_hours_a_week"),
        floor=number("group.house.floor"), target=number("group.house.target"),
        trauma_cap=number("group.trauma.max"),
        per_facilitator=number("group.facilitator.max_people"),
        staff_in_building=number("building.staff.min"), visit_minutes=A_VISIT,
    )  # fmt: skip


# --- colleagues --------------------------------------------------------------------------------


def _members(
    permit: Permit, places: list[Clinic], offered: list[Program], on: date
) -> list[Member]:
    here = {clinic.id: clinic for clinic in places}
    rows = _rows(_STAFF, clinics=list(here), on=on)
    known = colleagues(permit, [row[0] for row in rows])
    shifts, visits = _shifts(here, on)
    more = _more_often(here, on)
    members = []
    for number, languages, most, clinics, caseload in rows:
        one = known[number]
        own = shifts.get(number) or _assumed(number, clinics, here)
        states = {here[shift.clinic].state for shift in own}
        leads = _leads(one.credentials, states, offered, on)
        meets = (caseload + more[number]) * A_VISIT / WEEKS_BETWEEN["month"] if leads else 0
        members.append(Member(
            number, one.name, own, leads, ("en", *languages), _is_intern(one.credentials, on),
            _is_watched(one.credentials, on), (), caseload, most,
            int(-(-meets // A_VISIT)) * A_VISIT, visits.get(number, ()),
        ))  # fmt: skip
    return _supervised(members, known, {clinic.state for clinic in places}, on)


def _shifts(
    here: Mapping[int, Clinic], on: date
) -> tuple[dict[int, tuple[Shift, ...]], dict[int, tuple[Shift, ...]]]:
    """The weekly hours of each colleague, and those of them kept for one-to-ones."""
    all_: dict[int, list[Shift]] = defaultdict(list)
    kept: dict[int, list[Shift]] = defaultdict(list)
    for staff, clinic, weekday, starts, ends, use in _rows(_SHIFTS, clinics=list(here), on=on):
        shift = Shift(clinic, weekday, _minutes(starts), _minutes(ends))
        last = all_[staff][-1] if all_[staff] else None
        if last and (last.clinic, last.weekday, last.ends) == (clinic, weekday, shift.starts):
            all_[staff][-1] = replace(last, ends=shift.ends)
        else:
            all_[staff].append(shift)
        if use == "visits":
            kept[staff].append(shift)
    return ({staff: tuple(own) for staff, own in all_.items()},
            {staff: tuple(own) for staff, own in kept.items()})  # fmt: skip


def _assumed(staff: int, clinics: list[int], here: Mapping[int, Clinic]) -> tuple[Shift, ...]:
    """Without hours on file, somebody of one clinic is there while it is open."""
    if len(clinics) != 1:
        return ()
    clinic = here[clinics[0]]
    return tuple(Shift(clinic.id, each.weekday, each.starts, each.ends) for each in clinic.hours)


def _more_often(here: Mapping[int, Clinic], on: date) -> Counter[int]:
    """People a counselor meets more often than monthly, as so many more monthly ones."""
    found: Counter[int] = Counter()
    for staff, every, people in _rows(_CADENCES, clinics=list(here), on=on):
        times = WEEKS_BETWEEN["month"] / WEEKS_BETWEEN[every]
        found[staff] += round(people * (times - 1))
    return found


def _leads(
    held: Iterable[CredentialFact], states: set[str], offered: list[Program], on: date
) -> tuple[str, ...]:
    own = list(held)
    if not own:
        return ()
    kinds = sorted({program.kind for program in offered})
    return tuple(
        f"{state} {kind} {block}"
        for state in sorted(states) for kind in kinds for block in BLOCK_KINDS
        if may_facilitate(
            own, block_kind=block, state=state, on=on, program=kind.replace("_", "-")
        ).allowed
    )  # fmt: skip


def _kinds(held: Iterable[CredentialFact], on: date) -> list[Any]:
    found = [credential_kind(one.kind, state=one.state, on=on, level=one.level or 0)
             for one in held]  # fmt: skip
    return [one for one in found if one]


def _is_intern(held: Iterable[CredentialFact], on: date) -> bool:
    kinds = _kinds(held, on)
    return bool(kinds) and all(one.supervision != "none" for one in kinds)


def _is_watched(held: Iterable[CredentialFact], on: date) -> bool:
    """Does every credential ask for a supervisor on site (interns of level I and II)?"""
    kinds = _kinds(held, on)
    return bool(kinds) and all(one.supervision == "on-site" for one in kinds)


def _supervised(
    members: list[Member], known: Mapping[int, Any], states: set[str], on: date
) -> list[Member]:
    """Whoever is qualified in a state of an intern's may watch over the intern there."""
    qualified: dict[str, list[int]] = {state: [] for state in states}
    for one in members:
        for fact in known[one.id].credentials:
            kinds = _kinds([fact], on)
            if kinds and kinds[0].qualified and one.id not in qualified.get(fact.state, [one.id]):
                qualified[fact.state].append(one.id)
    found = []
    for one in members:
        own = {fact.state for fact in known[one.id].credentials} if one.on_site else set()
        watchers = sorted({each for state in own for each in qualified.get(state, ())} - {one.id})
        found.append(replace(one, supervisors=tuple(watchers)))
    return found


# --- groups and people -------------------------------------------------------------------------


def _people(
    permit: Permit, running: list[TrackFacts], places: list[Clinic], on: date
) -> tuple[tuple[Demand, ...], tuple[Today, ...]]:
    ids = [one.id for one in running]
    sitting = _by_track(_rows(_PLACES, tracks=ids, on=on, later=on + HORIZON))
    waiting = _by_track(_rows(_WAITING, tracks=ids))
    records = [row[1] for rows in (*sitting.values(), *waiting.values()) for row in rows]
    busy = _busy(records, on)
    for_whom = {row[0]: row[1:] for row in _rows(_FOR_WHOM, tracks=ids)}
    held_by = staffing(permit, ids, on, on + timedelta(days=1))
    today = []
    for one in running:
        holds = {each.part: each.id for each in reversed(held_by[one.id])}
        here = sitting.get(one.id, [])
        focus, language = for_whom[one.id]
        today.append(Today(
            one.id, one.name, one.clinic, one.program, one.weekdays, _minutes(one.starts),
            tuple((block.kind, block.minutes) for block in one.blocks), one.room,
            holds.get("lead"), holds.get("co"), one.mode, focus, language, len(here),
            sum(row[2] for row in here), any(row[3] for row in here),
            tuple(dict.fromkeys(hours for row in here for hours in busy.get(row[1], ()))),
        ))  # fmt: skip
    arrived: dict[int, int] = dict(_rows(_ARRIVED, tracks=ids, on=on, since=on - PAST))
    return _demand(today, waiting, arrived, busy, {one.id: one for one in places}), tuple(today)


def _by_track(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _busy(records: list[int], on: date) -> dict[int, tuple[Hours, ...]]:
    found: dict[int, list[Hours]] = defaultdict(list)
    for record, weekdays, starts, ends in _rows(_BUSY, records=records, on=on):
        found[record] += [Hours(day, _minutes(starts), _minutes(ends)) for day in weekdays]
    return {record: tuple(hours) for record, hours in found.items()}


def _demand(
    today: list[Today], waiting: Mapping[int, list[tuple[Any, ...]]], arrived: Mapping[int, int],
    busy: Mapping[int, tuple[Hours, ...]], places: Mapping[int, Clinic],
) -> tuple[Demand, ...]:  # fmt: skip
    """Who waits, by what they wait for and when they cannot come; and who is to be expected beyond
    them, as many as came in the past weeks."""
    line: Counter[Demand] = Counter()
    coming: Counter[Demand] = Counter()
    for one in today:
        wanted = _wanted(one, places)
        for row in waiting.get(one.id, ()):
            line[replace(wanted, step_free=row[3], busy=busy.get(row[1], ()))] += 1
        coming[wanted] += round(arrived.get(one.id, 0) * (HORIZON / PAST))
        coming[wanted] -= len(waiting.get(one.id, ()))
    whole = dict.fromkeys([*line, *coming])
    numbered: Counter[str] = Counter()
    found = []
    for each in whole:
        people = replace(each, waiting=line[each], forecast=max(0, coming[each]))
        if people.people:
            numbered[each.id] += 1
            found.append(replace(people, id=f"{each.id} {numbered[each.id]}"))
    return tuple(found)


def _wanted(one: Today, places: Mapping[int, Clinic]) -> Demand:
    """What somebody who asks for this track asks for. By video the clinics of an area and state
    are as good as one."""
    here = places[one.clinic]
    where = [
        clinic.id for clinic in places.values()
        if clinic.id == here.id
        or (one.mode == "virtual" and (clinic.area, clinic.state) == (here.area, here.state))
    ]  # fmt: skip
    part = daypart(one.starts)
    words = [here.area if one.mode == "virtual" else here.name, part, str(one.program), one.mode,
             one.focus, one.language]  # fmt: skip
    return Demand(
        " ".join(filter(None, words)), here.area, tuple(where), part, one.program, one.focus,
        one.language, one.mode,
    )  # fmt: skip


def _patterns(running: list[TrackFacts]) -> tuple[Pattern, ...]:
    """Days and hours a new group may have: those in use, and the usual ones; with the blocks most
    groups have."""
    if not running:
        return ()
    used = Counter(tuple((block.kind, block.minutes) for block in one.blocks) for one in running)
    blocks = used.most_common(1)[0][0]
    days = dict.fromkeys([*USUAL_DAYS, *(tuple(one.weekdays) for one in running)])
    starts = dict.fromkeys([*USUAL_STARTS, *(_minutes(one.starts) for one in running)])
    return tuple(Pattern(each, start, blocks) for each in days for start in starts)
