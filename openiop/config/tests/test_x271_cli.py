"""`openiop import x271`: a payer's answer told in words or JSON, or the segment that is wrong."""

import json
from pathlib import Path

import pytest

from openiop.config import cli
from openiop.intake.tests.test_x271_rules import WHO, file


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = cli.main(["import", "x271", *words])
    return code, capsys.readouterr().out


def test_an_answer_is_told_as_one_json_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "answer.271"
    path.write_text(file(*WHO, "EB*B*IND*MH***27*25*****Y~"))
    code, out = told(capsys, str(path), "--json")
    document = json.loads(out)
    (answer,) = document["answers"]
    assert (code, document["file"], document["errors"]) == (0, "answer.271", [])
    assert answer["subscriber"] == {
        "last_name": "RIVERA", "first_name": "ANA", "member": "W123", "born_on": "1990-02-28",
    }  # fmt: skip
    assert (answer["payer"], answer["active"]) == ("PRAIRIE HEALTH", None)
    assert (
        answer["benefits"][0] | {"kind": "copay", "amount": "25", "in_network": True}
        == (answer["benefits"][0])
    )


def test_an_answer_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answer.271"
    path.write_text(file(*WHO, "EB*1**30~", "EB*A**A7*****.2~", "AAA*Y**42*R~"))
    assert told(capsys, str(path)) == (
        0,
        "PRAIRIE HEALTH: ANA RIVERA, coverage active\n"
        "  active 30\n"
        "  coinsurance 20% A7\n"
        "  no answer about the subscriber: reason 42\n",
    )


def test_a_cut_file_is_refused_with_its_segment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cut.271"
    whole = file(*WHO, "EB*1**30~")
    path.write_text(whole[: whole.index("EB*1") + 4])
    code, out = told(capsys, str(path), "--json")
    assert code == 1
    assert json.loads(out)["errors"] == [
        {
            "file": "cut.271", "line": 14, "path": "EB",
            "message": "Segment 14 (EB): the segment is cut off.",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "No such file or directory."), (b"\xff\xfe", "This is not text.")],
)
def test_what_is_no_file_or_no_text_is_said(
    content: bytes | None, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.271"
    if content is not None:
        path.write_bytes(content)
    assert told(capsys, str(path)) == (1, f"x.271: {sentence}\n")
