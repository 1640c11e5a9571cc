"""Every picture says its numbers in words, and none of them leaves its frame."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from openiop.ui import charts
from openiop.ui.charts import Part, Week
from openiop.ui.examples import weeks
from openiop.ui.tests.html import Page

NUMBERS = some.lists(
    some.one_of(some.none(), some.floats(-1e6, 1e6, allow_nan=False)), min_size=1, max_size=60
)
NAMES = some.text(some.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)


def desc(svg: str) -> str:
    """The description of the first picture."""
    found = re.search(r"<desc>(.*?)</desc>", svg)
    assert found, svg
    return found[1]


def title(svg: str) -> str:
    """The name of the first picture."""
    found = re.search(r"<title>(.*?)</title>", svg)
    assert found, svg
    return found[1]


def test_a_sparkline_names_its_values_and_writes_the_last() -> None:
    svg = charts.sparkline([4, 6.5, None, 9], "Group size", "people")
    assert (title(svg), desc(svg)) == ("Group size", "4, 6.5, unknown, 9")
    assert Page(svg).words.endswith("9 people")


def test_a_sparkline_without_values_says_so() -> None:
    assert Page(charts.sparkline([None], "Hours")).words == "No values yet"


@given(NUMBERS)
def test_a_sparkline_stays_in_its_frame(values: list[float | None]) -> None:
    svg = charts.sparkline(values, "x")
    assert Page(svg).faults == []
    for points in re.findall(r'points="([^"]*)"', svg):
        for point in points.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 92 and 0 <= y <= 22


def test_a_seat_strip_counts_in_words() -> None:
    svg = charts.seat_strip(9, 11, leaving=2, waiting=3, label="Seats of Evening A")
    assert (title(svg), desc(svg)) == (
        "Seats of Evening A", "9 of 11 filled, 2 expected free, 3 waiting",
    )  # fmt: skip


def test_a_strip_over_its_cap_says_by_how_many() -> None:
    assert charts.seat_words(12, 11) == "12 of 11 filled, 1 over"


@given(some.integers(0, 20), some.integers(0, 16), some.integers(0, 20), some.integers(0, 9))
def test_a_seat_strip_draws_each_seat_once(
    filled: int, cap: int, leaving: int, waiting: int
) -> None:
    leaving = min(leaving, filled)
    svg = charts.seat_strip(filled, cap, leaving, waiting)
    assert svg.count('class="fill"') + svg.count('class="over"') == filled - leaving
    assert svg.count('class="over"') == min(max(filled - cap, 0), filled - leaving)
    assert svg.count('class="pale"') == leaving
    assert svg.count('class="open"') == max(cap - filled, 0)
    assert svg.count('class="wait"') == waiting
    width = float(re.findall(r'width="(\d+)" height="16"', svg)[0])
    edges = [float(x) + 12 for x in re.findall(r'<rect class="\w+" x="(\d+)"', svg)]
    edges += [float(x) + 5.25 for x in re.findall(r'cx="([\d.]+)"', svg)]
    assert all(edge <= width for edge in edges)


def test_a_week_strip_tells_each_week_and_lists_it_in_a_table() -> None:
    first = Week("2 Nov", "9 h 00", ["attended"] * 3)
    second = Week("9 Nov", "3 h 00", ["attended", "absent"], short=True)
    svg = charts.week_strip([first, second], "Attendance")
    assert desc(svg) == "2 Nov: 3 attended, 9 h 00; 9 Nov: 1 attended, 1 absent, 3 h 00"
    page = Page(svg)
    assert page.faults == []
    assert page.words.endswith(
        "Week Sessions Hours 2 Nov 3 attended 9 h 00 9 Nov 1 attended, 1 absent 3 h 00, short"
    )


def test_a_week_strip_explains_only_the_marks_it_shows() -> None:
    page = Page(charts.week_strip([Week("1", "0 min", ["expected", "closed"])], "x"))
    assert len(page.all("li")) == 2


def test_a_week_without_sessions_says_so() -> None:
    assert desc(charts.week_strip([Week("1", "0 min", [])], "x")) == "1: no sessions, 0 min"


def test_an_unknown_mark_is_refused() -> None:
    with pytest.raises(KeyError):
        charts.week_strip([Week("1", "0 min", ["asleep"])], "x")


@given(some.integers(1, 60))
def test_a_week_strip_grows_with_its_weeks(count: int) -> None:
    svg = charts.week_strip(weeks(count), "x")
    assert f'width="{count * charts.WEEK}"' in svg
    assert svg.count('<th scope="row">') == count


def test_bars_are_the_table_of_their_own_numbers() -> None:
    page = Page(charts.bars([("Evanston", 92), ("Fort Worth", 7.25)], "Hours met", 90, "%", 100))
    assert page.words == "Hours met Line: 90 % Evanston 92 % Fort Worth 7.25 %"
    widths = [each["width"] for each in page.all("rect") if each["class"] == "fill"]
    assert widths == ["184.0", "14.5"]


@given(
    some.lists(some.tuples(NAMES, some.floats(0, 1e6)), min_size=1, max_size=8),
    some.one_of(some.none(), some.floats(0, 1e6)),
)
def test_no_bar_is_longer_than_its_track(
    rows: list[tuple[str, float]], target: float | None
) -> None:
    page = Page(charts.bars(rows, "x", target))
    assert page.faults == []
    assert all(0 <= float(str(each["width"])) <= 200 for each in page.all("rect"))


def test_a_stacked_bar_names_every_part() -> None:
    svg = charts.stacked([Part("Today", 3), Part("Late", 1, "act")], "Unsigned")
    assert (title(svg), desc(svg)) == ("Unsigned", "Today: 3, Late: 1")
    assert Page(svg).words == "Unsigned Unsigned Today: 3, Late: 1 Today 3 Late 1"
    assert re.findall(r'x="([\d.]+)" width="([\d.]+)" height="20"', svg) == [
        ("0.0", "300.0"), ("300.0", "100.0"),
    ]  # fmt: skip


def test_an_empty_whole_draws_nothing_and_divides_nothing() -> None:
    svg = charts.stacked([Part("Today", 0)], "Unsigned")
    assert re.findall(r'width="([\d.]+)" height="20"', svg) == ["0"]


def test_names_in_a_picture_are_escaped() -> None:
    svg = charts.bars([("<b>x</b>", 1)], "<i>", None) + charts.stacked([Part("<b>", 1)], "<i>")
    assert Page(svg).all("b") == [{"class": "num"}]
    assert Page(svg).all("i") == []
