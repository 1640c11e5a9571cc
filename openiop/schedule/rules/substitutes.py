"""Who could hold a session instead: who may, who is free, and why not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from openiop.access.credential_rules import CredentialFact, may_facilitate


@dataclass(frozen=True, slots=True)
class Candidate:
    """A colleague as seen from one session. `busy` says what they hold then, "" when free;
    `flags` why a credential does not carry a block: such a session is held and reviewed."""

    id: int
    name: str
    phone: str
    shown: str
    busy: str
    flags: tuple[str, ...]

    @property
    def qualified(self) -> bool:
        return not self.flags

    @property
    def free(self) -> bool:
        return not self.busy


def credential_flags(
    name: str, credentials: Sequence[CredentialFact], kinds: Iterable[str], *, state: str,
    on: date, program_kind: str,
) -> tuple[str, ...]:  # fmt: skip
    """A sentence for each kind of block the person's credentials do not let them lead."""
    found = []
    for kind in dict.fromkeys(kinds):
        verdict = may_facilitate(
            credentials, block_kind=kind, state=state, on=on,
            program=program_kind.replace("_", "-"),
        )  # fmt: skip
        if not verdict.allowed:
            found.append(f"{name} may not lead {kind}. {' '.join(verdict.reasons)}")
    return tuple(found)


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Qualified and free first, then free, then qualified; by name."""
    return sorted(candidates, key=lambda one: (not one.free, not one.qualified, one.name))
