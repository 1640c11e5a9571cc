"""Is care covered here?"""

from datetime import date

import pytest

from openiop.catalog.payer_directory import companies
from openiop.intake.rules.coverage import Contract, Coverage, by_clinic, coverage

TODAY = date(2026, 11, 24)
JAN, MAY = date(2027, 1, 1), date(2027, 5, 1)
C = companies()


def contract(company: str, status: str = "in", service: str = "iop", **facts) -> Contract:
    return Contract(**{"clinic": 1, "company": company, "service": service, "status": status,
                       "from_on": date(2020, 1, 1)} | facts)  # fmt: skip


def ask(company: str, *contracts: Contract, service: str = "iop", on: date = TODAY) -> Coverage:
    return coverage(C.get(company), contracts, service, on)


@pytest.mark.parametrize("status", ["in", "out", "no"])
def test_the_payer_s_own_contract_is_the_answer(status):
    assert ask("aetna", contract("aetna", status)) == Coverage(status, "own", "aetna")


def test_an_administrator_that_usually_runs_the_benefits_answers_for_the_payer():
    assert ask("cigna", contract("evernorth")) == Coverage("in", "administrator", "evernorth")


def test_the_payer_s_own_contract_comes_before_the_administrator_s():
    assert ask("cigna", contract("evernorth"), contract("cigna", "out")).status == "out"


def test_an_administrator_of_some_plans_only_must_be_checked():
    assert ask("humana", contract("magellan")) == Coverage("check", "some_plans")


def test_a_rental_network_answers_for_itself_only():
    assert ask("multiplan", contract("multiplan")).status == "in"
    assert ask("aetna", contract("multiplan")) == Coverage("check", "no_contract")


def test_an_unknown_payer_must_be_checked():
    assert coverage(None, [], "iop", TODAY) == Coverage("check", "unknown")


def test_one_service_says_nothing_of_another():
    assert ask("aetna", contract("aetna", service="psychiatry")).status == "check"


def test_medicaid_without_a_contract_is_not_accepted_and_says_why():
    assert ask("medicaid-il") == Coverage("no", "medicaid")
    assert ask("medicaid-il", contract("medicaid-il")).status == "in"


@pytest.mark.parametrize("payer", ["medicare", "humana-medicare", "united-medicare"])
def test_medicare_is_answered_by_service_and_never_by_another_s_contract(payer):
    assert ask(payer, contract("magellan"), contract("optum")) == Coverage("check", "medicare")
    assert ask(payer, contract(payer, service="individual")).status == "check"
    assert ask(payer, contract(payer, service="individual"), service="individual").status == "in"


def test_who_pays_without_a_plan_is_told_so():
    assert ask("self-pay", contract("aetna")) == Coverage("self", "self_pay")


def test_a_contract_of_other_days_does_not_hold():
    assert ask("aetna", contract("aetna", to_on=TODAY)).status == "check"
    assert ask("aetna", contract("aetna", from_on=TODAY)).status == "in"


def test_a_contract_that_begins_later_is_said():
    assert ask("aetna", contract("aetna", from_on=JAN)) == Coverage(
        "check", "no_contract", "", JAN, "in"
    )


def test_a_contract_that_ends_or_changes_is_said():
    assert ask("aetna", contract("aetna", to_on=JAN)) == Coverage(
        "in", "own", "aetna", JAN, "check"
    )
    changed = ask("aetna", contract("aetna", to_on=JAN), contract("aetna", "out", from_on=JAN))
    assert changed == Coverage("in", "own", "aetna", JAN, "out")
    gap = ask("aetna", contract("aetna", to_on=JAN), contract("aetna", "in", from_on=MAY))
    assert (gap.changes_on, gap.changes_to) == (JAN, "check")


def test_each_clinic_answers_for_itself():
    found = by_clinic(C["aetna"], [contract("aetna"), contract("aetna", "no", clinic=2)],
                      [1, 2, 3], TODAY, ["iop"])  # fmt: skip
    assert {clinic: each["iop"].status for clinic, each in found.items()} == {
        1: "in", 2: "no", 3: "check",
    }  # fmt: skip
