"""What is missing before somebody can be admitted, and what a supervisor may let wait."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from openiop.kernel.days import age_on

ADULT = 18
WAIT_MOST = timedelta(days=30)  # the longest a missing item may be let wait
LEVELS = ("2.1", "2.5", "1")
DAYS_A_WEEK = {"2.1": 3, "2.5": 5, "1": 1}


@dataclass(frozen=True)
class Facts:
    """What is known on the day of admission. `stops` are the levels of the newest safety answers
    that stop; `concern`: an answer waits for a clinician; `covered` the payer's newest answer,
    `checked_on` its day."""

    today: date
    registered: bool
    birth_on: date | None
    safety_answered: bool
    unanswered: int
    stops: frozenset[str]
    covered: bool | None
    checked_on: date | None
    self_pay: bool
    treatment_consent_on: date | None
    agreement_on: date | None
    in_care: bool
    concern: bool = False


@dataclass(frozen=True)
class Item:
    """Something missing. `waivable`: a supervisor may let it wait, with a reason and a day."""

    key: str
    waivable: bool


@dataclass(frozen=True)
class Waiver:
    """An item let wait: why, and until when."""

    key: str
    reason: str
    due_on: date


# In the order of the checklist; what a supervisor may let wait.
WAIVABLE = {
    "person": False, "in_care": False, "birth": True, "age": False, "safety": False,
    "unanswered": True, "emergency": False, "medical": False, "today": True, "concern": False,
    "benefits": True, "stale": True, "lapse": True, "consent": False, "consent_day": False,
    "agreement": True,
}  # fmt: skip


def missing(facts: Facts) -> tuple[Item, ...]:
    """What is missing, in the order of the checklist; empty: ready."""
    found = {
        "person": not facts.registered,
        "in_care": facts.in_care,
        "birth": facts.registered and facts.birth_on is None,
        "age": facts.birth_on is not None and age_on(facts.birth_on, facts.today) < ADULT,
        "safety": not facts.safety_answered,
        "unanswered": facts.safety_answered and facts.unanswered > 0,
        **{level: level in facts.stops for level in ("emergency", "medical", "today")},
        "concern": facts.concern,
        **_payment(facts),
        "consent": facts.treatment_consent_on is None,
        "consent_day": any(
            day is not None and day > facts.today
            for day in (facts.treatment_consent_on, facts.agreement_on)
        ),
        "agreement": facts.agreement_on is None,
    }
    return tuple(Item(key, WAIVABLE[key]) for key in WAIVABLE if found[key])


def _payment(facts: Facts) -> dict[str, bool]:
    """Benefits are asked about in the month of the admission, but not of who pays themselves."""
    if facts.self_pay:
        return {"benefits": False, "stale": False, "lapse": False}
    known = facts.checked_on is not None
    current = known and facts.checked_on.replace(day=1) == facts.today.replace(day=1)  # type: ignore[union-attr]
    return {
        "benefits": not known or (current and facts.covered is None),
        "stale": known and not current,
        "lapse": current and facts.covered is False,
    }


def still_missing(
    items: Iterable[Item], waivers: Mapping[str, Waiver], today: date, *, may_waive: bool
) -> tuple[Item, ...]:
    """Those not let wait. A waiver counts only of whoever may, for what may wait, with a reason,
    and until a day within thirty."""
    return tuple(
        item
        for item in items
        if not (
            may_waive and item.waivable and item.key in waivers
            and waivers[item.key].reason.strip()
            and today <= waivers[item.key].due_on <= today + WAIT_MOST
        )
    )  # fmt: skip


def lightest(loads: Mapping[int, tuple[int, int | None]]) -> int | None:
    """Who takes the next person: of (people, most people) by staff, the fewest, and none that is
    full; None when nobody has room."""
    free = {
        staff: people for staff, (people, most) in loads.items() if most is None or people < most
    }
    return min(free, key=lambda staff: (free[staff], staff)) if free else None


def authorization_state(asked: bool | None, self_pay: bool) -> str:
    """Where the authorization stands at admission: "not_needed", "needed" or "unknown"."""
    if self_pay:
        return "not_needed"
    return {True: "needed", False: "not_needed", None: "unknown"}[asked]
