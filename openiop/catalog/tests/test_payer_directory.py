"""Who is who among payers, and what people type."""

import shutil

import pytest

from openiop.catalog.checks import problems
from openiop.catalog.files import ROOT
from openiop.catalog.payer_directory import companies, company, find_payers


def found(text: str, state: str = "") -> list[str]:
    return [each.company.id for each in find_payers(text, state=state)]


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("UHC", ["united"]), ("uhc ", ["united"]), ("united health care", ["united"]),
        ("Cigna insurance", ["cigna"]), ("cygna", ["cigna"]), ("aetn", ["aetna"]),
        ("Blue Cross of Illinois", ["bcbs-il"]), ("blue cross tx", ["bcbs-tx"]),
        ("medicare", ["medicare"]), ("humana medicare", ["humana-medicare"]),
        ("aarp", ["united-medicare"]), ("cash", ["self-pay"]), ("PHCS", ["multiplan"]),
        ("Evernorth", ["evernorth"]), ("zzzz", []), ("", []), ("x", []),
    ],
)  # fmt: skip
def test_what_people_type_finds_whom_they_mean(typed, ids):
    assert found(typed) == ids


def test_where_several_fit_all_are_offered():
    assert set(found("bcbs")) == {"bcbs-il", "bcbs-tx", "bcbs-other"}
    assert set(found("medicaid")) == {"medicaid-il", "medicaid-tx"}


def test_a_state_puts_its_own_first_and_leaves_nobody_out():
    assert found("bcbs", "TX")[-1] == "bcbs-il"
    assert found("medicaid", "TX")[0] == "medicaid-tx"


def test_payer_administrator_and_network_are_three_things():
    cigna, evernorth, multiplan = (
        companies()[each] for each in ("cigna", "evernorth", "multiplan")
    )
    assert (cigna.part, evernorth.part, multiplan.part) == ("payer", "administrator", "network")
    assert (cigna.run_by, cigna.certainty) == ("evernorth", "usual")
    assert company("nobody") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: aetna\n", "id: cigna\n", "stands in this file twice"),
        ("run_by: evernorth", "run_by: nobody", "is no administrator of this file"),
        ("kind: tricare", "kind: club", "'club' is not one of"),
        ("{find: cygna, of: [cigna]}", "{find: cygna, of: [aetna]}", "should find"),
        ("    states: [IL, TX]", "    states: [Illinois]", "does not match"),
    ],
)
def test_a_broken_file_is_refused_with_line_and_reason(tmp_path, old, new, message):
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    text = (ROOT / "directory" / "payers.yaml").read_text()
    assert old in text
    (tmp_path / "directory").mkdir()
    (tmp_path / "directory" / "payers.yaml").write_text(text.replace(old, new, 1))
    told = [error for error in problems(tmp_path) if message in str(error)]
    assert told
    assert told[0].line > 0
