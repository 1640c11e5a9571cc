"""The checklist of an admission."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from openiop.intake.rules.admission import (
    WAIVABLE,
    Facts,
    Item,
    Waiver,
    authorization_state,
    lightest,
    missing,
    still_missing,
)

TODAY = date(2026, 11, 23)
READY = Facts(
    today=TODAY, registered=True, birth_on=date(1990, 2, 28), safety_answered=True, unanswered=0,
    stops=frozenset(), covered=True, checked_on=TODAY, self_pay=False,
    treatment_consent_on=TODAY, agreement_on=TODAY, in_care=False,
)  # fmt: skip


def keys(**changes) -> list[str]:
    return [item.key for item in missing(replace(READY, **changes))]


def test_nothing_is_missing_when_all_is_there():
    assert missing(READY) == ()


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"registered": False, "birth_on": None}, ["person"]),
        ({"in_care": True}, ["in_care"]),
        ({"birth_on": None}, ["birth"]),
        ({"birth_on": date(2008, 11, 24)}, ["age"]),  # eighteen tomorrow
        ({"birth_on": date(2008, 11, 23)}, []),  # eighteen today
        ({"safety_answered": False, "unanswered": 7}, ["safety"]),
        ({"unanswered": 2}, ["unanswered"]),
        ({"stops": frozenset({"emergency", "today"})}, ["emergency", "today"]),
        ({"stops": frozenset({"medical"})}, ["medical"]),
        ({"concern": True}, ["concern"]),
        ({"covered": None, "checked_on": None}, ["benefits"]),
        ({"covered": None}, ["benefits"]),  # asked, and the payer did not say
        ({"checked_on": date(2026, 10, 31)}, ["stale"]),
        ({"checked_on": date(2026, 11, 1)}, []),
        ({"covered": False}, ["lapse"]),
        ({"covered": False, "self_pay": True}, []),
        ({"checked_on": None, "covered": None, "self_pay": True}, []),
        ({"treatment_consent_on": None}, ["consent"]),
        ({"treatment_consent_on": date(2026, 11, 24)}, ["consent_day"]),
        ({"agreement_on": None}, ["agreement"]),
    ],
)
def test_each_thing_that_is_missing_is_named(changes, found):
    assert keys(**changes) == found


def test_only_some_things_may_wait():
    assert [key for key, may in WAIVABLE.items() if not may] == [
        "person", "in_care", "age", "safety", "emergency", "medical", "concern", "consent",
        "consent_day",
    ]  # fmt: skip


ITEMS = (Item("benefits", True), Item("consent", False))
LATER = TODAY + timedelta(days=7)


@pytest.mark.parametrize(
    ("waiver", "may", "left"),
    [
        (Waiver("benefits", "Payer closed until Monday", LATER), True, ["consent"]),
        (Waiver("benefits", "Payer closed until Monday", LATER), False, ["benefits", "consent"]),
        (Waiver("benefits", "  ", LATER), True, ["benefits", "consent"]),
        (Waiver("benefits", "x", TODAY - timedelta(days=1)), True, ["benefits", "consent"]),
        (Waiver("benefits", "x", TODAY + timedelta(days=30)), True, ["consent"]),
        (Waiver("benefits", "x", TODAY + timedelta(days=31)), True, ["benefits", "consent"]),
        (Waiver("consent", "In a hurry", LATER), True, ["benefits", "consent"]),
    ],
)
def test_a_supervisor_lets_wait_with_a_reason_and_a_day_what_may_wait(waiver, may, left):
    found = still_missing(ITEMS, {waiver.key: waiver}, TODAY, may_waive=may)
    assert [item.key for item in found] == left


def test_the_counselor_with_the_fewest_people_and_room_takes_the_next():
    assert lightest({1: (9, None), 2: (4, 4), 3: (7, 20)}) == 3
    assert lightest({5: (3, None), 4: (3, None)}) == 4
    assert lightest({2: (4, 4)}) is None
    assert lightest({}) is None


@pytest.mark.parametrize(
    ("asked", "self_pay", "state"),
    [(True, False, "needed"), (False, False, "not_needed"), (None, False, "unknown"),
     (True, True, "not_needed")],
)  # fmt: skip
def test_where_the_authorization_stands(asked, self_pay, state):
    assert authorization_state(asked, self_pay) == state
