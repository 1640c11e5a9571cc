"""A time and its code say the same."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.schedule.rules.times import Time, time_of

AT = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
ids = st.integers(0, 10**18 - 1)


def test_a_code_names_everything():
    assert Time(3, 1, 7, 2, AT, "in_person").code == "3-1-7-2-1795536000-p"
    assert time_of("3-1-7--1795536000-v") == Time(3, 1, 7, None, AT, "virtual")


@given(ids, ids, ids, st.none() | ids, st.integers(10**8, 4 * 10**9),
       st.sampled_from(["in_person", "virtual"]))  # fmt: skip
def test_there_and_back(kind, clinic, staff, room, seconds, mode):
    time = Time(kind, clinic, staff, room, datetime.fromtimestamp(seconds, UTC), mode)
    assert time_of(time.code) == time


WRONG = [
    "", "1-2-3-4-5-p", "1-2-3-4-1795536000-x", "1-2-3-4-1795536000-p ", "a-2-3-4-1795536000-p",
    "1--3-4-1795536000-p", "١-2-3-4-1795536000-p", "'; DROP TABLE--",
]  # fmt: skip


@pytest.mark.parametrize("code", WRONG)
def test_anything_else_is_no_time(code):
    assert time_of(code) is None
