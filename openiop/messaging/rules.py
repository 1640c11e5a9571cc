"""Decisions: whom an alert calls next, what an incident asks for, when to try a message again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from openiop.kernel.days import local, local_day
from openiop.kernel.intervals import Interval, subtract

# Kinds of tasks that no worklist closes or snoozes: the room that opened them does.
KEPT = frozenset({"safety"})


# --- alerts ------------------------------------------------------------------------------------


class Level(IntEnum):
    """The steps an unanswered alert climbs."""

    FIRST = 1
    BACKUP = 2
    DIRECTOR = 3


@dataclass(frozen=True)
class OnCall:
    """Who answers for a clinic at one moment; None is a gap in the rota."""

    first: int | None
    backup: int | None
    directors: tuple[int, ...] = ()

    def at(self, level: Level) -> tuple[int, ...]:
        one = {Level.FIRST: self.first, Level.BACKUP: self.backup}.get(level)
        return self.directors if level is Level.DIRECTOR else ((one,) if one is not None else ())


@dataclass(frozen=True)
class Call:
    """The step an alert is on now and the staff to tell; nobody, when nobody can be found."""

    level: Level
    staff: tuple[int, ...]


def first_call(oncall: OnCall) -> Call:
    """Whom a new alert calls: the first on call; through a gap, straight up."""
    return _call_from(Level.FIRST, oncall, frozenset())


def next_call(level: int, oncall: OnCall, called: Iterable[int]) -> Call:
    """Whom an unanswered alert calls after `level`. A step without anyone, or only with somebody
    called before, is skipped; the directors are reminded again and again."""
    return _call_from(Level(min(level + 1, Level.DIRECTOR)), oncall, frozenset(called))


def _call_from(level: Level, oncall: OnCall, called: frozenset[int]) -> Call:
    for step in range(level, Level.DIRECTOR):
        fresh = tuple(one for one in oncall.at(Level(step)) if one not in called)
        if fresh:
            return Call(Level(step), fresh)
    return Call(Level.DIRECTOR, oncall.directors)


def gaps(whole: Interval, covered: Iterable[Interval]) -> list[Interval]:
    """Where nobody is on call within `whole`."""
    return subtract(whole, covered)


# --- tasks -------------------------------------------------------------------------------------

SNOOZES = ("hour", "tomorrow", "monday")
MORNING = time(9)


def snoozed_until(choice: str, now: datetime, timezone: str) -> datetime:
    """When a snoozed task comes back: in an hour, or at nine on the clinic's next day or next
    Monday."""
    if choice == "hour":
        return now + timedelta(hours=1)
    today = local_day(now, timezone)
    ahead = 1 if choice == "tomorrow" else 7 - today.weekday()
    return local(today + timedelta(days=ahead), MORNING, timezone)


# --- messages ----------------------------------------------------------------------------------

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 25, 125))


def next_try(attempts: int) -> timedelta | None:
    """How long to wait after the `attempts`-th failure; None: give up and show it."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


@dataclass(frozen=True)
class Draft:
    """A message to a person, not yet in the outbox; `to` is known to be safe for the channel."""

    key: str
    channel: str
    clinic: int
    record: int
    to: str
    subject: str
    body: str
    send_after: datetime


@dataclass(frozen=True)
class QuietHours:
    """No message to a person from the local hour `start` until the hour `end`; the same hour twice
    means never quiet."""

    start: int
    end: int
    timezone: str

    def over_at(self, moment: datetime) -> datetime:
        """`moment` itself, or the end of the quiet hours it falls into."""
        here = moment.astimezone(ZoneInfo(self.timezone))
        through_midnight = self.start > self.end
        late = here.hour >= self.start
        quiet = late or here.hour < self.end if through_midnight else late and here.hour < self.end
        if not quiet:
            return moment
        day = here.date() + timedelta(days=through_midnight and late)
        return local(day, time(self.end % 24), self.timezone).astimezone(moment.tzinfo)


def dialed(number: str) -> str:
    """A North American number as gateways want it: "(312) 555-0199" is "+13125550199"; one with
    another country's code keeps it."""
    digits = "".join(each for each in number if each.isascii() and each.isdigit())
    return f"+1{digits}" if len(digits) == 10 else f"+{digits}"


