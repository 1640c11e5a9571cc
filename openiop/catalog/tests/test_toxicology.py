"""What tests find and what people write: the shipped files, and files that are wrong."""

from pathlib import Path

import pytest

from openiop.catalog.checks import problems
from openiop.catalog.medicines import medicines, medicines_in
from openiop.catalog.toxicology import (
    analyte_names,
    analytes,
    comes_of,
    exposures,
    screen_names,
    screens,
)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("oxycodone, about one year", ["oxycodone"]),
        ("Suboxone 8-2 mg film; gabapentin 300mg PRN", ["buprenorphine", "gabapentin"]),
        ("Tylenol with codeine", ["codeine"]),
        ("VYVANSE and Zoloft", ["lisdexamfetamine", "sertraline"]),
        ("methamphetamine-like", []),
        ("buprenorphine, Subutex", ["buprenorphine"]),
        ("", []),
    ],
)
def test_medicines_are_found_in_what_people_write(text: str, ids: list[str]) -> None:
    assert [each.id for each in medicines_in(text)] == ids


def test_the_body_makes_metabolites_of_metabolites() -> None:
    assert comes_of("diazepam") == {"nordiazepam": 0, "temazepam": 0, "oxazepam": 0}
    assert set(comes_of("hydrocodone")) == {"hydromorphone", "norhydrocodone", "dihydrocodeine"}
    assert comes_of("codeine")["hydrocodone"] == 0.11
    assert comes_of("lorazepam") == {}


def test_an_opiate_strip_finds_oxycodone_poorly_and_fentanyl_never() -> None:
    strip = screens()[screen_names()["opiates"]]
    assert "oxycodone" in strip.poorly
    assert "fentanyl" in strip.never
    assert "morphine" in strip.detects


def test_names_lead_to_one_analyte() -> None:
    assert (analyte_names()["etg"], analyte_names()["ethyl glucuronide"]) == ("etg", "etg")
    assert analytes()["thc"].cutoff == 15


def test_poppy_seeds_explain_morphine_up_to_a_level() -> None:
    poppy = next(each for each in exposures() if each.id == "poppy")
    assert poppy.explains == {"morphine": 4000, "codeine": 2000}


def test_products_carry_their_concept_code() -> None:
    assert medicines()["naltrexone"].rxnorm["637213"] == "injection 380 mg"


def test_a_medicine_that_gives_what_nobody_knows_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "medications" / "wrong.yaml"
    file.parent.mkdir()
    file.write_text(
        "source: us\ncitation: x\nreviewed: false\nmedications:\n"
        "  - {id: one, title: one, names: [uno], kind: k, gives: [moonshine]}\n"
        "  - {id: two, title: two, names: [uno], kind: k, gives: []}\n"
    )
    assert [(e.line, e.message) for e in problems(tmp_path)] == [
        (5, "there is no analyte “moonshine”"),
        (6, "“uno” stands twice"),
    ]


def test_a_metabolite_nobody_knows_and_an_id_twice_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "toxicology" / "wrong.yaml"
    file.parent.mkdir()
    one = "{id: a, title: A, names: [a], cutoff: 1, days: [1, 2], metabolites: {b: 0}}"
    file.write_text(
        f"source: us\ncitation: x\nreviewed: false\nanalytes:\n  - {one}\n  - {one}\n"
        "screens:\n  - {id: s, title: S, names: [s], detects: [a]}\nexposures: []\n"
    )
    assert [(e.line, e.message) for e in problems(tmp_path)] == [
        (5, "a: there is no analyte “b”"),
        (6, "a: it stands twice"),
        (6, "a: there is no analyte “b”"),
    ]
