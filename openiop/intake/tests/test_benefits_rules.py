"""What a payer's answer comes to."""

from datetime import date
from decimal import Decimal

import pytest

from openiop.intake.rules.benefits import (
    Facts,
    Said,
    contact_refusal,
    covered_person,
    differences,
    facts_of,
    recheck_on,
    same_payer,
)
from openiop.intake.rules.x271 import Answer, Person, answers
from openiop.intake.tests.test_x271_rules import WHO, file

TODAY = date(2026, 11, 23)
D = Decimal


def facts(*lines: str) -> Facts:
    return facts_of(answers(file(*WHO, *lines))[0])


def test_the_figures_for_behavioral_health_come_before_those_of_the_plan():
    found = facts(
        "EB*1**30**SILVER PPO~", "EB*C*IND*30***23*1500~", "EB*C*IND*MH***23*500~",
        "EB*C*IND*MH***29*125.5~", "EB*G*IND*30***23*6000~", "EB*G*IND*30***29*5200~",
        "EB*B**MH****40~", "EB*A**30*****.2~",
    )  # fmt: skip
    assert found == Facts(
        payer="PRAIRIE HEALTH", plan="SILVER PPO", member="W123", active=True,
        begins_on=date(2026, 1, 1), deductible=D("500"), deductible_left=D("125.5"),
        out_of_pocket=D("6000"), out_of_pocket_left=D("5200"), copay=D("40"),
        coinsurance=D(".2"),
    )  # fmt: skip


def test_one_persons_figures_come_before_the_familys_and_out_of_network_is_left_out():
    found = facts(
        "EB*1**30~", "EB*C*FAM*30***23*3000~", "EB*C*IND*30***23*1000*****N~",
        "EB*C*IND*30***23*1500*****Y~",
    )  # fmt: skip
    assert found.deductible == D("1500")


def test_nothing_said_stays_nothing():
    found = facts("EB*1**30~")
    assert (found.deductible, found.copay, found.authorization, found.in_network) == (
        None, None, None, None
    )  # fmt: skip


@pytest.mark.parametrize(("code", "needed"), [("Y", True), ("N", False), ("U", None)])
def test_whether_an_authorization_is_needed(code, needed):
    assert facts("EB*1**30~", f"EB*A**MH*****.1***{code}~").authorization is needed


def test_days_of_coverage_from_a_span():
    lines = [line.replace("DTP*346*D8*20260101", "DTP*291*RD8*20260101-20261231") for line in WHO]
    found = facts_of(answers(file(*lines, "EB*1**30~"))[0])
    assert (found.begins_on, found.ends_on) == (date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("signed", "no"),
    [(None, "no_consent"), (date(2026, 11, 24), "not_signed_yet"), (TODAY, ""),
     (date(2026, 11, 1), "")],
)  # fmt: skip
def test_nobody_asks_a_payer_without_a_signature(signed, no):
    assert contact_refusal(signed, TODAY) == no


@pytest.mark.parametrize(
    ("checked", "ends", "again"),
    [
        (TODAY, None, date(2026, 12, 1)),
        (date(2026, 12, 31), None, date(2027, 1, 1)),
        (date(2026, 12, 1), None, date(2027, 1, 1)),
        (TODAY, date(2026, 11, 30), date(2026, 11, 30)),
        (TODAY, date(2026, 11, 1), TODAY),  # over already: today
        (TODAY, date(2027, 6, 30), date(2026, 12, 1)),
    ],
)
def test_benefits_are_checked_again_with_the_month_or_the_end(checked, ends, again):
    assert recheck_on(checked, ends) == again


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Aetna", "AETNA LIFE INSURANCE COMPANY", True),
        ("blue cross", "Blue Cross Blue Shield of Illinois", False),
        ("Blue Cross Illinois", "BCBS ILLINOIS", True),
        ("Blue Cross", "BLUE CROSS", True),
        ("Cigna", "Aetna", False),
        ("United Health", "Prairie Health", False),
    ],
)
def test_payers_are_the_same_by_a_word_that_tells_them_apart(one, other, same):
    assert same_payer(one, other) is same


def test_what_differs_is_named():
    said = Said("Aetna", "Ana Rivera", date(1990, 2, 28))
    covered = Person("RIVERA", "ANA", "W123", date(1990, 2, 28))
    assert differences(said, Facts("Aetna", active=True), covered) == ()
    other = Person("RIVERA", "LEO", "W123", date(1990, 2, 27))
    assert differences(said, Facts("Cigna", active=False), other) == (
        "payer", "name", "birth", "active"
    )  # fmt: skip
    assert differences(Said(), Facts("Cigna", active=False), other) == ()


def test_a_name_given_in_part_does_not_differ():
    covered = Person("RIVERA", "ANA", "W123", None)
    assert differences(Said(name="Ana"), Facts("Aetna"), covered) == ()
    assert differences(Said(name="Ana Maria Rivera"), Facts("Aetna"), covered) == ()


def test_of_several_answers_the_one_that_fits_the_person_is_taken():
    ana = Answer(subscriber=Person("RIVERA", "ANA", "1", date(1990, 2, 28)))
    leo = Answer(subscriber=ana.subscriber, dependent=Person("RIVERA", "LEO", "1", None))
    assert covered_person([ana], Said()) == 0
    assert covered_person([ana, leo], Said(name="Leo Rivera")) == 1
    assert covered_person([ana, leo], Said()) is None
    assert covered_person([ana, leo], Said(name="Somebody Else")) is None