# Words that end texts by 47 CFR 64.1200(a)(10), those that carriers keep for help and for starting
# again, and the same in Spanish.
STOP, START, HELP_WORD = "stop", "start", "help"
WORDS = {
    STOP: {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
           "alto", "parar", "cancelar", "basta", "baja"},
    START: {"start", "unstop", "yes", "comenzar", "empezar", "alta", "si", "sí"},
    HELP_WORD: {"help", "info", "ayuda"},
}  # fmt: skip
# Said in a text, these call whoever is on call at once; a person decides what they mean.
AT_RISK = (
    "suicid", "kill myself", "killing myself", "end my life", "want to die", "wanna die",
    "hurt myself", "overdose", "overdosed", "matarme", "quiero morir", "sobredosis",
)  # fmt: skip


def word_of(body: str) -> str:
    """ "stop", "start" or "help" where the text is that word and nothing else, else ""."""
    said = body.strip().strip("\"'.,!¡ ").lower()
    bare = said.replace("-", "").replace(" ", "")
    return next((word for word, known in WORDS.items() if bare in known), "")


def at_risk(body: str) -> bool:
    """Does a text hold words that somebody must see now?"""
    said = " ".join(body.lower().split())
    return any(words in said for words in AT_RISK)


def masked(address: str) -> str:
    """Enough of an address to recognize it: "•••• 0110", "m•••@example.org"."""
    name, at, host = address.partition("@")
    return f"{name[:1]}•••@{host}" if at else f"•••• {address[-4:]}"


# --- incidents ---------------------------------------------------------------------------------

HELP, FALSE_ALARM, BREACH = "help", "false_alarm", "breach"
GRAVE = frozenset({HELP, "overdose", "death", "weapon", "assault"})
# Where a state wants to hear of it, if any does; what each state wants is catalog data.
REPORTED = (GRAVE - {HELP}) | {"medication_error", "allegation"}


DUTIES = (
    "director_notice", "state_report", "debrief", "support", "notify_people", "count_people",
    "notify_agency", "log_for_agency",
)  # fmt: skip


@dataclass(frozen=True)
class Duty:
    """What an incident asks for. `rule` is the catalog key of its clock, or "" for none."""

    kind: str
    rule: str


@dataclass(frozen=True)
class Clock:
    """A catalog rule's limit: `amount` of `unit` (minutes, hours or days)."""

    amount: int
    unit: str

    def after(self, start: datetime) -> datetime:
        return start + timedelta(**{self.unit: self.amount})


def duties(kind: str, people: int | None = None, many: int | None = None) -> list[Duty]:
    """What an incident of a kind asks for. `people` a breach concerns, None if not yet counted;
    `many` from which it counts as many (incident.breach.many_people).

    Sources: 45 CFR 164.404-408 for a breach; the rest is house policy and the state's rules.
    """
    if kind == FALSE_ALARM:
        return []
    notice = "incident.grave.director_notice.due_minutes" if kind in GRAVE else (
        "incident.director_notice.due_hours"
    )  # fmt: skip
    asked = [Duty("director_notice", notice)]
    if kind in REPORTED:
        asked.append(Duty("state_report", "incident.state_report.due_hours"))
    if kind == BREACH:
        return asked + _breach_duties(people, many)
    after = "incident.debrief.due_hours"
    return [*asked, Duty("debrief", after), Duty("support", after)]


def _breach_duties(people: int | None, many: int | None) -> list[Duty]:
    asked = [Duty("notify_people", "incident.breach.notify_people.due_days")]
    if people is None:
        return [*asked, Duty("count_people", "")]
    if many is not None and people >= many:
        return [*asked, Duty("notify_agency", "incident.breach.notify_agency.due_days")]
    return [*asked, Duty("log_for_agency", "")]


@dataclass(frozen=True)
class Change:
    """What becomes of an incident's duties when its facts change."""

    add: tuple[Duty, ...]
    drop: tuple[int, ...]


def changed_duties(wanted: Sequence[Duty], open_steps: dict[int, Duty], done: set[str]) -> Change:
    """Duties to add, and open ones (by step id) no longer asked for. A kind of duty that was done
    is not asked for twice."""
    present = set(open_steps.values())
    add = tuple(duty for duty in wanted if duty not in present and duty.kind not in done)
    drop = tuple(step for step, duty in open_steps.items() if duty not in wanted)
    return Change(add, drop)


def can_close(kind: str, open_duties: int) -> bool:
    """Is it said what happened, and is each duty done or reasoned away?"""
    return kind != HELP and open_duties == 0
