"""Calendars of others (RFC 5545) as busy time, or the line that is wrong.

A file is read line by line first, so that every problem has its place. What stands outside events
refuses the file; an event that cannot be read is named and the others are kept. Times without a
zone, and whole days, are in the zone of whoever's calendar it is.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

gettext_noop = str  # marks a sentence for translation; rules know no Django

NOT_TEXT = gettext_noop("This is not UTF-8 text.")
NO_CALENDAR = gettext_noop("This is not a calendar: nothing begins here.")
NEVER_CLOSED = gettext_noop("%(what)s begins here and is never closed.")
CLOSES_NOTHING = gettext_noop("%(what)s is closed here and was not open.")
NO_PROPERTY = gettext_noop("This line is no property: a name, a colon and a value.")
UNREADABLE = gettext_noop("%(what)s cannot be read.")
MISSING = gettext_noop("This event has no %(what)s.")
TWICE = gettext_noop("%(what)s is given twice.")
UNKNOWN_ZONE = gettext_noop("The zone %(what)s is unknown and not described in this file.")
TOO_OFTEN = gettext_noop("This event repeats by the minute: nobody is that busy.")

READ = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
BY_THE_MINUTE = {"SECONDLY", "MINUTELY"}
TRIED = 300  # lines of one event taken away in turns to find the one that is wrong
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Busy:
    """A stretch somebody is not free, as aware moments; `uid` names the event it comes from."""

    starts_at: datetime
    ends_at: datetime
    uid: str


@dataclass(frozen=True)
class Problem:
    """Line `line` is wrong, at `path` (VEVENT.DTSTART); `sentence` speaks of `what`."""

    line: int
    path: str
    sentence: str
    what: str = ""


@dataclass(frozen=True)
class Reading:
    """What a file came to: its name for itself, its events, when they make busy, what is wrong."""

    name: str
    events: int
    busy: tuple[Busy, ...]
    problems: tuple[Problem, ...]


class Wrong(Exception):
    """A problem, on its way up."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class Line:
    """One property, unfolded, and the line of the file it begins on."""

    number: int
    text: str

    @property
    def name(self) -> str:
        return self.text.replace(";", ":").partition(":")[0].strip().upper()

    @property
    def value(self) -> str:
        return self.text.partition(":")[2].strip()


@dataclass
class Part:
    """A component: what stands between its BEGIN and its END, in order."""

    name: str
    begin: Line
    inside: list["Line | Part"] = field(default_factory=list)

    @property
    def parts(self) -> list["Part"]:
        return [each for each in self.inside if isinstance(each, Part)]

    @property
    def lines(self) -> list[Line]:
        return [each for each in self.inside if isinstance(each, Line)]

    def first(self, name: str) -> Line | None:
        """Its first property of that name."""
        return next((line for line in self.lines if line.name == name), None)

    def walk(self, name: str) -> Iterator["Part"]:
        """All components of that name in here, itself included."""
        if self.name == name:
            yield self
        for part in self.parts:
            yield from part.walk(name)

    def text(self, without: Sequence[Line] = ()) -> str:
        """As it was written, or without some lines."""
        inside = [
            each.text if isinstance(each, Line) else each.text(without)
            for each in self.inside if each not in without
        ]  # fmt: skip
        return "\r\n".join([f"BEGIN:{self.name}", *inside, f"END:{self.name}"])


