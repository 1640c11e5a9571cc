"""Am I covered, what will it cost: answered without a name, and nothing is kept."""

from datetime import date

import pytest

from openiop.access.models import AuditEvent
from openiop.intake.actions.contracts import set_contract, set_prices
from openiop.intake.tests.test_contracts import AMOUNTS
from openiop.website.tests.conftest import kept

OLD = date(2020, 1, 1)


@pytest.fixture
def house(network, system):
    """Aetna is in network for groups at North; prices are printed."""
    with system("intake.contract.write") as permit:
        set_contract(permit, clinic=1, company="aetna", services=["iop"], status="in", from_on=OLD)
        set_prices(permit, from_on=OLD, **AMOUNTS)


def ask(stranger, plan: str, **facts) -> str:
    return kept(stranger.post("/insurance/", {"plan": plan} | facts))


def work_out(stranger, **facts) -> str:
    return kept(stranger.post("/cost/", {"covered": "in"} | facts))


def test_a_plan_we_know_is_answered_by_clinic_and_service(stranger, house):
    text = ask(stranger, "aetna")
    assert "In network" in text
    assert "We must check" in text
    assert "sends a letter about each visit to the person who holds the policy" in text
    assert "before you signed that we may" in text


def test_where_several_fit_the_person_chooses(stranger, house):
    text = ask(stranger, "bcbs")
    assert "Which one is it?" in text
    assert "In network" not in text
    assert "Blue Cross Blue Shield of Texas</h2>" in ask(stranger, "bcbs", company="bcbs-tx")


def test_a_plan_nobody_knows_is_no_no(stranger, house):
    text = ask(stranger, "Zebra Mutual")
    assert "We do not know this name." in text
    assert "Not accepted here" not in text


def test_medicaid_gets_care_it_pays_for(stranger, house):
    text = ask(stranger, "medicaid", company="medicaid-il")
    assert "We cannot bill Medicaid." in text
    assert 'href="/elsewhere/"' in text


def test_medicare_is_never_a_blanket_yes(stranger, house):
    text = ask(stranger, "medicare")
    assert "Medicare decides by service and clinic." in text
    assert "In network" not in text


def test_without_a_plan_there_are_prices(stranger, house):
    assert "See the prices" in ask(stranger, "none")


@pytest.mark.parametrize("plan", ["", " ", "<script>", "x" * 81, "' OR 1=1"])
def test_anything_may_be_typed(stranger, house, plan):
    answer = stranger.post("/insurance/", {"plan": plan})
    assert answer.status_code in (200, 422)
    assert "<script>alert" not in kept(answer)


def test_the_range_is_shown_with_what_was_taken_for_granted(stranger, house):
    text = work_out(stranger, deductible="0", share="20", maximum="9000", met="0")
    # 20 % of 24 days and 8 talks: 24 x 200 + 8 x 80 = 5,440; x 300, x 100 = 8,000; 10,560
    for words in ("$1,088.00 – $2,112.00", "Most likely $1,600.00.",
                  "You come three days a week."):  # fmt: skip
        assert words in text


def test_what_is_missing_is_named_and_no_likely_figure_is_made_up(stranger, house):
    text = work_out(stranger, maximum="3000")
    assert "We cannot say what is most likely without: what is left of your deductible" in text
    assert "Most likely" not in text
    assert "At worst you reach your out-of-pocket maximum." in text


def test_who_knows_more_of_the_plan_gets_a_narrower_range(stranger, house):
    facts = {"deductible": "1500", "copay": "40", "maximum": "9000", "met": "0"}
    # 32 visits x 40 = 1,280; at worst the deductible counts: 1,500 + 28 x 40 + a part of a day
    assert "$1,280.00 – $" in work_out(stranger, **facts)
    text = work_out(stranger, **facts, waived="no")
    assert "$1,280.00</p>" in text
    assert "We do not know if the deductible counts" not in text


def test_a_family_s_numbers_and_a_new_year_are_said(stranger, house):
    text = work_out(stranger, deductible="0", share="20", maximum="9000", family="yes")
    assert "$0.00 – $2,112.00" in text
    assert "Others in your family pay toward the same numbers." in text
    assert "When a new year begins, often on January 1" in text


def test_without_insurance_the_printed_prices_are_the_answer(stranger, house):
    assert "$13,200.00" in work_out(stranger, covered="none")  # 24 x 500 + 8 x 150


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"maximum": "100", "met": "200"}, "You cannot have paid more than the maximum."),
        ({"share": "120"}, "less than or equal to 100"),
        ({"deductible": "-1"}, "greater than or equal to 0"),
        ({"deductible": "1,500 or so"}, "Enter a number."),
    ],
)
def test_a_slip_is_said_at_the_field_and_all_is_kept(stranger, house, facts, sentence):
    text = work_out(stranger, copay="40", **facts)
    assert sentence in text
    assert 'value="40"' in text


def test_before_prices_are_set_people_are_asked_to_call(stranger, network):
    assert "We work it out with you on the phone" in kept(stranger.get("/cost/"))
    assert stranger.get("/cost/estimate.pdf?weeks=8").status_code == 404


@pytest.mark.parametrize("weeks", ["6", "8", "10"])
def test_an_estimate_can_be_kept_as_a_pdf(stranger, house, weeks):
    answer = stranger.get(f"/cost/estimate.pdf?weeks={weeks}")
    assert answer.content[:5] == b"%PDF-"
    assert stranger.get("/cost/estimate.pdf?weeks=9").status_code == 404


def test_nothing_of_it_is_written_anywhere(stranger, house, system):
    ask(stranger, "aetna")
    work_out(stranger, deductible="1500")
    with system("access.home"):
        assert AuditEvent.objects.filter(actor="public").count() == 0
