"""The right to do one thing now, and the answer no."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from openiop.kernel.acts import ACTS, Act, Role


class Refused(Exception):
    """A rule says no: what happened, and what to do next, both as sentences for the person.

    `field` names the form field it belongs to; `choices` are free alternatives to offer.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        next_step: str = "",
        *,
        field: str | None = None,
        choices: tuple[object, ...] = (),
    ) -> None:
        super().__init__(code, sentence, next_step)  # what it is made of again in another process
        self.code = code
        self.sentence = sentence
        self.next_step = next_step
        self.field = field
        self.choices = choices

    def __str__(self) -> str:
        return self.sentence


class NotPermitted(Refused):
    """The act is not in the person's roles (403)."""


@dataclass(frozen=True)
class Event:
    """One line for the audit: an act on a row, with the changed or filtered field names only."""

    act: str
    kind: str
    record: int | None = None
    table: str = ""
    row: int | None = None
    fields: tuple[str, ...] = ()
    count: int | None = None
    outcome: str = "done"
    reason: str = ""


@dataclass(frozen=True)
class Permit:
    """Who may do what, where, now. Made only by the door; first argument of queries and actions.

    `clinics` are the ids where the act is allowed; `roles` the person's roles by clinic id;
    `timezone` the organization's own; `emergency` the records open to the person by a broken
    glass; `trail` collects audit events until the door closes; `now` is the only clock actions
    know.
    """

    act: Act
    organization: int
    clinics: frozenset[int]
    roles: Mapping[int, frozenset[Role]]
    actor: str
    now: datetime
    user: int | None = None
    staff: int | None = None
    reason: str = ""
    timezone: str = "UTC"
    emergency: frozenset[int] = frozenset()
    trail: list[Event] = field(default_factory=list, compare=False, repr=False)

    def covers(self, name: str) -> bool:
        """May this permit be used for the act `name`?"""
        return name in ACTS.covered_by(self.act.name)

    def require(self, name: str) -> None:
        """Raise NotPermitted unless `covers(name)`."""
        if not self.covers(name):
            raise NotPermitted(
                "act",
                f"A permit for {self.act.name} does not cover {name}.",
                "Ask an administrator for the role.",
            )

    def holds(self, *roles: Role, clinic: int | None = None) -> bool:
        """Does the person hold one of the roles, at that clinic or anywhere?"""
        held = (
            self.roles.get(clinic, frozenset())
            if clinic is not None
            else frozenset().union(*self.roles.values())
        )
        return bool(held.intersection(roles))

    def today(self, timezone: str) -> date:
        """The local day at a clinic whose IANA zone is given."""
        return self.now.astimezone(ZoneInfo(timezone)).date()

    def note(
        self,
        act: str,
        *,
        record: int | None = None,
        table: str = "",
        row: int | None = None,
        fields: tuple[str, ...] = (),
        count: int | None = None,
        reason: str = "",
        kind: str | None = None,
    ) -> None:
        """Add an audit event; the door writes all of them in one statement when it closes."""
        self.trail.append(
            Event(
                act,
                kind or ACTS[act].kind.value,
                record,
                table,
                row,
                fields,
                count,
                reason=reason or self.reason,
            )
        )

    def at(self, now: datetime) -> "Permit":
        """The same permit at another moment (the simulation's only)."""
        return replace(self, now=now)