def read(raw: bytes, zone: str, since: datetime, until: datetime) -> Reading:
    """When the events in a calendar file make somebody busy within [since, until)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # guesses at zones named by other programs are right
        return _read(raw, _Window(ZoneInfo(zone), since, until))


def _read(raw: bytes, window: "_Window") -> Reading:
    try:
        tops = _tops(_unfolded(raw))
        for top in tops:
            _refuse_unreadable(top)
    except Wrong as wrong:
        return Reading("", 0, (), (wrong.problem,))
    busy: list[Busy] = []
    problems: list[Problem] = []
    for top in tops:
        _read_series(top, _series(top), window, busy, problems)
        busy += _free_busy(top, window)
    events = sum(len(list(top.walk("VEVENT"))) for top in tops)
    busy.sort(key=lambda each: (each.starts_at, each.ends_at, each.uid))
    problems.sort(key=lambda each: each.line)
    return Reading(_named(tops), events, tuple(busy), tuple(problems))


# --- lines and components ----------------------------------------------------------------------


def _unfolded(raw: bytes) -> list[Line]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = raw[: error.start].count(b"\n") + 1
        raise Wrong(Problem(at, "", NOT_TEXT)) from error
    lines: list[Line] = []
    for number, given in enumerate(text.split("\n"), 1):
        line = given.rstrip("\r")
        if line[:1] in (" ", "\t") and lines:
            lines[-1] = Line(lines[-1].number, lines[-1].text + line[1:])
        elif line.strip():
            lines.append(Line(number, line))
    return lines


def _tops(lines: Sequence[Line]) -> list[Part]:
    """The components of a file that stand in no other."""
    tops: list[Part] = []
    open_parts: list[Part] = []
    for line in lines:
        if line.name == "BEGIN":
            part = Part(line.value.upper(), line)
            (open_parts[-1].inside if open_parts else tops).append(part)
            open_parts.append(part)
        elif line.name == "END":
            if not open_parts:
                raise Wrong(Problem(line.number, line.value, CLOSES_NOTHING, line.value))
            open_parts.pop()  # whatever name is written: so do other calendars
        elif open_parts:
            open_parts[-1].inside.append(line)
    if open_parts:
        part = open_parts[0]
        raise Wrong(Problem(part.begin.number, part.name, NEVER_CLOSED, part.name or "BEGIN"))
    if not tops:
        raise Wrong(Problem(lines[0].number if lines else 1, "", NO_CALENDAR))
    return tops


def _named(tops: Iterable[Part]) -> str:
    found = (top.first("X-WR-CALNAME") or top.first("NAME") for top in tops)
    return next((line.value for line in found if line), "")


def _parsed(text: str) -> list[Any]:
    return icalendar.Component.from_ical(text, multiple=True)


def _reads(text: str) -> bool:
    try:
        _parsed(text)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
        return False
    return True


def _refuse_unreadable(top: Part) -> None:
    """Refused with its line when what stands outside the events cannot be read."""
    if _reads(top.text()):
        return
    for part in top.parts:
        if part.name != "VEVENT" and not _reads(part.text()):
            raise Wrong(_blamed(part, _reads))
    raise Wrong(_blamed(top, _reads))


def _blamed(part: Part, reads: Callable[[str], bool]) -> Problem:
    """The line without which a component can be read; the first of several; else where it
    begins."""
    lines = list(_all_lines(part))[:TRIED]
    alone = ((line, [line]) for line in lines)
    several = ((line, lines[at:]) for at, line in reversed(list(enumerate(lines))))
    for line, without in (*alone, *several):
        if reads(part.text(without)):
            if ":" not in line.text:
                return Problem(line.number, part.name, NO_PROPERTY, line.name)
            return Problem(line.number, f"{part.name}.{line.name}", UNREADABLE, line.name)
    return Problem(part.begin.number, part.name, UNREADABLE, part.name)


def _all_lines(part: Part) -> Iterator[Line]:
    for each in part.inside:
        if isinstance(each, Line):
            yield each
        else:
            yield from _all_lines(each)


# --- events ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Window:
    zone: ZoneInfo
    since: datetime
    until: datetime

    def moment(self, value: date | datetime) -> datetime:
        """A time as the calendar gives it, as a moment in the zone of its owner if it names none;
        on the way through UTC a time in the gap of spring becomes one that a clock shows."""
        if not isinstance(value, datetime):
            value = datetime.combine(value, time(0))
        if value.tzinfo is None:
            value = value.replace(tzinfo=self.zone)
        return datetime.fromtimestamp(value.timestamp(), self.zone)

    def cut(self, starts: Any, ends: Any, uid: str) -> Iterator[Busy]:
        """The stretch if it lasts and reaches into the window."""
        starts_at, ends_at = self.moment(starts), self.moment(ends)
        if starts_at < ends_at and starts_at < self.until and ends_at > self.since:
            yield Busy(starts_at, ends_at, uid)


Series = list[Part]


def _series(top: Part) -> list[Series]:
    """Events that belong together, a rule and its exceptions: those of one UID."""
    series: dict[str, Series] = {}
    for event in top.walk("VEVENT"):
        uid = event.first("UID")
        key = uid.value if uid else f"line {event.begin.number}"
        series.setdefault(key, []).append(event)
    return list(series.values())


def _read_series(
    top: Part, series: list[Series], window: _Window, busy: list[Busy], problems: list[Problem]
) -> None:
    """All at once; when one cannot be read, each half by itself, down to the one it is."""
    if not series:
        return
    try:
        busy += _expanded(top, series, window)
    except Wrong as wrong:
        if len(series) == 1:
            problems.append(wrong.problem)
            return
        half = len(series) // 2
        _read_series(top, series[:half], window, busy, problems)
        _read_series(top, series[half:], window, busy, problems)


def _expanded(top: Part, series: list[Series], window: _Window) -> list[Busy]:
    """The busy times of some series; Wrong with a line of the first one that cannot be read."""
    events = [event for each in series for event in each]
    for event in events:
        _refuse_event(event)
    try:
        return _occurrences(_calendar(top, events), events, window)
    except Wrong:
        raise
    except Exception as error:  # whatever the libraries stumble over is the file's
        if len(events) > 1:
            raise Wrong(_whole(events[0])) from error
        raise Wrong(_culprit(top, events[0], window)) from error


def _whole(event: Part) -> Problem:
    return Problem(event.begin.number, event.name, UNREADABLE, event.name)


def _culprit(top: Part, event: Part, window: _Window) -> Problem:
    def reads(text: str) -> bool:
        try:
            _occurrences(_calendar(top, [], text), [], window)
        except Exception:  # as above
            return False
        return True

    return _blamed(event, reads)


def _refuse_event(event: Part) -> None:
    """What can be seen before a library reads it."""
    if not event.first("DTSTART"):
        broken = next((line for line in event.lines if line.name.startswith("DTSTART")), None)
        line = broken or event.begin
        raise Wrong(Problem(line.number, "VEVENT.DTSTART", MISSING, "DTSTART"))
    for name in ("DTSTART", "DTEND", "DURATION"):
        again = [line for line in event.lines if line.name == name][1:]
        if again:
            raise Wrong(Problem(again[0].number, f"VEVENT.{name}", TWICE, name))
    rule = event.first("RRULE")
    if rule and any(f"FREQ={often}" in rule.value.upper() for often in BY_THE_MINUTE):
        raise Wrong(Problem(rule.number, "VEVENT.RRULE", TOO_OFTEN))


def _calendar(top: Part, events: Iterable[Part], text: str = "") -> Any:
    """A calendar of just these events, with the zones that the file describes."""
    head = [line.text for line in top.lines if line.name == "X-WR-TIMEZONE"]
    zones = [zone.text() for zone in top.walk("VTIMEZONE")]
    inside = [*head, *zones, *(event.text() for event in events), *([text] if text else [])]
    return _parsed("\r\n".join(["BEGIN:VCALENDAR", *inside, "END:VCALENDAR", ""]))[0]


def _occurrences(calendar: Any, events: Sequence[Part], window: _Window) -> list[Busy]:
    parsed = calendar.walk("VEVENT")
    for source, event in zip(events, parsed, strict=False):
        _refuse_silent(source, event)
    found = recurring_ical_events.of(calendar).between(window.since, window.until)
    busy: list[Busy] = []
    for each in found:
        if _takes_time(each):
            busy += window.cut(each.start, each.end, str(each.get("UID", "")))
    return busy


def _refuse_silent(source: Part, event: Any) -> None:
    """What the library leaves out without a word: a broken time, an unknown zone."""
    for name, message in event.errors:
        bad = name or next((each for each in READ if f"'{each}" in message), "")
        if bad in READ:
            lines = [line for line in source.lines if line.name == bad]
            line = next((each for each in reversed(lines)), source.begin)
            raise Wrong(Problem(line.number, f"VEVENT.{bad}", UNREADABLE, bad))
    for name in ("DTSTART", "DTEND"):
        given = event.get(name)
        zone = getattr(given, "params", {}).get("TZID")
        value = getattr(given, "dt", None)
        if zone and isinstance(value, datetime) and value.tzinfo is None:
            number = (source.first(name) or source.begin).number
            raise Wrong(Problem(number, f"VEVENT.{name}", UNKNOWN_ZONE, str(zone)))


def _takes_time(event: Any) -> bool:
    """Whether its owner is busy: not when it is cancelled or shown as free."""
    return not (
        str(event.get("STATUS", "")).upper() == "CANCELLED"
        or str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
        or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
    )


def _free_busy(top: Part, window: _Window) -> list[Busy]:
    """Stretches of published busy time: all but those named free."""
    busy: list[Busy] = []
    for part in top.walk("VFREEBUSY"):
        for parsed in _parsed(part.text()):
            given = parsed.get("FREEBUSY", [])
            for each in given if isinstance(given, list) else [given]:
                periods = getattr(each, "dts", [each])
                if str(getattr(each, "params", {}).get("FBTYPE", "BUSY")).upper() == "FREE":
                    continue
                for period in periods:
                    value = getattr(period, "dt", period)
                    starts, ends = value if isinstance(value, tuple) else (value, value)
                    ends = starts + ends if isinstance(ends, timedelta) else ends
                    busy += window.cut(starts, ends, str(parsed.get("UID", "")))
    return busy
