"""The letters after a signature: credentials in force that day in that state."""

from collections.abc import Iterable
from datetime import date

from openiop.access.credential_rules import CredentialFact, lapse, recorded_kind


def initials(credentials: Iterable[CredentialFact], state: str, on: date) -> str:
    """ "LCDC, LPC": what is valid in `state` on the day, each once; empty when nothing is."""
    valid = (fact for fact in credentials if fact.state.upper() == state.upper())
    kinds = (recorded_kind(fact, on) for fact in valid if not lapse(fact, on))
    return ", ".join(dict.fromkeys(kind.initials for kind in kinds if kind))
