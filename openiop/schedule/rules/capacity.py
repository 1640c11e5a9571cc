"""How many people may sit in a session: the law's limit, the house's own, the room's.

A day with counseling anywhere in it is a counseling group, for the same people sit in all of it;
so the strictest limit of its blocks governs. The law stops planning; the house asks for a reason.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from openiop.catalog import Answer, HouseValue, Regulation, resolve

House = Mapping[str, HouseValue]
# Education and life-skills groups share a limit; family work is counseling where it is not
# planned as an education event.
LIMIT_OF = {
    "counseling": "counseling", "family": "counseling",
    "education": "education", "skills": "education",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Caps:
    """People a session may hold. None: no rule is recorded (`reviewed` is False then), or the rule
    does not reach this kind of event (`exempt`); `room` None: not in a room."""

    legal: int | None
    house: int | None
    room: int | None
    exempt: bool
    reviewed: bool
    reasons: tuple[str, ...]
    citation: str

    @property
    def limit(self) -> int | None:
        """The most that may be planned: the law's or the room's, whichever is less."""
        return min((cap for cap in (self.legal, self.room) if cap is not None), default=None)

    @property
    def usual(self) -> int | None:
        """The most that may be planned without a reason."""
        known = [cap for cap in (self.house, self.limit) if cap is not None]
        return min(known, default=None)


def caps(
    kinds: Iterable[str], *, state: str, on: date, house: House | None = None,
    room: int | None = None, event: str = "", payer: str | None = None,
) -> Caps:  # fmt: skip
    """The limits of a session with blocks of these kinds on a day, from the catalog
    (group.counseling.max, group.education.max, group.house.max).

    `event` names a kind of event that the limits may not reach (group.*.exempt_kinds).
    """
    own = house or {}

    def ask(key: str) -> Answer:
        return resolve(key, state=state, on=on, payer=payer, house=own)

    groups = sorted({LIMIT_OF[kind] for kind in kinds if kind in LIMIT_OF})
    reached = [group for group in groups if not _exempt(ask, group, event)]
    answers = [ask(f"group.{group}.max") for group in reached]
    laws = [rule for answer in answers if (rule := answer.winner)]
    strictest = min(laws, key=lambda rule: int(str(rule.value)), default=None)
    policy = ask("group.house.max").winner if reached else None
    return Caps(
        legal=_people(strictest), house=_people(policy), room=room,
        exempt=bool(groups) and not reached,
        reviewed=len(laws) == len(answers) and all(rule.reviewed for rule in laws),
        reasons=tuple(answer.why for answer in answers),
        citation=strictest.citation if strictest else "",
    )  # fmt: skip


def _exempt(ask: Callable[[str], Answer], group: str, event: str) -> bool:
    if not event:
        return False
    rule = ask(f"group.{group}.exempt_kinds").winner
    return bool(rule and isinstance(rule.value, tuple) and event in rule.value)


def _people(rule: Regulation | None) -> int | None:
    return None if rule is None else int(str(rule.value))


@dataclass(frozen=True, slots=True)
class Seating:
    """May one more sit? "free", "reason" (over the house's own limit) or "full", with a sentence
    that quotes the rule; `reason` and `full` say why."""

    answer: str
    sentence: str = ""


def one_more(taken: int, limits: Caps) -> Seating:
    """May one more person sit where `taken` already do?"""
    if limits.limit is not None and taken >= limits.limit:
        return Seating("full", _quoted(taken, limits))
    if limits.house is not None and taken >= limits.house:
        return Seating(
            "reason", f"{taken} people sit here, and the house's own limit is {limits.house}."
        )
    return Seating("free")


def _quoted(taken: int, limits: Caps) -> str:
    if limits.legal is None or (limits.room is not None and limits.room < limits.legal):
        return f"{taken} people sit here, and the room holds {limits.room}."
    checked = "" if limits.reviewed else " This figure has not been reviewed: verify it."
    return f"{taken} people sit here, and {limits.legal} is the most ({limits.citation}).{checked}"
