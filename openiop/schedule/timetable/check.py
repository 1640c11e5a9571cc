"""Does a timetable keep every hard rule? Any timetable, also one made by hand.

It shares with the search only the facts, and finds out everything else by itself.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from openiop.schedule.timetable.facts import (
    Demand,
    Facts,
    Hours,
    Member,
    Timetable,
    Track,
    daypart,
)  # fmt: skip
from openiop.schedule.timetable.laws import Rule
from openiop.schedule.timetable.look import A_WEEK, Look, strange

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
A_DAY = 24 * 60


@dataclass(frozen=True)
class Violation:
    """A rule that is broken, and how."""

    rule: Rule
    sentence: str


Found = Iterator[Violation]


def check(facts: Facts, timetable: Timetable) -> tuple[Violation, ...]:
    """Every violation, in the order of the rules; empty when all are kept."""
    look = Look(facts, timetable)
    found = [*_unknown(look)]
    for finder in FINDERS:
        found += finder(look)
    order = {rule: number for number, rule in enumerate(Rule)}
    return tuple(sorted(dict.fromkeys(found), key=lambda each: order[each.rule]))


def _when(hours: Hours) -> str:
    def clock(minutes: int) -> str:
        return f"{minutes // 60:02}:{minutes % 60:02}"

    return f"{DAYS[hours.weekday]}, {clock(hours.starts)} to {clock(hours.ends)}"


def _first(track: Track) -> str:
    return f"{track.name} ({_when(track.hours[0])})" if track.hours else track.name


# --- what is named must be there ---------------------------------------------------------------


def _unknown(look: Look) -> Found:
    for track in look.timetable.tracks:
        for what in strange(look, track):
            yield Violation(Rule.UNKNOWN, f"{track.name}: there is no {what}.")
    for kept in look.timetable.visits:
        if kept not in look.visits:
            where = f"colleague {kept.staff} at clinic {kept.clinic} on weekday {kept.weekday}"
            yield Violation(Rule.UNKNOWN, f"One-to-ones: there is no {where}.")
    kept_on = Counter(track.today for track in look.tracks if track.today is not None)
    for today, times in kept_on.items():
        if times > 1:
            yield Violation(Rule.UNKNOWN, f"{look.today[today].name} goes on {times} times.")


# --- place -------------------------------------------------------------------------------------


def _places(look: Look) -> Found:
    for track in look.tracks:
        if (track.mode == "virtual") != (track.room is None):
            yield Violation(Rule.NO_PLACE, f"{track.name} needs a room, or is virtual.")
        if track.room is None:
            continue
        room, was = look.rooms[track.room], look.was(track)
        if room.clinic != track.clinic:
            yield Violation(Rule.ROOM_ELSEWHERE, f"{track.name}: {room.name} is elsewhere.")
        if look.most(track) > room.capacity:
            words = f"{track.name}: {room.name} holds {room.capacity}, not {look.most(track)}."
            yield Violation(Rule.ROOM_SMALL, words)
        needed = (was is not None and was.step_free) or any(
            look.demand[one.demand].step_free for one in track.seats
        )
        if needed and not room.step_free:
            yield Violation(Rule.STEP_FREE, f"{track.name}: {room.name} has steps.")


def _rooms_taken(look: Look) -> Found:
    by_room: dict[int, list[Track]] = defaultdict(list)
    for track in look.tracks:
        if track.room is not None:
            by_room[track.room].append(track)
    for room, tracks in by_room.items():
        for one, other in combinations(tracks, 2):
            if _clash(one.hours, other.hours):
                words = f"{look.rooms[room].name}: {_first(one)} and {other.name} at once."
                yield Violation(Rule.ROOM_TAKEN, words)


def _clash(some: Iterable[Hours], others: Iterable[Hours]) -> bool:
    known = list(others)
    return any(one.overlaps(other) for one in some for other in known)


def _opening_hours(look: Look) -> Found:
    for name, clinic, hours, _room in _in_use(look, virtual=True):
        if not any(each.holds(hours) for each in look.clinics[clinic].hours):
            where = look.clinics[clinic].name
            yield Violation(Rule.CLOSED, f"{name}: {where} is closed on {_when(hours)}.")


def _in_use(look: Look, *, virtual: bool) -> Iterator[tuple[str, int, Hours, bool]]:
    """What goes on at each clinic: in words, where, when, and whether it is a one-to-one."""
    for track in look.tracks:
        if virtual or track.mode != "virtual":
            for hours in track.hours:
                yield track.name, track.clinic, hours, False
    for kept in look.visits:
        name = f"One-to-ones of {look.members[kept.staff].name}"
        yield name, kept.clinic, kept.hours, True


def _rooms_for_visits(look: Look) -> Found:
    used: dict[int, list[tuple[str, Hours, bool]]] = defaultdict(list)
    for name, clinic, hours, visit in _in_use(look, virtual=False):
        used[clinic].append((name, hours, visit))
    for clinic, taken in used.items():
        rooms = sum(room.clinic == clinic for room in look.facts.rooms)
        for name, hours, visit in taken:
            at = Hours(hours.weekday, hours.starts, hours.starts + 1)
            together = [each for each in taken if each[1].overlaps(at)]
            if len(together) > rooms and (visit or any(each[2] for each in together)):
                words = f"{name}, {_when(hours)}: {len(together)} at once, {rooms} rooms."
                yield Violation(Rule.ONE_TO_ONE_ROOM, words)


# --- colleagues --------------------------------------------------------------------------------


def _facilitators(look: Look) -> Found:
    for track in look.tracks:
        if track.lead is None or track.lead == track.co:
            yield Violation(Rule.NO_FACILITATOR, f"{_first(track)} needs somebody to hold it.")
        if track.lead is not None:
            yield from _fit(look, track, look.members[track.lead])
        if look.most(track) > look.limits.per_facilitator and track.co is None:
            words = f"{track.name}: {look.most(track)} people need a second facilitator."
            yield Violation(Rule.FACILITATOR_RATIO, words)


def _fit(look: Look, track: Track, lead: Member) -> Found:
    state, kind = look.clinics[track.clinic].state, look.programs[track.program].kind
    for block in dict.fromkeys(kind for kind, _minutes in track.blocks if kind != "break"):
        if f"{state} {kind} {block}" not in lead.leads:
            words = f"{track.name}: {lead.name} may not lead {block} in {state}."
            yield Violation(Rule.CREDENTIAL, words)
    if track.language not in lead.languages:
        words = f"{track.name}: {lead.name} does not speak {track.language}."
        yield Violation(Rule.LANGUAGE, words)
    if track.focus == "trauma" and lead.intern:
        words = f"{track.name}: {lead.name} is an intern and leads no trauma group."
        yield Violation(Rule.TRAUMA_LEAD, words)


def _working_hours(look: Look) -> Found:
    for staff, work in look.work.items():
        member = look.members[staff]
        for name, clinic, hours, _group in work:
            if not _there(member, clinic, hours):
                words = f"{name}: {member.name} does not work there on {_when(hours)}."
                yield Violation(Rule.OFF_HOURS, words)
            watched = any(
                _there(look.members[each], clinic, hours)
                for each in member.supervisors if each in look.members
            )  # fmt: skip
            if member.on_site and not watched:
                words = f"{name}: no supervisor of {member.name} is there on {_when(hours)}."
                yield Violation(Rule.INTERN_ALONE, words)
        for (name, _c, hours, _g), (other, _d, others, _h) in combinations(work, 2):
            if hours.overlaps(others):
                words = f"{member.name}: {name} and {other} at once on {_when(hours)}."
                yield Violation(Rule.STAFF_TAKEN, words)


def _there(member: Member, clinic: int, hours: Hours) -> bool:
    """Do they work at the clinic all of that time? Shifts may follow on each other."""
    until = hours.starts
    own = [one for one in member.shifts if (one.clinic, one.weekday) == (clinic, hours.weekday)]
    for shift in sorted(own, key=lambda one: one.starts):
        if shift.starts <= until < shift.ends:
            until = shift.ends
    return until >= hours.ends


def _somebody_else(look: Look) -> Found:
    for name, clinic, hours, _visit in _in_use(look, virtual=False):
        shifts = [
            each.hours for member in look.facts.members for each in member.shifts
            if each.clinic == clinic and each.hours.overlaps(hours)
        ]  # fmt: skip
        edges = {hours.starts, *(each.ends for each in shifts if each.ends < hours.ends)}
        there = min(sum(each.starts <= at < each.ends for each in shifts) for at in edges)
        if there < look.limits.staff_in_building:
            words = f"{name}, {_when(hours)}: {there} colleagues in the building."
            yield Violation(Rule.ALONE_IN_BUILDING, words)


def _loads(look: Look) -> Found:
    for staff, work in look.work.items():
        name, days = look.members[staff].name, defaultdict(list)
        for _name, _clinic, hours, group in work:
            if group:
                days[hours.weekday].append(hours)
        minutes = {day: sum(one.ends - one.starts for one in all_) for day, all_ in days.items()}
        for day, length in minutes.items():
            if length > look.limits.day_minutes:
                words = f"{name}: {length} minutes of groups on {DAYS[day]}."
                yield Violation(Rule.DAY_HOURS, words)
            rest = _rest(days[day], days.get((day + 1) % A_WEEK, []))
            if rest < look.limits.rest_minutes:
                words = f"{name}: {rest} minutes of rest after {DAYS[day]}."
                yield Violation(Rule.REST, words)
        if sum(minutes.values()) > look.limits.week_minutes:
            words = f"{name}: {sum(minutes.values())} minutes of groups a week."
            yield Violation(Rule.WEEK_HOURS, words)


def _rest(today: list[Hours], tomorrow: list[Hours]) -> int:
    begins = min((each.starts for each in tomorrow), default=A_DAY)
    return A_DAY - max(each.ends for each in today) + begins


# --- people ------------------------------------------------------------------------------------


def _sizes(look: Look) -> Found:
    for track in look.tracks:
        clinic, size = look.clinics[track.clinic], look.size(track)
        caps = [(Rule.LEGAL_CAP, clinic.legal_cap), (Rule.HOUSE_CAP, clinic.house_cap)]
        if track.focus == "trauma":
            caps.append((Rule.TRAUMA_CAP, look.limits.trauma_cap))
        for rule, cap in caps:
            if track.seated and cap is not None and size > cap:
                yield Violation(rule, f"{track.name}: {size} people, and {cap} is the most.")
        if track.today is not None:
            continue
        if track.seated < look.limits.floor:
            words = f"{_first(track)} is new and begins with {track.seated} people."
            yield Violation(Rule.TOO_SMALL, words)
        counted = sum(minutes for kind, minutes in track.blocks if kind != "break")
        if counted * len(set(track.weekdays)) < look.limits.counted_week_minutes:
            words = f"{track.name}: {counted * len(set(track.weekdays))} countable minutes a week."
            yield Violation(Rule.SHORT_WEEK, words)


SAME = ("clinic", "program", "weekdays", "starts", "blocks", "mode", "focus", "language")


def _unasked(look: Look) -> Found:
    goes_on = {track.today: track for track in look.tracks if track.today is not None}
    for was in look.facts.today:
        track = goes_on.get(was.id)
        if not was.people:
            continue
        if track is None:
            words = f"{was.name} ends, and {was.people} people sit in it."
            yield Violation(Rule.ENDED_UNASKED, words)
            continue
        moved = [name for name in SAME if getattr(was, name) != getattr(track, name)]
        if moved:
            words = f"{was.name}: {was.people} people get another {', '.join(moved)}."
            yield Violation(Rule.MOVED_UNASKED, words)
            if _clash(was.busy, track.hours):
                words = f"{track.name}: somebody in it cannot come then."
                yield Violation(Rule.COMMITMENT, words)


def _seats(look: Look) -> Found:
    for track in look.tracks:
        for one in track.seats:
            for rule, wrong, words in _misfits(track, look.demand[one.demand]):
                if wrong:
                    yield Violation(rule, f"{_first(track)}: {one.people} people {words}.")
    seated: Counter[str] = Counter()
    for one in (one for track in look.tracks for one in track.seats):
        seated[one.demand] += one.people
    for demand, people in seated.items():
        if people > look.demand[demand].people:
            words = f"{people} of {look.demand[demand].people} people of {demand} have a seat."
            yield Violation(Rule.SEATED_TWICE, words)


def _misfits(track: Track, wanted: Demand) -> list[tuple[Rule, bool, str]]:
    return [
        (Rule.SEAT_ELSEWHERE, track.clinic not in wanted.clinics, "cannot come there"),
        (Rule.SEAT_MODE, track.mode != wanted.mode, "asked for another place"),
        (Rule.SEAT_DAYPART, daypart(track.starts) != wanted.daypart, "asked for another time"),
        (Rule.SEAT_PROGRAM, track.program != wanted.program, "are of another program"),
        (Rule.SEAT_FOCUS, track.focus != wanted.focus, "asked for another kind of group"),
        (Rule.SEAT_LANGUAGE, track.language != wanted.language, "speak another language"),
        (Rule.COMMITMENT, _clash(track.hours, wanted.busy), "cannot come then"),
    ]


def _caseloads(look: Look) -> Found:
    joining: Counter[int] = Counter()
    for track in look.tracks:
        joining[track.clinic] += track.seated
    for clinic, people in joining.items():
        counselors = [one for one in look.facts.members if one.home == clinic and one.leads]
        if any(one.caseload_max is None for one in counselors):
            continue
        room = sum(max(0, (one.caseload_max or 0) - one.caseload) for one in counselors)
        if people > room:
            where = look.clinics[clinic].name
            words = f"{where}: {people} people join, and counselors have room for {room}."
            yield Violation(Rule.CASELOAD, words)


def _one_to_ones(look: Look) -> Found:
    kept: Counter[int] = Counter()
    for one in look.visits:
        length = one.ends - one.starts
        kept[one.staff] += length
        if length < look.limits.visit_minutes:
            words = f"One-to-ones of {look.members[one.staff].name}: only {length} minutes."
            yield Violation(Rule.ONE_TO_ONE_SHORT, words)
    for member in look.facts.members:
        if kept[member.id] < member.visit_minutes:
            words = f"{member.name}: {kept[member.id]} of {member.visit_minutes} minutes a week."
            yield Violation(Rule.ONE_TO_ONES, words)


FINDERS: tuple[Callable[[Look], Found], ...] = (
    _places, _rooms_taken, _opening_hours, _rooms_for_visits, _facilitators, _working_hours,
    _somebody_else, _loads, _sizes, _unasked, _seats, _caseloads, _one_to_ones,
)  # fmt: skip
