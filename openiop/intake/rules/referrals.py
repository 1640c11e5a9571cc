"""Who may be told what about somebody sent on, and when to ask what came of it."""

from datetime import date, datetime, timedelta

OUTCOMES = ("arrived", "not_arrived", "declined", "came_back", "withdrawn")
BACK = {"came_back", "withdrawn"}  # the inquiry goes on here
WAYS = ("together", "call", "send", "paper")
ASK_AFTER = timedelta(days=2)


def telling_refusal(way: str, consent_on: date | None, today: date) -> str:
    """Why a place may not be told: "", "no_consent", "not_signed_yet".

    Whoever goes with a paper of their own, or calls the place themselves while we stand by, tells
    it themselves; a call or letter of ours discloses and takes a signature (42 CFR 2.31). In a
    medical emergency the emergency services may be told without one (42 CFR 2.51).
    """
    if way in ("together", "paper"):
        return ""
    if consent_on is None:
        return "no_consent"
    return "not_signed_yet" if consent_on > today else ""


def ask_at(made_at: datetime, chosen: datetime | None) -> datetime:
    """When to ask what came of it: as chosen, else after two days; never before it was made."""
    return max(chosen, made_at) if chosen else made_at + ASK_AFTER
