"""A file that cannot be used is reported by file, line and reason."""

from datetime import date
from pathlib import Path

import pytest

from openiop.catalog import CatalogError
from openiop.catalog.checks import problems
from openiop.catalog.files import line_of, read

SOUND = """\
source: us-ny
jurisdiction: New York
title: New York
rules:
  - id: group.counseling.max
    title: People in a counseling group, at most
    unit: people
    severity: block
    strictest: min
    values:
      - {value: 14, from: 2024-01-01, to: 2024-12-31, citation: A, reviewed: false}
      - {value: 15, from: 2025-01-01, citation: B, reviewed: true, reviewed_by: Counsel}
    examples:
      - {on: 2024-02-29, value: 14}
"""
CREDENTIALS = """\
state: NY
title: New York
credentials:
  - kind: casac
    title: Counselor
    initials: CASAC
    qualified: true
    programs: [substance-use]
    facilitates: [counseling]
    signs: [group_note]
    supervision: none
    citation: A
    reviewed: false
"""


def written(root: Path, text: str, name: str = "regulations/us/ny.yaml") -> Path:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def reported(root: Path) -> list[tuple[str, int, str]]:
    return [(error.file.name, error.line, error.message) for error in problems(root)]


def test_a_sound_file_has_no_problem(tmp_path: Path) -> None:
    written(tmp_path, SOUND)
    written(tmp_path, CREDENTIALS, "credentials/us/ny.yaml")
    assert reported(tmp_path) == []


BEFORE = "while the one before it is in force until"
KINDS = "['counseling', 'education', 'family', 'skills']"
FAULTS = {
    "an unknown word": (
        ("severity: block", "severity: strict"),
        (8, "'strict' is not one of ['block', 'warn', 'info']"),
    ),
    "no citation": (("citation: A, ", ""), (11, "'citation' is a required property")),
    "reviewed by nobody": (
        (", reviewed_by: Counsel", ""),
        (12, "'reviewed_by' is a required property"),
    ),
    "a misspelled field": (
        ("title: New York", "title: New York\nnots: x"),
        (1, "Additional properties are not allowed ('nots' was unexpected)"),
    ),
    "a field twice": (
        ("    unit: people", "    unit: people\n    unit: persons"),
        (8, "“unit” is written twice"),
    ),
    "an end before the beginning": (
        ("2024-12-31", "2023-12-31"),
        (11, "ends 2023-12-31 before it begins 2024-01-01"),
    ),
    "one day in two spans": (
        ("2024-12-31", "2025-01-01"),
        (12, f"begins 2025-01-01, {BEFORE} 2025-01-01"),
    ),
    "two spans without end": (
        ("to: 2024-12-31, ", ""),
        (12, f"begins 2025-01-01, {BEFORE} further notice"),
    ),
    "a wrong example": (
        ("02-29, value: 14", "02-29, value: 15"),
        (14, "on 2024-02-29 the example says 15, the values say 14"),
    ),
    "an order for other values": (
        ("strictest: min", "strictest: fewest"),
        (11, "“fewest” cannot compare 14"),
    ),
    "a bound nobody knows": (
        ("strictest: min", "strictest: min\n    within: no.key"),
        (10, "“no.key” is no key of any file"),
    ),
    "no YAML": (
        ("jurisdiction: New York", "jurisdiction: [New"),
        (3, "did not find expected ',' or ']'"),
    ),
    "a day that is none": (("2024-01-01", "2024-02-30"), (11, "day is out of range for month")),
    "a moment for a day": (
        ("2024-01-01", "2024-01-01 10:00:00"),
        (11, "'2024-01-01T10:00:00' does not match '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_file_is_reported_with_its_line(tmp_path: Path, fault: str) -> None:
    (old, new), expected = FAULTS[fault]
    written(tmp_path, SOUND.replace(old, new, 1))
    assert reported(tmp_path)[:1] == [("ny.yaml", *expected)]


def test_a_key_written_twice_in_one_file_is_reported(tmp_path: Path) -> None:
    rule = SOUND.partition("rules:\n")[2]
    written(tmp_path, SOUND + rule)
    assert reported(tmp_path) == [
        ("ny.yaml", 15, "“group.counseling.max” stands in this file twice")
    ]


def test_two_files_that_mean_different_things_by_a_key_are_reported(tmp_path: Path) -> None:
    written(tmp_path, SOUND, "regulations/us/nj.yaml")
    written(tmp_path, SOUND.replace("unit: people", "unit: chairs").replace("us-ny", "us-nj"))
    assert reported(tmp_path) == [
        (
            "ny.yaml",
            5,
            "group.counseling.max is ('chairs', 'min') here, ('people', 'min') in another file",
        )
    ]


def test_two_files_of_one_source_are_reported(tmp_path: Path) -> None:
    written(tmp_path, SOUND, "regulations/us/nj.yaml")
    written(tmp_path, SOUND)
    assert reported(tmp_path) == [
        ("ny.yaml", 5, "group.counseling.max of us-ny stands in nj.yaml too")
    ]


def test_a_credential_file_is_checked_too(tmp_path: Path) -> None:
    name = "credentials/us/ny.yaml"
    written(tmp_path, CREDENTIALS.replace("[counseling]", "[dancing]"), name)
    assert reported(tmp_path) == [
        (
            "ny.yaml",
            9,
            f"'dancing' is not one of {KINDS}",
        )
    ]
    written(tmp_path, CREDENTIALS + CREDENTIALS.partition("credentials:\n")[2], name)
    assert reported(tmp_path) == [
        (
            "ny.yaml",
            14,
            f"begins before all records, {BEFORE} further notice",
        )
    ]


def test_the_word_on_is_a_word_and_a_day_is_a_day(tmp_path: Path) -> None:
    file = written(tmp_path, "{on: 2024-02-29, off: no, yes: true}")
    assert read(file) == {"on": date(2024, 2, 29), "off": "no", "yes": True}


def test_a_place_that_is_missing_gives_the_line_of_its_parent(tmp_path: Path) -> None:
    file = written(tmp_path, SOUND)
    assert line_of(file, ["rules", 0, "values", 1, "no"]) == 12
    assert line_of(file, ["rules", 7]) == 4


def test_the_error_reads_as_one_line() -> None:
    assert str(CatalogError(Path("a.yaml"), 3, "no citation")) == "a.yaml:3: no citation"
