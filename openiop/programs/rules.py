"""Decisions about programs and tracks: plain facts in, sentences and values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from openiop.access.credential_rules import CredentialFact, may_facilitate
from openiop.catalog import Regulation, payers, resolve

BREAK = "break"


@dataclass(frozen=True)
class TrackPlan:
    """A track to build. `blocks` are (kind, minutes) in order, `staff` (staff id, "lead" or "co");
    weekdays count from Monday, 0; `room` None only for mode "virtual"."""

    clinic: int
    program: int
    code: str
    name: str
    weekdays: tuple[int, ...]
    starts: time
    blocks: tuple[tuple[str, int], ...]
    start_on: date
    mode: str = "in_person"
    room: int | None = None
    staff: tuple[tuple[int, str], ...] = ()
    end_on: date | None = None
    event: str = ""
    focus: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Caution:
    """Something a builder of tracks should know; `citation` says whose rule it is."""

    code: str
    sentence: str
    citation: str = ""
    reviewed: bool = True


@dataclass(frozen=True, slots=True)
class Leader:
    """Somebody who is to hold a track, with their credentials."""

    name: str
    credentials: tuple[CredentialFact, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A track as planned. `blocks` are (kind, minutes); `cap` the people the rules allow in it,
    None where no rule is recorded; `room_capacity` None for a virtual track."""

    state: str
    on: date
    program_kind: str
    weekdays: tuple[int, ...]
    blocks: tuple[tuple[str, int], ...]
    leaders: tuple[Leader, ...]
    cap: int | None
    room_name: str
    room_capacity: int | None

    @property
    def counted(self) -> int:
        """Minutes a day that count toward hours."""
        return counted_minutes(self.blocks)


def counted_minutes(blocks: Sequence[tuple[str, int]]) -> int:
    """Minutes a day that count toward hours: every block but breaks."""
    return sum(minutes for kind, minutes in blocks if kind != BREAK)


def track_warnings(plan: Plan) -> tuple[Caution, ...]:
    """What stands against a track as planned: its hours against every payer on record, its leaders'
    credentials, its room against its cap. Nothing here forbids building it."""
    return (*_hours(plan), *_leaders(plan), *_room(plan))


def _hours(plan: Plan) -> list[Caution]:
    day = plan.counted
    asked = [
        ("iop.day.min_minutes", day, "{has} countable minutes a day; {wants} are asked for"),
        ("iop.week.min_minutes", day * len(plan.weekdays),
         "{has} countable minutes a week; {wants} are asked for"),
        ("iop.week.min_days", len(plan.weekdays), "{has} days a week; {wants} are asked for"),
    ]  # fmt: skip
    found = []
    for key, has, sentence in asked:
        rule = _highest(key, plan)
        if rule and isinstance(rule.value, int) and has < rule.value:
            words = sentence.format(has=has, wants=rule.value)
            found.append(
                Caution(key, f"{words}. Breaks never count.", rule.citation, rule.reviewed)
            )
    return found


def _highest(key: str, plan: Plan) -> Regulation | None:
    """The most that any payer on record, or the law, asks for."""
    answers = (resolve(key, state=plan.state, on=plan.on, payer=payer).winner for payer in payers())
    rules = [rule for rule in answers if rule and isinstance(rule.value, int)]
    return max(rules, key=lambda rule: (int(str(rule.value)), rule.reviewed), default=None)


def _leaders(plan: Plan) -> list[Caution]:
    if not plan.leaders:
        return [Caution("leader.none", "Nobody holds this track yet.")]
    kinds = list(dict.fromkeys(kind for kind, _ in plan.blocks if kind != BREAK))
    found = []
    for leader in plan.leaders:
        for kind in kinds:
            verdict = may_facilitate(
                leader.credentials, block_kind=kind, state=plan.state, on=plan.on,
                program=plan.program_kind.replace("_", "-"),
            )  # fmt: skip
            if not verdict.allowed:
                sentence = f"{leader.name} may not lead {kind}. {' '.join(verdict.reasons)}"
                found.append(
                    Caution("leader.credential", sentence, verdict.citation, verdict.reviewed)
                )
    return found


def _room(plan: Plan) -> list[Caution]:
    if plan.room_capacity is None or plan.cap is None or plan.room_capacity >= plan.cap:
        return []
    sentence = f"{plan.room_name} holds {plan.room_capacity}; the rules would allow {plan.cap}."
    return [Caution("room.small", sentence)]


def expected_end(opened_on: date, weeks: int) -> date:
    """When a course of so many weeks is expected to end."""
    return opened_on + timedelta(weeks=weeks)
