"""Whether a consent holds, whom it lets know what, and who may sign for whom."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

ADULT = 18
SOON_DAYS = (30, 7)  # before its end somebody asks whether it goes on


@dataclass(frozen=True)
class ConsentFact:
    """A consent as the rules know it. `signed_on` and `revoked_at` are of the clinic's clocks and
    of the moment; `expires_on` the first day on which it does not hold; `minor_alone`: signed by
    a minor without a parent."""

    kind: str
    signed_on: date
    recipient: str = ""
    what: frozenset[str] = frozenset()
    expires_on: date | None = None
    revoked_at: datetime | None = None
    minor_alone: bool = False

    def holds_on(self, day: date) -> bool:
        """In force on a day: signed, neither ended nor taken back. A consent taken back holds at no
        moment after; its day counts as over at once."""
        ended = self.expires_on is not None and day >= self.expires_on
        return self.signed_on <= day and not ended and self.revoked_at is None


def allows(
    consents: Iterable[ConsentFact], recipient: str, what: Collection[str], day: date
) -> bool:
    """May all these kinds of information be told to this recipient on that day?"""
    wanted, known = set(what), _plain(recipient)
    told: set[str] = set()
    for each in consents:
        if each.kind == "disclosure" and _plain(each.recipient) == known and each.holds_on(day):
            told |= each.what
    return bool(wanted) and wanted <= told


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def may_sign_alone(age: int | None, alone_from: int | None) -> bool:
    """May the person sign without a parent? An unknown age is a grown-up's: the desk asks; a minor
    where the state sets an age from which they may (`alone_from`)."""
    if age is None or age >= ADULT:
        return True
    return alone_from is not None and age >= alone_from


def signers(age: int | None, alone_from: int | None) -> tuple[str, ...]:
    """Who may sign: the person, a representative, or a minor together with a parent."""
    if age is None or age >= ADULT:
        return ("self", "representative")
    return ("self", "both") if may_sign_alone(age, alone_from) else ("both",)


def only_the_minor_decides(consents: Iterable[ConsentFact], day: date) -> bool:
    """Did a minor consent to treatment alone? Then nobody but the minor lets a parent, an insurer
    or the portal of a parent know anything (42 CFR 2.14(b))."""
    return any(
        each.minor_alone and each.kind == "treatment" and each.holds_on(day) for each in consents
    )


def may_know(
    consents: Iterable[ConsentFact], audience: str, what: Collection[str], day: date, *, minor: bool
) -> bool:
    """May a "parent", "insurer" or "portal" see this? Of a grown-up never without a consent; the
    parent of a minor may where the minor did not consent alone."""
    known = list(consents)
    if allows(known, audience, what, day):
        return True
    return audience == "parent" and minor and not only_the_minor_decides(known, day)


def group_refusal(age: int | None, *, adolescent_group: bool) -> str:
    """Why somebody may not sit in a group by age: "", "minor" in a group of grown-ups, "adult" in
    one of minors. A state's exception is a group of its own."""
    if age is None:
        return ""
    if age < ADULT and not adolescent_group:
        return "minor"
    return "adult" if age >= ADULT and adolescent_group else ""


@dataclass(frozen=True)
class Signing:
    """What is signed and by whom. `age` in years and `alone_from`, the age from which a minor of
    the state may sign alone, decide who may; for a disclosure all of its fields."""

    form: str
    person: str
    signer: str
    signer_name: str
    way: str
    signature: str
    identity: str
    language: str = "en"
    relation: str = ""
    recipient: str = ""
    what: Collection[str] = field(default_factory=tuple)
    purpose: str = ""
    expires_on: date | None = None
    expires_event: str = ""
    age: int | None = None
    alone_from: int | None = None
