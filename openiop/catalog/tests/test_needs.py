"""Areas of need: two editions, nothing added up, broken files told by line."""

from openiop.catalog.checks import problems
from openiop.catalog.needs import RISKS, editions, need_files, need_problems


def test_the_third_edition_rates_six_areas():
    third = editions()["3"]
    assert (len(third.rated), third.told, list(RISKS)) == (6, {}, [0, 1, 2, 3, 4])
    assert third.levels["2.1"] == "Intensive outpatient"


def test_the_fourth_rates_the_parts_of_five_areas_and_tells_the_sixth():
    fourth = editions()["4"]
    assert len([area for area in fourth.areas if area.rated]) == 5
    assert (len(fourth.rated), len(fourth.told)) == (17, 3)
    assert fourth.told["person_wishes"] == "What they want"


def test_an_id_that_stands_twice_is_told_with_its_line(tmp_path):
    file = tmp_path / "needs" / "third.yaml"
    file.parent.mkdir()
    shipped = need_files()[0].read_text(encoding="utf-8")
    file.write_text(shipped.replace("{id: body,", "{id: withdrawal,"), encoding="utf-8")
    (error,) = need_problems(file)
    line = shipped[: shipped.index("{id: body,")].count("\n") + 1
    assert (error.line, error.message) == (line, "withdrawal stands twice")


def test_a_file_of_another_shape_is_refused(tmp_path):
    file = tmp_path / "needs" / "third.yaml"
    file.parent.mkdir()
    shipped = need_files()[0].read_text(encoding="utf-8")
    file.write_text(shipped.replace("areas:", "regions:"), encoding="utf-8")
    assert [error.file for error in problems(tmp_path)][:1] == [file]
