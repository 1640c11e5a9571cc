"""What a payer's answer comes to, what differs from what was said, when to ask again, and whether
the payer may be asked at all."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from openiop.intake.rules.x271 import CARE, Answer, Benefit, Person
from openiop.patients.rules.search import fold

YEAR = {"calendar_year", "contract", "year_of_service", ""}
LEFT = {"remaining"}
# X12 date qualifiers 346/347 plan, 356/357 eligibility, 291 plan as a span
BEGINS, ENDS, SPAN = ("346", "356"), ("347", "357"), ("291", "307")
SPECIFIC = CARE - {"30"}  # behavioral health and visits rather than the plan as a whole
# Words that many payers share, and so tell none apart.
COMMON = {
    "blue", "cross", "shield", "health", "plan", "plans", "insurance", "life", "of", "the",
    "company", "corporation", "inc", "care", "group", "benefit", "benefits", "network", "national",
    "america", "american", "services",
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What one answer says. Dollars; `coinsurance` the person's part from 0 to 1; None: not said.
    `deductible_left` is what is still to be met."""

    payer: str
    plan: str = ""
    member: str = ""
    active: bool | None = None
    in_network: bool | None = None
    authorization: bool | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    deductible: Decimal | None = None
    deductible_left: Decimal | None = None
    out_of_pocket: Decimal | None = None
    out_of_pocket_left: Decimal | None = None
    copay: Decimal | None = None
    coinsurance: Decimal | None = None

    def values(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Said:
    """What the person had said: the payer, their name, their birth date; "" or None: nothing."""

    payer: str = ""
    name: str = ""
    birth_on: date | None = None


def contact_refusal(consent_on: date | None, today: date) -> str:
    """Why a payer may not be asked about a named person: "", "no_consent", "not_signed_yet".

    Asking tells the payer that somebody seeks treatment here (42 CFR 2.31, 2.33).
    """
    if consent_on is None:
        return "no_consent"
    return "not_signed_yet" if consent_on > today else ""


def recheck_on(checked_on: date, ends_on: date | None = None) -> date:
    """When to ask again: the first of next month, when plans change, or the day coverage ends."""
    first = (checked_on.replace(day=1) + timedelta(days=32)).replace(day=1)
    return min(first, max(ends_on, checked_on)) if ends_on else first


def facts_of(answer: Answer) -> Facts:
    """The figures for care like ours out of one 271: in network, for one person, rather those of
    behavioral health than those of the whole plan."""
    lines = [
        each for each in answer.benefits if each.concerns_care and each.in_network is not False
    ]
    plans = [each.plan for each in lines if each.plan and each.kind == "active"]
    covered = answer.dependent or answer.subscriber
    return Facts(
        payer=answer.payer, plan=plans[0] if plans else "",
        member=covered.member or answer.subscriber.member, active=answer.active,
        authorization=_authorization(lines),
        begins_on=_day(answer.dates, BEGINS, 0), ends_on=_day(answer.dates, ENDS, 1),
        deductible=_amount(lines, "deductible", YEAR),
        deductible_left=_amount(lines, "deductible", LEFT),
        out_of_pocket=_amount(lines, "out_of_pocket", YEAR),
        out_of_pocket_left=_amount(lines, "out_of_pocket", LEFT),
        copay=_amount(lines, "copay", None),
        coinsurance=next(
            (each.share for each in _nearest(lines, "coinsurance") if each.share is not None), None
        ),
    )  # fmt: skip


def _nearest(lines: Iterable[Benefit], kind: str) -> list[Benefit]:
    """Lines of a kind, those that speak most of care like ours first; the order of the file."""
    found = [each for each in lines if each.kind == kind]
    levels = {"individual": 0, "": 1}
    return sorted(
        found,
        key=lambda each: (
            not SPECIFIC.intersection(each.services), each.in_network is None,
            levels.get(each.level, 2),
        ),
    )  # fmt: skip


def _amount(lines: Sequence[Benefit], kind: str, periods: set[str] | None) -> Decimal | None:
    for each in _nearest(lines, kind):
        if each.amount is not None and (periods is None or each.period in periods):
            return each.amount
    return None


def _authorization(lines: Iterable[Benefit]) -> bool | None:
    said = {each.authorization for each in lines}
    return True if True in said else False if False in said else None


def _day(dates: Iterable[tuple[str, str]], codes: Sequence[str], part: int) -> date | None:
    known = dict(reversed(list(dates)))
    for code in (*codes, *SPAN):
        if code in known:
            days = known[code].split("/")
            if code in codes or len(days) == 2:
                return date.fromisoformat(days[0] if code in codes else days[part])
    return None


def covered_person(found: Sequence[Answer], said: Said) -> int | None:
    """Which of several answers is about the person, by name and birth date; None: none for sure."""
    if len(found) == 1:
        return 0
    fitting = [
        at
        for at, each in enumerate(found)
        if not _differing_person(each.dependent or each.subscriber, said)
        and (said.name or said.birth_on)
    ]
    return fitting[0] if len(fitting) == 1 else None


def differences(said: Said, facts: Facts, covered: Person | None = None) -> tuple[str, ...]:
    """Where the payer says something else than the person: "payer", "name", "birth", "active"."""
    found = ["payer"] if said.payer and not same_payer(said.payer, facts.payer) else []
    found += _differing_person(covered, said) if covered else []
    if said.payer and facts.active is False:
        found.append("active")
    return tuple(found)


def same_payer(one: str, other: str) -> bool:
    """Do two names of a payer share a word that tells payers apart? Without any, all words."""
    left, right = set(fold(one).split()), set(fold(other).split())
    telling = (left & right) - COMMON
    return bool(telling) or (left - COMMON == right - COMMON == set() and bool(left & right))


def _differing_person(covered: Person, said: Said) -> list[str]:
    found = []
    words = set(fold(said.name).split())
    named = set(fold(f"{covered.first_name} {covered.last_name}").split())
    if len(words) > 1 and named and not (words <= named or named <= words):
        found.append("name")
    if said.birth_on and covered.born_on and said.birth_on != covered.born_on:
        found.append("birth")
    return found
