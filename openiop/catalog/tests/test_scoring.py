"""Questionnaires: every shipped example, the borders, and what is refused."""

import csv
import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.catalog.checks import problems
from openiop.catalog.instrument import (
    Instrument,
    find_instrument,
    instrument_files,
    instrument_problems,
    instruments,
)
from openiop.catalog.scoring import Unscorable, next_item, score

ALL = instruments()


def named(title: str) -> Instrument:
    found = find_instrument(title)
    assert found is not None
    return found


def answers(*values: int | str | None) -> dict[int, int | str | None]:
    return dict(enumerate(values, start=1))


def test_an_instrument_is_found_by_id_or_title_however_it_is_typed() -> None:
    assert [named(text).id for text in ("PHQ9", "phq-9", "Gad 7", "C-SSRS screener", "cssrs")] == [
        "phq-9", "phq-9", "gad-7", "c-ssrs", "c-ssrs",
    ]  # fmt: skip
    assert find_instrument("PHQ") is None


def test_two_open_items_of_the_phq_are_prorated_and_three_are_refused() -> None:
    phq = named("PHQ-9")
    assert score(phq, answers(1, 1, 1, 1, 1, 1, 1, None, "")).score == 9
    assert score(phq, answers(1, 0, 0, 0, 0, 0, 0, None, None)).score == 1  # 9/7 is 1.29
    with pytest.raises(Unscorable) as no:
        score(phq, answers(1, 1, 1, 1, 1, 1))
    assert str(no.value) == "No answer to item 7, 8, 9; 2 may stay open."


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ((0, 1, 2, 4, 0, 0, 0), "Item 4 is “4”; it can be 0, 1, 2, 3."),
        ((0, 1, 2, "often", 0, 0, 0), "Item 4 is “often”; it can be 0, 1, 2, 3."),
        ((0, 1, 2, -1, 0, 0, 0), "Item 4 is “-1”; it can be 0, 1, 2, 3."),
        ((0, 1, 2, 1, 0, 0, 0, 2), "There is no item 8; GAD-7 has 7."),
        ((0, 1, 2, 1, 0, 0), "No answer to item 7; none may stay open."),
    ],
)
def test_answers_that_cannot_be_scored_name_their_item(given: tuple, reason: str) -> None:
    with pytest.raises(Unscorable) as no:
        score(named("GAD-7"), answers(*given))
    assert str(no.value) == reason


def test_item_nine_alone_raises_the_alert() -> None:
    phq = named("PHQ-9")
    assert score(phq, answers(3, 3, 3, 3, 3, 3, 3, 3, 0)).alerts == ()
    assert score(phq, answers(0, 0, 0, 0, 0, 0, 0, 0, 1)).alerts == (
        "suicidal thoughts: C-SSRS in the same visit",
    )


def test_yes_and_no_are_words_too_and_item_six_without_its_time_is_read_as_recent() -> None:
    screener = named("C-SSRS")
    told = score(screener, answers("No", "no", None, None, None, "YES"))
    assert (told.score, told.band) == (None, "high")
    assert score(screener, answers(0, 0, "", "", "", 1), {"recent": "no"}).band == "moderate"
    with pytest.raises(Unscorable, match="“recent” is “maybe”"):
        score(screener, answers(0, 0, 0, 0, 0, 1), {"recent": "maybe"})


def test_the_cut_of_the_audit_c_follows_the_sex_and_m_and_f_are_enough() -> None:
    audit = named("AUDIT-C")
    bands = [score(audit, answers(1, 1, 1), {"sex": sex}).band for sex in ("F", "m", "male", "")]
    assert bands == ["positive", "negative", "negative", "positive"]


@pytest.mark.parametrize("instrument", ALL, ids=lambda each: each.id)
def test_every_sum_that_can_be_has_one_band(instrument: Instrument) -> None:
    starts = [band["from"] for band in instrument.bands]
    lowest = sum(min(points) for points in instrument.answers.values())
    assert all(one < following for one, following in pairwise(starts))
    assert starts[:1] in ([], [lowest])


