"""A payer's answer about benefits (X12 271, 005010X279A1) as facts, or the segment that is wrong.

The file's own loops say who answers (HL 20), who asked (21), whose plan it is (22) and who is
covered through them (23). Sentences here are for staff; the codes' own words are not shipped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from openiop.kernel.x12 import Segment, Transaction, X12Error, transactions

LOOPS = {"20": "payer", "21": "provider", "22": "subscriber", "23": "dependent"}
PARENT = {"21": "20", "22": "21", "23": "22"}
KINDS = {
    "1": "active", "2": "active", "3": "active", "4": "active", "5": "active",
    "6": "inactive", "7": "inactive", "8": "inactive",
    "A": "coinsurance", "B": "copay", "C": "deductible", "CB": "basis", "D": "described",
    "E": "excluded", "F": "limit", "G": "out_of_pocket", "H": "unlimited", "I": "not_covered",
    "J": "cost_containment", "K": "reserve", "L": "primary_care", "M": "pre_existing",
    "MC": "managed_care", "N": "restricted", "O": "not_necessary", "P": "disclaimer",
    "Q": "second_opinion", "R": "other_payer", "S": "history", "T": "card_lost", "U": "contact",
    "V": "cannot_tell", "W": "other_source", "X": "facility", "Y": "spend_down",
}  # fmt: skip
PERIODS = {
    "6": "hour", "7": "day", "21": "years", "22": "year_of_service", "23": "calendar_year",
    "24": "year_to_date", "25": "contract", "26": "episode", "27": "visit", "29": "remaining",
    "30": "exceeded", "32": "lifetime", "33": "lifetime_remaining", "34": "month", "35": "week",
    "36": "admission",
}  # fmt: skip
LEVELS = {"IND": "individual", "FAM": "family", "EMP": "employee", "CHD": "children"}
ANSWERS = {"Y": True, "N": False}  # U, W and nothing are no answer
CARE = frozenset(
    ("30", "98", "A4", "A6", "A7", "A8", "AI", "AJ", "AK", "CE", "CF", "CG", "CH", "CI", "CJ", "MH")
)
"""Service types that speak of care like ours: the plan as a whole (30), office visits, mental
health and substance use, inpatient ones left in so that a carve-out is seen."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named in the answer; `member` is the number on the card."""

    last_name: str = ""
    first_name: str = ""
    member: str = ""
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class Benefit:
    """One line of benefits, as sent. `amount` in dollars, `share` the person's part from 0 to 1;
    None where the payer does not say. `segment` is its place in the file."""

    segment: int
    kind: str
    level: str
    services: tuple[str, ...]
    plan: str
    period: str
    amount: Decimal | None
    share: Decimal | None
    authorization: bool | None
    in_network: bool | None
    messages: tuple[str, ...] = ()
    dates: tuple[tuple[str, str], ...] = ()
    entity: str = ""

    @property
    def concerns_care(self) -> bool:
        """Whether it speaks of the whole plan or of care like ours."""
        return not self.services or bool(CARE.intersection(self.services))


