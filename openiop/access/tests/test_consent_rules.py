"""Whether a consent holds, and who may sign and know."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.access.consent_rules import (
    ConsentFact,
    allows,
    group_refusal,
    may_know,
    may_sign_alone,
    only_the_minor_decides,
    signers,
)

DAY, BEFORE, AFTER = date(2026, 11, 24), date(2026, 11, 23), date(2026, 11, 25)
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


def disclosure(recipient: str = "Aetna", *what: str, **facts) -> ConsentFact:
    kinds = frozenset(what or ("presence", "payment"))
    return ConsentFact(**{"kind": "disclosure", "signed_on": DAY, "recipient": recipient,
                          "what": kinds} | facts)  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "holds"),
    [
        ({}, True), ({"signed_on": AFTER}, False), ({"expires_on": DAY}, False),
        ({"expires_on": AFTER}, True), ({"revoked_at": NOW}, False),
    ],
)  # fmt: skip
def test_a_consent_holds_from_its_day_until_it_ends_or_is_taken_back(facts, holds):
    assert disclosure(**facts).holds_on(DAY) is holds


def test_only_what_was_named_may_be_told_and_only_to_whom_it_was_named():
    known = [disclosure()]
    assert allows(known, " aetna ", ["presence"], DAY)
    assert allows(known, "Aetna", ["presence", "payment"], DAY)
    assert not allows(known, "Aetna", ["presence", "tests"], DAY)
    assert not allows(known, "Cigna", ["presence"], DAY)
    assert not allows(known, "Aetna", [], DAY)


def test_two_consents_add_up():
    assert allows([disclosure("A", "plan"), disclosure("A", "tests")], "A", ["plan", "tests"], DAY)


def test_a_consent_to_treatment_lets_nobody_know():
    assert not allows([ConsentFact("treatment", DAY)], "", ["presence"], DAY)


@pytest.mark.parametrize(
    ("age", "alone_from", "who"),
    [
        (None, 12, ("self", "representative")), (18, 12, ("self", "representative")),
        (17, 12, ("self", "both")), (12, 12, ("self", "both")), (11, 12, ("both",)),
        (17, None, ("both",)), (9, 0, ("self", "both")),
    ],
)  # fmt: skip
def test_who_may_sign_follows_age_and_state(age, alone_from, who):
    assert signers(age, alone_from) == who


@given(st.integers(0, 120), st.none() | st.integers(0, 18))
def test_whoever_may_sign_alone_is_among_the_signers(age, alone_from):
    assert ("self" in signers(age, alone_from)) is may_sign_alone(age, alone_from)


def test_a_minor_who_consented_alone_decides_what_a_parent_may_know():
    alone = ConsentFact("treatment", DAY, minor_alone=True)
    together = ConsentFact("treatment", DAY)
    assert only_the_minor_decides([alone], DAY)
    assert not only_the_minor_decides([together], DAY)
    assert may_know([together], "parent", ["progress"], DAY, minor=True)
    assert not may_know([alone], "parent", ["progress"], DAY, minor=True)
    for audience in ("insurer", "portal"):
        assert not may_know([alone], audience, ["payment"], DAY, minor=True)
    named = disclosure("parent", "progress")
    assert may_know([alone, named], "parent", ["progress"], DAY, minor=True)


def test_a_grown_up_s_parent_knows_nothing_without_a_consent():
    assert not may_know([ConsentFact("treatment", DAY)], "parent", ["progress"], DAY, minor=False)


@pytest.mark.parametrize(
    ("age", "adolescent", "why"),
    [(17, False, "minor"), (18, False, ""), (17, True, ""), (18, True, "adult"), (None, False, "")],
)
def test_minors_and_grown_ups_sit_apart(age, adolescent, why):
    assert group_refusal(age, adolescent_group=adolescent) == why
