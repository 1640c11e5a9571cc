"""`openiop score`: tables of answers as people make them."""

import json
from pathlib import Path

import pytest

from openiop.config.cli import main

PHQ = "id,1,2,3,4,5,6,7,8,9\n"


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = main(["score", *map(str, words)])
    told = capsys.readouterr()
    return code, told.out, told.err


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "answers.csv"
    file.write_bytes(text.encode(encoding))
    return file


def test_each_row_has_its_score_or_its_reason(tmp_path, capsys):
    file = table(tmp_path, PHQ + "a,0,0,0,0,0,0,0,0,1\nb,0,1\nc,9,0,0,0,0,0,0,0,0\n")
    code, out, _ = run(capsys, "phq9", file, "--json")
    assert code == 1
    assert json.loads(out) == [
        {"id": "a", "score": 1, "band": "minimal",
         "alerts": ["suicidal thoughts: C-SSRS in the same visit"], "error": None},
        {"id": "b", "score": None, "band": None, "alerts": [],
         "error": "No answer to item 3, 4, 5, 6, 7, 8, 9; 2 may stay open."},
        {"id": "c", "score": None, "band": None, "alerts": [],
         "error": "Item 1 is “9”; it can be 0, 1, 2, 3."},
    ]  # fmt: skip


def test_semicolons_quotes_a_mark_at_the_start_and_other_line_ends_are_read(tmp_path, capsys):
    file = table(tmp_path, 'id;1;2;3;sex\r\n"Ann; B";1;1;1;Male\r\n\r\n', "utf-8-sig")
    code, out, _ = run(capsys, "Audit C", file, "--json")
    assert code == 0
    assert json.loads(out) == [
        {"id": "Ann; B", "score": 3, "band": "negative", "alerts": [], "error": None}
    ]


def test_columns_may_be_in_any_order_and_go_by_the_item_s_name(tmp_path, capsys):
    file = table(tmp_path, "six or more,1,2,id\n4,0,0,x\n")
    assert json.loads(run(capsys, "audit-c", file, "--json")[1])[0]["score"] == 4


def test_without_json_each_row_is_a_line(tmp_path, capsys):
    file = table(tmp_path, "id,1,2,3,4,5,6,7\na,3,3,3,3,3,3,3\n")
    code, out, _ = run(capsys, "gad-7", file)
    assert (code, out) == (0, "a: 21; severe; severe: review by a prescriber\n")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("mood-o-meter", PHQ, "There is no instrument “mood-o-meter”."),
        ("phq-9", "1,2,3\n", "answers.csv has no column “id”."),
        ("phq-9", "id,1,12\n", "column “12” is no item; there are id, 1 to 9."),
        ("phq-9", "id,1,1\n", "answers.csv has a column twice."),
        ("phq-9", "", "answers.csv has no column “id”."),
    ],
)
def test_a_file_that_cannot_be_scored_is_told_with_its_reason(
    tmp_path, capsys, name: str, text: str, said: str
):
    code, out, err = run(capsys, name, table(tmp_path, text), "--json")
    assert (code, out) == (2, "")
    assert said in err


def test_no_file_and_no_text_are_told(tmp_path, capsys):
    assert run(capsys, "phq-9", tmp_path / "none.csv")[0] == 2
    file = table(tmp_path, "id,1é\n", "latin-1")
    assert "is not text in UTF-8" in run(capsys, "phq-9", file)[2]


def test_a_row_with_too_many_cells_is_told(tmp_path, capsys):
    file = table(tmp_path, "id,1,2,3\na,1,1,1,1\n")
    told = json.loads(run(capsys, "audit-c", file, "--json")[1])
    assert told[0]["error"] == "The row has 5 cells, the table 4 columns."
