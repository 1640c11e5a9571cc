"""Who may lead a block, sign a document or co-sign it, in which state and on which day.

Plain facts in, a verdict with reasons out. What a credential allows is data of the catalog
(`catalog/credentials`); which documents need a co-signature is a regulation, so a clinic's own
values (`house`) may tighten it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from openiop.catalog import (
    Answer,
    CredentialKind,
    HouseValue,
    credential_kind,
    credential_kinds,
    resolve,
)

ALERT_DAYS = (30, 60, 90)
BREAK = "break"
House = Mapping[str, HouseValue]


class Document(StrEnum):
    """What a clinician signs."""

    GROUP_NOTE = "group_note"
    INDIVIDUAL_NOTE = "individual_note"
    ASSESSMENT = "assessment"
    TREATMENT_PLAN = "treatment_plan"
    DISCHARGE_SUMMARY = "discharge_summary"


@dataclass(frozen=True, slots=True)
class CredentialFact:
    """A credential as held: `kind` and `level` as in the catalog (None or 0: without levels).

    Valid from `issued_on` to `expires_on`, both included; `expires_on` None: does not expire.
    `verified`: somebody checked the number with the board that issued it.
    """

    kind: str
    state: str
    number: str
    issued_on: date
    expires_on: date | None
    level: int | None
    verified: bool

    @property
    def label(self) -> str:
        """What people call it: "LCDC 12345 (TX)"."""
        entries = credential_kinds(self.state)
        known = (e.initials for e in entries if (e.kind, e.level) == (self.kind, self.level or 0))
        return f"{next(known, self.kind.upper())} {self.number} ({self.state})"

    @property
    def subject(self) -> tuple[str, ...]:
        """What a renewal has in common with the credential that it renews."""
        return (self.kind, self.state)


@dataclass(frozen=True, slots=True)
class TrainingFact:
    """A training or an exclusion check, done on a day and good until `expires_on` included."""

    name: str
    done_on: date
    expires_on: date | None

    @property
    def label(self) -> str:
        """What people call it."""
        return self.name

    @property
    def subject(self) -> tuple[str, ...]:
        """What a repetition has in common with the training it repeats."""
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Verdict:
    """May it be done, does it need a co-signature, why, by which text, and was that reviewed?"""

    allowed: bool
    needs_cosign: bool
    reasons: tuple[str, ...]
    citation: str
    reviewed: bool


class Expiring(Protocol):
    """Anything that runs out."""

    @property
    def label(self) -> str: ...
    @property
    def subject(self) -> tuple[str, ...]: ...
    @property
    def expires_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Alert:
    """`stage` is 90, 60 or 30 (days before the last day) or 0: expired."""

    label: str
    expires_on: date
    days_left: int
    stage: int


_Held = tuple[CredentialFact, CredentialKind]


def may_facilitate(
    credentials: Sequence[CredentialFact],
    *,
    block_kind: str,
    state: str,
    on: date,
    program: str = "",
) -> Verdict:
    """May the holder lead a block ("counseling", "education", "family", "skills", "break")?

    `program` ("substance-use", "mental-health", "co-occurring") narrows it where given.
    """
    if block_kind == BREAK:
        return Verdict(True, False, ("A break needs no credential.",), "", True)
    held, refusals = _in_force(credentials, state, on)
    able = [
        (fact, kind)
        for fact, kind in held
        if block_kind in kind.facilitates and (not program or program in kind.programs)
    ]
    if able:
        return min((_allowed(fact, kind) for fact, kind in able), key=_preference)
    block = f"a {program} {block_kind} block" if program else f"a block of {block_kind}"
    refusals += [f"{fact.label} does not allow leading {block}." for fact, _ in held]
    return _refused(refusals, held)


def may_sign(
    credentials: Sequence[CredentialFact],
    *,
    document: str,
    state: str,
    on: date,
    house: House | None = None,
) -> Verdict:
    """May the holder sign the document on that day, and must somebody co-sign it?"""
    held, refusals = _in_force(credentials, state, on)
    able = [(fact, kind) for fact, kind in held if document in kind.signs]
    if able:
        verdicts = (_signed(fact, kind, document, on, house or {}) for fact, kind in able)
        return min(verdicts, key=_preference)
    refusals += [f"{fact.label} does not allow signing a {_spoken(document)}." for fact, _ in held]
    return _refused(refusals, held)


def needs_cosign(
    credentials: Sequence[CredentialFact],
    *,
    document: str,
    state: str,
    on: date,
    house: House | None = None,
) -> bool:
    """Must somebody else sign too? Also true of somebody who may not sign it at all."""
    verdict = may_sign(credentials, document=document, state=state, on=on, house=house)
    return verdict.needs_cosign or not verdict.allowed


def may_cosign(
    cosigner_credentials: Sequence[CredentialFact],
    author_credentials: Sequence[CredentialFact],
    *,
    document: str,
    state: str,
    on: date,
    signed_on: date | None = None,
    house: House | None = None,
) -> Verdict:
    """May the co-signer sign on the day `on` what the author signed on `signed_on` (or `on`)?"""
    if {_identity(c) for c in cosigner_credentials} & {_identity(a) for a in author_credentials}:
        return _refused(["Nobody co-signs a document of their own."], [])
    author = may_sign(
        author_credentials, document=document, state=state, on=signed_on or on, house=house
    )
    if not author.allowed:
        return _refused([f"The author could not sign it: {' '.join(author.reasons)}"], [])
    held, refusals = _in_force(cosigner_credentials, state, on)
    able = [(fact, kind) for fact, kind in held if kind.qualified and document in kind.signs]
    if able:
        return min((_allowed(fact, kind) for fact, kind in able), key=_preference)
    refusals += [f"{fact.label} is not qualified to co-sign for others." for fact, _ in held]
    return _refused(refusals, held)


def signed_in_lapse(
    signed_on: date,
    credentials: Sequence[CredentialFact],
    *,
    document: str,
    state: str,
) -> str:
    """Why the signer could not sign on that day, by what is known now; empty when they could."""
    verdict = may_sign(credentials, document=document, state=state, on=signed_on)
    return "" if verdict.allowed else " ".join(verdict.reasons)


def lapse(credential: CredentialFact, on: date) -> str:
    """The sentence that names why a credential does not count on a day; empty when it does."""
    if on < credential.issued_on:
        return f"{credential.label} begins only on {credential.issued_on.isoformat()}."
    if credential.expires_on and credential.expires_on < on:
        return f"{credential.label} expired on {credential.expires_on.isoformat()}."
    if not credential.verified:
        return f"{credential.label} has not been verified with its board."
    return ""


def expiring(items: Iterable[Expiring], on: date) -> tuple[Alert, ...]:
    """What runs out within 90, 60 or 30 days or has expired, soonest first; renewed is silent."""
    latest: dict[tuple[str, ...], Expiring] = {}
    for item in items:
        known = latest.get(item.subject)
        if known is None or _end(item) > _end(known):
            latest[item.subject] = item
    alerts = (_alert(item, on) for item in latest.values())
    return tuple(sorted((alert for alert in alerts if alert), key=lambda a: a.expires_on))


def recorded_kind(fact: CredentialFact, on: date) -> CredentialKind | None:
    """What the catalog records about this credential on that day."""
    return credential_kind(fact.kind, state=fact.state, on=on, level=fact.level or 0)


def supervision_rule(kind: CredentialKind, name: str, on: date, house: House) -> Answer:
    """The regulation `name` of those that supervise this kind of credential."""
    return resolve(f"{kind.supervision_rules}.{name}", state=kind.state, on=on, house=house)


def _in_force(
    credentials: Sequence[CredentialFact], state: str, on: date
) -> tuple[list[_Held], list[str]]:
    held: list[_Held] = []
    refusals = [] if credentials else ["No credential is recorded for this person."]
    for fact in credentials:
        kind = recorded_kind(fact, on)
        if fact.state.upper() != state.upper():
            refusals.append(f"{fact.label} does not count in {state}.")
        elif lapse(fact, on):
            refusals.append(lapse(fact, on))
        elif kind is None:
            refusals.append(f"Not reviewed: nothing is recorded about {fact.label} on that day.")
        else:
            held.append((fact, kind))
    return held, refusals


def _allowed(fact: CredentialFact, kind: CredentialKind) -> Verdict:
    reasons = [f"{fact.label} is in force."]
    if kind.supervision != "none":
        place = "on site" if kind.supervision == "on-site" else "on site or reachable by phone"
        reasons.append(f"A supervisor must be {place}.")
    if kind.condition:
        reasons.append(kind.condition)
    return Verdict(True, False, tuple(reasons), kind.citation, kind.reviewed)


def _signed(
    fact: CredentialFact, kind: CredentialKind, document: str, on: date, house: House
) -> Verdict:
    verdict = _allowed(fact, kind)
    if not kind.supervision_rules:
        return verdict
    answer = supervision_rule(kind, "cosign_documents", on, house)
    rule = answer.winner
    if rule is None:
        reasons = (*verdict.reasons, answer.why, "A supervised signature is co-signed until then.")
        return Verdict(True, True, reasons, verdict.citation, False)
    wanted = isinstance(rule.value, tuple) and document in rule.value
    listed = f"A {_spoken(document)} needs a co-signature ({rule.citation})."
    return Verdict(
        True,
        wanted,
        (*verdict.reasons, listed) if wanted else verdict.reasons,
        f"{verdict.citation}; {rule.citation}",
        verdict.reviewed and rule.reviewed,
    )


def _refused(reasons: Sequence[str], held: Sequence[_Held]) -> Verdict:
    citation = "; ".join(dict.fromkeys(kind.citation for _, kind in held))
    return Verdict(False, False, tuple(reasons), citation, all(kind.reviewed for _, kind in held))


def _preference(verdict: Verdict) -> tuple[bool, bool]:
    return verdict.needs_cosign, not verdict.reviewed


def _alert(item: Expiring, on: date) -> Alert | None:
    if item.expires_on is None:
        return None
    left = (item.expires_on - on).days
    if left < 0:
        return Alert(item.label, item.expires_on, left, 0)
    stage = next((days for days in ALERT_DAYS if left <= days), None)
    return Alert(item.label, item.expires_on, left, stage) if stage else None


def _end(item: Expiring) -> date:
    return item.expires_on or date.max


def _identity(credential: CredentialFact) -> tuple[str, str, str]:
    return credential.kind, credential.state, credential.number


def _spoken(document: str) -> str:
    return document.replace("_", " ")