@dataclass(frozen=True, slots=True)
class Rejection:
    """The payer could not answer: the code of the reason, and what to do by its code."""

    segment: int
    about: str
    reason: str
    follow_up: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one payer answered about one person. `trace` repeats the number of the question."""

    payer: str = ""
    payer_id: str = ""
    provider: str = ""
    subscriber: Person = field(default_factory=Person)
    dependent: Person | None = None
    trace: tuple[str, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    dates: tuple[tuple[str, str], ...] = ()

    @property
    def active(self) -> bool | None:
        """Whether there is coverage; None where the payer does not say."""
        kinds = {each.kind for each in self.benefits if each.concerns_care}
        return True if "active" in kinds else False if "inactive" in kinds else None


def answers(text: str) -> tuple[Answer, ...]:
    """Every person's answer in a file.

    Raises X12Error with the segment that is wrong: a broken envelope, another transaction than
    271, a loop without its parent, an amount or day that is none.
    """
    found = transactions(text)
    for each in found:
        if each.kind != "271":
            first = each.segments[0]
            raise X12Error(first.number, "ST", f"this is a {each.kind or '?'}, not a 271.")
    return tuple(answer for each in found for answer in _answers(each))


def _answers(transaction: Transaction) -> Iterator[Answer]:
    known: dict[str, Answer] = {}  # what each level came to, by its number
    levels: dict[str, str] = {}
    for segments in _loops(transaction):
        head = _level(segments[0], levels)
        above = known.get(head.at(2), Answer())
        above = replace(above, benefits=(), rejections=())
        read = _loop(above, levels[head.at(1)], segments, transaction.repeats)
        known[head.at(1)] = read
        somebody = levels[head.at(1)] in ("22", "23")
        if read.rejections or (somebody and (read.benefits or head.at(4) != "1")):
            yield read


def _loops(transaction: Transaction) -> Iterator[list[Segment]]:
    """The segments of each HL loop, in the order of the file."""
    current: list[Segment] = []
    for each in transaction.segments[2:-1]:
        if each.name == "HL":
            if current:
                yield current
            current = [each]
        elif current:
            current.append(each)
        else:
            raise X12Error(each.number, each.name, "it stands before the first level (HL).")
    if not current:
        last = transaction.segments[-1]
        raise X12Error(last.number, last.name, "the answer names nobody: there is no level (HL).")
    yield current


def _level(each: Segment, levels: dict[str, str]) -> Segment:
    number, parent, code = each.at(1), each.at(2), each.at(3)
    if code not in LOOPS:
        raise X12Error(each.number, "HL", f"level {code or 'nothing'} is unknown.")
    if not number or number in levels:
        raise X12Error(each.number, "HL", f"number {number or 'nothing'} is given before.")
    if levels.get(parent) != PARENT.get(code):
        raise X12Error(each.number, "HL", f"the {LOOPS[code]} stands below the wrong level.")
    levels[number] = code
    return each


def _loop(above: Answer, code: str, segments: list[Segment], repeats: str) -> Answer:
    read, who = above, Person()
    benefits: list[Benefit] = []
    rejections: list[Rejection] = []
    dates: list[tuple[str, str]] = []
    for each in segments[1:]:
        match each.name:
            case "NM1" if not benefits and who == Person():
                who = Person(each.at(3), each.at(4), each.at(9))
            case "NM1" if benefits:
                benefits[-1] = replace(benefits[-1], entity=_name(each))
            case "DMG":
                who = replace(who, born_on=_day(each, each.at(2)) if each.at(2) else None)
            case "TRN":
                read = replace(read, trace=(*read.trace, each.at(2)))
            case "EB":
                benefits.append(_benefit(each, repeats))
            case "MSG" if benefits:
                last = benefits[-1]
                benefits[-1] = replace(last, messages=(*last.messages, each.at(1)))
            case "DTP" if benefits:
                last = benefits[-1]
                benefits[-1] = replace(last, dates=(*last.dates, _dated(each)))
            case "DTP":
                dates.append(_dated(each))
            case "AAA":
                rejections.append(Rejection(each.number, LOOPS[code], each.at(3), each.at(4)))
    return _named(
        replace(
            read, benefits=tuple(benefits), rejections=tuple(rejections),
            dates=(*read.dates, *dates),
        ),
        code, who,
    )  # fmt: skip


def _named(read: Answer, code: str, who: Person) -> Answer:
    match code:
        case "20":
            return replace(read, payer=who.last_name, payer_id=who.member)
        case "21":
            return replace(read, provider=who.last_name)
        case "22":
            return replace(read, subscriber=who)
    return replace(read, dependent=who)


def _benefit(each: Segment, repeats: str) -> Benefit:
    code = each.at(1)
    if code not in KINDS:
        raise X12Error(each.number, "EB", f"benefit {code or 'nothing'} is unknown.")
    share = _number(each, 8)
    if share is not None and not 0 <= share <= 1:
        raise X12Error(each.number, "EB", f"a share of {share} is not between 0 and 1.")
    return Benefit(
        segment=each.number,
        kind=KINDS[code],
        level=LEVELS.get(each.at(2), ""),
        services=tuple(filter(None, each.at(3).split(repeats))),
        plan=each.at(5),
        period=PERIODS.get(each.at(6), each.at(6)),
        amount=_number(each, 7),
        share=share,
        authorization=ANSWERS.get(each.at(11)),
        in_network=ANSWERS.get(each.at(12)),
    )


def _number(each: Segment, place: int) -> Decimal | None:
    text = each.at(place)
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise X12Error(each.number, each.name, f"element {place}, {text}, is no amount.")
    return number


def _dated(each: Segment) -> tuple[str, str]:
    """(what the day is of, by its code, "2006-01-01" or "2006-01-01/2006-12-31")."""
    text = each.at(3)
    days = text.split("-") if each.at(2) == "RD8" else [text]
    return each.at(1), "/".join(_day(each, day).isoformat() for day in days)


def _day(each: Segment, text: str) -> date:
    try:
        if len(text) != 8:
            raise ValueError
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise X12Error(each.number, each.name, f"{text or 'nothing'} is no day.") from None


def _name(each: Segment) -> str:
    return " ".join(filter(None, (each.at(4), each.at(3))))
