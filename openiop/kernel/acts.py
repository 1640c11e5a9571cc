"""Acts: the named things a person or a job may do here, as data."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a staff member is at one clinic. Few and fixed; acts grow, roles rarely."""

    FRONT_DESK = "front_desk"
    INTAKE = "intake"
    CLINICIAN = "clinician"
    INTERN = "intern"
    SUPERVISOR = "supervisor"
    PRESCRIBER = "prescriber"
    NURSE = "nurse"
    REVIEWER = "reviewer"
    BILLER = "biller"
    DIRECTOR = "director"
    PRIVACY_OFFICER = "privacy_officer"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


R = Role
EVERYONE = frozenset(Role)
COUNSELING = frozenset({R.CLINICIAN, R.INTERN, R.SUPERVISOR})
CLINICAL = COUNSELING | {R.PRESCRIBER, R.NURSE, R.DIRECTOR}
CARE = CLINICAL | {R.FRONT_DESK, R.INTAKE}
DESK = frozenset({R.FRONT_DESK, R.INTAKE, R.DIRECTOR, R.SUPERVISOR})
LEADERS = frozenset({R.DIRECTOR, R.ADMINISTRATOR})


class Kind(StrEnum):
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True)
class Act:
    """One thing that can be done.

    `about` completes the sentence "You cannot …" in a refusal and "… may" in the roles page.
    `entails` names further acts one permit for this act covers, so that nested calls need no
    second permit. `public` acts are permitted to anyone; what they read is never audited.
    `everywhere` lets the holder look beyond the own clinics for one query (`door.everywhere`).
    """

    name: str
    kind: Kind
    roles: frozenset[Role]
    about: str
    entails: frozenset[str] = frozenset()
    public: bool = False
    everywhere: bool = False


def read(
    name: str,
    roles: Iterable[Role],
    about: str,
    *,
    entails: Iterable[str] = (),
    public: bool = False,
    everywhere: bool = False,
) -> Act:
    """An act that looks."""
    return Act(name, Kind.READ, frozenset(roles), about, frozenset(entails), public, everywhere)


def write(
    name: str,
    roles: Iterable[Role],
    about: str,
    *,
    entails: Iterable[str] = (),
    public: bool = False,
    everywhere: bool = False,
) -> Act:
    """An act that changes something."""
    return Act(name, Kind.WRITE, frozenset(roles), about, frozenset(entails), public, everywhere)


class Acts:
    """All acts of all rooms by name, with entailment closed over."""

    def __init__(self) -> None:
        self._acts: dict[str, Act] = {}
        self._closure: dict[str, frozenset[str]] = {}

    def add(self, acts: Iterable[Act]) -> None:
        """Register; the same name twice is a programming error (ValueError)."""
        for act in acts:
            if act.name in self._acts:
                raise ValueError(f"act {act.name!r} is declared twice")
            self._acts[act.name] = act
        self._closure.clear()

    def __getitem__(self, name: str) -> Act:
        return self._acts[name]

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._acts.values())

    def covered_by(self, name: str) -> frozenset[str]:
        """Every act one permit for `name` covers, itself included."""
        if name not in self._closure:
            covered, open_names = set(), [name]
            while open_names:
                current = open_names.pop()
                if current not in covered:
                    covered.add(current)
                    open_names.extend(self._acts[current].entails)
            self._closure[name] = frozenset(covered)
        return self._closure[name]


ACTS = Acts()
