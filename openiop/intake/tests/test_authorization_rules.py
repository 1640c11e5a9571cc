"""Where an authorization stands."""

from datetime import date

import pytest

from openiop.intake.rules.authorization import NEXT, STATES, due_on, refusal, shown

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("until", "state"),
    [(None, "granted"), (date(2026, 12, 1), "granted"), (date(2026, 11, 30), "at_risk"),
     (date(2026, 11, 1), "at_risk")],
)  # fmt: skip
def test_one_that_ends_within_a_week_is_at_risk(until, state):
    assert shown("granted", until, TODAY) == state


def test_only_a_granted_one_is_at_risk():
    assert {shown(state, TODAY, TODAY) for state in STATES if state != "granted"} == {
        "not_needed", "unknown", "needed", "requested", "denied"
    }  # fmt: skip


def test_each_state_leads_on_and_none_to_itself():
    assert set(NEXT) == set(STATES)
    assert all(state not in NEXT[state] and NEXT[state] for state in STATES)


@pytest.mark.parametrize(
    ("state", "to", "by", "until", "no"),
    [
        ("requested", "granted", "Kim", date(2026, 12, 20), ""),
        ("requested", "granted", " ", date(2026, 12, 20), "nobody"),
        ("requested", "granted", "Kim", date(2026, 11, 22), "over"),
        ("requested", "granted", "Kim", None, ""),
        ("needed", "granted", "Kim", None, "step"),
        ("needed", "requested", "", None, ""),
        ("granted", "granted", "Kim", None, "step"),
    ],
)
def test_a_grant_names_who_gave_it_and_is_not_over(state, to, by, until, no):
    assert refusal(state, to, accepted_by=by, until_on=until, today=TODAY) == no


@pytest.mark.parametrize(
    ("state", "until", "due"),
    [
        ("needed", None, TODAY), ("denied", None, TODAY), ("requested", None, date(2026, 11, 25)),
        ("granted", date(2026, 12, 20), date(2026, 12, 13)), ("granted", None, None),
        ("granted", date(2026, 11, 25), TODAY), ("not_needed", None, None),
        ("unknown", None, None),
    ],
)  # fmt: skip
def test_when_somebody_looks_again(state, until, due):
    assert due_on(state, until, TODAY) == due
