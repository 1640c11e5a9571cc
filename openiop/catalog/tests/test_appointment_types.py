"""The types of one-to-ones a new organization begins with, and what a broken file is told."""

from pathlib import Path

import pytest

from openiop.catalog.appointment_types import visit_type_files, visit_types, visit_types_in
from openiop.catalog.checks import problems
from openiop.catalog.files import ROOT
from openiop.kernel.acts import CARE

SHIPPED = (ROOT / "appointments" / "visits.yaml").read_text(encoding="utf-8")


def reported(folder: Path, text: str) -> list[tuple[int, str]]:
    file = folder / "appointments" / "visits.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return [(error.line, error.message) for error in problems(folder) if error.file == file]


def test_the_shipped_file_is_sound() -> None:
    assert [str(each) for each in problems() if each.file in visit_type_files()] == []


def test_therapy_takes_an_hour_and_ten_minutes_of_the_room() -> None:
    therapy = next(each for each in visit_types() if each.code == "therapy")
    assert (therapy.kind, therapy.minutes, therapy.buffer_minutes) == ("individual", 60, 10)
    assert therapy.holders == ("clinician", "intern", "supervisor")
    assert therapy.modes == ("in_person", "virtual")


def test_every_kind_of_visit_the_program_holds_has_a_type() -> None:
    kinds = {each.kind for each in visit_types()}
    assert {"individual", "psychiatry", "medication", "nurse", "family", "case"} <= kinds


def test_only_roles_in_care_hold_visits() -> None:
    assert {role for each in visit_types() for role in each.holders} <= {str(one) for one in CARE}


def test_no_type_is_called_reviewed_that_nobody_read() -> None:
    assert {each.reviewed for each in visit_types()} == {False}
    assert all(each.citation for each in visit_types())


def test_a_file_is_read_in_its_own_order(tmp_path: Path) -> None:
    assert reported(tmp_path, SHIPPED) == []
    (file,) = visit_type_files(tmp_path)
    assert [each.code for each in visit_types_in(file)] == [each.code for each in visit_types()]


def nth(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


FAULTS = {
    "a code twice": ("code: therapy-short", "code: therapy", "“therapy” stands in this file twice"),
    "minutes that are no number": ("minutes: 60", "minutes: long", "'long' is not of type"),
    "a role nobody has": ("[prescriber]", "[wizard]", "'wizard' is not one of"),
    "no citation": ("    citation: House policy", "    # House policy", "'citation' is a required"),
    "a field nobody knows": (
        "    reviewed: false", "    checked: false", "'checked' was unexpected",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_file_is_reported_with_its_line(tmp_path: Path, fault: str) -> None:
    old, new, message = FAULTS[fault]
    assert old in SHIPPED
    broken = SHIPPED.replace(old, new, 1)
    found = [line for line, text in reported(tmp_path, broken) if message in text]
    assert len(found) == 1
    assert abs(found[0] - nth(SHIPPED, old)) <= 9  # where the type that is wrong begins


def test_an_example_that_is_not_met_is_reported(tmp_path: Path) -> None:
    hour, pause = "minutes: 60\n", "    buffer_minutes: 10"
    broken = SHIPPED.replace(hour + pause, "minutes: 45\n" + pause, 1)
    assert any("the example says" in text for _line, text in reported(tmp_path, broken))
