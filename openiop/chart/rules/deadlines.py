"""When a note is due, how late it is, and to whom an unsigned one goes up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from openiop.catalog import HouseValue, resolve

NOTE_HOURS = "note.progress.due_hours"
COSIGN_HOURS = "cosign.due_hours"
SUPERVISOR_HOURS = "note.unsigned.supervisor_hours"
DIRECTOR_HOURS = "note.unsigned.director_hours"
SOON = timedelta(hours=4)
HOUR = timedelta(hours=1)
AGES = ((0, 24), (24, 48), (48, 72), (72, None))


class Urgency(StrEnum):
    """How a clock stands."""

    TIME = "time"
    SOON = "soon"
    LATE = "late"


class Step(StrEnum):
    """To whom an unsigned note has gone up."""

    AUTHOR = "author"
    SUPERVISOR = "supervisor"
    SUPERVISOR_AGAIN = "supervisor_again"
    DIRECTOR = "director"


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours in force at a clinic on a day, each the strictest of state and house."""

    note: int
    cosign: int
    supervisor: int
    director: int


@dataclass(frozen=True, slots=True)
class AgeBucket:
    """Unsigned notes of services that ended between `from_hours` and `to_hours` ago (None: no
    end)."""

    from_hours: int
    to_hours: int | None
    count: int


def hours_in_force(state: str, on: date, house: Mapping[str, HouseValue]) -> Hours:
    """The note clocks of a clinic in `state` on a day.

    Sources: 26 TAC 564.804(l), 77 Ill. Adm. Code 2060, house policy (catalog). The house file
    gives every key a value, so nothing is unanswered; a missing one raises LookupError.
    """

    def ask(key: str) -> int:
        winner = resolve(key, state=state, on=on, house=house).winner
        if winner is None or not isinstance(winner.value, int):
            raise LookupError(f"no hours are recorded for {key} in {state} on {on.isoformat()}")
        return winner.value

    return Hours(ask(NOTE_HOURS), ask(COSIGN_HOURS), ask(SUPERVISOR_HOURS), ask(DIRECTOR_HOURS))


def due_at(ended_at: datetime, hours: int) -> datetime:
    """The last moment, counted in real hours so that daylight saving takes or gives none."""
    return ended_at + timedelta(hours=hours)


def urgency(due: datetime, now: datetime) -> Urgency:
    """Late from the due moment on, soon in the four hours before it."""
    if now >= due:
        return Urgency.LATE
    return Urgency.SOON if due - now <= SOON else Urgency.TIME


def steps_taken(ended_at: datetime, now: datetime, hours: Hours) -> tuple[Step, ...]:
    """Everybody an unsigned note has reached by now: at the end of the service its author, then
    the supervisor, the supervisor once more after as many hours again, and the director."""
    ladder = (
        (0, Step.AUTHOR),
        (hours.supervisor, Step.SUPERVISOR),
        (2 * hours.supervisor, Step.SUPERVISOR_AGAIN),
        (hours.director, Step.DIRECTOR),
    )
    age = now - ended_at
    return tuple(step for after, step in ladder if age >= after * HOUR)


def is_late(signed_at: datetime, due: datetime) -> bool:
    """Signed after its due moment: shown as a late entry for ever."""
    return signed_at > due
