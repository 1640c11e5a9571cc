"""Where a ZIP code lies."""

import pytest

from openiop.kernel.zips import miles_between, spot


def test_a_zip_code_lies_in_its_state():
    lakeview = spot(" 60657-1234 ")
    assert lakeview is not None
    assert (lakeview.state, round(lakeview.latitude, 1), round(lakeview.longitude, 1)) == (
        "IL", 41.9, -87.7,
    )  # fmt: skip


@pytest.mark.parametrize("typed", ["", "00000", "six", "99999", "' OR 1=1"])
def test_what_is_no_zip_code_lies_nowhere(typed):
    assert spot(typed) is None


def test_miles_are_those_of_the_crow():
    chicago, houston = spot("60605"), spot("77002")
    assert chicago is not None
    assert houston is not None
    assert miles_between(chicago, chicago) == 0.0
    assert 930 < miles_between(chicago, houston) < 950
    assert miles_between(houston, chicago) == miles_between(chicago, houston)
