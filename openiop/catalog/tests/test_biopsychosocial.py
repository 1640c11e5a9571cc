"""Topics of the biopsychosocial assessment."""

import shutil

import pytest

from openiop.catalog.biopsychosocial import DANGER, topics
from openiop.catalog.checks import problems
from openiop.catalog.files import ROOT


def test_eleven_topics_and_a_screen_for_everyone_are_shipped():
    found = topics()
    assert len({key for key, *_rest in found.topics}) == 11
    assert DANGER in dict(found.screen)
    assert not found.reviewed


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: dying", "id: other", "the screen lacks “dying”"),
        ("id: work,", "id: legal,", "“legal” stands in this file twice"),
        ("title: Law, ", "", "'title' is a required property"),
    ],
)
def test_a_broken_file_is_refused_with_line_and_reason(tmp_path, old, new, message):
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    text = (ROOT / "biopsychosocial" / "adult.yaml").read_text()
    assert old in text
    (tmp_path / "biopsychosocial").mkdir()
    (tmp_path / "biopsychosocial" / "adult.yaml").write_text(text.replace(old, new, 1))
    told = [error for error in problems(tmp_path) if message in str(error)]
    assert told
    assert told[0].line > 0
