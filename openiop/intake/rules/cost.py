"""What a course of care may cost the person: best, likely and worst, in dollars.

Plans pay from the "allowed amount", their own price of a service: up to the deductible the person
pays all of it, after that a copay or a share (coinsurance), and nothing more once the out-of-pocket
maximum is reached (45 CFR 147.200, terms of the uniform glossary). What nobody knows stays
unknown: then there is no likely figure, only the best and the worst case.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

WEEKS = (6, 8, 10)
DAYS_A_WEEK, TALKS_A_WEEK = 3, 1
CENT, ZERO = Decimal("0.01"), Decimal(0)


@dataclass(frozen=True)
class Price:
    """What one unit of a service costs: the printed price of the house, and what plans allow for
    it at least, usually and at most."""

    printed: Decimal
    least: Decimal
    usual: Decimal
    most: Decimal


@dataclass(frozen=True)
class Prices:
    """A day of the program, and one talk one-to-one."""

    day: Price
    talk: Price


@dataclass(frozen=True)
class Plan:
    """What is known of somebody's plan; None: not known. Dollars; shares from 0 to 1.

    `left` of the out-of-pocket maximum is what may still be paid this year. `copay` for each visit
    or `share` of each allowed amount; `tier_share` the share at a provider of the second tier.
    `waived`: the deductible does not count for these visits. `network` in or out. `family`: what
    is left is a family's together, and what the others pay meanwhile is not known.
    """

    deductible_left: Decimal | None = None
    copay: Decimal | None = None
    share: Decimal | None = None
    tier_share: Decimal | None = None
    left: Decimal | None = None
    waived: bool | None = None
    network: str = "in"
    family: bool = False


@dataclass(frozen=True)
class Cost:
    """Dollars at best, most likely (None: nobody can say) and at worst."""

    best: Decimal
    likely: Decimal | None
    worst: Decimal


@dataclass(frozen=True)
class Costs:
    """By the first day, the first week, and the whole course of so many weeks; `assumed` names
    what was taken for granted, `unknown` what is missing for a better answer, `capped` whether
    the worst is held down by the out-of-pocket maximum."""

    day: Cost
    week: Cost
    courses: dict[int, Cost]
    assumed: tuple[str, ...]
    unknown: tuple[str, ...]
    capped: bool


@dataclass(frozen=True)
class _Case:
    """One way it may go: all facts known."""

    deductible: Decimal
    copay: Decimal | None
    share: Decimal | None
    left: Decimal | None
    day: Decimal
    talk: Decimal
    dearer: bool = False

    def own(self, rest: Decimal) -> Decimal:
        """Copay or share of what the deductible left over; of both, the lower or the dearer."""
        asked = [] if self.copay is None else [min(self.copay, rest)]
        asked += [] if self.share is None else [rest * self.share]
        return (max if self.dearer else min)(asked, default=ZERO)


def costs(plan: Plan | None, prices: Prices, weeks: Iterable[int] = WEEKS) -> Costs:
    """What the person may pay. `plan` None: without insurance, at the printed prices."""
    wanted = tuple(weeks)
    if plan is None:
        return _printed(prices, wanted)
    best, worst = _best(plan, prices), _worst(plan, prices)
    likely = None if unknown(plan) else _likely(plan, prices)

    def of(units: list[str]) -> Cost:
        low, high = _paid(best, units), _paid(worst, units)
        middle = None if likely is None else min(max(_paid(likely, units), low), high)
        return Cost(low, middle, high)

    courses = {each: of(_units(each)) for each in wanted}
    reached = worst.left is not None and any(
        c.worst == _cents(worst.left) for c in courses.values()
    )
    return Costs(
        of(["day"]), of(_units(1)), courses, _assumed(plan), unknown(plan), reached
    )  # fmt: skip


def unknown(plan: Plan) -> tuple[str, ...]:
    """Facts that are missing for a likely figure."""
    missing = []
    if plan.deductible_left is None and plan.waived is not True:
        missing.append("deductible")
    if plan.copay is None and plan.share is None:
        missing.append("share")
    if plan.left is None:
        missing.append("maximum")
    if plan.network == "out":
        missing.append("balance")
    return tuple(missing)


def _assumed(plan: Plan) -> tuple[str, ...]:
    found = ["three_days", "one_talk", "allowed", "one_year"]
    if plan.copay is not None and plan.share is not None:
        found.append("copay_or_share")
    if plan.copay is not None and plan.waived is None:
        found.append("copay_deductible")
    if plan.tier_share is not None:
        found.append("tiers")
    if plan.family:
        found.append("family")
    if plan.network == "out":
        found.append("out")
    return tuple(found)


def _printed(prices: Prices, weeks: tuple[int, ...]) -> Costs:
    def of(units: list[str]) -> Cost:
        total = _cents(sum(
            (prices.day.printed if unit == "day" else prices.talk.printed for unit in units), ZERO
        ))  # fmt: skip
        return Cost(total, total, total)

    courses = {each: of(_units(each)) for each in weeks}
    return Costs(of(["day"]), of(_units(1)), courses,
                 ("three_days", "one_talk", "printed"), (), False)  # fmt: skip


def _units(weeks: int) -> list[str]:
    """The visits of a course in their order: each week its days, then its talk."""
    return (["day"] * DAYS_A_WEEK + ["talk"] * TALKS_A_WEEK) * weeks


def _best(plan: Plan, prices: Prices) -> _Case:
    skips = plan.waived or (plan.waived is None and plan.copay is not None)
    deductible = ZERO if skips else plan.deductible_left or ZERO
    shares = [each for each in (plan.share, plan.tier_share) if each is not None]
    left = ZERO if plan.family else plan.left  # the others may have reached the maximum
    return _Case(deductible, plan.copay, min(shares, default=None), left, prices.day.least,
                 prices.talk.least)  # fmt: skip


def _likely(plan: Plan, prices: Prices) -> _Case:
    skips = plan.waived or (plan.waived is None and plan.copay is not None)
    deductible = ZERO if skips else plan.deductible_left or ZERO
    share = plan.share if plan.copay is None else None
    return _Case(deductible, plan.copay, share, plan.left, prices.day.usual, prices.talk.usual)


def _worst(plan: Plan, prices: Prices) -> _Case:
    """What is not known is all for the person to pay, up to the maximum where there is one."""
    out = plan.network == "out"
    day = prices.day.printed if out else prices.day.most
    talk = prices.talk.printed if out else prices.talk.most
    left = None if out else plan.left  # a provider outside may bill beyond what the plan counts
    if plan.waived:
        deductible: Decimal | None = ZERO
    else:
        deductible = plan.deductible_left
    nothing_known = plan.copay is None and plan.share is None
    if out or deductible is None or nothing_known:
        return _Case(ZERO, None, Decimal(1), left, day, talk)
    shares = [each for each in (plan.share, plan.tier_share) if each is not None]
    share = max(shares, default=None)
    return _Case(deductible, plan.copay, share, left, day, talk, dearer=True)


def _paid(case: _Case, units: Iterable[str]) -> Decimal:
    """What the person pays for these visits, one after the other."""
    return _cents(sum(_each(case, units), ZERO))


def _each(case: _Case, units: Iterable[str]) -> Iterator[Decimal]:
    now = case
    for unit in units:
        allowed = now.day if unit == "day" else now.talk
        toward = min(allowed, now.deductible)
        pays = toward + now.own(allowed - toward)
        if now.left is not None:
            pays = min(pays, now.left)
            now = replace(now, left=now.left - pays)
        now = replace(now, deductible=now.deductible - toward)
        yield pays


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
