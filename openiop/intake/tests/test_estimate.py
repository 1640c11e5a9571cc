"""A good-faith estimate at the desk: its clock, its paper, and nothing kept."""

from datetime import date

import pytest
from django.urls import reverse

from openiop.access.models import AuditEvent
from openiop.intake.actions.contracts import set_prices
from openiop.intake.queries.estimate import due
from openiop.intake.tests.conftest import NOW
from openiop.intake.tests.test_contracts import AMOUNTS

MONDAY = date(2026, 11, 23)  # Thanksgiving is on Thursday
FACTS = {"name": "Jo Rivera", "weeks": "8"}
pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def priced(network, system):
    with system("intake.contract.write", now=NOW) as permit:
        set_prices(permit, from_on=date(2020, 1, 1), **AMOUNTS)


@pytest.mark.parametrize(
    ("first", "until"),
    [
        (None, date(2026, 11, 27)),  # asked for: Tuesday, Wednesday, Friday
        (date(2026, 12, 7), date(2026, 11, 24)),  # nine business days ahead
        (date(2026, 12, 8), date(2026, 11, 27)),  # ten
        (date(2026, 11, 25), None),  # two
    ],
)
def test_federal_holidays_are_no_business_days(first, until):
    assert due(MONDAY, first) == until


def test_a_clock_over_new_year_knows_the_holidays_of_both_years():
    assert due(date(2026, 12, 30), None) == date(2027, 1, 5)  # Thursday, Monday, Tuesday


def test_the_desk_says_what_it_comes_to_and_until_when(priced, press):
    status, text = press("fred", "estimate", **FACTS, first_on="2026-12-07")
    assert status == 200
    assert "24 × $500.00 = $12,000.00" in text
    assert "<strong>$13,200.00</strong>" in text
    assert 'Give it by <time datetime="2026-11-24">Tue 24 Nov</time>.' in text


def test_a_visit_so_near_needs_none_by_law(priced, press):
    text = press("fred", "estimate", **FACTS, first_on="2026-11-24")[1]
    assert "none is due by law" in text


def test_the_paper_is_a_pdf_whose_name_names_nobody(priced, signed_in):
    answer = signed_in("fred").post(reverse("intake:estimate"), {**FACTS, "print": "1"})
    assert answer.content[:5] == b"%PDF-"
    assert answer["Content-Disposition"] == 'attachment; filename="estimate.pdf"'


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"name": ""}, "Fill this in."),
        ({"first_on": "2026-11-22"}, "Give a day from today on, within two years."),
        ({"first_on": "9999-12-31"}, "Give a day from today on, within two years."),
        ({"weeks": "900"}, "Select a valid choice."),
    ],
)
def test_a_slip_is_said_and_what_was_typed_stays(priced, press, facts, sentence):
    status, text = press("fred", "estimate", **FACTS | {"born_on": "1990-05-04"} | facts)
    assert status == 422
    assert sentence in text
    assert "1990-05-04" in text


def test_without_prices_it_says_who_sets_them(network, page):
    assert "No prices are set" in page("fred", "estimate")[1]


def test_the_audit_tells_the_act_and_nobody_s_name(priced, press, system):
    press("fred", "estimate", **FACTS)
    with system("access.home"):
        told = [str(vars(event)) for event in AuditEvent.objects.filter(act="intake.contract.read")]
    assert told
    assert not any("Rivera" in each for each in told)
