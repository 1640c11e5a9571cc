"""Pictures of what is expected say their numbers in words and stay in their frame."""

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as some

from openiop.ui.bands import Chance, Step, band, chances, span_words
from openiop.ui.tests.html import Page
from openiop.ui.tests.test_charts import desc, title

STEPS = tuple(Step(f"Week {n}", n, n + 0.5, n + 1) for n in range(4))
SHARES = some.floats(0, 1)


def test_a_span_of_one_number_is_that_number() -> None:
    assert (span_words(2, 4), span_words(3, 3), span_words(0.5, 3)) == ("2–4", "3", "0.5–3")


def test_a_band_says_every_week_and_writes_one() -> None:
    svg = band(STEPS, "Free seats", 11, 3)
    assert title(svg) == "Free seats"
    assert desc(svg) == "Week 0: 0–1; Week 1: 1–2; Week 2: 2–3; Week 3: 3–4"
    assert Page(svg).words.endswith("2–3")


def test_a_band_too_short_for_the_week_asked_says_so() -> None:
    assert Page(band(STEPS, "Free seats", 11, 5)).words == "No values yet"


@given(some.lists(some.lists(some.integers(0, 11), min_size=3, max_size=3), min_size=1, max_size=9))
def test_a_band_stays_in_its_frame(drawn: list[list[int]]) -> None:
    steps = tuple(Step("x", *sorted(three)) for three in drawn)
    svg = band(steps, "x", 11, 1)
    assert Page(svg).faults == []
    for points in re.findall(r'points="([^"]*)"', svg):
        for point in points.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 92 and 0 <= y <= 22


def test_chances_are_drawn_and_listed() -> None:
    html = chances([Chance(0.1, 0.2, 1400), Chance(0.9, 1.0, 100)], "Seats", "Chance", "Came free")
    assert desc(html) == "10 %: 20 %; 90 %: 100 %"
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", html)
    assert cells == ["10 %", "20 %", "1,400", "90 %", "100 %", "100"]
    assert html.count("<circle") == 2


def test_no_chances_say_so() -> None:
    assert Page(chances([], "x", "y", "z")).words == "Nothing to show yet."


@given(some.lists(some.builds(Chance, SHARES, SHARES, some.integers(1, 10**6)), min_size=1))
def test_chances_stay_in_their_frame(points: list[Chance]) -> None:
    html = chances(points, "Seats", "Chance", "Came free")
    assert Page(html).faults == []
    picture = ElementTree.fromstring(re.findall(r"<svg.*?</svg>", html)[0])
    wide, high = float(picture.attrib["width"]), float(picture.attrib["height"])
    for circle in picture.iter("circle"):
        x, y, r = (float(circle.attrib[name]) for name in ("cx", "cy", "r"))
        assert x - r >= 0 and x + r <= wide
        assert y - r >= 0 and y + r <= high


def test_names_are_written_as_text() -> None:
    html = chances([Chance(0, 0, 1)], "<i>", "<b>", "<u>") + band(STEPS, "<i>", 11, 1)
    assert "<i>" not in html and "<b>" not in html.replace('<b class="num">', "")
