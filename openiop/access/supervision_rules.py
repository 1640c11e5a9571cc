"""What supervision an intern is owed, by which day and under which text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from openiop.access.credential_rules import (
    CredentialFact,
    House,
    lapse,
    recorded_kind,
    supervision_rule,
)
from openiop.catalog import Regulation

WEEK = timedelta(days=7)


class SupervisionKind(StrEnum):
    """An entry of an intern's log: watched at work, a supervision hour, or hours worked."""

    OBSERVATION = "observation"
    SUPERVISION = "supervision"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class SupervisionFact:
    """One entry of an intern's log."""

    kind: SupervisionKind
    held_on: date
    minutes: int


@dataclass(frozen=True, slots=True)
class Due:
    """Supervision that an intern is owed, by which day and under which text."""

    kind: SupervisionKind
    due_on: date
    overdue: bool
    missing_minutes: int
    sentence: str
    citation: str
    reviewed: bool


@dataclass(frozen=True, slots=True)
class _Log:
    """The entries that count for a credential at its level on a day."""

    credential: CredentialFact
    entries: tuple[SupervisionFact, ...]
    on: date
    house: House

    def of(self, kind: SupervisionKind) -> list[SupervisionFact]:
        return sorted((e for e in self.entries if e.kind == kind), key=lambda e: e.held_on)

    def rule(self, name: str) -> Regulation | None:
        kind = recorded_kind(self.credential, self.on)
        if kind is None or not kind.supervision_rules:
            return None
        return supervision_rule(kind, name, self.on, self.house).winner


def supervision_due(
    credential: CredentialFact,
    entries: Sequence[SupervisionFact],
    on: date,
    *,
    house: House | None = None,
) -> tuple[Due, ...]:
    """The next observation and the supervision still missing; empty where no rule asks for any.

    The clock starts on the day the credential (at this level) was issued. A week is Sunday to
    Saturday; the week before is asked first, so that a short one shows as overdue.
    """
    if lapse(credential, on):
        return ()
    counted = tuple(e for e in entries if credential.issued_on <= e.held_on <= on)
    log = _Log(credential, counted, on, house or {})
    return tuple(due for due in (_observation_due(log), _supervision_hour_due(log)) if due)


def _observation_due(log: _Log) -> Due | None:
    every, hours = log.rule("observation_days"), log.rule("observation_work_hours")
    if every is None:
        return None
    seen = [entry.held_on for entry in log.of(SupervisionKind.OBSERVATION)]
    last = max(seen, default=log.credential.issued_on)
    due_on = last + timedelta(days=_number(every))
    if hours:
        work = [entry for entry in log.of(SupervisionKind.HOURS) if entry.held_on > last]
        due_on = min(due_on, _used_up_on(work, _number(hours) * 60) or due_on)
    sentence = f"{log.credential.label}: an observation is due by {due_on.isoformat()}."
    return _due(SupervisionKind.OBSERVATION, due_on, 0, sentence, every, log.on)


def _supervision_hour_due(log: _Log) -> Due | None:
    rule = log.rule("supervision_minutes_a_week")
    if rule is None:
        return None
    this_week = log.on - timedelta(days=(log.on.weekday() + 1) % 7)
    hours = log.of(SupervisionKind.SUPERVISION)
    for sunday in (this_week - WEEK, this_week):
        had = sum(entry.minutes for entry in hours if sunday <= entry.held_on < sunday + WEEK)
        missing = _number(rule) - had
        if missing > 0 and sunday >= log.credential.issued_on:
            saturday = sunday + timedelta(days=6)
            sentence = (
                f"{log.credential.label}: {missing} minutes of supervision are missing "
                f"in the week to {saturday.isoformat()}."
            )
            return _due(SupervisionKind.SUPERVISION, saturday, missing, sentence, rule, log.on)
    return None


def _due(
    kind: SupervisionKind, due_on: date, missing: int, sentence: str, rule: Regulation, on: date
) -> Due:
    return Due(kind, due_on, due_on < on, missing, sentence, rule.citation, rule.reviewed)


def _used_up_on(work: Sequence[SupervisionFact], minutes: int) -> date | None:
    """The day on which the work since the last observation reached so many minutes."""
    total = 0
    for entry in work:
        total += entry.minutes
        if total >= minutes:
            return entry.held_on
    return None


def _number(rule: Regulation) -> int:
    return int(str(rule.value))
