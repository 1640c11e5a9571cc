"""`openiop timetable solve` and `check`: what they promise, read back from their own files."""

import json
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from openiop.config import cli
from openiop.config.timetabling import checked, solved
from openiop.schedule.tests.timetable_world import make_facts, make_timetable
from openiop.schedule.tests.world import make_track
from openiop.schedule.timetable.facts import to_json

PROMISED = {"status", "objective", "bound", "gap", "seconds", "tracks", "visits", "blocking"}


def written(path: Path, **values: Any) -> Path:
    path.write_text(json.dumps(values))
    return path


def broken(path: Path) -> Path:
    """A timetable in whose file a group meets in a room of another clinic."""
    found = to_json(make_timetable(new={"room": 3}))
    return written(path, facts=to_json(make_facts()), **found)


def test_a_solved_timetable_keeps_the_promised_names_and_is_found_without_fault(
    network: Any, tmp_path: Path
) -> None:
    make_track(now=timezone.now(), start_on=timezone.now().date(), starts=time(13))
    told = solved(5, "", lambda best: None)
    assert set(told) == PROMISED
    assert (told["status"], told["gap"], told["blocking"]) == ("optimal", 0.0, [])
    assert told["bound"] == told["objective"]
    answer = written(tmp_path / "answer.json", **told)
    assert checked(answer) == {"ok": True, "violations": {}}


def test_an_area_nobody_knows_has_no_tracks(network: Any) -> None:
    told = solved(1, "nowhere", lambda best: None)
    assert [*told["tracks"], *told["visits"]] == []


def test_violations_are_told_by_rule(network: Any, tmp_path: Path) -> None:
    told = checked(broken(tmp_path / "broken.json"))
    assert told["ok"] is False
    assert list(told["violations"]) == ["room_elsewhere"]


@pytest.mark.parametrize(("text", "sentence"), [
    ("[]", "an object with tracks is expected"), ("{}", "an object with tracks is expected"),
    ('{"tracks": 3}', "tracks: a list is expected"), ("no json", "Expecting value"),
])  # fmt: skip
def test_what_is_wrong_in_a_file_is_said(
    network: Any, tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=sentence):
        checked(path)


@pytest.mark.parametrize("words", [
    ["timetable"], ["timetable", "solve", "--seconds", "long"], ["timetable", "check"],
])  # fmt: skip
def test_words_that_are_missing_end_with_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 2
