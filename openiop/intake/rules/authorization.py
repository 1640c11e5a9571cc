"""Where a payer's authorization stands, and where it may go from there."""

from datetime import date, timedelta

NOT_NEEDED, UNKNOWN, NEEDED, REQUESTED, GRANTED, DENIED = (
    "not_needed", "unknown", "needed", "requested", "granted", "denied",
)  # fmt: skip
AT_RISK = "at_risk"
STATES = (NOT_NEEDED, UNKNOWN, NEEDED, REQUESTED, GRANTED, DENIED)
NEXT = {
    UNKNOWN: (NEEDED, NOT_NEEDED, REQUESTED), NOT_NEEDED: (NEEDED,),
    NEEDED: (REQUESTED, NOT_NEEDED), REQUESTED: (GRANTED, DENIED, NEEDED),
    GRANTED: (REQUESTED, DENIED), DENIED: (REQUESTED, NOT_NEEDED),
}  # fmt: skip
AHEAD = timedelta(days=7)  # so long before its last day an authorization is at risk
CHASE = timedelta(days=2)  # a request without an answer is followed up


def shown(state: str, until_on: date | None, today: date) -> str:
    """The state as lists show it: one that ends within seven days, or ended, is at risk."""
    ends = state == GRANTED and until_on is not None and until_on - AHEAD <= today
    return AT_RISK if ends else state


def refusal(state: str, to: str, *, accepted_by: str, until_on: date | None, today: date) -> str:
    """Why a state cannot follow another: "", "step", "nobody", "over"."""
    if to not in NEXT[state]:
        return "step"
    if to == GRANTED and not accepted_by.strip():
        return "nobody"
    return "over" if to == GRANTED and until_on is not None and until_on < today else ""


def due_on(state: str, until_on: date | None, today: date) -> date | None:
    """When somebody must look again: at once where one is needed or denied, after two days where
    one was asked for, a week before a granted one ends; None: never."""
    if state in (NEEDED, DENIED):
        return today
    if state == REQUESTED:
        return today + CHASE
    if state == GRANTED and until_on is not None:
        return max(today, until_on - AHEAD)
    return None
