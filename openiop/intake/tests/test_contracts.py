"""Contracts with payers: set, replaced, ended, read from files; prices of a day."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from openiop.access import door
from openiop.catalog.payer_directory import company
from openiop.intake.actions.contracts import (
    Bad,
    end_contract,
    import_contracts,
    set_contract,
    set_prices,
)
from openiop.intake.models import Contract
from openiop.intake.queries.contracts import answers, grid, lines, prices
from openiop.intake.tests.conftest import GULF, NORTH, NOW, SOUTH
from openiop.kernel.permits import Refused
from openiop.schedule.tests.test_races import together

TODAY, JAN, MAY = date(2026, 11, 23), date(2027, 1, 1), date(2027, 5, 1)
OLD = date(2020, 1, 1)
WRITE = "intake.contract.write"
AMOUNTS = {
    name: Decimal(amount)
    for name, amount in {
        "day_printed": 500, "day_least": 200, "day_usual": 300, "day_most": 400,
        "talk_printed": 150, "talk_least": 80, "talk_usual": 100, "talk_most": 120,
    }.items()
}  # fmt: skip


@pytest.fixture
def agree(system, network):
    def write(company_id: str = "aetna", status: str = "in", clinic: int = NORTH, **facts):
        with system(WRITE, now=NOW) as permit:
            return set_contract(
                permit, **{"clinic": clinic, "company": company_id, "services": ["iop"],
                           "status": status, "from_on": OLD} | facts,
            )  # fmt: skip

    return write


def spans(system) -> list[tuple[str, date, date | None]]:
    with system(WRITE, now=NOW) as permit:
        return [(each.status, each.from_on, each.to_on) for each in lines(permit, NORTH)]


def status(system, payer: str, clinic: int = NORTH, on: date = TODAY) -> str:
    with system(WRITE, now=NOW) as permit:
        return answers(permit, company(payer), [clinic], on)[clinic]["iop"].status


def test_what_was_agreed_is_the_answer_from_its_day_on(agree, system):
    agree(from_on=JAN)
    assert (status(system, "aetna"), status(system, "aetna", on=JAN)) == ("check", "in")
    assert status(system, "aetna", SOUTH, JAN) == "check"


def test_a_new_contract_ends_the_one_before_the_day_it_begins(agree, system):
    agree()
    agree(status="out", from_on=JAN)
    assert spans(system) == [("in", OLD, JAN), ("out", JAN, None)]


def test_a_contract_of_some_months_leaves_what_held_around_it(agree, system):
    agree()
    agree(status="no", from_on=JAN, to_on=MAY)
    assert spans(system) == [("in", OLD, JAN), ("no", JAN, MAY), ("in", MAY, None)]


def test_a_contract_that_ended_is_no_answer_any_more(agree, system):
    (one,) = agree()
    with system(WRITE, now=NOW) as permit:
        end_contract(permit, one, TODAY)
    assert (status(system, "aetna"), status(system, "aetna", on=OLD)) == ("check", "in")


def test_the_administrator_s_contract_answers_for_a_payer(agree, system):
    agree("evernorth")
    assert status(system, "cigna") == "in"


def test_a_stranger_may_read_contracts_since_they_name_nobody(agree):
    agree()
    with door.opened_for_public("website.look", now=NOW) as permit:
        found = answers(permit, company("aetna"), [NORTH, GULF], TODAY)
    assert (found[NORTH]["iop"].status, found[GULF]["iop"].status) == ("in", "check")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"company": "nobody"}, "company"), ({"services": []}, "services"),
        ({"services": ["magic"]}, "services"), ({"status": "maybe"}, "status"),
        ({"to_on": OLD}, "to_on"),
    ],
)  # fmt: skip
def test_what_cannot_hold_is_refused_at_its_field(agree, facts, field):
    given = {"company_id": facts.pop("company")} if "company" in facts else {}
    with pytest.raises(Refused) as no:
        agree(**given, **facts)
    assert no.value.field == field


def test_twenty_set_one_contract_at_once_and_one_holds(own_database, network):
    def run(status: str) -> str:
        with door.opened_for_job(WRITE, 1, now=NOW) as permit:
            set_contract(permit, clinic=NORTH, company="aetna", services=["iop"], status=status,
                         from_on=OLD)  # fmt: skip
        return "done"

    came = together([partial(run, each) for each in ("in", "out") * 10], threads=10)
    assert set(came) <= {"done", "twice"}
    with door.opened_for_job(WRITE, 1, now=NOW):
        assert Contract.objects.count() == 1


FILE = """clinic,company,service,status,from,to
NORTH,aetna,iop,in,2020-01-01,
north,cigna,individual,out,2020-01-01,2027-01-01
MARS,aetna,iop,in,2020-01-01,
NORTH,nobody,iop,in,2020-01-01,
NORTH,aetna,iop,in,soon,
"""
FAULTS = [
    Bad(4, "There is no clinic “MARS” of yours."),
    Bad(5, "Choose a company of the directory."),
    Bad(6, "“soon” is no day like 2026-11-24."),
]


@pytest.mark.parametrize(("whole", "taken"), [(True, 0), (False, 2)])
def test_a_file_tells_every_bad_line_and_takes_the_good_or_none(network, system, whole, taken):
    with system(WRITE, now=NOW) as permit:
        assert import_contracts(permit, FILE, whole=whole) == (taken, FAULTS)
        assert Contract.objects.count() == taken


def test_a_file_without_its_columns_says_which(network, system):
    with system(WRITE, now=NOW) as permit:
        assert import_contracts(permit, "clinic,company\n", whole=True) == (
            0, [Bad(1, "The first line lacks: service, status, from, to.")],
        )  # fmt: skip


def test_a_file_that_is_no_csv_says_where(network, system):
    broken = FILE.splitlines()[0] + '\nNORTH,"' + "x" * 200_000
    with system(WRITE, now=NOW) as permit:
        assert import_contracts(permit, broken, whole=True) == (
            0, [Bad(2, "From here on this is no CSV.")],
        )  # fmt: skip


def test_ten_thousand_lines_of_one_contract_leave_one(network, system):
    line = "NORTH,aetna,iop,in,2020-01-01,\n"
    with system(WRITE, now=NOW) as permit:
        count, bad = import_contracts(permit, FILE.splitlines()[0] + "\n" + line * 300, whole=True)
        assert (count, bad, Contract.objects.count()) == (300, [], 1)


def test_prices_hold_from_their_day_on(network, system):
    with system(WRITE, now=NOW) as permit:
        assert prices(permit, TODAY) is None
        set_prices(permit, from_on=OLD, **AMOUNTS)
        set_prices(permit, from_on=JAN, **AMOUNTS | {"day_printed": Decimal(550)})
        now, later = prices(permit, TODAY), prices(permit, JAN)
    assert (now.prices.day.printed, later.prices.day.printed) == (Decimal(500), Decimal(550))


def test_prices_out_of_order_are_refused(network, system):
    with system(WRITE, now=NOW) as permit, pytest.raises(Refused) as no:
        set_prices(permit, from_on=OLD, **AMOUNTS | {"day_usual": Decimal(900)})
    assert no.value.field == "day_usual"


# --- pages -------------------------------------------------------------------------------------

pages = pytest.mark.usefixtures("at_noon")


def field(**facts) -> dict:
    return {"company": "aetna", "services": ["iop", "testing"], "status": "in",
            "from_on": "2026-11-23"} | facts  # fmt: skip


@pages
def test_the_director_sets_and_ends_a_contract(page, press, network):
    _, text = press("dana", "contract_change", **field())
    assert "Set. The public site says so from that day on." in text
    assert text.count("In network") >= 2
    assert "Groups: In network" in text
    with door.opened_for_job(WRITE, 1, now=NOW) as permit:
        one = lines(permit)[0].id
    assert "It ends today." in press("dana", "contract_change", end=one)[1]


@pages
def test_the_grid_says_what_people_are_told(page, agree, system):
    agree("evernorth")
    agree("aetna", to_on=JAN)
    with system(WRITE, now=NOW) as permit:
        rows = {company.id: (cells[0][0].status, cells[0][1], cells[0][0].changes_on)
                for company, cells in grid(permit, NORTH, TODAY)}  # fmt: skip
    assert rows["cigna"] == ("in", "Evernorth Behavioral Health", None)
    assert rows["aetna"] == ("in", "", JAN)
    assert rows["medicaid-il"] == ("no", "", None)
    assert rows["united"] == ("check", "", None)
    assert "by Evernorth Behavioral Health" in page("fred", "contracts")[1]


@pages
def test_a_slip_keeps_what_was_typed(press, network):
    status_, text = press(
        "dana", "contract_change", **field(to_on="2020-01-01", note="Amendment 2")
    )
    assert status_ == 422
    assert "It ends before it begins." in text
    assert "Amendment 2" in text


@pages
def test_who_may_see_may_not_always_change(page, press, network):
    assert page("fred", "contracts")[0] == 200
    assert "Set a contract" not in page("fred", "contracts")[1]
    assert press("fred", "contract_change", **field())[0] == 403
    assert press("dana", "contract_change", end=999)[0] == 404
    assert press("dana", "contract_change", end="²")[0] == 404


@pages
def test_the_prices_page_starts_from_the_prices_that_hold(page, press, network):
    assert "None yet: the public page asks people to call." in page("dana", "prices")[1]
    _, text = press("dana", "prices", from_on="2026-11-23", **AMOUNTS)
    assert "Set. The public site shows them from that day on." in text
    assert 'value="500.00"' in text


@pages
def test_the_statements_are_as_many_for_one_contract_as_for_many(signed_in, agree, network):
    def counted() -> int:
        client = signed_in("dana")
        client.get(reverse("intake:contracts"))
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("intake:contracts"))
        return len(seen)

    agree()
    first = counted()
    for name in ("cigna", "united", "humana"):
        agree(name, services=["iop", "individual", "testing"])
    assert counted() == first


@pages
def test_whoever_is_on_the_phone_says_what_the_site_says(press, page, agree, network):
    agree("aetna", services=["iop", "individual"])
    assert page("fred", "covered")[0] == 200
    _, text = press("fred", "covered", plan="aetna")
    assert "<strong>In network</strong>: Groups, One-to-one talks" in text
    assert "<strong>We must check</strong>: " in text
    assert "Which one is it?" in press("fred", "covered", plan="bcbs")[1]
    assert "South" not in text.split("<main", 1)[1]