@given(data=st.data())
def test_a_score_lies_in_its_range_and_one_more_point_never_lowers_it(data: st.DataObject) -> None:
    instrument = data.draw(st.sampled_from([i for i in ALL if i.bands and not i.reversed]))
    drawn = {n: data.draw(st.sampled_from(points)) for n, points in instrument.answers.items()}
    told = score(instrument, drawn)
    assert told.score == sum(drawn.values())
    for number, points in instrument.answers.items():
        more = [each for each in points if each > drawn[number]]
        if more:
            higher = score(instrument, drawn | {number: more[0]}).score
            assert higher is not None and higher > told.score


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("from: 10,", "from: 4,", "a band from 4 cannot follow one from 5"),
        ("items: [9]", "items: [12]", "there is no item 12"),
        ("score: 27", "score: 26", "the example says (26, 'severe', 1), the file says (27,"),
        ("missing: 2", "missing: two", "'two' is not of type 'integer'"),
        ("window:", "windows:", "Additional properties are not allowed"),
    ],
)
def test_a_malformed_file_is_refused_with_line_and_reason(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    from openiop.catalog.files import ROOT

    text = (ROOT / "instruments/phq-9.yaml").read_text()
    file = tmp_path / "instruments/phq-9.yaml"
    file.parent.mkdir()
    file.write_text(text.replace(before, after, 1))
    found = problems(tmp_path)
    assert [said in error.message for error in found if said in error.message] == [True]
    assert all(error.line >= 1 for error in found)


@pytest.mark.external
def test_vectors_of_others_hold(shared_data: Path) -> None:
    with (shared_data / "instruments/vectors-dev.csv").open() as file:
        for row in csv.DictReader(file):
            given = answers(*json.loads(row["items_json"]))
            if row["expected_result"].startswith("rejected"):
                with pytest.raises(Unscorable):
                    score(named(row["instrument"]), given)
                continue
            told = score(named(row["instrument"]), given)
            band, _, flag = row["expected_result"].partition(";")
            assert (told.score, told.band) == (int(row["expected_total"]), band.lower())
            assert bool(told.alerts) == bool(flag) or told.score == 21


# --- taken on a screen -------------------------------------------------------------------------


def test_a_screen_asks_one_after_the_other_and_then_nothing() -> None:
    gad = named("GAD-7")
    assert next_item(gad, {}) == "1"
    assert next_item(gad, {"1": 0, "2": None}) == "3"
    assert next_item(gad, dict.fromkeys("1234567", 0)) is None


def test_items_that_hang_on_a_yes_are_asked_after_it_only() -> None:
    columbia = named("c-ssrs")
    assert next_item(columbia, {"1": 0, "2": 0}) == "6"
    assert next_item(columbia, {"1": 0, "2": 1}) == "3"
    assert next_item(columbia, {"1": 0, "2": 0, "6": 1}) == "recent"
    assert next_item(columbia, {"1": 0, "2": 0, "6": 0}) is None


def test_wording_is_there_where_the_license_allows() -> None:
    worded = {each.id for each in instruments() if each.questions}
    assert worded == {"audit", "audit-c", "c-ssrs", "gad-7", "pc-ptsd-5", "pcl-5", "phq-9"}


def test_wording_that_does_not_fit_its_items_is_refused(tmp_path: Path) -> None:
    file = next(each for each in instrument_files() if each.stem == "phq-9")
    text = file.read_text().replace("    - Poor appetite or overeating\n", "")
    (tmp_path / "phq-9.yaml").write_text(text)
    assert [error.message for error in instrument_problems(tmp_path / "phq-9.yaml")] == [
        "8 questions for 9 items"
    ]
    text = file.read_text().replace("Several days, ", "")
    (tmp_path / "two.yaml").write_text(text)
    assert {error.message for error in instrument_problems(tmp_path / "two.yaml")} == {
        f"item {number} has 4 answers, not 3" for number in range(1, 10)
    }
