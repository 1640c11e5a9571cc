"""What an article needs before it is read outside."""

import re
from datetime import date

import pytest

from openiop.publishing.rules.articles import (
    DOI,
    NEXT,
    Kind,
    Source,
    State,
    claims,
    doi_in,
    is_doi,
    is_old,
    may_become,
    names_condition,
    next_due,
    problems,
    warnings,
)

ON = date(2026, 11, 24)
BODY = "Groups help.[^1] Many need more.[^2]"
ONE = Source(1, Kind.JOURNAL, "A study", 2019, "10.1016/j.jsat.2019.01.001")
TWO = Source(2, Kind.GOVERNMENT, "A report", 2021, "", "https://www.samhsa.gov/")


def test_a_text_whose_claims_have_sources_is_ready():
    assert problems(BODY, [ONE, TWO], ON) == []
    assert warnings(BODY, [ONE, TWO], ON) == []


@pytest.mark.parametrize(
    ("body", "sources", "said"),
    [
        (BODY, [ONE], ["Claim 2 has no source."]),
        (BODY, [], ["Claim 1 has no source.", "Claim 2 has no source.", "There is no source."]),
        ("No claim.", [ONE],
         ["No claim is marked: put [^1] behind the first sentence that needs a source."]),
        ("A.[^1] B.[^x]", [ONE], ["[^x] is no number of a source."]),
        ("A.[^1]", [ONE._replace(kind="blog")], ["Source 1 is of a kind we do not rely on."]),
        ("A.[^1]", [ONE._replace(doi="doi.org/x")], ["Source 1: a DOI looks like 10.1000/182."]),
        ("A.[^1]", [ONE._replace(url="javascript:alert(1)")],
         ["Source 1: an address begins with https://."]),
        ("A.[^1]", [ONE._replace(doi="")],
         ["Source 1: a journal needs its DOI or its address."]),
        ("A.[^1]", [ONE._replace(year=2027)],
         ["Source 1: 2027 is no year it can have appeared in."]),
        ("A.[^1]", [ONE._replace(year=1899)],
         ["Source 1: 1899 is no year it can have appeared in."]),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(body, sources, said):
    assert problems(body, sources, ON) == said


def test_an_old_source_and_an_unused_one_are_told_and_stop_nobody():
    old = ONE._replace(year=2015)
    assert warnings("A.[^1]", [old, TWO], ON) == [
        "Source 1 is from 2015: look for a newer one.", "No claim names source 2.",
    ]  # fmt: skip
    assert problems("A.[^1]", [old, TWO], ON) == []


@pytest.mark.parametrize(
    ("kind", "year", "old"),
    [
        (Kind.JOURNAL, 2016, False), (Kind.JOURNAL, 2015, True), (Kind.COURT, 2001, False),
        (Kind.COURT, 2000, True), (Kind.OWN_EXPERT, 2010, True),
    ],
)  # fmt: skip
def test_a_judgment_ages_more_slowly_than_a_study(kind, year, old):
    assert is_old(ONE._replace(kind=kind, year=year), ON) is old


@pytest.mark.parametrize(
    ("typed", "doi", "good"),
    [
        ("10.1000/182", "10.1000/182", True),
        ("https://doi.org/10.1176/appi.ps.201300249.", "10.1176/appi.ps.201300249", True),
        ("doi:10.1001/jama.2020.1", "10.1001/jama.2020.1", True),
        ("10.12/short", "10.12/short", False), ("10.1000/", "10.1000/", False),
        ("nonsense", "nonsense", False), ("", "", False),
    ],
)  # fmt: skip
def test_a_doi_is_found_and_its_form_checked(typed, doi, good):
    assert (doi_in(typed), is_doi(doi_in(typed))) == (doi, good)
    assert bool(re.fullmatch(DOI.replace("[:space:]", r"\s"), doi)) is good


def test_claims_are_counted_once_in_their_order():
    assert claims("a[^2] b[^1] c[^2] d[^1234] e[^x]") == [2, 1]


def test_an_article_goes_by_its_stations_only():
    assert [state.value for state in State if may_become(State.DRAFT, state)] == [
        "draft", "review",
    ]  # fmt: skip
    assert [state for state in State if may_become(state, State.PUBLISHED)] == [State.REVIEWED]
    assert set(NEXT) == set(State)


def test_it_is_looked_at_again_after_a_year():
    assert next_due(ON) == date(2027, 11, 24)


@pytest.mark.parametrize(
    ("text", "word"),
    [("evening-groups", ""), ("What is an IOP?", ""), ("drug-tests", "drug"), ("Rehab", "Rehab"),
     ("how testing works", ""), ("methods", ""), ("Mental health", "Mental")],
)  # fmt: skip
def test_an_address_or_title_that_names_a_condition_is_found(text, word):
    assert names_condition(text) == word
