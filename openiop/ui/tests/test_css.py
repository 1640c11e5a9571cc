"""The colors can be read, in light and dark; the style sheet stays small."""

import re
from pathlib import Path

import pytest

from openiop.ui import icons

STATIC = Path(icons.__file__).parent / "static" / "ui"
CSS = (STATIC / "openiop.css").read_text()
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", CSS)
}
ROLES = ["ink", "ink-soft", "accent", "good", "watch", "act", "info"]
PAIRS = [
    *((role, ground) for role in ROLES for ground in ("surface", "ground", "hover", "raised")),
    *((role, f"{role}-soft") for role in ("accent", "good", "watch", "act", "info")),
    *(("ink", f"{role}-soft") for role in ("accent", "good", "watch", "act", "info")),
    ("ink-soft", "watch-soft"),
    ("accent", "good-soft"),
    ("accent", "watch-soft"),
    ("accent", "info-soft"),
    ("on-accent", "accent"),
    ("on-act", "act"),
]


def luminance(color: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colors, from 1 to 21 (WCAG 2.2, 1.4.3)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_the_most_there_is() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_words_can_be_read(ink: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[ink][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["surface", "ground"])
def test_the_edge_of_a_control_can_be_seen(ground: str, theme: int) -> None:
    assert contrast(TOKENS["edge"][theme], TOKENS[ground][theme]) >= 3


def test_the_style_sheet_is_under_30_kilobytes() -> None:
    assert len(CSS.encode()) < 30_000


def test_the_layers_stand_in_order() -> None:
    order = re.findall(r"^@layer (\w+) {", CSS, re.M)
    assert order == ["tokens", "base", "layout", "components", "utilities"]


def test_every_brace_is_closed() -> None:
    assert CSS.count("{") == CSS.count("}")


def test_every_token_used_is_known() -> None:
    used = set(re.findall(r"var\(--([\w-]+)", CSS))
    known = set(re.findall(r"--([\w-]+):", CSS)) | {"card"}
    assert used - known == set()


def test_directions_are_logical() -> None:
    physical = r"(?:margin|padding|border)-(?:left|right|top|bottom)|text-align: (?:left|right)"
    assert re.findall(physical, CSS) == []


def test_motion_can_be_turned_off_and_paper_has_its_own_rules() -> None:
    assert CSS.count("prefers-reduced-motion: reduce") == 1
    assert CSS.count("@media print") == 1


def test_nothing_is_fetched_from_elsewhere() -> None:
    script = (STATIC / "openiop.js").read_text()
    assert re.findall(r"url\(|@import|https?://", CSS + script) == []


def test_the_script_evaluates_nothing() -> None:
    script = (STATIC / "openiop.js").read_text()
    assert re.findall(r"\beval\b|new Function|innerHTML =|document\.write", script) == []
